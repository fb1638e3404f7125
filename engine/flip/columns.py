"""Changes as columns: every value that a change brings is coded once, then sets of changes become codes of rows.

A fact that is changed as a whole has a code a value. A record list, or a list of choices, takes several changes at a
time: it has a code for each set of the changes that touch it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import Coded, Codes, Listed, Lists, code_type
from engine.backends.columnar.encoding import FactEncoder, ListEncoder
from engine.backends.columnar.table import Table
from engine.case import Case, Record
from engine.explain.changes import Change, changed, changed_record, touched
from engine.flip.ranks import Numbers, Sets, ranks, unranked
from engine.vocabulary import Value, Vocabulary

NONE = -1
"""In the place of a change, where a set has fewer changes than places."""

UP_FRONT = 1 << 17
"""Up to so many versions of a list are made up front; of one that has more, those under one change less at a time."""


class Columns:
    """A case, ready to stand in each row of a table with other changes, up to `most` of them.

    `only` are sets of changes, where no others will be asked for. Otherwise all are, but for those of which all `most`
    changes touch one of the lists in `crowded`: there are too many of them to be kept ready.
    """

    def __init__(
        self, case: Case, changes: Sequence[Change], most: int, vocabulary: Vocabulary, only: Sets | None = None
    ) -> None:
        self.crowded: list[NDArray[np.int64]] = []
        touching: dict[str, list[int]] = {}
        for number, change in enumerate(changes):
            for name in touched(change, vocabulary):
                if name in case.facts or case.records(name):
                    touching.setdefault(name, []).append(number)
        self._shared = Case(
            {name: entry for name, entry in case.facts.items() if name not in touching},
            {name: records for name, records in case.lists.items() if name not in touching},
        )
        self._facts: dict[str, tuple[_Part, Coded]] = {}
        self._lists: dict[str, tuple[_Part, Lists]] = {}
        self._whole = _WholeFacts(len(changes))
        for name, numbers in touching.items():
            if "." not in name:
                crowded = only is None and most > 1 and comb(len(numbers) + most, most) > UP_FRONT
                if crowded:
                    self.crowded.append(np.array(numbers, np.int64))
                part = _Part(numbers, len(changes), most - crowded, only)
                self._lists[name] = part, _lists(case.lists[name], changes, part, vocabulary, name)
            elif changes[numbers[0]].site.entry:
                part = _Part(numbers, len(changes), most, only)
                cases = (changed(case, [changes[number] for number in some], vocabulary) for some in part.all())
                self._facts[name] = part, _coded(one.value(name) for one in cases)
            else:
                values = (changes[number].value for number in numbers)
                self._whole.add(name, numbers, _coded((case.value(name), *values)))

    def table(self, sets: Sets) -> Table:
        """A row for each set, with its changes in ascending order; NONE comes first where there are fewer."""
        facts = self._whole.columns(sets)
        for name, (part, column) in self._facts.items():
            facts[name] = column.taken(part.ranks(sets))
        lists = {name: Listed(_codes(part.ranks(sets) + 1), some) for name, (part, some) in self._lists.items()}
        return Table(sets.shape[1], self._shared, facts, lists, {})


class _WholeFacts:
    """Facts of which a set changes each once at most."""

    def __init__(self, changes: int) -> None:
        self._names: list[str] = []
        self._values: list[tuple[Value, ...]] = []
        self._now: list[int] = []
        # What NONE points at, and every change of something else, stands in a line of its own.
        self._line = np.full(changes + 1, NONE, np.int64)
        self._code = np.zeros(changes + 1, np.uint16)

    def add(self, name: str, numbers: Sequence[int], column: Coded) -> None:
        """Takes a fact, the changes of it, and the codes of its present value and theirs."""
        self._line[list(numbers)] = len(self._names)
        self._code[list(numbers)] = column.codes[1:]
        self._names.append(name)
        self._values.append(column.values)
        self._now.append(int(column.codes[0]))

    def columns(self, sets: Sets) -> dict[str, Coded]:
        """The columns of all these facts."""
        rows = sets.shape[1]
        now = np.array([*self._now, 0], code_type(max(map(len, self._values), default=0)))
        codes = np.repeat(now[:, None], rows, axis=1)
        for numbers in sets:
            codes[self._line[numbers], np.arange(rows)] = self._code[numbers]
        return {name: Coded(codes[line], self._values[line]) for line, name in enumerate(self._names)}


class _Part:
    """Some of all changes: of a set, what belongs to them (up to `most` of its changes), as a number.

    A set of fewer changes than places is filled up: the places below `most` stand for no change. The number is the rank
    of the set, or, where `only` some sets will be asked for, its place among the ranks of what belongs to those.
    """

    def __init__(self, numbers: Sequence[int], changes: int, most: int, only: Sets | None = None) -> None:
        self.numbers = np.array(numbers, np.int64)
        self.most = most
        self._place = np.full(changes + 1, NONE, np.int64)
        self._place[self.numbers] = np.arange(len(numbers))
        self._kept = None if only is None else np.unique(self._ranks(only))
        self.size = comb(len(numbers) + most, most) if self._kept is None else len(self._kept)

    def ranks(self, sets: Sets) -> NDArray[np.intp]:
        """The number of what belongs to this part, for each set."""
        found = self._ranks(sets)
        return (found if self._kept is None else np.searchsorted(self._kept, found)).astype(np.intp, copy=False)

    def _ranks(self, sets: Sets) -> Numbers:
        places = self._place[sets]
        # No change has rank 0, and most sets have none of most parts.
        found = np.zeros(sets.shape[1], np.int64)
        touching = np.flatnonzero((places != NONE).any(axis=0))
        places = places[:, touching]
        none = places == NONE
        filled = np.where(none, np.cumsum(none, axis=0) - 1 - (len(sets) - self.most), places + self.most)
        found[touching] = ranks(np.sort(filled, axis=0)[len(sets) - self.most :])
        return found

    def sets(self) -> Sets:
        """The set of each number."""
        those = np.arange(self.size) if self._kept is None else self._kept
        filled = unranked(those, self.most, len(self.numbers) + self.most)
        numbers = np.concatenate([np.full(self.most, NONE, np.int64), self.numbers])
        return numbers[filled]

    def all(self) -> Iterator[tuple[int, ...]]:
        """The changes of each set, in the order of their numbers."""
        for some in self.sets().T.tolist():
            yield tuple(number for number in some if number != NONE)


class _Versions(NamedTuple):
    """What becomes of one record: the rank of its changes, and the row of the encoder by rank; 0 where it is gone."""

    part: _Part
    rows: Numbers


def _lists(
    records: tuple[Record, ...], changes: Sequence[Change], part: _Part, vocabulary: Vocabulary, name: str
) -> Lists:
    """A record list under each set of changes. Records are changed one by one: few versions make up many lists."""
    known = vocabulary.lists[name]
    encoder = ListEncoder(name)
    versions = []
    last = 0
    for record in records:
        own = [number for number in part.numbers.tolist() if changed_record(record, changes[number], known) != record]
        of_record = _Part(own, len(changes), part.most)
        rows = np.zeros(of_record.size, np.int64)
        for rank, some in enumerate(of_record.all()):
            version: Record | None = record
            for number in some:
                version = None if version is None else changed_record(version, changes[number], known)
            if version is not None:
                encoder.put(last, (version,))
                last += 1
                rows[rank] = last
        versions.append(_Versions(of_record, rows))
    column = encoder.column(last)
    numbers = np.concatenate([np.zeros(1, np.int32), column.lists.members[0, column.codes.astype(np.intp)]])
    sets = part.sets()
    members = np.stack([numbers[version.rows[version.part.ranks(sets)]] for version in versions])
    # Records that are left stand before the places of those that are gone.
    members = np.take_along_axis(members, np.argsort(members == 0, axis=0, kind="stable"), axis=0)
    unknown = np.zeros((len(members), 1), np.int32)
    return Lists(name, np.concatenate([unknown, members], axis=1), column.lists.fields)


def _coded(values: Iterator[Value | None] | Sequence[Value | None]) -> Coded:
    encoder = FactEncoder()
    rows = 0
    for value in values:
        assert value is not None
        encoder.put(rows, value)
        rows += 1
    return encoder.column(rows, ())


def _codes(codes: NDArray[np.intp]) -> Codes:
    return codes.astype(np.uint32)
