"""Which worlds are looked at: all of them where they are few enough, at least of those that differ; else a sample.

A world takes one sort of values for each doubtful entry. All worlds count the same, and so do all sorts of one entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Bulk
from engine.case import Case
from engine.robustness.columns import Picks
from engine.robustness.doubts import Doubt
from engine.robustness.halton import sample
from engine.robustness.merging import Part, combinations, merged

_CELLS = 1 << 26
"""Doubts times worlds: more would not fit into memory."""
_FACTS_AT_MOST = 1 << 10
"""So many times as many worlds as are wanted are still worth a look at which of them differ."""


class Worlds(NamedTuple):
    """Worlds to be judged: `picks` has a line a doubt and a column a world, `counts` how many worlds each stands for.

    `complete` tells whether they stand for all there are. Where worlds were merged, `parts` tell what each group stands
    for, and `groups` which group of each part (a line) a world takes.
    """

    picks: Picks
    counts: NDArray[np.float64]
    complete: bool
    parts: tuple[Part, ...] = ()
    groups: tuple[NDArray[np.intp], ...] = ()


def all_of(doubts: Sequence[Doubt]) -> int:
    """How many worlds there are."""
    return prod(len(one.sorts) for one in doubts)


def worlds(case: Case, doubts: Sequence[Doubt], bulk: Bulk, most: int, seed: int) -> Worlds:
    """All worlds where `most` at most differ, else a sample of `most`."""
    sizes = [len(one.sorts) for one in doubts]
    if prod(sizes) <= most:
        every = combinations(sizes, np.arange(prod(sizes)))
        return Worlds(every, np.ones(every.shape[1]), complete=True)
    of_facts = prod(len(one.sorts) for one in doubts if not one.place.records)
    parts = merged(case, doubts, bulk) if of_facts <= most * _FACTS_AT_MOST else None
    if parts is not None and prod(len(part.counts) for part in parts) <= most:
        return _of_parts(len(doubts), parts)
    most = min(most, _CELLS // len(sizes))
    return Worlds(sample(most, sizes, seed), np.ones(most), complete=False)


def _of_parts(doubts: int, parts: tuple[Part, ...]) -> Worlds:
    sizes = [len(part.counts) for part in parts]
    numbers = np.arange(prod(sizes))
    groups: list[NDArray[np.intp]] = []
    left = numbers
    for size in reversed(sizes):
        left, group = np.divmod(left, size)
        groups.append(group)
    groups.reverse()
    picks: Picks = np.zeros((doubts, len(numbers)), np.uint16)
    counts = np.ones(len(numbers))
    for part, group in zip(parts, groups, strict=True):
        picks[list(part.lines)] = part.picks[:, group]
        counts *= part.counts[group]
    return Worlds(picks, counts, True, parts, tuple(groups))
