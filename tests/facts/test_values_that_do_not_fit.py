"""Facts that do not fit the vocabulary: each is reported at its place, with what was expected and the nearest name.

The tables of mistakes stand beside this file as text.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import labels, pairs
from tests.small import PROFILE, problems_in, the_problem

MISTAKES = [
    pair for name in ("names", "values", "lists", "doubt") for pair in pairs(Path(__file__).with_name(f"{name}.txt"))
]


@pytest.mark.parametrize(("facts", "expected"), MISTAKES, ids=labels(MISTAKES))
def test_each_mistake_is_reported_once_at_its_place(facts: str, expected: str) -> None:
    assert the_problem(facts) == expected


def test_references_into_a_list_that_cannot_be_read_are_not_reported_as_well() -> None:
    found = the_problem("terms: {disputes: [{id: D1, raised_in: 2025}]}\nchecks: {period: 2025}")
    assert found.startswith("3:9: `checks` is a list of records, found a group of names and values")


ONE_OF_THREE = "expected `market`, `technology` or `cost`"


@pytest.mark.parametrize(
    ("purposes", "column", "expected"),
    [
        ("cost", 11, "`alliance.purposes` is `cost`, expected a list of `market`, `technology` or `cost`"),
        ("[costs]", 12, f"`alliance.purposes` is `costs`, {ONE_OF_THREE}"),
        ("[[cost]]", 12, f"`alliance.purposes` is a list, {ONE_OF_THREE}"),
        ("[cost, market, cost]", 26, "`cost` stands twice in `alliance.purposes`"),
        ("[unknown]", 12, "`unknown` stands in the list `alliance.purposes`"),
        ("[cost, null]", 18, "`alliance.purposes` has no value"),
    ],
)
def test_a_list_of_choices_holds_each_value_once(purposes: str, column: int, expected: str) -> None:
    profile = PROFILE.replace("alliance: {", f"alliance: {{\npurposes: {purposes},\n")
    [found] = problems_in("", profile)
    assert (found.location.line, found.location.column, found.message) == (2, column, expected)


@pytest.mark.parametrize(
    ("profile", "place"),
    [
        ("terms: {}\n", "1:1"),
        ("alliance: {}\n", "1:11"),
    ],
)
def test_the_four_that_every_case_needs_are_asked_for(profile: str, place: str) -> None:
    found = [str(one) for one in problems_in(profile.encode())]
    assert [one.split("\n")[0] for one in found] == [
        f"facts.yaml:{place}: `alliance.{name}` is missing" for name in ("name", "us", "partner", "as_of")
    ]
    assert found[3].endswith("\n  hint: expected a date such as `2025-06-30`")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("unknown", "1:47: `alliance.as_of` must be known\n  hint: expected a date such as `2025-06-30`"),
        ("{value: unknown}", "1:55: `alliance.as_of` must be known\n  hint: expected a date such as `2025-06-30`"),
        ('"unknown"', "1:47: `alliance.as_of` must be known\n  hint: expected a date such as `2025-06-30`"),
        ("", "1:47: `alliance.as_of` has no value\n  hint: expected a date such as `2025-06-30`"),
        ("soon", "1:47: `alliance.as_of` is `soon`, expected a date such as `2025-06-30`"),
    ],
)
def test_a_needed_fact_is_asked_for_once_however_it_is_missing(as_of: str, expected: str) -> None:
    assert the_problem(f"alliance: {{name: A, us: B, partner: C, as_of: {as_of}}}".encode()) == expected


def test_an_empty_name_is_no_name() -> None:
    profile = PROFILE.replace("name: Test", 'name: " "')
    assert the_problem("", profile) == "1:18: `alliance.name` is empty, expected text"


def test_a_section_that_is_no_group_is_reported_once_not_with_all_that_it_lacks() -> None:
    assert the_problem(b"alliance: Test\n") == "1:11: `alliance` holds names and values, found `Test`"
