"""What the answer would be if one fact were otherwise: exact, and quick enough to try every value.

The rules that read the fact are judged again, then those that ask for what changed, layer by layer; the rest
stays. The parity suite holds this to judging everything anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.decision.verdict import Verdict, decide
from engine.evaluate import made_by, settle, truth
from engine.measures import Measure, observe
from engine.outcomes import Situation, Trace
from engine.rules import Finding, Rule, Ruleset
from engine.vocabulary import Value


class Variations:
    """A judged case, ready to be judged again with one fact changed."""

    def __init__(self, ruleset: Ruleset, trace: Trace, verdict: Verdict) -> None:
        self.ruleset = ruleset
        self.verdict = verdict
        self.situation = trace.situation
        self.fired = trace.fired
        as_of = trace.situation.case.as_of
        self.rules = {rule.id: rule for rule in ruleset.rules if not rule.plans and rule.in_force(as_of)}
        self.position = {id_: number for number, id_ in enumerate(self.rules)}
        self.readers: dict[str, list[str]] = {}
        self.askers: dict[tuple[str, str], list[str]] = {}
        self.makers: dict[tuple[str, str], list[str]] = {}
        for rule in self.rules.values():
            for name in rule.reads:
                self.readers.setdefault(name, []).append(rule.id)
            for key in rule.asks:
                self.askers.setdefault(key, []).append(rule.id)
            for key in made_by(rule):
                self.makers.setdefault(key, []).append(rule.id)
        self.measures = _dependent_measures(ruleset.measures)
        self.circular = _circular(self.rules, self.askers)

    def reads(self, fact: str) -> bool:
        """Whether any rule could notice a change of this fact."""
        names = [fact, *(measure.id for measure in self.measures.get(fact, ()))]
        return any(name in self.readers for name in names)

    def with_value(self, fact: str, value: Value | None) -> Verdict:
        """The verdict if the fact had this value, or were unknown (None)."""
        case = self.situation.case.with_value(fact, value)
        affected = self.measures.get(fact, ())
        observations = observe(affected, case, self.situation.observations)
        situation = replace(self.situation, case=case, observations=observations)
        if fact == "alliance.as_of" or self.circular:
            bare = Situation(case, observations)
            again = settle((rule for rule in self.ruleset.rules if not rule.plans), bare)
            return decide((firing.rule for firing in again.firings), again.situation, self.ruleset.weighing)
        before = self.situation.observations.value
        changed = [fact, *(one.id for one in affected if observations.value(one.id) != before(one.id))]
        fired, situation, noticed = self._resettle(changed, situation)
        if not noticed and not self._dates_changed(changed):
            return self.verdict
        return decide((self.rules[id_] for id_ in sorted(fired, key=self.position.__getitem__)), situation, self.ruleset.weighing)

    def _dates_changed(self, names: list[str]) -> bool:
        """Whether a gate takes its date from something that changed."""
        return any(getattr(one, "earliest", None) in names for id_ in self.fired for one in self.rules[id_].then)

    def _resettle(self, changed: list[str], situation: Situation) -> tuple[set[str], Situation, bool]:
        fired = set(self.fired)
        findings = dict(situation.findings)
        diagnoses = set(situation.diagnoses)
        waiting = {id_ for name in changed for id_ in self.readers.get(name, ())}
        noticed = False
        while waiting:
            # Rules stand in the order of their layers, and no rule asks for what a later layer makes.
            id_ = min(waiting, key=lambda one: (self.rules[one].layer, self.depth[one], self.position[one]))
            waiting.remove(id_)
            rule = self.rules[id_]
            holds = truth(rule.when, situation) is True
            if holds == (id_ in fired):
                continue
            noticed = True
            (fired.add if holds else fired.remove)(id_)
            for key in made_by(rule):
                kind, name = key
                level = max((_level(self.rules[maker], name) for maker in self.makers[key] if maker in fired), default=0)
                if level == situation.level(kind, name):
                    continue
                if kind == "finding":
                    findings[name] = level
                elif level:
                    diagnoses.add(name)
                else:
                    diagnoses.discard(name)
                situation = replace(situation, findings=dict(findings), diagnoses=frozenset(diagnoses))
                waiting.update(self.askers.get(key, ()))
        return fired, situation, noticed

    @property
    def depth(self) -> Mapping[str, int]:
        """How many rules must be settled before each rule, at most."""
        found: dict[str, int] | None = self.__dict__.get("_depth")
        if found is None:
            found = {}
            for id_ in self.rules:
                self._measure_depth(id_, found)
            self.__dict__["_depth"] = found
        return found

    def _measure_depth(self, id_: str, found: dict[str, int]) -> int:
        if id_ not in found:
            makers = [maker for key in self.rules[id_].asks for maker in self.makers.get(key, ())]
            found[id_] = max((self._measure_depth(maker, found) + 1 for maker in makers), default=0)
        return found[id_]


def _level(rule: Rule, name: str) -> int:
    return max((one.severity if isinstance(one, Finding) else 1 for one in rule.then if getattr(one, "id", "") == name), default=0)


def _dependent_measures(measures: tuple[Measure, ...]) -> dict[str, tuple[Measure, ...]]:
    """For each fact, the measures that read it, directly or through others, in their order."""
    roots: dict[str, set[str]] = {}
    found: dict[str, list[Measure]] = {}
    for measure in measures:
        reached = {root for name in measure.inputs for root in (roots.get(name, set()) if "." not in name else {name})}
        roots[measure.id] = reached
        for root in reached:
            found.setdefault(root, []).append(measure)
    return {root: tuple(dependent) for root, dependent in found.items()}


def _circular(rules: Mapping[str, Rule], askers: Mapping[tuple[str, str], list[str]]) -> bool:
    """Whether some rule asks, through others, for what it makes itself."""
    state: dict[str, int] = {}

    def visit(id_: str) -> bool:
        state[id_] = 1
        for key in made_by(rules[id_]):
            for after in askers.get(key, ()):
                if state.get(after) == 1 or (after not in state and visit(after)):
                    return True
        state[id_] = 2
        return False

    return any(id_ not in state and visit(id_) for id_ in rules)
