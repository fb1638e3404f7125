"""From a case to how far its answer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Bulk
from engine.case import Case
from engine.decision.verdict import decide
from engine.errors import AdvisorError, EngineFault
from engine.evaluate import settle
from engine.explain.because import number_in_words
from engine.explain.missing import missing_facts
from engine.explain.variation import RuleGraph, Variations
from engine.measures import observe
from engine.outcomes import Situation
from engine.robustness.columns import Columns, Picks
from engine.robustness.doubts import Doubt, doubts
from engine.robustness.robustness import ANSWERS, EVERY_CLOSED, Effect, Robustness, Turn, Wanted
from engine.robustness.worlds import Worlds, all_of, worlds
from engine.rules import OPTIONS, READINESS, STATUSES
from engine.vocabulary import Vocabulary

Weights = NDArray[np.float64]

_BLOCK = 1 << 17
_CELLS = 1 << 22
"""Places of records in all versions of a list."""
_PICKS = 1 << 24
"""Doubts times worlds that are judged at a time."""
_MOST_SINGLES = 250_000_000
"""Places of records in all that is judged where each doubt is turned by itself: more would take many minutes."""


def find(
    graph: RuleGraph, case: Case, wanted: Wanted | None = None, progress: Callable[[str], None] | None = None
) -> Robustness:
    """Judges the case in all worlds that its doubts leave possible, or in a sample of them.

    Raises NotInstalledError where the bulk engine is missing, AdvisorError where there are too many doubts, EngineFault
    where the bulk engine disagrees with the direct evaluator.
    """
    wanted, tell = wanted or Wanted(), progress or (lambda _step: None)
    ruleset = graph.ruleset
    tell("judging the case as it is")
    start = Situation(case, observe(ruleset.measures, case))
    trace = settle((rule for rule in ruleset.rules if not rule.plans), start)
    verdict = decide((firing.rule for firing in trace.firings), trace.situation, ruleset.weighing)
    tell("trying every value of the unknown facts")
    missing = missing_facts(ruleset, Variations(graph, trace, verdict))
    tell("looking for what is in doubt")
    found = doubts(trace.situation, graph)
    columns = Columns(case, found.varied)
    _require_few(found.varied, columns, ruleset.vocabulary)
    bulk = Bulk(ruleset, graph=graph)
    tell("choosing the worlds")
    chosen = worlds(case, found.varied, bulk, wanted.most, wanted.seed)
    rows = _Rows(found.varied, chosen)
    tell(f"judging {number_in_words(chosen.picks.shape[1])} worlds")
    judged = _judge(columns, rows, bulk)
    here = verdict.winner.option if verdict.winner.status != "closed" else EVERY_CLOSED
    if ANSWERS[judged.winner[0]] != here:
        raise EngineFault(f"one engine recommends {here} and the other {ANSWERS[judged.winner[0]]}")
    winner, status = judged.winner[rows.before :], judged.status[:, rows.before :]
    return Robustness(
        case=case,
        ruleset=ruleset,
        wanted=wanted,
        now=verdict.winner,
        doubts=found,
        worlds=all_of(found.varied),
        looked_at=all_of(found.varied) if chosen.complete else chosen.picks.shape[1],
        judged=chosen.picks.shape[1],
        complete=chosen.complete,
        wins=_shares(winner, chosen.counts, ANSWERS),
        statuses={option: _shares(status[place], chosen.counts, STATUSES) for place, option in enumerate(OPTIONS)},
        readiness=_shares(judged.readiness[rows.before :], chosen.counts, READINESS),
        effects=_effects(found.varied, chosen, winner, ANSWERS.index(here)),
        turns=tuple(rows.turns(judged.winner)),
        missing=missing,
    )


def _require_few(varied: Sequence[Doubt], columns: Columns, vocabulary: Vocabulary) -> None:
    """Refuses doubts that could not be turned one by one in good time."""
    others = sum(len(one.sorts) - 1 for one in varied)
    if others * columns.width > _MOST_SINGLES:
        longest, records = vocabulary.lists[columns.longest].path, number_in_words(columns.width)
        raise AdvisorError(
            f"{number_in_words(len(varied))} values are in doubt beside the {records} records of `{longest}`,"
            " more than can be tried one by one"
            "\n  hint: leave in doubt what matters most, and take out records that are long settled"
        )


class _Judged(NamedTuple):
    """What worlds come to: the numbers of answers, of statuses (with a line an option) and of readiness."""

    winner: NDArray[np.uint8]
    status: NDArray[np.uint8]
    readiness: NDArray[np.uint8]


class _Rows:
    """All that is judged: first the case as it is, then with each single doubt turned, then the worlds.

    Single doubts make as many rows as doubts, and a table of them would grow with the square of their number: it is
    made piece by piece.
    """

    def __init__(self, varied: Sequence[Doubt], chosen: Worlds) -> None:
        self._varied = varied
        self._worlds = chosen.picks
        turned = [(line, sort) for line, one in enumerate(varied) for sort in range(1, len(one.sorts))]
        self._lines, self._sorts = np.array(turned, np.intp).reshape(-1, 2).T
        self.before = 1 + len(turned)
        self.number = self.before + self._worlds.shape[1]

    def some(self, start: int, stop: int) -> Picks:
        """The rows from `start` to below `stop`."""
        stop = min(stop, self.number)
        found: Picks = np.zeros((len(self._varied), stop - start), np.uint16)
        single = np.arange(max(start, 1), min(stop, self.before))
        found[self._lines[single - 1], single - start] = self._sorts[single - 1]
        first = max(start, self.before)
        if first < stop:
            found[:, first - start :] = self._worlds[:, first - self.before : stop - self.before]
        return found

    def turns(self, winner: NDArray[np.uint8]) -> Iterator[Turn]:
        """The single doubts with another answer than the case as it is, from the answers of all rows."""
        for place in np.flatnonzero(winner[1 : self.before] != winner[0]).tolist():
            yield Turn(self._varied[self._lines[place]], int(self._sorts[place]), ANSWERS[winner[1 + place]])


def _judge(columns: Columns, rows: _Rows, bulk: Bulk) -> _Judged:
    """Judges rows, so many at a time that their lists fit into memory."""
    size = max(1, min(_BLOCK, _CELLS // max(1, columns.width), _PICKS // max(1, columns.doubts)))
    parts = []
    for start in range(0, rows.number, size):
        answers = bulk.judge(columns.table(rows.some(start, start + size)), readiness=True)
        assert answers.readiness is not None
        every_closed = (answers.status == STATUSES.index("closed")).all(axis=0)
        winner = np.where(every_closed, np.uint8(ANSWERS.index(EVERY_CLOSED)), answers.winner)
        parts.append(_Judged(winner, answers.status, answers.readiness))
    return _Judged(*(np.concatenate(some, axis=-1) for some in zip(*parts, strict=True)))


def _shares(numbers: NDArray[np.uint8], counts: Weights, names: Sequence[str]) -> Mapping[str, float]:
    """The share of worlds for each name, by its number."""
    sums = np.bincount(numbers, weights=counts, minlength=len(names))
    return dict(zip(names, (sums / sums.sum()).tolist(), strict=True))


def _effects(varied: Sequence[Doubt], chosen: Worlds, winner: NDArray[np.uint8], now: int) -> tuple[Effect, ...]:
    tables = _by_sort(varied, chosen, winner)
    found = []
    for doubt, table in zip(varied, tables, strict=True):
        shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        # A small sample may leave a sort out.
        seen = np.flatnonzero(table.any(axis=1))
        most, least = seen[np.argmax(shares[seen, now])], seen[np.argmin(shares[seen, now])]
        gained = shares[least] - shares[most]
        gained[now] = 0
        leads_to = ANSWERS[int(np.argmax(gained))] if gained.max() > 0 else None
        told = tuple(dict(zip(ANSWERS, line.tolist(), strict=True)) for line in shares)
        found.append(Effect(doubt, told, float(shares[most, now] - shares[least, now]), leads_to))
    # The sort is stable: of equals, the first in the order of the vocabulary.
    return tuple(sorted(found, key=lambda one: -one.swing))


def _by_sort(varied: Sequence[Doubt], chosen: Worlds, winner: NDArray[np.uint8]) -> list[Weights]:
    """For each doubt, how many worlds each answer has (a column), by the sort that the doubt takes (a line)."""
    if not chosen.parts:
        return [
            _counted(line, winner, chosen.counts, len(one.sorts))
            for line, one in zip(chosen.picks, varied, strict=True)
        ]
    found: dict[int, Weights] = {}
    for part, group in zip(chosen.parts, chosen.groups, strict=True):
        of_group = _counted(group, winner, chosen.counts, len(part.counts)) / part.counts[:, None]
        for line, shares in zip(part.lines, part.shares, strict=True):
            found[line] = shares.T @ of_group
    return [found[line] for line in range(len(varied))]


def _counted(kinds: NDArray[np.integer], winner: NDArray[np.uint8], counts: Weights, size: int) -> Weights:
    both = kinds.astype(np.intp) * len(ANSWERS) + winner
    sums: Weights = np.bincount(both, weights=counts, minlength=size * len(ANSWERS)).astype(np.float64)
    return sums.reshape(size, len(ANSWERS))
