"""Conditions that can never hold, because two of their parts exclude each other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from engine.conditions import All, AnyOf, Check, Condition, Count, Leaf, ListKnown, Made, NoneOf, without_negation
from engine.predicates import Between, Includes, Known, OneOf
from engine.vocabulary import Kind, Value, ValueType


def contradiction(condition: Condition) -> str:
    """Why a condition can never hold, in words; empty where nothing obvious speaks against it."""
    return _impossible(without_negation(condition), ())


def _impossible(condition: Condition, given: tuple[Leaf, ...]) -> str:
    """Why a condition cannot hold together with questions whose answers are given."""
    leaves, choices = _flattened(condition)
    together = (*given, *leaves)
    reason = _clash(together)
    if reason:
        return reason
    for choice in choices:
        reasons = [_impossible(part, together) for part in choice.parts]
        if all(reasons):
            return reasons[0] if reasons else "an empty `any` block never holds"
    return ""


def _flattened(condition: Condition) -> tuple[list[Leaf], list[AnyOf]]:
    """What must hold together: questions, and blocks of which one part must hold."""
    if isinstance(condition, AnyOf):
        return [], [condition]
    if not isinstance(condition, All):
        assert not isinstance(condition, NoneOf)  # negation stands in the leaves
        return [condition], []
    leaves: list[Leaf] = []
    choices: list[AnyOf] = []
    for part in condition.parts:
        more_leaves, more_choices = _flattened(part)
        leaves += more_leaves
        choices += more_choices
    return leaves, choices


def _clash(leaves: tuple[Leaf, ...]) -> str:
    groups: dict[object, list[Leaf]] = {}
    for leaf in leaves:
        groups.setdefault(_subject(leaf), []).append(leaf)
    for group in groups.values():
        if _excluded(group):
            told = dict.fromkeys(f"`{leaf.text}`" for leaf in group)
            return f"{' and '.join(told)} cannot hold together" if len(told) > 1 else f"{next(iter(told))} cannot hold"
    return ""


def _subject(leaf: Leaf) -> object:
    if isinstance(leaf, Check):
        return leaf.operand.name, leaf.operand.since
    return (leaf.kind, leaf.name) if isinstance(leaf, Made) else leaf.records


def _excluded(group: list[Leaf]) -> bool:
    """Whether questions about one subject exclude each other."""
    checks = [leaf for leaf in group if isinstance(leaf, Check)]
    if checks:
        return _no_value(checks)
    made = [leaf for leaf in group if isinstance(leaf, Made)]
    if made:
        least = max((leaf.level for leaf in made if not leaf.negated), default=0)
        return any(leaf.negated and leaf.level <= least for leaf in made)
    return _no_list(group)


def _no_value(checks: list[Check]) -> bool:
    tests = [check.test for check in checks]
    unknown = Known(negated=True)
    if unknown in tests:
        return any(test != unknown for test in tests)
    kind = checks[0].operand.type
    if any(isinstance(test, Includes) for test in tests):
        wanted = [set(test.values) for test in tests if isinstance(test, Includes) and not test.negated]
        barred = {value for test in tests if isinstance(test, Includes) and test.negated for value in test.values}
        return any(values <= barred for values in wanted)
    allowed = _allowed(kind, tests)
    ends = [test for test in tests if isinstance(test, Between)]
    if allowed is not None:
        return not any(all(test.holds(value) for test in ends) for value in allowed)
    return _no_room(kind, ends)


def _allowed(kind: ValueType, tests: Iterable[object]) -> list[Value] | None:
    """The values that a fact may still have; None where any may."""
    values: list[Value] | None = None
    if kind.kind is Kind.CHOICE:
        values = list(kind.values)
    elif kind.kind is Kind.FLAG:
        values = [True, False]
    named = [test for test in tests if isinstance(test, OneOf)]
    for test in named:
        if values is None and not test.negated:
            values = list(test.values)
    if values is None:
        return None
    return [value for value in values if all(test.holds(value) for test in named)]


def _no_room(kind: ValueType, tests: list[Between]) -> bool:
    """Whether no number or date lies between all these ends."""
    low: float | date | None = kind.minimum if kind.kind.is_number else None
    high: float | date | None = kind.maximum if kind.kind.is_number else None
    low_open = high_open = False
    for test in tests:
        if test.low is not None and (low is None or (test.low, test.low_open) > (low, low_open)):
            low, low_open = test.low, test.low_open
        if test.high is not None and (high is None or (test.high, not test.high_open) < (high, not high_open)):
            high, high_open = test.high, test.high_open
    if low is None or high is None:
        return False
    return low > high or (low == high and (low_open or high_open))  # type: ignore[operator]


def _no_list(group: list[Leaf]) -> bool:
    if any(isinstance(leaf, ListKnown) and leaf.negated for leaf in group):
        return len({leaf.negated if isinstance(leaf, ListKnown) else False for leaf in group}) > 1
    counts = [leaf for leaf in group if isinstance(leaf, Count)]
    for most in counts:
        for least in counts:
            if most.high is None or least.low is None or least.low <= most.high:
                continue
            # "At most" about all records bounds every count of them.
            everything = not most.where and not most.failing
            if everything or (most.where == least.where and most.failing == least.failing):
                return True
    return False
