"""Worlds one by one: each judged by the direct evaluator, to which all that is found at once is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from random import Random
from typing import NamedTuple

from engine.case import Case, Entry, Record
from engine.decision.readiness import readiness
from engine.evaluate import settle
from engine.robustness.doubts import Doubt
from engine.robustness.robustness import EVERY_CLOSED
from engine.rules import Ruleset
from engine.vocabulary import Value
from tests.parity.rows import judged


class Judged(NamedTuple):
    """What one world comes to."""

    answer: str
    fired: frozenset[str]
    statuses: tuple[tuple[str, str], ...]
    readiness: str


def in_world(case: Case, doubts: Sequence[Doubt], values: Sequence[Value]) -> Case:
    """The case in which each of these entries has another value."""
    facts, lists = dict(case.facts), dict(case.lists)
    for doubt, value in zip(doubts, values, strict=True):
        place, entry = doubt.place, doubt.entry._replace(value=value)
        if not place.records:
            facts[place.fact.name] = entry
            continue
        lists[place.records] = tuple(
            Record(record.id, {**record.entries, place.fact.name: entry}) if record.id == place.record else record
            for record in lists[place.records]
        )
    return Case(facts, lists)


def judge(rules: Ruleset, case: Case) -> Judged:
    """The case, judged by itself."""
    trace, verdict = judged(rules, case)
    facts = {"recommendation.option": verdict.winner.option, "recommendation.form": verdict.winner.form}
    plan = settle([one for one in rules.rules if one.plans], trace.situation._replace(recommendation=facts))
    state = readiness((firing.rule for firing in plan.firings), (), case, rules.weighing).state
    statuses = tuple(sorted((one.option, one.status) for one in verdict.standings))
    answer = EVERY_CLOSED if all(status == "closed" for _, status in statuses) else verdict.winner.option
    return Judged(answer, trace.fired, statuses, state)


class Brute(NamedTuple):
    """All worlds, with the number of the sort that each doubt takes in them."""

    worlds: list[tuple[tuple[int, ...], Judged]]

    def share(self, holds: Callable[[Judged], bool], line: int = -1, sort: int = 0) -> Fraction:
        """The share of worlds in which something holds, of those in which a doubt takes a sort."""
        some = [one for picks, one in self.worlds if line < 0 or picks[line] == sort]
        return Fraction(sum(holds(one) for one in some), len(some))


def brute(rules: Ruleset, case: Case, doubts: Sequence[Doubt]) -> Brute:
    """Judges every world."""
    found = []
    for picks in product(*(range(len(one.sorts)) for one in doubts)):
        values = [one.sorts[pick][0] for one, pick in zip(doubts, picks, strict=True)]
        found.append((picks, judge(rules, in_world(case, doubts, values))))
    return Brute(found)


def thinned(case: Case, doubts: Sequence[Doubt], most: int, chance: Random) -> Case:
    """The case with some of its doubts alone, drawn so that they make up to `most` worlds."""
    left: list[Doubt] = []
    worlds = 1
    for one in chance.sample(list(doubts), len(doubts)):
        if worlds * len(one.sorts) <= most:
            worlds *= len(one.sorts)
            left.append(one)
    kept = Counter((one.place.records, one.place.record, one.place.fact.name) for one in left)

    def entry(records: str, record: str, name: str, given: Entry) -> Entry:
        return given if kept[records, record, name] else Entry(given.value)

    return Case(
        {name: entry("", "", name, given) for name, given in case.facts.items()},
        {
            name: tuple(
                Record(one.id, {field: entry(name, one.id, field, given) for field, given in one.entries.items()})
                for one in records
            )
            for name, records in case.lists.items()
        },
    )
