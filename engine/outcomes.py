"""What came of running rules: firings in their order, and what is known after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engine.case import Case
from engine.measures import Observations
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Value


class Situation(NamedTuple):
    """Everything known at one moment: the case, its measures, and what has been concluded so far.

    `findings` holds severities (1 to 3) by id; `recommendation` the facts that the weighing adds.
    """

    case: Case
    observations: Observations
    findings: Mapping[str, int] = {}
    diagnoses: frozenset[str] = frozenset()
    recommendation: Mapping[str, str] = {}

    def value(self, name: str) -> Value | None:
        """The value of a fact (`section.name`), measure or fact of the recommendation; None if unknown."""
        if "." not in name:
            return self.observations.value(name)
        if name in self.recommendation:
            return self.recommendation[name]
        return self.case.value(name)

    def level(self, kind: str, name: str) -> int:
        """The severity of a finding, 1 for a diagnosis that was made, 0 for what was not."""
        if kind == "finding":
            return self.findings.get(name, 0)
        return int(name in self.diagnoses)

    def after(self, rules: Iterable[Rule]) -> Situation:
        """The situation when these rules have fired as well."""
        findings = dict(self.findings)
        diagnoses = set(self.diagnoses)
        for rule in rules:
            for one in rule.then:
                if isinstance(one, Finding):
                    findings[one.id] = max(findings.get(one.id, 0), one.severity)
                elif isinstance(one, Diagnosis):
                    diagnoses.add(one.id)
        return self._replace(findings=findings, diagnoses=frozenset(diagnoses))


class Firing(NamedTuple):
    """One rule that fired, and what made it fire.

    `facts` are names of facts and lists, `measures` ids of measures, `records` are `list:id`, `made` are
    `finding:id` and `diagnosis:id`.
    """

    rule: Rule
    facts: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


class Trace(NamedTuple):
    """The firings of one run in their order, and the situation after them."""

    firings: tuple[Firing, ...]
    situation: Situation

    @property
    def fired(self) -> frozenset[str]:
        """The ids of the rules that fired."""
        return frozenset(firing.rule.id for firing in self.firings)
