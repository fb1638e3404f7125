"""Facts and measures as columns: worked out where they vary, and once where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from weakref import proxy

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.arithmetic import Distinct, calculated, days_from, distinct_of
from engine.backends.columnar.columns import Coded, Listed, Lists, Numbers, numbers
from engine.backends.columnar.counting import Many, asked_of, count_holds, once
from engine.backends.columnar.dependence import Dependence
from engine.backends.columnar.encoding import ListEncoder
from engine.backends.columnar.records import as_numbers, measured
from engine.backends.columnar.rounding import Flags, Floats
from engine.backends.columnar.table import Table
from engine.case import Case
from engine.conditions import Check, Count
from engine.measures import CountOf, Form, Index, IndexSlope, Latest, Measure, Reduce, ShareOf, Slope, observe
from engine.outcomes import Situation
from engine.vocabulary import Value

OVER_RECORDS = (CountOf, ShareOf, Reduce, Latest, Slope, Index, IndexSlope)


class Basis:
    """What all rows of a table share, and which of its columns stand beneath each measure.

    `coded` are the values of each fact that varies in codes, `lists` the lists that vary.
    """

    def __init__(self, measures: tuple[Measure, ...], table: Table, given: Mapping[str, tuple[str, ...]]) -> None:
        self.measures = measures
        self.table = table
        self.given = given
        self.lists: Mapping[str, Listed] = table.lists
        self.coded: dict[str, tuple[Value, ...]] = {
            name: column.values for name, column in table.facts.items() if isinstance(column, Coded)
        }
        self.coded.update(given)
        self.dependence = Dependence(measures, {*table.facts, *table.lists, *given})
        self._measures = {measure.id: measure for measure in measures}
        self._situations: dict[str, tuple[Situation, ...]] = {}
        self._by_value: dict[str, Numbers] = {}
        self._by_list: dict[str, ListValues] = {}
        self._fixed: dict[str, Listed] = {}

    @cached_property
    def constant(self) -> Situation:
        """What is the same in every row."""
        same = [measure for measure in self.measures if not self.dependence.of(measure.id)]
        return Situation(self.table.shared, observe(same, self.table.shared))

    def situations(self, fact: str) -> tuple[Situation, ...]:
        """What follows from each value of a fact by itself, the unknown one first."""
        found = self._situations.get(fact)
        if found is None:
            found = self._situations[fact] = tuple(self._with_value(fact, one) for one in (None, *self.coded[fact]))
        return found

    def _with_value(self, fact: str, value: Value | None) -> Situation:
        if fact in self.given:
            return self.constant._replace(recommendation={} if value is None else {fact: str(value)})
        case = self.table.shared.with_value(fact, value)
        return Situation(case, observe(self._above.get(fact, ()), case, self.constant.observations))

    def with_list(self, name: str, code: int) -> Situation:
        """What follows from one of the distinct lists by itself."""
        shared = self.table.shared
        records = self.lists[name].lists.records(code)
        case = Case(shared.facts, shared.lists if records is None else {**shared.lists, name: records})
        return Situation(case, observe(self._above.get(name, ()), case, self.constant.observations))

    @cached_property
    def _above(self) -> Mapping[str, list[Measure]]:
        """For each fact or list, the measures beneath which nothing else varies."""
        found: dict[str, list[Measure]] = {}
        for measure in self.measures:
            beneath = self.dependence.of(measure.id)
            if len(beneath) == 1:
                found.setdefault(next(iter(beneath)), []).append(measure)
        return found

    def form(self, measure: str) -> Form:
        """The form of a measure."""
        return self._measures[measure].form

    def by_value(self, name: str, fact: str) -> Numbers:
        """A fact or measure beneath which one fact varies, for each value of it."""
        found = self._by_value.get(name)
        if found is None:
            values = (situation.value(name) for situation in self.situations(fact))
            found = self._by_value[name] = numbers((None, *self.coded[fact]) if name == fact else values)
        return found

    def of_list(self, name: str) -> ListValues:
        """The measures beneath which one list varies."""
        found = self._by_list.get(name)
        if found is None:
            found = self._by_list[name] = ListValues(self, name)
        return found

    def listed(self, name: str, chunk: Table) -> Listed:
        """The lists of some rows, also where all have the same."""
        if name in chunk.lists:
            return chunk.lists[name]
        if name not in self._fixed:
            encoder = ListEncoder(name)
            records = self.table.shared.records(name)
            if records is not None:
                encoder.put(0, records)
            self._fixed[name] = encoder.column(1)
        return self._fixed[name].taken(np.zeros(chunk.rows, np.intp))


class ListValues:
    """Measures beneath which one list varies and nothing else, for each distinct list; of use while the basis lasts."""

    def __init__(self, basis: Basis, name: str) -> None:
        # The basis keeps these values. Were it kept by them in turn, each table that was judged would stay in memory
        # until the collector of cycles comes, which the command line does without.
        self._basis: Basis = proxy(basis)
        self._name = name
        self.lists: Lists = basis.lists[name].lists
        self.size = len(self.lists)
        self.shared: dict[tuple[str, ...], Any] = {}
        self._known: dict[str, Numbers | Coded] = {}

    def column(self, name: str) -> Numbers | Coded:
        """A fact or measure in the form in which it is worked out."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._column(name)
        return found

    def _column(self, name: str) -> Numbers | Coded:
        if not self._basis.dependence.of(name):
            return _repeated(self._basis.constant.value(name), self.size)
        form = self._basis.form(name)
        if isinstance(form, OVER_RECORDS):
            return once(measured, form, Many(self.lists, None, self.day))
        return calculated(form, self)

    def numbers(self, name: str) -> Numbers:
        """A fact or measure that is a number or date."""
        return as_numbers(self.column(name))

    def known(self, name: str) -> Flags:
        """Whether a fact is known."""
        return np.full(self.size, self._basis.constant.value(name) is not None)

    def day(self, name: str) -> Floats:
        """A date of the case."""
        return self.numbers(name).values

    def distinct(self, name: str) -> Distinct:
        """A number by its distinct values."""
        return distinct_of(self.numbers(name))

    def operand(self, leaf: Check) -> Numbers:
        """What a check looks at."""
        return _operand(leaf, self.numbers(leaf.operand.name), self)


