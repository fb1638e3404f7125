"""One validated, immutable case: what is known about one alliance, and how well.

Unknown is absence: a fact that is not known has no entry, and its value is None; a record list that
was left out is None, an empty one is an empty tuple.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from engine.vocabulary import Value


class Entry(NamedTuple):
    """A known value with its provenance and doubt.

    `low` and `high` bound a number or date, `plausible` lists other values that a choice might have;
    `confidence` is high, medium or low; `dated` is the date of the evidence.
    """

    value: Value
    low: Value | None = None
    high: Value | None = None
    plausible: tuple[str, ...] = ()
    source: str = ""
    confidence: str = "high"
    disputed: bool = False
    dated: date | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the value is disputed or held with low confidence."""
        return self.disputed or self.confidence == "low"

    def stale(self, fresh_days: int | None, as_of: date) -> bool:
        """Whether the evidence was older, on that day, than it stays fresh; evidence without a date never is."""
        if self.dated is None or fresh_days is None:
            return False
        return (as_of - self.dated).days > fresh_days


class Record(NamedTuple):
    """One record of a list; `id` is the value of the list's key field."""

    id: str
    entries: Mapping[str, Entry]

    def value(self, field: str) -> Value | None:
        """The field's value, or None where it is unknown."""
        entry = self.entries.get(field)
        return None if entry is None else entry.value


@dataclass(frozen=True)
class Case:
    """The facts of one alliance as of one date. Records stand in the order of their key."""

    facts: Mapping[str, Entry]
    lists: Mapping[str, tuple[Record, ...]]

    def value(self, fact: str) -> Value | None:
        """The value of `section.name`, or None where it is unknown."""
        entry = self.facts.get(fact)
        return None if entry is None else entry.value

    def records(self, name: str) -> tuple[Record, ...] | None:
        """The records of a list, or None where the list was left out."""
        return self.lists.get(name)

    @property
    def as_of(self) -> date:
        """The date from which all ages and deadlines are computed."""
        value = self.value("alliance.as_of")
        assert isinstance(value, date)
        return value

    @property
    def us(self) -> str:
        """The party that runs the advisor."""
        return str(self.value("alliance.us"))

    @property
    def partner(self) -> str:
        """The other party."""
        return str(self.value("alliance.partner"))

    def with_value(self, fact: str, value: Value | None) -> Case:
        """The same case with one fact changed, or made unknown by None."""
        facts = dict(self.facts)
        if value is None:
            facts.pop(fact, None)
        else:
            entry = facts.get(fact)
            facts[fact] = Entry(value) if entry is None else entry._replace(value=value)
        return Case(facts, self.lists)

    def with_field(self, name: str, record: str, field: str, value: Value) -> Case:
        """The same case with a known field of one record of a list changed."""
        changed = []
        for one in self.lists[name]:
            entries = one.entries
            if one.id == record:
                entries = {**entries, field: entries[field]._replace(value=value)}
            changed.append(one._replace(entries=entries))
        return Case(self.facts, {**self.lists, name: tuple(changed)})

    def canonical(self) -> str:
        """The content as JSON text that does not depend on the order in which facts were written."""
        content = {
            "facts": {name: _plain(entry) for name, entry in self.facts.items()},
            "lists": {
                name: [{field: _plain(entry) for field, entry in record.entries.items()} for record in records]
                for name, records in self.lists.items()
            },
        }
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def sha256(self) -> str:
        """The hash of the canonical content."""
        return hashlib.sha256(self.canonical().encode("utf-8", "surrogatepass")).hexdigest()


def _plain(entry: Entry) -> object:
    """An entry as JSON values; a number and its float (3, 3.0) come out the same."""
    doubt: dict[str, object] = {
        "low": _plain_value(entry.low),
        "high": _plain_value(entry.high),
        "plausible": list(entry.plausible),
        "source": entry.source,
        "confidence": entry.confidence,
        "disputed": entry.disputed,
        "dated": _plain_value(entry.dated),
    }
    return [_plain_value(entry.value), doubt]


def _plain_value(value: Value | None) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
