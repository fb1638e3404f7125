"""Facts derived from records and other facts, with the records behind them.

A measure is data: one of the forms below. An unknown measure has no observation, as an unknown fact has
no entry. Numbers are rounded to nine decimals, so that sums of decimals meet their boundaries exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import singledispatch
from itertools import pairwise
from typing import NamedTuple

from engine.case import Case, Record
from engine.errors import Location
from engine.predicates import FieldTest, passes
from engine.vocabulary import Value, ValueType, period_order


class CountOf(NamedTuple):
    """How many records pass; unknown where it is unknown of one of them."""

    records: str
    where: tuple[FieldTest, ...]


class ShareOf(NamedTuple):
    """The share of the records passing `among` that also pass `where`."""

    records: str
    where: tuple[FieldTest, ...]
    among: tuple[FieldTest, ...]


class Reduce(NamedTuple):
    """The `sum`, `mean`, `smallest` or `largest` value of a field over the records that pass.

    Unknown where a record's test is unknown, or the field of a record that passes: what is not known may be any
    value, the largest as well. Over no passing records of a known list, a sum is 0 and the others are unknown.
    """

    how: str
    records: str
    field: str
    where: tuple[FieldTest, ...]


class Latest(NamedTuple):
    """The last known value of a field, by period."""

    records: str
    field: str
    where: tuple[FieldTest, ...]


class Slope(NamedTuple):
    """The least-squares change a period (`period_step`) over the last known values of a field; two at least."""

    records: str
    field: str
    last: int


class Scale(NamedTuple):
    """Where a field's value counts as 0 (`worst`) and as 1 (`best`)."""

    field: str
    worst: float
    best: float


class Index(NamedTuple):
    """The mean of several fields' latest values, each on its scale and held within 0 and 1."""

    records: str
    scales: tuple[Scale, ...]


class IndexSlope(NamedTuple):
    """The mean of several fields' slopes, each on its scale."""

    records: str
    scales: tuple[Scale, ...]
    last: int


class Days(NamedTuple):
    """The days from one date to another; each is a date fact or measure."""

    start: str
    end: str


class DatePlus(NamedTuple):
    """A date so many days after another; `days` is a number, fact or measure."""

    start: str
    days: int | str


class Combine(NamedTuple):
    """Arithmetic: `difference`, `ratio`, `total`, `least` or `greatest` of facts and measures."""

    how: str
    parts: tuple[str, ...]


class PresentValue(NamedTuple):
    """What is gained once, now, and what is gained in each of the years to come, at the end of the year, in money now.

    Each is a fact or measure; `once` may be left out (None). Unknown where a part is unknown.
    """

    once: str | None
    yearly: str
    years: str
    rate: str


class KnownOf(NamedTuple):
    """How many of these facts are known."""

    facts: tuple[str, ...]


Form = (
    CountOf
    | ShareOf
    | Reduce
    | Latest
    | Slope
    | Index
    | IndexSlope
    | Days
    | DatePlus
    | Combine
    | PresentValue
    | KnownOf
)


class Measure(NamedTuple):
    """A named measure; `inputs` are the facts, lists and measures that it reads."""

    id: str
    title: str
    type: ValueType
    form: Form
    inputs: tuple[str, ...]
    unit: str = ""
    source: tuple[str, ...] = ()
    location: Location | None = None


class Observation(NamedTuple):
    """What a measure came to, the ids of the records it came from (`list:id`), and the facts it read."""

    value: Value
    records: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


Lookup = Callable[[str], "Observation | None"]


class Observations(NamedTuple):
    """All measures of one case, by id; those that are unknown are absent."""

    known: Mapping[str, Observation] = {}

    def value(self, measure: str) -> Value | None:
        """The measure's value, or None where it is unknown."""
        observation = self.known.get(measure)
        return None if observation is None else observation.value


def observe(measures: Iterable[Measure], case: Case, others: Observations | None = None) -> Observations:
    """Works out measures, which come in an order in which each stands after those it reads.

    `others` are observations of the same case that still hold; those of `measures` replace them.
    """
    measures = tuple(measures)
    known = dict(others.known) if others is not None else {}
    for measure in measures:
        known.pop(measure.id, None)

    def look_up(name: str) -> Observation | None:
        if "." not in name:
            return known.get(name)
        value = case.value(name)
        return None if value is None else Observation(value, facts=(name,))

    for measure in measures:
        found = _compute(measure.form, case, look_up)
        value = None if found is None else rounded(found.value)
        if found is not None and value is not None:
            known[measure.id] = Observation(value, found.records, found.facts)
    return Observations(known)


