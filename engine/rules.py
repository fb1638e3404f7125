"""Rules, what they conclude, and the ruleset that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from engine.conditions import Condition
from engine.errors import Location
from engine.measures import Measure
from engine.vocabulary import Vocabulary

OPTIONS = ("continue", "renegotiate", "de-scope", "modularise", "convert-to-licensing", "exit")
"""The six options, from least to most disruptive."""

STATUSES = ("open", "conditional", "closed")
"""What gates make of an option, from best to worst."""

READINESS = ("decide", "hold", "suspend")
"""From best to worst."""

CONFIDENCE = ("high", "medium", "low")
"""How firm a recommendation is, from best to worst."""


class Finding(NamedTuple):
    """Something is wrong, severity 1 (minor) to 3 (critical); or, favourable, something is right."""

    id: str
    severity: int
    favourable: bool = False


class Diagnosis(NamedTuple):
    """Why it is so; or a `step` of the reasoning, on which other rules build and which is no cause by itself."""

    id: str
    step: bool = False


class Argument(NamedTuple):
    """A reason for (`side` "for") or against an option."""

    option: str
    side: str
    strength: str


class Gate(NamedTuple):
    """An option, or one form of it, is conditional on steps or closed; `earliest` names a date."""

    option: str
    form: str | None
    status: str
    steps: tuple[str, ...]
    earliest: str | None


class FormChoice(NamedTuple):
    """A reason for carrying out an option in one of its forms."""

    option: str
    form: str
    strength: str


class ReadinessCall(NamedTuple):
    """The decision is held or suspended; `obtain` are the facts to get."""

    state: str
    obtain: tuple[str, ...]


class Action(NamedTuple):
    """A step of the plan: its owner is a role, `days` count from the decision, `location` is that of its text."""

    text: str
    owner: str
    days: int
    phase: str
    location: Location | None = None


Conclusion = Finding | Diagnosis | Argument | Gate | FormChoice | ReadinessCall | Action


class Rule(NamedTuple):
    """One rule; `layer` says after which others it is settled, `because` is a Jinja template.

    `reads` are the facts, measures and lists that its condition looks at; `asks` the findings and
    diagnoses, as (`finding`, id) and (`diagnosis`, id).
    """

    id: str
    title: str
    ground: str
    when: Condition
    then: tuple[Conclusion, ...]
    because: str
    source: tuple[str, ...]
    location: Location
    because_location: Location
    owner: str = ""
    status: str = "active"
    in_force_from: date | None = None
    in_force_until: date | None = None
    review_by: date | None = None
    note: str = ""
    layer: int = 0
    reads: tuple[str, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()

    def in_force(self, as_of: date) -> bool:
        """Whether the rule takes part in a case of that date."""
        if self.status != "active":
            return False
        if self.in_force_from is not None and as_of < self.in_force_from:
            return False
        return self.in_force_until is None or as_of <= self.in_force_until

    @property
    def makes(self) -> tuple[tuple[str, str], ...]:
        """The findings and diagnoses that the rule makes, as (`finding`, id) and (`diagnosis`, id)."""
        return tuple(
            ("finding" if isinstance(one, Finding) else "diagnosis", one.id)
            for one in self.then
            if isinstance(one, (Finding, Diagnosis))
        )

    @property
    def plans(self) -> bool:
        """Whether the rule belongs after the weighing: it concludes an action or readiness."""
        return any(isinstance(conclusion, (Action, ReadinessCall)) for conclusion in self.then)


class Option(NamedTuple):
    """One of the six options.

    `margin` is its standard of proof: the points by which it must lead every less disruptive option that is not
    closed. `resolution` ends the sentence "The board is asked to resolve …" and may name {us} and {partner}.
    `present_value` names the measure of what the option is worth to us: of the status quo by itself, of the others
    against it.
    """

    id: str
    title: str
    meaning: str
    resolution: str
    margin: float
    default_form: str
    forms: Mapping[str, str]
    risks_of_acting: tuple[str, ...]
    risks_of_not_acting: tuple[str, ...]
    review_days: int
    present_value: str = ""


class ConfidenceRow(NamedTuple):
    """The least lead, and the most open doubts, for a level of confidence."""

    level: str
    lead: float
    open_doubts: int | None


class StatusQuo(NamedTuple):
    """When going on unchanged is recommended: unless the diagnosis `barred_by` is made, from `least_score` on."""

    barred_by: str
    least_score: float
    location: Location


class Weighing(NamedTuple):
    """How arguments become a recommendation: all of it is declared in the ruleset."""

    function: str
    strengths: Mapping[str, float]
    grounds: Mapping[str, str]
    options: Mapping[str, Option]
    decisive_facts: tuple[str, ...]
    known_at_least: int
    confidence: tuple[ConfidenceRow, ...]
    status_quo: StatusQuo | None = None


class Source(NamedTuple):
    """What a rule rests on: an item of a document. `unused` says why nothing rests on it, where so."""

    id: str
    title: str
    section: str
    document: str
    unused: str = ""


@dataclass(frozen=True)
class Ruleset:
    """A whole ruleset; rules stand in the order of their layer, then of their files."""

    name: str
    version: str
    title: str
    description: str
    vocabulary: Vocabulary
    measures: tuple[Measure, ...]
    rules: tuple[Rule, ...]
    weighing: Weighing
    sources: Mapping[str, Source]
    sha256: str
    history: tuple[str, ...] = ()
    by_id: Mapping[str, Rule] = field(default_factory=dict)
    measure_by_id: Mapping[str, Measure] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[str, ...]:
        """The ids of all findings that some rule makes."""
        return self._concluded(Finding)

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """The ids of all diagnoses that some rule makes."""
        return self._concluded(Diagnosis)

    def _concluded(self, kind: type[Finding | Diagnosis]) -> tuple[str, ...]:
        return tuple(sorted({one.id for rule in self.rules for one in rule.then if isinstance(one, kind)}))
