"""The minimal sets: no part of them, and no smaller step in one place, leads to the same option."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.explain.changes import Change, far
from engine.flip.ranks import Sets, unranked, with_other
from engine.flip.search import NOWHERE, Judged, Options

_CHUNK = 1 << 17
HANDS = {"us": 1, "partner": 2, "both": 3}
"""Who has to act, as bits: of a set of changes, what all its changes say together."""


class Minimal(NamedTuple):
    """Minimal sets of one size, the most plausible first, and where each leads."""

    sets: Sets
    options: Options


def nearer_than(changes: Sequence[Change]) -> NDArray[np.int64]:
    """For each change those that go the same way and less far, a line each; -1 fills it up."""
    lines = [
        [
            number
            for number, nearer in enumerate(changes)
            if nearer.site == change.site and nearer.side == change.side != 0 and far(nearer) < far(change)
        ]
        for change in changes
    ]
    found = np.full((len(changes), max(map(len, lines), default=0)), -1, np.int64)
    for number, line in enumerate(lines):
        found[number, : len(line)] = line
    return found


def minimal_sets(judged: Judged, changes: Sequence[Change], here: int, to: int | None) -> list[Minimal]:
    """The minimal sets of each size that lead to another option than `here`, or to `to` alone."""
    nearer = nearer_than(changes)
    found = []
    for size, options in enumerate(judged.by_size, start=1):
        parts = [np.zeros((size, 0), np.int64)]
        for start in range(0, len(options), _CHUNK):
            chunk = options[start : start + _CHUNK]
            wanted = (chunk != here) & (chunk != NOWHERE) if to is None else chunk == to
            some = unranked(start + np.flatnonzero(wanted), size, judged.changes)
            parts.append(some[:, _are_minimal(some, judged, nearer)])
        sets = np.concatenate(parts, axis=1)
        ordered = sets[:, _order(sets, changes)]
        found.append(Minimal(ordered, judged.options(ordered)))
    return found


def _are_minimal(sets: Sets, judged: Judged, nearer: NDArray[np.int64]) -> NDArray[np.bool_]:
    options, size = judged.options(sets), len(sets)
    minimal = np.ones(sets.shape[1], np.bool_)
    for fewer in range(1, size):
        for places in combinations(range(size), fewer):
            minimal &= judged.options(sets[list(places)]) != options
    for place in range(size):
        for line in nearer.T:
            numbers = line[sets[place]]
            there = np.flatnonzero(numbers >= 0)
            other = with_other(sets[:, there], place, numbers[there])
            minimal[there] &= judged.options(other) != options[there]
    return minimal


def hands_of(sets: Sets, changes: Sequence[Change]) -> NDArray[np.uint8]:
    """Who has to act for each set, as in HANDS."""
    bits = np.array([HANDS[change.lever] for change in changes], np.uint8)
    found: NDArray[np.uint8] = np.bitwise_or.reduce(bits[sets], axis=0)
    return found


def _order(sets: Sets, changes: Sequence[Change]) -> NDArray[np.intp]:
    """From the most plausible on: by effort, then what one party can do alone, then in the order of the vocabulary."""
    effort = np.array([change.effort for change in changes])[sets].sum(axis=0)
    needs_both = hands_of(sets, changes) == HANDS["both"]
    return np.lexsort((*reversed(sets), needs_both, effort))
