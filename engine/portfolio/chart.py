"""A portfolio as a picture: the geometry of its chart, as values that `report_templates/portfolio/` draws.

Across lies health from 0 to 1; upward what is at stake, or how important the alliance is. Coordinates are in the units
of the chart's own box, from its upper left corner, rounded to a tenth, so that the same portfolio gives the same
picture on every machine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from engine.explain.because import number_in_words
from engine.portfolio.standing import SCORECARD, VALUES, Standing, in_percent
from engine.portfolio.urgency import Ranked
from engine.rules import OPTIONS

_WIDTH, _BELOW = 860.0, 54.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 92.0, 664.0, 18.0, 346.0
_ROW = 84.0
"""The height that each level takes where importance lies upward."""

_INSET = 14.0
"""No mark stands nearer than this to the ends of the area, so that none is cut off."""

_RADIUS, _SMALL = 9.0, 4.0
_NUMBERED = 60
"""Of more alliances than these, and where they crowd, marks are small and carry no number."""

_NAMED = 12
"""Of the alliances that have no place, so many are named; the rest is counted by reason."""

_REASONS = 6
"""So many reasons are told apart in that count."""

_DIGIT_WIDTH, _DIGIT_HEIGHT = 6.0, 10.0

_STEP = 2 * _RADIUS + 2
"""So far apart are marks that do not touch."""

_FURTHEST = 6
"""By so many half steps a mark may be moved to either side, so as not to cover another."""

_DECADES = 1.7
"""Amounts that lie further apart than so many powers of ten stand on a scale of powers."""

_UNITS = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, ""))


class Tick(NamedTuple):
    """A line of the scale: where it lies, and what is written at it."""

    at: float
    text: str


class Mark(NamedTuple):
    """One alliance in the chart; `number` is its rank, or empty where marks carry none.

    `square` tells the value of a stake from an annual benefit, `hollow` a stand-in for health from a scorecard.
    """

    x: float
    y: float
    option: str
    number: str
    title: str
    square: bool
    hollow: bool


class Crowd(NamedTuple):
    """A place at which several marks stand, or nearly so, and how many."""

    x: float
    y: float
    number: int


class Aside(NamedTuple):
    """An alliance that has no place in the chart, and why."""

    rank: int
    name: str
    why: str


class Rest(NamedTuple):
    """So many more alliances that have no place in the chart, for one reason."""

    number: int
    why: str


class Choice(NamedTuple):
    """A line of the legend."""

    option: str
    title: str


class Chart(NamedTuple):
    """The chart with its scales and legend; `axis` says what lies upward, `powers` whether on a scale of powers.

    `name` is unique on a page. `squares`, `solids` and `hollows` say whether the legend has to explain such marks,
    `numbered` whether marks carry their rank, `moved` whether some stand beside their place. Where none has a number,
    `crowds` counts those that cover each other. `aside` names the first of those without a place, `rest` counts the
    others.
    """

    name: str
    title: str
    axis: str
    powers: bool
    marks: tuple[Mark, ...]
    numbered: bool
    moved: bool
    crowds: tuple[Crowd, ...]
    across: tuple[Tick, ...]
    upward: tuple[Tick, ...]
    legend: tuple[Choice, ...]
    squares: bool
    solids: bool
    hollows: bool
    aside: tuple[Aside, ...]
    rest: tuple[Rest, ...]
    bottom: float
    height: float
    radius: float
    width: float = _WIDTH
    left: float = _LEFT
    right: float = _RIGHT
    top: float = _TOP


def charts(alliances: Sequence[Ranked], levels: Sequence[str]) -> tuple[Chart, ...]:
    """The charts in which an alliance can be placed, the one with more of them first.

    `levels` are those of importance, from the least to the greatest.
    """
    drawn = [chart for chart in (value_chart(alliances), importance_chart(alliances, levels)) if chart is not None]
    return tuple(sorted(drawn, key=lambda chart: -len(chart.marks)))


class _Upward(NamedTuple):
    """What lies upward in a chart: its words, its lines, and where an alliance stands on it.

    A mark may be moved by `reach` and still be where it belongs.
    """

    name: str
    title: str
    axis: str
    ticks: tuple[Tick, ...]
    of: Callable[[Standing], float]
    bottom: float
    reach: float
    powers: bool = False


def value_chart(alliances: Sequence[Ranked]) -> Chart | None:
    """Value at stake against health, in the currency in which most alliances can be placed; None where none can."""
    currencies = Counter(
        one.standing.currency for one in alliances if one.standing.currency and _placeable(one.standing)
    )
    if not currencies:
        return None
    currency = min(currencies, key=lambda name: (-currencies[name], name))
    placed = [one for one in alliances if _placeable(one.standing) and one.standing.currency == currency]
    amounts = [_value(one.standing) for one in placed]
    divisor, unit = _unit(max(map(abs, amounts)))
    place, ticks, powers = _scale(amounts, divisor)
    upward = _Upward(
        name="value",
        title="Value at stake against health",
        axis=f"{currency} {unit}".strip(),
        ticks=tuple(ticks),
        of=lambda standing: place(_value(standing)),
        bottom=_BOTTOM,
        reach=_STEP,
        powers=powers,
    )
    return _chart(upward, placed, alliances, lambda standing: _why_no_value(standing, currency))


def importance_chart(alliances: Sequence[Ranked], levels: Sequence[str]) -> Chart | None:
    """Importance, in its levels from least to greatest, against health; None where no alliance can be placed."""
    placed = [one for one in alliances if one.standing.health is not None and one.standing.importance in levels]
    if not placed:
        return None
    bottom = _TOP + _ROW * len(levels)
    middle = {level: round(bottom - _ROW * (place + 0.5), 1) for place, level in enumerate(levels)}
    upward = _Upward(
        name="importance",
        title="Importance against health",
        axis="Importance to us",
        ticks=tuple(Tick(middle[level], level.replace("_", " ")) for level in levels),
        of=lambda standing: middle[standing.importance],
        bottom=bottom,
        reach=_ROW / 2 - _RADIUS,
    )
    return _chart(upward, placed, alliances, lambda one: _unknown(importance=one.importance or None, health=one.health))


def _placeable(standing: Standing) -> bool:
    return standing.value is not None and standing.health is not None


def _value(standing: Standing) -> float:
    return standing.value or 0.0


def _why_no_value(standing: Standing, currency: str) -> str:
    if not _placeable(standing):
        return _unknown(value=standing.value, health=standing.health)
    return f"in {standing.currency}, not in {currency}" if standing.currency else "currency not stated"


def _unknown(**needed: object) -> str:
    return f"{' and '.join(name for name, value in needed.items() if value is None)} unknown"


def _chart(
    upward: _Upward, placed: Sequence[Ranked], alliances: Sequence[Ranked], why_not: Callable[[Standing], str]
) -> Chart:
    """The chart of the alliances that have a place in it; `why_not` says why another has none."""
    belonging = [_mark(one, upward.of) for one in placed]
    apart = _apart(belonging, upward) if len(placed) <= _NUMBERED else None
    numbered = apart is not None
    marks = apart or [mark._replace(number="") for mark in belonging]
    titles = {one.standing.answer.option: one.standing.option_title for one in placed}
    ranks = {one.rank for one in placed}
    others = [Aside(one.rank, one.standing.name, why_not(one.standing)) for one in alliances if one.rank not in ranks]
    return Chart(
        name=upward.name,
        title=upward.title,
        axis=upward.axis,
        powers=upward.powers,
        marks=tuple(marks),
        numbered=numbered,
        moved=numbered and marks != belonging,
        crowds=() if numbered else _crowds(marks),
        across=tuple(Tick(_across(share), in_percent(share)) for share in (0, 0.25, 0.5, 0.75, 1)),
        upward=upward.ticks,
        legend=tuple(Choice(option, titles[option]) for option in OPTIONS if option in titles),
        squares=any(mark.square for mark in marks),
        solids=not all(mark.hollow for mark in marks),
        hollows=any(mark.hollow for mark in marks),
        aside=tuple(others[:_NAMED]),
        rest=_counted(others[_NAMED:]),
        bottom=upward.bottom,
        height=upward.bottom + _BELOW,
        radius=_RADIUS if numbered else _SMALL,
    )


def _counted(others: Sequence[Aside]) -> tuple[Rest, ...]:
    """Those that are not named, the most frequent reason first."""
    reasons = sorted(Counter(one.why for one in others).items(), key=lambda pair: (-pair[1], pair[0]))
    found = [Rest(number, why) for why, number in reasons[:_REASONS]]
    more = sum(number for _, number in reasons[_REASONS:])
    return (*found, Rest(more, "for other reasons")) if more else tuple(found)


def _mark(one: Ranked, height_of: Callable[[Standing], float]) -> Mark:
    standing = one.standing
    health = standing.health or 0.0
    basis = standing.health_basis if standing.health_basis == SCORECARD else f"from {standing.health_basis}"
    worth = f"{standing.value_basis} {amount(standing)}" if standing.value is not None else ""
    importance = f"importance {standing.importance}" if standing.importance else ""
    said = (standing.option_title, f"health {in_percent(health)} ({basis})", worth, importance)
    return Mark(
        x=_across(health),
        y=round(height_of(standing), 1),
        option=standing.answer.option,
        number=str(one.rank),
        title=f"{one.rank}. {standing.name}: {'; '.join(part for part in said if part)}",
        square=standing.value_basis == VALUES[1][1],
        hollow=standing.health_basis != SCORECARD,
    )


def _across(share: float) -> float:
    return round(_LEFT + _INSET + (_RIGHT - _LEFT - 2 * _INSET) * share, 1)


def _apart(marks: Iterable[Mark], upward: _Upward) -> list[Mark] | None:
    """The marks, each moved as little as is needed not to cover one before it: rather upward or downward than aside.

    No mark leaves the area, nor the level that it belongs to. None where one would have to go further than a mark may.
    """
    radius, step = _RADIUS, _STEP
    steps = range(-_FURTHEST, _FURTHEST + 1)
    ways = sorted(
        ((across * step / 2, up * step / 2) for across in steps for up in steps),
        key=lambda way: (math.hypot(*way), abs(way[0]), way),
    )
    placed: list[Mark] = []
    for mark in marks:
        moved = (
            mark._replace(x=round(mark.x + across, 1), y=round(mark.y - up, 1))
            for across, up in ways
            if abs(up) <= upward.reach
        )
        free = (one for one in moved if _is_inside(one, radius, upward.bottom) and _is_free(one, placed, step))
        found = next(free, None)
        if found is None:
            return None
        placed.append(found)
    return placed


def _crowds(marks: Iterable[Mark]) -> tuple[Crowd, ...]:
    """Where marks cover each other, in places so far apart that there is room for the number of each."""
    found: list[Crowd] = []
    for mark in sorted(marks, key=lambda mark: (mark.y // _DIGIT_HEIGHT, mark.x, mark.y)):
        last = found[-1] if found else None
        if last is not None and last.y // _DIGIT_HEIGHT == mark.y // _DIGIT_HEIGHT:
            room = max(2 * _SMALL, _DIGIT_WIDTH * (len(str(last.number)) + 0.5)) if last.number > 1 else 2 * _SMALL
            if mark.x - last.x < room:
                found[-1] = last._replace(number=last.number + 1)
                continue
        found.append(Crowd(mark.x, mark.y, 1))
    return tuple(crowd for crowd in found if crowd.number > 1)


def _is_inside(mark: Mark, radius: float, bottom: float) -> bool:
    return _LEFT + radius <= mark.x <= _RIGHT - radius and _TOP + radius <= mark.y <= bottom - radius


def _is_free(mark: Mark, placed: Iterable[Mark], step: float) -> bool:
    return all(math.dist(mark[:2], other[:2]) >= step - 0.1 for other in placed)


def _scale(amounts: Sequence[float], divisor: float) -> tuple[Callable[[float], float], list[Tick], bool]:
    """Where an amount lies, the lines of the scale, and whether it is one of powers of ten."""
    least, most = min(amounts), max(amounts)
    if least > 0 and math.log10(most / least) > _DECADES:
        low, high = math.floor(math.log10(least)), math.ceil(math.log10(most))
        powers = [10.0**power for power in range(low, high + 1)]
        place = _between(low, high)
        return (
            lambda amount: place(math.log10(amount)),
            [Tick(round(place(math.log10(one)), 1), number_in_words(one / divisor)) for one in powers],
            True,
        )
    step = _step(max(most, 0) - min(least, 0))
    low_end = math.floor(min(least, 0) / step) * step
    high_end = max(math.ceil(most / step), math.ceil(low_end / step) + 1) * step
    place = _between(low_end, high_end)
    lines = [low_end + step * turn for turn in range(round((high_end - low_end) / step) + 1)]
    return place, [Tick(round(place(one), 1), number_in_words(round(one / divisor, 6))) for one in lines], False


def _between(low: float, high: float) -> Callable[[float], float]:
    return lambda value: _BOTTOM - _INSET - (_BOTTOM - _TOP - 2 * _INSET) * ((value - low) / (high - low))


def _step(span: float) -> float:
    """A round distance between lines, so that there are about five."""
    if span <= 0:
        return 1.0
    rough = span / 5
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= rough)


def amount(standing: Standing) -> str:
    """What is at stake in words, in round units: `EUR 840 million`; empty where it is unknown."""
    if standing.value is None:
        return ""
    divisor, unit = _unit(abs(standing.value))
    figures = number_in_words(round(standing.value / divisor, 1))
    return " ".join(part for part in (standing.currency, figures, unit) if part)


def _unit(size: float) -> tuple[float, str]:
    """The unit in which an amount of this size is told, and its name."""
    return next((unit, name) for unit, name in _UNITS if size >= unit or unit == 1.0)
