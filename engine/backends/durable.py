"""Forward chaining on durable_rules, one case at a time: the reference backend.

Nothing else imports the engine. It is driven through five calls of its C extension, without the timers,
threads and swallowed errors of its Python host, and is given only what `network` compiles. Everything a
case needs is asserted first and dispatched once, so that the order of firings is a function of the rules and
the facts alone.

It runs in the process of the caller. A worker under a timeout would be the only guard against a crash inside the
engine, at the price of a process for each command; within the shapes that `network` compiles, no crash, hang or wrong
answer is known from hundreds of thousands of random rulesets.
"""

from __future__ import annotations

import json
import locale
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import NamedTuple

import durable_rules_engine as durable

from engine.backends.encoding import definition, encode, key_members
from engine.backends.network import ALWAYS, Clause, Input, Network, Plain, compile_rules, made_key, plain
from engine.conditions import Check, Count, ListKnown, Made
from engine.errors import EngineFault
from engine.evaluate import behind, operand_value, split
from engine.outcomes import Firing, Situation, Trace
from engine.predicates import Includes, Known
from engine.rules import Diagnosis, Finding, Rule

_MAX_FACTS = 264_602
"""The engine compares the hashes of fact ids; `f0` to `f264601` have no two alike."""


class _Premise(NamedTuple):
    """What stands behind one asserted fact."""

    facts: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


class Program(NamedTuple):
    """Rules compiled for the engine: what it is told of them, and what we keep to read its answers."""

    network: Network
    definition: str


def compile_program(rules: Iterable[Rule]) -> Program:
    """The program of some rules. Raises RulesetError where they exceed what the engine can hold."""
    network = compile_rules(rules)
    return Program(network, definition(network.clauses))


class DurableBackend:
    """Rules run on one case after another. Close it, or use it in a `with` statement."""

    def __init__(self, rules: Iterable[Rule] = (), program: Program | None = None) -> None:
        """Compiles the rules, unless their program is given."""
        if locale.localeconv()["decimal_point"] != ".":
            raise EngineFault("the engine reads decimals with a point; do not set another numeric locale")
        program = program or compile_program(rules)
        self._network = program.network
        self._clauses: Mapping[str, Clause] = {clause.name: clause for clause in self._network.clauses}
        try:
            self._handle = durable.create_ruleset("advisor", program.definition)
        except durable.error as error:
            raise EngineFault(f"the rules engine refused the rules with code {error}") from error
        self._usable = True

    def run(self, situation: Situation) -> Trace:
        """Fires every rule that holds. Raises EngineFault, after which the backend is not to be used."""
        if not self._usable:
            raise EngineFault("the rules engine failed before, or was closed, and cannot be used again")
        facts = _inputs(self._network, situation)
        # Stays false if anything below raises: a half-built session must not be touched again.
        self._usable = False
        session = _Session(self._handle, self._clauses, self._network, situation)
        try:
            trace = session.run(facts)
        except durable.error as error:
            raise EngineFault(f"the rules engine failed with code {error}") from error
        self._usable = True
        return trace

    def close(self) -> None:
        """Frees the engine's tables."""
        if self._usable:
            self._usable = False
            durable.delete_ruleset(self._handle)

    def __enter__(self) -> DurableBackend:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Session:
    """One case in the engine: asserted, dispatched, deleted."""

    def __init__(self, handle: int, clauses: Mapping[str, Clause], network: Network, situation: Situation) -> None:
        self.handle = handle
        self.clauses = clauses
        self.network = network
        self.situation = situation
        self.count = 0
        self.state = 0
        self.premises: dict[tuple[str, str], _Premise] = {}

    def run(self, facts: Mapping[tuple[str, str], tuple[Plain, _Premise]]) -> Trace:
        # The sentinel fires in every session: deleting one in which nothing fired crashes the engine.
        self.put('"boot":1')
        for key, (value, premise) in {ALWAYS: (True, _Premise()), **facts}.items():
            self.assert_once(key, value, premise)
        firings: list[Firing] = []
        first = durable.start_action_for_state(self.handle, self.state)
        message = first[1] if first else None
        done: set[str] = set()
        while message:
            ((name, matched),) = json.loads(message).items()
            if name not in done:
                done.add(name)
                if name != "boot":
                    self.conclude(self.clauses[name], matched, firings)
            message = durable.complete_and_start_action(self.handle, self.state)
        durable.delete_state(self.handle, "s")
        return Trace(tuple(firings), self.situation)

    def put(self, members: str) -> None:
        """Asserts one fact, given as the members of a JSON object."""
        if self.count >= _MAX_FACTS:
            raise EngineFault(f"a case came to more than {_MAX_FACTS} facts")
        code, self.state = durable.assert_fact(self.handle, f'{{"sid":"s","id":"f{self.count}",{members}}}')
        self.count += 1
        # 1 means that no rule looks at the fact, which is no error.
        if code not in (0, 1):
            raise EngineFault(f"the rules engine refused a fact with code {code}")

    def assert_once(self, key: tuple[str, str], value: Plain, premise: _Premise) -> None:
        if key not in self.premises:
            self.premises[key] = premise
            self.put(f"{key_members(key)}{encode(value)}")

    def conclude(self, clause: Clause, matched: Mapping[str, Mapping[str, str]], firings: list[Firing]) -> None:
        if clause.settles is not None:
            for absence in self.network.absences[clause.settles]:
                if self.situation.level(absence.kind, absence.name) < absence.level:
                    self.assert_once(made_key(absence), True, _Premise(made=(f"no {absence.kind}:{absence.name}",)))
            return
        premise = _joined(self.premises[fact["kind"], fact["name"]] for fact in matched.values())
        if clause.node is not None:
            self.assert_once(clause.node, True, premise)
            return
        rule = clause.rule
        assert rule is not None
        firings.append(Firing(rule, premise.facts, premise.measures, premise.records, premise.made))
        self.situation = self.situation.after((rule,))
        for one in rule.then:
            if isinstance(one, (Finding, Diagnosis)):
                kind, level = ("finding", one.severity) if isinstance(one, Finding) else ("diagnosis", 1)
                for reached in range(1, level + 1):
                    key = made_key(Made(kind, one.id, reached))
                    self.assert_once(key, True, _Premise(made=(f"{kind}:{one.id}",)))


