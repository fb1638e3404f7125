"""The expressions of conditions are not Polars' alone: DuckDB, through narwhals, comes to the same."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import polars as pl
import pytest

from engine.backends.columnar.expressions import holds, is_among, passes
from engine.conditions import Leaf, Made, leaves, without_negation
from engine.parse.ruleset import load_ruleset
from engine.predicates import Between, Known, OneOf
from engine.resources import builtin

RULESET = load_ruleset(builtin("rulesets") / "alliance")
ROWS = 200


def in_both(
    table: dict[str, Any], expressions: Callable[[Callable[[str], Any]], dict[str, Any]]
) -> list[list[tuple[Any, ...]]]:
    """The rows of the same expressions over one table, from Polars and from DuckDB."""
    frame = pl.DataFrame(table)
    own = frame.select(**expressions(pl.col))
    with TemporaryDirectory() as folder:
        frame.write_parquet(f"{folder}/table.parquet")
        relation = nw.from_native(duckdb.read_parquet(f"{folder}/table.parquet"))
        other = relation.select(**expressions(nw.col)).to_native().fetchall()
    return [own.rows(), other]


def test_every_condition_of_the_rules() -> None:
    """Whatever the answers to its questions are."""
    chance = np.random.default_rng(1)
    # What holds always asks nothing.
    conditions = {rule.id: without_negation(rule.when) for rule in RULESET.rules if any(leaves(rule.when))}
    names: dict[Leaf, str] = {}
    for condition in conditions.values():
        for leaf in leaves(condition):
            names.setdefault(leaf, f"answer {len(names)}")
    table = {name: chance.random(ROWS) < 0.6 for name in names.values()}

    def expressions(col: Callable[[str], Any]) -> dict[str, Any]:
        return {id_: holds(condition, lambda leaf: col(names[leaf])) for id_, condition in conditions.items()}

    own, other = in_both(table, expressions)
    assert own == other
    assert any(isinstance(leaf, Made) for leaf in names)
    settled = np.array(own).sum(axis=0).tolist()
    assert len(settled) > 600
    assert sum(0 < some < ROWS for some in settled) > len(settled) / 2


@pytest.mark.parametrize(
    "test",
    [
        Known(),
        Known(negated=True),
        OneOf((1, 2.5)),
        OneOf((1, 2.5), True),
        OneOf((10**400,)),
        Between(low=1),
        Between(high=2.5, high_open=True),
        Between(1, 2.5, low_open=True),
        Between(low=-(10**400)),
    ],
    ids=lambda test: repr(test)[:40],
)
def test_every_test_of_a_number(test: Known | OneOf | Between) -> None:
    numbers = [None, -1e300, 0.0, 1.0, 1.5, 2.5, 2.5000000000000004, 1e300]
    own, other = in_both({"x": numbers}, lambda col: {"passed": passes(test, col("x"))})
    assert own == other == [(test.holds(number) is True,) for number in numbers]


def test_codes_that_are_among_those_wanted() -> None:
    chance = Random(1)
    table = {"code": np.arange(40, dtype=np.uint8)}
    for share in (0.05, 0.5, 0.95):
        wanted = np.array([chance.random() < share for _ in range(40)])
        own, other = in_both(table, lambda col, wanted=wanted: {"found": is_among(col("code"), wanted)})  # type: ignore[misc]
        assert own == other == [(one,) for one in wanted.tolist()]
