"""What is in doubt in a case, and which values each doubtful entry may have.

An entry may have its own value and those that it names: plausible ones, the ends of its range, and the values within
that range on both sides of every limit that a rule sets. One that is disputed or held with low confidence and names no
other value may have the next value on either side of an ordered choice, or the other one of a flag. Of anything else
it cannot be told what it might be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from engine.case import Case, Entry
from engine.evaluate import truth
from engine.explain.comparisons import limits, moved, sides, sides_of
from engine.explain.stretches import stretches
from engine.explain.variation import RuleGraph
from engine.measures import observe
from engine.outcomes import Situation
from engine.predicates import days_between
from engine.robustness.comparisons import Asked, Comparisons
from engine.vocabulary import Fact, Kind, Value

AS_OF = "alliance.as_of"
Answers = Callable[[Value], tuple[object, ...]]


class Place(NamedTuple):
    """A fact, or the field of a record; `records` (the name of the list) and `record` are empty for a fact."""

    fact: Fact
    records: str = ""
    record: str = ""


class Doubt(NamedTuple):
    """A doubtful entry and what it may be: sorts of values, each alike in all that rules ask of them.

    The first sort holds the value that is given, as its first.
    """

    place: Place
    entry: Entry
    sorts: tuple[tuple[Value, ...], ...]


class Doubts(NamedTuple):
    """All doubtful entries of a case.

    `varied` may have values that some rule tells apart; whatever those in `alike` may be, no rule tells it apart.
    `unnamed` name no other value. `fixed` are the date of the case and what identifies records.
    """

    varied: tuple[Doubt, ...]
    alike: tuple[Doubt, ...]
    unnamed: tuple[Doubt, ...]
    fixed: tuple[Doubt, ...]


def doubts(situation: Situation, graph: RuleGraph) -> Doubts:
    """All doubtful entries, facts first, in the order of the vocabulary."""
    found = Doubts((), (), (), ())
    sorted_out: dict[str, list[Doubt]] = {kind: [] for kind in found._fields}
    comparisons = Comparisons(graph.ruleset)
    for place, entry in _doubtful(situation.case, graph):
        if _is_fixed(place, graph):
            sorted_out["fixed"].append(Doubt(place, entry, ((entry.value,),)))
            continue
        named = tuple(_named(place.fact, entry))
        if place.records:
            asked = comparisons.of_field(place.records, place.fact.name)
        else:
            asked = comparisons.of_fact(place.fact.name)
        telling = _Telling(place, asked, comparisons, situation, graph)
        near = telling.within(entry) if entry.low is not None or entry.high is not None else ()
        doubt = Doubt(place, entry, _sorts((entry.value, *named), near, asked, telling.answers))
        if not {*named, *near} - {entry.value} and asked.anything:
            sorted_out["unnamed"].append(doubt)
        else:
            sorted_out["varied" if len(doubt.sorts) > 1 else "alike"].append(doubt)
    return Doubts(**{kind: tuple(those) for kind, those in sorted_out.items()})


def _doubtful(case: Case, graph: RuleGraph) -> Iterator[tuple[Place, Entry]]:
    """All entries that are disputed, held with low confidence, or given with other values."""
    vocabulary = graph.ruleset.vocabulary
    for name, entry in case.facts.items():
        if _is_doubtful(entry):
            yield Place(vocabulary.facts[name]), entry
    for name, records in case.lists.items():
        for record in records:
            for field, entry in record.entries.items():
                if _is_doubtful(entry):
                    yield Place(vocabulary.lists[name].fields[field], name, record.id), entry


def _is_doubtful(entry: Entry) -> bool:
    if entry.doubtful or any(end is not None and end != entry.value for end in (entry.low, entry.high)):
        return True
    if isinstance(entry.value, tuple):
        return any((one,) != entry.value for one in entry.plausible)
    return any(one != _plain(entry.value) for one in entry.plausible)


def _plain(value: Value) -> Value:
    """A value as it stands among plausible ones: a flag as text."""
    return str(value).lower() if isinstance(value, bool) else value


def _is_fixed(place: Place, graph: RuleGraph) -> bool:
    if not place.records:
        return place.fact.name == AS_OF
    return place.fact.name == graph.ruleset.vocabulary.lists[place.records].key or place.fact.type.kind is Kind.REF


def _named(fact: Fact, entry: Entry) -> Iterator[Value]:
    """The other values that an entry names; where it names none and is doubtful, those next to its own."""
    kind, value = fact.type.kind, entry.value
    if entry.plausible:
        for one in entry.plausible:
            yield (one,) if kind is Kind.CHOICES else one == "true" if kind is Kind.FLAG else one
    elif entry.low is not None or entry.high is not None:
        yield from (end for end in (entry.low, entry.high) if end is not None)
    elif entry.doubtful and isinstance(value, bool):
        yield not value
    elif entry.doubtful and fact.type.ordered:
        order = fact.type.values
        place = order.index(str(value))
        yield from (order[other] for other in (place - 1, place + 1) if 0 <= other < len(order))


class _Telling:
    """What rules ask of an entry, all else being as it is: by itself, as days since dates, and through measures."""

    def __init__(
        self, place: Place, asked: Asked, comparisons: Comparisons, situation: Situation, graph: RuleGraph
    ) -> None:
        self._place, self._asked, self._situation = place, asked, situation
        self._measures = graph.measures.get(place.records or place.fact.name, ())
        self._checks = [check for one in self._measures for check in comparisons.of_measures.get(one.id, ())]

    def answers(self, value: Value) -> tuple[object, ...]:
        """What all that is asked comes to."""
        changed = self._with(value)
        days = (test.holds(days_between(changed.case.value(start), value)) for start, test in self._asked.days)
        return (*self._asked.answers(value), *days, *(truth(check, changed) for check in self._checks))

    def within(self, entry: Entry) -> tuple[Value, ...]:
        """The first and the last value of each stretch of a range."""
        low, high = (entry.value if end is None else end for end in (entry.low, entry.high))
        case = self._situation.case
        stops = list(self._asked.ends())
        for name, test in self._asked.days:
            start = case.value(name)
            if isinstance(start, date):
                stops += [moved(start, days) for days in limits(test)]
        found = stretches(self._place.fact.type, stops, self._sides, case.as_of, (low, high))
        return tuple(dict.fromkeys(value for one in found for value in (one.first, one.last)))

    def _sides(self, value: Value) -> tuple[object, ...]:
        """On which side of every limit the value lies, and what is measured by it."""
        changed = self._with(value)
        days = [
            side
            for start, test in self._asked.days
            for side in sides(test, days_between(changed.case.value(start), value))
        ]
        return (*self._asked.sides(value), *days, *sides_of(self._checks, changed))

    def _with(self, value: Value) -> Situation:
        situation, place = self._situation, self._place
        if place.records:
            case = situation.case.with_field(place.records, place.record, place.fact.name, value)
        else:
            case = situation.case.with_value(place.fact.name, value)
        if not self._checks:
            return situation._replace(case=case)
        return Situation(case, observe(self._measures, case, situation.observations))


def _sorts(named: Iterable[Value], near: Iterable[Value], asked: Asked, told: Answers) -> tuple[tuple[Value, ...], ...]:
    """The values in sorts that are alike; the first sort is that of the first value.

    Where a measure calculates with the values, each that is named is a sort, and what lies beside a limit counts only
    where no named value is on its side: else the neighbourhood of limits would count many times.
    """
    if not asked.calculated:
        sorts: dict[object, dict[Value, None]] = {}
        for value in (*named, *sorted(near)):
            sorts.setdefault(asked.answers(value), {})[value] = None
        return tuple(tuple(sort) for sort in sorts.values())
    each = dict.fromkeys(named)
    seen = {told(value) for value in each}
    for value in sorted(near):
        if told(value) not in seen:
            seen.add(told(value))
            each[value] = None
    return tuple((value,) for value in each)
