"""Which facts, measures and lists are certain to be known whenever a rule fires."""

from __future__ import annotations

from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, without_negation
from engine.measures import Combine, DatePlus, Days, Measure
from engine.predicates import Known
from engine.rules import Finding, Rule, Ruleset


class Certainty:
    """What rules make certain to be known, worked out once a rule."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._known: dict[str, frozenset[str]] = {}
        self._makers: dict[tuple[str, str], list[Rule]] = {}
        for rule in ruleset.rules:
            for key in rule.makes:
                self._makers.setdefault(key, []).append(rule)

    def known(self, rule: Rule) -> frozenset[str]:
        """The names of what is known in every case in which the rule fires."""
        if rule.id not in self._known:
            # While it is worked out, a rule that supports itself promises nothing.
            self._known[rule.id] = frozenset()
            required = (fact.name for fact in self.ruleset.vocabulary.facts.values() if fact.required)
            self._known[rule.id] = self._of(without_negation(rule.when)).union(required)
        return self._known[rule.id]

    def _of(self, condition: Condition) -> frozenset[str]:
        if isinstance(condition, All):
            return frozenset().union(*(self._of(part) for part in condition.parts))
        if isinstance(condition, AnyOf):
            return _common([self._of(part) for part in condition.parts])
        if isinstance(condition, Check):
            if condition.test == Known(negated=True):
                return frozenset()
            operand = condition.operand
            return self._with_inputs(operand.name) | (
                self._with_inputs(operand.since) if operand.since else frozenset()
            )
        if isinstance(condition, Made):
            if condition.negated:
                return frozenset()
            makers = self._makers.get((condition.kind, condition.name), [])
            return _common([self.known(maker) for maker in makers if _reaches(maker, condition)])
        if isinstance(condition, ListKnown) and condition.negated:
            return frozenset()
        assert isinstance(condition, (Count, ListKnown))
        return frozenset((condition.records,))

    def _with_inputs(self, name: str) -> frozenset[str]:
        """A fact, or a measure with what it cannot be known without."""
        measure = self.ruleset.measure_by_id.get(name)
        if measure is None or not _needs_all(measure):
            return frozenset((name,))
        return frozenset((name,)).union(*(self._with_inputs(one) for one in measure.inputs))


def _needs_all(measure: Measure) -> bool:
    form = measure.form
    if isinstance(form, Combine):
        return form.how not in ("least", "greatest")
    return isinstance(form, (Days, DatePlus))


def _common(sets: list[frozenset[str]]) -> frozenset[str]:
    return frozenset.intersection(*sets) if sets else frozenset()


def _reaches(rule: Rule, asked: Made) -> bool:
    severities = [one.severity for one in rule.then if isinstance(one, Finding) and one.id == asked.name]
    return not severities or max(severities) >= asked.level
