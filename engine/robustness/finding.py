"""From a case to how far its answer holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Answers, Bulk
from engine.case import Case
from engine.decision.verdict import decide
from engine.errors import EngineFault
from engine.evaluate import settle
from engine.explain.missing import missing_facts
from engine.explain.variation import RuleGraph, Variations
from engine.measures import observe
from engine.outcomes import Situation
from engine.robustness.columns import Columns, Sorts
from engine.robustness.doubts import Doubt, doubts
from engine.robustness.robustness import Effect, Robustness, Turn, Wanted
from engine.robustness.worlds import Worlds, all_of, worlds
from engine.rules import OPTIONS, READINESS, STATUSES

Weights = NDArray[np.float64]


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
    rows = np.concatenate([as_it_is, single, chosen.sorts], axis=1)
    tell(f"judging {chosen.sorts.shape[1]} worlds")
    answers = bulk.judge(Columns(case, found.varied).table(rows), readiness=True)
    if answers.option(0) != verdict.winner.option:
        raise EngineFault(f"one engine recommends {verdict.winner.option} and the other {answers.option(0)}")
    assert answers.readiness is not None
    judged = slice(before, None)
    winner = answers.winner[judged]
    return Robustness(
        case=case,
        ruleset=ruleset,
        wanted=wanted,
        now=verdict.winner,
        doubts=found,
        worlds=all_of(found.varied),
        looked_at=all_of(found.varied) if chosen.complete else chosen.sorts.shape[1],
        judged=chosen.sorts.shape[1],
        complete=chosen.complete,
        wins=_shares(winner, chosen.counts, OPTIONS),
        statuses={
            option: _shares(answers.status[place, judged], chosen.counts, STATUSES)
            for place, option in enumerate(OPTIONS)
        },
        readiness=_shares(answers.readiness[judged], chosen.counts, READINESS),
        effects=_effects(found.varied, chosen, winner, OPTIONS.index(verdict.winner.option)),
        turns=_turns(found.varied, single, answers, before),
        missing=missing,
    )


def _singles(varied: Sequence[Doubt]) -> Sorts:
    """A column for each other sort of each doubt, all else being as it is."""
    turned = [(line, sort) for line, one in enumerate(varied) for sort in range(1, len(one.sorts))]
    found: Sorts = np.zeros((len(varied), len(turned)), np.uint16)
    for column, (line, sort) in enumerate(turned):
        found[line, column] = sort
    return found


def _turns(varied: Sequence[Doubt], single: Sorts, answers: Answers, before: int) -> tuple[Turn, ...]:
    found = []
    for column in np.flatnonzero(answers.winner[1:before] != answers.winner[0]).tolist():
        line = int(np.flatnonzero(single[:, column])[0])
        found.append(Turn(varied[line], int(single[line, column]), answers.option(1 + column)))
    return tuple(found)


def _shares(numbers: NDArray[np.uint8], counts: Weights, names: Sequence[str]) -> Mapping[str, float]:
    """The share of worlds for each name, by its number."""
    sums = np.bincount(numbers, weights=counts, minlength=len(names))
    return dict(zip(names, (sums / counts.sum()).tolist(), strict=True))


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
            for line, one in zip(chosen.sorts, varied, strict=True)
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
