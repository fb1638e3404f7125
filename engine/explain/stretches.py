"""The numbers and dates that a fact may have, in stretches: all values of one answer all that rules ask of it alike.

Where a rule compares the fact itself, a stretch ends at the limit, exactly. Where it compares what is measured by the
fact, the end is found by halving, which asks that the measure grows or falls steadily between the limits of the fact
and nothing; it is then told by the last round value within the stretch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from engine.explain.line import (
    CENTURY,
    DIGITS,
    LARGEST,
    MOST_STEPS,
    Asked,
    Axis,
    first_after,
    halved,
    round_beside,
)
from engine.vocabulary import Kind, Value, ValueType

Answers = Callable[[Value], tuple[object, ...]]

_NEAR = 1e-9
"""How far beside a limit is looked, for numbers of the size of one; measures keep nine decimals."""


class Stretch(NamedTuple):
    """Values from `low` to `high`, without an end that is open; an end of None is none.

    `first` and `last` are values of it: the ends themselves, or the nearest round ones.
    """

    first: Value
    last: Value
    low: Value | None
    high: Value | None
    low_open: bool = False
    high_open: bool = False


class _Edge(NamedTuple):
    """Between two stretches: of each the round place that is nearest to the other.

    `limit` is where they meet, in one of the two; None where that is known roughly alone, or nothing lies between them.
    """

    before: float
    after: float
    limit: float | None = None


def stretches(
    type_: ValueType, stops: Iterable[Value], answers: Answers, about: date, within: tuple[Value, Value] | None = None
) -> tuple[Stretch, ...]:
    """All stretches, from small to large; `stops` are the limits that rules set for the value itself.

    `within` are a lowest and a highest value. Without them an amount is at least nothing, unless a rule has a limit
    there or below, and a date lies within a century of the one that all is `about`.
    """
    stops = tuple(stops)
    axis = _axis(type_, stops, about) if within is None else _between(type_, *within)
    known: dict[float, tuple[object, ...]] = {}

    def asked(place: float) -> tuple[object, ...]:
        if place not in known:
            known[place] = answers(axis.value(place))
        return known[place]

    places = _places(axis, stops)
    edges = [edge for here, stop in pairwise(places) for edge in _edges(here, stop, asked, axis)]
    low, high = (None if end is None else axis.place(end) for end in within or (type_.minimum, type_.maximum))
    between = zip([None, *edges], [*edges, None], strict=True)
    return tuple(_stretch(start, end, axis, (low, high)) for start, end in between)


def _between(type_: ValueType, low: Value, high: Value) -> Axis:
    axis = Axis(type_.kind, 0, 0)
    return axis._replace(low=axis.place(low), high=axis.place(high))


def _axis(type_: ValueType, stops: tuple[Value, ...], about: date) -> Axis:
    if type_.kind is Kind.DATE:
        days = [stop.toordinal() for stop in (about, *stops) if isinstance(stop, date)]
        low, high = min(days) - CENTURY, max(days) + CENTURY
        return Axis(type_.kind, max(1, low), min(date.max.toordinal(), high))
    numbers = [stop for stop in stops if isinstance(stop, (int, float))]
    largest: float = max([LARGEST, *(2 * abs(number) for number in numbers)])
    smallest = -largest if any(number <= 0 for number in numbers) else 0
    least, most = type_.minimum, type_.maximum
    return Axis(type_.kind, smallest if least is None else least, largest if most is None else most)


def _places(axis: Axis, stops: tuple[Value, ...]) -> list[float]:
    """Where the answers are looked at first: the ends, every limit, nothing, and of whole numbers those beside them."""
    found = {axis.low, axis.high, *(axis.place(stop) for stop in stops)}
    if axis.whole:
        found = {one for place in found for one in (int(place) - 1, int(place), int(place) + 1)}
    # Where a divisor is nothing, what is divided has no value; and from one on, halving goes by magnitudes.
    return sorted(one for one in {*found, -1, 0, 1} if axis.low <= one <= axis.high)


def _edges(here: float, stop: float, asked: Asked, axis: Axis) -> Iterator[_Edge]:
    """All changes of the answers between two places."""
    start = here
    for _ in range(MOST_STEPS):
        if asked(here) == asked(stop):
            return
        edge = _edge(here, stop, here == start, asked, axis)
        yield edge
        here = edge.after


def _edge(here: float, stop: float, at_limit: bool, asked: Asked, axis: Axis) -> _Edge:
    """The first change on the way."""
    old = asked(here)
    if axis.whole:
        return _Edge(*halved(here, stop, lambda one: asked(one) == old, 1, whole=True))
    beyond, short = here + _NEAR * max(1.0, abs(here)), stop - _NEAR * max(1.0, abs(stop))
    if at_limit and beyond < stop and asked(beyond) != old:
        return _Edge(here, _beside(here, beyond, asked, axis), here)
    if short > here and asked(short) == old:
        return _Edge(_beside(stop, short, asked, axis), stop, stop)
    after = first_after(here, stop, asked, axis)
    return _Edge(_beside(after, here, asked, axis), after)


def _beside(place: float, other: float, asked: Asked, axis: Axis) -> float:
    """The roundest number just beside a place, on the side of another one and in the stretch of that."""
    for more in range(DIGITS):
        places = axis.places(place) + more
        half = 10.0**-places / 2
        below, above = round_beside(place, places)
        if other < place:
            found = below if below < place else round_beside(place - half, places)[0]
        else:
            found = above if above > place else round_beside(place + half, places)[1]
        if axis.low <= found <= axis.high and asked(found) == asked(other):
            return found
    return other


def _stretch(start: _Edge | None, end: _Edge | None, axis: Axis, of_line: tuple[float | None, float | None]) -> Stretch:
    """What lies between two edges; without one it reaches to an end of the line."""
    first = axis.low if start is None else start.after
    last = axis.high if end is None else end.before
    low = of_line[0] if start is None else first if start.limit is None else start.limit
    high = of_line[1] if end is None else last if end.limit is None else end.limit
    return Stretch(
        axis.value(first),
        axis.value(last),
        None if low is None else axis.value(low),
        None if high is None else axis.value(high),
        start is not None and low != first,
        end is not None and high != last,
    )
