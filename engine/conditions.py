"""The closed set of condition nodes: four that ask something, three that combine.

A node is typed when it is constructed: a test that does not fit its operand raises Mismatch, so
nothing can fail when a case is judged. Every node keeps the words of its author (`text`) and their place;
equality looks at the meaning alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from engine.errors import Location
from engine.predicates import Between, FieldTest, Includes, OneOf, Test, complement
from engine.vocabulary import Kind, ValueType

DAYS = ValueType(Kind.AMOUNT)
"""The type of a number of days between two dates, which may be negative."""

SEVERITIES = ("minor", "serious", "critical")


class Mismatch(ValueError):
    """A test that does not fit the type of what it tests; the message is for the rule's author."""


class Operand(NamedTuple):
    """What a condition looks at: a fact (`section.name`) or measure, or the days to it since a date."""

    name: str
    type: ValueType
    since: str | None = None


@dataclass(frozen=True)
class Check:
    """A test of a fact or measure."""

    operand: Operand
    test: Test
    text: str = field(default="", compare=False)
    location: Location | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        require_fit(self.operand.type, self.test)


@dataclass(frozen=True)
class ListKnown:
    """A record list is given (or, negated, left out)."""

    records: str
    negated: bool = False
    text: str = field(default="", compare=False)
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Count:
    """So many records pass: at least `low`, or (where `low` is None) at most `high`.

    With `failing` it is the records that do *not* pass which are counted: `every` is "at most 0 failing".
    """

    records: str
    where: tuple[FieldTest, ...]
    low: int | None = None
    high: int | None = None
    failing: bool = False
    text: str = field(default="", compare=False)
    location: Location | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if (self.low is None) is (self.high is None):
            raise Mismatch("a count has one limit")


@dataclass(frozen=True)
class Made:
    """A finding was made with at least this severity (1 to 3), or a diagnosis was made; or not."""

    kind: str
    name: str
    level: int = 1
    negated: bool = False
    text: str = field(default="", compare=False)
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True)
class All:
    """Every part holds; true of no parts at all."""

    parts: tuple[Condition, ...]
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True)
class NoneOf:
    """No part holds."""

    parts: tuple[Condition, ...]
    location: Location | None = field(default=None, compare=False)


Leaf = Check | ListKnown | Count | Made
Condition = Check | ListKnown | Count | Made | All | AnyOf | NoneOf


def require_fit(kind: ValueType, test: Test) -> None:
    """Raises Mismatch where a test cannot be asked of values of this type."""
    if isinstance(test, Between):
        ends = [end for end in (test.low, test.high) if end is not None]
        if not ends:
            raise Mismatch("a range has at least one end")
        if kind.kind is Kind.DATE and all(isinstance(end, date) for end in ends):
            return
        if kind.kind.is_number and not any(isinstance(end, date) for end in ends):
            return
        raise Mismatch(f"a {kind.kind.value} cannot be compared by size")
    if isinstance(test, Includes):
        if kind.kind is not Kind.CHOICES:
            raise Mismatch(f"`includes` is for lists of choices, this is a {kind.kind.value}")
        _require_values(kind, test.values)
    elif isinstance(test, OneOf):
        if kind.kind is Kind.CHOICES:
            raise Mismatch("a list of choices is tested with `includes`")
        if kind.kind is Kind.CHOICE:
            _require_values(kind, test.values)
        elif not all(_is_value(kind, value) for value in test.values):
            raise Mismatch(f"this is not the value of a {kind.kind.value}")


def _is_value(kind: ValueType, value: object) -> bool:
    if kind.kind.is_number:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, bool if kind.kind is Kind.FLAG else date if kind.kind is Kind.DATE else str)


def _require_values(kind: ValueType, values: tuple[object, ...]) -> None:
    for value in values:
        if value not in kind.values:
            raise Mismatch(f"`{value}` is not one of its values")


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every question in a condition, in the order in which it was written."""
    if isinstance(condition, (All, AnyOf, NoneOf)):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def without_negation(condition: Condition, negated: bool = False) -> Condition:
    """The same condition in `All`, `AnyOf` and leaves alone: negation is pushed into the leaves.

    Under Kleene's tables this changes no answer, and unknown stays unknown.
    """
    if isinstance(condition, NoneOf):
        return without_negation(AnyOf(condition.parts, condition.location), not negated)
    if isinstance(condition, (All, AnyOf)):
        parts = tuple(without_negation(part, negated) for part in condition.parts)
        conjunction = isinstance(condition, All) is not negated
        return All(parts, condition.location) if conjunction else AnyOf(parts, condition.location)
    return _negated(condition) if negated else condition


def _negated(leaf: Leaf) -> Condition:
    text, place = f"not ({leaf.text})", leaf.location
    if isinstance(leaf, Check):
        checks = tuple(Check(leaf.operand, test, text, place) for test in complement(leaf.test))
        return checks[0] if len(checks) == 1 else AnyOf(checks, place)
    if isinstance(leaf, ListKnown):
        return ListKnown(leaf.records, not leaf.negated, text, place)
    if isinstance(leaf, Made):
        return Made(leaf.kind, leaf.name, leaf.level, not leaf.negated, text, place)
    if leaf.low is not None:
        return Count(leaf.records, leaf.where, None, leaf.low - 1, leaf.failing, text, place)
    assert leaf.high is not None
    return Count(leaf.records, leaf.where, leaf.high + 1, None, leaf.failing, text, place)


def reads(condition: Condition) -> tuple[str, ...]:
    """The facts, measures and lists that a condition looks at, in the order in which it names them."""
    names: dict[str, None] = {}
    for leaf in leaves(condition):
        if isinstance(leaf, Check):
            names[leaf.operand.name] = None
            if leaf.operand.since is not None:
                names[leaf.operand.since] = None
        elif isinstance(leaf, (Count, ListKnown)):
            names[leaf.records] = None
            if isinstance(leaf, Count):
                names.update(dict.fromkeys(test.since for test in leaf.where if test.since is not None))
    return tuple(names)


def asks(condition: Condition) -> tuple[tuple[str, str], ...]:
    """The findings and diagnoses that a condition asks for, as (kind, id)."""
    return tuple(dict.fromkeys((leaf.kind, leaf.name) for leaf in leaves(condition) if isinstance(leaf, Made)))
