"""Python's `round` to nine decimals and Python's `sum`, on arrays and to the last bit.

Measures are rounded, so that sums of decimals meet their boundaries exactly; an array that was rounded in another
way, or added up in another order, would come down on the other side of a boundary now and then.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DECIMALS = 9
_UNIT = 1e9
_ALL_EXACT = 2.0**23
"""From here on the next double is more than one unit away, so that the nearest decimal reads back as the number."""
_MULTIPLIED_WELL = 2.0**20
"""Up to here the number of units is far below 2**53, and so known to an eighth of a unit."""


def nine_decimals(values: Floats) -> Floats:
    """`round(value, 9) + 0.0` of each value; NaN and infinity stay."""
    size = np.abs(values)
    with np.errstate(invalid="ignore"):
        fractional = (size < _ALL_EXACT) & (values != np.trunc(values))
    result = values + 0.0
    if not fractional.any():
        return result
    some = values[fractional]
    units = some * _UNIT
    whole = np.rint(units)
    rounded = whole / _UNIT + 0.0
    # The multiplication is off by at most half a step between neighbouring doubles: within two of the middle between
    # two units it cannot tell to which of them the number belongs.
    unsure = np.abs(np.abs(units - whole) - 0.5) <= 2 * np.spacing(np.abs(units))
    unsure |= np.abs(some) >= _MULTIPLIED_WELL
    if unsure.any():
        rounded[unsure] = [round(value, DECIMALS) + 0.0 for value in some[unsure].tolist()]
    result[fractional] = rounded
    return result


class Addend(NamedTuple):
    """One part of many sums: its value in each, whether it is part of it, and whether Python holds an integer."""

    values: Floats
    used: Flags
    whole: Flags


class Sums(NamedTuple):
    """Many sums, whether Python holds an integer, and whether integers grew beyond what a double holds exactly."""

    values: Floats
    whole: Flags
    beyond: Flags


BEYOND = 2.0**53
"""The integers up to here are doubles; an integer of this size may be one that was rounded to it."""


def sums(addends: Iterable[Addend], size: int, compensated: bool = sys.version_info >= (3, 12)) -> Sums:
    """`sum` of each row of addends, from the first to the last.

    Integers are added exactly until the first float. From Python 3.12 on `sum` carries along what is lost when floats
    (not integers) are added to a float, and adds it at the end.
    """
    total, lost = np.zeros(size), np.zeros(size)
    whole, beyond = np.ones(size, np.bool_), np.zeros(size, np.bool_)
    with np.errstate(invalid="ignore", over="ignore"):
        for addend in addends:
            added = total + addend.values
            if compensated:
                larger = np.where(np.abs(total) >= np.abs(addend.values), total, addend.values)
                smaller = np.where(np.abs(total) >= np.abs(addend.values), addend.values, total)
                missed = (larger - added) + smaller
                lost += np.where(addend.used & ~whole & ~addend.whole, missed, 0.0)
            total = np.where(addend.used, added, total)
            whole &= addend.whole | ~addend.used
            beyond |= whole & (np.abs(total) >= BEYOND)
        if compensated:
            total = np.where((lost != 0) & np.isfinite(lost), total + lost, total)
    return Sums(total, whole, beyond)
