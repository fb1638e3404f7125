"""The articles' own cases: the option and the form that each article points to, for the reasons that it gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.assessment import Advisor, Assessment
from engine.facts_file import load_case
from engine.parse.ruleset import load_ruleset
from engine.rules import OPTIONS

TOP = Path(__file__).parents[2]
SEEDS = sorted(path.parent for path in TOP.glob("facts/seeds/*/outcome.yaml"))


@pytest.fixture(scope="module")
def advisor() -> Iterator[Advisor]:
    with Advisor(load_ruleset(TOP / "rulesets" / "alliance")) as advisor:
        yield advisor


@pytest.fixture(params=SEEDS, ids=lambda folder: folder.name)
def seed(request: pytest.FixtureRequest, advisor: Advisor) -> tuple[dict[str, Any], Assessment]:
    """What is expected of a case, and what the advisor says of it."""
    expected = yaml.safe_load((request.param / "outcome.yaml").read_text(encoding="utf-8"))
    case = load_case(str(request.param / "facts.yaml"), advisor.ruleset.vocabulary)
    return expected, advisor.assess(case)


Seed = tuple[dict[str, Any], Assessment]


def test_that_all_cases_of_the_articles_are_there() -> None:
    assert len(SEEDS) == 7


def test_the_expected_option_and_form(seed: Seed) -> None:
    expected, assessed = seed
    assert assessed.recommended.option == expected["expected_option"]
    if "expected_form" in expected:
        assert assessed.recommended.form == expected["expected_form"]
    assert assessed.recommended.status != "closed"


def test_the_expected_reasons_are_counted(seed: Seed) -> None:
    expected, assessed = seed
    standing = assessed.verdict.standing(expected["expected_option"])
    counted = {argument.rule.id for argument in standing.arguments_for if argument.counted}
    assert 2 <= len(expected["expected_rules"]) <= 4
    assert set(expected["expected_rules"]) <= counted


def test_the_other_reasons_of_the_article_are_argued(seed: Seed) -> None:
    expected, assessed = seed
    standing = assessed.verdict.standing(expected["expected_option"])
    assert set(expected["argued_rules"]) <= {argument.rule.id for argument in standing.arguments_for}


def test_what_the_article_does_not_say_is_not_found(seed: Seed) -> None:
    expected, assessed = seed
    assert set(expected["unexpected_rules"]) <= set(assessed.ruleset.by_id)
    assert not set(expected["unexpected_rules"]) & assessed.judgement.fired


def test_the_reasons_are_worded(seed: Seed) -> None:
    _, assessed = seed
    for standing in assessed.verdict.standings:
        for argument in (*standing.arguments_for, *standing.arguments_against):
            assert len(assessed.reasons.of(argument.rule)) > 10
    assert assessed.actions


def test_what_could_be_defended_is_an_option(seed: Seed) -> None:
    expected, _ = seed
    assert {expected["expected_option"], *expected["acceptable"]} <= set(OPTIONS)
