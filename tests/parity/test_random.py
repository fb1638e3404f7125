"""Random rulesets on random cases: the engine, the direct evaluator and the naive definition fire the same, in order.

Each run of the tests takes two thousand cases from Hypothesis, which cuts a disagreement down to a small one before
it shows it, and as many that are drawn without it, ten times as fast; always the same ones. Before a release, and after
any change to `engine/backends/`, `engine/evaluate.py`, `engine/conditions.py` or `engine/predicates.py`, run more of
them, and others:

    ADVISOR_PARITY_CASES=100000 ADVISOR_PARITY_SEED=7 python -m pytest tests/parity

That number is drawn without Hypothesis; the seed is for both, and for `test_variation.py`, which grows with the
number. A disagreement names the seed of its ruleset.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.backends.durable import DurableBackend
from engine.evaluate import settle, truth
from engine.outcomes import Situation
from engine.rules import Rule
from tests.parity.chance import any_rules, any_situation

USUAL_CASES = 2_000
CASES = max(USUAL_CASES, int(os.environ.get("ADVISOR_PARITY_CASES", "0")))
SEED = int(os.environ.get("ADVISOR_PARITY_SEED", "0"))
CASES_OF_A_RULESET = 8


def in_many_worlds(check: Callable[[Random], None], rulesets: int) -> None:
    """Runs a check on so many random rulesets; what it draws from is Hypothesis's own, so that it can shrink it."""
    repeated = settings(
        max_examples=rulesets,
        derandomize=SEED == 0,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )(given(st.randoms(use_true_random=False))(check))
    (hypothesis.seed(SEED)(repeated) if SEED else repeated)()


def naive(rules: tuple[Rule, ...], situation: Situation) -> tuple[list[str], Situation]:
    """The definition: of the rules that hold and have not fired, the first of the lowest layer fires; and again."""
    left = [rule for rule in rules if rule.in_force(situation.case.as_of)]
    fired: list[str] = []
    while True:
        holding = [rule for rule in left if truth(rule.when, situation) is True]
        if not holding:
            return fired, situation
        lowest = min(rule.layer for rule in holding)
        first = next(rule for rule in holding if rule.layer == lowest)
        left.remove(first)
        fired.append(first.id)
        situation = situation.after((first,))


@dataclass
class Seen:
    """What a run met: it is worth something only where rules do fire, after one another."""

    cases: int = 0
    firings: int = 0
    layers: int = 0


def agree(chance: Random, seen: Seen, message: str = "") -> None:
    """One random ruleset on some random cases, before all three judges."""
    rules = any_rules(chance)
    seen.layers = max(seen.layers, 1 + max(rule.layer for rule in rules))
    with DurableBackend(rules) as backend:
        for _ in range(CASES_OF_A_RULESET):
            situation = any_situation(chance)
            expected, after = naive(rules, situation)
            directly = settle(rules, situation)
            assert [firing.rule.id for firing in directly.firings] == expected, message
            assert directly.situation == after, message
            in_engine = backend.run(situation)
            assert [firing.rule.id for firing in in_engine.firings] == expected, message
            assert in_engine.situation == after, message
            seen.cases += 1
            seen.firings += len(expected)


@pytest.mark.slow
def test_with_hypothesis() -> None:
    seen = Seen()
    in_many_worlds(lambda chance: agree(chance, seen), USUAL_CASES // CASES_OF_A_RULESET)
    assert seen.cases >= USUAL_CASES
    assert seen.firings > seen.cases
    assert seen.layers >= 3


def test_without_hypothesis() -> None:
    seen = Seen()
    for number in range(-(-CASES // CASES_OF_A_RULESET)):
        agree(Random(f"{SEED}/{number}"), seen, f"they disagree on Random('{SEED}/{number}')")
    assert seen.cases >= CASES
    assert seen.firings > 4 * seen.cases
    assert seen.layers >= 3
