"""What the names in a condition may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import did_you_mean, nearest, one_of
from engine.measures import Measure
from engine.rules import OPTIONS
from engine.vocabulary import Fact, Kind, RecordList, ValueType, Vocabulary

OPENERS = ("some", "no", "every", "finding", "diagnosis")
"""Words that begin a condition without being a name."""

RESERVED = (*OPENERS, "at", "more", "less", "fewer", "always")
"""Words that no measure or record list can be called."""

RECOMMENDATION = {
    "recommendation.option": ValueType(Kind.CHOICE, OPTIONS),
    "recommendation.form": ValueType(Kind.CHOICE, ()),
}
"""Facts that the weighing adds, which only actions and readiness may ask for."""


@dataclass(frozen=True)
class Names:
    """The facts, measures and lists of a ruleset, and the facts that the weighing adds.

    A measure that is declared but cannot be read is None: its fault is reported where it is declared, not once
    more wherever it is used.
    """

    vocabulary: Vocabulary
    measures: Mapping[str, Measure | None]
    recommendation: Mapping[str, ValueType]

    def type_of(self, name: str) -> ValueType | None:
        """The type of a fact or measure; None where there is no such name."""
        fact = self.vocabulary.facts.get(name)
        if fact is not None:
            return fact.type
        if name in self.recommendation:
            return self.recommendation[name]
        measure = self.measures.get(name)
        return measure.type if measure is not None else None

    def is_unreadable(self, name: str) -> bool:
        """Whether this is a measure whose declaration is at fault."""
        return name in self.measures and self.measures[name] is None

    def list(self, name: str) -> RecordList | None:
        """The record list that rules call by this name."""
        return self.vocabulary.lists.get(name)

    def hint_for(self, name: str) -> str:
        """The nearest valid name, for messages about an unknown one."""
        last = name.rpartition(".")[2]
        homes = [fact for fact in self.vocabulary.facts if last and fact.endswith(f".{last}")]
        if homes:
            return f"did you mean {one_of(homes)}?"
        section = self.vocabulary.sections.get(name.partition(".")[0])
        if section is not None and section.facts:
            here = [fact.name.partition(".")[2] for fact in section.facts]
            found = nearest(last, here)
            return f"did you mean `{section.name}.{found}`?" if found else f"`{section.name}` has {', '.join(here)}"
        known = [*self.vocabulary.facts, *self.measures, *self.vocabulary.lists, *self.recommendation, *OPENERS]
        return did_you_mean(name, known, "facts are written `section.name`")

    def field(self, records: RecordList, name: str) -> Fact | None:
        """A field of a list."""
        return records.fields.get(name)
