"""Measures over facts and other measures, a column at a time, with the numbers that Python would come to.

Doubles are calculated with as Python does it. Where Python calculates with integers, doubles do the same up to 2**53;
what came from, or comes to, an integer beyond is marked (`Numbers.beyond`) and left to the direct evaluator.
"""

from __future__ import annotations

from datetime import date
from functools import reduce, singledispatch
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import Numbers
from engine.backends.columnar.rounding import BEYOND, Addend, Flags, Floats, nine_decimals, sums
from engine.measures import Combine, DatePlus, Days, KnownOf, PresentValue, annuity

_LAST_DAY = date.max.toordinal()


class Distinct(NamedTuple):
    """Numbers by their distinct values: `which` of them stands in each place. Some may come up in no place."""

    which: NDArray[np.intp]
    numbers: Numbers


def distinct_of(column: Numbers) -> Distinct:
    """Any numbers, each once."""
    # An integer and a float of one value are two numbers.
    keys = np.stack((column.values, column.whole))
    _, first, which = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    return Distinct(which.reshape(-1), column.taken(first))


class Values(Protocol):
    """The columns that a measure reads, all of one size."""

    @property
    def size(self) -> int:
        """How many values a column has."""

    def numbers(self, name: str) -> Numbers:
        """A fact or measure that is a number or date."""

    def known(self, name: str) -> Flags:
        """Whether a fact is known."""

    def distinct(self, name: str) -> Distinct:
        """A fact or measure that is a number, by its distinct values."""

    @property
    def shared(self) -> dict[tuple[str, ...], Any]:
        """What several measures over these columns have worked out once."""


def finished(values: Floats, whole: Flags, beyond: Flags) -> Numbers:
    """What a measure gives: rounded, unknown where it is not finite, and marked where it went beyond."""
    known = np.where(np.isfinite(values), values, np.nan)
    return Numbers(np.where(beyond, 2 * BEYOND, nine_decimals(known)), whole | beyond)


def days_from(start: Numbers, end: Numbers) -> Numbers:
    """Days from one date to another."""
    days = end.values - start.values
    beyond = (start.beyond | end.beyond) & ~np.isnan(days)
    return Numbers(np.where(beyond, 2 * BEYOND, days), np.ones(len(days), np.bool_))


@singledispatch
def calculated(form: object, values: Values) -> Numbers:
    """The value of a measure over facts and measures in each place."""
    raise TypeError(f"no measure over columns of this form: {form!r}")


@calculated.register
def _(form: Days, values: Values) -> Numbers:
    return days_from(values.numbers(form.start), values.numbers(form.end))


@calculated.register
def _(form: DatePlus, values: Values) -> Numbers:
    start = values.numbers(form.start)
    if isinstance(form.days, int):
        day, beyond = start.values + form.days, start.beyond
    else:
        days = values.numbers(form.days)
        day, beyond = start.values + np.trunc(days.values), start.beyond | (days.beyond & ~np.isnan(start.values))
    day = np.where((day >= 1) & (day <= _LAST_DAY), day, np.nan)
    return Numbers(np.where(beyond, 2 * BEYOND, day), np.ones(values.size, np.bool_))


@calculated.register
def _(form: Combine, values: Values) -> Numbers:
    parts = [values.numbers(name) for name in form.parts]
    beyond: Flags = reduce(np.logical_or, (part.beyond for part in parts))
    if form.how in ("least", "greatest"):
        return _extreme(form.how, parts, beyond)
    unknown: Flags = reduce(np.logical_or, (np.isnan(part.values) for part in parts))
    first, second = parts[:2]
    with np.errstate(all="ignore"):
        if form.how == "ratio":
            # By zero it is infinite or no number, and so unknown.
            return finished(first.values / second.values, np.zeros(values.size, np.bool_), beyond & ~unknown)
        if form.how == "difference":
            found, whole = first.values - second.values, first.whole & second.whole
            beyond = beyond | (whole & (np.abs(found) >= BEYOND))
        else:
            total = sums((Addend(part.values, ~unknown, part.whole) for part in parts), values.size)
            found, whole = np.where(unknown, np.nan, total.values), total.whole
            beyond = beyond | total.beyond
    return finished(found, whole, beyond & ~unknown)


def _extreme(how: str, parts: list[Numbers], beyond: Flags) -> Numbers:
    """The least or greatest of the known parts; of equals, the first."""
    found, whole = parts[0]
    for part in parts[1:]:
        nearer = part.values < found if how == "least" else part.values > found
        nearer |= np.isnan(found)
        found, whole = np.where(nearer, part.values, found), np.where(nearer, part.whole, whole)
    return finished(found, whole, beyond)


@calculated.register
def _(form: PresentValue, values: Values) -> Numbers:
    yearly, years, rate = (values.numbers(name) for name in (form.yearly, form.years, form.rate))
    parts = [yearly, years, rate]
    if form.once is not None:
        parts.append(values.numbers(form.once))
    unknown: Flags = reduce(np.logical_or, (np.isnan(part.values) for part in parts))
    beyond: Flags = reduce(np.logical_or, (part.beyond for part in parts)) & ~unknown
    key = ("annuity", form.years, form.rate)
    if key not in values.shared:
        values.shared[key] = _annuities(values.distinct(form.years), values.distinct(form.rate))
    factor: Numbers = values.shared[key]
    for place in np.flatnonzero(np.isnan(factor.values) & ~unknown & ~beyond)[:1]:
        # It cannot be worked out, which is for Python to tell.
        annuity(years.value(place), rate.value(place))  # type: ignore[arg-type]
    with np.errstate(all="ignore"):
        found = yearly.values * factor.values
        whole = yearly.whole & factor.whole
        beyond |= whole & (np.abs(found) >= BEYOND)
        if form.once is not None:
            once = parts[-1]
            found, whole = once.values + found, once.whole & whole
            beyond |= whole & (np.abs(found) >= BEYOND)
    return finished(np.where(unknown, np.nan, found), whole, beyond & ~unknown)


def _annuities(years: Distinct, rate: Distinct) -> Numbers:
    """`annuity`, once for each pair of years and rate that comes up; NaN where it has no value."""
    pair = years.which * len(rate.numbers.values) + rate.which
    different, which = np.unique(pair, return_inverse=True) if len(pair) else (pair, pair)
    worth = [
        _annuity(years.numbers.value(one), rate.numbers.value(other))
        for one, other in zip(*divmod(different, max(len(rate.numbers.values), 1)), strict=True)
    ]
    found = np.array(worth, np.float64)[which]
    return Numbers(found, np.array([isinstance(one, int) for one in worth], np.bool_)[which])


def _annuity(years: float | None, rate: float | None) -> float:
    if years is None or rate is None:
        return np.nan
    try:
        return annuity(years, rate)
    except ArithmeticError:
        return np.nan


@calculated.register
def _(form: KnownOf, values: Values) -> Numbers:
    count = np.zeros(values.size)
    for name in form.facts:
        count += values.known(name)
    return Numbers(count, np.ones(values.size, np.bool_))
