"""Values in the words of a memo: the filters that templates use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from engine.explain.because import day_in_words, either, in_words, joined, number_in_words, percent
from engine.report import capital, day, lead_in_words, signed, small
from engine.sources import shorten


def plain(value: object) -> str:
    """A value that is printed without a filter; numbers come out as digits, `unknown` for none."""
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None or isinstance(value, (bool, date)):
        return in_words(value)
    if isinstance(value, (list, tuple)):
        return joined([plain(one) if not isinstance(one, str) else one for one in value])
    return str(value)


def day_or_dash(value: date | str | None) -> str:
    """A date, or its ISO text, as `30 June 2025`; a dash where there is none."""
    if value is None or value == "":
        return "\N{EN DASH}"
    return day(value) if isinstance(value, str) else day_in_words(value)


def sentence(text: str) -> str:
    """The text with a capital first letter and one full stop."""
    text = capital(text.strip())
    return text if text.endswith((".", "!", "?", "\N{HORIZONTAL ELLIPSIS}")) else f"{text}."


def count(number: int, one: str, many: str = "") -> str:
    """`1 rule`, `3 rules`."""
    return f"{number_in_words(number)} {one if number == 1 else many or one + 's'}"


def words(text: str) -> str:
    """An id as words: underscores become spaces."""
    return str(text).replace("_", " ")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "capital": capital,
    "date": day_or_dash,
    "either": lambda parts: either([str(part) for part in parts]),
    "joined": lambda parts: joined([str(part) for part in parts]),
    "lead": lead_in_words,
    "number": number_in_words,
    "of": count,
    "percent": percent,
    "sentence": sentence,
    "shorten": shorten,
    "signed": signed,
    "small": small,
    "words": words,
}
