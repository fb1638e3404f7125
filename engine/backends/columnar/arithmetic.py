"""Measures over facts and other measures, a column at a time, with the numbers that Python would come to.

Doubles are calculated with as Python does it. Where Python calculates with integers, doubles do the same up to 2**53;
what came from, or comes to, an integer beyond is marked (`Numbers.beyond`) and left to the direct evaluator.
"""

from __future__ import annotations

from datetime import date
from functools import reduce, singledispatch
from typing import Protocol

import numpy as np

from engine.backends.columnar.columns import Numbers
from engine.backends.columnar.rounding import BEYOND, Addend, Flags, Floats, nine_decimals, sums
from engine.measures import Combine, DatePlus, Days, KnownOf, PresentValue, annuity

_LAST_DAY = date.max.toordinal()


class Values(Protocol):
    """The columns that a measure reads, all of one size."""

    @property
    def size(self) -> int:
        """How many values a column has."""

    def numbers(self, name: str) -> Numbers:
        """A fact or measure that is a number or date."""

    def known(self, name: str) -> Flags:
        """Whether a fact is known."""


def finished(values: Floats, whole: Flags, beyond: Flags) -> Numbers:
    """What a measure gives: rounded, unknown where it is not finite, and marked where it went beyond."""
    known = np.where(np.isfinite(values), values, np.nan)
    return Numbers(np.where(beyond, 2 * BEYOND, nine_decimals(known)), whole | beyond)


@singledispatch
def calculated(form: object, values: Values) -> Numbers:
    """The value of a measure over facts and measures in each place."""
    raise TypeError(f"no measure over columns of this form: {form!r}")


@calculated.register
def _(form: Days, values: Values) -> Numbers:
    start, end = values.numbers(form.start), values.numbers(form.end)
    return Numbers(end.values - start.values, np.ones(values.size, np.bool_))


@calculated.register
def _(form: DatePlus, values: Values) -> Numbers:
    start = values.numbers(form.start).values
    days = form.days if isinstance(form.days, int) else np.trunc(values.numbers(form.days).values)
    with np.errstate(invalid="ignore"):
        day = start + days
        return Numbers(np.where((day >= 1) & (day <= _LAST_DAY), day, np.nan), np.ones(values.size, np.bool_))


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
            found = np.where(second.values == 0, np.nan, first.values / second.values)
            return finished(found, np.zeros(values.size, np.bool_), beyond & ~unknown)
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
    factor = _annuities(years, rate, unknown | beyond)
    with np.errstate(all="ignore"):
        found = yearly.values * factor.values
        whole = yearly.whole & factor.whole
        beyond |= whole & (np.abs(found) >= BEYOND)
        if form.once is not None:
            once = parts[-1]
            found, whole = once.values + found, once.whole & whole
            beyond |= whole & (np.abs(found) >= BEYOND)
    return finished(np.where(unknown, np.nan, found), whole, beyond & ~unknown)


def _annuities(years: Numbers, rate: Numbers, left_out: Flags) -> Numbers:
    """`annuity`, once for each pair of years and rate that differs from the others."""
    size = len(left_out)
    found, whole = np.full(size, np.nan), np.zeros(size, np.bool_)
    places = np.flatnonzero(~left_out)
    keys = np.empty(len(places), [("years", "f8"), ("rate", "f8"), ("whole_years", "?"), ("whole_rate", "?")])
    keys["years"], keys["rate"] = years.values[places], rate.values[places]
    keys["whole_years"], keys["whole_rate"] = years.whole[places], rate.whole[places]
    pairs, which = np.unique(keys, return_inverse=True)
    worth = [
        annuity(int(long) if whole_years else long, int(each) if whole_rate else each)
        for long, each, whole_years, whole_rate in pairs.tolist()
    ]
    found[places] = np.array(worth, np.float64)[which]
    whole[places] = np.array([isinstance(one, int) for one in worth], np.bool_)[which]
    return Numbers(found, whole)


@calculated.register
def _(form: KnownOf, values: Values) -> Numbers:
    count = np.zeros(values.size)
    for name in form.facts:
        count += values.known(name)
    return Numbers(count, np.ones(values.size, np.bool_))