class RowValues:
    """Facts and measures in some rows of the table."""

    def __init__(self, basis: Basis, chunk: Table) -> None:
        self._basis = basis
        self._chunk = chunk
        self.size = chunk.rows
        self.shared: dict[tuple[str, ...], Any] = {}
        self._known: dict[str, Numbers | Coded] = {}

    def numbers(self, name: str) -> Numbers:
        """A fact or measure that is a number or date."""
        return as_numbers(self._column(name))

    def _column(self, name: str) -> Numbers | Coded:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._worked_out(name)
        return found

    def _worked_out(self, name: str) -> Numbers | Coded:
        basis, beneath = self._basis, self._basis.dependence.of(name)
        if not beneath:
            return _repeated(basis.constant.value(name), self.size)
        column = self._chunk.facts.get(name)
        if isinstance(column, Numbers):
            return column
        only = next(iter(beneath)) if len(beneath) == 1 else ""
        if only in basis.coded:
            return basis.by_value(name, only).taken(self._codes(only))
        if only in basis.lists:
            return basis.of_list(only).numbers(name).taken(self._chunk.lists[only].codes.astype(np.intp))
        form = basis.form(name)
        if isinstance(form, OVER_RECORDS):
            return measured(form, self._many(form.records))
        return calculated(form, self)

    def _many(self, name: str) -> Many:
        column = self._basis.listed(name, self._chunk)
        return Many(column.lists, column.codes, lambda date: self.numbers(date).values)

    def known(self, name: str) -> Flags:
        """Whether a fact is known."""
        column = self._chunk.facts.get(name)
        if column is None:
            return np.full(self.size, self._chunk.shared.value(name) is not None)
        return column.known

    def distinct(self, name: str) -> Distinct:
        """A number by its distinct values."""
        basis, beneath = self._basis, self._basis.dependence.of(name)
        if not beneath:
            return Distinct(np.zeros(self.size, np.intp), numbers((basis.constant.value(name),)))
        only = next(iter(beneath)) if len(beneath) == 1 else ""
        if only in basis.coded:
            return Distinct(self._codes(only), basis.by_value(name, only))
        return distinct_of(self.numbers(name))

    def _codes(self, fact: str) -> NDArray[np.intp]:
        column = self._chunk.facts[fact]
        assert isinstance(column, Coded)
        return column.codes.astype(np.intp)

    def answered(self, leaf: Check | Count) -> Flags:
        """Whether a count, or a check of something else than a number, certainly holds."""
        if isinstance(leaf, Count):
            return count_holds(leaf, self._many(leaf.records))
        column = self._column(leaf.operand.name)
        assert isinstance(column, Coded)
        return asked_of(column, leaf.test)

    def operand(self, leaf: Check) -> Numbers:
        """What a check looks at."""
        return _operand(leaf, self.numbers(leaf.operand.name), self)


def _operand(leaf: Check, number: Numbers, values: ListValues | RowValues) -> Numbers:
    """The number, or the days to it since a date."""
    since = leaf.operand.since
    if since is None:
        return number
    return days_from(values.numbers(since), number)


def _repeated(value: Value | None, size: int) -> Numbers:
    one = numbers((value,))
    return Numbers(np.broadcast_to(one.values, size), np.broadcast_to(one.whole, size))
