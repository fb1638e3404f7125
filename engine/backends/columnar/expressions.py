"""Conditions as expressions of Polars, or of another engine.

A rule fires on true alone, so an expression tells whether a condition *certainly* holds, and nothing is ever null:
once negation stands in the leaves, which under Kleene's tables changes no answer, a block holds certainly where its
parts do.

Whoever asks brings the columns, as expressions of the engine at hand. Of it are needed `&`, `|` and `~`, comparisons,
`is_null`, `fill_null` and `is_in`, which Polars has, and many other engines through narwhals; the tests run them on
DuckDB. Here they are Polars' own: to translate them for each chunk of rows takes ten times as long as to run them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import reduce, singledispatch
from operator import and_, or_

import numpy as np
import polars as pl

from engine.backends.columnar.columns import is_exact
from engine.backends.columnar.rounding import Flags
from engine.conditions import All, AnyOf, Check, Count, Leaf, ListKnown, Made
from engine.predicates import Between, Known, OneOf
from engine.vocabulary import Value

Columns = Callable[[Leaf], pl.Expr]
"""The answers to a question."""

_MAX_RUNS = 6


@singledispatch
def holds(condition: object, column: Columns) -> pl.Expr:
    """Whether a condition without negated blocks certainly holds in a row, from the answers to its questions."""
    raise TypeError(f"no expression for this condition: {condition!r}")


@holds.register
def _(condition: All, column: Columns) -> pl.Expr:
    return reduce(and_, (holds(part, column) for part in condition.parts))


@holds.register
def _(condition: AnyOf, column: Columns) -> pl.Expr:
    return reduce(or_, (holds(part, column) for part in condition.parts))


@holds.register(Check)
@holds.register(ListKnown)
@holds.register(Count)
@holds.register(Made)
def _(condition: Leaf, column: Columns) -> pl.Expr:
    return column(condition)


@singledispatch
def passes(test: object, column: pl.Expr) -> pl.Expr:
    """Whether a number, or a date as its ordinal, certainly passes a test; null is an unknown one."""
    raise TypeError(f"no expression for this test of a number: {test!r}")


@passes.register
def _(test: Known, column: pl.Expr) -> pl.Expr:
    return column.is_null() if test.negated else ~column.is_null()


@passes.register
def _(test: OneOf, column: pl.Expr) -> pl.Expr:
    # An integer that is no double is equal to none.
    wanted = [_number(value) for value in test.values if is_exact(_number(value))]
    found = reduce(or_, (column == float(value) for value in wanted), column.is_null() & ~column.is_null())
    return (~column.is_null() & ~found if test.negated else found).fill_null(False)


@passes.register
def _(test: Between, column: pl.Expr) -> pl.Expr:
    parts = []
    if test.low is not None:
        low = _number(test.low)
        at_low = _double_from(low, np.inf)
        parts.append(column > at_low if test.low_open and is_exact(low) else column >= at_low)
    if test.high is not None:
        high = _number(test.high)
        at_high = _double_from(high, -np.inf)
        parts.append(column < at_high if test.high_open and is_exact(high) else column <= at_high)
    return reduce(and_, parts).fill_null(False)


def _number(value: Value) -> float:
    if isinstance(value, date):
        return value.toordinal()
    assert isinstance(value, (int, float))
    return value


def _double_from(limit: float, direction: float) -> float:
    """The first double from a limit on, upwards or downwards; a limit beyond all doubles is infinite."""
    try:
        found = float(limit)
    except OverflowError:
        return float(np.inf if limit > 0 else -np.inf)
    short = found < limit if direction > 0 else found > limit
    return float(np.nextafter(found, direction)) if short else found


def is_among(column: pl.Expr, wanted: Flags) -> pl.Expr:
    """Whether a code is one of those wanted; some are, and some are not."""
    runs = list(_runs(wanted))
    if len(runs) > _MAX_RUNS:
        return column.is_in([int(code) for code in np.flatnonzero(wanted)])
    return reduce(or_, (_within(column, first, last, len(wanted) - 1) for first, last in runs))


def _within(column: pl.Expr, first: int, last: int, highest: int) -> pl.Expr:
    if first == last:
        return column == first
    if first == 0:
        return column <= last
    return column >= first if last == highest else (column >= first) & (column <= last)


def _runs(wanted: Flags) -> Iterator[tuple[int, int]]:
    """The first and last code of each run of wanted ones."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False])).astype(np.int8)))
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield first, after - 1
