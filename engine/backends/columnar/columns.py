"""The columns of a table: codes into distinct values, numbers of which there are many, and lists of records.

A code of 0 is unknown; code k is the k-th distinct value. Few values are asked instead of many rows, and each by the
same function that asks it of one case, so that a coded column is exact by construction whatever its values are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.rounding import BEYOND, Flags, Floats
from engine.case import Entry, Record
from engine.vocabulary import Value

Codes = NDArray[np.unsignedinteger[Any]]


class Coded(NamedTuple):
    """A column of codes into `values`, which stand in their natural order."""

    codes: Codes
    values: tuple[Any, ...]

    def taken(self, rows: slice | NDArray[np.intp]) -> Coded:
        """The column of these rows."""
        return self._replace(codes=self.codes[rows])

    def value(self, row: int) -> Any:
        """The value in a row, or None where it is unknown."""
        code = int(self.codes[row])
        return self.values[code - 1] if code else None

    @property
    def known(self) -> Flags:
        """Whether the value of each row is known."""
        known: Flags = self.codes != 0
        return known


class Numbers(NamedTuple):
    """Numbers, or dates as their ordinals; NaN is unknown. `whole` tells where Python holds an integer.

    An integer beyond 2**53 may not be a double; it is given as some integer beyond, and whoever calculates with it
    has to leave the row to Python.
    """

    values: Floats
    whole: Flags

    def taken(self, rows: slice | NDArray[np.intp]) -> Numbers:
        """The column of these rows."""
        return Numbers(self.values[rows], self.whole[rows])

    def value(self, row: int) -> float | int | None:
        """The value in a row, or None where it is unknown."""
        value = float(self.values[row])
        if value != value:  # noqa: PLR0124 - NaN
            return None
        return int(value) if self.whole[row] else value

    @property
    def known(self) -> Flags:
        """Whether the value of each row is known."""
        return ~np.isnan(self.values)

    @property
    def beyond(self) -> Flags:
        """Where an integer is too large to calculate with."""
        return self.whole & (np.abs(self.values) > BEYOND)


def code_type(distinct: int) -> type[np.unsignedinteger[Any]]:
    """The smallest type for codes of so many distinct values and unknown."""
    return np.uint8 if distinct < 2**8 else np.uint16 if distinct < 2**16 else np.uint32


def is_exact(value: float) -> bool:
    """Whether a number is a double."""
    try:
        return float(value) == value
    except OverflowError:
        return False


def numbers(values: Iterable[Value | None]) -> Numbers:
    """Numbers and dates as an array."""
    values = tuple(values)
    found = np.full(len(values), np.nan)
    whole = np.zeros(len(values), np.bool_)
    for place, value in enumerate(values):
        if isinstance(value, date):
            found[place], whole[place] = value.toordinal(), True
        elif isinstance(value, (int, float)):
            whole[place] = isinstance(value, int)
            found[place] = value if is_exact(value) else np.copysign(2 * BEYOND, 1.0 if value > 0 else -1.0)
    return Numbers(found, whole)


def in_order(values: Sequence[Any], declared: Sequence[str] = ()) -> list[int]:
    """The places of values in their natural order: that of their declaration, or from small to large."""
    if declared:
        return sorted(range(len(values)), key=lambda place: declared.index(values[place]))
    # A number may be there as integer and as float; the values of a column are of one sort otherwise.
    return sorted(range(len(values)), key=lambda place: values[place])


IDS = ""
"""The field that holds the ids of records."""


class Field(NamedTuple):
    """One field of all distinct records of a list: codes by record, where record 0 is no record."""

    codes: Codes
    values: tuple[Any, ...]


class Lists:
    """The distinct record lists that stand in one column of a table.

    `members` has a column for each list, with the numbers of its records from the top, then zeros; the first column is
    the unknown list. What has been worked out of them is kept in `known`, as long as the lists themselves.
    """

    def __init__(self, name: str, members: NDArray[np.int32], fields: Mapping[str, Field]) -> None:
        self.name = name
        self.members = members
        self.fields = fields
        self.known: dict[object, Any] = {}

    def __len__(self) -> int:
        """How many lists, the unknown one included."""
        return int(self.members.shape[1])

    @cached_property
    def given(self) -> Flags:
        """Which lists are known: all but the first."""
        return np.arange(len(self)) > 0

    def records(self, code: int) -> tuple[Record, ...] | None:
        """The records of a list; None for the unknown one."""
        return tuple(self._record(int(number)) for number in self.members[:, code] if number) if code else None

    def _record(self, number: int) -> Record:
        values = {}
        for name, field in self.fields.items():
            code = int(field.codes[number])
            if code:
                values[name] = field.values[code - 1]
        return Record(values.pop(IDS), {name: Entry(value) for name, value in values.items()})


class Listed(NamedTuple):
    """A column of record lists: codes into the distinct lists, 0 where the list is unknown."""

    codes: Codes
    lists: Lists

    def taken(self, rows: slice | NDArray[np.intp]) -> Listed:
        """The column of these rows."""
        return self._replace(codes=self.codes[rows])

    @property
    def known(self) -> Flags:
        """Whether the list of each row is known."""
        known: Flags = self.codes != 0
        return known
