"""Sets of small numbers as one number each, and back: the combinatorial number system.

The set {a < b < c} has the rank C(a, 1) + C(b, 2) + C(c, 3), so that the sets of one size below n have all ranks from 0
to C(n, size) - 1.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Sets = NDArray[np.int64]
"""Sets of one size: a line for each place, from the smallest number to the largest, and a column a set."""


def choose(numbers: Numbers, size: int) -> Numbers:
    """In how many ways so many can be chosen of each number of things."""
    found = np.ones_like(numbers)
    for place in range(size):
        found = found * (numbers - place) // (place + 1)
    return found


def ranks(sets: Sets) -> Numbers:
    """The rank of each set."""
    found = np.zeros(sets.shape[1], np.int64)
    for place, numbers in enumerate(sets):
        found += choose(numbers, place + 1)
    return found


def unranked(ranks: Numbers, size: int, below: int) -> Sets:
    """The sets with these ranks, of so many numbers below a number."""
    rest = ranks
    sets = np.empty((size, len(ranks)), np.int64)
    for place in reversed(range(size)):
        steps = np.array([comb(number, place + 1) for number in range(below + 1)], np.int64)
        sets[place] = np.searchsorted(steps, rest, side="right") - 1
        rest = rest - steps[sets[place]]
    return sets


def without(sets: Sets, place: int) -> Sets:
    """The sets without the number in one place."""
    return np.delete(sets, place, axis=0)


def with_other(sets: Sets, place: int, numbers: Numbers) -> Sets:
    """The sets with other numbers in one place, in ascending order again."""
    other = sets.copy()
    other[place] = numbers
    return np.sort(other, axis=0)
