"""From a case to how far its answer holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Bulk
from engine.case import Case
from engine.decision.verdict import decide
from engine.errors import EngineFault
from engine.evaluate import settle
from engine.explain.missing import missing_facts
from engine.explain.variation import RuleGraph, Variations
from engine.measures import observe
from engine.outcomes import Situation
from engine.robustness.columns import Columns, Picks
from engine.robustness.doubts import Doubt, doubts
from engine.robustness.robustness import Effect, Robustness, Turn, Wanted
from engine.robustness.worlds import Worlds, all_of, worlds
from engine.rules import OPTIONS, READINESS, STATUSES

Weights = NDArray[np.float64]

_BLOCK = 1 << 17
_CELLS = 1 << 22
"""Places of records in all versions of a list."""


def find(
    graph: RuleGraph, case: Case, wanted: Wanted | None = None, progress: Callable[[str], None] | None = None
) -> Robustness:
    """Judges the case in all worlds that its doubts leave possible, or in a sample of them.

    Raises NotInstalledError where the bulk engine is missing, EngineFault where it disagrees with the direct evaluator.
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
    bulk = Bulk(ruleset)
    tell("choosing the worlds")
    chosen = worlds(case, found.varied, bulk, wanted.most, wanted.seed)
    # First the case as it is, then with each single doubt turned, then the worlds.
    single = _singles(found.varied)
    before = 1 + single.shape[1]
    as_it_is = np.zeros((len(found.varied), 1), np.uint16)
    rows = np.concatenate([as_it_is, single, chosen.picks], axis=1)
    tell(f"judging {chosen.picks.shape[1]} worlds")
    judged = _judge(Columns(case, found.varied), rows, bulk)
    if OPTIONS[judged.winner[0]] != verdict.winner.option:
        raise EngineFault(f"one engine recommends {verdict.winner.option} and the other {OPTIONS[judged.winner[0]]}")
    winner, status = judged.winner[before:], judged.status[:, before:]
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
        wins=_shares(winner, chosen.counts, OPTIONS),
        statuses={option: _shares(status[place], chosen.counts, STATUSES) for place, option in enumerate(OPTIONS)},
        readiness=_shares(judged.readiness[before:], chosen.counts, READINESS),
        effects=_effects(found.varied, chosen, winner, OPTIONS.index(verdict.winner.option)),
        turns=_turns(found.varied, single, judged.winner[:before]),
        missing=missing,
    )


class _Judged(NamedTuple):
    """What worlds come to: the numbers of options, of statuses (with a line an option) and of readiness."""

    winner: NDArray[np.uint8]
    status: NDArray[np.uint8]
    readiness: NDArray[np.uint8]


def _judge(columns: Columns, rows: Picks, bulk: Bulk) -> _Judged:
    """Judges worlds, so many at a time that their lists fit into memory."""
    size = min(_BLOCK, max(1, _CELLS // max(1, columns.width)))
    parts = []
    for start in range(0, rows.shape[1], size):
        answers = bulk.judge(columns.table(rows[:, start : start + size]), readiness=True)
        assert answers.readiness is not None
        parts.append(_Judged(answers.winner, answers.status, answers.readiness))
    return _Judged(*(np.concatenate(some, axis=-1) for some in zip(*parts, strict=True)))


def _singles(varied: Sequence[Doubt]) -> Picks:
    """A column for each other sort of each doubt, all else being as it is."""
    turned = [(line, sort) for line, one in enumerate(varied) for sort in range(1, len(one.sorts))]
    found: Picks = np.zeros((len(varied), len(turned)), np.uint16)
    for column, (line, sort) in enumerate(turned):
        found[line, column] = sort
    return found


def _turns(varied: Sequence[Doubt], single: Picks, winner: NDArray[np.uint8]) -> tuple[Turn, ...]:
    """Those of the single doubts with another winner than the case as it is, which comes first."""
    found = []
    for column in np.flatnonzero(winner[1:] != winner[0]).tolist():
        line = int(np.flatnonzero(single[:, column])[0])
        found.append(Turn(varied[line], int(single[line, column]), OPTIONS[winner[1 + column]]))
    return tuple(found)


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
        leads_to = OPTIONS[int(np.argmax(gained))] if gained.max() > 0 else None
        told = tuple(dict(zip(OPTIONS, line.tolist(), strict=True)) for line in shares)
        found.append(Effect(doubt, told, float(shares[most, now] - shares[least, now]), leads_to))
    # The sort is stable: of equals, the first in the order of the vocabulary.
    return tuple(sorted(found, key=lambda one: -one.swing))


def _by_sort(varied: Sequence[Doubt], chosen: Worlds, winner: NDArray[np.uint8]) -> list[Weights]:
    """For each doubt, how many worlds each option wins (a column), by the sort that the doubt takes (a line)."""
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
    both = kinds.astype(np.intp) * len(OPTIONS) + winner
    sums: Weights = np.bincount(both, weights=counts, minlength=size * len(OPTIONS)).astype(np.float64)
    return sums.reshape(size, len(OPTIONS))
