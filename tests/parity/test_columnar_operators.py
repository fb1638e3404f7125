"""Every operator at its boundary, beside it and on unknown: a column of answers is what the direct evaluator gives.

The answers stand in `operators.py`. Each line is judged as it stands and denied, all its values as the rows of one
table; once with the values of facts as codes, and once, where they are numbers, as numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from engine.backends.columnar import table as tables
from engine.bulk import Bulk, Table
from engine.conditions import All, AnyOf, Condition, NoneOf
from engine.outcomes import Situation
from engine.predicates import negation
from engine.rules import Diagnosis, Finding
from engine.vocabulary import Value
from tests.parity.operators import BLOCKS, COUNTS, DATE_PAIRS, MADE, MEASURED, SCALARS, F, T, U
from tests.parity.world import AS_OF, VOCABULARY, condition, in_layers, rule, ruleset, situation

Expected = bool | None


@pytest.fixture(params=["codes", "numbers"], autouse=True)
def form_of_numbers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "numbers":
        monkeypatch.setattr(tables, "MANY_NUMBERS", 0)


def judge(when: Condition, rows: Sequence[tuple[Situation, Expected]]) -> None:
    """The condition and its denial on all rows together, and on each by itself, where nothing varies."""
    rules = ruleset(
        in_layers(
            rule("as-it-stands", when, Diagnosis("shown")),
            rule("denied", NoneOf((when,)), Diagnosis("hidden")),
            rule("denied-twice", NoneOf((NoneOf((when,)),)), Diagnosis("shown again")),
        )
    )
    expected = [
        {
            name
            for name, holds in zip(("as-it-stands", "denied", "denied-twice"), (one, negation(one), one), strict=True)
            if holds
        }
        for _, one in rows
    ]
    cases = [facts.case for facts, _ in rows]
    bulk = Bulk(rules, workers=1)
    together = bulk.judge(Table.of_cases(cases, VOCABULARY), fired=True)
    assert [together.fired_in(row) for row in range(len(rows))] == expected
    # Another date in one row: what the date of the case has to do with it varies as well.
    later = cases[0].with_value("alliance.as_of", AS_OF + timedelta(days=1000))
    with_dates = bulk.judge(Table.of_cases([*cases, later], VOCABULARY), fired=True)
    assert [with_dates.fired_in(row) for row in range(len(rows))] == expected
    for case, fired in zip(cases, expected, strict=True):
        assert bulk.judge(Table.of_cases([case], VOCABULARY), fired=True).fired_in(0) == fired


def scalar_rows() -> Iterator[Any]:
    for fact, field, lines in SCALARS.values():
        for line, rows in lines.items():
            yield pytest.param(fact, field, line, rows, id=f"{fact}: {line.format('…')}")


@pytest.mark.parametrize(("fact", "field", "line", "rows"), [*scalar_rows()])
def test_of_a_fact(fact: str, field: str, line: str, rows: list[tuple[Any, Expected]]) -> None:
    judge(condition(line.format(fact)), [(situation({fact: value}), expected) for value, expected in rows])


@pytest.mark.parametrize(("fact", "field", "line", "rows"), [*scalar_rows()])
def test_of_a_field(fact: str, field: str, line: str, rows: list[tuple[Any, Expected]]) -> None:
    situations = [(situation({}, {"tasks": [{field: value}]}), expected) for value, expected in rows]
    judge(condition(f"some tasks where {line.format(field)}"), situations)
    judge(condition(f"every tasks where {line.format(field)}"), situations)


@pytest.mark.parametrize("line", DATE_PAIRS)
def test_of_two_dates(line: str) -> None:
    rows = DATE_PAIRS[line]
    as_fact = [(situation({"deal.ends": value, "deal.started": start}), one) for (value, start), one in rows]
    judge(condition(line.format("deal.ends")), as_fact)
    # One of the two is the same in all rows.
    for (value, start), one in rows:
        of_one = [(situation({"deal.ends": value, "deal.started": start, "deal.name": name}), one) for name in "ab"]
        judge(condition(line.format("deal.ends")), of_one)
    as_field = [(situation({"deal.started": start}, {"tasks": [{"due": value}]}), one) for (value, start), one in rows]
    judge(condition(f"some tasks where {line.format('due')}"), as_field)


@pytest.mark.parametrize("line", COUNTS)
def test_of_a_list(line: str) -> None:
    rows = [(situation({}, {"tasks": in_records("weight", weights)}), one) for weights, one in COUNTS[line]]
    judge(condition(line), rows)


@pytest.mark.parametrize("line", MEASURED)
def test_of_a_measure(line: str) -> None:
    rows = [(situation({}, {"tasks": in_records("cost", costs)}), one) for costs, one in MEASURED[line]]
    judge(condition(line), rows)


def in_records(field: str, values: list[Value | None] | None) -> list[Mapping[str, Value | None]] | None:
    return None if values is None else [{field: value} for value in values]


@pytest.mark.parametrize("line", MADE)
def test_of_what_was_made(line: str) -> None:
    """Made by a rule of the same ruleset: in every row, in some, and in none."""
    for level, expected in MADE[line]:
        for maker_holds in ("always", "deal.trust at least 3", "deal.trust at least 5"):
            conclusion = Finding("drift", level or 1) if "finding" in line else Diagnosis("drift")
            maker = rule("maker", condition(maker_holds if level else "deal.trust at least 5"), conclusion)
            rules = ruleset(in_layers(rule("asker", condition(line), Diagnosis("shown")), maker))
            cases = [situation({"deal.trust": trust}).case for trust in (2, 3, U)]
            answers = Bulk(rules).judge(Table.of_cases(cases, VOCABULARY), fired=True)
            for row in range(3):
                made = "maker" in answers.fired_in(row)
                not_made = dict(MADE[line])[0]
                assert ("asker" in answers.fired_in(row)) is (expected if made else not_made)


@pytest.mark.parametrize("block", BLOCKS)
def test_of_blocks(block: str) -> None:
    when = condition({block: ["deal.exclusive is true", "deal.trust at least 3"]})
    values: dict[Expected, float | None] = {T: 3, F: 2, U: U}
    rows = [
        (situation({"deal.exclusive": first, "deal.trust": values[second]}), expected)
        for (first, second), expected in BLOCKS[block].items()
    ]
    judge(when, rows)


def test_of_blocks_without_parts() -> None:
    for when, expected in ((All(()), T), (AnyOf(()), F), (NoneOf(()), T)):
        judge(when, [(situation({"deal.trust": trust}), expected) for trust in (1, 2)])
