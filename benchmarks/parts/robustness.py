"""`advisor robustness` over a sample of 100,000 worlds, as whole processes."""

from __future__ import annotations

import json
import statistics

from benchmarks.page import Bound, bounds, table
from benchmarks.processes import ADVISOR, run, seconds

_ALLIANCES = ("daimlerchrysler-hyundai", "honda-hero", "suzuki-volkswagen")
_MOST = 2.0


def robustness() -> str:
    """Three alliances, each the median of seven."""
    lines, slowest = [], 0.0
    for name in _ALLIANCES:
        command = [*ADVISOR, "robustness", f"sample:cases/{name}"]
        found = json.loads(run([*command, "--format", "json"])[0])
        middle = statistics.median(seconds(command) for _ in range(7))
        slowest = max(slowest, middle)
        lines.append((name, str(len(found["doubts"])), f"{found['worlds']['looked_at']:,}", f"{middle:.2f}"))
    met = bounds([Bound(f"100,000 worlds in less than {_MOST:g} s", f"{slowest:.2f} s at most", slowest < _MOST)])
    return f"{table(('alliance', 'doubtful values', 'worlds judged', 's'), lines)}\n\n{met}"
