"""CLIPS as an outside judge: rules, translated in the plainest way, fire as those of the direct evaluator do.

The translation is that of the benchmarks, which time CLIPS with it.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from benchmarks.engines.clips import Clips
from engine.evaluate import settle
from engine.facts_file import load_case
from engine.measures import observe
from engine.outcomes import Situation
from engine.parse.ruleset import load_ruleset
from tests.parity.chance import any_rules, any_situation
from tests.parity.world import LISTS
from tests.properties.alliances import Maker

TOP = Path(__file__).parents[2]
RULESET = load_ruleset(TOP / "rulesets" / "alliance")


def test_random_rules_fire_in_the_same_order() -> None:
    firings = 0
    for number in range(60):
        chance = Random(f"clips {number}")
        rules = any_rules(chance)
        for _ in range(2):
            situation = any_situation(chance)
            in_force = [rule for rule in rules if rule.in_force(situation.case.as_of)]
            engine = Clips(in_force, LISTS, in_order=True)
            expected = [firing.rule.id for firing in settle(rules, situation).firings]
            assert engine.fired(engine.told(situation)) == expected, f"they disagree on Random('clips {number}')"
            firings += len(expected)
    assert firings > 400


def test_the_built_in_rules_fire_on_samples_and_random_cases() -> None:
    cases = [load_case(str(path), RULESET.vocabulary) for path in sorted(TOP.glob("facts/*/*/facts.yaml"))]
    maker, chance = Maker(RULESET.vocabulary, days=True), Random("clips")
    cases += [maker.case(chance) for _ in range(200)]
    judging = [rule for rule in RULESET.rules if not rule.plans]
    engine = Clips(judging, RULESET.vocabulary.lists)
    fired: set[str] = set()
    for number, case in enumerate(cases):
        situation = Situation(case, observe(RULESET.measures, case))
        expected = settle(judging, situation).fired
        assert set(engine.fired(engine.told(situation))) == expected, f"they disagree on case {number}"
        fired |= expected
    assert len(fired) > len(judging) * 0.9
