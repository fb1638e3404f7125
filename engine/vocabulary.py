"""What a facts file may say: names, types, allowed values, questions and levers.

The vocabulary itself is data in the ruleset; this module is its form, and turns the text of one
value into the value (`read_value`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple

from engine.errors import Location, did_you_mean, one_of

Value = str | bool | int | float | date | tuple[str, ...]
"""A known value. An unknown one is None wherever values are handed about."""

LEVERS = ("us", "partner", "both", "nobody")


class Kind(str, Enum):
    """The types of the facts contract; `CHOICES` is its "list of choice"."""

    TEXT = "text"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    SCORE = "score"
    SHARE = "share"
    COUNT = "count"
    AMOUNT = "amount"
    PERIOD = "period"
    REF = "ref"

    @property
    def is_number(self) -> bool:
        """Whether values of this kind are compared as numbers."""
        return self in _NUMBERS


_NUMBERS = frozenset({Kind.SCORE, Kind.SHARE, Kind.COUNT, Kind.AMOUNT})
_DEFAULT_RANGE: dict[Kind, tuple[float | None, float | None]] = {
    Kind.SCORE: (1, 5),
    Kind.SHARE: (0, 1),
    Kind.COUNT: (0, None),
}


class ValueType(NamedTuple):
    """The type of one fact or record field: its kind and what it permits."""

    kind: Kind
    values: tuple[str, ...] = ()
    ordered: bool = False
    minimum: float | None = None
    maximum: float | None = None
    refers_to: str | None = None

    @staticmethod
    def of(kind: Kind, minimum: float | None = None, maximum: float | None = None) -> ValueType:
        """A type with the kind's own range where none is given."""
        low, high = _DEFAULT_RANGE.get(kind, (None, None))
        return ValueType(
            kind,
            minimum=low if minimum is None else minimum,
            maximum=high if maximum is None else maximum,
        )

    def expected(self) -> str:
        """What a value of this type looks like, in the words of messages."""
        kind = self.kind
        if kind in (Kind.CHOICE, Kind.CHOICES):
            return one_of(self.values)
        if kind.is_number:
            what = "a whole number" if kind is Kind.COUNT else "a number"
            if self.minimum is not None and self.maximum is not None:
                return f"{what} from {self.minimum:g} to {self.maximum:g}"
            if self.maximum is not None:
                return f"{what} of at most {self.maximum:g}"
            return f"{what} of at least {self.minimum:g}" if self.minimum is not None else what
        return _EXPECTED[kind]


_EXPECTED = {
    Kind.TEXT: "text",
    Kind.DATE: "a date such as `2025-06-30`",
    Kind.FLAG: "`true` or `false`",
    Kind.PERIOD: "a period such as `2025-Q3`, `2025-09` or `2025`",
    Kind.REF: "the id of a record",
}


class Fact(NamedTuple):
    """One fact, or one field of a record.

    `name` is `section.name` for a fact and the bare name for a field. `better` is `high`, `low`,
    `true`, `false` or empty; `fresh_days` is how long evidence for it stays fresh, None where it does
    not age. `best_first` are values of a choice from best to worst, each once, for a choice that has no order which
    rules or changes go by: it only tells what is better. An ordered choice has none. Nothing changes back from a value
    (or an entry of a list) that is `final`, nor to one that is `initial`: what is done is done, and what has begun has
    begun.
    """

    name: str
    type: ValueType
    question: str
    help: str
    lever: str
    meanings: Mapping[str, str] = {}
    better: str = ""
    unit: str = ""
    fresh_days: int | None = None
    required: bool = False
    source: tuple[str, ...] = ()
    location: Location | None = None
    best_first: tuple[str, ...] = ()
    final: tuple[str, ...] = ()
    initial: tuple[str, ...] = ()

    def stays(self, value: Value | None) -> bool:
        """Whether a value stays as it is, once it is reached."""
        return _as_written(value) in self.final

    def comes_back(self, value: Value) -> bool:
        """Whether a value can be reached from others."""
        return _as_written(value) not in self.initial


def _as_written(value: Value | None) -> Value | None:
    """A value as vocabulary files write it."""
    return str(value).lower() if isinstance(value, bool) else value


