"""What columns promise besides the answers: what they cost and refuse, and that nothing depends on chunks."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest

from engine.backends.columnar import encoding
from engine.backends.columnar import table as tables
from engine.backends.columnar.arithmetic import calculated
from engine.backends.columnar.columns import Coded, Numbers
from engine.backends.columnar.expressions import holds, is_among, passes
from engine.backends.columnar.order import in_steps
from engine.backends.columnar.questions import Questions
from engine.backends.columnar.records import measured
from engine.backends.columnar.settling import Settling
from engine.backends.columnar.table import Table
from engine.backends.columnar.values import Basis, RowValues
from engine.bulk import Bulk
from engine.conditions import NoneOf
from engine.decision.points import unit_of
from engine.errors import AdvisorError
from engine.measures import Measure, PresentValue, observe
from engine.predicates import Between, Includes, OneOf
from engine.rules import Argument, Diagnosis, Finding, Rule
from engine.vocabulary import Kind, Value, ValueType
from tests.parity.chance import any_rules, any_situation
from tests.parity.rows import assert_row, judged
from tests.parity.world import MEASURES, VOCABULARY, case, condition, in_layers, rule, ruleset, weighing

TOP = Path(__file__).parents[2]


# -- what is not installed


def run(code: str) -> str:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("missing", ["numpy", "polars"])
def test_without_the_extra_its_absence_is_told_in_one_sentence(missing: str) -> None:
    found = run(
        f"""
        import importlib.util
        find = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *more: None if name == {missing!r} else find(name, *more)
        from engine.errors import AdvisorError
        try:
            import engine.bulk
        except AdvisorError as error:
            print(error.exit_code, error)
        """
    )
    assert found.startswith("1 judging many cases at once needs Polars and NumPy")
    assert "\n  hint: pip install 'alliance-advisor[bulk]'" in found


def test_what_judges_one_case_imports_none_of_it() -> None:
    found = run(
        """
        import sys
        from engine.cli.main import run
        for command in (["assess"], ["explain", "--option", "exit"], ["flip", "--max-changes", "1"]):
            assert run([command[0], "sample:seeds/starbucks-barnes-noble", *command[1:]]) == 0
        print(sorted({name.partition(".")[0] for name in sys.modules} & {"numpy", "polars", "narwhals"}))
        """
    )
    assert "WHAT WOULD CHANGE THE ANSWER" in found
    assert found.splitlines()[-1] == "[]"


# -- what is not known to the translations


def test_what_has_no_translation_is_refused() -> None:
    with pytest.raises(TypeError, match="no expression for this condition"):
        holds(NoneOf(()), lambda _: pl.col("x"))
    with pytest.raises(TypeError, match="no expression for this test"):
        passes(Includes(("asia",)), pl.col("x"))
    with pytest.raises(TypeError, match="no measure over records"):
        measured(object(), None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no measure over columns"):
        calculated(object(), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [2, 9, 40])
def test_codes_that_are_among_those_wanted(size: int) -> None:
    """Whether they stand side by side, in a few groups, or all over the place."""
    codes = np.arange(size, dtype=np.uint8)
    frame = pl.DataFrame({"code": codes})
    chance = Random(size)
    for share in (0.1, 0.5, 0.9):
        for _ in range(60):
            wanted = np.array([chance.random() < share for _ in range(size)])
            if wanted.any() and not wanted.all():
                found = frame.select(is_among(pl.col("code"), wanted)).to_series()
                assert found.to_list() == wanted.tolist()


@pytest.mark.parametrize(
    "limit", [0, -0.0, 0.1, 2.5, 2**53, 2**53 + 1, -(2**53) - 1, 2**60 + 1, 10**400, -(10**400), 1e300, 5e-324]
)
def test_limits_that_no_double_holds(limit: float) -> None:
    """A number is compared with the limit itself, not with the double that is nearest to it."""
    near = [
        0.0,
        0.1,
        2.5,
        1e300,
        -1e300,
        5e-324,
        2.0**53,
        2.0**53 + 2,
        -(2.0**53),
        -(2.0**53) - 2,
        2.0**60,
        2.0**60 + 256,
    ]
    frame = pl.DataFrame({"x": [*near, None]})
    tests: list[OneOf | Between] = [
        OneOf((limit,)),
        OneOf((limit,), True),
        Between(low=limit),
        Between(high=limit),
        Between(limit, limit),
    ]
    tests += [Between(low=limit, low_open=True), Between(high=limit, high_open=True), Between(limit, None, True)]
    for test in tests:
        expected = [test.holds(value) is True for value in (*near, None)]
        assert frame.select(passes(test, pl.col("x"))).to_series().to_list() == expected, test


# -- what does not vary


def test_what_does_not_vary_has_no_columns() -> None:
    """Only rules that read what varies, themselves or through findings, are worked out in the rows."""
    rules = in_layers(
        rule("same", condition("deal.trust at least 3"), Finding("drift", 2)),
        rule("same-not", condition("deal.trust at least 4"), Finding("split", 2)),
        rule("after-same", condition({"all": ["finding drift", "no finding split"]}), Diagnosis("lost")),
        rule("differs", condition("deal.people at least 3"), Finding("mild", 1)),
        rule("after", condition({"all": ["finding mild", "finding drift"]}), Diagnosis("spent")),
        rule("decided", condition({"any": ["finding mild", "deal.trust is 3"]}), Diagnosis("grave")),
        rule("never", condition({"all": ["finding mild", "deal.trust is 4"]}), Diagnosis("never")),
    )
    varied = Table.varied(case({"deal.trust": 3, "deal.name": "a"}), {"deal.people": [1, 2, 3, 4]})
    assert set(varied.facts) == {"deal.people"}
    settling = Settling(rules, Questions(MEASURES, varied))
    assert settling.varying == ["differs", "after"]
    assert settling.always == {"same", "after-same", "decided"}
    same = Table.of_cases([case({"deal.trust": 3})] * 5, VOCABULARY)
    assert (same.facts, same.lists, same.rows) == ({}, {}, 5)
    answers = Bulk(ruleset(rules)).judge(same, fired=True)
    assert [answers.fired_in(row) for row in range(5)] == [frozenset({"same", "after-same", "decided"})] * 5


def test_values_are_asked_once_however_many_rows_they_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Value | None] = []
    holds_of = OneOf.holds

    def counting(test: OneOf, value: Value | None) -> bool | None:
        asked.append(value)
        return holds_of(test, value)

    monkeypatch.setattr(OneOf, "holds", counting)
    rules = ruleset(in_layers(rule("one", condition("deal.health is weak"), Diagnosis("lost"))))
    table = Table.varied(case(), {"deal.health": ["weak", "fair", None, "sound"] * 5_000})
    answers = Bulk(rules).judge(table, fired=True)
    assert answers.fires("one").sum() == 5_000
    assert len(asked) == 4


# -- the table


def test_a_table_gives_back_its_cases() -> None:
    cases = [any_situation(Random(number)).case for number in range(60)]
    table = Table.of_cases(iter(cases), VOCABULARY)
    assert [table.case(row) for row in range(60)] == cases
    some = table.taken(np.array([59, 3, 3]))
    assert [some.case(row) for row in range(3)] == [cases[59], cases[3], cases[3]]
    part = table.taken(slice(10, 20))
    assert (part.rows, part.case(0)) == (10, cases[10])


def test_a_table_keeps_apart_what_python_calculates_with_in_another_way() -> None:
    values: list[Value | None] = [3, 3.0, None, 2, 2.0, 2**60, 1e300]
    table = Table.varied(case(), {"deal.value": values})
    found = [table.case(row).value("deal.value") for row in range(len(values))]
    assert [(value, type(value)) for value in found] == [(value, type(value)) for value in values]


def test_many_numbers_are_kept_as_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [number / 7 for number in range(tables.MANY_NUMBERS + 1)]
    column = Table.varied(case(), {"deal.value": values}).facts["deal.value"]
    assert isinstance(column, Numbers)
    assert column.values.tolist() == values
    fewer = Table.varied(case(), {"deal.value": [*values[:-1], None]}).facts["deal.value"]
    assert isinstance(fewer, Coded)
    # No double holds one of them, so that none is kept as one.
    exact = Table.varied(case(), {"deal.value": [*values, 2**53 + 1]})
    assert isinstance(exact.facts["deal.value"], Coded)
    assert exact.case(len(values)).value("deal.value") == 2**53 + 1


def test_arrays_may_be_given() -> None:
    table = Table.varied(case(), {"deal.value": np.array([0.5, np.nan, 2.0]), "deal.people": np.array([1, 2, 3])})
    assert [table.case(row).value("deal.value") for row in range(3)] == [0.5, None, 2.0]
    assert [table.case(row).value("deal.people") for row in range(3)] == [1, 2, 3]


def test_columns_have_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        Table.varied(case(), {"deal.value": [1], "deal.people": [1, 2]})
    with pytest.raises(ValueError, match="at least one"):
        Table.varied(case(), {})


def test_a_table_of_nothing() -> None:
    chance = Random(1)
    for table in (Table.of_cases([], VOCABULARY), Table.varied(case(), {"deal.trust": []})):
        answers = Bulk(ruleset(any_rules(chance))).judge(table, details=True, fired=True, doubts=True)
        assert answers.rows == 0
        assert answers.scores().shape == (6, 0)


def test_blocks_of_rows_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_BLOCK", 4)
    cases = [any_situation(Random(number)).case for number in range(30)]
    table = Table.of_cases(cases, VOCABULARY)
    assert [table.case(row) for row in range(30)] == cases


# -- chunks and threads


@pytest.mark.parametrize(("chunk", "workers"), [(1, 1), (7, 3), (1000, 1), (13, 2)])
def test_chunks_and_threads_change_nothing(chunk: int, workers: int) -> None:
    chance = Random(11)
    rules = ruleset(any_rules(chance))
    cases = [any_situation(chance).case for _ in range(50)]
    table = Table.of_cases(cases, VOCABULARY)
    answers = Bulk(rules, chunk=chunk, workers=workers).judge(table, details=True, fired=True)
    for row, one in enumerate(cases):
        assert_row(answers, row, *judged(rules, one))


def test_what_goes_wrong_in_a_thread_is_raised() -> None:
    def fail(start: int) -> None:
        raise ZeroDivisionError(start)

    with pytest.raises(ZeroDivisionError):
        Bulk(ruleset(()), workers=2).in_threads(fail, range(4))


def test_what_was_not_asked_for_is_not_there() -> None:
    answers = Bulk(ruleset(())).judge(Table.of_cases([case()], VOCABULARY))
    for ask in (answers.fired_in, answers.readiness_of, answers.doubts_in):
        with pytest.raises(ValueError, match="not asked for"):
            ask(0)
    with pytest.raises(ValueError, match="not asked for"):
        answers.earliest_of("exit", 0)


# -- order and points


def names(steps: Sequence[Sequence[tuple[Rule, ...]]]) -> list[list[set[str]]]:
    return [[{one.id for one in group} for group in step] for step in steps]


def test_rules_come_after_those_that_make_what_they_ask_for() -> None:
    rules = in_layers(
        rule("d", condition("finding b"), Finding("c", 1)),
        rule("a", "always", Finding("a", 1)),
        rule("b", condition("finding a"), Finding("b", 1)),
        rule("circle-1", condition({"any": ["finding c", "finding y"]}), Finding("x", 1)),
        rule("circle-2", condition("finding x"), Finding("y", 1)),
        rule("self", condition("finding s"), Finding("s", 1)),
        rule("last", condition("no finding x"), Diagnosis("z")),
    )
    assert names(in_steps(rules)) == [
        [{"a"}, {"self"}],
        [{"b"}],
        [{"d"}],
        [{"circle-1", "circle-2"}],
        [{"last"}],
    ]


@pytest.mark.parametrize(
    ("strengths", "unit", "adds_up"),
    [
        ((1, 2, 4, 8), 1, True),
        ((0.1, 0.2, 0.3, 0.7), 10, True),
        ((0.5, 1.25, 2, 3), 100, True),
        ((1 / 3, 1, 2, 3), 10**9, False),
    ],
)
def test_the_unit_of_points(strengths: tuple[float, ...], unit: int, adds_up: bool) -> None:
    weighs = weighing(strengths=dict(zip(("slight", "moderate", "strong", "decisive"), strengths, strict=True)))
    rules = [rule(one, "always", Argument("exit", "for", one)) for one in weighs.strengths]
    found = unit_of(rules, weighs)
    assert (found.of_a_point, found.adds_up) == (unit, adds_up)
    assert [found.of(points) / unit for points in strengths] == pytest.approx(list(strengths), abs=1e-9)


def test_a_margin_that_is_no_decimal_is_reached_by_no_less() -> None:
    weighs = weighing((0, 1 / 3, 2, 2, 2, 4))
    unit = unit_of([], weighs)
    assert unit.least(1 / 3) == 333_333_334
    assert unit.least(0.3) == 300_000_000


def test_points_that_are_too_large_are_refused() -> None:
    weighs = weighing(strengths={"slight": 2.0**60, "moderate": 2, "strong": 3, "decisive": 4})
    rules = [rule("one", "always", Argument("exit", "for", "slight"))]
    with pytest.raises(AdvisorError, match="too large"):
        unit_of(rules, weighs)


@pytest.mark.parametrize(
    ("once", "yearly", "beyond"),
    [
        (2**53 - 1, 1, True),
        (2**53 - 4, 1, True),
        (2**53 - 10, 1, False),
        (0, 2**52, True),
        (0.5, 2**50, False),
        (-(2**53), -1, True),
    ],
)
def test_a_present_value_of_integers_that_doubles_do_not_hold(once: float, yearly: float, beyond: bool) -> None:
    """Without interest Python calculates with integers."""
    form = PresentValue("deal.value", "deal.worth", "deal.people", "deal.stake")
    worth = Measure("worth", "", ValueType(Kind.AMOUNT), form, (*form[:1], *form[1:]))  # type: ignore[arg-type]
    one = case({"deal.value": once, "deal.worth": yearly, "deal.people": 5, "deal.stake": 0})
    table = Table.varied(one, {"deal.people": [5, 6], "deal.stake": [0, 1]})
    found = RowValues(Basis((worth,), table, {}), table).numbers("worth")
    assert bool(found.beyond[0]) is beyond
    if not beyond:
        assert float(found.values[0]) == observe((worth,), table.case(0)).value("worth")


def test_an_annuity_that_python_refuses_is_refused() -> None:
    """And not where the rest of the measure is unknown, so that nobody asks for it."""
    form = PresentValue(None, "deal.value", "deal.people", "deal.stake")
    worth = Measure("worth", "", ValueType(Kind.AMOUNT), form, ("deal.value", "deal.people", "deal.stake"))
    rules = replace(ruleset(in_layers(rule("one", "always", Diagnosis("x")))), measures=(worth,))
    asking = replace(rules, rules=in_layers(rule("one", condition("worth is known"), Diagnosis("x"))))
    good = case({"deal.value": 1, "deal.people": 2, "deal.stake": 0.5})
    bad = case({"deal.value": 2, "deal.people": 3, "deal.stake": -1})
    unasked = case({"deal.people": 3, "deal.stake": -1})
    answers = Bulk(asking).judge(Table.of_cases([good, unasked], VOCABULARY), fired=True)
    assert [answers.fired_in(row) for row in (0, 1)] == [{"one"}, set()]
    with pytest.raises(ZeroDivisionError):
        Bulk(asking).judge(Table.of_cases([good, bad], VOCABULARY))
    with pytest.raises(ZeroDivisionError):
        judged(asking, bad)
