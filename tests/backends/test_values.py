"""Values that are awkward to write or to compare arrive in the engine as they are, or are refused before it."""

from __future__ import annotations

import locale
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.backends.durable import DurableBackend
from engine.backends.encoding import encode
from engine.backends.network import MAX_TEXT
from engine.conditions import Check, Condition, Operand
from engine.errors import EngineFault
from engine.evaluate import truth
from engine.outcomes import Situation
from engine.predicates import Between, OneOf, Test
from engine.rules import Diagnosis
from engine.vocabulary import Kind, Value
from tests.parity.world import TYPES, rule, situation

TEXTS = [
    "",
    " ",
    "plain",
    'he said "no"',
    "it's",
    "back\\slash",
    "ends with a backslash\\",
    '\\"',
    "two\nlines",
    "tab\t, return\r",
    "\x01\x02\x1b[31m\x7f\x9f",
    "\u2028\u2029\ufeff",
    "Zürich, 東京",
    "e\u0301",
    "é",
    "🙂",
    "👩‍👩‍👧",
    "\ud83d",
    "\ude42\ud83d",
    "null",
    "true",
    "3",
    "1e5",
    '{"sid":"s","kind":"always"}',
    "[1,2]",
    "{{ 7*7 }}",
    "boot",
    "always",
    "a" * MAX_TEXT,
    "a" * (MAX_TEXT + 1),
    "a" * MAX_TEXT + "b",
    "🙂" * MAX_TEXT,
    "\x01" * 70_000,
    "a" * 65_536,
    "b" * 65_536,
    "a" * 1_000_000,
    "a" * 999_999 + "b",
]
NUMBERS: list[float] = [
    0,
    -0.0,
    1,
    -1,
    2**53,
    2**53 - 1,
    -(2**53),
    2**31,
    2**31 - 1,
    0.1,
    0.1 + 0.2,
    0.3,
    1 / 3,
    1e-07,
    1.0000000000000002e-07,
    5e-324,
    2.2250738585072014e-308,
    1e16,
    1e300,
    1.7976931348623157e308,
    -1e300,
    123456789.123456789,
]

ANY_NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)


def asking(name: str, kind: Kind, values: list[Any], ordered: bool = False) -> list[Condition]:
    """Whether a fact is each of the values; whether it is not; where they are ordered, how it compares."""
    tests: list[Test] = [OneOf((value,)) for value in values]
    tests += [OneOf((value,), negated=True) for value in values]
    if ordered:
        tests += [Between(low=value) for value in values]
        tests += [Between(high=value, high_open=True) for value in values]
    return [Check(Operand(name, TYPES[kind]), test) for test in tests]


def held(questions: list[Condition], facts: Situation) -> list[int]:
    """The places of the questions that hold, in the engine as by the direct evaluator."""
    fired: list[int] = []
    # The engine takes sixty comparisons of one fact.
    for start in range(0, len(questions), 50):
        some = list(enumerate(questions))[start : start + 50]
        with DurableBackend([rule(str(number), when, Diagnosis("shown")) for number, when in some]) as backend:
            fired += [int(firing.rule.id) for firing in backend.run(facts).firings]
    assert fired == [number for number, when in enumerate(questions) if truth(when, facts) is True]
    return fired


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:20]) + str(len(text)))
def test_texts(text: str) -> None:
    place, many = TEXTS.index(text), len(TEXTS)
    # It is itself, and is not any of the others.
    expected = [place, *(many + other for other in range(many) if other != place)]
    assert held(asking("deal.name", Kind.TEXT, TEXTS), situation({"deal.name": text})) == expected


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_numbers(number: float) -> None:
    held(asking("deal.value", Kind.AMOUNT, NUMBERS, ordered=True), situation({"deal.value": number}))


@pytest.mark.parametrize("day", [date.min, date(1, 1, 2), date(1969, 12, 31), date(2025, 6, 30), date.max])
def test_dates(day: date) -> None:
    days = [date.min, date(1, 1, 2), date(1969, 12, 31), date(1970, 1, 1), date(2025, 6, 30), date.max]
    held(asking("deal.ends", Kind.DATE, days, ordered=True), situation({"deal.ends": day}))


def test_a_fact_of_any_text_is_not_confused_with_what_the_engine_is_told_itself() -> None:
    """Texts that read like the engine's own properties are values like any other."""
    for text in ("s", "f0", "rule only", "node 0.0", "$s", "sid", "id", "kind"):
        assert held(asking("deal.name", Kind.TEXT, [text, "other"]), situation({"deal.name": text})) == [0, 3]


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(st.randoms(use_true_random=False), st.lists(st.text(max_size=40), min_size=2, max_size=6, unique=True))
def test_any_texts(chance: Random, texts: list[str]) -> None:
    text = chance.choice(texts)
    held(asking("deal.name", Kind.TEXT, texts), situation({"deal.name": text}))


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(
    st.randoms(use_true_random=False),
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
        min_size=2,
        max_size=8,
        unique=True,
    ),
)
def test_any_numbers(chance: Random, numbers: list[float]) -> None:
    number = chance.choice(numbers)
    held(asking("deal.value", Kind.AMOUNT, numbers, ordered=True), situation({"deal.value": number}))


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53 + 1, -(2**53) - 1, "x" * 70_000, None, ("a",), date(2025, 1, 1)]
)
def test_what_the_engine_cannot_read_is_never_handed_to_it(value: object) -> None:
    with pytest.raises((EngineFault, TypeError)):
        encode(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-07, "1.0e-07"),
        (1e300, "1.0e+300"),
        (1.5e-07, "1.5e-07"),
        (True, "true"),
        (1, "1"),
        (-0.0, "-0.0"),
        ('"\\\n🙂\ud800', '"\\"\\\\\\n\\ud83d\\ude42\\ud800"'),
        ({"a": [1, {"b": False}]}, '{"a":[1,{"b":false}]}'),
    ],
)
def test_how_values_are_written(value: object, text: str) -> None:
    assert encode(value) == text


def test_a_comma_in_decimals_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "localeconv", lambda: {"decimal_point": ","})
    with pytest.raises(EngineFault, match="decimals with a point"):
        DurableBackend([rule("only", "deal.stake at least 0.5", Diagnosis("shown"))])


def test_five_thousand_records() -> None:
    when: Value = "at least 2500 tasks where weight at least 3"
    tasks: list[dict[str, Value | None]] = [{"weight": 1 + number % 5} for number in range(5_000)]
    with DurableBackend([rule("only", str(when), Diagnosis("shown"))]) as backend:
        firing = backend.run(situation({}, {"tasks": tasks})).firings[0]
        assert len(firing.records) == 3_000
        assert backend.run(situation({}, {"tasks": tasks[:4_000]})).firings == ()
