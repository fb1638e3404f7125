"""Points that lie evenly in a space of many dimensions: Halton's sequence, its digits shuffled by a seed.

Coordinate k of point i has the digits of i in the base of the k-th prime, turned round at the point. Every digit goes
through a shuffle of its own: without it, the coordinates of large bases would rise and fall together, and rules that
look at three or four facts at a time would meet some combinations far too often, as they do in a lattice. All is done
in integers and with NumPy's frozen generator, so that the same seed gives the same points everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, repeat, takewhile

import numpy as np
from numpy.typing import NDArray


def sample(points: int, sizes: Sequence[int], seed: int) -> NDArray[np.uint16]:
    """A line for each size, with numbers from 0 to below it, each nearly as often as any other."""
    shuffled = np.random.RandomState(seed)
    found = np.empty((len(sizes), points), np.uint16)
    for line, size, base in zip(found, sizes, _bases(points), strict=False):
        left = np.arange(points, dtype=np.int64)
        place = np.zeros(points, np.int64)
        places = 1
        while places < points:
            above = left // base
            place = place * base + shuffled.permutation(base)[left - above * base]
            left = above
            places *= base
        line[:] = place * size // places
    return found


def _bases(points: int) -> Iterator[int]:
    """The primes. Once a single digit tells all points apart, one for each point: more would only take longer."""
    yield from takewhile(lambda prime: prime < points, _primes())
    yield from repeat(max(points, 2))


def _primes() -> Iterator[int]:
    found: list[int] = []
    for number in count(2):
        if all(number % prime for prime in takewhile(lambda prime: prime * prime <= number, found)):  # noqa: B023 - used at once
            found.append(number)
            yield number
