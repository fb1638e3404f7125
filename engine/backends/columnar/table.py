"""Cases as columns: many of them, or one that is varied.

What all rows share stands in one case, `shared`, and costs nothing a row; a fact or list that differs between rows has
a column. What is in neither is unknown everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import Coded, Listed, Numbers, code_type, is_exact, numbers
from engine.backends.columnar.encoding import FactEncoder, ListEncoder, is_doubted
from engine.case import Case, Entry, Record
from engine.vocabulary import Value, Vocabulary

MANY_NUMBERS = 1_000
"""Numbers are coded up to so many distinct ones, since each costs a question of every rule that reads them."""


class Table(NamedTuple):
    """So many rows. `doubts` codes entries that are more than a value, for the rows in which a fact has one.

    Where a value came from is not kept, nor what makes the fields of records doubtful: neither bears on the answer.
    """

    rows: int
    shared: Case
    facts: Mapping[str, Coded | Numbers]
    lists: Mapping[str, Listed]
    doubts: Mapping[str, Coded]

    @staticmethod
    def of_cases(cases: Iterable[Case], vocabulary: Vocabulary) -> Table:
        """A row a case. They are read one after another, and none of them is kept."""
        facts = {name: FactEncoder() for name in vocabulary.facts}
        doubts = {name: FactEncoder() for name in vocabulary.facts}
        lists = {name: ListEncoder(name) for name in vocabulary.lists}
        rows = 0
        for case in cases:
            for name, entry in case.facts.items():
                facts[name].put(rows, entry.value)
                if is_doubted(entry):
                    doubts[name].put(rows, entry._replace(source=""))
            for name, records in case.lists.items():
                lists[name].put(rows, records)
            rows += 1
        types = {name: fact.type for name, fact in vocabulary.facts.items()}
        return _table(
            rows,
            Case({}, {}),
            {name: encoder.column(rows, types[name].values) for name, encoder in facts.items() if encoder.values},
            {name: encoder.column(rows) for name, encoder in lists.items() if encoder.seen},
            {name: encoder.column(rows, None) for name, encoder in doubts.items() if encoder.values},
        )

    @staticmethod
    def varied(
        case: Case,
        columns: Mapping[str, Sequence[Value | None] | Sequence[tuple[Record, ...] | None] | NDArray[Any]],
    ) -> Table:
        """The case with other values of some facts (`section.name`) or lists, a row for each; None is unknown.

        A doubt about a fact stays with it, as in `Case.with_value`.
        """
        lengths = {len(values) for values in columns.values()}
        if len(lengths) != 1:
            raise ValueError("the columns of a table have one length, and there is at least one")
        rows = lengths.pop()
        facts: dict[str, Coded] = {}
        doubts: dict[str, Coded] = {}
        lists: dict[str, Listed] = {}
        for name, values in columns.items():
            if "." in name:
                encoder = FactEncoder()
                entry = case.facts.get(name)
                # What comes from an array becomes what Python calculates with; NaN is no number.
                for row, value in enumerate(values.tolist() if isinstance(values, np.ndarray) else values):
                    if value is not None and value == value:  # noqa: PLR0124 - NaN differs from itself
                        encoder.put(row, value)
                facts[name] = column = encoder.column(rows, ())
                if entry is not None and is_doubted(entry):
                    entries = tuple(entry._replace(value=value, source="") for value in column.values)
                    doubts[name] = column._replace(values=entries)
            else:
                listed = ListEncoder(name)
                for row, records in enumerate(values):
                    if records is not None:
                        listed.put(row, records)
                lists[name] = listed.column(rows)
        shared = Case(
            {name: entry for name, entry in case.facts.items() if name not in columns},
            {name: records for name, records in case.lists.items() if name not in columns},
        )
        return _table(rows, shared, facts, lists, doubts)

    def taken(self, rows: slice | NDArray[np.intp]) -> Table:
        """The table of these rows."""
        length = len(range(*rows.indices(self.rows))) if isinstance(rows, slice) else len(rows)
        return Table(
            length,
            self.shared,
            {name: column.taken(rows) for name, column in self.facts.items()},
            {name: column.taken(rows) for name, column in self.lists.items()},
            {name: column.taken(rows) for name, column in self.doubts.items()},
        )

    def entry(self, name: str, row: int) -> Entry | None:
        """What is known of a fact in a row."""
        if name not in self.facts:
            return self.shared.facts.get(name)
        value = self.facts[name].value(row)
        if value is None:
            return None
        doubted: Entry | None = self.doubts[name].value(row) if name in self.doubts else None
        return Entry(value) if doubted is None else doubted._replace(value=value)

    def records(self, name: str, row: int) -> tuple[Record, ...] | None:
        """The record list of a row; None where it is unknown."""
        if name not in self.lists:
            return self.shared.lists.get(name)
        column = self.lists[name]
        return column.lists.records(int(column.codes[row]))

    def as_of(self, row: int) -> date:
        """The date of the case in a row."""
        entry = self.entry("alliance.as_of", row)
        assert entry is not None
        assert isinstance(entry.value, date)
        return entry.value

    def case(self, row: int) -> Case:
        """The case that stands in a row."""
        facts = dict(self.shared.facts)
        for name in self.facts:
            entry = self.entry(name, row)
            if entry is not None:
                facts[name] = entry
        lists = dict(self.shared.lists)
        for name in self.lists:
            records = self.records(name, row)
            if records is not None:
                lists[name] = records
        return Case(facts, lists)


def _table(
    rows: int,
    shared: Case,
    facts: Mapping[str, Coded],
    lists: Mapping[str, Listed],
    doubts: Mapping[str, Coded],
) -> Table:
    """A table of these columns; those that hold one value in every row become part of what rows share."""
    entries, columns = dict(shared.facts), {}
    kept = dict(doubts)
    for name, column in facts.items():
        if rows and len(column.values) == 1 and column.known.all():
            doubted = doubts.get(name)
            if doubted is None:
                entries[name] = Entry(column.values[0])
                continue
            if len(doubted.values) == 1 and doubted.known.all():
                entries[name] = doubted.values[0]._replace(value=column.values[0])
                del kept[name]
                continue
        columns[name] = _in_its_form(column)
    records, listed = dict(shared.lists), {}
    for name, one in lists.items():
        if rows and len(one.lists) == 2 and (one.codes != 0).all():
            records[name] = one.lists.records(1) or ()
        else:
            listed[name] = one
    return Table(rows, Case(entries, records), columns, listed, kept)


def _in_its_form(column: Coded) -> Coded | Numbers:
    """Many distinct numbers as numbers, everything else as codes."""
    values = column.values
    if len(values) <= MANY_NUMBERS or not all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and is_exact(value) for value in values
    ):
        return column._replace(codes=column.codes.astype(code_type(len(values)), copy=False))
    return numbers((None, *values)).taken(column.codes.astype(np.intp))
