"""What can be asked of one value or one record, answered true, false or unknown (None).

Kleene's tables: a conjunction is false when one part is false and unknown when none is false and one is
unknown; a disjunction the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.case import Case, Record
from engine.vocabulary import Value

Truth = bool | None


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's conjunction; true of nothing."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's disjunction; false of nothing."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


def negation(truth: Truth) -> Truth:
    """Kleene's negation: the opposite of unknown is unknown."""
    return None if truth is None else not truth


@dataclass(frozen=True)
class OneOf:
    """The value is (not) one of these."""

    values: tuple[Value, ...]
    negated: bool = False

    def holds(self, value: Value | None) -> Truth:
        """Unknown for an unknown value."""
        return None if value is None else (value in self.values) is not self.negated


@dataclass(frozen=True)
class Between:
    """The number or date lies between two ends; an end that is None is no limit."""

    low: float | date | None = None
    high: float | date | None = None
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Value | None) -> Truth:
        """Unknown for an unknown value."""
        if value is None:
            return None
        # The types agree: conditions are typed when they are constructed.
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):  # type: ignore[operator]
            return False
        return not (
            self.high is not None and (value > self.high or (self.high_open and value == self.high))  # type: ignore[operator]
        )


@dataclass(frozen=True)
class Known:
    """The value is known (or, negated, unknown): the one question that is never itself unknown."""

    negated: bool = False

    def holds(self, value: Value | None) -> Truth:
        """True or false, never unknown."""
        return (value is not None) is not self.negated


@dataclass(frozen=True)
class Includes:
    """The list of choices holds at least one of these (or, negated, none of them)."""

    values: tuple[str, ...]
    negated: bool = False

    def holds(self, value: Value | None) -> Truth:
        """Unknown for an unknown list."""
        if value is None:
            return None
        assert isinstance(value, tuple)
        return any(one in value for one in self.values) is not self.negated


Test = OneOf | Between | Known | Includes


def complement(test: Test) -> tuple[Test, ...]:
    """Tests of which one holds exactly when `test` does not; unknown where `test` is unknown."""
    if isinstance(test, OneOf):
        return (OneOf(test.values, not test.negated),)
    if isinstance(test, Known):
        return (Known(not test.negated),)
    if isinstance(test, Includes):
        return (Includes(test.values, not test.negated),)
    outside: list[Test] = []
    if test.low is not None:
        outside.append(Between(high=test.low, high_open=not test.low_open))
    if test.high is not None:
        outside.append(Between(low=test.high, low_open=not test.high_open))
    return tuple(outside)


class FieldTest(NamedTuple):
    """A test of one field of a record, or of the days from a date fact (`since`) to a date field."""

    field: str
    test: Test
    since: str | None = None

    def holds(self, record: Record, case: Case) -> Truth:
        """Whether the record passes; unknown where the field (or the date fact) is."""
        value = record.value(self.field)
        if self.since is not None:
            value = days_between(case.value(self.since), value)
        return self.test.holds(value)


def passes(tests: tuple[FieldTest, ...], record: Record, case: Case) -> Truth:
    """Whether a record passes all tests."""
    return all_of(test.holds(record, case) for test in tests)


def days_between(start: Value | None, end: Value | None) -> int | None:
    """Days from one date to another, None where either is unknown."""
    if isinstance(start, date) and isinstance(end, date):
        return (end - start).days
    return None
