"""`round` and `sum` on arrays are Python's, to the last bit."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from engine.backends.columnar.rounding import Addend, nine_decimals, sums


def random_doubles(chance: Random, number: int) -> Iterator[float]:
    """Doubles of every size: any bits, sizes in which decimals matter, and sums and products of short decimals."""
    for _ in range(number // 4):
        yield struct.unpack("d", struct.pack("Q", chance.getrandbits(64)))[0]
        yield chance.uniform(-1, 1) * 10 ** chance.uniform(-12, 12)
        yield round(chance.uniform(-1e4, 1e4), chance.randrange(12)) + round(chance.uniform(-1e3, 1e3), 9)
        yield round(chance.uniform(0, 1e3), 3) / max(1, chance.randrange(1000))


def near_ties(chance: Random, number: int) -> Iterator[float]:
    """The doubles at and beside the middle between two decimals, and at and beside decimals."""
    for _ in range(number // 10):
        unit = chance.randrange(0, 10 ** chance.randrange(1, 18))
        for half in (0, 0.5):
            value = (unit + half) / 1e9
            yield from (value, math.nextafter(value, math.inf), -math.nextafter(value, -math.inf))
        yield from (math.nextafter(unit / 1e9, 0), -unit / 1e9)
        binary = chance.randrange(1, 2**20) / 2 ** chance.randrange(1, 12)
        yield from (binary, -binary)


EDGES = [
    0.0,
    -0.0,
    5e-10,
    -5e-10,
    1.5e-9,
    2.5e-9,
    math.nextafter(5e-10, 0),
    0.1 + 0.2,
    2.675,
    1e-300,
    5e-324,
    *(
        sign * 2.0**power + step
        for sign in (1, -1)
        for power in (19, 20, 21, 22, 23, 24, 52, 53)
        for step in (0, 2**-20, 2**-29)
    ),
    *(math.nextafter(2.0**power, way) for power in (20, 22, 23) for way in (0, math.inf)),
    1e15,
    1e300,
    sys.float_info.max,
]


def bits(values: np.ndarray) -> list[int]:
    return list(values.view(np.uint64).tolist())


@pytest.mark.parametrize("sort", ["edges", "random", "ties"])
def test_round(sort: str) -> None:
    chance = Random(f"round {sort}")
    values = {
        "edges": EDGES,
        "random": list(random_doubles(chance, 400_000)),
        "ties": list(near_ties(chance, 400_000)),
    }[sort]
    array = np.array([value for value in values if math.isfinite(value)])
    expected = np.array([round(value, 9) + 0.0 for value in array.tolist()])
    wrong = np.flatnonzero(nine_decimals(array).view(np.uint64) != expected.view(np.uint64))
    assert not len(wrong), [float(value).hex() for value in array[wrong[:5]]]


def test_round_leaves_what_is_unknown() -> None:
    found = nine_decimals(np.array([np.nan, 0.1 + 0.2, np.inf]))
    assert np.isnan(found[0])
    assert found[1] == 0.3
    assert found[2] == np.inf
    assert bits(nine_decimals(np.array([-0.0, -1e-10]))) == [0, 0]


def addends(rows: list[list[float | None]]) -> list[Addend]:
    columns = list(zip(*rows, strict=True))
    return [
        Addend(
            np.array([0.0 if value is None else value for value in column], np.float64),
            np.array([value is not None for value in column]),
            np.array([isinstance(value, int) for value in column]),
        )
        for column in columns
    ]


def random_rows(chance: Random, number: int, length: int) -> list[list[float | None]]:
    values: list[float | None] = [None, 0, 1, 3, -7, 10**6, 0.1, 0.2, 0.3, -0.1, 1e16, -1e16, 1e-9, 1e300, 2.5, -0.0]
    return [[chance.choice(values) for _ in range(length)] for _ in range(number)]


def test_sum() -> None:
    rows = random_rows(Random("sum"), 20_000, 5)
    found = sums(addends(rows), len(rows))
    for row, value, whole in zip(rows, found.values.tolist(), found.whole.tolist(), strict=True):
        expected = sum(one for one in row if one is not None)
        assert value == expected, row
        assert whole is isinstance(expected, int)


def compensated(row: list[float | None]) -> float:
    """`sum` from Python 3.12 on, as its source has it."""
    total, lost, is_float = 0.0, 0.0, False
    for value in row:
        if value is None:
            continue
        if not is_float or isinstance(value, int):
            total += value
            is_float = is_float or isinstance(value, float)
            continue
        more = total + value
        lost += (total - more) + value if abs(total) >= abs(value) else (value - more) + total
        total = more
    return total + lost if lost and math.isfinite(lost) else total


def test_compensated_sum() -> None:
    """Held against its source, so that every Python tests it; from 3.12 on the source is held against Python."""
    rows = random_rows(Random("compensated"), 20_000, 5)
    found = sums(addends(rows), len(rows), compensated=True)
    assert found.values.tolist() == [compensated(row) for row in rows]
    plainly = sums(addends(rows), len(rows), compensated=False)
    assert (found.values != plainly.values).any()
    if sys.version_info >= (3, 12):
        assert [compensated(row) for row in rows] == [sum(one for one in row if one is not None) for row in rows]


def test_integers_that_doubles_do_not_hold_are_marked() -> None:
    rows: list[list[float | None]] = [
        [2**53 - 1, 0],
        [2**53 - 1, 1],
        [2**52, 2**52],
        [2.0**53, 1.0],
        [2**53, 0.5],
        [-(2**53), None],
    ]
    assert sums(addends(rows), len(rows)).beyond.tolist() == [False, True, True, False, True, True]
