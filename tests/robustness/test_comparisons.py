"""What rules ask of facts and fields, once a ruleset is read: reading it off changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from engine.robustness.comparisons import Asked, Comparisons
from engine.rules import Argument
from tests.parity.world import condition, in_layers, rule, ruleset


def comparisons(*lines: Any) -> Comparisons:
    rules = [
        rule(f"r{number}", condition(line), Argument("exit", "for", "slight")) for number, line in enumerate(lines)
    ]
    return Comparisons(ruleset(in_layers(*rules)))


def test_looking_up_what_nothing_asks_of_leaves_no_trace() -> None:
    found = comparisons("deal.trust at least 3", "some tasks where cost more than 7")
    before = {name: dict(part) for name, part in vars(found).items()}
    assert found.of_fact("deal.stage") == Asked()
    assert found.of_field("tasks", "state") == Asked()
    assert {name: dict(part) for name, part in vars(found).items()} == before


def test_what_is_asked_cannot_be_changed_by_who_reads_it() -> None:
    asked = comparisons("deal.trust at least 3").of_fact("deal.trust")
    assert len(asked.tests) == 1
    hash(asked)
    with pytest.raises(AttributeError):
        asked.calculated = True  # type: ignore[misc]
