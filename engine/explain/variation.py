"""What the answer would be if one fact or record were otherwise: exact, and quick enough to try every value.

The rules that read the fact or list are judged again, then those that ask for what changed, layer by layer; the rest
stays. The parity suite holds this to judging everything anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from typing import NamedTuple

from engine.case import Case
from engine.decision.gates import accesses
from engine.decision.verdict import Verdict, decide, winning_option
from engine.decision.weighing import Scores
from engine.evaluate import settle, truth
from engine.explain.comparisons import Comparisons
from engine.measures import Measure, observe
from engine.outcomes import Situation, Trace
from engine.rules import Finding, FormChoice, Gate, Rule, Ruleset
from engine.vocabulary import Value


class RuleGraph:
    """Which rules read, ask for and make what: worked out once for a ruleset, whatever the case."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.rules = {rule.id: rule for rule in ruleset.rules if not rule.plans and rule.status == "active"}
        self.readers: dict[str, list[str]] = {}
        self.askers: dict[tuple[str, str], list[str]] = {}
        self.makers: dict[tuple[str, str], list[str]] = {}
        for rule in self.rules.values():
            for name in dict.fromkeys((*rule.reads, *_dates_read(rule))):
                self.readers.setdefault(name, []).append(rule.id)
            for key in rule.asks:
                self.askers.setdefault(key, []).append(rule.id)
            for key in rule.makes:
                self.makers.setdefault(key, []).append(rule.id)
        self.measures = _dependent_measures(ruleset.measures)
        in_order = _in_order(self.rules, self.askers)
        self.circular = in_order is None
        self.in_order = in_order or list(self.rules.values())
        self.order = {rule.id: place for place, rule in enumerate(self.in_order)}
        self.comparisons = Comparisons(self)
        # The rules that open, close or shape options: all that `accesses` looks at.
        self.gating = frozenset(
            rule.id for rule in self.rules.values() if any(isinstance(one, (Gate, FormChoice)) for one in rule.then)
        )

    def reads(self, name: str) -> bool:
        """Whether any rule could notice a change of this fact or record list."""
        names = [name, *(measure.id for measure in self.measures.get(name, ()))]
        return any(name in self.readers for name in names)

    def measures_of(self, names: Collection[str]) -> tuple[Measure, ...]:
        """The measures that read one of these facts and lists, directly or through others, in their order."""
        if len(names) == 1:
            return self.measures.get(next(iter(names)), ())
        ids = {measure.id for name in names for measure in self.measures.get(name, ())}
        return tuple(measure for measure in self.ruleset.measures if measure.id in ids)


class Outcome(NamedTuple):
    """What would be recommended, and what gates would leave of it: `closed` where they leave nothing at all."""

    option: str
    status: str


