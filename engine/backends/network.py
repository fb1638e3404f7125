"""Rules as conjunctions of patterns over single facts: the only shape the engine is trusted with.

durable_rules is right on positive conjunctions that compare one fact with a constant, and on little
else. So negation is pushed into the leaves, alternatives become *nodes* (facts of their own, concluded by one
rule an alternative), counts of records are worked out beforehand, and absence is a fact that is asserted
when the layer it belongs to is settled. The limits below are those of the engine's tables; beyond them it
crashes or hangs, so a ruleset that exceeds one is refused.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import singledispatchmethod
from hashlib import sha256
from typing import NamedTuple

from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf, without_negation
from engine.errors import Location, Problem, RulesetError
from engine.predicates import Between, Includes, Known, OneOf
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Value

MAX_RULES = 4_094
MAX_PATTERNS = 16
MAX_NAMES_OF_A_KIND = 400
MAX_KINDS = 400
MAX_TESTS_OF_A_NAME = 60
MAX_USES_OF_A_PATTERN = 255
MAX_INTEGER = 2**53
MAX_TEXT = 5_000
"""Characters; the engine takes 65,535 bytes, and an escaped character has up to twelve."""

ALWAYS = ("always", "always")

Plain = bool | int | float | str


class Pattern(NamedTuple):
    """A fact of this kind and name is there and, where `op` is given, its value compares so."""

    kind: str
    name: str
    op: str = ""
    constant: Plain = True

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the fact: there is at most one of each in a session."""
        return self.kind, self.name


_ALWAYS = (Pattern(*ALWAYS),)


class Clause(NamedTuple):
    """One rule of the network: a conjunction that fires a rule, or concludes a node."""

    name: str
    priority: int
    patterns: tuple[Pattern, ...]
    location: Location
    rule: Rule | None = None
    node: tuple[str, str] | None = None
    settles: int | None = None


class Input(NamedTuple):
    """A fact to be worked out for each case: the leaf tells from what."""

    kind: str
    name: str
    leaf: Check | ListKnown | Count | Made | Rule
    item: str = ""


@dataclass
class Network:
    """Compiled clauses, the inputs they read, and which absences each layer settles."""

    clauses: list[Clause] = field(default_factory=list)
    inputs: dict[tuple[str, str], Input] = field(default_factory=dict)
    absences: dict[int, list[Made]] = field(default_factory=dict)


def plain(value: Value) -> Plain:
    """A value as the engine compares it: dates become day numbers, long texts their hashes, huge integers floats.

    Equal values come out the same, and an integer that was written as a float is an integer.
    """
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, str):
        if len(value) <= MAX_TEXT:
            return value
        return "sha256 " + sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= MAX_INTEGER else value
    assert not isinstance(value, tuple)
    if abs(value) > MAX_INTEGER:
        # No constant lies beyond the limit, and rounding must not bring the value back to it.
        return math.copysign(max(abs(float(value)), MAX_INTEGER + 2.0), value)
    return value


def made_key(leaf: Made, level: int | None = None) -> tuple[str, str]:
    """The key of the fact that something was made, at a severity, or (negated) that it was not."""
    kind = f"no {leaf.kind}" if leaf.negated else leaf.kind
    return _spread(kind, f"{leaf.name}@{level or leaf.level}")


def _spread(kind: str, name: str) -> tuple[str, str]:
    """Names of open-ended kinds spread over several kinds, since each holds only so many."""
    # A sum of code points is the same in every process, unlike Python's hash.
    return f"{kind}.{sum(map(ord, name)) % 8}", name


def compile_rules(rules: Iterable[Rule]) -> Network:
    """The network of these rules, in the order in which they stand. Raises RulesetError beyond a limit."""
    rules = [rule for rule in rules if rule.status == "active"]
    network = _Compiler(rules).compile()
    _require_limits(network)
    return network


