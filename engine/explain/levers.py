"""What somebody could change about a case: each change by itself, and only where some rule could tell the difference.

A change gives a known fact, or a known field of a record, another value, takes a record away, or puts one entry into a
list of choices or out of it. What is not known cannot be changed, nor what nobody has in hand, nor what is done: the
vocabulary says from which values, and to which, nothing changes back, and no date is moved into the past. Of values
that no comparison tells apart the nearest stands for all; a value that answers every comparison as the present one does
is no change. Both lose nothing: whatever else is changed at the same time, the answers stay the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from engine.case import Case, Entry, Record
from engine.conditions import Check, Count
from engine.evaluate import truth
from engine.explain.changes import Change, Site, distance_between, side_of, steps_between, turned
from engine.explain.comparisons import field_truth, limits, moved, sides, sides_of
from engine.explain.line import is_on_a_line
from engine.explain.nearest import nearest_values
from engine.explain.variation import RuleGraph
from engine.measures import observe
from engine.outcomes import Situation
from engine.predicates import FieldTest, Includes, days_between
from engine.vocabulary import Fact, Kind, RecordList, Value

_AS_OF = "alliance.as_of"
_OWNER, _STATUS = "owner", "status"
"""Whether a record is kept lies with its owner, where it has one; what has a status is ended by it, not taken away."""


def all_changes(graph: RuleGraph, situation: Situation) -> tuple[Change, ...]:
    """All changes that somebody could make, in the order of the vocabulary; `situation` is that of the case as it is.

    Of a choice or flag every other value, of a list of choices one entry more or less, of a number or date the nearest
    values on both sides of every limit that a rule sets for it or, all else being as it is, for what is measured by it.
    Texts, periods and references are left as they are.
    """
    finder = _Finder(graph, situation)
    return tuple(finder.of_facts()) + tuple(finder.of_records())


Answers = Callable[[Value], tuple[object, ...]]


class _Asked(NamedTuple):
    """What rules ask about a fact or field: `answers` tell values apart, `way` finds numbers and dates."""

    answers: Answers
    way: Answers
    stops: Collection[Value]
    entries: Collection[str]


class _Finder:
    """Looks for the changes of one case."""

    def __init__(self, graph: RuleGraph, situation: Situation) -> None:
        self.graph = graph
        self.situation = situation
        self.case = situation.case
        self.asked = graph.comparisons
        vocabulary = graph.ruleset.vocabulary
        self.facts = [
            fact
            for fact in vocabulary.facts.values()
            if _is_movable(fact) and fact.name in self.case.facts and graph.reads(fact.name)
        ]
        self.lists = [one for one in vocabulary.lists.values() if self.case.records(one.name) and graph.reads(one.name)]
        self.varying = {fact.name for fact in self.facts} | {known.name for known in self.lists}
        self.can_go = {known.name for known in vocabulary.lists.values() if _can_be_taken_away(known)}

    def of_facts(self) -> Iterator[Change]:
        for fact in self.facts:
            change = Change(Site(fact.name), fact, None, None, None, None, (), fact.lever, 1, 0, named=False)
            yield from self._told_apart(change, fact, self.case.facts[fact.name], self._about_fact(fact))

    def of_records(self) -> Iterator[Change]:
        for known in self.lists:
            for record in self.case.lists[known.name]:
                whole = Change(
                    Site(known.name, record.id), None, known, record, None, None, (), known.lever, 1, 0, named=False
                )
                for name, entry in record.entries.items():
                    fact = known.fields[name]
                    if name != known.key and _is_movable(fact) and not _is_settled(record, known):
                        change = whole._replace(
                            site=whole.site._replace(field=name), fact=fact, lever=_lever(fact, record)
                        )
                        yield from self._told_apart(change, fact, entry, self._about_field(known, record, fact))
                if known.name in self.can_go:
                    yield whole

    def _about_fact(self, fact: Fact) -> _Asked:
        name = fact.name
        checks, counts = self.asked.checks_of(name), self.asked.counts_from(name)
        # Together with something else that can be changed, any other value may count.
        shared = bool(self.asked.partners(name) & self.varying)
        leaves: tuple[Check | Count, ...] = (*checks, *counts)

        def answers(value: Value) -> tuple[object, ...]:
            situation = self._on(self.case.with_value(name, value), name)
            found = tuple(truth(leaf, situation) for leaf in leaves)
            return (*found, value) if shared else found

        def way(value: Value) -> tuple[object, ...]:
            situation = self._on(self.case.with_value(name, value), name)
            return (*sides_of(checks, situation), *(truth(count, situation) for count in counts))

        stops = self.asked.stops(name, self.case) if is_on_a_line(fact.type.kind) else ()
        return _Asked(answers, way, stops, _entries(fact, (check.test for check in checks), every=shared))

    def _about_field(self, known: RecordList, record: Record, fact: Fact) -> _Asked:
        fixed = [name for name, field in known.fields.items() if not self._can_move(field, record, known)]
        wheres = []
        for where in self.asked.wheres.get(known.name, ()):
            moving = {test.field for test in where.tests if test.since in self.varying}
            if not where.excludes(record, [name for name in fixed if name not in moving], self.case):
                wheres.append(where)
        tests = tuple(dict.fromkeys(test for where in wheres for test in where.tests if test.field == fact.name))
        gathered = any(where.gathered == fact.name for where in wheres)
        shared = gathered or any(test.since in self.varying for test in tests)
        checks = self.asked.checks_of(known.name) if gathered else ()

        def answers(value: Value) -> tuple[object, ...]:
            found = tuple(field_truth(test, value, self.case) for test in tests)
            return (*found, value) if shared else found

        def way(value: Value) -> tuple[object, ...]:
            gathered_sides = sides_of(checks, self._with_field(known, record, fact.name, value)) if checks else ()
            return (*self._field_sides(tests, value), *gathered_sides)

        return _Asked(answers, way, self._stops(tests), _entries(fact, (test.test for test in tests), every=gathered))

    def _can_move(self, field: Fact, record: Record, known: RecordList) -> bool:
        """Whether some change may give a field of a record another value, or none."""
        if field.name not in record.entries or field.name == known.key:
            return False
        if field.type.refers_to is not None:
            return field.type.refers_to in self.can_go
        return _is_movable(field) and not _is_settled(record, known)

    def _on(self, case: Case, name: str) -> Situation:
        """The situation, before any rule has fired, with another value of a fact or list."""
        measures = self.graph.measures.get(name, ())
        observations = self.situation.observations
        return Situation(case, observe(measures, case, observations) if measures else observations)

    def _with_field(self, known: RecordList, record: Record, field: str, value: Value) -> Situation:
        return self._on(self.case.with_field(known.name, record.id, field, value), known.name)

    def _field_sides(self, tests: tuple[FieldTest, ...], value: Value) -> tuple[object, ...]:
        found: list[object] = []
        for test in tests:
            days = value if test.since is None else days_between(self.case.value(test.since), value)
            found += sides(test.test, days)
        return tuple(found)

    def _stops(self, tests: tuple[FieldTest, ...]) -> set[Value]:
        found: set[Value] = set()
        for test in tests:
            start = None if test.since is None else self.case.value(test.since)
            if test.since is None:
                found.update(limits(test.test))
            elif isinstance(start, date):
                found.update(moved(start, days) for days in limits(test.test))
        return found

    def _told_apart(self, change: Change, fact: Fact, entry: Entry, asked: _Asked) -> Iterator[Change]:
        """A change for each way in which other values answer what is asked, if not as the present one does."""
        now = entry.value
        if isinstance(now, tuple):
            for one in asked.entries:
                if one in now and fact.stays(one):
                    continue
                site = change.site._replace(entry=one)
                yield change._replace(site=site, now=now, value=turned(now, one, fact), named=one in entry.plausible)
            return
        groups: dict[tuple[object, ...], list[tuple[float, Value]]] = {}
        for value in self._others(fact, now, asked):
            groups.setdefault(asked.answers(value), []).append((distance_between(fact, now, value), value))
        groups.pop(asked.answers(now), None)
        for group in groups.values():
            # The sort is stable: of equals, the first in the order of the vocabulary.
            group.sort(key=lambda one: one[0])
            nearest, value = group[0]
            yield change._replace(
                now=now,
                value=value,
                alike=tuple(other for distance, other in group[1:] if distance == nearest),
                steps=steps_between(fact, now, value),
                side=side_of(fact, now, value),
                named=_is_named(fact, entry, value),
            )

    def _others(self, fact: Fact, now: Value, asked: _Asked) -> tuple[Value, ...]:
        """The other values to be tried."""
        if fact.stays(now):
            return ()
        if fact.type.kind is Kind.FLAG:
            return (not now,)
        if fact.type.kind is Kind.CHOICE:
            return tuple(value for value in fact.type.values if value != now and fact.comes_back(value))
        found = nearest_values(fact.type, now, asked.stops, asked.way)
        return self._ahead(found, now) if isinstance(now, date) else found

    def _ahead(self, days: Iterable[Value], now: date) -> tuple[Value, ...]:
        """Of dates those that do not lie in the past; today stands for what a date that has passed was moved over."""
        today = self.case.as_of
        ahead = [day for day in days if isinstance(day, date) and day >= today]
        return tuple(dict.fromkeys([today, *ahead] if now < today else ahead))


def _entries(fact: Fact, tests: Iterable[object], *, every: bool) -> tuple[str, ...]:
    """The entries of a list of choices that some rule asks for."""
    asked = {value for test in tests if isinstance(test, Includes) for value in test.values}
    return tuple(one for one in fact.type.values if every or one in asked)


def _is_movable(fact: Fact) -> bool:
    """Whether somebody can change a fact or field, and there are values to be tried."""
    kinds = (Kind.FLAG, Kind.CHOICE, Kind.CHOICES)
    if fact.name == _AS_OF:
        return False  # the day from which all is judged is no part of what is judged
    return fact.lever != "nobody" and (fact.type.kind in kinds or is_on_a_line(fact.type.kind))


def _can_be_taken_away(known: RecordList) -> bool:
    """Whether somebody can end what a record stands for, so that it is no longer there."""
    return known.lever != "nobody" and _STATUS not in known.fields


def _is_settled(record: Record, known: RecordList) -> bool:
    """Whether what a record stands for is done, by its status, so that nothing about it is changed any more."""
    status = known.fields.get(_STATUS)
    return status is not None and status.stays(record.value(_STATUS))


def _lever(fact: Fact, record: Record) -> str:
    owner = record.value(_OWNER)
    return str(owner) if fact.name == _STATUS and fact.lever == "both" and owner in ("us", "partner") else fact.lever


def _is_named(fact: Fact, entry: Entry, value: Value) -> bool:
    """Whether the facts file names the value as possible beside the one it gives."""
    if isinstance(value, bool):
        return str(value).lower() in entry.plausible
    if fact.type.kind is Kind.CHOICE:
        return value in entry.plausible
    if entry.low is None and entry.high is None:
        return False
    low, high = (entry.value if end is None else end for end in (entry.low, entry.high))
    # Values of one fact are of one sort, so that they can be compared.
    return bool(low <= value <= high)  # type: ignore[operator]
