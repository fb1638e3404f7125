"""Sets of several changes: all of them judged at once, and the first of the minimal ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.bulk import Bulk
from engine.case import Case
from engine.explain.changes import Change
from engine.flip.flips import Flip, Found, Wanted
from engine.flip.minimal import minimal_sets
from engine.flip.search import judged
from engine.rules import OPTIONS, Ruleset


def sets_of_changes(case: Case, changes: Sequence[Change], here: str, wanted: Wanted, ruleset: Ruleset) -> Found:
    """How many minimal sets there are of each size, and the first of them; `here` is the answer as things are."""
    to = None if wanted.to is None else OPTIONS.index(wanted.to)
    every = judged(case, changes, wanted.most, Bulk(ruleset))
    counts: dict[tuple[int, str], int] = {}
    first: list[Flip] = []
    for size, minimal in enumerate(minimal_sets(every, changes, OPTIONS.index(here), to), start=1):
        for number, option in enumerate(OPTIONS):
            count = int(np.count_nonzero(minimal.options == number))
            if count:
                counts[size, option] = count
        left = wanted.limit - len(first)
        for numbers, number in zip(minimal.sets[:, :left].T.tolist(), minimal.options[:left].tolist(), strict=True):
            first.append(Flip(tuple(changes[one] for one in numbers), OPTIONS[number]))
    return Found(counts, first)
