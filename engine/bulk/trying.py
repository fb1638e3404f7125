"""The rows of a table, judged again with each other value that one of their facts may have.

All facts that are tried have a column in one wider table, in which what is known of them and what is tried are coded
together. The rules, made ready for that table once, judge every row with every value of every fact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import Coded, Numbers, code_type, numbers
from engine.backends.columnar.table import Table
from engine.bulk.judging import Bulk
from engine.case import Case
from engine.conditions import reads
from engine.explain.line import is_on_a_line
from engine.explain.possible import other_values
from engine.explain.variation import RuleGraph
from engine.measures import observe, with_those_beneath
from engine.outcomes import Situation
from engine.vocabulary import Kind, Value

_AS_OF = "alliance.as_of"

Rows = NDArray[np.intp]
Options = NDArray[np.uint8]
"""Sets of options, one bit each."""


class RowKinds(NamedTuple):
    """Rows in which the same is known of a fact: the first row of each kind, and the kind of every row."""

    first: Rows
    which: Rows


class Trial(NamedTuple):
    """A fact, and rows in which its other values are to be tried."""

    fact: str
    rows: Rows


class _Tried(NamedTuple):
    """What is tried of a fact: for each kind of rows a line of so many (`counts`) codes."""

    codes: NDArray[np.unsignedinteger[Any]]
    counts: Rows
    which: Rows


class _Part(NamedTuple):
    """Some of the rows of the trial at a place, by their places there."""

    place: int
    of_rows: Rows


class Trying:
    """A table made ready for other values of some of its facts."""

    def __init__(self, table: Table, facts: Iterable[str], graph: RuleGraph, bulk: Bulk) -> None:
        """Works out the values that are to be tried in each row: those of `engine.explain.missing.other_values`."""
        self._bulk = bulk
        self._tried: dict[str, _Tried] = {}
        self._numbers: dict[str, Numbers] = {}
        columns: dict[str, Coded | Numbers] = {}
        for name in facts:
            kinds = row_kinds(name, table, graph)
            around = _Around(name, table, graph)
            values = [other_values(name, graph, around.situation(row)) for row in kinds.first.tolist()]
            if any(values):
                columns[name] = self._add(name, _column(name, table), values, kinds.which)
        shared = {name: entry for name, entry in table.shared.facts.items() if name not in columns}
        self._table = table._replace(
            shared=Case(shared, table.shared.lists), facts={**table.facts, **columns}, doubts={}
        )
        self._job = bulk.job(self._table)

    def _add(
        self, name: str, column: Coded | Numbers, values: Sequence[tuple[Value, ...]], which: Rows
    ) -> Coded | Numbers:
        """Keeps what is tried of a fact in each kind of rows; the column, made ready to take that in."""
        known = column.values if isinstance(column, Coded) else ()
        # 3 and 3.0 are one key otherwise, and Python does not always calculate with them alike.
        codes = {(type(value), value): code for code, value in enumerate(known, start=1)}
        lines = [[codes.setdefault((type(value), value), len(codes) + 1) for value in line] for line in values]
        counts = np.array([len(line) for line in lines], np.intp)
        array = np.zeros((len(lines), int(counts.max())), code_type(len(codes)))
        for place, line in enumerate(lines):
            array[place, : len(line)] = line
        self._tried[name] = _Tried(array, counts, which)
        every = tuple(value for _, value in codes)
        if isinstance(column, Coded):
            return Coded(column.codes.astype(array.dtype), every)
        self._numbers[name] = numbers((None, *every))
        return column

    def options_reached(self, trials: Sequence[Trial], winner: NDArray[np.uint8]) -> list[Options]:
        """The options other than the winner that values lead to, for each row of all trials.

        `winner` is the number of the recommended option in every row of the table.
        """
        found = [np.zeros(len(one.rows), np.uint8) for one in trials]

        def run(parts: Sequence[_Part]) -> None:
            counts = [self._counts(trials[part.place], part.of_rows) for part in parts]
            rows = [trials[part.place].rows[part.of_rows] for part in parts]
            again = np.concatenate([np.repeat(some, count) for some, count in zip(rows, counts, strict=True)])
            table = self._table.taken(again)
            ends = np.cumsum([int(count.sum()) for count in counts]).tolist()
            segments = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
            for part, some, count, segment in zip(parts, rows, counts, segments, strict=True):
                self._put(trials[part.place].fact, some, count, table, segment)
            other = self._job.judge(table).weighed.winner
            options = np.where(other != winner[again], np.left_shift(1, other), 0).astype(np.uint8)
            for part, count, segment in zip(parts, counts, segments, strict=True):
                together = np.bitwise_or.reduceat(options[segment], np.cumsum(count) - count)
                found[part.place][part.of_rows] = together

        self._bulk.in_threads(run, list(self._portions(trials)))
        return found

    def _counts(self, trial: Trial, of_rows: Rows | slice) -> Rows:
        """How many values are tried in some of the rows."""
        tried = self._tried[trial.fact]
        return tried.counts[tried.which[trial.rows[of_rows]]]

    def _put(self, fact: str, rows: Rows, counts: Rows, table: Table, segment: slice) -> None:
        """Puts what is tried of a fact in these rows into a segment of a table that nothing else reads."""
        tried, column = self._tried[fact], table.facts[fact]
        lines = tried.codes[tried.which[rows]]
        codes = lines[np.arange(lines.shape[1]) < counts[:, None]]
        if isinstance(column, Coded):
            column.codes[segment] = codes
        else:
            column.values[segment] = self._numbers[fact].values[codes]
            column.whole[segment] = self._numbers[fact].whole[codes]

    def _portions(self, trials: Sequence[Trial]) -> Iterator[list[_Part]]:
        """All trials, in portions of about a chunk: many facts of a few rows, or some rows of one fact."""
        portion: list[_Part] = []
        size = 0
        for place, one in enumerate(trials):
            if one.fact not in self._tried:
                continue
            counts = self._counts(one, slice(None))
            of_rows = np.flatnonzero(counts)
            step = max(1, self._bulk.chunk // int(counts.max(initial=1)))
            for start in range(0, len(of_rows), step):
                part = _Part(place, of_rows[start : start + step])
                judged = int(counts[part.of_rows].sum())
                if portion and size + judged > self._bulk.chunk:
                    yield portion
                    portion, size = [], 0
                portion.append(part)
                size += judged
        if portion:
            yield portion


class _Around:
    """What is known in rows, as far as it bears on which values of one fact are to be tried there."""

    def __init__(self, name: str, table: Table, graph: RuleGraph) -> None:
        beside = _beside(name, graph)
        self._table = table
        self._facts = [name, _AS_OF, *(one for one in beside if "." in one)]
        self._lists = [one for one in beside if "." not in one]
        looked_at = (one for check in graph.comparisons.checks_of(name) for one in reads(check))
        self._measures = with_those_beneath(looked_at, graph.ruleset.measures) if beside else ()

    def situation(self, row: int) -> Situation:
        entries = {one: self._table.entry(one, row) for one in self._facts}
        lists = {one: self._table.records(one, row) for one in self._lists}
        case = Case(
            {one: entry for one, entry in entries.items() if entry is not None},
            {one: records for one, records in lists.items() if records is not None},
        )
        return Situation(case, observe(self._measures, case))


def row_kinds(name: str, table: Table, graph: RuleGraph) -> RowKinds:
    """Tells rows apart by what is known of a fact, and by what else bears on which of its values are to be tried."""
    if not table.rows:
        return RowKinds(np.zeros(0, np.intp), np.zeros(0, np.intp))
    # A doubt is coded with the value that is in doubt.
    doubt = table.doubts[name].codes if name in table.doubts else np.zeros(table.rows, np.uint8)
    keys: list[NDArray[Any]] = [doubt, known(name, table)]
    beside = _beside(name, graph)
    for other in beside:
        if other in table.facts:
            column = table.facts[other]
            keys.append(column.codes if isinstance(column, Coded) else column.values)
        elif other in table.lists:
            keys.append(table.lists[other].codes)
    if _AS_OF in table.facts and _AS_OF not in beside:
        # Whether evidence is stale.
        day = table.facts[_AS_OF]
        assert isinstance(day, Coded)
        in_doubt = name not in table.facts or doubt != 0
        keys.append(np.where(in_doubt, day.codes, 0))
    _, first, which = np.unique(np.stack(keys), axis=1, return_index=True, return_inverse=True)
    return RowKinds(first, which.reshape(-1))


def _beside(name: str, graph: RuleGraph) -> Collection[str]:
    """The facts and lists that rules look at together with a number or date; with a date, that of the case."""
    kind = graph.ruleset.vocabulary.facts[name].type.kind
    if not is_on_a_line(kind):
        return ()
    return sorted({*graph.comparisons.partners(name), *([_AS_OF] if kind is Kind.DATE else [])})


def known(name: str, table: Table) -> NDArray[np.bool_]:
    """In which rows a fact is known."""
    if name in table.facts:
        return table.facts[name].known
    return np.full(table.rows, name in table.shared.facts)


def _column(name: str, table: Table) -> Coded | Numbers:
    """The column of a fact, also where it is the same in every row."""
    if name in table.facts:
        return table.facts[name]
    entry = table.shared.facts.get(name)
    codes = np.full(table.rows, 0 if entry is None else 1, np.uint8)
    return Coded(codes, () if entry is None else (entry.value,))
