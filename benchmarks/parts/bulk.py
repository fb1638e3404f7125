"""Rows judged at once: each number of rows, and kind of table, in a process of its own.

As a program it judges one table and prints what that took, as JSON: `python -m benchmarks.parts.bulk ROWS CASES`.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from typing import Any

from benchmarks.alliances import DRAWN, RULESET, table_of
from benchmarks.page import Bound, bounds, table
from benchmarks.processes import peak_megabytes, run
from engine.bulk import Bulk

_SIZES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
_LEAST_RATE = 500_000
_MOST_GROWTH = 1.15
_MOST_MEMORY = 500


def bulk() -> str:
    """Random cases under the built-in ruleset; in the last line, no two lists of records are alike."""
    found = {rows: _in_own_process(rows, DRAWN) for rows in _SIZES}
    lines = [_line(rows, f"of {DRAWN:,} cases", one) for rows, one in found.items()]
    lines.append(_line(100_000, "all different", _in_own_process(100_000, 100_000)))
    head = ("rows", "lists of records", "first time, s", "again, s", "rows a second", "µs a row", "peak MB")
    each = {rows: one["again"] / rows for rows, one in found.items()}
    rate, growth = 1 / each[100_000], each[1_000_000] / each[100_000]
    most = found[1_000_000]["peak"]
    met = (
        Bound(f"{_LEAST_RATE:,} rows a second, of 100,000", f"{rate:,.0f}", rate >= _LEAST_RATE),
        Bound("a row of 1,000,000 at most 15 % above one of 100,000", f"{growth - 1:+.0%}", growth <= _MOST_GROWTH),
        Bound(f"peak memory under {_MOST_MEMORY} MB at 1,000,000 rows", f"{most:.0f} MB", most < _MOST_MEMORY),
    )
    return f"{table(head, lines, texts=2)}\n\n{bounds(met)}"


def _in_own_process(rows: int, drawn: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run([sys.executable, "-m", __name__, str(rows), str(drawn)])[0])
    return found


def _line(rows: int, lists: str, found: dict[str, Any]) -> tuple[str, ...]:
    first, again, peak = found["first"], found["again"], found["peak"]
    rate, each = f"{rows / again:,.0f}", f"{again / rows * 1e6:,.2f}"
    return f"{rows:,}", lists, f"{first:.3f}", f"{again:.3f}", rate, each, f"{peak:.0f}"


def _judge(rows: int, drawn: int) -> dict[str, float]:
    rows_of = table_of(rows, drawn)
    judge = Bulk(RULESET)
    times = []
    gc.collect()
    for _ in range(8):
        begun = time.perf_counter()
        answers = judge.judge(rows_of)
        times.append(time.perf_counter() - begun)
        assert answers.rows == rows
    # The first time, each distinct list of records is looked at; what was found is kept with the table.
    return {"first": times[0], "again": statistics.median(times[1:]), "peak": peak_megabytes()}


if __name__ == "__main__":
    print(json.dumps(_judge(*map(int, sys.argv[1:]))))
