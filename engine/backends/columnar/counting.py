"""Which records of a list pass a test, and what is counted of them, for every distinct list at once.

Each test of a field is asked of each distinct value of that field, by the reference; what is left is to count. With
`codes`, the lists are those of rows, and dates of the case may differ between them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import IDS, Coded, Codes, Field, Lists, numbers
from engine.backends.columnar.rounding import Flags, Floats
from engine.conditions import Count
from engine.predicates import FieldTest, Test, Truth

Truths = NDArray[np.int8]
_TRUTH: dict[Truth, int] = {False: 0, None: 1, True: 2}
_FALSE, _UNKNOWN, _TRUE = 0, 1, 2


class Many(NamedTuple):
    """Many lists: all distinct ones, or (with `codes`) those of rows; `day` gives a date of the case for each."""

    lists: Lists
    codes: Codes | None
    day: Callable[[str], Floats]

    @property
    def members(self) -> NDArray[np.int32]:
        """The numbers of the records, by place and list."""
        return self.lists.members if self.codes is None else self.lists.members[:, self.codes]

    @property
    def given(self) -> Flags:
        """Whether each list is known."""
        if self.codes is None:
            return self.lists.given
        given: Flags = self.codes != 0
        return given

    def field(self, name: str) -> Field:
        """A field of all records; one that no record has is unknown in each."""
        none = Field(np.zeros(len(self.lists.fields[IDS].codes), np.uint8), ())
        return self.lists.fields.get(name, none)

    def last(self, codes: Codes, counts: Flags | None = None) -> Codes:
        """Of codes by place and list, the last in each list that is known, and that `counts`."""
        found = np.zeros(codes.shape[1], codes.dtype)
        for place, code in enumerate(codes):
            chosen = code != 0 if counts is None else (code != 0) & counts[place]
            found = np.where(chosen, code, found)
        return found


class Passing(NamedTuple):
    """Which records certainly pass, and which may, by place and list; where there is no record, neither."""

    certain: Flags
    unknown: Flags
    present: Flags


def passing(tests: tuple[FieldTest, ...], many: Many) -> Passing:
    """What comes of tests of the records of each list."""
    members = many.members
    # Where there is no record, there is record 0, which fails.
    of_records = np.full(len(many.lists.fields[IDS].codes), _TRUE, np.int8)
    of_records[0] = _FALSE
    for test in tests:
        if test.since is None:
            field = many.field(test.field)
            truths = np.array([_TRUTH[test.test.holds(value)] for value in (None, *field.values)], np.int8)
            np.minimum(of_records, truths[field.codes], out=of_records)
    found = of_records[members]
    for test in tests:
        if test.since is not None:
            field = many.field(test.field)
            days = numbers((None, *field.values)).values[field.codes][members] - many.day(test.since)
            np.minimum(found, _days_truths(test, days), out=found)
    return Passing(found == _TRUE, found == _UNKNOWN, members != 0)


def _days_truths(test: FieldTest, days: Floats) -> Truths:
    different, which = np.unique(days, return_inverse=True)
    asked = [test.test.holds(None if np.isnan(one) else int(one)) for one in different]
    truths = np.array([_TRUTH[truth] for truth in asked], np.int8)
    return truths[which].reshape(days.shape)


def count_holds(condition: Count, many: Many) -> Flags:
    """Whether a count certainly holds of each list."""
    found = passing(condition.where, many)
    counted = found.present & ~found.certain & ~found.unknown if condition.failing else found.certain
    certain = how_many(counted)
    if condition.low is not None:
        holds: Flags = certain >= condition.low
    else:
        assert condition.high is not None
        holds = certain + how_many(found.unknown) <= condition.high
    return np.logical_and(holds, many.given)


def how_many(flags: Flags) -> NDArray[np.int32]:
    """How many are set in each list."""
    found = np.zeros(flags.shape[1], np.int32)
    for line in flags:
        found += line
    return found


def any_in(flags: Flags) -> Flags:
    """Whether any is set in each list."""
    found = np.zeros(flags.shape[1], np.bool_)
    for line in flags:
        found |= line
    return found


Worked = TypeVar("Worked")


def once(work: Callable[[Any, Many], Worked], asked: Any, many: Many) -> Worked:
    """What is worked out of lists, kept with them where no date of the case bears on it."""
    tests = (*getattr(asked, "where", ()), *getattr(asked, "among", ()))
    if many.codes is not None or any(test.since is not None for test in tests):
        return work(asked, many)
    known = many.lists.known
    if asked not in known:
        known[asked] = work(asked, many)
    found: Worked = known[asked]
    return found


def asked_of(column: Coded, test: Test) -> Flags:
    """Whether each value of a coded column certainly passes a test."""
    answers: Flags = np.array([test.holds(value) is True for value in (None, *column.values)], np.bool_)[column.codes]
    return answers
