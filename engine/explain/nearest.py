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

from engine.explain.line import CENTURY, LARGEST, MOST_STEPS, Asked, Axis, first_after
from engine.vocabulary import Value, ValueType

Answers = Callable[[Value], tuple[object, ...]]

_MANY_TIMES = 100


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


def _axis(type_: ValueType, now: Value, stops: tuple[Value, ...]) -> Axis:
    if isinstance(now, date):
        day = now.toordinal()
        return Axis(type_.kind, max(1, day - CENTURY), min(date.max.toordinal(), day + CENTURY))
    assert isinstance(now, (int, float))
    largest = max(abs(one) for one in (now, *stops) if isinstance(one, (int, float)))
    end = max(abs(now), min(_MANY_TIMES * largest, LARGEST) if now else LARGEST)
    low, high = type_.minimum, type_.maximum
    if low is None:
        low = 0 if now >= 0 else -end
    if high is None:
        high = 0 if now < 0 and type_.minimum is None else end
    return Axis(type_.kind, low, high)


def _changes(now: float, stops: list[float], asked: Asked, axis: Axis) -> Iterator[float]:
    """On the way through stops, the first value after each change of the answers."""
    here, answer = now, asked(now)
    steps = 0
    for stop in stops:
        at_stop = asked(stop)
        while answer != at_stop and steps < MOST_STEPS:
            steps += 1
            here = first_after(here, stop, asked, axis)
            answer = asked(here)
            yield here
        here = stop
