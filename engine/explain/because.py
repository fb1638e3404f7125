"""The reason of a rule in the words of the case.

Templates hold only what `engine.explain.permitted` lets through, and run in Jinja's sandbox. Text from facts goes in
as data: nothing in it is ever run as a template, and who prints the result escapes it for their medium.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from engine.case import Record
from engine.conditions import Count, leaves
from engine.errors import Location, NotFoundError, Problem, TemplateError
from engine.evaluate import behind, split, truth
from engine.explain.permitted import refusals
from engine.outcomes import Situation
from engine.rules import Rule
from engine.sources import shorten
from engine.vocabulary import Kind, RecordList, Value, Vocabulary

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from jinja2.sandbox import ImmutableSandboxedEnvironment

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_LONGEST_LABEL = 90


class Reasons:
    """The reasons of rules in one situation, each worked out when it is first asked for."""

    def __init__(self, situation: Situation, vocabulary: Vocabulary, wanted: Container[str] | None = None) -> None:
        """`wanted` are the ids of the only rules whose reasons will be shown: those of others are empty."""
        self.situation = situation
        self.vocabulary = vocabulary
        self.wanted = wanted
        self._done: dict[str, str] = {}

    def of_only(self, wanted: Container[str]) -> Reasons:
        """The reasons of a few rules, for a page that shows no more: wording all of them takes longest."""
        return Reasons(self.situation, self.vocabulary, wanted)

    def of(self, rule: Rule) -> str:
        """The rule's `because` as plain text on one line. Raises TemplateError, located at the template."""
        if self.wanted is not None and rule.id not in self.wanted:
            return ""
        if rule.id not in self._done:
            self._done[rule.id] = self.render(rule, rule.because)
        return self._done[rule.id]

    def render(self, rule: Rule, template: str, place: Location | None = None) -> str:
        """A template of a rule (its `because`, or the text of an action at `place`) in the words of the case."""
        if "{" not in template:
            return _one_line(template)
        names = {
            "us": self.situation.case.us,
            "partner": self.situation.case.partner,
            "alliance_name": str(self.situation.case.value("alliance.name")),
            "as_of": self.situation.case.as_of,
            "fact": self._fact,
            "measure": self.situation.observations.value,
            "matching": lambda name: self._records(name, matching(rule, name, self.situation)),
            "records": lambda name: self._records(name, self.situation.case.records(name) or ()),
        }
        place = place or rule.because_location
        try:
            tree = environment().parse(template)
            wrong = [
                Problem(place, f"the text of rule `{rule.id}` {message}", hint) for message, hint in refusals(tree)
            ]
            if wrong:
                raise TemplateError(wrong)
            return _one_line(environment().from_string(tree).render(names, **{_CURRENCY: self._currency()}))
        except TemplateError:
            raise
        except Exception as error:
            message = f"the text of rule `{rule.id}` {fault(error)}"
            raise TemplateError([Problem(place, message)]) from error

    def _currency(self) -> str:
        return str(self.situation.case.value("financials.currency") or "")

    def _fact(self, name: str) -> Value:
        known = self.vocabulary.facts.get(name)
        if known is None:
            raise NotFoundError(f"there is no fact `{name}`")
        value = self.situation.case.value(name)
        return in_words(value, known.type.kind) if value is None or isinstance(value, (str, bool)) else value

    def _records(self, name: str, records: Iterable[Record]) -> RecordsView:
        known = self.vocabulary.lists.get(name)
        if known is None:
            raise NotFoundError(f"there is no record list `{name}`")
        return RecordsView(known, tuple(records))


