"""The nearest numbers and dates at which an answer becomes another one.

A value is moved away from the present one, upwards and downwards. Wherever the answers change, the roundest value just
beyond is kept: a score in tenths, a share in hundredths, an amount in three digits, more digits where these would
overlook an answer. The limits that rules set are looked at one by one; where a limit is one of a measure, it is found
by halving, which asks that the measure grows or falls steadily with the value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from engine.vocabulary import Kind, Value, ValueType

Answers = Callable[[Value], tuple[object, ...]]

_LARGEST = 2**53
_MANY_TIMES = 100
_CENTURY = 36_525
_MOST_STEPS = 200
"""More changes of the answers on one way are not looked for: no rule sets so many limits."""
_DIGITS = 10
_FINEST = 9
"""The decimal places that measures keep."""


class _Axis(NamedTuple):
    """The values of a type on a line: whole numbers (dates as ordinals), or numbers with `places` behind the point."""

    kind: Kind
    low: float
    high: float

    @property
    def whole(self) -> bool:
        return self.kind in (Kind.COUNT, Kind.DATE)

    def place(self, value: Value) -> float:
        if isinstance(value, date):
            return value.toordinal()
        assert isinstance(value, (int, float))
        return value

    def value(self, place: float) -> Value:
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


def nearest_values(type_: ValueType, now: Value, stops: Iterable[Value], answers: Answers) -> tuple[Value, ...]:
    """The value nearest to `now` for each other outcome of `answers`, on either side; `stops` are limits of rules.

    An amount keeps its sign, may become nothing, and grows to a hundred times what it or a limit is; a date is moved by
    a century at most.
    """
    stops = tuple(stops)
    axis = _axis(type_, now, stops)
    here = axis.place(now)
    on_the_way = {axis.place(stop) for stop in stops} | {axis.low, axis.high}
    if axis.whole:
        on_the_way = {whole for one in on_the_way for whole in (math.floor(one), math.ceil(one))}
    else:
        # Where a divisor is nothing, what is divided has no value.
        on_the_way.add(0)
    inside = sorted(one for one in on_the_way if axis.low <= one <= axis.high)

    def asked(place: float) -> tuple[object, ...]:
        return answers(axis.value(place))

    down = [one for one in reversed(inside) if one < here]
    up = [one for one in inside if one > here]
    found = [axis.value(one) for way in (down, up) for one in _changes(here, way, asked, axis)]
    return tuple(dict.fromkeys(found))


def _axis(type_: ValueType, now: Value, stops: tuple[Value, ...]) -> _Axis:
    if isinstance(now, date):
        day = now.toordinal()
        return _Axis(type_.kind, max(1, day - _CENTURY), min(date.max.toordinal(), day + _CENTURY))
    assert isinstance(now, (int, float))
    largest = max(abs(one) for one in (now, *stops) if isinstance(one, (int, float)))
    end = max(abs(now), min(_MANY_TIMES * largest, _LARGEST) if now else _LARGEST)
    low, high = type_.minimum, type_.maximum
    if low is None:
        low = 0 if now >= 0 else -end
    if high is None:
        high = 0 if now < 0 and type_.minimum is None else end
    return _Axis(type_.kind, low, high)


_Asked = Callable[[float], tuple[object, ...]]


def _changes(now: float, stops: list[float], asked: _Asked, axis: _Axis) -> Iterator[float]:
    """On the way through stops, the first value after each change of the answers."""
    here, answer = now, asked(now)
    steps = 0
    for stop in stops:
        at_stop = asked(stop)
        while answer != at_stop and steps < _MOST_STEPS:
            steps += 1
            here = _first_after(here, stop, asked, axis)
            answer = asked(here)
            yield here
        here = stop


def _first_after(here: float, stop: float, asked: _Asked, axis: _Axis) -> float:
    """The first value, as round as may be, with another answer than `here`; `stop` has another."""
    answer = asked(here)
    if here == 0 and axis.kind is Kind.AMOUNT and abs(stop) > 1 and asked(math.copysign(1, stop)) != answer:
        return math.copysign(1, stop)
    if axis.whole:
        before, after = _halved(here, stop, lambda one: asked(one) == answer, 1, whole=True)
        return after
    before, after, more = here, stop, 0
    for _ in range(_MOST_STEPS):
        places = axis.places(after or before) + more
        before, after = _halved(before, after, lambda one: asked(one) == answer, 10.0**-places / 16)
        if axis.places(after or before) + more != places:
            continue  # it is smaller than it seemed
        beyond = asked(after)
        for round_ in _round(after, places, upwards=stop > here):
            if min(here, stop) <= round_ <= max(here, stop) and round_ != here and asked(round_) == beyond:
                return round_
        more += 1
        if more == _DIGITS:
            break
    return after


def _halved(
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


def _round(number: float, places: int, *, upwards: bool) -> tuple[float, float]:
    """The round numbers on both sides of a number, that which lies nearer to the start of the way first."""
    scaled = number * 10.0**places
    if not math.isfinite(scaled):
        return number, number
    pair = (math.floor(scaled), math.ceil(scaled))
    first, last = pair if upwards else (pair[1], pair[0])
    return _decimal(first, places), _decimal(last, places)


def _decimal(scaled: int, places: int) -> float:
    return float(scaled / 10**places) if places > 0 else float(scaled * 10**-places)
