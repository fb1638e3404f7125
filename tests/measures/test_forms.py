"""Every form of measure on known, unknown and empty facts, with the records and facts behind it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.measures import Observation, observe, period_step
from engine.vocabulary import Value
from tests.golden import labels, pairs
from tests.small import case, measure_problems, observed, ruleset

MISTAKES = pairs(Path(__file__).with_name("mistakes.txt"))

A = "{id: a, status: open, severity: 4, cost: 0.1, opened: 2025-01-01}"
B = "{id: b, status: open, severity: 2, cost: 0.2, opened: 2025-03-01}"
C = "{id: c, status: settled, severity: 5, cost: 0.4, opened: 2024-01-01}"
D = "{id: d, description: nothing else is known}"
SETTLED = "{id: s, status: settled}"
Q1 = "{period: 2025-Q1, goal_alignment: 4.5, roi: 0.12, mood: good}"
Q2 = "{period: 2025-Q2, goal_alignment: 4.0, adherence: 0.9}"
Q3 = "{period: 2025-Q3, goal_alignment: 3.2, roi: 0.07, mood: bad, held_on: 2025-10-01}"
Q4 = "{period: 2025-Q4, adherence: 0.8}"


def one(form: str, facts: str) -> Observation | None:
    """The observation of one measure; `facts` are sections, one a line."""
    return observed(f"measures:\n  m: {{title: T, {form}}}\n", facts).known.get("m")


def disputes(*records: str) -> str:
    """Facts with these disputes."""
    return f"terms: {{disputes: [{', '.join(records)}]}}"


def checks(*records: str) -> str:
    """Facts with these health checks."""
    return f"checks: [{', '.join(records)}]"


def found(value: Value, *records: str) -> Observation:
    """An observation that came from records alone."""
    return Observation(value, records)


@pytest.mark.parametrize(
    ("form", "facts", "expected"),
    [
        ("count: {of: disputes}", disputes(A, B, D), found(3, "disputes:a", "disputes:b", "disputes:d")),
        ("count: {of: disputes}", disputes(), found(0)),
        ("count: {of: disputes}", "", None),
        ("count: {of: disputes, where: status is open}", disputes(A, B, C), found(2, "disputes:a", "disputes:b")),
        ("count: {of: disputes, where: status is open}", disputes(C), found(0)),
        ("count: {of: disputes, where: status is open}", disputes(A, D), None),
        (
            "count: {of: disputes, where: status is open and severity at least 4}",
            disputes(A, B, "{id: e, status: settled}"),
            found(1, "disputes:a"),
        ),
        ("count: {of: disputes, where: opened before alliance.as_of}", disputes(A), found(1, "disputes:a")),
        ("count: {of: disputes, where: opened before alliance.started}", disputes(A), None),
        # The share is of all records, or of those among which it is taken; the ids are of those.
        (
            "share: {of: disputes, where: severity at least 4}",
            disputes(A, B, C),
            found(round(2 / 3, 9), "disputes:a", "disputes:b", "disputes:c"),
        ),
        (
            "share: {of: disputes, where: severity at least 4, among: status is open}",
            disputes(A, B, C),
            found(0.5, "disputes:a", "disputes:b"),
        ),
        ("share: {of: disputes, where: severity at least 4, among: status is open}", disputes(C), None),
        ("share: {of: disputes, where: severity at least 4, among: status is open}", disputes(A, D), None),
        ("share: {of: disputes, where: severity at least 4}", disputes(A, D), None),
        ("share: {of: disputes, where: severity at least 4}", disputes(), None),
        ("share: {of: disputes, where: severity at least 4}", "", None),
        # 0.1 + 0.2 is 0.30000000000000004 to a computer.
        (
            "sum: {of: disputes, field: cost, where: status is open}",
            disputes(A, B, C),
            found(0.3, "disputes:a", "disputes:b"),
        ),
        ("sum: {of: disputes, field: cost}", disputes(A, D), None),
        ("sum: {of: disputes, field: cost}", disputes(D), None),
        ("sum: {of: disputes, field: cost}", disputes(), found(0)),
        ("sum: {of: disputes, field: cost, where: status is open}", disputes(C), found(0)),
        ("sum: {of: disputes, field: cost, where: status is open}", disputes(A, D), None),
        ("sum: {of: disputes, field: cost, where: status is open}", disputes(A, SETTLED), found(0.1, "disputes:a")),
        ("sum: {of: disputes, field: cost}", "", None),
        ("mean: {of: disputes, field: severity}", disputes(A, B), found(3.0, "disputes:a", "disputes:b")),
        ("mean: {of: disputes, field: severity}", disputes(A, B, D), None),
        ("mean: {of: disputes, field: severity}", disputes(), None),
        ("mean: {of: disputes, field: severity}", disputes(D), None),
        ("smallest: {of: disputes, field: severity}", disputes(A, B, C), found(2, "disputes:b")),
        ("largest: {of: disputes, field: severity}", disputes(A, C), found(5, "disputes:c")),
        ("largest: {of: disputes, field: severity}", disputes(A, C, D), None),
        ("largest: {of: disputes, field: severity, where: status is open}", disputes(A, C, D), None),
        (
            "largest: {of: disputes, field: severity, where: status is open}",
            disputes(A, C, SETTLED),
            found(4, "disputes:a"),
        ),
        (
            "smallest: {of: disputes, field: opened}",
            disputes(A, B, C, C.replace("id: c", "id: e")),
            found(date(2024, 1, 1), "disputes:c", "disputes:e"),
        ),
        ("largest: {of: disputes, field: severity}", disputes(), None),
        ("latest: {of: checks, field: goal_alignment}", checks(Q3, Q1, Q4), found(3.2, "checks:2025-Q3")),
        ("latest: {of: checks, field: mood}", checks(Q1, Q2), found("good", "checks:2025-Q1")),
        ("latest: {of: checks, field: held_on}", checks(Q3), found(date(2025, 10, 1), "checks:2025-Q3")),
        ("latest: {of: checks, field: roi, where: mood is good}", checks(Q1, Q3), found(0.12, "checks:2025-Q1")),
        ("latest: {of: checks, field: roi}", checks(Q2), None),
        ("latest: {of: checks, field: roi}", checks(), None),
        ("latest: {of: checks, field: roi}", "", None),
        (
            "slope: {of: checks, field: goal_alignment, last: 3}",
            checks(Q1, Q2, Q3),
            found(-0.65, "checks:2025-Q1", "checks:2025-Q2", "checks:2025-Q3"),
        ),
        (
            "slope: {of: checks, field: goal_alignment, last: 2}",
            checks(Q1, Q2, Q3, Q4),
            found(-0.8, "checks:2025-Q2", "checks:2025-Q3"),
        ),
        (
            "slope: {of: checks, field: goal_alignment}",
            checks(*(f"{{period: {year}, goal_alignment: 3}}" for year in range(2000, 2010))),
            found(0.0, *(f"checks:{year}" for year in range(2000, 2010))),
        ),
        ("slope: {of: checks, field: goal_alignment, last: 3}", checks(Q1), None),
        ("slope: {of: checks, field: goal_alignment, last: 3}", "", None),
        # On the scale from 1 to 5, 3.2 is 0.55; on that from -0.1 to 0.2, 0.07 is 0.566…
        (
            "index: {of: checks, fields: {goal_alignment: [1, 5], roi: [-0.1, 0.2]}}",
            checks(Q1, Q2, Q3),
            found(round((0.55 + 0.17 / 0.3) / 2, 9), "checks:2025-Q3"),
        ),
        (
            "index: {of: checks, fields: {goal_alignment: [1, 5], adherence: [1, 0.5]}}",
            checks(Q2, Q3),
            found(0.375, "checks:2025-Q2", "checks:2025-Q3"),
        ),
        (
            "index: {of: checks, fields: {goal_alignment: [1, 3], roi: [0.1, 0.2]}}",
            checks(Q3),
            found(0.5, "checks:2025-Q3"),
        ),
        (
            "index: {of: checks, fields: {goal_alignment: [1, 5], satisfaction: [1, 5]}}",
            checks(Q3),
            found(0.55, "checks:2025-Q3"),
        ),
        ("index: {of: checks, fields: {satisfaction: [1, 5]}}", checks(Q3), None),
        ("index: {of: checks, fields: {satisfaction: [1, 5]}}", "", None),
        # In the second quarter roi is not known: 0.12 to 0.07 are two steps.
        (
            "index_slope: {of: checks, fields: {goal_alignment: [1, 5], roi: [1, -1]}, last: 3}",
            checks(Q1, Q2, Q3),
            found(round((-0.65 / 4 + 0.025 / 2) / 2, 9), "checks:2025-Q1", "checks:2025-Q2", "checks:2025-Q3"),
        ),
        ("index_slope: {of: checks, fields: {satisfaction: [1, 5]}, last: 3}", checks(Q1, Q2), None),
        ("index_slope: {of: checks, fields: {satisfaction: [1, 5]}, last: 3}", "", None),
    ],
)
def test_measures_of_records_keep_the_ids_behind_them(form: str, facts: str, expected: Observation | None) -> None:
    assert one(form, facts) == expected


@pytest.mark.parametrize(
    ("form", "facts", "expected"),
    [
        (
            "days: {from: alliance.as_of, to: terms.ends_on}",
            "{ends_on: 2025-07-30}",
            Observation(30, (), ("alliance.as_of", "terms.ends_on")),
        ),
        (
            "days: {from: terms.ends_on, to: alliance.as_of}",
            "{ends_on: 2025-07-30}",
            Observation(-30, (), ("terms.ends_on", "alliance.as_of")),
        ),
        ("days: {from: alliance.as_of, to: terms.ends_on}", "{}", None),
        (
            "date: {start: alliance.as_of, plus_days: 31}",
            "{}",
            Observation(date(2025, 7, 31), (), ("alliance.as_of",)),
        ),
        (
            "date: {start: alliance.as_of, plus_days: -1}",
            "{}",
            Observation(date(2025, 6, 29), (), ("alliance.as_of",)),
        ),
        (
            "date: {start: alliance.as_of, plus_days: terms.notice_days}",
            "{notice_days: 90}",
            Observation(date(2025, 9, 28), (), ("alliance.as_of", "terms.notice_days")),
        ),
        ("date: {start: alliance.as_of, plus_days: terms.notice_days}", "{}", None),
        ("date: {start: terms.ends_on, plus_days: 1}", "{}", None),
        ("date: {start: alliance.as_of, plus_days: terms.notice_days}", "{notice_days: 9000000}", None),
        ("date: {start: alliance.as_of, plus_days: terms.notice_days}", "{notice_days: 9000000000000}", None),
        (
            "difference: [terms.balance, terms.exit_fee]",
            "{balance: 0.3, exit_fee: 0.1}",
            Observation(0.2, (), ("terms.balance", "terms.exit_fee")),
        ),
        ("difference: [terms.balance, terms.exit_fee]", "{balance: 0.3}", None),
        (
            "ratio: [terms.balance, terms.exit_fee]",
            "{balance: 1, exit_fee: 3}",
            Observation(0.333333333, (), ("terms.balance", "terms.exit_fee")),
        ),
        ("ratio: [terms.balance, terms.exit_fee]", "{balance: 1, exit_fee: 0}", None),
        ("ratio: [terms.balance, terms.exit_fee]", "{balance: 9e15, exit_fee: 1e-300}", None),
        ("ratio: [terms.balance, terms.exit_fee]", "{exit_fee: 3}", None),
        (
            "total: [terms.balance, terms.exit_fee, terms.trust]",
            "{balance: -5, exit_fee: 3, trust: 2}",
            Observation(0, (), ("terms.balance", "terms.exit_fee", "terms.trust")),
        ),
        ("total: [terms.balance, terms.exit_fee]", "{exit_fee: 3}", None),
        ("least: [terms.balance, terms.exit_fee]", "{exit_fee: 3}", Observation(3, (), ("terms.exit_fee",))),
        (
            "least: [terms.balance, terms.exit_fee]",
            "{balance: -5, exit_fee: 3}",
            Observation(-5, (), ("terms.balance", "terms.exit_fee")),
        ),
        (
            "greatest: [terms.ends_on, alliance.as_of]",
            "{ends_on: 2025-07-30}",
            Observation(date(2025, 7, 30), (), ("terms.ends_on", "alliance.as_of")),
        ),
        ("greatest: [terms.balance, terms.exit_fee]", "{}", None),
        (
            "known: [terms.trust, terms.rationale, terms.exclusive]",
            "{trust: 3, exclusive: false, rationale: unknown}",
            Observation(2, (), ("terms.trust", "terms.exclusive")),
        ),
        ("known: [terms.trust]", "{}", Observation(0)),
        # 100 now, and 50 at the end of each of two years at 25 %: 40 and 32.
        (
            (
                "present_value:"
                " {once: terms.balance, yearly: terms.exit_fee, years: terms.notice_days, rate: terms.our_share}"
            ),
            "{balance: 100, exit_fee: 50, notice_days: 2, our_share: 0.25}",
            Observation(172.0, (), ("terms.exit_fee", "terms.notice_days", "terms.our_share", "terms.balance")),
        ),
        (
            "present_value: {yearly: terms.exit_fee, years: terms.notice_days, rate: terms.our_share}",
            "{exit_fee: 50, notice_days: 2, our_share: 0}",
            Observation(100, (), ("terms.exit_fee", "terms.notice_days", "terms.our_share")),
        ),
        (
            "present_value: {yearly: terms.exit_fee, years: terms.notice_days, rate: terms.our_share}",
            "{exit_fee: 50, notice_days: 0, our_share: 0.1}",
            Observation(0.0, (), ("terms.exit_fee", "terms.notice_days", "terms.our_share")),
        ),
        (
            "present_value: {yearly: terms.exit_fee, years: terms.notice_days, rate: terms.our_share}",
            "{exit_fee: 50, notice_days: 2}",
            None,
        ),
    ],
)
def test_measures_of_facts_keep_the_facts_behind_them(form: str, facts: str, expected: Observation | None) -> None:
    assert one(form, f"terms: {facts}") == expected


def test_a_measure_of_measures_keeps_everything_behind_them_whatever_the_order_of_declaration() -> None:
    measures = """\
