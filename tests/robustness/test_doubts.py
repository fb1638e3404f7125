"""What is in doubt, and what each doubtful entry may be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.case import Case, Entry, Record
from engine.explain.variation import RuleGraph
from engine.measures import observe
from engine.outcomes import Situation
from engine.robustness.doubts import Doubts, doubts
from engine.rules import Argument
from engine.vocabulary import Value
from tests.parity.world import AS_OF, case, condition, in_layers, rule, ruleset

DAY = date(2025, 9, 1)


def found(entry: Entry, fact: str, *lines: Any) -> Doubts:
    """The doubts of a case with one entry, under rules that ask these things; `tasks.cost` is a field of record T1."""
    rules = [
        rule(f"r{number}", condition(line), Argument("exit", "for", "slight")) for number, line in enumerate(lines)
    ]
    graph = RuleGraph(ruleset(in_layers(*rules)))
    records, _, field = fact.partition(".")
    known = case()
    if records in ("deal", "alliance"):
        known = Case({**known.facts, fact: entry}, {})
    else:
        key = "period" if records == "reviews" else "id"
        record = Record("T1", {key: Entry("T1"), field: entry})
        known = Case(known.facts, {records: (record,)})
    return doubts(Situation(known, observe(graph.ruleset.measures, known)), graph)


def sorts(entry: Entry, fact: str, *lines: Any) -> list[set[Value]]:
    """The sorts of an entry that is varied."""
    (one,) = found(entry, fact, *lines).varied
    assert one.sorts[0][0] == entry.value
    return [set(sort) for sort in one.sorts]


LOW = Entry(0, confidence="low")
DISPUTED = Entry(0, disputed=True)
HEALTH = ("deal.health is sound", "deal.health is fair", "deal.health is weak", "deal.health is failing")
STATE = tuple(f"some tasks where state is {value}" for value in ("sound", "fair", "weak", "failing"))


@pytest.mark.parametrize("doubt", [LOW, DISPUTED], ids=["low", "disputed"])
@pytest.mark.parametrize(
    ("value", "fact", "lines", "expected"),
    [
        ("fair", "deal.health", HEALTH, [{"fair"}, {"sound"}, {"weak"}]),
        ("sound", "deal.health", HEALTH, [{"sound"}, {"fair"}]),
        ("failing", "deal.health", HEALTH, [{"failing"}, {"weak"}]),
        (True, "deal.exclusive", ("deal.exclusive is true",), [{True}, {False}]),
        ("weak", "tasks.state", STATE, [{"weak"}, {"fair"}, {"failing"}]),
        (False, "tasks.urgent", ("no tasks where urgent is true",), [{False}, {True}]),
    ],
)
def test_without_other_values_the_neighbours_of_a_choice_and_the_other_of_a_flag(
    doubt: Entry, value: Value, fact: str, lines: tuple[str, ...], expected: list[set[Value]]
) -> None:
    assert sorts(doubt._replace(value=value), fact, *lines) == expected


@pytest.mark.parametrize(
    ("value", "fact", "line"),
    [
        (3, "deal.trust", "deal.trust at most 2"),
        ("talks", "deal.stage", "deal.stage is signed"),
        (("asia",), "deal.regions", "deal.regions includes europe"),
        (DAY, "deal.ends", "deal.ends after 2025-12-31"),
        (5, "tasks.cost", "some tasks where cost more than 7"),
    ],
)
def test_of_anything_else_it_cannot_be_told(value: Value, fact: str, line: str) -> None:
    assert [one.entry.value for one in found(Entry(value, disputed=True), fact, line).unnamed] == [value]
    assert not found(Entry(value, disputed=True), fact, line).varied


@pytest.mark.parametrize(
    ("entry", "fact", "lines", "expected"),
    [
        (Entry("fair", plausible=("fair", "failing")), "deal.health", HEALTH, [{"fair"}, {"failing"}]),
        (Entry("talks", plausible=("signed",)), "deal.stage", ("deal.stage is signed",), [{"talks"}, {"signed"}]),
        (Entry(True, plausible=("true", "false")), "deal.exclusive", ("deal.exclusive is true",), [{True}, {False}]),
        (
            Entry(("asia",), plausible=("africa", "asia")),
            "deal.regions",
            ("deal.regions includes asia",),
            [{("asia",)}, {("africa",)}],
        ),
        # What is named stands in the place of neighbours.
        (LOW._replace(value="fair", plausible=("failing",)), "deal.health", HEALTH, [{"fair"}, {"failing"}]),
    ],
)
def test_plausible_values(entry: Entry, fact: str, lines: tuple[str, ...], expected: list[set[Value]]) -> None:
    assert sorts(entry, fact, *lines) == expected


@pytest.mark.parametrize(
    ("entry", "fact", "lines", "expected"),
    [
        # The ends, and the round values nearest to a limit on both sides of it.
        (Entry(3, 2, 4), "deal.trust", ("deal.trust at least 3.5",), [{3, 2, 3.4}, {4, 3.5}]),
        (Entry(3, 2, 4), "deal.trust", ("deal.trust is 3.5",), [{3, 2, 4, 3.4, 3.6}, {3.5}]),
        (Entry(3, 2), "deal.trust", ("deal.trust more than 2",), [{3, 2.1}, {2}]),
        (Entry(10, 5, 20), "deal.people", ("deal.people more than 12",), [{10, 5, 12}, {20, 13}]),
        (Entry(3, 2, 4), "tasks.weight", ("some tasks where weight at least 3.5",), [{3, 2, 3.4}, {4, 3.5}]),
        (Entry(DAY, DAY, date(2025, 9, 9)), "deal.ends", ("deal.ends after 2025-09-05",),
         [{DAY, date(2025, 9, 5)}, {date(2025, 9, 9), date(2025, 9, 6)}]),
        # The limit of a measure that hands the last of the values on is a limit of the field.
        (Entry(3, 2, 4), "reviews.rating", ("latest_rating more than 3.5",), [{3, 2, 3.5}, {4, 3.6}]),
    ],
)  # fmt: skip
def test_ranges(entry: Entry, fact: str, lines: tuple[str, ...], expected: list[set[Value]]) -> None:
    assert sorts(entry, fact, *lines) == expected


def test_values_with_which_a_measure_calculates_are_each_another() -> None:
    assert sorts(Entry(5, 3, 9), "tasks.cost", "total_cost more than 7") == [{5}, {3}, {9}]
    # What lies beside a limit is one more where none of them is on its side, and no more than that.
    asked = ("worth less than 0", "deal.value less than 4", "deal.value is 6")
    assert sorts(Entry(5, 3, 9), "deal.value", *asked) == [{5}, {3}, {9}, {6}]


def test_a_window_within_the_range_of_a_field_is_found_through_what_is_measured_by_it() -> None:
    assert sorts(Entry(5, 3, 90), "tasks.cost", "total_cost between 71 and 72") == [{5}, {3}, {90}, {71}]


def days_of(dates: set[Value]) -> list[int]:
    return [(day - AS_OF).days for day in dates if isinstance(day, date)]


def test_days_since_another_date() -> None:
    """A date that a measure compares with the date of the case: each end, and each side of its limits."""
    near = AS_OF.replace(month=7, day=10)
    entry = Entry(near, near, date(2026, 3, 1))
    told = sorts(entry, "deal.ends", "days_left at most 30")
    assert told == [{near}, {date(2026, 3, 1)}]
    for first, last in ((31, 90), (31, 80), (200, 203)):
        told = sorts(entry, "deal.ends", f"days_left between {first} and {last}")
        assert len(told) == 3
        assert all(first <= days <= last for days in days_of(told[2]))
    asked = [f"some tasks where due within {days} days of alliance.as_of" for days in (15, 40)]
    told = sorts(Entry(near, near, date(2025, 9, 30)), "tasks.due", *asked)
    assert len(told) == 3
    assert all(15 < days <= 40 for days in days_of(told[2]))


def test_what_no_rule_tells_apart_is_not_varied() -> None:
    kinds = found(Entry("fair", plausible=("sound",)), "deal.health", "deal.health worse than weak")
    assert not kinds.varied
    assert [set(one.sorts[0]) for one in kinds.alike] == [{"fair", "sound"}]
    # Nor need other values be named of what no rule asks for.
    assert found(LOW._replace(value=3), "deal.trust", "deal.stake at least 50%").alike


@pytest.mark.parametrize(
    ("entry", "fact"),
    [
        (Entry("fair"), "deal.health"),
        (Entry("fair", plausible=("fair",)), "deal.health"),
        (Entry("fair", confidence="medium"), "deal.health"),
        (Entry(True, plausible=("true",)), "deal.exclusive"),
        (Entry(3, 3, 3), "deal.trust"),
        (Entry(("asia",), plausible=("asia",)), "deal.regions"),
        (Entry("fair", dated=date(1990, 1, 1)), "deal.health"),
    ],
)
def test_no_doubt(entry: Entry, fact: str) -> None:
    assert found(entry, fact, *HEALTH, "deal.exclusive is true", "deal.trust at least 3") == Doubts((), (), (), ())


@pytest.mark.parametrize(
    ("entry", "fact"),
    [
        (Entry(AS_OF, AS_OF, date(2026, 1, 1)), "alliance.as_of"),
        (Entry("T1", disputed=True), "tasks.after"),
        (LOW._replace(value="T1"), "tasks.id"),
    ],
)
def test_the_date_of_the_case_and_what_identifies_records_stay(entry: Entry, fact: str) -> None:
    asked = ("alliance.as_of after 2025-12-31", "some tasks where id is T2", "some tasks where after is T1")
    kinds = found(entry, fact, *asked)
    assert [one.entry for one in kinds.fixed] == [entry]
    assert not kinds.varied