# -- facts of a case


def _inputs(network: Network, situation: Situation) -> dict[tuple[str, str], tuple[Plain, _Premise]]:
    """Every fact that some clause reads and that is known of this case."""
    found: dict[tuple[str, str], tuple[Plain, _Premise]] = {}
    for key, source in network.inputs.items():
        value = _input(source, situation)
        if value is not None:
            found[key] = value
    return found


def _input(source: Input, situation: Situation) -> tuple[Plain, _Premise] | None:
    leaf = source.leaf
    if isinstance(leaf, Check):
        return _checked(source, leaf, situation)
    if isinstance(leaf, ListKnown):
        return situation.case.records(leaf.records) is not None, _Premise(facts=(leaf.records,))
    if isinstance(leaf, Count):
        groups = split(leaf.records, leaf.where, situation.case)
        if groups is None:
            return None
        number = len(groups[2] if leaf.failing else groups[0]) + (0 if leaf.low is not None else len(groups[1]))
        dates = dict.fromkeys(test.since for test in leaf.where if test.since is not None)
        records = tuple(f"{leaf.records}:{record.id}" for record in behind(leaf, groups))
        return number, _Premise(facts=(leaf.records, *dates), records=records)
    if isinstance(leaf, Made):
        holds = (situation.level(leaf.kind, leaf.name) >= leaf.level) is not leaf.negated
        words = f"no {leaf.kind}" if leaf.negated else leaf.kind
        return (True, _Premise(made=(f"{words}:{leaf.name}",))) if holds else None
    return leaf.in_force(situation.case.as_of), _Premise(facts=("alliance.as_of",))


def _checked(source: Input, leaf: Check, situation: Situation) -> tuple[Plain, _Premise] | None:
    value = operand_value(leaf, situation)
    names = (leaf.operand.name,) if leaf.operand.since is None else (leaf.operand.name, leaf.operand.since)
    premise = _joined(_looked_up(name, situation) for name in names)
    if isinstance(leaf.test, Known):
        return value is not None, premise
    if value is None:
        return None
    if isinstance(leaf.test, Includes):
        assert isinstance(value, tuple)
        return source.item in value, premise
    return plain(value), premise


def _looked_up(name: str, situation: Situation) -> _Premise:
    """What stands behind the value of a fact or measure."""
    if "." in name:
        return _Premise(facts=(name,))
    observed = situation.observations.known.get(name)
    if observed is None:
        return _Premise(measures=(name,))
    return _Premise(facts=observed.facts, measures=(name,), records=observed.records)


def _joined(premises: Iterable[_Premise]) -> _Premise:
    """What stands behind several facts, each thing once, in their order."""
    parts = tuple(premises)
    return _Premise(
        *(tuple(dict.fromkeys(one for part in parts for one in getattr(part, slot))) for slot in _Premise._fields)
    )
