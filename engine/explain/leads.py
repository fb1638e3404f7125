"""Where the values of one fact lead: which option each would make the recommendation, and that in few words.

Of numbers and dates those on both sides of every limit stand for all. Neighbours that lead to one option are told as
a range: up to a limit, from it on, or between two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from engine.explain.because import in_words
from engine.vocabulary import Fact, Kind, Value

LEAST_STEP = 0.01
"""By how much a number is moved past a limit, where it need not be whole."""


class Range(NamedTuple):
    """Numbers or dates from `low` to `high`, without an end that is `open`; an end of None is none."""

    low: Value | None
    high: Value | None
    low_open: bool = False
    high_open: bool = False


class Other(NamedTuple):
    """Any text but those that rules name."""

    than: tuple[Value, ...]


Told = Value | Range | Other


class Lead(NamedTuple):
    """An option, and the values of a fact that lead to it: single ones, or ranges of numbers and dates."""

    option: str
    values: tuple[Told, ...]


_CHOSEN = (Kind.FLAG, Kind.CHOICE, Kind.CHOICES)


def leads_of(
    fact: Fact, reached: Mapping[Value, str], limits: Collection[Value], options: Sequence[str]
) -> tuple[Lead, ...]:
    """The values that lead to each of some options; `reached` tells of all that were tried, from small to large."""
    found = []
    for option in options:
        values: Iterable[Told]
        if fact.type.kind.is_number or fact.type.kind is Kind.DATE:
            values = _ranges(fact, reached, limits, option)
        else:
            values = [value for value, leads_to in reached.items() if leads_to == option]
            if fact.type.kind not in _CHOSEN:
                # One that no rule names stands for all such.
                values = [value if value in limits else Other(tuple(sorted(map(str, limits)))) for value in values]
        found.append(Lead(option, tuple(values)))
    return tuple(found)


def _ranges(fact: Fact, reached: Mapping[Value, str], limits: Collection[Value], option: str) -> Iterator[Range]:
    tried = list(reached)
    start: int | None = None
    for place in range(len(tried) + 1):
        inside = place < len(tried) and reached[tried[place]] == option
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            yield _range(fact, tried, limits, start, place - 1)
            start = None


def _range(fact: Fact, tried: Sequence[Value], limits: Collection[Value], first: int, last: int) -> Range:
    """The range of what was tried from the first place to the last; what lies beyond all that was tried is alike."""
    type_ = fact.type
    low, high = tried[first], tried[last]
    if type_.kind is Kind.DATE or type_.kind is Kind.COUNT:
        endless = type_.kind is Kind.COUNT and type_.maximum is None and last == len(tried) - 1
        return Range(low, None if endless else high)
    above = {limit + LEAST_STEP: limit for limit in limits if isinstance(limit, (int, float))}
    below = {limit - LEAST_STEP: limit for limit in limits if isinstance(limit, (int, float))}
    low_open, high_open = low in above and low not in limits, high in below and high not in limits
    low_end: Value | None = above[low] if low_open else low  # type: ignore[index]
    high_end: Value | None = below[high] if high_open else high  # type: ignore[index]
    if first == 0 and type_.minimum is None:
        low_end, low_open = None, False
    if last == len(tried) - 1 and type_.maximum is None:
        high_end, high_open = None, False
    return Range(low_end, high_end, low_open, high_open)


def value_in_words(value: Told, fact: Fact) -> str:
    """A value or range as people write it."""
    if isinstance(value, Other):
        return "anything else" if value.than else "any value"
    if isinstance(value, Range):
        return _range_in_words(value, fact)
    if value == ():
        return "none of them"
    if isinstance(value, tuple) and len(value) > 1 and value == fact.type.values:
        return "all of them"
    return in_words(value, fact.type.kind)


def _range_in_words(found: Range, fact: Fact) -> str:
    low, high = (None if end is None else in_words(end, fact.type.kind) for end in (found.low, found.high))
    # Nothing lies beyond the ends of the type, so that they need not be told.
    if found.low == fact.type.minimum:
        low = None
    if found.high == fact.type.maximum:
        high = None
    if found.low == found.high and found.low is not None:
        return in_words(found.low, fact.type.kind)
    if low is None and high is None:
        return "any value"
    if low is None:
        return f"below {high}" if found.high_open else f"up to {high}"
    if high is None:
        return f"above {low}" if found.low_open else f"{low} or more"
    if found.high_open:
        return f"between {low} and {high}" if found.low_open else f"{low} to below {high}"
    return f"above {low}, up to {high}" if found.low_open else f"{low} to {high}"


def plain(value: Told | None) -> object:
    """A value as JSON has it; a range as an object with its ends: `from` and `to`, or `above` and `below`."""
    if isinstance(value, Other):
        return {"other_than": list(value.than)}
    if isinstance(value, Range):
        ends = {
            "above" if value.low_open else "from": plain(value.low),
            "below" if value.high_open else "to": plain(value.high),
        }
        return {name: end for name, end in ends.items() if end is not None}
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
