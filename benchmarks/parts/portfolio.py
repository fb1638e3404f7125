"""`advisor portfolio` of a thousand facts files, as a whole process."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from benchmarks.page import Bound, bounds
from benchmarks.processes import ADVISOR, seconds
from engine.resources import builtin

_MOST = 10.0
_FILES = 1_000


def portfolio() -> str:
    """Copies of the real cases in which trust differs."""
    cases = sorted(builtin("facts").glob("cases/*/facts.yaml"))
    with tempfile.TemporaryDirectory() as top:
        for number in range(_FILES):
            text = cases[number % len(cases)].read_text(encoding="utf-8")
            text = re.sub("^  name: .*$", f"  name: Alliance {number}", text, count=1, flags=re.MULTILINE)
            trust = f"trust: {{value: {1 + number * 7 % 41 / 10:g}, low: 1, high: 5"
            text = re.sub(r"trust: \{value: [\d.]+, low: [\d.]+, high: [\d.]+", trust, text)
            (Path(top) / f"{number}.yaml").write_text(text, encoding="utf-8")
        before = os.times()
        took = seconds([*ADVISOR, "portfolio", top, "-o", f"{top}/portfolio.csv"], silent=True)
        after = os.times()
        rows = len((Path(top) / "portfolio.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert rows == _FILES
    busy = after.children_user - before.children_user
    found = f"{took:.1f} s, {busy:.1f} s of processor time"
    return bounds([Bound(f"{rows:,} facts files in less than {_MOST:g} s", found, took < _MOST)])
