"""Points as integers: the unit in which all points of a ruleset are whole.

`weighing.exact` keeps nine decimals. Scores, margins and leads are then multiples of a decimal unit, and whoever
counts units adds without error whatever the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from engine.decision.weighing import exact
from engine.errors import AdvisorError
from engine.rules import Argument, FormChoice, Rule, Weighing

_DECIMALS = 9
_LEFT_OVER = 1e-13
"""Points that are off whole units by so little count as whole: far less than `exact` takes away."""


class Unit(NamedTuple):
    """So many units make one point. `adds_up` tells whether the points of single arguments are whole units as well.

    Where they are not (a third of a point), scores are still multiples of a unit, but no sum of units.
    """

    of_a_point: int
    type: type[np.signedinteger[Any]]
    adds_up: bool

    def of(self, points: float) -> int:
        """Points, kept to nine decimals, in units."""
        return round(exact(points) * self.of_a_point)

    def least(self, points: float) -> int:
        """The fewest units that are at least so many points."""
        units = self.of(points)
        return units if units / self.of_a_point >= points else units + 1


def unit_of(rules: Iterable[Rule], weighing: Weighing) -> Unit:
    """The largest decimal unit in which all points of a ruleset, its margins included, are whole."""
    strengths = [
        weighing.strengths[one.strength]
        for rule in rules
        for one in rule.then
        if isinstance(one, (Argument, FormChoice))
    ]
    limits = [option.margin for option in weighing.options.values()]
    if weighing.status_quo is not None:
        limits.append(weighing.status_quo.least_score)
    most = sum(map(abs, strengths)) + sum(map(abs, limits)) + 1
    # What sums of doubles leave over must stay far below the last decimal; whole numbers leave nothing.
    whole = all(float(one).is_integer() for one in strengths)
    adds_up = whole or len(strengths) * most * 2.0**-52 < 1e-10
    adds_up = adds_up and all(_is_whole(one, 10**_DECIMALS, len(strengths)) for one in strengths)
    for decimals in range(_DECIMALS + 1):
        unit = 10**decimals
        if adds_up and all(_is_whole(one, unit, len(strengths)) for one in (*strengths, *limits)):
            break
    else:
        unit = 10**_DECIMALS
    # A lead is the difference of two differences.
    bound = most * unit * 8
    if bound >= 2**62:
        raise AdvisorError("the points of the ruleset are too large to weigh many cases at once")
    return Unit(unit, np.int16 if bound < 2**15 else np.int32 if bound < 2**31 else np.int64, adds_up)


def _is_whole(points: float, unit: int, added: int) -> bool:
    """Whether points are so nearly whole units that adding them up leaves nothing over."""
    return abs(points - round(points * unit) / unit) * max(added, 1) < _LEFT_OVER
