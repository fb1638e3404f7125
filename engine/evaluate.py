"""Conditions judged directly: their truth, the tree of reasons behind it, and all rules of a case.

This is the meaning of the rule language, in as few words as possible; the backends must agree with it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from engine.case import Case, Record
from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf
from engine.outcomes import Firing, Situation, Trace
from engine.predicates import FieldTest, Truth, all_of, any_of, days_between, negation, passes
from engine.rules import Rule
from engine.vocabulary import Value


def operand_value(check: Check, situation: Situation) -> Value | None:
    """What a check looks at: a value, or the days to it since a date."""
    value = situation.value(check.operand.name)
    if check.operand.since is None:
        return value
    return days_between(situation.value(check.operand.since), value)


Groups = tuple[list[Record], list[Record], list[Record]]
"""The records of a list that pass, that may pass, and that fail."""


def split(name: str, where: tuple[FieldTest, ...], case: Case) -> Groups | None:
    """The records of a list that pass, that may pass, and that fail; None where the list is unknown."""
    records = case.records(name)
    if records is None:
        return None
    groups: Groups = ([], [], [])
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


def behind(condition: Count, groups: Groups) -> list[Record]:
    """The records that speak for a count that holds: those it counts, and those that pass where `every` one must."""
    return groups[2] if condition.failing and condition.low is not None else groups[0]


def truth(condition: Condition, situation: Situation) -> Truth:
    """Whether a condition holds: true, false, or None for unknown."""
    return _TRUTHS[type(condition)](condition, situation)


def _check_truth(condition: Check, situation: Situation) -> Truth:
    return condition.test.holds(operand_value(condition, situation))


def _list_truth(condition: ListKnown, situation: Situation) -> Truth:
    return (situation.case.records(condition.records) is not None) is not condition.negated


def _count_truth(condition: Count, situation: Situation) -> Truth:
    found = counted(condition, situation.case)
    if found is None:
        return None
    certain, possible = found
    if condition.low is not None:
        return True if certain >= condition.low else None if possible >= condition.low else False
    assert condition.high is not None
    return True if possible <= condition.high else None if certain <= condition.high else False


def _made_truth(condition: Made, situation: Situation) -> Truth:
    return (situation.level(condition.kind, condition.name) >= condition.level) is not condition.negated


def _all_truth(condition: All, situation: Situation) -> Truth:
    return all_of(truth(part, situation) for part in condition.parts)


def _any_truth(condition: AnyOf, situation: Situation) -> Truth:
    return any_of(truth(part, situation) for part in condition.parts)


def _none_truth(condition: NoneOf, situation: Situation) -> Truth:
    return negation(any_of(truth(part, situation) for part in condition.parts))


# A dict costs a quarter of what single dispatch does, and nothing else is asked so often.
_TRUTHS: Mapping[type, Callable[[Any, Situation], Truth]] = {
    Check: _check_truth,
    ListKnown: _list_truth,
    Count: _count_truth,
    Made: _made_truth,
    All: _all_truth,
    AnyOf: _any_truth,
    NoneOf: _none_truth,
}


class TruthTree(NamedTuple):
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

    Of several rules that hold, the first of its layer fires, and each firing may make more of them hold:
    the order in which the reference backend fires them. The firings carry no premises.
    """
    as_of = situation.case.as_of
    layers: dict[int, list[Rule]] = {}
    for rule in rules:
        if rule.in_force(as_of):
            layers.setdefault(rule.layer, []).append(rule)
    firings: list[Firing] = []
    for layer in sorted(layers):
        fired, situation = _settle_layer(layers[layer], situation)
        firings += [Firing(rule) for rule in fired]
    return Trace(tuple(firings), situation)


def _settle_layer(rules: list[Rule], situation: Situation) -> tuple[list[Rule], Situation]:
    asking: dict[tuple[str, str], list[int]] = {}
    for position, rule in enumerate(rules):
        for asked in rule.asks:
            asking.setdefault(asked, []).append(position)
    # A heap of positions: the first rule that holds is always the next to fire.
    ready = [position for position, rule in enumerate(rules) if truth(rule.when, situation) is True]
    seen = set(ready)
    fired: list[Rule] = []
    while ready:
        rule = rules[heapq.heappop(ready)]
        fired.append(rule)
        made = rule.makes
        if not made:
            continue
        situation = situation.after((rule,))
        for key in made:
            for position in asking.get(key, []):
                if position not in seen and truth(rules[position].when, situation) is True:
                    seen.add(position)
                    heapq.heappush(ready, position)
    return fired, situation