measures:
  all_costs: {title: T, total: [terms.exit_fee, costs, costs]}
  costs: {title: T, sum: {of: disputes, field: cost}}
"""
    facts = f"terms: {{exit_fee: 1, disputes: [{A}, {B}]}}"
    known = observed(measures, facts).known
    assert known["all_costs"] == Observation(1.6, ("disputes:a", "disputes:b"), ("terms.exit_fee",))
    assert list(known) == ["costs", "all_costs"]


def test_an_unknown_part_makes_a_measure_of_measures_unknown() -> None:
    measures = """\
measures:
  costs: {title: T, sum: {of: disputes, field: cost}}
  all_costs: {title: T, total: [terms.exit_fee, costs]}
"""
    assert not observed(measures, "terms: {exit_fee: 1}").known


def test_the_share_of_a_sum_is_unknown_when_a_part_of_the_sum_is() -> None:
    measures = """\
measures:
  costs: {title: T, sum: {of: disputes, field: cost}}
  open_costs: {title: T, sum: {of: disputes, field: cost, where: status is open}}
  open_share: {title: T, ratio: [open_costs, costs]}
"""
    assert observed(measures, disputes(A, SETTLED)).value("open_share") is None
    assert observed(measures, disputes(A, C)).value("open_share") == 0.2
    assert observed(measures, disputes(C)).value("open_share") == 0


def test_numbers_that_are_equal_on_paper_meet_their_boundary() -> None:
    facts = disputes(*(f"{{id: d{n}, cost: 0.1}}" for n in range(10)))
    assert one("sum: {of: disputes, field: cost}", facts) == found(1.0, *(f"disputes:d{n}" for n in range(10)))
    slope = one("slope: {of: checks, field: roi}", checks("{period: 2024, roi: 0.3}", "{period: 2025, roi: 0.4}"))
    assert slope is not None
    assert slope.value == 0.1


def test_a_small_change_downwards_is_no_negative_zero() -> None:
    slope = one(
        "slope: {of: checks, field: roi}", checks("{period: 2024, roi: 0.3}", "{period: 2025, roi: 0.2999999999999}")
    )
    assert slope is not None
    assert str(slope.value) == "0.0"


@pytest.mark.parametrize(
    ("periods", "months"),
    [
        (["2025-Q1", "2025-Q2", "2025-Q4"], 3),
        (["2025-Q1", "2025-Q4"], 3),
        (["2023", "2025"], 12),
        (["2024-11", "2024-12", "2025-03"], 1),
        # A check every third month, named by the month in which it was held.
        (["2025-03", "2025-06", "2025-12"], 3),
        (["2023", "2024", "2025-Q3"], 3),
        (["2025-Q4", "2025", "2025-12"], 3),
        (["2025-12"], 1),
        ([], 1),
    ],
)
def test_the_months_that_count_as_a_period(periods: list[str], months: int) -> None:
    assert period_step(periods) == months


def test_values_of_periods_that_end_together_have_no_slope() -> None:
    together = checks("{period: 2025-Q4, roi: 0.1}", "{period: 2025, roi: 0.2}")
    assert one("slope: {of: checks, field: roi}", together) is None
    assert one("index_slope: {of: checks, fields: {roi: [0, 1]}, last: 2}", together) is None


def test_a_gap_between_years_and_one_between_quarters_are_as_long_as_they_are() -> None:
    years = checks(*(f"{{period: {year}, roi: {value}}}" for year, value in ((2020, 0.5), (2021, 0.4), (2025, 0.0))))
    assert one("slope: {of: checks, field: roi}", years) == found(-0.1, "checks:2020", "checks:2021", "checks:2025")


def test_the_order_of_records_changes_nothing() -> None:
    measures = [measure.id for measure in ruleset().measures]
    facts = "checks: [{}]\nterms: {{disputes: [{}], exit_fee: 1, ends_on: 2025-12-31, notice_days: 30}}"
    first = facts.format(f"{Q1}, {Q2}, {Q3}", f"{A}, {B}, {C}")
    second = facts.format(f"{Q3}, {Q1}, {Q2}", f"{C}, {B}, {A}")
    assert observe(ruleset().measures, case(first)) == observe(ruleset().measures, case(second))
    assert len(measures) == 9


def test_observations_of_some_measures_can_be_renewed() -> None:
    measures = ruleset().measures
    before = case("terms: {ends_on: 2025-07-30, notice_days: 30}")
    all_of_it = observe(measures, before)
    days_left = [measure for measure in measures if measure.id == "days_left"]
    after = before.with_value("terms.ends_on", date(2025, 7, 1))
    renewed = observe(days_left, after, all_of_it)
    assert renewed.value("days_left") == 1
    assert renewed.value("earliest_exit") == date(2025, 7, 30)
    assert observe(days_left, before.with_value("terms.ends_on", None), all_of_it).value("days_left") is None


@pytest.mark.parametrize(("measures", "expected"), MISTAKES, ids=labels(MISTAKES))
def test_each_mistake_in_a_measures_file_is_reported_at_its_place(measures: str, expected: str) -> None:
    assert "\n".join(measure_problems(measures)) == expected


def test_more_measures_waiting_for_each_other_than_make_sense_are_refused() -> None:
    chain = [f"  m{n}: {{title: T, total: [m{n + 1}, terms.trust]}}" for n in range(300)]
    sound = "  m300: {title: T, total: [terms.trust, terms.balance]}"
    found_problems = measure_problems("\n".join([*chain, sound]))
    assert found_problems[0] == "102:3: more than 100 measures read each other, each declared before the next"
    assert measure_problems("\n".join([sound, *reversed(chain)])) == []
