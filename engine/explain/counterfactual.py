"""Which change of one fact, by somebody who can change it, would lead to another option.

Exact: every change is judged, none is estimated. It is the agenda of a negotiation, and a list of what to watch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from engine.explain.variation import Variations
from engine.rules import OPTIONS
from engine.vocabulary import Fact, Kind, Value

_STEP = {Kind.COUNT: 1, Kind.SCORE: 0.1, Kind.SHARE: 0.01}
"""By how much a number is moved past a limit that a rule sets."""


@dataclass(frozen=True, slots=True)
class SingleChange:
    """If `fact` had one of `values` instead of `now`, and all else were as it is, `leads_to` would be recommended.

    `values` are the nearest that do so; `distance` says how far they are from `now`, 1 for the next value of an
    ordered choice. `decisive` is declared in the ruleset.
    """

    fact: Fact
    now: Value
    values: tuple[Value, ...]
    leads_to: str
    distance: float
    decisive: bool


def single_changes(variations: Variations) -> tuple[SingleChange, ...]:
    """All such changes of known facts with a lever, the most telling first.

    Each option that can be reached comes up once before any comes up again; for one option, decisive facts come
    first, then the smallest changes. Choices and flags are tried with every value, lists of choices with one entry
    more or less, scores, shares and counts on both sides of every limit that a rule sets. Amounts, dates and facts
    that nobody can change are left as they are.
    """
    decisive = frozenset(variations.graph.ruleset.weighing.decisive_facts)
    found = [
        change
        for fact in variations.graph.ruleset.vocabulary.facts.values()
        if fact.lever != "nobody" and variations.reads(fact.name)
        for change in _changes_of(fact, variations, fact.name in decisive)
    ]
    here = OPTIONS.index(variations.verdict.winner.option)
    found.sort(key=lambda one: (OPTIONS.index(one.leads_to), not one.decisive, one.distance, one.fact.name))
    ranked = [
        (place, -abs(OPTIONS.index(option) - here), OPTIONS.index(option), change)
        for option, changes in groupby(found, key=lambda one: one.leads_to)
        for place, change in enumerate(changes)
    ]
    ranked.sort(key=lambda one: one[:3])
    return tuple(change for *_, change in ranked)


def _changes_of(fact: Fact, variations: Variations, decisive: bool) -> Iterator[SingleChange]:
    now = variations.situation.case.value(fact.name)
    if now is None:
        return
    reached: dict[str, dict[Value, float]] = {}
    for value, distance in _other_values(fact, now, variations):
        option = variations.winner_with(fact.name, value)
        if option != variations.verdict.winner.option:
            reached.setdefault(option, {})[value] = distance
    for option, distances in reached.items():
        nearest = min(distances.values())
        values = tuple(value for value, distance in distances.items() if distance == nearest)
        yield SingleChange(fact, now, values, option, nearest, decisive)


def _other_values(fact: Fact, now: Value, variations: Variations) -> Iterator[tuple[Value, float]]:
    """The values to try, each with its distance from the present one."""
    kind = fact.type.kind
    if kind is Kind.FLAG:
        yield not now, 1
    elif kind is Kind.CHOICE:
        order = fact.type.values
        for value in order:
            if value != now:
                yield value, abs(order.index(value) - order.index(str(now))) if fact.type.ordered else 1
    elif kind is Kind.CHOICES:
        assert isinstance(now, tuple)
        for one in fact.type.values:
            yield tuple(kept for kept in fact.type.values if (kept in now) is not (kept == one)), 1
    elif kind in _STEP:
        assert isinstance(now, (int, float))
        for number in _numbers(fact, variations):
            if number != now:
                yield number, abs(number - now) / _STEP[kind]


def _numbers(fact: Fact, variations: Variations) -> list[float]:
    """The limits that rules set, and the numbers on both sides of them. The ends of a range are no telling change."""
    step, low, high = _STEP[fact.type.kind], fact.type.minimum, fact.type.maximum
    found: set[float] = set()
    for limit in variations.graph.limits.get(fact.name, ()):
        assert isinstance(limit, (int, float))
        found.update(round(number, 4) for number in (limit - step, limit, limit + step))
    return sorted(one for one in found if (low is None or one >= low) and (high is None or one <= high))
