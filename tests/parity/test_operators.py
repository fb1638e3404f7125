"""Every operator at its boundary, beside it and on unknown: the direct evaluator and the engine give the same answer.

The answers stand in `operators.py`. Each line is judged as it stands and denied, each time as the only rule of a
ruleset.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from engine.backends.durable import DurableBackend
from engine.conditions import All, AnyOf, Check, Condition, Count, Mismatch, NoneOf, leaves, require_fit
from engine.evaluate import settle, truth
from engine.outcomes import Situation
from engine.predicates import Between, Includes, Known, OneOf, Test, negation
from engine.rules import Diagnosis, Finding
from engine.vocabulary import Kind, Value
from tests.parity.operators import BLOCKS, COUNTS, DATE_PAIRS, MADE, MEASURED, SCALARS, F, Rows, T, U
from tests.parity.world import AS_OF, TYPES, condition, in_layers, rule, situation


def scalar_rows() -> Iterator[tuple[str, str, str, Rows]]:
    for fact, field, lines in SCALARS.values():
        for line, rows in lines.items():
            yield fact, field, line, rows


of_one_value = pytest.mark.parametrize(
    ("fact", "field", "line", "rows"),
    [pytest.param(*row, id=f"{row[0]}: {row[2].format('…')}") for row in scalar_rows()],
)


def fires(when: Condition, facts: Situation) -> bool:
    """Whether a ruleset of this one rule fires it."""
    with DurableBackend([rule("only", when, Diagnosis("shown"))]) as backend:
        trace = backend.run(facts)
    assert trace.situation.level("diagnosis", "shown") == len(trace.firings)
    return trace.fired == {"only"}


def judge(when: Condition, facts: Situation, expected: bool | None) -> None:
    """Both judges, on the condition and on its denial."""
    assert truth(when, facts) is expected
    assert fires(when, facts) is (expected is True)
    denied = NoneOf((when,))
    assert truth(denied, facts) is negation(expected)
    assert fires(denied, facts) is (expected is False)


@of_one_value
def test_of_a_fact(fact: str, field: str, line: str, rows: Rows) -> None:
    when = condition(line.format(fact))
    for value, expected in rows:
        judge(when, situation({fact: value}), expected)


@of_one_value
def test_of_a_field(fact: str, field: str, line: str, rows: Rows) -> None:
    some = condition(f"some tasks where {line.format(field)}")
    every = condition(f"every tasks where {line.format(field)}")
    for value, expected in rows:
        facts = situation({}, {"tasks": [{field: value}]})
        judge(some, facts, expected)
        judge(every, facts, expected)


@pytest.mark.parametrize("line", DATE_PAIRS)
def test_of_two_dates(line: str) -> None:
    as_fact = condition(line.format("deal.ends"))
    as_field = condition(f"some tasks where {line.format('due')}")
    for (value, start), expected in DATE_PAIRS[line]:
        judge(as_fact, situation({"deal.ends": value, "deal.started": start}), expected)
        judge(as_field, situation({"deal.started": start}, {"tasks": [{"due": value}]}), expected)


@pytest.mark.parametrize("line", COUNTS)
def test_of_a_list(line: str) -> None:
    when = condition(line)
    for weights, expected in COUNTS[line]:
        judge(when, situation({}, {"tasks": in_records("weight", weights)}), expected)


@pytest.mark.parametrize("line", MEASURED)
def test_of_a_measure(line: str) -> None:
    when = condition(line)
    for costs, expected in MEASURED[line]:
        judge(when, situation({}, {"tasks": in_records("cost", costs)}), expected)


@pytest.mark.parametrize(
    ("line", "started", "expected"),
    [
        ("last_day is 2025-01-11", date(2025, 1, 1), T),
        ("last_day is 2025-01-11", date(2025, 1, 2), F),
        ("last_day before deal.ends", date(2025, 6, 19), T),
        ("last_day before deal.ends", date(2025, 6, 20), F),
        ("last_day before deal.ends", U, U),
        ("deal.ends within 0 days after last_day", date(2025, 6, 20), T),
        ("deal.ends within 0 days after last_day", date(2025, 6, 19), F),
        ("deal.ends within 0 days after last_day", U, U),
    ],
)
def test_of_a_date_that_is_a_measure(line: str, started: date | None, expected: bool | None) -> None:
    judge(condition(line), situation({"deal.started": started, "deal.people": 10, "deal.ends": AS_OF}), expected)


def in_records(field: str, values: list[Value | None] | None) -> list[dict[str, Value | None]] | None:
    return None if values is None else [{field: value} for value in values]


@pytest.mark.parametrize("line", MADE)
def test_of_what_was_made(line: str) -> None:
    """Made in an earlier run, and made by a rule of the same one."""
    when = condition(line)
    for level, expected in MADE[line]:
        finding = "finding" in line
        before = {"findings": {"drift": level} if level and finding else {}}
        judge(when, situation(**before, diagnoses=frozenset({"drift"} if level and not finding else ())), expected)
        conclusion = Finding("drift", level) if finding else Diagnosis("drift")
        maker = rule("maker", condition("always") if level else condition("deal.trust at least 3"), conclusion)
        rules = in_layers(rule("asker", when, Diagnosis("shown")), maker)
        with DurableBackend(rules) as backend:
            trace = backend.run(situation())
        assert ("asker" in trace.fired) is expected
        assert [one.rule.id for one in trace.firings] == [one.rule.id for one in settle(rules, situation()).firings]


@pytest.mark.parametrize("block", BLOCKS)
def test_of_blocks(block: str) -> None:
    when = condition({block: ["deal.exclusive is true", "deal.trust at least 3"]})
    values: dict[bool | None, float | None] = {T: 3, F: 2, U: U}
    for (first, second), expected in BLOCKS[block].items():
        judge(when, situation({"deal.exclusive": first, "deal.trust": values[second]}), expected)


def test_of_blocks_side_by_side_and_nested() -> None:
    when = condition(
        {
            "all": ["deal.exclusive is true", {"none": [{"all": ["deal.trust at least 3", "deal.people is 0"]}]}],
            "any": ["deal.value less than 0", {"all": ["deal.health is weak", {"none": ["no tasks"]}]}],
        }
    )
    base: dict[str, Value | None] = {"deal.exclusive": True, "deal.trust": 2, "deal.health": "weak"}
    one = {"tasks": [{"weight": 1}]}
    judge(when, situation(base, one), T)
    judge(when, situation({**base, "deal.trust": 3, "deal.people": 1}, one), T)
    judge(when, situation({**base, "deal.trust": 3, "deal.people": 0}, one), F)
    judge(when, situation({**base, "deal.trust": 3}, one), U)
    judge(when, situation(base, {"tasks": []}), U)
    judge(when, situation({**base, "deal.value": 0}, {"tasks": []}), F)
    judge(when, situation({**base, "deal.value": -1}, {"tasks": []}), T)
    judge(when, situation({"deal.exclusive": False}), F)


def test_of_always() -> None:
    assert truth(condition("always"), situation()) is True
    assert fires(condition("always"), situation())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("recommendation.option is exit", T),
        ("recommendation.option is one of continue, renegotiate", F),
        ("recommendation.option is not exit", F),
    ],
)
def test_of_the_recommendation(line: str, expected: bool) -> None:
    known = {"recommendation.option": "exit", "recommendation.form": "expiry"}
    judge(condition(line), situation(recommendation=known), expected)
    judge(condition(line), situation(), U)


def test_that_the_table_is_whole() -> None:
    """Every type has a row, as a fact and as a field, for every question that can be asked of it."""
    questions: list[Test] = [
        OneOf((), False),
        OneOf((), True),
        Between(low=0),
        Between(low=AS_OF),
        Includes((), False),
        Includes((), True),
    ]
    for kind, (fact, field, lines) in SCALARS.items():
        asked = {kind_of(leaf.test) for line in lines for leaf in checks(condition(line.format(fact)))}
        in_fields = {
            kind_of(test.test)
            for line in lines
            for leaf in leaves(condition(f"some tasks where {line.format(field)}"))
            if isinstance(leaf, Count)
            for test in leaf.where
        }
        expected = {kind_of(Known(False)), kind_of(Known(True))}
        for question in questions:
            try:
                require_fit(TYPES[kind], question)
            except Mismatch:
                continue
            expected.add(kind_of(question))
        assert asked == in_fields == expected, kind
    assert set(SCALARS) == set(Kind)
    assert all(any(value is None for value, _ in rows) for *_, rows in scalar_rows())


def kind_of(test: object) -> tuple[str, bool]:
    return type(test).__name__, getattr(test, "negated", False)


def checks(when: Condition) -> Iterator[Check]:
    return (leaf for leaf in leaves(when) if isinstance(leaf, Check))


def test_that_a_denied_range_is_two_alternatives() -> None:
    """The denial of a range lies on both sides of it."""
    when = condition({"none": ["deal.trust between 2 and 3"]})
    for value, expected in ((1.9, T), (2, F), (3, F), (3.1, T), (U, U)):
        judge(when, situation({"deal.trust": value}), expected)


def test_of_blocks_without_parts() -> None:
    """Nobody can write them, but what is denied may come to them."""
    judge(All(()), situation(), T)
    judge(AnyOf(()), situation(), F)
    judge(NoneOf(()), situation(), T)
