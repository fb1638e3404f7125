"""Measures of every form: columns hold what the measures of each case come to, to the last bit.

The measures are drawn at random over the facts and lists of the made-up world, and over each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from engine.backends.columnar import table as tables
from engine.backends.columnar.counting import Many, once
from engine.backends.columnar.records import as_numbers, measured
from engine.backends.columnar.table import Table
from engine.backends.columnar.values import Basis, RowValues
from engine.bulk import Bulk
from engine.case import Case, Entry, Record
from engine.conditions import DAYS, Check, Operand
from engine.measures import (
    Combine,
    CountOf,
    DatePlus,
    Days,
    Form,
    Index,
    IndexSlope,
    KnownOf,
    Latest,
    Measure,
    PresentValue,
    Reduce,
    Scale,
    ShareOf,
    Slope,
    observe,
    over_records,
)
from engine.predicates import Between, FieldTest
from engine.rules import OPTIONS, Argument, Conclusion, Gate
from engine.vocabulary import Kind, ValueType
from tests.parity.chance import POOLS, STRENGTHS, any_field_test, any_range, any_situation, any_test
from tests.parity.rows import assert_row, judged
from tests.parity.test_random import CASES, SEED
from tests.parity.world import FACTS, LISTS, TASK_FIELDS, VOCABULARY, in_layers, rule, ruleset
from tests.parity.world import case as world_case

_NUMBERS = ["deal.trust", "deal.stake", "deal.people", "deal.value"]
_DATES = ["alliance.as_of", "deal.started", "deal.ends"]
_AMOUNT, _DATE = ValueType(Kind.AMOUNT), ValueType(Kind.DATE)
_FIELDS = [name for name, kind in TASK_FIELDS.items() if kind in (Kind.SCORE, Kind.SHARE, Kind.COUNT, Kind.AMOUNT)]

ALL_FORMS = (
    *(CountOf, ShareOf, Reduce, Latest, Slope, Index, IndexSlope),
    *(Days, DatePlus, Combine, PresentValue, KnownOf),
)

Drawn = tuple[Form, ValueType, tuple[str, ...]]


def where(chance: Random, name: str) -> tuple[FieldTest, ...]:
    return tuple(any_field_test(chance, name) for _ in range(chance.randrange(3)))


def since(tests: tuple[FieldTest, ...]) -> tuple[str, ...]:
    return tuple(test.since for test in tests if test.since is not None)


def reduced(chance: Random, _: list[str], __: list[str]) -> Drawn:
    tests = where(chance, "tasks")
    if chance.random() < 0.2:
        return Reduce(chance.choice(("smallest", "largest")), "tasks", "due", tests), _DATE, ("tasks", *since(tests))
    how = chance.choice(("sum", "sum", "mean", "smallest", "largest"))
    return Reduce(how, "tasks", chance.choice(_FIELDS), tests), _AMOUNT, ("tasks", *since(tests))


def counted(chance: Random, _: list[str], __: list[str]) -> Drawn:
    tests, among = where(chance, "tasks"), where(chance, "tasks")
    if chance.random() < 0.5:
        return CountOf("tasks", tests), _AMOUNT, ("tasks", *since(tests))
    return ShareOf("tasks", tests, among), _AMOUNT, ("tasks", *since(tests + among))


def of_reviews(chance: Random, _: list[str], __: list[str]) -> Drawn:
    if chance.random() < 0.3:
        tests = where(chance, "tasks")
        return Latest("tasks", chance.choice(_FIELDS), tests), _AMOUNT, ("tasks", *since(tests))
    scales = (Scale("rating", 1, 5), Scale("rating", chance.choice((7, 0.3)), 2))[: chance.randint(1, 2)]
    tests = where(chance, "reviews")
    form: Form = chance.choice(
        (
            Latest("reviews", "rating", tests),
            Latest("reviews", "rating", tests),
            Slope("reviews", "rating", chance.choice((2, 3, 1_000_000))),
            Index("reviews", scales),
            IndexSlope("reviews", scales, 3),
        )
    )
    return form, _AMOUNT, ("reviews", *(since(tests) if isinstance(form, Latest) else ()))


def of_dates(chance: Random, numbers: list[str], dates: list[str]) -> Drawn:
    start, end = chance.choice(dates), chance.choice(dates)
    if chance.random() < 0.4:
        return Days(start, end), _AMOUNT, (start, end)
    if chance.random() < 0.3:
        return Combine(chance.choice(("least", "greatest")), (start, end)), _DATE, (start, end)
    if chance.random() < 0.3:
        return DatePlus(start, chance.choice((-40, 0, 3_000_000))), _DATE, (start,)
    days = chance.choice(numbers)
    return DatePlus(start, days), _DATE, (start, days)


def combined(chance: Random, numbers: list[str], _: list[str]) -> Drawn:
    how = chance.choice(("difference", "ratio", "total", "total", "least", "greatest"))
    parts = tuple(chance.choice(numbers) for _ in range(2 if how in ("difference", "ratio") else chance.randint(2, 4)))
    return Combine(how, parts), _AMOUNT, parts


def worth(chance: Random, numbers: list[str], _: list[str]) -> Drawn:
    # Years and rates that Python can raise to a power.
    years, rate = chance.choice(("deal.people", "deal.trust")), chance.choice(("deal.stake", "deal.trust"))
    once, yearly = chance.choice((None, *numbers)), chance.choice(numbers)
    return PresentValue(once, yearly, years, rate), _AMOUNT, tuple(one for one in (once, yearly, years, rate) if one)


def known(chance: Random, _: list[str], __: list[str]) -> Drawn:
    facts = tuple(chance.sample(sorted(FACTS), 3))
    return KnownOf(facts), _AMOUNT, facts


FORMS: tuple[Callable[[Random, list[str], list[str]], Drawn], ...] = (
    reduced,
    counted,
    of_reviews,
    of_dates,
    combined,
    combined,
    worth,
    known,
)


def any_measures(chance: Random) -> tuple[Measure, ...]:
    """Measures, some of which read those before them."""
    numbers, dates = list(_NUMBERS), list(_DATES)
    measures = []
    for number in range(20):
        form, kind, inputs = chance.choice(FORMS)(chance, numbers, dates)
        measures.append(Measure(f"m{number}", "", kind, form, tuple(dict.fromkeys(inputs))))
        (dates if kind.kind is Kind.DATE else numbers).append(f"m{number}")
    return tuple(measures)


@pytest.mark.parametrize("form", ["codes", "numbers"])
@pytest.mark.parametrize("varied", ["cases", "list", "facts"])
def test_values(form: str, varied: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column that goes beyond what doubles hold says so, and only then; all others are equal, unknown or not."""
    if form == "numbers":
        monkeypatch.setattr(tables, "MANY_NUMBERS", 0)
    met: dict[str, int] = {}
    for number in range(max(60, CASES // 100)):
        name = f"{SEED}/{form}/{varied}/{number}"
        chance = Random(name)
        measures = any_measures(chance)
        table = any_table(chance, varied)
        cases = [table.case(row) for row in range(table.rows)]
        values = RowValues(Basis(measures, table, {}), table)
        expected = [observe(measures, case) for case in cases]
        for measure in measures:
            found = values.numbers(measure.id)
            for row, observations in enumerate(expected):
                value = observations.value(measure.id)
                message = f"{measure.form} in row {row} of Random('{name}')"
                kind = type(measure.form).__name__
                if found.beyond[row]:
                    met["beyond"] = met.get("beyond", 0) + 1
                    continue
                if value is None:
                    assert math.isnan(found.values[row]), message
                    continue
                number_of = value.toordinal() if isinstance(value, date) else value
                assert isinstance(number_of, (int, float))
                # Python compares a float and an integer exactly; NumPy does not.
                of_row = float(found.values[row])
                assert of_row == number_of, message
                assert math.copysign(1, of_row) == math.copysign(1, number_of), message
                assert found.whole[row] == isinstance(number_of, int), message
                met[kind] = met.get(kind, 0) + 1
    if varied == "cases":
        assert set(met) == {"beyond", *(form.__name__ for form in ALL_FORMS)}
    assert met["beyond"] < 0.25 * sum(met.values())


_PERIODS = ("2023", "2024-Q2", "2024-Q3", "2024-11", "2024-Q4", "2025-02", "2025-Q1", "2025-Q4")


def any_case(chance: Random) -> Case:
    """A case of which the reviews were not held in every quarter."""
    case = any_situation(chance).case
    reviews = case.records("reviews")
    if reviews is None:
        return case
    periods = sorted(chance.sample(range(len(_PERIODS)), len(reviews)))
    held = tuple(
        Record(_PERIODS[place], {**review.entries, "period": Entry(_PERIODS[place])})
        for place, review in zip(periods, reviews, strict=True)
    )
    return Case(case.facts, {**case.lists, "reviews": held})


@pytest.fixture(autouse=True)
def integers_that_no_double_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    large = (2**53 - 1, 2**53, 2**53 + 1, -(2**53), 2**60 + 1)
    monkeypatch.setitem(POOLS, Kind.AMOUNT, (*large, -2.5, -1, 0, 0.1 + 0.2, 0.5, 1, 3, 30, 1e15, 1e300))


def any_table(chance: Random, varied: str) -> Table:
    """Cases; or one case, of which a list or some facts vary and all else is the same."""
    if varied == "cases":
        return Table.of_cases((any_case(chance) for _ in range(12)), VOCABULARY)
    case = any_case(chance)
    others = [any_case(chance) for _ in range(12)]
    if varied == "list":
        name = chance.choice(sorted(LISTS))
        return Table.varied(case, {name: [other.records(name) for other in others]})
    facts = chance.sample(sorted(FACTS), chance.randint(1, 3))
    return Table.varied(case, {fact: [other.value(fact) for other in others] for fact in facts})


def any_question(chance: Random, measure: Measure) -> Check:
    """A test of a measure, or of the days to it."""
    if measure.type.kind is Kind.DATE and chance.random() < 0.5:
        return Check(Operand(measure.id, DAYS, chance.choice(_DATES)), any_range(chance, (-400, -1, 0, 1, 400)))
    return Check(Operand(measure.id, measure.type), any_test(chance, measure.type))


@pytest.mark.parametrize("form", ["codes", "numbers"])
def test_rules_that_ask_for_them(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a number is too large for the columns, and where a gate opens on a date that is worked out."""
    if form == "numbers":
        monkeypatch.setattr(tables, "MANY_NUMBERS", 0)
    fired = 0
    for number in range(max(60, CASES // 100)):
        name = f"{SEED}/asked/{form}/{number}"
        chance = Random(name)
        measures = any_measures(chance)
        dates = [measure.id for measure in measures if measure.type.kind is Kind.DATE]
        asking = [
            rule(f"r{place}", any_question(chance, chance.choice(measures)), any_conclusion(chance, dates))
            for place in range(20)
        ]
        rules = replace(ruleset(in_layers(*asking)), measures=measures)
        table = any_table(chance, chance.choice(("cases", "list", "facts")))
        answers = Bulk(rules).judge(table, details=True, fired=True)
        for row in range(table.rows):
            trace, verdict = judged(rules, table.case(row))
            assert_row(answers, row, trace, verdict, f"they disagree on Random('{name}')")
            fired += len(trace.firings)
    assert fired > 60 * 12


def any_conclusion(chance: Random, dates: list[str]) -> Conclusion:
    option = chance.choice(OPTIONS)
    if dates and chance.random() < 0.5:
        return Gate(option, None, "conditional", ("wait",), chance.choice(dates))
    return Argument(option, chance.choice(("for", "against")), chance.choice(STRENGTHS))


def test_latest_of_anything_is_kept_as_codes() -> None:
    """Its values may be texts, which are no numbers."""
    chance = Random("latest")
    measures = (Measure("last", "", ValueType(Kind.CHOICE), Latest("tasks", "state", ()), ("tasks",)),)
    table = Table.of_cases((any_situation(chance).case for _ in range(40)), VOCABULARY)
    basis = Basis(measures, table, {})
    column = basis.of_list("tasks").column("last")
    listed = table.lists["tasks"]
    found = [column.value(int(code)) for code in listed.codes]
    assert found == [observe(measures, table.case(row)).value("last") for row in range(40)]
    assert np.isnan(as_numbers(column).values).all()


def test_days_before_the_calendar_and_after_it_are_unknown() -> None:
    measures = (Measure("day", "", _DATE, DatePlus("deal.started", "deal.value"), ("deal.started", "deal.value")),)
    days = [
        (date(1, 1, 1), -1),
        (date(1, 1, 1), 0),
        (date(1, 1, 2), -1.9),
        (date.max, 0),
        (date.max, 1),
        (date.max, 0.9),
    ]
    cases = [world_case({"deal.started": start, "deal.value": more}) for start, more in days]
    table = Table.of_cases(cases, VOCABULARY)
    found = RowValues(Basis(measures, table, {}), table).numbers("day").values
    expected = [observe(measures, one).value("day") for one in cases]
    assert [None if np.isnan(one) else date.fromordinal(int(one)) for one in found] == expected
    assert expected == [None, date(1, 1, 1), date(1, 1, 1), date.max, None, date.max]


def test_what_depends_on_a_date_of_the_case_is_not_kept_with_the_lists() -> None:
    """Lists may stand in two tables whose cases have other dates."""
    tests = (FieldTest("due", Between(low=0), "deal.started"),)
    table = Table.varied(world_case(), {"tasks": [any_case(Random(number)).records("tasks") for number in range(30)]})
    lists = table.lists["tasks"].lists
    for day in (date(2024, 1, 1), date(2025, 6, 30), date(2030, 1, 1)):
        ordinals = np.full(len(lists), float(day.toordinal()))
        kept = once(measured, CountOf("tasks", tests), Many(lists, None, {"deal.started": ordinals}.__getitem__))
        case = world_case({"deal.started": day})
        for code in range(1, len(lists)):
            one = Case(case.facts, {"tasks": lists.records(code) or ()})
            assert kept.value(code) == over_records(CountOf("tasks", tests), one)
