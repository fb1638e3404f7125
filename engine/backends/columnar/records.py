"""What is counted and measured over the records of a list, for every distinct list at once.

Each test of a field is asked of each distinct value of that field, by the reference; what is left is to count. A slope
is worked out by the reference, once for each series of values that differs from the others.

With `codes`, the lists are those of rows, and dates of the case may differ between them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.arithmetic import finished
from engine.backends.columnar.columns import IDS, Coded, Codes, Field, Lists, Numbers, numbers
from engine.backends.columnar.rounding import Addend, Flags, Floats, sums
from engine.case import Case, Entry, Record
from engine.conditions import Count
from engine.measures import (
    CountOf,
    Index,
    IndexSlope,
    Latest,
    Reduce,
    ShareOf,
    Slope,
    over_records,
    rounded,
)
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
        """The numbers of the records of each list."""
        return self.lists.members if self.codes is None else self.lists.members[self.codes]

    @property
    def given(self) -> Flags:
        """Whether each list is known."""
        if self.codes is None:
            return self.lists.given
        given: Flags = self.codes != 0
        return given

    @property
    def present(self) -> Flags:
        """Whether there is a record, by list and place."""
        present: Flags = self.members != 0
        return present

    def field(self, name: str) -> Field:
        """A field of all records; one that no record has is unknown in each."""
        none = Field(np.zeros(len(self.lists.fields[IDS].codes), np.uint8), ())
        return self.lists.fields.get(name, none)


def passing(tests: tuple[FieldTest, ...], many: Many) -> Truths:
    """Whether each record passes all tests: 0, 1 (unknown) or 2, by list and place."""
    members = many.members
    found = np.full(members.shape, _TRUE, np.int8)
    for test in tests:
        field = many.field(test.field)
        if test.since is None:
            truths = np.array([_TRUTH[test.test.holds(value)] for value in (None, *field.values)], np.int8)
            np.minimum(found, truths[field.codes][members], out=found)
        else:
            days = numbers((None, *field.values)).values[field.codes][members] - many.day(test.since)[:, None]
            np.minimum(found, _days_truths(test, days), out=found)
    return found


def _days_truths(test: FieldTest, days: Floats) -> Truths:
    different, which = np.unique(days, return_inverse=True)
    asked = [test.test.holds(None if np.isnan(one) else int(one)) for one in different]
    truths = np.array([_TRUTH[truth] for truth in asked], np.int8)
    return truths[which].reshape(days.shape)


def count_holds(condition: Count, many: Many) -> Flags:
    """Whether a count certainly holds of each list."""
    truths, present = passing(condition.where, many), many.present
    certain = ((truths == (_FALSE if condition.failing else _TRUE)) & present).sum(axis=1)
    if condition.low is not None:
        holds: Flags = certain >= condition.low
    else:
        holds = certain + ((truths == _UNKNOWN) & present).sum(axis=1) <= condition.high
    return np.logical_and(holds, many.given)


@singledispatch
def measured(form: object, many: Many) -> Numbers | Coded:
    """The value of a measure over the records of each list."""
    raise TypeError(f"no measure over records of this form: {form!r}")


def _whole(values: Floats) -> Numbers:
    return Numbers(values, np.ones(len(values), np.bool_))


@measured.register
def _(form: CountOf, many: Many) -> Numbers:
    truths, present = passing(form.where, many), many.present
    unknown = ((truths == _UNKNOWN) & present).any(axis=1) | ~many.given
    return _whole(np.where(unknown, np.nan, ((truths == _TRUE) & present).sum(axis=1)))


@measured.register
def _(form: ShareOf, many: Many) -> Numbers:
    base, truths, present = passing(form.among, many), passing(form.where, many), many.present
    among = (base == _TRUE) & present
    unknown = ((base == _UNKNOWN) & present).any(axis=1) | (among & (truths == _UNKNOWN)).any(axis=1) | ~many.given
    passed, all_ = (among & (truths == _TRUE)).sum(axis=1), among.sum(axis=1)
    share = np.where(unknown | (all_ == 0), np.nan, passed / np.maximum(all_, 1))
    none = np.zeros(len(share), np.bool_)
    return finished(share, none, none)


@measured.register
def _(form: Reduce, many: Many) -> Numbers:
    truths, present, members = passing(form.where, many), many.present, many.members
    field = many.field(form.field)
    column = numbers((None, *field.values)).taken(field.codes.astype(np.intp))
    values, whole = column.values[members], column.whole[members]
    used = (truths == _TRUE) & present
    count = used.sum(axis=1)
    unknown = ((truths == _UNKNOWN) & present).any(axis=1) | (used & np.isnan(values)).any(axis=1) | ~many.given
    if form.how != "sum":
        unknown |= count == 0
    beyond = (used & column.beyond[members]).any(axis=1)
    places = range(members.shape[1])
    if form.how in ("smallest", "largest"):
        found, is_whole = np.full(len(members), np.nan), np.ones(len(members), np.bool_)
        for place in places:
            one = values[:, place]
            nearer = np.isnan(found) | (one < found if form.how == "smallest" else one > found)
            nearer &= used[:, place]
            found, is_whole = np.where(nearer, one, found), np.where(nearer, whole[:, place], is_whole)
    else:
        total = sums(
            (Addend(values[:, place], used[:, place] & ~unknown, whole[:, place]) for place in places), len(members)
        )
        found, is_whole = total.values, total.whole
        beyond |= total.beyond
        if form.how == "mean":
            found, is_whole = found / np.maximum(count, 1), np.zeros(len(members), np.bool_)
    return finished(np.where(unknown, np.nan, found), is_whole, beyond & ~unknown)


@measured.register
def _(form: Latest, many: Many) -> Coded:
    truths, members = passing(form.where, many), many.members
    field = many.field(form.field)
    found = np.zeros(len(members), field.codes.dtype)
    for place in range(members.shape[1]):
        code = field.codes[members[:, place]]
        found = np.where((code != 0) & (truths[:, place] == _TRUE), code, found)
    return Coded(found, tuple(rounded(value) for value in field.values))


@measured.register
def _(form: Slope, many: Many) -> Numbers:
    return _floats(_slopes(form, many))


@measured.register
def _(form: Index, many: Many) -> Numbers:
    return _mean([_levels(form.records, Index(form.records, (scale,)), many) for scale in form.scales])


@measured.register
def _(form: IndexSlope, many: Many) -> Numbers:
    found = []
    for scale in form.scales:
        slope = _slopes(Slope(form.records, scale.field, form.last), many)
        with np.errstate(invalid="ignore"):
            found.append(_endless(slope / (scale.best - scale.worst), np.isnan(slope)))
    return _mean(found)


def _floats(values: Floats) -> Numbers:
    none = np.zeros(len(values), np.bool_)
    return finished(values, none, none)


def _endless(values: Floats, unknown: Flags) -> Floats:
    """Values of which those that are no numbers are infinite, so that NaN tells what is unknown, and that alone."""
    return np.where(unknown, np.nan, np.where(np.isnan(values), np.inf, values))


def _mean(parts: list[Floats]) -> Numbers:
    """The mean of the known parts in each place."""
    size = len(parts[0])
    no = np.zeros(size, np.bool_)
    total = sums((Addend(part, ~np.isnan(part), no) for part in parts), size)
    count = np.sum([~np.isnan(part) for part in parts], axis=0)
    with np.errstate(invalid="ignore"):
        return _floats(np.where(count == 0, np.nan, total.values / np.maximum(count, 1)))


def _levels(name: str, form: Index, many: Many) -> Floats:
    """Where the last known value of one field lies on its scale."""
    field = many.field(form.scales[0].field)
    last = np.zeros(len(many.members), field.codes.dtype)
    for place in range(many.members.shape[1]):
        code = field.codes[many.members[:, place]]
        last = np.where(code != 0, code, last)
    levels = [
        over_records(form, Case({}, {name: (Record("", {form.scales[0].field: Entry(value)}),)}))
        for value in field.values
    ]
    return np.array([np.nan, *levels], np.float64)[last]


def _slopes(form: Slope, many: Many) -> Floats:
    """Slopes before they are rounded, once for each series of periods and values; infinite where it is no number."""
    if many.codes is not None:
        return _slopes(form, many._replace(codes=None))[many.codes]
    lists = many.lists
    known: Floats | None = lists.known.get(form)
    if known is not None:
        return known
    series = [many.field(name).codes[lists.members] for name in (IDS, form.field)]
    first, which = _distinct(np.concatenate(series, axis=1))
    ids, values = many.field(IDS), many.field(form.field)
    found = np.full(len(first), np.nan)
    for number, place in enumerate(first.tolist()):
        records = [
            _point(form.field, ids.values[int(ids.codes[member]) - 1], values, int(values.codes[member]))
            for member in lists.members[place].tolist()
            if member
        ]
        slope = over_records(form, Case({}, {form.records: tuple(records)}))
        if slope is not None:
            assert isinstance(slope, (int, float))
            found[number] = np.inf if np.isnan(slope) else slope
    slopes = lists.known[form] = found[which]
    return slopes


def _point(name: str, id_: Any, field: Field, code: int) -> Record:
    return Record(id_, {name: Entry(field.values[code - 1])} if code else {})


def _distinct(rows: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first of each kind of row, and for every row which kind it is."""
    key = np.zeros(len(rows), np.int64)
    sorts = 1
    for column in range(rows.shape[1]):
        most = int(rows[:, column].max(initial=0)) + 1
        if sorts * most > 2**62:
            _, key = np.unique(key, return_inverse=True)
            sorts = int(key.max(initial=0)) + 1
        key = key * most + rows[:, column]
        sorts *= most
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return first, which


def as_numbers(column: Numbers | Coded) -> Numbers:
    """A column of numbers or dates to calculate with."""
    if isinstance(column, Numbers):
        return column
    return numbers((None, *column.values)).taken(column.codes.astype(np.intp))


def asked_of(column: Coded, test: Test) -> Flags:
    """Whether each value of a coded column certainly passes a test."""
    answers: Flags = np.array([test.holds(value) is True for value in (None, *column.values)], np.bool_)[column.codes]
    return answers
