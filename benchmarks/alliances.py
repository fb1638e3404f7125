"""The built-in ruleset and samples, and random alliances of any number, the same ones in every run."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import numpy as np

from engine.bulk import Table
from engine.case import Case
from engine.facts_file import load_case
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.rules import Rule, Ruleset
from tests.properties.alliances import AS_OF, Maker

RULESET = load_ruleset(builtin("rulesets") / "alliance")
SAMPLES = sorted(builtin("facts").glob("*/*/facts.yaml"))
SAMPLE = builtin("facts") / "cases" / "suzuki-volkswagen" / "facts.yaml"
DRAWN = 2_000
"""So many random cases are drawn where rows are made of their columns."""


def samples() -> list[Case]:
    """The samples that come with the advisor."""
    return [load_case(str(path), RULESET.vocabulary) for path in SAMPLES]


def random_cases(number: int) -> Iterable[Case]:
    """Random cases, all of one date."""
    maker, chance = Maker(RULESET.vocabulary), Random(1)
    return (maker.case(chance) for _ in range(number))


def table_of(rows: int, drawn: int = DRAWN) -> Table:
    """Random cases; where there are more rows than cases, each column is drawn by itself, so that rows differ."""
    table = Table.of_cases(random_cases(drawn), RULESET.vocabulary)
    if rows == drawn:
        return table
    choose = np.random.default_rng(1)
    facts = {name: column.taken(choose.integers(0, drawn, rows)) for name, column in table.facts.items()}
    lists = {name: column.taken(choose.integers(0, drawn, rows)) for name, column in table.lists.items()}
    return table._replace(rows=rows, facts=facts, lists=lists)


def judging(ruleset: Ruleset) -> tuple[Rule, ...]:
    """The rules before the weighing that are in force at the date of the random cases."""
    return tuple(rule for rule in ruleset.rules if not rule.plans and rule.in_force(AS_OF))
