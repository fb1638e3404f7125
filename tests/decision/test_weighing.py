"""Arguments become points: one ground counts once on each side of an option, by its strongest argument."""

from __future__ import annotations

from random import Random

import pytest

from engine.conditions import All
from engine.decision.verdict import Verdict, decide
from engine.decision.weighing import WEIGHING_FUNCTIONS, Scores, strongest_per_ground, sum_of_all, weighed_arguments
from engine.parse.ruleset import WEIGHING_FUNCTIONS as DECLARED
from engine.rules import Argument, Rule
from tests.parity.chance import any_rules
from tests.parity.world import rule, situation, weighing


def arguing(id_: str, ground: str, *arguments: tuple[str, str, str]) -> Rule:
    return rule(id_, All(()), *(Argument(*one) for one in arguments), ground=ground)


def weighed(*rules: Rule, function: str = "strongest-per-ground") -> Verdict:
    return decide(rules, situation(), weighing(function=function))


RULES = (
    arguing("b", "conflict", ("exit", "for", "strong")),
    arguing("a", "conflict", ("exit", "for", "strong"), ("continue", "against", "slight")),
    arguing("c", "conflict", ("exit", "for", "slight")),
    arguing("d", "culture", ("exit", "for", "moderate")),
    arguing("e", "contract", ("exit", "against", "decisive")),
    arguing("f", "contract", ("exit", "against", "slight")),
    arguing("g", "contract", ("exit", "for", "slight")),
)


def test_one_ground_counts_once_on_each_side() -> None:
    exit_ = weighed(*RULES).standing("exit")
    # Conflict 4, culture 2 and contract 1 for it; contract 8 against it.
    assert exit_.score == 4 + 2 + 1 - 8
    assert [(one.rule.id, one.points, one.counted) for one in exit_.arguments_for] == [
        ("a", 4, True),
        ("d", 2, True),
        ("g", 1, True),
        ("b", 4, False),
        ("c", 1, False),
    ]
    against = [(one.rule.id, one.points, one.counted) for one in exit_.arguments_against]
    assert against == [("e", 8, True), ("f", 1, False)]
    assert {one.ground for one in exit_.arguments_against} == {"contract"}


def test_ten_rules_on_one_weakness_do_not_outweigh_two_different_ones() -> None:
    ten = [arguing(f"r{number}", "conflict", ("exit", "for", "strong")) for number in range(10)]
    two = [
        arguing("x", "culture", ("continue", "for", "strong")),
        arguing("y", "contract", ("continue", "for", "moderate")),
    ]
    found = weighed(*ten, *two)
    assert found.standing("exit").score == 4
    assert found.standing("continue").score == 6


def test_the_sum_of_all_counts_all() -> None:
    exit_ = weighed(*RULES, function="sum-of-all").standing("exit")
    assert exit_.score == 4 + 4 + 1 + 2 + 1 - 8 - 1
    assert all(one.counted for one in exit_.arguments_for + exit_.arguments_against)
    assert [one.rule.id for one in exit_.arguments_for] == ["a", "b", "d", "c", "g"]


def test_of_equals_the_first_rule_id_counts_whatever_the_order_of_the_files() -> None:
    expected = weighed(*RULES)
    for number in range(20):
        rules = list(RULES)
        Random(number).shuffle(rules)
        assert weighed(*rules) == expected


def test_the_functions_themselves() -> None:
    arguments = [("conflict", 4.0), ("conflict", 4.0), ("culture", 2.0), ("conflict", 1.0)]
    assert strongest_per_ground(arguments) == {0, 2}
    assert sum_of_all(arguments) == {0, 1, 2, 3}
    assert strongest_per_ground([]) == sum_of_all([]) == set()


def test_that_rulesets_may_name_every_function_and_no_other() -> None:
    assert tuple(WEIGHING_FUNCTIONS) == DECLARED


def test_decimal_points_add_up_exactly() -> None:
    tenths = weighing(strengths={"slight": 0.1, "moderate": 0.2, "strong": 0.7, "decisive": 1})
    rules = [
        arguing("a", "conflict", ("exit", "for", "slight")),
        arguing("b", "culture", ("exit", "for", "moderate")),
        arguing("c", "contract", ("exit", "for", "strong")),
    ]
    assert decide(rules, situation(), tenths).standing("exit").score == 1
    assert decide(rules[:2], situation(), tenths).standing("exit").score == 0.3


@pytest.mark.parametrize("function", DECLARED)
def test_scores_of_changed_rules_are_those_worked_out_anew(function: str) -> None:
    weighs = weighing(function=function, strengths={"slight": 0.1, "moderate": 0.2, "strong": 0.3, "decisive": 0.7})
    for number in range(100):
        chance = Random(f"scores {number}")
        rules = any_rules(chance)
        before, after = ({one for one in rules if chance.random() < 0.5} for _ in range(2))
        ordered = [[one for one in rules if one in some] for some in (before, after, after - before, before - after)]
        changed = Scores(ordered[0], weighs).changed(ordered[2], ordered[3])
        assert changed == Scores(ordered[1], weighs).of
        arguments = weighed_arguments(ordered[1], weighs)
        for option, score in changed.items():
            sides = {
                side: sum(one.points for one in arguments.get((option, side), ()) if one.counted)
                for side in ("for", "against")
            }
            assert score == pytest.approx(sides["for"] - sides["against"], abs=1e-9)
