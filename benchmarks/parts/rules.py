"""How engines stand the growth of a ruleset: generated rules, on the same cases."""

from __future__ import annotations

from benchmarks.alliances import RULESET, table_of
from benchmarks.comparison import columnar, compare, spread, times
from benchmarks.generated import ruleset_of
from benchmarks.page import table

_SIZES = (100, 300, 1_000)
_ROWS = 100_000
_CASES = 50


def rules() -> str:
    """Microseconds a case, by engine and number of rules, and how many times the columnar engine that is."""
    rows = table_of(_ROWS)
    chosen = spread(_ROWS, _CASES)
    cases = [rows.case(row) for row in chosen]
    found: dict[str, list[str]] = {}
    for size in _SIZES:
        ruleset = ruleset_of(size, RULESET)
        compare(ruleset, rows, chosen)
        at_once = columnar(ruleset, rows) / _ROWS * 1e6
        found.setdefault("columnar", []).append(f"{at_once:.2f}")
        for name, one in times(ruleset, cases).items():
            found.setdefault(name, []).append(f"{one.total:,.0f} ({one.total / at_once:,.0f} times)")
    head = ("µs a case", *(f"{size:,} rules" for size in _SIZES))
    return table(head, [(name, *cells) for name, cells in found.items()])