def fault(error: Exception) -> str:
    """What is wrong with a text that cannot be read or written, to be put behind `the text of rule …`."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return f"is not a valid template: {error.message}"
    if isinstance(error, NotFoundError):
        return f"cannot be written: {error}"
    if isinstance(error, RecursionError):
        return "has too many brackets within each other"
    return "cannot be written: a filter stands behind a value that it does not fit"


class RecordsView:
    """Some records of a list, as templates see them."""

    def __init__(self, known: RecordList, records: tuple[Record, ...]) -> None:
        self.known = known
        self.records = records

    def values(self, field: str) -> list[Value]:
        """The known values of a field."""
        if field not in self.known.fields:
            raise NotFoundError(f"a {self.known.singular} has no field `{field}`")
        return [value for record in self.records if (value := record.value(field)) is not None]

    def labels(self) -> list[str]:
        """What people call each record: its name, or its description in quotation marks."""
        texts = [label(record, self.known) for record in self.records]
        return [f"“{text}”" if " " in text and self.known.label == "description" else text for text in texts]

    def __len__(self) -> int:
        return len(self.records)


def label(record: Record, known: RecordList) -> str:
    """What people call a record: its label field, cut to a line, or its id."""
    value = record.value(known.label)
    return shorten(str(value), _LONGEST_LABEL) if value is not None else record.id


def matching(rule: Rule, name: str, situation: Situation) -> tuple[Record, ...]:
    """The records of a list that made true what the rule asks of it, in the list's order."""
    found: dict[str, Record] = {}
    for leaf in leaves(rule.when):
        if isinstance(leaf, Count) and leaf.records == name and truth(leaf, situation) is True:
            groups = split(name, leaf.where, situation.case)
            for record in behind(leaf, groups) if groups else ():
                found[record.id] = record
    return tuple(record for record in situation.case.records(name) or () if record.id in found)


def in_words(value: Value | None, kind: Kind | None = None) -> str:
    """A value as people write it; `unknown` for an unknown one. Texts stay as they are."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, (int, float)):
        return percent(value) if kind is Kind.SHARE else number_in_words(value)
    if isinstance(value, tuple):
        return joined([one.replace("_", " ") for one in value]) if value else "none"
    return value.replace("_", " ") if kind is Kind.CHOICE else value


def day_in_words(day: date | str) -> str:
    """`2025-06-30` as `30 June 2025`; what is unknown stays so."""
    if isinstance(day, str):
        return day
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def number_in_words(number: float | str) -> str:
    """Thousands apart, no trailing zeros, at most four decimals; what is unknown stays so."""
    if isinstance(number, str):
        return number
    if float(number).is_integer():
        return f"{int(number):,}"
    return f"{number:,.4f}".rstrip("0").rstrip(".")


def joined(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def either(parts: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return "".join(parts) if len(parts) < 2 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def percent(number: float | str) -> str:
    """`0.4` as `40%`; what is unknown stays so."""
    if isinstance(number, str):
        return number
    return f"{number_in_words(round(number * 100, 1))}%"


_CURRENCY = "currency of the case"
"""Where filters find it; no text can name it, since it is no word of the template language."""


_LARGE = 1_000
"""From here on, an amount is told in whole units."""


def _money(context: Context, amount: float | str) -> str:
    """An amount with the currency of the case, where that is known."""
    if isinstance(amount, str) and not amount.lstrip("-")[:1].isdigit():
        return amount  # unknown; a sum comes in words already
    if isinstance(amount, float) and abs(amount) >= _LARGE:
        amount = round(amount)
    return f"{context.get(_CURRENCY, '')} {number_in_words(amount)}".strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _finalize(value: object) -> object:
    """Values in the words of people; text stays as it is, an undefined name stays an error."""
    return in_words(value) if isinstance(value, (bool, int, float, date, tuple)) or value is None else value


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The sandbox in which the texts of rules are rendered, with its filters."""
    # Jinja takes longer to import than most commands to run: only texts with placeholders pay for it.
    from jinja2 import StrictUndefined, pass_context
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=_finalize)
    environment.filters.clear()
    environment.globals.clear()
    environment.filters.update(
        {
            "names": lambda view: joined(view.labels()),
            "ids": lambda view: joined([record.id for record in view.records]),
            "count": len,
            "max": lambda view, field: number_in_words(max(view.values(field), default=0)),
            "min": lambda view, field: number_in_words(min(view.values(field), default=0)),
            "sum": lambda view, field: number_in_words(sum(view.values(field))),
            "percent": percent,
            "number": number_in_words,
            "money": pass_context(_money),
            "date": day_in_words,
            "words": lambda text: str(text).replace("_", " "),
        }
    )
    return environment
