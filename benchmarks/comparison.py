"""Engines side by side on the same cases: their answers compared first, then their times."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np

from benchmarks.alliances import judging
from benchmarks.engines.clips import Clips
from benchmarks.engines.own import Direct, Durable
from benchmarks.engines.rule_engine import RuleEngine
from benchmarks.engines.zen import Zen
from engine.bulk import Bulk, Table
from engine.case import Case
from engine.decision.verdict import Verdict, decide
from engine.measures import observe
from engine.outcomes import Situation
from engine.rules import OPTIONS, Ruleset


class Engine(Protocol):
    """Runs rules on one case at a time."""

    name: str

    def told(self, situation: Situation) -> Any:
        """The case and its measures in the engine's own words."""

    def fired(self, told: Any) -> Sequence[str]:
        """The ids of the rules that fire."""


class Times(NamedTuple):
    """Microseconds a case: working out measures, telling the engine, running the rules, weighing those that fired."""

    measures: float
    telling: float
    rules: float
    weighing: float

    @property
    def total(self) -> float:
        """From the case to the recommended option."""
        return sum(self)


class Disagreement(AssertionError):
    """Two engines come to different answers: there is nothing to be timed."""


def engines(ruleset: Ruleset) -> list[Engine]:
    """All engines that judge one case at a time, with the rules before the weighing."""
    rules = judging(ruleset)
    return [Direct(rules), Durable(rules), Clips(rules, ruleset.vocabulary.lists), Zen(rules), RuleEngine(rules)]


def spread(rows: int, number: int) -> list[int]:
    """So many rows, spread evenly over all of them."""
    return [place * rows // number for place in range(number)]


def compare(ruleset: Ruleset, table: Table, rows: Sequence[int]) -> None:
    """Holds all engines, and the columnar one, to the same rules, scores and winner. Raises Disagreement."""
    bulk, some = Bulk(ruleset), engines(ruleset)
    whole = bulk.judge(table)
    fired = bulk.judge(table.taken(np.array(rows)), fired=True)
    for place, row in enumerate(rows):
        case = table.case(row)
        situation = Situation(case, observe(ruleset.measures, case))
        ids, verdict = _judged(some[0], situation, ruleset)
        for engine in some[1:]:
            if _judged(engine, situation, ruleset) != (ids, verdict):
                raise Disagreement(f"{engine.name} and the {some[0].name} differ on row {row}")
        scores = [verdict.standing(option).score for option in OPTIONS]
        found = (fired.fired_in(place), whole.option(row), [whole.score_of(option, row) for option in OPTIONS])
        if found != (ids, verdict.winner.option, scores):
            raise Disagreement(f"the columnar engine and the {some[0].name} differ on row {row}")


def _judged(engine: Engine, situation: Situation, ruleset: Ruleset) -> tuple[frozenset[str], Verdict]:
    ids = frozenset(engine.fired(engine.told(situation)))
    return ids, _weighed(ids, situation, ruleset)


def _weighed(ids: frozenset[str], situation: Situation, ruleset: Ruleset) -> Verdict:
    fired = [rule for rule in ruleset.rules if rule.id in ids]
    return decide(fired, situation.after(fired), ruleset.weighing)


def times(ruleset: Ruleset, cases: Sequence[Case], turns: int = 3) -> dict[str, Times]:
    """The mean over all cases, of each the median of some turns; the engines take turns with all cases."""
    some = engines(ruleset)
    taken: dict[str, list[list[Times]]] = {engine.name: [[] for _ in cases] for engine in some}
    gc.collect()
    for _ in range(turns):
        for engine in some:
            for case, found in zip(cases, taken[engine.name], strict=True):
                found.append(_timed(engine, ruleset, case))
    return {name: _mean([_median(found) for found in of_cases]) for name, of_cases in taken.items()}


def _median(found: Sequence[Times]) -> Times:
    return Times(*map(statistics.median, zip(*found, strict=True)))


def _mean(found: Sequence[Times]) -> Times:
    return Times(*map(statistics.fmean, zip(*found, strict=True)))


def _timed(engine: Engine, ruleset: Ruleset, case: Case) -> Times:
    marks = [time.perf_counter()]
    situation = Situation(case, observe(ruleset.measures, case))
    marks.append(time.perf_counter())
    told = engine.told(situation)
    marks.append(time.perf_counter())
    ids = engine.fired(told)
    marks.append(time.perf_counter())
    fired = [ruleset.by_id[id_] for id_ in ids]
    decide(fired, situation.after(fired), ruleset.weighing)
    marks.append(time.perf_counter())
    return Times(*((after - before) * 1e6 for before, after in pairwise(marks)))


def columnar(ruleset: Ruleset, table: Table, turns: int = 7) -> float:
    """Seconds for all rows: measures, rules, weighing and winner; the median of some turns.

    What is found out about each distinct list of records stays with the table, which is judged once before.
    """
    bulk = Bulk(ruleset)
    bulk.judge(table)
    return seconds(lambda: bulk.judge(table), turns)


def columnar_at_first(ruleset: Ruleset, tables: Sequence[Table]) -> float:
    """Seconds for all rows of a table that has not been judged before; the median of some tables."""
    bulk, left = Bulk(ruleset), iter(tables)
    return seconds(lambda: bulk.judge(next(left)), len(tables))


def seconds(work: Callable[[], object], turns: int) -> float:
    """The median of some turns."""
    gc.collect()
    taken = []
    for _ in range(turns):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
