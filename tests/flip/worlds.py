"""Random cases of the made-up world with what can be changed about them, and the plain way to judge a change."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from engine.case import Case
from engine.decision.verdict import Verdict, decide
from engine.evaluate import settle
from engine.explain.changes import Change, changed
from engine.explain.levers import all_changes
from engine.explain.variation import RuleGraph
from engine.measures import observe
from engine.outcomes import Situation
from engine.rules import OPTIONS, Argument, Ruleset
from tests.parity.chance import GROUNDS, STRATA, STRENGTHS, any_condition, any_rules, any_situation
from tests.parity.world import VOCABULARY, in_layers, rule, ruleset, weighing

NOWHERE = ""


class World(NamedTuple):
    """A ruleset, a case, and all that somebody could change about it."""

    rules: Ruleset
    case: Case
    here: str
    changes: tuple[Change, ...]


def judged(rules: Ruleset, case: Case) -> Verdict:
    """The verdict of the direct evaluator."""
    start = Situation(case, observe(rules.measures, case))
    trace = settle((one for one in rules.rules if not one.plans), start)
    return decide((firing.rule for firing in trace.firings), trace.situation, rules.weighing)


def option_of(rules: Ruleset, case: Case) -> str:
    """The option that is recommended; NOWHERE where every option is closed."""
    winner = judged(rules, case).winner
    return NOWHERE if winner.status == "closed" else winner.option


def option_with(world: World, changes: tuple[Change, ...]) -> str:
    """Where changes lead."""
    return option_of(world.rules, changed(world.case, changes, VOCABULARY))


def any_world(chance: Random, arguing: int = 60, made: Callable[[Case], Case] = lambda case: case) -> World:
    """A random world; many rules argue and margins are small, so that answers change easily.

    `made` says what is made of the random case.
    """
    rules = any_rules(chance, 3)
    strengths = STRENGTHS[: chance.choice((1, 2, 4))]
    arguments = [
        rule(
            f"a{number}",
            any_condition(chance, len(STRATA) - 1, depth=chance.choice((0, 0, 1))),
            Argument(chance.choice(OPTIONS), chance.choice(("for", "for", "against")), chance.choice(strengths)),
            ground=chance.choice(GROUNDS),
        )
        for number in range(arguing)
    ]
    function = chance.choice(("strongest-per-ground", "sum-of-all"))
    margins = chance.choice(((0, 0, 0.5, 0.5, 0.5, 0.5), (0, 1, 1, 1, 1, 1), (0, 1, 2, 2, 2, 2)))
    whole = ruleset(in_layers(*rules, *arguments), weighing(margins, function=function))
    case = made(any_situation(chance).case)
    situation = Situation(case, observe(whole.measures, case))
    changes = all_changes(RuleGraph(whole), situation)
    return World(whole, case, judged(whole, case).winner.option, changes)
