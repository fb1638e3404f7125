"""Values and records as codes, one row after another."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import IDS, Coded, Codes, Field, Listed, Lists, code_type, in_order
from engine.case import Entry, Record

_BLOCK = 16_384
_PLAIN = Entry(0)
_PAIR = 2 * array("I").itemsize


class _Integer(NamedTuple):
    """An integer as a key: 3 and 3.0 are one key otherwise, and Python does not always calculate with them alike."""

    value: int


def _key(value: Any) -> Any:
    return _Integer(value) if value.__class__ is int else value


def _values(keys: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(key.value if key.__class__ is _Integer else key for key in keys)


def is_doubted(entry: Entry) -> bool:
    """Whether an entry says more than a value and where it came from."""
    return entry[1:4] != _PLAIN[1:4] or entry[5:] != _PLAIN[5:]


class _Rows:
    """Codes by row, most of them given in the order of rows; those that are not given are 0."""

    def __init__(self) -> None:
        self._done: list[Codes] = []
        self._start = 0
        self._block: list[int] = []

    def put(self, row: int, code: int) -> None:
        while row - self._start >= _BLOCK:
            self._store()
        if not self._block:
            self._block = [0] * _BLOCK
        self._block[row - self._start] = code

    def _store(self) -> None:
        # Kept as small as it can be: a table may have millions of rows and more than a hundred columns.
        block = np.array(self._block or [0] * _BLOCK, code_type(max(self._block, default=0)))
        self._done.append(block)
        self._start += _BLOCK
        self._block = []

    def codes(self, rows: int, renumbered: Codes) -> Codes:
        """All codes, each as what it is renumbered to."""
        while self._start < rows:
            self._store()
        blocks = [renumbered[block] for block in self._done]
        return np.concatenate(blocks)[:rows] if blocks else np.zeros(0, renumbered.dtype)


class FactEncoder:
    """The column of a fact in the making; `values` are those seen, with their codes."""

    def __init__(self) -> None:
        self.values: dict[Any, int] = {}
        self._rows = _Rows()

    def put(self, row: int, value: Any) -> None:
        """Gives the value of a row; the others are unknown."""
        key = _key(value)
        code = self.values.get(key)
        if code is None:
            code = self.values[key] = len(self.values) + 1
        self._rows.put(row, code)

    def column(self, rows: int, declared: Sequence[str] | None) -> Coded:
        """The column, its values in the order in which they are declared, or in their own; None leaves them as seen."""
        values = _values(self.values)
        order = range(len(values)) if declared is None else in_order(values, declared if _are_texts(values) else ())
        renumbered = np.zeros(len(values) + 1, code_type(len(values)))
        for code, place in enumerate(order, start=1):
            renumbered[place + 1] = code
        return Coded(self._rows.codes(rows, renumbered), tuple(values[place] for place in order))


def _are_texts(values: Sequence[Any]) -> bool:
    return bool(values) and isinstance(values[0], str)


class ListEncoder:
    """The column of a record list in the making."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = _Rows()
        self._values: dict[str, dict[Any, int]] = {IDS: {}}
        self._fields: dict[str, int] = {IDS: 0}
        # Keys are bytes, which take a tenth of the memory of tuples: all records of all cases stand here.
        self._records: dict[bytes, int] = {}
        self._lists: dict[bytes, int] = {}

    @property
    def seen(self) -> bool:
        """Whether any list was given."""
        return bool(self._lists)

    def put(self, row: int, records: tuple[Record, ...]) -> None:
        """Gives the list of a row; the others are unknown."""
        numbers = array("I", [self._number(record) for record in records]).tobytes()
        code = self._lists.get(numbers)
        if code is None:
            code = self._lists[numbers] = len(self._lists) + 1
        self._rows.put(row, code)

    def _number(self, record: Record) -> int:
        coded = array("I", (0, self._code(IDS, record.id)))
        for field, entry in record.entries.items():
            code = self._code(field, entry.value)
            coded.extend((self._fields[field], code))
        key = coded.tobytes()
        number = self._records.get(key)
        if number is None:
            number = self._records[key] = len(self._records) + 1
        return number

    def _code(self, field: str, value: Any) -> int:
        values = self._values.get(field)
        if values is None:
            values = self._values[field] = {}
            self._fields[field] = len(self._fields)
        key = _key(value)
        code = values.get(key)
        if code is None:
            code = values[key] = len(values) + 1
        return code

    def column(self, rows: int) -> Listed:
        """The column, with all distinct lists."""
        said = np.frombuffer(b"".join(self._records), np.uintc).reshape(-1, 2)
        of_record = np.repeat(np.arange(1, len(self._records) + 1), [len(key) // _PAIR for key in self._records])
        fields = {}
        for name, values in self._values.items():
            codes = np.zeros(len(self._records) + 1, code_type(len(values)))
            here = said[:, 0] == self._fields[name]
            codes[of_record[here]] = said[here, 1]
            fields[name] = Field(codes, _values(values))
        same = np.arange(len(self._lists) + 1, dtype=code_type(len(self._lists)))
        return Listed(self._rows.codes(rows, same), Lists(self._name, self._members(), fields))

    def _members(self) -> NDArray[np.int32]:
        longest = max(map(len, self._lists), default=0) // array("I").itemsize
        members = np.zeros((longest, len(self._lists) + 1), np.int32)
        for code, key in enumerate(self._lists, start=1):
            numbers = np.frombuffer(key, np.uintc)
            members[: len(numbers), code] = numbers
        return members