class RecordList(NamedTuple):
    """A list of records: `path` is where it stands in a facts file, `name` what rules call it.

    `key` is the field that identifies a record, `label` the field by which people know it.
    """

    name: str
    path: str
    title: str
    singular: str
    key: str
    label: str
    question: str
    help: str
    lever: str
    fields: Mapping[str, Fact]
    fresh_days: int | None = None
    source: tuple[str, ...] = ()
    location: Location | None = None


class Section(NamedTuple):
    """One heading of a facts file with its facts and lists, in their order."""

    name: str
    title: str
    summary: str
    facts: tuple[Fact, ...]
    lists: tuple[RecordList, ...]


class Vocabulary(NamedTuple):
    """Every fact and list that a facts file may give, by name."""

    sections: Mapping[str, Section]
    facts: Mapping[str, Fact]
    lists: Mapping[str, RecordList]

    @property
    def list_paths(self) -> Mapping[str, RecordList]:
        """Record lists by the path at which they stand in a facts file."""
        return {records.path: records for records in self.lists.values()}


class ValueProblem(ValueError):
    """The text of a value does not fit its type; carries what was expected and a hint."""

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint


# Digits are those of ASCII: other scripts' digits would make two spellings of one period or date.
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_PERIOD = re.compile(r"([0-9]{4})(?:-(Q[1-4]|0[1-9]|1[0-2]))?\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_MAX_NUMBER = 2.0**53


def read_value(kind: ValueType, text: str, quoted: bool = False) -> Value:
    """The value that `text` stands for. Raises ValueProblem. `choices` are read one by one.

    Numbers come back as int where they are whole and written so, otherwise as float.
    """
    if kind.kind is Kind.TEXT or kind.kind is Kind.REF:
        return text
    if kind.kind in (Kind.CHOICE, Kind.CHOICES):
        if text not in kind.values:
            hint = did_you_mean(text, kind.values)
            raise ValueProblem(kind.expected(), hint)
        return text
    if kind.kind is Kind.FLAG:
        if text in ("true", "false") and not quoted:
            return text == "true"
        raise ValueProblem(kind.expected(), _flag_hint(text, quoted))
    if kind.kind is Kind.DATE:
        return _read_date(text)
    if kind.kind is Kind.PERIOD:
        if not _PERIOD.match(text):
            raise ValueProblem(kind.expected())
        return text
    if quoted:
        raise ValueProblem(kind.expected(), "write the number without quotes")
    return _read_number(kind, text)


def _flag_hint(text: str, quoted: bool) -> str:
    meant = {"yes": "true", "no": "false", "on": "true", "off": "false", "true": "true", "false": "false"}
    word = meant.get(text.lower())
    return f"write `{word}`{' without quotes' if quoted else ''}" if word else ""


def _read_date(text: str) -> date:
    match = _DATE.match(text)
    if not match:
        raise ValueProblem(_EXPECTED[Kind.DATE])
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueProblem("a date that exists", "check the month and the day") from None


def _read_number(kind: ValueType, text: str) -> int | float:
    if not _NUMBER.match(text):
        raise ValueProblem(kind.expected(), _number_hint(kind, text))
    number: int | float = float(text)
    if not math.isfinite(number) or abs(number) > _MAX_NUMBER:
        raise ValueProblem(kind.expected(), "the number is too large")
    if re.fullmatch(r"[-+]?[0-9]+", text):
        number = int(text)
    elif kind.kind is Kind.COUNT:
        raise ValueProblem(kind.expected())
    if (kind.minimum is not None and number < kind.minimum) or (kind.maximum is not None and number > kind.maximum):
        hint = "a share of 40 % is written 0.4" if kind.kind is Kind.SHARE and 1 < number <= 100 else ""
        raise ValueProblem(kind.expected(), hint)
    return number


def _number_hint(kind: ValueType, text: str) -> str:
    if re.fullmatch(r"[-+]?[\d.]+\s*%", text):
        return "a share of 40 % is written 0.4"
    if "," in text and re.fullmatch(r"[-+]?[\d.,\s]+", text):
        return "write decimals with a point, and no separators between thousands"
    if "_" in text or " " in text:
        return "write the digits without spaces or underlines"
    return ""


def period_order(period: str) -> tuple[int, int]:
    """A sort key for periods: year, then the month in which the period ends."""
    match = _PERIOD.match(period)
    if not match:
        raise ValueError(period)
    year, part = match.groups()
    if part is None:
        return int(year), 12
    return int(year), int(part[1]) * 3 if part[0] == "Q" else int(part)
