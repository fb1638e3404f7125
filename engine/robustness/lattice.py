"""Points that lie evenly in a space of many dimensions: a rank-1 lattice of Korobov's form, shifted by a seed.

Point i has the coordinates (i z + shift) mod P / P, where P is a prime and the z are powers of one multiplier. Every
coordinate by itself is as even as it can be; of 256 multipliers the one is taken that keeps pairs of coordinates most
even, by Zaremba's index. All is done in integers, so that the same seed gives the same points everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

_MULTIPLIERS = 256
_WAVES = 64
"""Waves of a higher frequency bear little on sorts of values, of which there are few."""
_LEAST_PRIME = 1009


def sample(points: int, sizes: Sequence[int], seed: int) -> NDArray[np.uint16]:
    """A line for each size, with numbers from 0 to below it: every one as often as any other, and every pair nearly."""
    prime = _prime_from(max(points, _LEAST_PRIME, 4 * len(sizes)))
    # Where there are fewer points than the lattice has, they are taken from all over it.
    numbers = np.arange(points, dtype=np.int64) * prime // points
    shifts = Random(seed)  # noqa: S311 - no secret: the same seed is to give the same points
    found = np.empty((len(sizes), points), np.uint16)
    for line, (size, generator) in enumerate(zip(sizes, _generators(prime, len(sizes)), strict=True)):
        place = (numbers * generator + shifts.randrange(prime)) % prime
        found[line] = place * size // prime
    return found


def _generators(prime: int, dimensions: int) -> list[int]:
    """The powers of the best multiplier."""
    golden = (5**0.5 - 1) / 2
    tried: Integers = np.unique((np.arange(1, _MULTIPLIERS + 1) * golden % 1 * (prime - 3)).astype(np.int64)) + 2
    waves = np.arange(1, _WAVES + 1)
    power = np.ones_like(tried)
    unevenness = np.zeros(len(tried))
    for apart in range(1, dimensions):
        # How two coordinates go together depends on how many powers lie between them.
        power = power * tried % prime
        other = waves * power[:, None] % prime
        index = (np.maximum(np.minimum(other, prime - other), 1) * waves).min(axis=1)
        unevenness += (dimensions - apart) / index.astype(np.float64) ** 2
    best = int(tried[int(np.argmin(unevenness))])
    return [pow(best, exponent, prime) for exponent in range(dimensions)]


def _prime_from(least: int) -> int:
    """The smallest odd prime that is no less."""
    number = least | 1
    while any(number % divisor == 0 for divisor in range(3, int(number**0.5) + 1, 2)):
        number += 2
    return number
