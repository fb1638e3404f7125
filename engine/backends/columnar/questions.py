"""The questions that rules ask, answered for every row: whether each certainly holds.

Most look at one fact or one list. Those are answered once for each distinct value of the fact, by the direct evaluator,
or for each distinct list; a row looks its answer up by its code. What looks at several columns, or at a column of
many numbers, is worked out in the rows. What is the same in all rows is no question any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.backends.columnar.columns import Coded
from engine.backends.columnar.counting import Many, asked_of, count_holds, once
from engine.backends.columnar.expressions import is_among, passes
from engine.backends.columnar.rounding import Flags, Floats
from engine.backends.columnar.table import Table
from engine.backends.columnar.values import Basis, RowValues
from engine.conditions import Check, Count, Leaf, ListKnown, Made
from engine.evaluate import truth
from engine.measures import Measure, observe
from engine.outcomes import Situation
from engine.vocabulary import Kind

Given = Mapping[str, tuple[str, ...]]
"""Facts that are no columns of the table, with the values that they may have."""

_ROWS = "every row"


class _InRows(NamedTuple):
    """A question that is answered in the rows: from a number, or from records and dates that both vary."""

    leaf: Check | Count
    column: str
    numeric: bool


class Questions:
    """All questions about one table. They are asked first, then answered for chunks of it."""

    def __init__(
        self, measures: tuple[Measure, ...], table: Table, given: Given | None = None, called: str = "question"
    ) -> None:
        """Begins with none; the columns of answers are numbered and `called` so."""
        self._called = called
        self._basis = Basis(measures, table, given or {})
        self._columns: dict[Leaf, str | bool] = {}
        self._expressions: list[pl.Expr] = [pl.col(_ROWS)]
        self._codes: dict[str, None] = {}
        self._looked_up: dict[str, list[Flags]] = {}
        self._of_fact: dict[str, list[Flags]] = {}
        self._in_rows: list[_InRows] = []

    def ask(self, leaf: Leaf) -> str | bool:
        """The column of answers, or the answer, where it is the same in every row."""
        found = self._columns.get(leaf)
        if found is None:
            found = self._columns[leaf] = self._ask(leaf)
        return found

    def _ask(self, leaf: Leaf) -> str | bool:
        assert not isinstance(leaf, Made)
        beneath = self._basis.dependence.of_leaf(leaf)
        if not beneath:
            return truth(leaf, self._basis.constant) is True
        name = f"{self._called} {len(self._columns)}"
        only = next(iter(beneath)) if len(beneath) == 1 else ""
        if only in self._basis.lists:
            return self._by_list(name, only, self._of_lists(leaf, only))
        if only in self._basis.coded:
            answers = self._of_values(leaf, only)
            if answers.all() or not answers.any():
                return bool(answers.all())
            self._codes[only] = None
            self._of_fact.setdefault(only, []).append(answers)
            self._expressions.append(is_among(pl.col(only), answers).alias(name))
            return name
        assert not isinstance(leaf, ListKnown)
        if isinstance(leaf, Check) and (leaf.operand.type.kind.is_number or leaf.operand.type.kind is Kind.DATE):
            self._expressions.append(passes(leaf.test, pl.col(_number_column(leaf))).alias(name))
            self._in_rows.append(_InRows(leaf, name, numeric=True))
        else:
            self._expressions.append(pl.col(name))
            self._in_rows.append(_InRows(leaf, name, numeric=False))
        return name

    def _by_list(self, name: str, records: str, answers: Flags) -> str | bool:
        if answers.all() or not answers.any():
            return bool(answers.all())
        found = self._looked_up.setdefault(records, [])
        byte, bit = divmod(len(found), 8)
        found.append(answers)
        self._expressions.append(((pl.col(f"{records} {byte}") & (1 << bit)) != 0).alias(name))
        return name

    def _of_values(self, leaf: Leaf, fact: str) -> Flags:
        """The answer for each value of a fact, the unknown one first."""
        if isinstance(leaf, Check) and leaf.operand.name == fact and leaf.operand.since is None:
            values = (None, *self._basis.coded[fact])
            return np.array([leaf.test.holds(value) is True for value in values], np.bool_)
        return np.array([truth(leaf, situation) is True for situation in self._basis.situations(fact)], np.bool_)

    def _of_lists(self, leaf: Leaf, name: str) -> Flags:
        """The answer for each distinct list, the unknown one first."""
        lists = self._basis.lists[name].lists
        if isinstance(leaf, ListKnown):
            return lists.given ^ leaf.negated
        values = self._basis.of_list(name)
        if isinstance(leaf, Count):
            return once(count_holds, leaf, Many(lists, None, values.day))
        assert isinstance(leaf, Check)
        if leaf.operand.since is None:
            column = values.column(leaf.operand.name)
            if isinstance(column, Coded):
                return asked_of(column, leaf.test)
        number = values.operand(leaf)
        frame = pl.DataFrame([pl.Series("number", number.values, nan_to_null=True)])
        answers: Flags = frame.select(passes(leaf.test, pl.col("number"))).to_series().to_numpy().copy()
        for code in np.flatnonzero(number.beyond).tolist():
            answers[code] = truth(leaf, self._basis.with_list(name, code)) is True
        return answers

    def alone(self, name: str) -> Sequence[Flags] | None:
        """The answers about a fact or list, by code, that differ between its values; None where others bear on some."""
        if any(name in self._basis.dependence.of_leaf(question.leaf) for question in self._in_rows):
            return None
        return self._looked_up.get(name, self._of_fact.get(name, ()))

    @cached_property
    def _bytes(self) -> dict[str, list[NDArray[np.uint8]]]:
        """The answers of each distinct list, eight questions to a byte: a row looks up all of them at once."""
        return {
            name: [
                np.packbits(np.stack(answers[start : start + 8]), axis=0, bitorder="little")[0]
                for start in range(0, len(answers), 8)
            ]
            for name, answers in self._looked_up.items()
        }

    def prepare(self) -> None:
        """Works out what all chunks share, so that they can be answered in threads; nothing may be asked after it."""
        none = {name: np.zeros(0, np.uint8) for name in self._basis.given}
        self.answers(self._basis.table.taken(slice(0, 0)), none)

    def answers(self, chunk: Table, given: Mapping[str, NDArray[np.uint8]] | None = None) -> pl.DataFrame:
        """All answers for some rows of the table; `given` codes the facts that are no columns of it."""
        # A frame without columns would not know how many rows it has.
        series = [pl.Series(_ROWS, np.zeros(chunk.rows, np.bool_))]
        for name in self._codes:
            codes: NDArray[Any] = given[name] if given and name in given else chunk.facts[name].codes  # type: ignore[union-attr]
            series.append(pl.Series(name, codes))
        for name, looked_up in self._bytes.items():
            places = chunk.lists[name].codes.astype(np.intp)
            series += [pl.Series(f"{name} {number}", answers.take(places)) for number, answers in enumerate(looked_up)]
        rows = RowValues(self._basis, chunk)
        beyond: dict[str, NDArray[np.intp]] = {}
        columns: dict[str, pl.Series] = {}
        for question in self._in_rows:
            if not question.numeric:
                columns[question.column] = pl.Series(question.column, rows.answered(question.leaf))
                continue
            assert isinstance(question.leaf, Check)
            number = rows.operand(question.leaf)
            name = _number_column(question.leaf)
            columns[name] = pl.Series(name, number.values, nan_to_null=True)
            if number.beyond.any():
                beyond[question.column] = np.flatnonzero(number.beyond)
        frame = pl.DataFrame([*series, *columns.values()]).select(self._expressions)
        return self._corrected(frame, beyond, chunk) if beyond else frame

    def _corrected(self, frame: pl.DataFrame, beyond: Mapping[str, NDArray[np.intp]], chunk: Table) -> pl.DataFrame:
        """The answers, with those about integers beyond what doubles hold as the direct evaluator gives them."""
        situations: dict[int, Situation] = {}
        leaves = {question.column: question.leaf for question in self._in_rows}
        corrected = []
        for column, rows in beyond.items():
            for row in rows.tolist():
                if row not in situations:
                    case = chunk.case(row)
                    situations[row] = Situation(case, observe(self._basis.measures, case))
            answers = [truth(leaves[column], situations[row]) is True for row in rows.tolist()]
            corrected.append(frame[column].scatter(rows, answers))
        return frame.with_columns(corrected)

    def day(self, name: str, chunk: Table) -> Floats:
        """A date, as its ordinal, in some rows of the table; NaN where it is unknown."""
        found = RowValues(self._basis, chunk).numbers(name)
        beyond = np.flatnonzero(found.beyond)
        if not len(beyond):
            return found.values
        days: Floats = found.values.copy()
        for row in beyond.tolist():
            case = chunk.case(row)
            value = Situation(case, observe(self._basis.measures, case)).value(name)
            days[row] = value.toordinal() if isinstance(value, date) else np.nan
        return days


def _number_column(leaf: Check) -> str:
    since = leaf.operand.since
    return leaf.operand.name if since is None else f"{leaf.operand.name} since {since}"
