"""One line of the table of `run.py bulk`: so many rows, drawn column by column from so many random cases."""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import time
from random import Random

import numpy as np

from engine.bulk import Bulk, Table
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from tests.properties.alliances import Maker

RULESET = load_ruleset(builtin("rulesets") / "alliance")


def table_of(rows: int, drawn: int) -> Table:
    """Random cases; where there are more rows than cases, each column is drawn by itself, so that rows differ."""
    maker, chance = Maker(RULESET.vocabulary), Random(1)
    table = Table.of_cases((maker.case(chance) for _ in range(drawn)), RULESET.vocabulary)
    if rows == drawn:
        return table
    choose = np.random.default_rng(1)
    facts = {name: column.taken(choose.integers(0, drawn, rows)) for name, column in table.facts.items()}
    lists = {name: column.taken(choose.integers(0, drawn, rows)) for name, column in table.lists.items()}
    return table._replace(rows=rows, facts=facts, lists=lists)


if __name__ == "__main__":
    rows, drawn = map(int, sys.argv[1:])
    table = table_of(rows, drawn)
    bulk = Bulk(RULESET)
    times = []
    gc.collect()
    for _ in range(8):
        begun = time.perf_counter()
        answers = bulk.judge(table)
        times.append(time.perf_counter() - begun)
    assert answers.rows == rows
    first, again = times[0], statistics.median(times[1:])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lists = "all different" if rows == drawn else f"of {drawn:,} cases"
    each = again / rows * 1e6
    print(f"| {rows:,} | {lists} | {first:.3f} | {again:.3f} | {rows / again:,.0f} | {each:.2f} | {peak:.0f} |")
