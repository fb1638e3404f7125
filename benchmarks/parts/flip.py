"""`advisor flip` of every sample, as whole processes: all sets of changes, up to pairs and up to triples."""

from __future__ import annotations

import json

from benchmarks.alliances import SAMPLES
from benchmarks.page import Bound, bounds, table
from benchmarks.processes import ADVISOR, run

_MOST = {2: 2.0, 3: 20.0}


def flip() -> str:
    """Each sample once; the three with the most sets are shown."""
    found: dict[str, dict[int, tuple[int, float]]] = {}
    for path in SAMPLES:
        for most in _MOST:
            said, took = run([*ADVISOR, "flip", str(path), "--max-changes", str(most), "--format", "json"])
            found.setdefault(path.parent.name, {})[most] = json.loads(said)["sets_judged"], took
    lines = [
        (name, *(f"{sets:,} in {took:.2f} s" for sets, took in found[name].values()))
        for name in sorted(found, key=lambda name: found[name][3], reverse=True)[:3]
    ]
    met = []
    for most, aim in _MOST.items():
        took, slowest = max((one[most][1], name) for name, one in found.items())
        said_of = f"{took:.2f} s at most, of {slowest}"
        met.append(Bound(f"all sets of up to {most} changes in less than {aim:g} s", said_of, took < aim))
    return f"{table(('alliance', 'sets of up to two', 'sets of up to three'), lines)}\n\n{bounds(met)}"
