from __future__ import annotations

from functools import cache

import pytest

from engine.authoring.facts_review import PAST, REVIEWS, review
from engine.facts_file import parse_case
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.vocabulary import Kind, Vocabulary

PROFILE = "alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30}\n"


@cache
def vocabulary() -> Vocabulary:
    return load_ruleset(builtin("rulesets") / "alliance").vocabulary


def remarks(facts: str) -> list[str]:
    content = (PROFILE + facts).encode()
    found = review("f", content, parse_case("f", content, vocabulary()), vocabulary())
    return [f"{one.location}: {one.message}" for one in found]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            "strategy: {rationale: {value: gone, dated: 2020-01-01}}",
            "f:2:12: the evidence for `strategy.rationale` is 2007",
        ),
        ("strategy: {rationale: {value: gone, dated: 2025-06-01}}", ""),
        (
            "strategy: {rationale: {value: gone, dated: 2025-07-01}}",
            "f:2:12: the evidence for `strategy.rationale` is dated",
        ),
        ("incidents: []", ""),
        ("contract: {breach_notice_on: 2025-07-01}", "f:2:12: `contract.breach_notice_on` is 2025-07-01, after"),
        ("contract: {breach_notice_on: 2025-06-30}", ""),
        ("contract: {ends_on: 2030-01-01}", ""),
        ("conflicts:\n- {id: A}\n- {id: C, opened: 2026-01-01}", "f:4:11: `conflicts.C.opened` is 2026-01-01, after"),
        ("reputation: {incidents: [{id: I, date: 2026-01-01}]}", "f:2:34: `reputation.incidents.I.date` is 2026"),
        ("conflicts: [{id: {value: C}, status: resolved}]", "f:2:30: conflict `C` is resolved, but not when"),
        ("conflicts: [{id: C, status: resolved, resolved_on: 2025-01-01}]", ""),
        (
            "conflicts: [{id: C, status: open, resolved_on: 2025-01-01}]",
            "f:2:35: conflict `C` is open, and `resolved_on`",
        ),
        (
            "conflicts: [{id: C, status: resolved, opened: 2025-02-01, resolved_on: 2025-01-01}]",
            "f:2:59: conflict `C` was resolved on 2025-01-01, before",
        ),
        ("strategy: {fit: {value: none, disputed: true}}", "f:2:12: `strategy.fit` is disputed, but not what else"),
        ("strategy: {fit: {value: none, disputed: true, plausible: [none, partial]}}", ""),
        ("strategy: {goal_alignment: {value: 2, disputed: true}}", "f:2:12: `strategy.goal_alignment` is disputed"),
        ("contract: {closed: {value: true, disputed: true}}", ""),
        ("scorecard:\n- {period: 2024-Q1}\n- {period: 2024-Q2}\n- {period: 2024-Q3}", ""),
        (
            "scorecard:\n- {period: 2024-Q1}\n- {period: 2024-Q4}",
            "f:4:4: 2 periods are left out of `scorecard` between `2024-Q1` and `2024-Q4`",
        ),
        ("scorecard:\n- {period: 2024-03}\n- {period: 2024-06}\n- {period: 2024-09}", ""),
        (
            "scorecard:\n- {period: 2024-Q1}\n- {period: 2024-06}",
            "f:4:4: `scorecard` has a quarter (`2024-Q1`) and a month (`2024-06`)",
        ),
        ("scorecard:\n- {period: 2022}\n- {period: 2023}", ""),
    ],
)
def test_what_is_worth_a_second_look(facts: str, expected: str) -> None:
    if facts.startswith("incidents"):
        facts = f"reputation: {{{facts}}}"
    found = remarks(facts)
    assert len(found) == bool(expected), found
    assert all(one.startswith(expected) for one in found)


def test_dates_of_what_has_happened_exist() -> None:
    known = vocabulary()
    dates = {name for name, fact in known.facts.items() if fact.type.kind is Kind.DATE}
    for records in known.lists.values():
        dates |= {f"{records.name}.{name}" for name, field in records.fields.items() if field.type.kind is Kind.DATE}
    assert dates >= PAST


def test_every_review_says_what_it_looks_for() -> None:
    assert all(one.__doc__ for one in REVIEWS.values())
