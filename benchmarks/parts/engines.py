"""All engines on the built-in ruleset, on the same cases."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.alliances import RULESET, random_cases, table_of
from benchmarks.comparison import Times, columnar, columnar_at_first, compare, seconds, spread, times
from benchmarks.page import Bound, bounds, table
from engine.bulk import Table

_SIZES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
_TYPICAL = 100_000
_CASES = 200
_LEAST = 1_000


def engines() -> str:
    """Times by engine at 100,000 rows, and by number of rows."""
    at_first = columnar_at_first(RULESET, [table_of(_TYPICAL) for _ in range(3)])
    rows = table_of(max(_SIZES))
    typical = rows.taken(slice(0, _TYPICAL))
    chosen = spread(_TYPICAL, _CASES)
    compare(RULESET, typical, chosen)
    each = times(RULESET, [typical.case(row) for row in chosen])
    taken = {size: columnar(RULESET, rows.taken(slice(0, size))) for size in _SIZES}
    tables = (_by_engine(each, taken[_TYPICAL], at_first), _bounds(each, taken[_TYPICAL]), _by_size(each, taken))
    return "\n\n".join((*tables, _of_cases()))


def _by_engine(each: Mapping[str, Times], taken: float, at_first: float) -> str:
    at_once = _micro(taken)
    lines: list[tuple[str, ...]] = [
        (name, f"{_TYPICAL:,}", *[""] * 4, f"{_micro(took):,.2f}", f"{took / taken:.2g}", "")
        for name, took in (("columnar", taken), ("columnar, a table not judged before", at_first))
    ]
    for name, one in each.items():
        parts = [f"{part:,.0f}" if part >= 1 else "" for part in one]
        ratios = f"{one.total / at_once:,.0f}", f"{one.rules / at_once:,.0f}"
        lines.append((name, f"{_CASES:,}", *parts, f"{one.total:,.0f}", *ratios))
    steps = ("measures", "telling", "rules", "weighing")
    return table(("engine", "cases", *steps, "µs a case", "times columnar", "rules alone, times"), lines)


def _bounds(each: Mapping[str, Times], taken: float) -> str:
    ratio = each["clipspy"].total / _micro(taken)
    aim = f"columnar at least {_LEAST:,} times as fast as clipspy, from the case to the winner, at {_TYPICAL:,} rows"
    return bounds([Bound(aim, f"{ratio:,.0f} times", ratio >= _LEAST)])


def _by_size(each: Mapping[str, Times], taken: Mapping[int, float]) -> str:
    """How many times as long the others take for so many rows."""
    lines = [
        (f"{size:,}", f"{took:.3f}", *(_short(one.total * size / 1e6 / took) for one in each.values()))
        for size, took in taken.items()
    ]
    return table(("rows", "columnar, s", *(f"{name}, times" for name in each)), lines)


def _of_cases() -> str:
    """What it takes to make a table of cases that are held one by one."""
    cases = list(random_cases(1_000))
    took = seconds(lambda: Table.of_cases(cases, RULESET.vocabulary), 3)
    return f"Making a table of cases that are held one by one takes {took / len(cases) * 1e6:,.0f} µs a case besides."


def _micro(taken: float) -> float:
    return taken / _TYPICAL * 1e6


def _short(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2f}"
