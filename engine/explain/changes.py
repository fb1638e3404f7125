"""A change of a case that somebody could make: what is changed, to what, by whom, and how far it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from engine.case import Case, Entry, Record
from engine.explain.line import is_on_a_line
from engine.vocabulary import Fact, Kind, RecordList, Value, Vocabulary


class Site(NamedTuple):
    """What is changed: a fact, a field of a record, a record as a whole, or one `entry` of a list of choices."""

    of: str
    record: str = ""
    field: str = ""
    entry: str = ""


class Change(NamedTuple):
    """One thing that somebody could change.

    `fact` is the fact or field, None where a record is taken away; `known` and `record` are there for records. `value`
    is None where a record is taken away. `alike` are values as near as `value` that no comparison tells from it.
    `steps` says how far the way is (`steps_between`), `side` on which side of the present value it leads where
    values have an order, `named` whether the facts file itself names the value as possible.
    """

    site: Site
    fact: Fact | None
    known: RecordList | None
    record: Record | None
    now: Value | None
    value: Value | None
    alike: tuple[Value, ...]
    lever: str
    steps: int
    side: int
    named: bool

    @property
    def path(self) -> str:
        """Where it stands in a facts file: `section.fact`, `list.record` or `list.record.field`."""
        if self.known is None:
            return self.site.of
        return ".".join(part for part in (self.known.path, self.site.record, self.site.field) if part)

    @property
    def effort(self) -> float:
        """How much it asks: its steps, half of them where the facts file itself names the value as possible."""
        return self.steps / 2 if self.named else float(self.steps)


HANDS = {"us": frozenset({"us"}), "partner": frozenset({"partner"}), "both": frozenset({"us", "partner", "both"})}
"""Whose changes are looked at: those that one party can make alone, or all."""


def hands(changes: Iterable[Change]) -> str:
    """Who has to act: `us`, `partner`, or `both`."""
    levers = {change.lever for change in changes}
    return levers.pop() if len(levers) == 1 else "both"


def exclude(one: Change, other: Change) -> bool:
    """Whether two changes cannot be made together: two values of one thing, or of a record that is taken away."""
    if one.site == other.site:
        return True
    first, second = one.site, other.site
    same = first.of == second.of and first.record == second.record != ""
    return same and not (first.field and second.field)


def changed(case: Case, changes: Iterable[Change], vocabulary: Vocabulary) -> Case:
    """The case with changes, none of which excludes another.

    Where a record is taken away, what referred to it refers to nothing.
    """
    facts, lists = dict(case.facts), dict(case.lists)
    for change in changes:
        if change.known is None:
            facts[change.site.of] = _with(facts[change.site.of], change)
            continue
        for name in touched(change, vocabulary):
            after = (changed_record(record, change, vocabulary.lists[name]) for record in lists.get(name, ()))
            if name in lists:
                lists[name] = tuple(record for record in after if record is not None)
    return Case(facts, lists)


def changed_record(record: Record, change: Change, known: RecordList) -> Record | None:
    """A record of a list after a change of this or another record; None where it is taken away."""
    site = change.site
    itself = site.of == known.name and site.record == record.id
    if change.fact is not None:
        if not itself:
            return record
        return record._replace(entries={**record.entries, site.field: _with(record.entries[site.field], change)})
    return None if itself else _without(record, site, known)


def touched(change: Change, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The fact or lists that a change bears on."""
    if change.known is None or change.fact is not None:
        return (change.site.of,)
    return tuple(dict.fromkeys((change.site.of, *referring(change.site.of, vocabulary))))


def referring(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The lists with a field that refers to records of a list."""
    return tuple(
        one.name
        for one in vocabulary.lists.values()
        if any(field.type.refers_to == name for field in one.fields.values())
    )


def _with(entry: Entry, change: Change) -> Entry:
    if not change.site.entry:
        assert change.value is not None
        return entry._replace(value=change.value)
    assert change.fact is not None and isinstance(entry.value, tuple)
    return entry._replace(value=turned(entry.value, change.site.entry, change.fact))


def turned(chosen: tuple[str, ...], entry: str, fact: Fact) -> tuple[str, ...]:
    """A list of choices with one entry more or less."""
    return tuple(one for one in fact.type.values if (one in chosen) is not (one == entry))


def _without(record: Record, site: Site, known: RecordList) -> Record:
    """The record without what refers to another one."""
    entries = {
        name: entry
        for name, entry in record.entries.items()
        if known.fields[name].type.refers_to != site.of or entry.value != site.record
    }
    return record if len(entries) == len(record.entries) else Record(record.id, entries)


def _place(fact: Fact, value: Value) -> float:
    if fact.type.kind is Kind.CHOICE:
        return fact.type.values.index(str(value))
    if isinstance(value, date):
        return value.toordinal()
    assert isinstance(value, (int, float))
    return value


def _has_order(fact: Fact) -> bool:
    return is_on_a_line(fact.type.kind) or (fact.type.kind is Kind.CHOICE and fact.type.ordered)


def distance_between(fact: Fact, now: Value, value: Value) -> float:
    """How far a value is from another, to be compared with others of the same fact."""
    return abs(_place(fact, value) - _place(fact, now)) if _has_order(fact) else 1


def far(change: Change) -> float:
    """How far a change goes, to be compared with others of the same fact or field."""
    if change.fact is None or change.now is None or change.value is None:
        return 1
    return distance_between(change.fact, change.now, change.value)


def side_of(fact: Fact, now: Value, value: Value) -> int:
    """On which side of the present value another lies: 1 for later or larger, 0 where values have no order."""
    if not _has_order(fact):
        return 0
    return 1 if _place(fact, value) > _place(fact, now) else -1


_HALF_YEAR = 182
_STEPS_OF_A_RANGE = 4


def steps_between(fact: Fact, now: Value, value: Value) -> int:
    """How many steps a change takes, one at least.

    Of an ordered choice each value is a step, of another choice, a flag or an entry of a list any change is one. Of a
    number between two ends a step is a quarter of the range (a point, of a score); of another number each doubling
    or halving is one, and from or to nothing it takes four. Of a date each half year is one.
    """
    distance = distance_between(fact, now, value)
    kind = fact.type
    if not _has_order(fact) or kind.kind is Kind.CHOICE:
        return max(1, round(distance))
    if isinstance(now, date):
        return max(1, math.ceil(distance / _HALF_YEAR))
    if kind.minimum is not None and kind.maximum is not None:
        return max(1, math.ceil(round(distance / (kind.maximum - kind.minimum) * _STEPS_OF_A_RANGE, 9)))
    assert isinstance(now, (int, float)) and isinstance(value, (int, float))
    if now * value <= 0:
        return _STEPS_OF_A_RANGE
    return max(1, math.ceil(round(abs(math.log2(value / now)), 9)))
