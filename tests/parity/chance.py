"""Random conditions, rulesets and cases over the made-up world; everything is drawn from the given `Random`.

Values come from small pools around the limits that conditions use, so that boundaries are met often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from engine.conditions import DAYS, All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf, Operand
from engine.outcomes import Situation
from engine.predicates import Between, FieldTest, Includes, Known, OneOf, Test
from engine.rules import OPTIONS, Argument, Conclusion, Diagnosis, Finding, FormChoice, Gate, Rule
from engine.vocabulary import Kind, Value, ValueType
from tests.parity.world import AS_OF, FACTS, FORMS, LISTS, MEASURES, TYPES, in_layers, rule, situation

Some = TypeVar("Some")

_NUMBERS: dict[Kind, tuple[float, ...]] = {
    Kind.SCORE: (1, 2, 2.0, 2.5, 3, 4.999999999, 5),
    Kind.SHARE: (0, 0.0, 0.07, 0.1 + 0.2, 0.3, 0.5, 1),
    Kind.COUNT: (0, 1, 2, 3, 10),
    Kind.AMOUNT: (-(2**53), -2.5, -1, 0, -0.0, 1e-07, 0.5, 1, 1.0, 3, 30, 1e15, 2**53, 1e300),
}
_TEXTS = ("", "a", "A", "a ", 'say "no"', "back\\slash", "a\nb", "Süd", "🙂", "\ud800", "\x01", "1", "true")
_DAYS = (-400, -31, -30, -29, -1, 0, 1, 29, 30, 31, 400)
_DATES = tuple(AS_OF + timedelta(days=days) for days in _DAYS)
POOLS: dict[Kind, tuple[Value, ...]] = {
    **_NUMBERS,
    Kind.TEXT: _TEXTS,
    Kind.DATE: _DATES,
    Kind.FLAG: (True, False),
    Kind.CHOICES: ((), ("asia",), ("africa", "asia"), ("europe",), ("africa", "asia", "europe")),
    Kind.PERIOD: ("2024", "2024-Q4", "2025-Q1", "2025-06"),
    Kind.REF: ("T1", "T2", "T9"),
}
_DATE_NAMES = ("alliance.as_of", "deal.started", "deal.ends", "last_day")
_OPERANDS = [
    *((fact.name, fact.type) for fact in FACTS.values()),
    *((measure.id, measure.type) for measure in MEASURES),
]
# A finding or diagnosis is made in its stratum; its absence may be asked for in a later one only.
STRATA = (("mild", "grave"), ("drift", "split"), ("lost", "spent"))
STRENGTHS = ("slight", "moderate", "strong", "decisive")
GROUNDS = ("conflict", "contract", "culture")


def pool(kind: ValueType) -> tuple[Value, ...]:
    """Values of this type."""
    return kind.values if kind.kind is Kind.CHOICE else POOLS[kind.kind]


def chosen(chance: Random, values: Sequence[Some], most: int) -> tuple[Some, ...]:
    """One to `most` different values."""
    return tuple(dict.fromkeys(chance.choice(values) for _ in range(chance.randint(1, most))))


def any_test(chance: Random, kind: ValueType) -> Test:
    """A test that fits the type."""
    form = chance.randrange(6)
    if form == 0:
        return Known(chance.random() < 0.5)
    if kind.kind is Kind.CHOICES:
        return Includes(chosen(chance, TYPES[Kind.CHOICES].values, 2), chance.random() < 0.5)
    if form > 2 and (kind.kind.is_number or kind.kind is Kind.DATE):
        return any_range(chance, pool(kind))
    return OneOf(chosen(chance, pool(kind), 3), chance.random() < 0.5)


def any_range(chance: Random, values: Sequence[Value]) -> Between:
    """A range with one or two ends, open or closed."""
    ends = [end for end in values if isinstance(end, (int, float, date))]
    low, high = sorted((chance.choice(ends), chance.choice(ends)))
    shape = chance.randrange(3)
    return Between(
        None if shape == 0 else low,
        None if shape == 1 else high,
        shape == 1 and chance.random() < 0.5,
        shape == 0 and chance.random() < 0.5,
    )


def any_field_test(chance: Random, name: str) -> FieldTest:
    """A test of some field of a list."""
    field = chance.choice(list(LISTS[name].fields.values()))
    if field.type.kind is Kind.DATE and chance.random() < 0.5:
        return FieldTest(field.name, any_range(chance, _DAYS), chance.choice(_DATE_NAMES[:3]))
    return FieldTest(field.name, any_test(chance, field.type))


def any_leaf(chance: Random, below: int, denied: bool) -> Condition:
    """A question; it asks for what was made in strata up to `below`, for its absence in those before it.

    Where the question is `denied` by a block around it, both are kept to the strata before.
    """
    form = chance.randrange(10)
    if form < 4:
        name, kind = chance.choice(_OPERANDS)
        if kind.kind is Kind.DATE and chance.random() < 0.5:
            return Check(Operand(name, DAYS, chance.choice(_DATE_NAMES)), any_range(chance, _DAYS))
        return Check(Operand(name, kind), any_test(chance, kind))
    if form < 7:
        name = chance.choice(("tasks", "reviews"))
        where = tuple(any_field_test(chance, name) for _ in range(chance.randrange(3)))
        number = chance.randrange(3)
        if chance.random() < 0.5:
            return Count(name, where, low=number + 1, failing=chance.random() < 0.2)
        return Count(name, where, high=number, failing=chance.random() < 0.4)
    if form == 7:
        return ListKnown(chance.choice(("tasks", "reviews")), chance.random() < 0.5)
    negated = chance.random() < 0.4
    top = below - 1 if negated or denied else below
    if top < 0:
        return Check(Operand("deal.exclusive", TYPES[Kind.FLAG]), OneOf((chance.random() < 0.7,)))
    sort = chance.choice(("finding", "diagnosis"))
    level = chance.randint(1, 3) if sort == "finding" else 1
    return Made(sort, chance.choice(STRATA[chance.randint(0, top)]), level, negated)


def any_condition(chance: Random, below: int, depth: int = 3, denied: bool = False) -> Condition:
    """A condition of blocks that nest up to `depth`."""
    form = chance.randrange(8) if depth else 0
    if form < 4:
        return any_leaf(chance, below, denied)
    block = (All, AnyOf, AnyOf, NoneOf)[form - 4]
    size = 20 if chance.random() < 0.01 else chance.randint(0 if chance.random() < 0.05 else 1, 3)
    inner = denied or block is NoneOf
    return block(tuple(any_condition(chance, below, depth - 1, inner) for _ in range(size)))


def any_conclusion(chance: Random, stratum: int) -> Conclusion:
    """A finding or diagnosis of the stratum, or something that the decision reads."""
    form = chance.randrange(10)
    made = chance.choice(STRATA[stratum])
    if form < 4:
        return Finding(made, chance.randint(1, 3), chance.random() < 0.2)
    if form < 6:
        return Diagnosis(made)
    option = chance.choice(OPTIONS)
    if form < 8:
        return Argument(option, chance.choice(("for", "against")), chance.choice(STRENGTHS))
    form_of = chance.choice(FORMS[option])
    if form == 8:
        return FormChoice(option, form_of, chance.choice(STRENGTHS))
    status = chance.choice(("conditional", "closed"))
    earliest = chance.choice((None, *_DATE_NAMES))
    return Gate(option, chance.choice((None, form_of)), status, (f"step {chance.randrange(3)}",), earliest)


def any_rules(chance: Random, most: int = 25) -> tuple[Rule, ...]:
    """A ruleset in which no circle goes through a negation, in the order of its layers."""
    rules = []
    for number in range(chance.randint(1, most)):
        stratum = chance.randrange(len(STRATA))
        then = dict.fromkeys(any_conclusion(chance, stratum) for _ in range(chance.randint(1, 3)))
        dated = chance.random() < 0.1
        rules.append(
            rule(
                f"r{number}",
                any_condition(chance, stratum),
                *then,
                ground=chance.choice(GROUNDS),
                status="active" if chance.random() < 0.95 else "retired",
                in_force_from=chance.choice(_DATES) if dated else None,
                in_force_until=chance.choice(_DATES) if dated and chance.random() < 0.5 else None,
            )
        )
    return in_layers(*rules)


def any_value(chance: Random, kind: ValueType) -> Value | None:
    """A value, or unknown three times in ten."""
    return None if chance.random() < 0.3 else chance.choice(pool(kind))


def any_situation(chance: Random) -> Situation:
    """A case with its measures: facts, lists and fields may each be unknown."""
    facts = {name: any_value(chance, fact.type) for name, fact in FACTS.items() if name != "alliance.as_of"}
    lists = {
        name: [
            {field.name: any_value(chance, field.type) for field in known.fields.values() if field.name != known.key}
            | {known.key: f"2025-Q{number}" if name == "reviews" else f"T{number}"}
            for number in range(1, chance.randint(0, 3) + 1)
        ]
        for name, known in LISTS.items()
        if chance.random() < 0.8
    }
    return situation(facts, lists, AS_OF + timedelta(days=chance.choice(_DAYS)))
