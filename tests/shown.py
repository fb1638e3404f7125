"""Conditions in a short notation, for comparing them with what was expected."""

from __future__ import annotations

from datetime import date

from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf
from engine.predicates import Between, FieldTest, Includes, Known, Test
from engine.vocabulary import Value


def shown(condition: Condition) -> str:
    """The meaning of a condition, every part of it."""
    if isinstance(condition, (All, AnyOf, NoneOf)):
        return f"{type(condition).__name__}({', '.join(shown(part) for part in condition.parts)})"
    if isinstance(condition, Check):
        operand = condition.operand
        what = operand.name if operand.since is None else f"days from {operand.since} to {operand.name}"
        return f"Check({what} {_test(condition.test)})"
    if isinstance(condition, ListKnown):
        return f"ListKnown({_not(condition.negated)}{condition.records})"
    if isinstance(condition, Made):
        level = f" >= {condition.level}" if condition.kind == "finding" else ""
        return f"Made({_not(condition.negated)}{condition.kind} {condition.name}{level})"
    return _count(condition)


def _count(condition: Count) -> str:
    limit = f">= {condition.low}" if condition.low is not None else f"<= {condition.high}"
    which = "failing" if condition.failing else "passing"
    where = " and ".join(_field(test) for test in condition.where)
    return f"Count({condition.records} {which} [{where}] {limit})"


def _field(test: FieldTest) -> str:
    what = test.field if test.since is None else f"days from {test.since} to {test.field}"
    return f"{what} {_test(test.test)}"


def _test(test: Test) -> str:
    if isinstance(test, Known):
        return f"{_not(test.negated)}known"
    if isinstance(test, Includes):
        return f"{_not(test.negated)}includes {_values(test.values)}"
    if isinstance(test, Between):
        low = "" if test.low is None else f"{'>' if test.low_open else '>='} {_value(test.low)}"
        high = "" if test.high is None else f"{'<' if test.high_open else '<='} {_value(test.high)}"
        return " and ".join(end for end in (low, high) if end)
    return f"{_not(test.negated)}in {_values(test.values)}"


def _values(values: tuple[Value, ...]) -> str:
    return "{" + ", ".join(_value(value) for value in values) + "}"


def _value(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else repr(value)


def _not(negated: bool) -> str:
    return "not " if negated else ""
