"""Rulesets and cases of any size, made from the built-in vocabulary: the same ones in every run."""

from __future__ import annotations

import random
from dataclasses import replace

from engine.case import Case, Entry
from engine.conditions import All, Check, Condition, Made, Operand, asks, reads
from engine.errors import Location
from engine.predicates import Between, OneOf
from engine.rules import OPTIONS, Argument, Finding, Rule, Ruleset
from engine.vocabulary import Fact, Kind

_PLACE = Location("generated", 1, 1)


def ruleset_of(size: int, base: Ruleset, seed: int = 1) -> Ruleset:
    """A ruleset of `size` rules: six in ten find something, four in ten argue from findings."""
    draw = random.Random(seed)
    facts = [fact for fact in base.vocabulary.facts.values() if fact.type.kind in (Kind.CHOICE, Kind.SCORE, Kind.SHARE)]
    makers = size * 6 // 10
    rules = [_finder(number, facts, draw) for number in range(makers)]
    rules += [_arguer(number, makers, list(base.weighing.grounds), draw) for number in range(size - makers)]
    return replace(base, rules=tuple(rules), by_id={rule.id: rule for rule in rules})


def _finder(number: int, facts: list[Fact], draw: random.Random) -> Rule:
    when = All(tuple(_check(facts[(number * 3 + step) % len(facts)], draw) for step in range(1 + number % 2)))
    return _rule(f"finds-{number}", when, (Finding(f"f{number}", 1 + number % 3),), "conflict", 0)


def _arguer(number: int, makers: int, grounds: list[str], draw: random.Random) -> Rule:
    asked = tuple(Made("finding", f"f{draw.randrange(makers)}", negated=step == 1) for step in range(1 + number % 2))
    then = (
        Argument(OPTIONS[number % 6], "for", "moderate"),
        Argument(OPTIONS[(number + 2) % 6], "against", "slight"),
    )
    return _rule(f"argues-{number}", All(asked), then, grounds[number % len(grounds)], 1)


def _rule(id_: str, when: Condition, then: tuple[Finding | Argument, ...], ground: str, layer: int) -> Rule:
    return Rule(
        id_, id_, ground, when, then, "generated", (), _PLACE, _PLACE, layer=layer, reads=reads(when), asks=asks(when)
    )


def _check(fact: Fact, draw: random.Random) -> Check:
    operand = Operand(fact.name, fact.type)
    if fact.type.kind is Kind.CHOICE:
        return Check(operand, OneOf((draw.choice(fact.type.values),)))
    low, high = fact.type.minimum or 0, fact.type.maximum or 1
    return Check(operand, Between(low=round(low + (high - low) * draw.random(), 1)))


def case_of(share: float, base: Ruleset, seed: int = 1) -> Case:
    """A case of which this share of the facts is known."""
    draw = random.Random(seed)
    required = {"alliance.name": "Example", "alliance.us": "Us", "alliance.partner": "Them"}
    facts: dict[str, Entry] = {name: Entry(value) for name, value in required.items()}
    for fact in base.vocabulary.facts.values():
        if fact.name in facts or (draw.random() > share and not fact.required):
            continue
        kind = fact.type.kind
        if kind is Kind.CHOICE:
            facts[fact.name] = Entry(draw.choice(fact.type.values))
        elif kind.is_number:
            low, high = fact.type.minimum or 0, fact.type.maximum or 5
            facts[fact.name] = Entry(int(low + (high - low) * draw.random()))
        elif kind is Kind.FLAG:
            facts[fact.name] = Entry(draw.random() < 0.5)
    from datetime import date

    facts["alliance.as_of"] = Entry(date(2025, 6, 30))
    return Case(facts, {})
