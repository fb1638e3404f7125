"""How firm the answers for all rows of a table are: the levels of confidence.

It comes to what `engine.explain.missing.confidence_alone` comes to. A row is judged again with values of its unknown
facts, one fact after the other, for as long as it takes to tell.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.rounding import Flags
from engine.backends.columnar.table import Table
from engine.bulk.answers import Answers
from engine.bulk.trying import Trial, Trying, known, row_kinds
from engine.decision.contest import SET_ASIDE
from engine.decision.readiness import HIGH
from engine.decision.verdict import CHANGE, STATUS_QUO
from engine.explain.variation import RuleGraph
from engine.rules import CONFIDENCE, OPTIONS, STATUSES

Counts = NDArray[np.int32]

_PORTION = 16_384
"""Rows are few when fewer than so many are to be judged at once: facts are then tried several at a time."""


def with_confidence(answers: Answers, table: Table, graph: RuleGraph, trying: Trying) -> Answers:
    """The answers, which have their details, with confidence; `trying` tries `unknown_facts` of the table."""
    level = _Level(answers)
    waiting = list(unknown_facts(table, graph))
    unknown = {name: ~known(name, table) for name in waiting}
    least = _open_decisive(table, graph)
    most = least.copy()
    for flags in unknown.values():
        most += flags
    while waiting:
        unsure = level(least) != level(most)
        trials: list[Trial] = []
        while waiting and sum(len(one.rows) for one in trials) < _PORTION:
            name = waiting.pop(0)
            trials.append(Trial(name, np.flatnonzero(unsure & unknown[name])))
        for one, options in zip(trials, trying.options_reached(trials, answers.winner), strict=True):
            opens = options != 0
            least[one.rows] += opens
            most[one.rows] -= ~opens
    return answers._replace(confidence=level(least))


def unknown_facts(table: Table, graph: RuleGraph) -> Iterator[str]:
    """The facts, besides decisive ones, that are unknown in some row and that some rule could notice."""
    weighing = graph.ruleset.weighing
    for name in graph.ruleset.vocabulary.facts:
        if name not in weighing.decisive_facts and graph.reads(name) and not known(name, table).all():
            yield name


def _open_decisive(table: Table, graph: RuleGraph) -> Counts:
    """How many decisive facts of each row are unknown, stale or doubtful: open, whatever their values lead to."""
    found = np.zeros(table.rows, np.int32)
    for name in graph.ruleset.weighing.decisive_facts:
        kinds = row_kinds(name, table, graph)
        fresh_days = graph.ruleset.vocabulary.facts[name].fresh_days
        entries = [(table.entry(name, row), table.as_of(row)) for row in kinds.first.tolist()]
        open_ = [entry is None or entry.doubtful or entry.stale(fresh_days, as_of) for entry, as_of in entries]
        found += np.array(open_, np.bool_)[kinds.which]
    return found


class _Level:
    """The level that rows reach with so many open doubts, as a number in CONFIDENCE."""

    def __init__(self, answers: Answers) -> None:
        weighing, rows = answers.ruleset.weighing, np.arange(answers.rows)
        lead = np.where(answers.lead < 0, np.inf, answers.leads())
        closed = answers.status[answers.winner, rows] == STATUSES.index("closed")
        by_a_finding = np.zeros(answers.rows, np.bool_)
        if weighing.status_quo is not None:
            assert answers.details is not None
            quo = OPTIONS.index(STATUS_QUO)
            by_a_finding = answers.details.set_aside[quo] == SET_ASIDE.index(CHANGE)
            by_a_finding &= answers.scores()[quo] >= weighing.status_quo.least_score
        self._rows: list[tuple[int, Flags, int | None]] = []
        for row in weighing.confidence:
            reached = ~closed & (lead >= row.lead)
            if row.level == HIGH:
                reached &= ~by_a_finding
            self._rows.append((CONFIDENCE.index(row.level), reached, row.open_doubts))

    def __call__(self, open_doubts: Counts) -> NDArray[np.uint8]:
        """The first declared level that the lead and the number of open doubts reach."""
        found = np.full(len(open_doubts), CONFIDENCE.index("low"), np.uint8)
        for level, reached, most in reversed(self._rows):
            here = reached if most is None else reached & (open_doubts <= most)
            found = np.where(here, np.uint8(level), found)
        return found