def with_those_beneath(names: Iterable[str], measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures of these names and all that they are made of, in their order; other names are passed over."""
    wanted = set(names)
    # A measure stands after those that it reads.
    for measure in reversed(measures):
        if measure.id in wanted:
            wanted.update(measure.inputs)
    return tuple(measure for measure in measures if measure.id in wanted)


def rounded(value: Value) -> Value | None:
    """A value as a measure gives it: floats to nine decimals; None where one is not finite."""
    if not isinstance(value, float):
        return value
    # Adding nothing turns -0.0 into 0.0, which prints without a sign.
    return round(value, 9) + 0.0 if math.isfinite(value) else None


def over_records(form: Form, case: Case) -> Value | None:
    """The value of a form over the records of one list before it is rounded; None where it is unknown."""
    found = _compute(form, case, lambda _name: None)
    return None if found is None else found.value


def _ids(name: str, records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(f"{name}:{record.id}" for record in records)


def _used(name: str, ids: set[str], case: Case) -> tuple[str, ...]:
    """The records with these ids, in the order of the list."""
    return _ids(name, (record for record in case.records(name) or () if record.id in ids))


def _passing(name: str, tests: tuple[FieldTest, ...], case: Case) -> list[Record]:
    """The records that certainly pass."""
    return [record for record in case.records(name) or () if passes(tests, record, case) is True]


def _number(value: Value) -> float:
    assert isinstance(value, (int, float))
    return value


@singledispatch
def _compute(form: object, case: Case, look_up: Lookup) -> Observation | None:
    raise TypeError(f"no measure of this form: {form!r}")


@_compute.register
def _(form: CountOf, case: Case, look_up: Lookup) -> Observation | None:
    records = case.records(form.records)
    if records is None:
        return None
    truths = [passes(form.where, record, case) for record in records]
    if None in truths:
        return None
    counted = [record for record, truth in zip(records, truths, strict=True) if truth]
    return Observation(len(counted), _ids(form.records, counted))


@_compute.register
def _(form: ShareOf, case: Case, look_up: Lookup) -> Observation | None:
    records = case.records(form.records)
    if records is None:
        return None
    base = [(record, passes(form.among, record, case)) for record in records]
    if any(truth is None for _, truth in base):
        return None
    among = [record for record, truth in base if truth]
    truths = [passes(form.where, record, case) for record in among]
    if not among or None in truths:
        return None
    counted = [record for record, truth in zip(among, truths, strict=True) if truth]
    return Observation(len(counted) / len(among), _ids(form.records, among))


@_compute.register
def _(form: Reduce, case: Case, look_up: Lookup) -> Observation | None:
    records = case.records(form.records)
    if records is None:
        return None
    truths = [passes(form.where, record, case) for record in records]
    if None in truths:
        return None
    passing = [record for record, truth in zip(records, truths, strict=True) if truth]
    values = [value for record in passing if (value := record.value(form.field)) is not None]
    if len(values) < len(passing) or not (values or form.how == "sum"):
        return None
    if form.how in ("smallest", "largest"):
        chosen = (min if form.how == "smallest" else max)(values)
        return Observation(chosen, _ids(form.records, [one for one in passing if one.value(form.field) == chosen]))
    total = sum(_number(value) for value in values)
    return Observation(total if form.how == "sum" else total / len(values), _ids(form.records, passing))


@_compute.register
def _(form: Latest, case: Case, look_up: Lookup) -> Observation | None:
    for record in reversed(_passing(form.records, form.where, case)):
        value = record.value(form.field)
        if value is not None:
            return Observation(value, _ids(form.records, [record]))
    return None


@_compute.register
def _(form: Slope, case: Case, look_up: Lookup) -> Observation | None:
    found = _last_known(form.records, form.field, form.last, case)
    if len(found) < 2:
        return None
    slope = _least_squares(found, _step(form.records, case))
    return None if slope is None else Observation(slope, _ids(form.records, [record for record, _ in found]))


@_compute.register
def _(form: Index, case: Case, look_up: Lookup) -> Observation | None:
    levels: list[float] = []
    used: set[str] = set()
    for scale in form.scales:
        found = _last_known(form.records, scale.field, 1, case)
        if found:
            record, value = found[-1]
            used.add(record.id)
            levels.append(min(1.0, max(0.0, (value - scale.worst) / (scale.best - scale.worst))))
    return Observation(sum(levels) / len(levels), _used(form.records, used, case)) if levels else None


@_compute.register
def _(form: IndexSlope, case: Case, look_up: Lookup) -> Observation | None:
    slopes: list[float] = []
    used: set[str] = set()
    step = _step(form.records, case)
    for scale in form.scales:
        found = _last_known(form.records, scale.field, form.last, case)
        slope = _least_squares(found, step) if len(found) >= 2 else None
        if slope is not None:
            used.update(record.id for record, _ in found)
            slopes.append(slope / (scale.best - scale.worst))
    if not slopes:
        return None
    return Observation(sum(slopes) / len(slopes), _used(form.records, used, case))


@_compute.register
def _(form: Days, case: Case, look_up: Lookup) -> Observation | None:
    start, end = look_up(form.start), look_up(form.end)
    if start is None or end is None:
        return None
    assert isinstance(start.value, date) and isinstance(end.value, date)
    return _joined((end.value - start.value).days, (start, end))


@_compute.register
def _(form: DatePlus, case: Case, look_up: Lookup) -> Observation | None:
    start = look_up(form.start)
    days = Observation(form.days) if isinstance(form.days, int) else look_up(form.days)
    if start is None or days is None:
        return None
    assert isinstance(start.value, date)
    try:
        return _joined(start.value + timedelta(days=int(_number(days.value))), (start, days))
    except OverflowError:
        return None


@_compute.register
def _(form: Combine, case: Case, look_up: Lookup) -> Observation | None:
    parts = [look_up(name) for name in form.parts]
    known = [part for part in parts if part is not None]
    if form.how in ("least", "greatest"):
        if not known:
            return None
        values = [part.value for part in known]
        return _joined((min if form.how == "least" else max)(values), known)
    if len(known) < len(parts):
        return None
    numbers = [_number(part.value) for part in known]
    if form.how == "total":
        return _joined(sum(numbers), known)
    if form.how == "difference":
        return _joined(numbers[0] - numbers[1], known)
    return None if numbers[1] == 0 else _joined(numbers[0] / numbers[1], known)


@_compute.register
def _(form: PresentValue, case: Case, look_up: Lookup) -> Observation | None:
    names = [name for name in (form.yearly, form.years, form.rate, form.once) if name is not None]
    parts = [part for name in names if (part := look_up(name)) is not None]
    if len(parts) < len(names):
        return None
    yearly, years, rate, *once = (_number(part.value) for part in parts)
    return _joined(sum(once) + yearly * annuity(years, rate), parts)


@_compute.register
def _(form: KnownOf, case: Case, look_up: Lookup) -> Observation | None:
    known = [name for name in form.facts if case.value(name) is not None]
    return Observation(len(known), facts=tuple(known))


def annuity(years: float, rate: float) -> float:
    """What one unit of money at the end of each of so many years is worth now."""
    return years if rate == 0 else (1 - (1 + rate) ** -years) / rate


def _joined(value: Value, parts: Iterable[Observation]) -> Observation:
    """A value that came from several observations, with everything behind them."""
    parts = tuple(parts)
    records = dict.fromkeys(record for part in parts for record in part.records)
    facts = dict.fromkeys(fact for part in parts for fact in part.facts)
    return Observation(value, tuple(records), tuple(facts))


def _last_known(name: str, field_name: str, last: int, case: Case) -> list[tuple[Record, float]]:
    found = [
        (record, _number(value))
        for record in case.records(name) or ()
        if (value := record.value(field_name)) is not None
    ]
    return found[-last:]


def _least_squares(found: list[tuple[Record, float]], step: int) -> float | None:
    """The slope of a straight line through the values, each where its period ends; None where all end together."""
    places = [month(record.id) / step for record, _ in found]
    middle = sum(places) / len(places)
    mean = sum(value for _, value in found) / len(found)
    spread = sum((place - middle) ** 2 for place in places)
    above = sum((place - middle) * (value - mean) for place, (_, value) in zip(places, found, strict=True))
    return above / spread if spread else None


def _step(name: str, case: Case) -> int:
    return period_step([record.id for record in case.records(name) or ()])


def month(period: str) -> int:
    """The month in which a period ends, counted from the year 0."""
    year, ends = period_order(period)
    return year * 12 + ends


def period_step(periods: Iterable[str]) -> int:
    """The months that count as one period in a list: the shortest distance between two that follow each other.

    It is never more than the length of a quarter or year that is in the list, so that gaps do not stretch it. Months
    set no such bound: a check that is held every third month is named by a month as well.
    """
    periods = tuple(periods)
    ends = sorted({month(period) for period in periods})
    distances = [later - earlier for earlier, later in pairwise(ends)]
    lengths = [length for period in periods if (length := period_length(period)) > 1]
    return min([*distances, *lengths], default=1)


def period_length(period: str) -> int:
    """The months of a period: 12, 3 or 1."""
    return 12 if len(period) == len("2025") else 3 if "Q" in period else 1
