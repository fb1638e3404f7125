"""Worlds as columns: which sort of values each doubtful entry takes in each row becomes a table.

A fact has a code a sort. Of a record, every version that its doubtful fields make is a record of its own; lists are
made of the numbers of such versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import IDS, Coded, Field, Listed, Lists, code_type, in_order
from engine.backends.columnar.table import Table
from engine.case import Case, Record
from engine.robustness.doubts import Doubt
from engine.vocabulary import Value

Picks = NDArray[np.uint16]
"""Which sort of values each doubt takes (a line) in each world (a column); 0 is the one that is given."""

_WIDEST = 2**62
_FEW = 1_024


class Columns:
    """A case, ready to stand in each row of a table with other values of so many `doubts`."""

    def __init__(self, case: Case, doubts: Sequence[Doubt]) -> None:
        facts = {one.place.fact.name: line for line, one in enumerate(doubts) if not one.place.records}
        self._facts = {name: (line, _coded([sort[0] for sort in doubts[line].sorts])) for name, line in facts.items()}
        lists = dict.fromkeys(one.place.records for one in doubts if one.place.records)
        self._lists = {name: _RecordList(name, case.lists[name], doubts) for name in lists}
        self.doubts = len(doubts)
        self._shared = Case(
            {name: entry for name, entry in case.facts.items() if name not in facts},
            {name: records for name, records in case.lists.items() if name not in lists},
        )

    @property
    def width(self) -> int:
        """The records of the longest list in doubt; each has a place in every version of the list."""
        return max((records.length for records in self._lists.values()), default=0)

    @property
    def longest(self) -> str:
        """The name of the longest list in doubt; empty where none is."""
        return max(self._lists, key=lambda name: self._lists[name].length, default="")

    def table(self, picks: Picks) -> Table:
        """A row a world."""
        facts = {name: column._replace(codes=column.codes[picks[line]]) for name, (line, column) in self._facts.items()}
        lists = {name: records.column(picks) for name, records in self._lists.items()}
        return Table(picks.shape[1], self._shared, facts, lists, {})


def _coded(values: Sequence[Value]) -> Coded:
    """The values in their natural order, and the code of each as it was given."""
    order = in_order(values) if not isinstance(values[0], str) else list(range(len(values)))
    codes = np.zeros(len(values), code_type(len(values)))
    codes[order] = np.arange(1, len(values) + 1)
    return Coded(codes, tuple(values[place] for place in order))


class _RecordList:
    """A record list of which some fields are in doubt."""

    def __init__(self, name: str, records: tuple[Record, ...], doubts: Sequence[Doubt]) -> None:
        self.length = len(records)
        self._name = name
        self._records = records
        self._doubts = doubts
        lines: dict[str, list[int]] = {}
        for line, one in enumerate(doubts):
            if one.place.records == name:
                lines.setdefault(one.place.record, []).append(line)
        self._lines = [lines.get(record.id, []) for record in records]

    def column(self, picks: Picks) -> Listed:
        """The lists of all worlds: each version of a record once, and each list of versions once."""
        fields = _Fields()
        versions = []
        for record, lines in zip(self._records, self._lines, strict=True):
            own = picks[lines]
            # Most records of a long list are as they are given while single doubts are turned.
            sizes = [len(self._doubts[line].sorts) for line in lines] if own.any() else [1] * len(lines)
            which, kinds = distinct(own, sizes)
            first = fields.add(record, [self._doubts[line] for line in lines], kinds)
            versions.append((which, first, kinds.shape[1]))
        which, kinds = distinct(np.stack([which for which, _, _ in versions]), [size for _, _, size in versions])
        firsts = np.array([first for _, first, _ in versions], np.int32)
        unknown = np.zeros((len(versions), 1), np.int32)
        members = np.concatenate([unknown, kinds.astype(np.int32) + firsts[:, None]], axis=1)
        codes = (which + 1).astype(code_type(kinds.shape[1]))
        return Listed(codes, Lists(self._name, members, fields.all()))


class _Fields:
    """The fields of versions of records in the making; the numbers of versions begin at 1."""

    def __init__(self) -> None:
        self._count = 1
        self._values: dict[str, dict[Any, int]] = {}
        self._codes: dict[str, list[tuple[int, NDArray[np.intp]]]] = {}

    def add(self, record: Record, doubts: Sequence[Doubt], kinds: NDArray[np.unsignedinteger[Any]]) -> int:
        """Adds the versions of a record, in each of which the doubtful fields take these sorts; the first number."""
        first, size = self._count, kinds.shape[1]
        self._count += size
        in_doubt = {one.place.fact.name: line for line, one in enumerate(doubts)}
        for name, value in ((IDS, record.id), *((name, entry.value) for name, entry in record.entries.items())):
            line = in_doubt.get(name)
            if line is None:
                codes = np.full(size, self._code(name, value))
            else:
                codes = np.array([self._code(name, sort[0]) for sort in doubts[line].sorts])[kinds[line]]
            self._codes.setdefault(name, []).append((first, codes))
        return first

    def _code(self, name: str, value: Value) -> int:
        # 3 and 3.0 are one key otherwise, and Python does not always calculate with them alike.
        return self._values.setdefault(name, {}).setdefault((type(value), value), len(self._values[name]) + 1)

    def all(self) -> dict[str, Field]:
        """The finished fields, by record number."""
        found = {}
        for name, parts in self._codes.items():
            values = self._values[name]
            codes = np.zeros(self._count, code_type(len(values)))
            for first, some in parts:
                codes[first : first + len(some)] = some
            found[name] = Field(codes, tuple(value for _, value in values))
        return found


def distinct(lines: NDArray[Any], sizes: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """For every column which kind it is, and the columns of each kind once; line k holds numbers below `sizes[k]`."""
    key = np.zeros(lines.shape[1], np.int64)
    space = 1
    for line, size in zip(lines, sizes, strict=True):
        if size == 1:
            continue
        if space * size > _WIDEST:
            key = np.unique(key, return_inverse=True)[1].reshape(-1)
            space = int(key.max(initial=0)) + 1
        key = key * size + line
        space *= size
    if space > 4 * len(key) + _FEW:
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        return which.reshape(-1), lines[:, first]
    # Few enough to count them out, which takes a fraction of the time of sorting.
    place = np.full(space, -1, np.intp)
    place[key] = np.arange(len(key))
    seen = place >= 0
    return (np.cumsum(seen) - 1)[key], lines[:, place[seen]]
