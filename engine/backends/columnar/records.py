"""Measures over the records of a list, for every distinct list at once.

What they look at is asked of each distinct value by the reference, and a slope is worked out by it, once for each
series of values that differs from the others.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.arithmetic import finished
from engine.backends.columnar.columns import IDS, Coded, Field, Numbers, numbers
from engine.backends.columnar.counting import Many, any_in, how_many, once, passing
from engine.backends.columnar.rounding import Addend, Flags, Floats, sums
from engine.case import Case, Entry, Record
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


@singledispatch
def measured(form: object, many: Many) -> Numbers | Coded:
    """The value of a measure over the records of each list."""
    raise TypeError(f"no measure over records of this form: {form!r}")


def _whole(values: Floats) -> Numbers:
    return Numbers(values, np.ones(len(values), np.bool_))


@measured.register
def _(form: CountOf, many: Many) -> Numbers:
    found = passing(form.where, many)
    unknown = any_in(found.unknown) | ~many.given
    return _whole(np.where(unknown, np.nan, how_many(found.certain)))


@measured.register
def _(form: ShareOf, many: Many) -> Numbers:
    base, where = passing(form.among, many), passing(form.where, many)
    unknown = any_in(base.unknown) | any_in(base.certain & where.unknown) | ~many.given
    passed, among = how_many(base.certain & where.certain), how_many(base.certain)
    return _floats(np.where(unknown | (among == 0), np.nan, passed / np.maximum(among, 1)))


@measured.register
def _(form: Reduce, many: Many) -> Numbers:
    field, members = many.field(form.field), many.members
    column = numbers((None, *field.values)).taken(field.codes.astype(np.intp))
    values, whole = column.values[members], column.whole[members]
    tested = passing(form.where, many)
    used, count = tested.certain, how_many(tested.certain)
    unknown = any_in(tested.unknown) | any_in(used & np.isnan(values)) | ~many.given
    if form.how != "sum":
        unknown |= count == 0
    beyond = any_in(used & column.beyond[members])
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
    kinds = 1
    for line in lines:
        most = int(line.max(initial=0)) + 1
        if kinds * most > 2**62:
            _, key = np.unique(key, return_inverse=True)
            kinds = int(key.max(initial=0)) + 1
        key = key * most + line
        kinds *= most
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return first, which


def as_numbers(column: Numbers | Coded) -> Numbers:
    """A column of numbers or dates to calculate with."""
    if isinstance(column, Numbers):
        return column
    return numbers((None, *column.values)).taken(column.codes.astype(np.intp))
