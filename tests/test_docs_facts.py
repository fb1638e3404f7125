"""Every YAML example of docs/facts.md is a facts file, or a part of one, that can be loaded."""

from __future__ import annotations

import re
from functools import cache

import pytest

from engine.errors import FactsError
from engine.facts_file import parse_case
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.vocabulary import Vocabulary
from tests.fresh_machine import TOP

PAGE = (TOP / "docs" / "facts.md").read_text(encoding="utf-8")
README = (TOP / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE + README, re.DOTALL | re.MULTILINE)
REQUIRED = "alliance: {name: A name, us: We, partner: They, as_of: 2025-06-30}\n"


@cache
def vocabulary() -> Vocabulary:
    return load_ruleset(builtin("rulesets") / "alliance").vocabulary


def whole(example: str) -> str:
    return example if example.startswith("alliance:") else REQUIRED + example


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split(":")[0])
def test_example_can_be_loaded(example: str) -> None:
    case = parse_case("example.yaml", whole(example).encode(), vocabulary())
    assert case.facts


def test_unknown_and_empty_lists_differ_as_the_page_says() -> None:
    (example,) = (example for example in EXAMPLES if "commitments: unknown" in example)
    case = parse_case("example.yaml", whole(example).encode(), vocabulary())
    assert case.records("conflicts") == ()
    assert case.records("commitments") is None
    assert case.value("strategy.regulatory_shift") is None


def test_the_message_shown_is_the_one_given() -> None:
    shown = re.search(r"^    (my-alliance\.yaml:\d+:\d+: .*\n    .*)$", PAGE, re.MULTILINE)
    assert shown
    text = REQUIRED + "\n\n\n\nstrategy:\n  rational: gone\n"
    with pytest.raises(FactsError) as caught:
        parse_case("my-alliance.yaml", text.encode(), vocabulary())
    assert str(caught.value) == shown[1].replace("\n    ", "\n")
