"""Whether a process that assesses one case after another grows."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from benchmarks.alliances import RULESET, samples
from benchmarks.generated import ruleset_of
from benchmarks.page import Bound, bounds
from benchmarks.processes import peak_megabytes
from engine.assessment import Advisor, prepare

_MOST = 20.0
_ASSESSMENTS = 10_000


def memory() -> str:
    """Resident memory before and after many assessments of different samples."""
    cases = samples()
    with Advisor(prepare(ruleset_of(100, RULESET))) as advisor:
        for case in cases:
            advisor.assess(case)
        before = _resident()
        for number in range(_ASSESSMENTS):
            advisor.assess(cases[number % len(cases)])
        grown = _resident() - before
    found = f"{grown:+.1f} MB, from {before:.0f} MB; peak {peak_megabytes():.0f} MB"
    return bounds([Bound(f"{_ASSESSMENTS:,} assessments grow by less than {_MOST:g} MB", found, grown < _MOST)])


def _resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