class Variations:
    """A judged case, ready to be judged again with a fact or a few records changed."""

    def __init__(self, graph: RuleGraph, trace: Trace, verdict: Verdict) -> None:
        self.graph = graph
        self.verdict = verdict
        self.situation = trace.situation
        self.fired = trace.fired
        self._weighing = graph.ruleset.weighing
        fired = [firing.rule for firing in trace.firings]
        self._scores = Scores(fired, self._weighing)
        self._access = accesses(fired, self.situation, self._weighing)

    def reads(self, name: str) -> bool:
        """Whether any rule could notice a change of this fact or record list."""
        return self.graph.reads(name)

    def with_value(self, fact: str, value: Value | None) -> Verdict:
        """The verdict if the fact had this value, or were unknown (None)."""
        return self.on(self.situation.case.with_value(fact, value), (fact,))

    def winner_with(self, fact: str, value: Value | None) -> str:
        """The option that would be recommended if the fact had this value, or were unknown (None)."""
        return self.outcome_on(self.situation.case.with_value(fact, value), (fact,)).option

    def on(self, case: Case, changed: Collection[str]) -> Verdict:
        """The verdict on a case that differs from this one in the facts and lists that are named."""
        fired, situation = self._fired_on(case, changed)
        return decide((self.graph.rules[id_] for id_ in fired), situation, self._weighing)

    def outcome_on(self, case: Case, changed: Collection[str]) -> Outcome:
        """The same, in short: a fraction of the work."""
        fired, situation = self._fired_on(case, changed)
        if fired == self.fired:
            return Outcome(self.verdict.winner.option, self.verdict.winner.status)
        added = [self.graph.rules[id_] for id_ in fired - self.fired]
        removed = [self.graph.rules[id_] for id_ in self.fired - fired]
        # Dates are left out of sight: they tell when an option can be carried out, not whether.
        access = self._access
        if any(rule.id in self.graph.gating for rule in (*added, *removed)):
            gating = (self.graph.rules[id_] for id_ in fired & self.graph.gating)
            access = accesses(gating, situation, self._weighing)
        option = winning_option(access, self._scores.changed(added, removed), situation.diagnoses, self._weighing)
        return Outcome(option, access[option].status)

    def _fired_on(self, case: Case, changed: Collection[str]) -> tuple[frozenset[str], Situation]:
        """The rules that would fire, and the situation after them."""
        affected = self.graph.measures_of(changed)
        observations = self.situation.observations
        if affected:
            observations = observe(affected, case, observations)
        if "alliance.as_of" in changed or self.graph.circular:
            again = settle((rule for rule in self.graph.ruleset.rules if not rule.plans), Situation(case, observations))
            return again.fired, again.situation
        situation = self.situation._replace(case=case, observations=observations)
        before = self.situation.observations.value
        moved = [*changed, *(one.id for one in affected if observations.value(one.id) != before(one.id))]
        return self._resettle(moved, situation)

    def _resettle(self, changed: list[str], situation: Situation) -> tuple[frozenset[str], Situation]:
        graph, as_of = self.graph, situation.case.as_of
        fired: set[str] | None = None
        # Rules wait in an order in which each comes after all that make what it asks for.
        waiting = [graph.order[id_] for name in changed for id_ in graph.readers.get(name, ())]
        heapq.heapify(waiting)
        last = -1
        while waiting:
            place = heapq.heappop(waiting)
            if place == last:
                continue
            last = place
            rule = graph.in_order[place]
            holds = rule.in_force(as_of) and truth(rule.when, situation) is True
            if holds == (rule.id in (self.fired if fired is None else fired)):
                continue
            if fired is None:
                fired = set(self.fired)
            (fired.add if holds else fired.remove)(rule.id)
            for kind, name in rule.makes:
                makers = graph.makers[kind, name]
                level = max((_level(graph.rules[maker], kind, name) for maker in makers if maker in fired), default=0)
                if level == situation.level(kind, name):
                    continue
                situation = _at_level(situation, kind, name, level)
                for id_ in graph.askers.get((kind, name), ()):
                    heapq.heappush(waiting, graph.order[id_])
        return self.fired if fired is None else frozenset(fired), situation


def _dates_read(rule: Rule) -> tuple[str, ...]:
    """The date of the case, where the rule is in force for a time only."""
    return ("alliance.as_of",) if rule.in_force_from is not None or rule.in_force_until is not None else ()


def _level(rule: Rule, kind: str, name: str) -> int:
    """The severity with which a rule makes a finding; 1 for a diagnosis."""
    if kind == "diagnosis":
        return 1
    return max(one.severity for one in rule.then if isinstance(one, Finding) and one.id == name)


def _at_level(situation: Situation, kind: str, name: str, level: int) -> Situation:
    """The situation with one finding or diagnosis at another level; 0 takes it away."""
    if kind == "diagnosis":
        others = situation.diagnoses - {name}
        return situation._replace(diagnoses=others | {name} if level else others)
    findings = {id_: severity for id_, severity in situation.findings.items() if id_ != name}
    return situation._replace(findings={**findings, name: level} if level else findings)


def _in_order(rules: Mapping[str, Rule], askers: Mapping[tuple[str, str], list[str]]) -> list[Rule] | None:
    """The rules, each after all that make what it asks for; None where rules ask for each other in a circle."""
    after = {id_: {one for key in rule.makes for one in askers.get(key, ())} for id_, rule in rules.items()}
    waits_for = dict.fromkeys(rules, 0)
    for followers in after.values():
        for id_ in followers:
            waits_for[id_] += 1
    found = [rule for id_, rule in rules.items() if not waits_for[id_]]
    for rule in found:
        for id_ in after[rule.id]:
            waits_for[id_] -= 1
            if not waits_for[id_]:
                found.append(rules[id_])
    return found if len(found) == len(rules) else None


def _dependent_measures(measures: tuple[Measure, ...]) -> dict[str, tuple[Measure, ...]]:
    """For each fact and list, the measures that read it, directly or through others, in their order."""
    roots: dict[str, set[str]] = {}
    found: dict[str, list[Measure]] = {}
    for measure in measures:
        # A measure stands after those that it reads: what is no measure yet is a fact or list.
        reached = {root for name in measure.inputs for root in roots.get(name, {name})}
        roots[measure.id] = reached
        for root in reached:
            found.setdefault(root, []).append(measure)
    return {root: tuple(dependent) for root, dependent in found.items()}