class _Compiler:
    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self.network = Network()
        self.nodes: dict[tuple[Condition, int], Pattern] = {}
        self.node_count = 0
        self.place = Location("ruleset", 1, 1)
        self.counts: dict[tuple[object, ...], str] = {}
        self.made_in: dict[tuple[str, str], int] = {}
        for rule in rules:
            for one in rule.then:
                if isinstance(one, (Finding, Diagnosis)):
                    key = ("finding" if isinstance(one, Finding) else "diagnosis", one.id)
                    self.made_in[key] = max(self.made_in.get(key, 0), rule.layer)

    def compile(self) -> Network:
        layers = sorted({rule.layer for rule in self.rules})
        for rule in self.rules:
            self.place = rule.location
            patterns = self.conjunction(without_negation(rule.when), rule.layer)
            if rule.in_force_from is not None or rule.in_force_until is not None:
                patterns.append(self.input(Input("in force", rule.id, rule), "==", True))
            patterns = self.fit(patterns, rule.layer)
            self.network.clauses.append(
                Clause(f"rule {rule.id}", 3 * rule.layer + 1, tuple(patterns) or _ALWAYS, self.place, rule=rule)
            )
        for layer in layers:
            if self.network.absences.get(layer):
                self.network.clauses.append(
                    Clause(f"settled {layer}", 3 * layer + 2, _ALWAYS, self.place, settles=layer)
                )
        return self.network

    # -- conditions to patterns

    def conjunction(self, condition: Condition, layer: int) -> list[Pattern]:
        if isinstance(condition, All):
            return [pattern for part in condition.parts for pattern in self.conjunction(part, layer)]
        if isinstance(condition, AnyOf):
            return [self.node(condition, [self.conjunction(part, layer) for part in condition.parts], layer)]
        assert not isinstance(condition, NoneOf)
        alternatives = self.leaf(condition)
        if len(alternatives) == 1:
            return alternatives[0]
        return [self.node(condition, alternatives, layer)]

    def node(self, condition: Condition, alternatives: list[list[Pattern]], layer: int) -> Pattern:
        """A fact that holds when one of the alternatives does; equal conditions of a layer share it."""
        shared = (condition, layer)
        if shared not in self.nodes:
            self.nodes[shared] = self.concluded(alternatives, layer)
        return self.nodes[shared]

    def concluded(self, alternatives: list[list[Pattern]], layer: int) -> Pattern:
        """A new node with one clause an alternative."""
        number = self.node_count
        # Counted before the alternatives are fitted: they may need nodes of their own.
        self.node_count += 1
        key = _spread("node", f"n{number}")
        for position, patterns in enumerate(alternatives):
            fitted = tuple(self.fit(patterns, layer)) or _ALWAYS
            self.network.clauses.append(Clause(f"node {number}.{position}", 3 * layer, fitted, self.place, node=key))
        return Pattern(*key)

    def fit(self, patterns: list[Pattern], layer: int) -> list[Pattern]:
        """The same conjunction in at most sixteen patterns: the first ones are gathered into nodes."""
        patterns = list(dict.fromkeys(patterns))
        while len(patterns) > MAX_PATTERNS:
            # In the place of the first ones, so that what stands behind a firing keeps its order.
            patterns = [self.concluded([patterns[:MAX_PATTERNS]], layer), *patterns[MAX_PATTERNS:]]
        return patterns

    def input(self, source: Input, op: str, constant: Plain) -> Pattern:
        self.network.inputs.setdefault((source.kind, source.name), source)
        return Pattern(source.kind, source.name, op, constant)

    @singledispatchmethod
    def leaf(self, condition: object) -> list[list[Pattern]]:
        """A leaf as alternatives of conjunctions."""
        raise TypeError(f"no condition: {condition!r}")

    @leaf.register
    def _(self, condition: Check) -> list[list[Pattern]]:
        operand, test = condition.operand, condition.test
        section = f"fact {operand.name.partition('.')[0]}" if "." in operand.name else "measure"
        if isinstance(test, Known):
            source = Input(f"known {section}", operand.name, condition)
            return [[self.input(source, "==", not test.negated)]]
        if isinstance(test, Includes):
            patterns = [
                self.input(
                    Input(f"includes {section}", f"{operand.name} {value}", condition, value), "==", not test.negated
                )
                for value in test.values
            ]
            return [patterns] if test.negated else [[pattern] for pattern in patterns]
        kind, name = section, operand.name
        if operand.since is not None:
            kind, name = f"days {section}", f"{operand.name} since {operand.since}"
        source = Input(kind, name, condition)
        if isinstance(test, OneOf):
            values, negated = test.values, test.negated
            others = tuple(value for value in operand.type.values if value not in values)
            if not negated and 0 < len(others) < MAX_PATTERNS and len(values) > 1:
                # "one of these" as "none of the others": one conjunction instead of a node with its clauses.
                values, negated = others, True
            patterns = [self.input(source, "!=" if negated else "==", plain(value)) for value in values]
            return [patterns] if negated else [[pattern] for pattern in patterns]
        assert isinstance(test, Between)
        patterns = []
        if test.low is not None:
            patterns.append(self.input(source, ">" if test.low_open else ">=", plain(test.low)))
        if test.high is not None:
            patterns.append(self.input(source, "<" if test.high_open else "<=", plain(test.high)))
        return [patterns]

    @leaf.register
    def _(self, condition: ListKnown) -> list[list[Pattern]]:
        return [[self.input(Input("list", condition.records, condition), "==", not condition.negated)]]

    @leaf.register
    def _(self, condition: Count) -> list[list[Pattern]]:
        certain = condition.low is not None
        counted = (condition.records, condition.where, condition.failing)
        number = self.counts.setdefault(counted, f"w{len(self.counts)}")
        kind = f"{'certain' if certain else 'possible'} {condition.records}"
        limit = condition.low if condition.low is not None else condition.high
        assert limit is not None
        return [[self.input(Input(kind, number, condition), ">=" if certain else "<=", limit)]]

    @leaf.register
    def _(self, condition: Made) -> list[list[Pattern]]:
        key = made_key(condition)
        layer = self.made_in.get((condition.kind, condition.name))
        if layer is None:
            # Made in an earlier run, or by no rule in force: known before this one begins.
            self.network.inputs.setdefault(key, Input(*key, condition))
        elif condition.negated:
            absences = self.network.absences.setdefault(layer, [])
            if condition not in absences:
                absences.append(condition)
        return [[Pattern(*key)]]


