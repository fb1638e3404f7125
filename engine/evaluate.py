"""Conditions judged directly: their truth, the tree of reasons behind it, and all rules of a case.

This is the meaning of the rule language, in as few words as possible; the backends must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch

from engine.case import Case, Record
from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf
from engine.outcomes import Firing, Situation, Trace
from engine.predicates import FieldTest, Truth, all_of, any_of, days_between, negation, passes
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Value


def operand_value(check: Check, situation: Situation) -> Value | None:
    """What a check looks at: a value, or the days to it since a date."""
    value = situation.value(check.operand.name)
    if check.operand.since is None:
        return value
    return days_between(situation.value(check.operand.since), value)


def split(
    name: str, where: tuple[FieldTest, ...], case: Case
) -> tuple[list[Record], list[Record], list[Record]] | None:
    """The records of a list that pass, that may pass, and that fail; None where the list is unknown."""
    records = case.records(name)
    if records is None:
        return None
    groups: tuple[list[Record], list[Record], list[Record]] = ([], [], [])
    for record in records:
        truth = passes(where, record, case)
        groups[0 if truth else 1 if truth is None else 2].append(record)
    return groups


def counted(condition: Count, case: Case) -> tuple[int, int] | None:
    """How many records are certainly counted, and how many at most; None where the list is unknown."""
    groups = split(condition.records, condition.where, case)
    if groups is None:
        return None
    certain = len(groups[2] if condition.failing else groups[0])
    return certain, certain + len(groups[1])


@singledispatch
def truth(condition: object, situation: Situation) -> Truth:
    """Whether a condition holds: true, false, or None for unknown."""
    raise TypeError(f"no condition: {condition!r}")


@truth.register
def _(condition: Check, situation: Situation) -> Truth:
    return condition.test.holds(operand_value(condition, situation))


@truth.register
def _(condition: ListKnown, situation: Situation) -> Truth:
    return (situation.case.records(condition.records) is not None) is not condition.negated


@truth.register
def _(condition: Count, situation: Situation) -> Truth:
    found = counted(condition, situation.case)
    if found is None:
        return None
    certain, possible = found
    if condition.low is not None:
        return True if certain >= condition.low else None if possible >= condition.low else False
    assert condition.high is not None
    return True if possible <= condition.high else None if certain <= condition.high else False


@truth.register
def _(condition: Made, situation: Situation) -> Truth:
    return (situation.level(condition.kind, condition.name) >= condition.level) is not condition.negated


@truth.register
def _(condition: All, situation: Situation) -> Truth:
    return all_of(truth(part, situation) for part in condition.parts)


@truth.register
def _(condition: AnyOf, situation: Situation) -> Truth:
    return any_of(truth(part, situation) for part in condition.parts)


@truth.register
def _(condition: NoneOf, situation: Situation) -> Truth:
    return negation(any_of(truth(part, situation) for part in condition.parts))


@dataclass(frozen=True, slots=True)
class TruthTree:
    """A condition with its truth and what it looked at.

    `label` is the author's line, or `all`, `any`, `none`. `value` is what a check found; `records` are the
    ids of the records that certainly pass, `doubtful` of those of which it is unknown.
    """

    truth: Truth
    label: str
    condition: Condition
    parts: tuple[TruthTree, ...] = ()
    value: Value | None = None
    records: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


def tree(condition: Condition, situation: Situation) -> TruthTree:
    """The truth of a condition with that of all its parts."""
    found = truth(condition, situation)
    if isinstance(condition, (All, AnyOf, NoneOf)):
        label = {All: "all", AnyOf: "any", NoneOf: "none"}[type(condition)]
        return TruthTree(found, label, condition, tuple(tree(part, situation) for part in condition.parts))
    if isinstance(condition, Check):
        return TruthTree(found, condition.text, condition, value=operand_value(condition, situation))
    if isinstance(condition, Count):
        groups = split(condition.records, condition.where, situation.case)
        if groups is None:
            return TruthTree(found, condition.text, condition)
        chosen = groups[2] if condition.failing else groups[0]
        return TruthTree(
            found,
            condition.text,
            condition,
            value=len(chosen),
            records=tuple(record.id for record in chosen),
            doubtful=tuple(record.id for record in groups[1]),
        )
    if isinstance(condition, Made):
        return TruthTree(found, condition.text, condition, value=situation.level(condition.kind, condition.name))
    return TruthTree(found, condition.text, condition)


def settle(rules: Iterable[Rule], situation: Situation) -> Trace:
    """Fires rules, layer by layer, until none is left that holds. Rules come in the order of their layers.

    Of several rules that hold, the first of its layer fires; the search then begins again: the order in
    which the reference backend fires them. The firings carry no premises.
    """
    as_of = situation.case.as_of
    layers: dict[int, list[Rule]] = {}
    for rule in rules:
        if rule.in_force(as_of):
            layers.setdefault(rule.layer, []).append(rule)
    firings: list[Firing] = []
    for layer in sorted(layers):
        waiting = layers[layer]
        while True:
            fired = next((rule for rule in waiting if truth(rule.when, situation) is True), None)
            if fired is None:
                break
            waiting.remove(fired)
            firings.append(Firing(fired))
            if any(isinstance(one, (Finding, Diagnosis)) for one in fired.then):
                situation = situation.after((fired,))
    return Trace(tuple(firings), situation)
