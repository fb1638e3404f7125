"""Conditions as expressions, for engines that evaluate them over named values, and neither chain rules nor count.

What they cannot do is done for them: counts over records are worked out beforehand, and rules are settled in steps,
each of which asks only for what earlier ones make, so that what is absent by then stays absent.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from engine.backends.columnar.order import in_steps
from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf, leaves, without_negation
from engine.evaluate import counted
from engine.outcomes import Situation
from engine.predicates import Between, Includes, Known, OneOf
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Value

Named = dict[str, Any]
"""Values by name; what is unknown has none."""


class Stepwise(ABC):
    """Rules settled step by step."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Translates rules that are in force."""
        conditions = {rule.id: without_negation(rule.when) for rule in rules}
        asked = {leaf: None for condition in conditions.values() for leaf in leaves(condition)}
        self._names = tuple({name: None for leaf in asked if isinstance(leaf, Check) for name in _names(leaf)})
        self._lists = tuple({leaf.records: None for leaf in asked if isinstance(leaf, ListKnown)})
        self._counts = {leaf: f"count_{place}" for place, leaf in enumerate(asked) if isinstance(leaf, Count)}
        self._made = {_variable(leaf.kind, leaf.name): 0 for leaf in asked if isinstance(leaf, Made)}
        self._steps: list[tuple[tuple[Rule, ...], Any]] = []
        for step in in_steps(rules):
            assert all(len(circle) == 1 for circle in step), "rules in a circle"
            together = tuple(rule for (rule,) in step)
            texts = [self._text(conditions[rule.id]) for rule in together]
            self._steps.append((together, self.compiled(texts)))

    @abstractmethod
    def compiled(self, texts: list[str]) -> Any:
        """Expressions made ready."""

    @abstractmethod
    def hold(self, compiled: Any, named: Named) -> Iterable[bool]:
        """Which of these expressions hold."""

    @abstractmethod
    def includes(self, name: str, choice: str) -> str:
        """Whether a list of choices holds one of them."""

    def told(self, situation: Situation) -> Named:
        """A case as named values; the counts among them are worked out by the direct evaluator."""
        named: Named = dict(self._made)
        for name in self._names:
            value = situation.value(name)
            if value is not None:
                named[_variable("value", name)] = _plain(value)
        for name in self._lists:
            named[_variable("list", name)] = situation.case.records(name) is not None
        for count, name in self._counts.items():
            found = counted(count, situation.case)
            if found is not None:
                named[name] = found[0 if count.low is not None else 1]
        return named

    def fired(self, told: Named) -> list[str]:
        """The ids of the rules that fire."""
        named, fired = dict(told), []
        for rules, compiled in self._steps:
            for rule, holds in zip(rules, self.hold(compiled, named), strict=True):
                if holds:
                    fired.append(rule.id)
                    for name, level in _conclusions(rule):
                        named[name] = max(named.get(name, 0), level)
        return fired

    # -- conditions

    def _text(self, condition: Condition) -> str:
        """Whether a condition, negation in its leaves, certainly holds."""
        if isinstance(condition, (All, AnyOf)):
            if not condition.parts:
                return "true" if isinstance(condition, All) else "false"
            word = " and " if isinstance(condition, All) else " or "
            return f"({word.join(map(self._text, condition.parts))})"
        assert not isinstance(condition, NoneOf)
        if isinstance(condition, Check):
            return self._check(condition)
        if isinstance(condition, ListKnown):
            return f"{_variable('list', condition.records)} == {_literal(not condition.negated)}"
        if isinstance(condition, Made):
            name = _variable(condition.kind, condition.name)
            return f"{name} {'<' if condition.negated else '>='} {condition.level}"
        name = self._counts[condition]
        limit = f"{name} >= {condition.low}" if condition.low is not None else f"{name} <= {condition.high}"
        return f"({name} != null and {limit})"

    def _check(self, check: Check) -> str:
        names = [_variable("value", name) for name in _names(check)]
        known = " and ".join(f"{name} != null" for name in names)
        value, test = names[0] if len(names) == 1 else f"({names[0]} - {names[1]})", check.test
        if isinstance(test, Known):
            return f"{value} == null" if test.negated else known
        if isinstance(test, Includes):
            found = " or ".join(self.includes(value, one) for one in test.values)
            return f"({known} and {'not ' if test.negated else ''}({found}))"
        if isinstance(test, OneOf):
            found = " or ".join(f"{value} == {_literal(one)}" for one in test.values)
            return f"({known} and {'not ' if test.negated else ''}({found}))"
        assert isinstance(test, Between)
        ends = []
        if test.low is not None:
            ends.append(f"{value} {'>' if test.low_open else '>='} {_literal(test.low)}")
        if test.high is not None:
            ends.append(f"{value} {'<' if test.high_open else '<='} {_literal(test.high)}")
        return f"({known} and {' and '.join(ends)})"


def _names(check: Check) -> tuple[str, ...]:
    operand = check.operand
    return (operand.name,) if operand.since is None else (operand.name, operand.since)


def _variable(sort: str, name: str) -> str:
    return f"{sort}_{name.replace('.', '__').replace('-', '_')}"


def _conclusions(rule: Rule) -> Iterator[tuple[str, int]]:
    for one in rule.then:
        if isinstance(one, (Finding, Diagnosis)):
            level = one.severity if isinstance(one, Finding) else 1
            yield _variable("finding" if isinstance(one, Finding) else "diagnosis", one.id), level


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.toordinal()
    return list(value) if isinstance(value, tuple) else value


def _literal(value: Value) -> str:
    """A value as it is written in an expression; no choice or text of the ruleset has a quote in it."""
    plain = _plain(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return f"'{plain}'" if isinstance(plain, str) else repr(plain)
