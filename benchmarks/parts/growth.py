"""How one assessment in a running process grows with rules and with facts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial

from benchmarks.alliances import RULESET, SAMPLE
from benchmarks.generated import case_of, ruleset_of
from benchmarks.page import Bound, bounds, table
from engine.assessment import Advisor, prepare
from engine.facts_file import load_case

_MOST = 5.0


def growth() -> str:
    """Assessments under generated rulesets, and one under the built-in one."""
    # The less is known, the more values of unknown facts are tried.
    sizes = [(size, 1.0) for size in (50, 100, 200, 400, 800)] + [(100, 0.5), (100, 0.25), (400, 0.5), (400, 0.25)]
    found = {}
    for size, share in sizes:
        with Advisor(prepare(ruleset_of(size, RULESET))) as advisor:
            found[size, share] = _milliseconds(partial(advisor.assess, case_of(share, RULESET)))
    reference = found[100, 1.0]
    lines = [
        (str(size), f"{share:.0%}", f"{taken:.2f}", f"{taken / reference:.2f}")
        for (size, share), taken in found.items()
    ]
    with Advisor(RULESET) as advisor:
        taken = _milliseconds(partial(advisor.assess, load_case(str(SAMPLE), RULESET.vocabulary)))
    lines.append((f"{len(RULESET.rules)}, the built-in ones", "a sample", f"{taken:.2f}", f"{taken / reference:.2f}"))
    met = bounds([Bound(f"at most {_MOST:g} ms at 100 rules", f"{reference:.2f} ms", reference <= _MOST)])
    return f"{table(('rules', 'facts known', 'ms', 'times 100 rules with all facts'), lines)}\n\n{met}"


def _milliseconds(work: Callable[[], object], runs: int = 60) -> float:
    work()
    found = []
    gc.collect()
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return statistics.median(found) * 1000
