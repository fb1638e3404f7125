"""Where the values of one fact lead: which option each would make the recommendation, and that in few words.

Of numbers and dates those on both sides of every limit stand for all. Neighbours that lead to one option are told as
a range: up to a limit, from it on, or between two of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from engine.explain.because import in_words
from engine.vocabulary import Fact, Kind, Value


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


class Reached(NamedTuple):
    """An option, and the values of a fact that lead to it: single ones, or ranges of numbers and dates."""

    option: str
    values: tuple[Told, ...]


def reached_of(reached: Sequence[tuple[Told, str]], options: Iterable[str]) -> tuple[Reached, ...]:
    """The values that lead to each of some options; `reached` tells of all that there are, from small to large."""
    return tuple(Reached(option, tuple(_joined(reached, option))) for option in options)


def _joined(reached: Sequence[tuple[Told, str]], option: str) -> Iterator[Told]:
    """The values that lead to an option, neighbouring ranges as one."""
    for _, group in groupby(reached, key=lambda one: one[1] == option):
        some = [told for told, leads_to in group if leads_to == option]
        first, last = (some[0], some[-1]) if some else (None, None)
        if isinstance(first, Range) and isinstance(last, Range):
            yield Range(first.low, last.high, first.low_open, last.high_open)
        else:
            yield from some


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
        upwards = "until" if fact.type.kind is Kind.DATE else "up to"
        return f"below {high}" if found.high_open else f"{upwards} {high}"
    if high is None:
        return f"above {low}" if found.low_open else f"{low} or {'later' if fact.type.kind is Kind.DATE else 'more'}"
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
