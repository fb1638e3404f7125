"""True, false and unknown: Kleene's tables, complements, and negation pushed into the leaves."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conditions import All, AnyOf, Condition, Count, Leaf, NoneOf, leaves, without_negation
from engine.evaluate import truth
from engine.outcomes import Situation
from engine.predicates import (
    Between,
    FieldTest,
    Includes,
    Known,
    OneOf,
    Test,
    Truth,
    all_of,
    any_of,
    complement,
    negation,
)
from engine.vocabulary import Value
from tests.golden import pairs
from tests.small import condition, situation

TRUTHS: tuple[Truth, ...] = (True, False, None)


def test_a_conjunction_is_false_when_one_part_is_and_unknown_when_none_is_false_and_one_unknown() -> None:
    table = {(a, b): all_of((a, b)) for a in TRUTHS for b in TRUTHS}
    assert table == {
        (True, True): True,
        (True, False): False,
        (True, None): None,
        (False, True): False,
        (False, False): False,
        (False, None): False,
        (None, True): None,
        (None, False): False,
        (None, None): None,
    }
    assert all_of(()) is True


def test_a_disjunction_is_true_when_one_part_is_and_unknown_when_none_is_true_and_one_unknown() -> None:
    table = {(a, b): any_of((a, b)) for a in TRUTHS for b in TRUTHS}
    assert table == {
        (True, True): True,
        (True, False): True,
        (True, None): True,
        (False, True): True,
        (False, False): False,
        (False, None): None,
        (None, True): True,
        (None, False): None,
        (None, None): None,
    }
    assert any_of(()) is False


def test_the_negation_of_unknown_is_unknown() -> None:
    assert [negation(one) for one in TRUTHS] == [False, True, None]


DAY = date(2025, 6, 30)
AROUND: tuple[Value | None, ...] = (None, 1, 2, 2.5, 3, 4)
DAYS_AROUND: tuple[Value | None, ...] = (None, *(DAY + timedelta(days=shift) for shift in (-2, -1, 0, 1, 2)))
CHOICES: tuple[Value | None, ...] = (None, (), ("a",), ("b",), ("a", "b"), ("c",))
TESTS: list[tuple[Test, tuple[Value | None, ...]]] = [
    (OneOf(("a",)), (None, "a", "b")),
    (OneOf(("a", "b"), negated=True), (None, "a", "b", "c")),
    (OneOf((True,)), (None, True, False)),
    (OneOf((2,)), AROUND),
    (Known(), (None, "a", 0, False, (), "")),
    (Known(negated=True), (None, "a", 0, False, (), "")),
    (Includes(("a", "b")), CHOICES),
    (Includes(("a",), negated=True), CHOICES),
    *(
        (Between(low, high, low_open, high_open), AROUND)
        for low, high in ((2, None), (None, 3), (2, 3), (2, 2))
        for low_open, high_open in itertools.product((False, True), repeat=2)
    ),
    *(
        (Between(low, high, low_open, high_open), DAYS_AROUND)
        for low, high in ((DAY, None), (None, DAY), (DAY - timedelta(days=1), DAY + timedelta(days=1)))
        for low_open, high_open in itertools.product((False, True), repeat=2)
    ),
]


@pytest.mark.parametrize(("test", "values"), TESTS, ids=[str(test) for test, _ in TESTS])
def test_a_complement_holds_exactly_where_the_test_does_not(test: Test, values: tuple[Value | None, ...]) -> None:
    for value in values:
        expected = negation(test.holds(value))
        assert any_of(one.holds(value) for one in complement(test)) is expected, value


@pytest.mark.parametrize(("test", "values"), TESTS, ids=[str(test) for test, _ in TESTS])
def test_unknown_makes_every_test_unknown_but_the_one_whether_it_is_known(
    test: Test, values: tuple[Value | None, ...]
) -> None:
    assert None in values
    assert (test.holds(None) is None) is not isinstance(test, Known)
    assert all(test.holds(value) is not None for value in values if value is not None)


@pytest.mark.parametrize(
    ("line", "facts", "expected"),
    [
        ("terms.trust at least 3", "trust: 3", True),
        ("terms.trust at least 3", "trust: 2.999", False),
        ("terms.trust at least 3", "trust: unknown", None),
        ("terms.trust more than 3", "trust: 3", False),
        ("terms.trust at most 3", "trust: 3", True),
        ("terms.trust less than 3", "trust: 3", False),
        ("terms.trust between 2 and 3", "trust: 3", True),
        ("terms.trust between 2 and 3", "trust: 3.001", False),
        ("terms.trust is 3", "trust: 3.0", True),
        ("terms.our_share at least 60%", "our_share: 0.6", True),
        ("terms.our_share at least 60%", "our_share: 0.5999999999", False),
        ("terms.rationale is gone", "trust: 3", None),
        ("terms.rationale is not gone", "trust: 3", None),
        ("terms.rationale is unknown", "trust: 3", True),
        ("terms.rationale is known", "trust: 3", False),
        ("terms.rationale worse than valid", "rationale: weakening", True),
        ("terms.rationale worse than valid", "rationale: valid", False),
        ("terms.rationale no better than weakening", "rationale: weakening", True),
        ("terms.rationale no worse than weakening", "rationale: gone", False),
        ("terms.rationale better than weakening", "rationale: unknown", None),
        ("terms.exclusive is false", "exclusive: false", True),
        ("terms.exclusive is false", "trust: 3", None),
        ("terms.ends_on before alliance.as_of", "ends_on: 2025-06-30", False),
        ("terms.ends_on before alliance.as_of", "ends_on: 2025-06-29", True),
        ("terms.ends_on after alliance.as_of", "ends_on: 2025-06-30", False),
        ("terms.ends_on after alliance.as_of", "ends_on: 2025-07-01", True),
        ("terms.ends_on before 2025-06-30", "ends_on: 2025-06-30", False),
        ("terms.ends_on within 30 days after alliance.as_of", "ends_on: 2025-07-30", True),
        ("terms.ends_on within 30 days after alliance.as_of", "ends_on: 2025-07-31", False),
        ("terms.ends_on within 30 days after alliance.as_of", "ends_on: 2025-06-30", True),
        ("terms.ends_on within 30 days after alliance.as_of", "ends_on: 2025-06-29", False),
        ("terms.ends_on within 30 days before alliance.as_of", "ends_on: 2025-05-31", True),
        ("terms.ends_on within 30 days before alliance.as_of", "ends_on: 2025-05-30", False),
        ("terms.ends_on within 30 days of 2025-06-30", "ends_on: 2025-07-30", True),
        ("terms.ends_on within 30 days of 2025-06-30", "ends_on: 2025-07-31", False),
        ("terms.ends_on within 30 days of alliance.started", "ends_on: 2025-07-31", None),
        ("terms.ends_on after earliest_exit", "{ends_on: 2025-07-31, notice_days: 30}", True),
        ("terms.ends_on after earliest_exit", "{ends_on: 2025-07-30, notice_days: 30}", False),
        ("terms.ends_on after earliest_exit", "ends_on: 2025-07-31", None),
        ("days_left at most 30", "ends_on: 2025-07-30", True),
        ("some disputes", "disputes: []", False),
        ("some disputes", "trust: 3", None),
        ("no disputes", "disputes: []", True),
        ("every disputes where status is open", "disputes: []", True),
        ("every disputes where status is open", "trust: 3", None),
        ("some disputes where status is open", "disputes: [{id: a}]", None),
        ("no disputes where status is open", "disputes: [{id: a}]", None),
        ("some disputes where status is open", "disputes: [{id: a}, {id: b, status: open}]", True),
        ("no disputes where status is open", "disputes: [{id: a}, {id: b, status: open}]", False),
        ("every disputes where status is open", "disputes: [{id: a}, {id: b, status: open}]", None),
        ("every disputes where status is open", "disputes: [{id: a}, {id: b, status: settled}]", False),
        ("at least 2 disputes where status is open", "disputes: [{id: a}, {id: b, status: open}]", None),
        ("at least 2 disputes where status is open", "disputes: [{id: a, status: dormant}, {id: b}]", False),
        ("at most 1 disputes where status is open", "disputes: [{id: a, status: dormant}, {id: b}]", True),
        ("at most 1 disputes where status is open", "disputes: [{id: a}, {id: b}]", None),
        (
            "some disputes where status is open and severity at least 4",
            "disputes: [{id: a, status: open}, {id: b, severity: 2}]",
            None,
        ),
        ("some disputes where status is open and severity at least 4", "disputes: [{id: b, severity: 2}]", False),
        ("some disputes where opened before alliance.as_of", "disputes: [{id: a, opened: 2025-06-29}]", True),
        ("some disputes where opened before alliance.started", "disputes: [{id: a, opened: 2025-06-29}]", None),
        ("disputes is known", "disputes: []", True),
        ("disputes is unknown", "disputes: []", False),
        ("disputes is unknown", "trust: 3", True),
        ("alliance.purposes includes cost", "trust: 3", None),
        ("some disputes where touches includes price", "disputes: [{id: a, touches: []}]", False),
        ("some disputes where touches does not include price", "disputes: [{id: a, touches: []}]", True),
        ("finding rationale_lost", "trust: 3", False),
        ("no finding rationale_lost", "trust: 3", True),
        ("recommendation.option is exit", "trust: 3", None),
    ],
)
def test_a_line_is_true_false_or_unknown_at_its_boundary(line: str, facts: str, expected: Truth) -> None:
    node = condition(line)
    inside = facts if facts.startswith("{") else f"{{{facts}}}"
    one = situation(f"terms: {inside}")
    assert truth(node, one) is expected
    assert truth(NoneOf((node,)), one) is negation(expected)
    assert truth(without_negation(NoneOf((node,))), one) is negation(expected)


# Whole conditions and cases

MEANINGS = pairs(Path(__file__).with_name("meanings.txt"))
LEAVES: list[Leaf] = [leaf for line, _ in MEANINGS for leaf in leaves(condition(line, "'" if line[0] in "><=" else ""))]
FIELDS: dict[str, list[Any]] = {
    "status": ["open", "settled", "dormant"],
    "severity": [2, 2.5, 4],
    "attempts": [0, 1],
    "cost": [1000, 1001],
    "admitted": ["true", "false"],
    "touches": ["[]", "[price]", "[scope, people]"],
    "opened": ["2025-05-31", "2025-06-30", "2024-12-31"],
    "contested": [0.25, 0.2],
}
TERMS: dict[str, list[Any]] = {
    "rationale": ["valid", "weakening", "gone"],
    "exclusive": ["true", "false"],
    "trust": [2, 3, 3.5],
    "our_share": [0.5, 0.6, 0.333],
    "balance": [-5, -1500, 0],
    "notice_days": [30, 31, 92],
    "ends_on": ["2025-06-30", "2025-09-28", "2025-12-31", "2026-01-01"],
    "counsel": ["Smith", "one of us"],
}


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A case with values at the boundaries of the lines, many of them unknown, and a few findings."""
    terms = [f"  {name}: {draw(st.sampled_from(values))}" for name, values in TERMS.items() if draw(st.booleans())]
    if draw(st.booleans()):
        records = []
        for number in range(draw(st.integers(0, 3))):
            fields = {name: draw(st.sampled_from(values)) for name, values in FIELDS.items() if draw(st.integers(0, 2))}
            records.append(f"{{id: D{number}, " + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}")
        terms.append(f"  disputes: [{', '.join(records)}]")
    found = situation("terms:\n" + "\n".join(terms) if terms else "")
    levels = {"rationale_lost": draw(st.integers(0, 3))}
    return Situation(found.case, found.observations, {name: level for name, level in levels.items() if level})


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.builds(
        lambda combine, several: combine(tuple(several)),
        st.sampled_from([All, AnyOf, NoneOf]),
        st.lists(parts, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(CONDITIONS, situations())
def test_pushing_negation_into_the_leaves_changes_no_answer(node: Condition, one: Situation) -> None:
    plain = without_negation(node)
    assert truth(plain, one) is truth(node, one)
    assert truth(without_negation(node, negated=True), one) is negation(truth(node, one))
    assert not _holds_none(plain)


@settings(max_examples=30)
@given(one=situations())
def test_the_negation_of_every_line_is_its_opposite(one: Situation) -> None:
    for leaf in LEAVES:
        assert truth(without_negation(leaf, negated=True), one) is negation(truth(leaf, one)), leaf.text


def test_negation_keeps_the_place_and_says_what_it_negates() -> None:
    [leaf] = leaves(without_negation(condition("finding rationale_lost"), negated=True))
    assert leaf.text == "not (finding rationale_lost)"
    assert leaf.location == condition("finding rationale_lost").location


def test_equal_meaning_makes_equal_nodes_whatever_the_words() -> None:
    assert condition("terms.trust >= 3") == condition("terms.trust at least 3")
    assert condition("fewer than 2 disputes") == condition("at most 1 disputes")
    assert condition("terms.rationale worse than valid") == condition("terms.rationale is one of weakening, gone")
    assert condition("terms.trust > 3") != condition("terms.trust at least 3")


def test_a_count_has_one_limit() -> None:
    for low, high in ((None, None), (1, 2)):
        with pytest.raises(ValueError, match="one limit"):
            Count("disputes", (FieldTest("status", Known()),), low, high)


def _holds_none(node: Condition) -> bool:
    return isinstance(node, NoneOf) or (isinstance(node, (All, AnyOf)) and any(map(_holds_none, node.parts)))
