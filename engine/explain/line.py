"""Numbers and dates on a line: where answers change along it, and round numbers beside that place."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from engine.vocabulary import Kind, Value

Asked = Callable[[float], tuple[object, ...]]
"""What comparisons of the value at a place come to."""

LARGEST = 2**53
CENTURY = 36_525
MOST_STEPS = 200
"""More changes of the answers on one way are not looked for: no rule sets so many limits."""
DIGITS = 10
_FINEST = 9
"""The decimal places that measures keep."""


class Axis(NamedTuple):
    """The values of a type on a line: whole numbers (dates as ordinals), or numbers with `places` behind the point."""

    kind: Kind
    low: float
    high: float

    @property
    def whole(self) -> bool:
        """Whether there is nothing between one number and the next."""
        return self.kind in (Kind.COUNT, Kind.DATE)

    def place(self, value: Value) -> float:
        """Where a value lies."""
        if isinstance(value, date):
            return value.toordinal()
        assert isinstance(value, (int, float))
        return value

    def value(self, place: float) -> Value:
        """The value at a place."""
        if self.kind is Kind.DATE:
            return date.fromordinal(int(place))
        return int(place) if float(place).is_integer() else place

    def places(self, number: float) -> int:
        """The decimal places to which a number near this one is rounded; negative for tens, hundreds and so on."""
        if self.kind is Kind.SCORE:
            return 1
        if self.kind is Kind.SHARE:
            return 2
        return min(2 - math.floor(math.log10(abs(number))), _FINEST) if number else 0


def is_on_a_line(kind: Kind) -> bool:
    """Whether values of this kind are numbers or dates."""
    return kind.is_number or kind is Kind.DATE


def first_after(here: float, stop: float, asked: Asked, axis: Axis) -> float:
    """The first value, as round as may be, with another answer than `here`; `stop` has another."""
    answer = asked(here)
    if here == 0 and axis.kind is Kind.AMOUNT and abs(stop) > 1 and asked(math.copysign(1, stop)) != answer:
        return math.copysign(1, stop)
    if axis.whole:
        before, after = halved(here, stop, lambda one: asked(one) == answer, 1, whole=True)
        return after
    before, after, more = here, stop, 0
    for _ in range(MOST_STEPS):
        places = axis.places(after or before) + more
        before, after = halved(before, after, lambda one: asked(one) == answer, 10.0**-places / 16)
        if axis.places(after or before) + more != places:
            continue  # it is smaller than it seemed
        beyond = asked(after)
        pair = round_beside(after, places)
        # That which lies nearer to the start of the way first.
        for round_ in pair if stop > here else pair[::-1]:
            if min(here, stop) <= round_ <= max(here, stop) and round_ != here and asked(round_) == beyond:
                return round_
        more += 1
        if more == DIGITS:
            break
    return after


def halved(
    before: float, after: float, same: Callable[[float], bool], width: float, *, whole: bool = False
) -> tuple[float, float]:
    """Two values so near to each other, the first of which has the old answer and the second another."""
    while abs(after - before) > width:
        middle = _middle(before, after)
        if whole:
            middle = math.floor(middle)
            if middle in (before, after):
                middle = min(before, after) + 1
        if middle in (before, after):
            break
        if same(middle):
            before = middle
        else:
            after = middle
    return before, after


def _middle(one: float, other: float) -> float:
    """Half way; by magnitude where one is many times the other."""
    if (one > 0) is (other > 0) and one and other and max(one / other, other / one) > 4:
        return math.copysign(math.sqrt(abs(one)) * math.sqrt(abs(other)), one)
    return (one + other) / 2


def round_beside(number: float, places: int) -> tuple[float, float]:
    """The round numbers below and above a number, or itself twice where it is round."""
    scaled = number * 10.0**places
    if not math.isfinite(scaled):
        return number, number
    return _decimal(math.floor(scaled), places), _decimal(math.ceil(scaled), places)


def _decimal(scaled: int, places: int) -> float:
    return float(scaled / 10**places) if places > 0 else float(scaled * 10**-places)
