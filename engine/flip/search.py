"""Every set of up to three changes, judged at once: which option each leads to."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Bulk
from engine.case import Case
from engine.explain.changes import Change, exclude
from engine.flip.columns import NONE, Columns
from engine.flip.ranks import Sets, ranks, unranked
from engine.rules import STATUSES

Options = NDArray[np.uint8]
NOWHERE = 255
"""In the place of an option: the changes exclude each other, or every option would be closed."""

_CLOSED = STATUSES.index("closed")


class Judged(NamedTuple):
    """Where all sets of changes lead: by size, from single changes on, an option for each rank."""

    changes: int
    by_size: tuple[Options, ...]

    def options(self, sets: Sets) -> Options:
        """Where some sets of one size lead."""
        found: Options = self.by_size[len(sets) - 1][ranks(sets)]
        return found


def judged(case: Case, changes: Sequence[Change], most: int, bulk: Bulk) -> Judged:
    """Judges the case with every set of up to `most` changes."""
    columns = Columns(case, changes, most, bulk.ruleset.vocabulary)
    job = bulk.job(columns.table(np.full((most, 0), NONE, np.int64)))
    excluding = _excluding(changes)
    found = []
    for size in range(1, most + 1):
        total = comb(len(changes), size)
        options = np.full(total, NOWHERE, np.uint8)

        def run(start: int, size: int = size, options: Options = options) -> None:
            stop = min(start + bulk.chunk, len(options))
            sets = unranked(np.arange(start, stop), size, len(changes))
            together = np.flatnonzero(~_excluded(sets, excluding))
            padded = np.concatenate([np.full((most - size, len(together)), NONE, np.int64), sets[:, together]])
            weighed = job.judge(columns.table(padded)).weighed
            status = np.take_along_axis(weighed.status, weighed.winner[None].astype(np.intp), axis=0)[0]
            options[start + together] = np.where(status == _CLOSED, NOWHERE, weighed.winner)

        bulk.in_threads(run, range(0, total, bulk.chunk))
        found.append(options)
    return Judged(len(changes), tuple(found))


def _excluding(changes: Sequence[Change]) -> NDArray[np.bool_]:
    found = np.zeros((len(changes), len(changes)), np.bool_)
    for one in range(len(changes)):
        for other in range(one):
            found[one, other] = found[other, one] = exclude(changes[one], changes[other])
    return found


def _excluded(sets: Sets, excluding: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether any two changes of a set exclude each other."""
    found = np.zeros(sets.shape[1], np.bool_)
    for place in range(len(sets)):
        for before in range(place):
            found |= excluding[sets[before], sets[place]]
    return found