def _require_limits(network: Network) -> None:
    """Raises RulesetError with every limit that is exceeded, each at the first rule that is too much."""
    names: dict[str, set[str]] = defaultdict(set)
    tests: dict[tuple[str, str], set[Pattern]] = defaultdict(set)
    uses: Counter[Pattern] = Counter()
    faults: dict[str, Location] = {}
    for number, clause in enumerate(network.clauses, start=1):
        found = []
        if number > MAX_RULES:
            found.append(f"the rules and their alternatives come to more than {MAX_RULES:,}")
        keys = [pattern.key for pattern in clause.patterns]
        for kind, name in [*keys, clause.node] if clause.node is not None else keys:
            names[kind].add(name)
            if len(names[kind]) > MAX_NAMES_OF_A_KIND:
                found.append(f"the rules ask for more than {MAX_NAMES_OF_A_KIND} {_many(kind)}")
        if len(names) > MAX_KINDS:
            found.append(f"the rules ask for more than {MAX_KINDS} sections and record lists")
        for pattern in clause.patterns:
            tests[pattern.key].add(pattern)
            if len(tests[pattern.key]) > MAX_TESTS_OF_A_NAME:
                found.append(f"{_words(pattern)} is compared in more than {MAX_TESTS_OF_A_NAME} ways")
            uses[pattern] += 1
            if uses[pattern] > MAX_USES_OF_A_PATTERN:
                found.append(f"more than {MAX_USES_OF_A_PATTERN} rules ask the same about {_words(pattern)}")
        for fault in found:
            faults.setdefault(fault, clause.location)
    if faults:
        hint = "give a condition that many rules share to a rule of its own, and ask for its finding"
        raise RulesetError(
            Problem(place, f"{fault}, which is all that the engine takes", hint) for fault, place in faults.items()
        )


def _many(kind: str) -> str:
    """What a kind of facts holds, in the words of a rule's author."""
    if kind == "in force":
        return "rules with dates"
    if kind.startswith("node"):
        return "alternatives"
    if kind.startswith(("finding", "diagnosis", "no ")):
        return "findings and diagnoses"
    return f"facts, measures or conditions of one kind, `{kind.rpartition(' ')[2]}`"


def _words(pattern: Pattern) -> str:
    """What a pattern asks about, in the words of a rule's author."""
    kind, name = pattern.key
    if pattern.key == ALWAYS:
        return "what always holds"
    if kind.startswith("node"):
        return "an `any` block"
    if kind.startswith(("certain ", "possible ")):
        return f"`{kind.partition(' ')[2]}`"
    if kind.startswith(("finding", "diagnosis", "no ")):
        return f"`{kind.partition('.')[0]} {name.partition('@')[0]}`"
    return f"`{name}`"
