"""Arguments become points.

Weighing functions are pure and named in a registry in plain sight; the ruleset chooses one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.rules import OPTIONS, Argument, Rule, Weighing


@dataclass(frozen=True, slots=True)
class WeighedArgument:
    """A reason for or against an option, with its points and whether they were counted."""

    rule: Rule
    option: str
    side: str
    strength: str
    points: float
    counted: bool

    @property
    def ground(self) -> str:
        """The ground on which it stands."""
        return self.rule.ground


WeighingFunction = Callable[[tuple[WeighedArgument, ...]], tuple[WeighedArgument, ...]]


def strongest_per_ground(arguments: tuple[WeighedArgument, ...]) -> tuple[WeighedArgument, ...]:
    """For one option and side, counts the strongest argument of each ground; of equals, the first."""
    strongest: dict[str, WeighedArgument] = {}
    for argument in arguments:
        best = strongest.get(argument.ground)
        if best is None or argument.points > best.points:
            strongest[argument.ground] = argument
    chosen = {id(argument) for argument in strongest.values()}
    return tuple(
        argument if id(argument) in chosen else replace(argument, counted=False) for argument in arguments
    )


def sum_of_all(arguments: tuple[WeighedArgument, ...]) -> tuple[WeighedArgument, ...]:
    """Counts every argument."""
    return arguments


WEIGHING_FUNCTIONS: Mapping[str, WeighingFunction] = {
    "strongest-per-ground": strongest_per_ground,
    "sum-of-all": sum_of_all,
}


@dataclass(frozen=True, slots=True)
class Weight:
    """What is said for and against one option, strongest first, and the points it comes to."""

    arguments_for: tuple[WeighedArgument, ...]
    arguments_against: tuple[WeighedArgument, ...]
    score: float


def weigh(rules: Iterable[Rule], weighing: Weighing) -> dict[str, Weight]:
    """The weight of each option under the arguments of the rules that fired."""
    found: dict[tuple[str, str], list[WeighedArgument]] = {}
    for rule in rules:
        for one in rule.then:
            if isinstance(one, Argument):
                points = weighing.strengths[one.strength]
                argument = WeighedArgument(rule, one.option, one.side, one.strength, points, counted=True)
                found.setdefault((one.option, one.side), []).append(argument)
    function = WEIGHING_FUNCTIONS[weighing.function]
    weights = {}
    for option in OPTIONS:
        sides = {}
        for side in ("for", "against"):
            # Sorted by rule id among equals, so that the order of files means nothing.
            arguments = sorted(found.get((option, side), ()), key=lambda one: (-one.points, one.rule.id))
            sides[side] = tuple(sorted(function(tuple(arguments)), key=lambda one: not one.counted))
        points = {side: sum(one.points for one in sides[side] if one.counted) for side in sides}
        weights[option] = Weight(sides["for"], sides["against"], points["for"] - points["against"])
    return weights
