"""Arguments become points.

Weighing functions are pure and named in a registry in plain sight; the ruleset chooses one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from engine.rules import OPTIONS, Argument, Rule, Weighing


def exact(points: float) -> float:
    """Points without what sums of decimals leave over, so that they meet margins and each other exactly."""
    return round(points, 9)


WeighingFunction = Callable[[Sequence[tuple[str, float]]], frozenset[int]]
"""From the (ground, points) of all arguments on one side of one option, strongest first, to the positions
of those that count."""


def strongest_per_ground(arguments: Sequence[tuple[str, float]]) -> frozenset[int]:
    """Counts the strongest argument of each ground; of equals, the first."""
    strongest: dict[str, int] = {}
    for position, (ground, _) in enumerate(arguments):
        strongest.setdefault(ground, position)
    return frozenset(strongest.values())


def sum_of_all(arguments: Sequence[tuple[str, float]]) -> frozenset[int]:
    """Counts every argument."""
    return frozenset(range(len(arguments)))


WEIGHING_FUNCTIONS: Mapping[str, WeighingFunction] = {
    "strongest-per-ground": strongest_per_ground,
    "sum-of-all": sum_of_all,
}


class WeighedArgument(NamedTuple):
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


_Sided = tuple[float, str, Rule, Argument]
"""An argument with its points negated, so that the natural order is the strongest first, then by rule id."""


class Scores:
    """The score of each option under the arguments of the rules that fired: its sum for minus its sum against."""

    def __init__(self, rules: Iterable[Rule], weighing: Weighing) -> None:
        self.weighing = weighing
        self._sides = _by_side(rules, weighing)
        self.of: dict[str, float] = dict.fromkeys(OPTIONS, 0.0)
        for (option, side), arguments in self._sides.items():
            self.of[option] = exact(self.of[option] + self._points(side, arguments))

    def changed(self, added: Iterable[Rule], removed: Iterable[Rule]) -> dict[str, float]:
        """The scores if some rules had fired as well and others had not."""
        more = _by_side(added, self.weighing)
        without = {rule.id for rule in removed}
        touched = set(more) | {
            (one.option, one.side) for rule in removed for one in rule.then if isinstance(one, Argument)
        }
        scores = dict(self.of)
        for key in touched:
            option, side = key
            before = self._sides.get(key, [])
            after = sorted(
                [*(argument for argument in before if argument[1] not in without), *more.get(key, [])],
                key=lambda argument: argument[:2],
            )
            scores[option] = exact(scores[option] + self._points(side, after) - self._points(side, before))
        return scores

    def _points(self, side: str, arguments: list[_Sided]) -> float:
        points = sum(-arguments[position][0] for position in _counted(arguments, self.weighing))
        return points if side == "for" else -points


def weighed_arguments(rules: Iterable[Rule], weighing: Weighing) -> dict[tuple[str, str], tuple[WeighedArgument, ...]]:
    """All arguments by option and side (`for`, `against`): those that count first, the strongest first."""
    found = {}
    for (option, side), arguments in _by_side(rules, weighing).items():
        counted = _counted(arguments, weighing)
        weighed = [
            WeighedArgument(rule, option, side, one.strength, -minus, position in counted)
            for position, (minus, _, rule, one) in enumerate(arguments)
        ]
        found[option, side] = tuple(sorted(weighed, key=lambda argument: not argument.counted))
    return found


def _by_side(rules: Iterable[Rule], weighing: Weighing) -> dict[tuple[str, str], list[_Sided]]:
    """Arguments by option and side, strongest first; of equals by rule id, so that the order of files means nothing."""
    sides: dict[tuple[str, str], list[_Sided]] = {}
    for rule in rules:
        for one in rule.then:
            if isinstance(one, Argument):
                minus = -weighing.strengths[one.strength]
                sides.setdefault((one.option, one.side), []).append((minus, rule.id, rule, one))
    for arguments in sides.values():
        arguments.sort(key=lambda argument: argument[:2])
    return sides


def _counted(arguments: list[_Sided], weighing: Weighing) -> frozenset[int]:
    return WEIGHING_FUNCTIONS[weighing.function]([(rule.ground, -minus) for minus, _, rule, _ in arguments])
