"""What is counted and measured over the records of a list, for every distinct list at once.

Each test of a field is asked of each distinct value of that field, by the reference; what is left is to count. A slope
is worked out by the reference, once for each series of values that differs from the others.

With `codes`, the lists are those of rows, and dates of the case may differ between them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any, NamedTuple, TypeVar

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
    certain = _how_many(counted)
    if condition.low is not None:
        holds: Flags = certain >= condition.low
    else:
        assert condition.high is not None
        holds = certain + _how_many(found.unknown) <= condition.high
    return np.logical_and(holds, many.given)


def _how_many(flags: Flags) -> NDArray[np.int32]:
    """How many are set in each list."""
    found = np.zeros(flags.shape[1], np.int32)
    for line in flags:
        found += line
    return found


def _any(flags: Flags) -> Flags:
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


@singledispatch
def measured(form: object, many: Many) -> Numbers | Coded:
    """The value of a measure over the records of each list."""
    raise TypeError(f"no measure over records of this form: {form!r}")


def _whole(values: Floats) -> Numbers:
    return Numbers(values, np.ones(len(values), np.bool_))


@measured.register
def _(form: CountOf, many: Many) -> Numbers:
    found = passing(form.where, many)
    unknown = _any(found.unknown) | ~many.given
    return _whole(np.where(unknown, np.nan, _how_many(found.certain)))


@measured.register
def _(form: ShareOf, many: Many) -> Numbers:
    base, where = passing(form.among, many), passing(form.where, many)
    unknown = _any(base.unknown) | _any(base.certain & where.unknown) | ~many.given
    passed, among = _how_many(base.certain & where.certain), _how_many(base.certain)
    return _floats(np.where(unknown | (among == 0), np.nan, passed / np.maximum(among, 1)))


@measured.register
def _(form: Reduce, many: Many) -> Numbers:
    field, members = many.field(form.field), many.members
    column = numbers((None, *field.values)).taken(field.codes.astype(np.intp))
    values, whole = column.values[members], column.whole[members]
    tested = passing(form.where, many)
    used, count = tested.certain, _how_many(tested.certain)
    unknown = _any(tested.unknown) | _any(used & np.isnan(values)) | ~many.given
    if form.how != "sum":
        unknown |= count == 0
    beyond = _any(used & column.beyond[members])
    if form.how in ("smallest", "largest"):
        found, is_whole = np.full(len(count), np.nan), np.ones(len(count), np.bool_)
        for one, one_whole, counts in zip(values, whole, used, strict=True):
            nearer = counts & (np.isnan(found) | (one < found if form.how == "smallest" else one > found))
            found, is_whole = np.where(nearer, one, found), np.where(nearer, one_whole, is_whole)
    else:
        total = sums(map(Addend, values, used & ~unknown, whole), len(count))
        found, is_whole = total.values, total.whole
        beyond |= total.beyond
        if form.how == "mean":
            found, is_whole = found / np.maximum(count, 1), np.zeros(len(count), np.bool_)
    return finished(np.where(unknown, np.nan, found), is_whole, beyond & ~unknown)


@measured.register
def _(form: Latest, many: Many) -> Coded:
    field = many.field(form.field)
    codes = many.last(field.codes[many.members], passing(form.where, many).certain)
    return Coded(codes, tuple(rounded(value) for value in field.values))


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
    last = many.last(field.codes[many.members])
    levels = [
        over_records(form, Case({}, {name: (Record("", {form.scales[0].field: Entry(value)}),)}))
        for value in field.values
    ]
    return np.array([np.nan, *levels], np.float64)[last]


def _slopes(form: Slope, many: Many) -> Floats:
    """Slopes before they are rounded, once for each series of periods and values; infinite where it is no number."""
    if many.codes is not None:
        return _slopes(form, many._replace(codes=None))[many.codes]
    return once(_slopes_of_lists, _Unrounded(form), many)


class _Unrounded(NamedTuple):
    """What is kept beside the measure of the same form."""

    form: Slope


def _slopes_of_lists(asked: _Unrounded, many: Many) -> Floats:
    form, lists = asked.form, many.lists
    series = [many.field(name).codes[lists.members] for name in (IDS, form.field)]
    first, which = _distinct(np.concatenate(series))
    ids, values = many.field(IDS), many.field(form.field)
    found = np.full(len(first), np.nan)
    for number, place in enumerate(first.tolist()):
        records = [
            _point(form.field, ids.values[int(ids.codes[member]) - 1], values, int(values.codes[member]))
            for member in lists.members[:, place].tolist()
            if member
        ]
        slope = over_records(form, Case({}, {form.records: tuple(records)}))
        if slope is not None:
            assert isinstance(slope, (int, float))
            found[number] = np.inf if np.isnan(slope) else slope
    return found[which]


def _point(name: str, id_: Any, field: Field, code: int) -> Record:
    return Record(id_, {name: Entry(field.values[code - 1])} if code else {})


def _distinct(lines: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first of each kind of column, and for every column which kind it is."""
    key = np.zeros(lines.shape[1], np.int64)
    sorts = 1
    for line in lines:
        most = int(line.max(initial=0)) + 1
        if sorts * most > 2**62:
            _, key = np.unique(key, return_inverse=True)
            sorts = int(key.max(initial=0)) + 1
        key = key * most + line
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
