"""Every set of up to three changes, judged at once: which option each leads to."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Bulk
from engine.bulk.judging import Job
from engine.case import Case
from engine.explain.changes import Change, exclude
from engine.flip.alike import ALONE, Alike
from engine.flip.columns import NONE, Columns
from engine.flip.ranks import Numbers, Sets, ranks, unranked
from engine.rules import STATUSES

Options = NDArray[np.uint8]
NOWHERE = 255
"""In the place of an option: the changes exclude each other, or every option would be closed."""

_CLOSED = STATUSES.index("closed")
_NOT_YET = 254
_PIECE = 4
"""Sets are looked at so many chunks at a time, since few of them may be left to judge."""


class Judged(NamedTuple):
    """Where all sets of changes lead: by size, from single changes on, an option for each rank."""

    changes: int
    by_size: tuple[Options, ...]

    def options(self, sets: Sets) -> Options:
        """Where some sets of one size lead."""
        found: Options = self.by_size[len(sets) - 1][ranks(sets)]
        return found


def judged(case: Case, changes: Sequence[Change], most: int, bulk: Bulk) -> Judged:
    """Judges the case with every set of up to `most` changes.

    The memory that this takes is that of the answers, a byte a set, and of what a few chunks ask for.
    """
    searching = _Searching(case, changes, most, bulk)
    return Judged(len(changes), tuple(searching.options(size) for size in range(1, most + 1)))


class _Searching:
    """One case and all that can be changed about it."""

    def __init__(self, case: Case, changes: Sequence[Change], most: int, bulk: Bulk) -> None:
        self._case = case
        self._changes = changes
        self._most = most
        self._bulk = bulk
        self._columns = Columns(case, changes, most, bulk.ruleset.vocabulary)
        self._job = self._made_ready(self._columns)
        self._excluding = _excluding(changes)
        self._alike = Alike(case, changes, bulk.graph)
        self._crowd = np.zeros((len(self._columns.crowded), len(changes)), np.bool_)
        for line, numbers in zip(self._crowd, self._columns.crowded, strict=True):
            line[numbers] = True

    def options(self, size: int) -> Options:
        """Where every set of one size leads, by rank."""
        options = np.full(comb(len(self._changes), size), NOWHERE, np.uint8)
        known = np.full(self._alike.different(size) if self._alike.any else 0, _NOT_YET, np.uint8)
        piece = self._bulk.chunk * (_PIECE if self._alike.any else 1)

        def run(start: int) -> None:
            some = np.arange(start, min(start + piece, len(options)))
            sets = unranked(some, size, len(self._changes))
            if size == self._most and len(self._crowd):
                ready = np.flatnonzero(~self._crowd[:, sets].all(axis=1).any(axis=0))
                some, sets = some[ready], sets[:, ready]
            self._settle(some, sets, options, known, apart=False)

        self._bulk.in_threads(run, range(0, len(options), piece))
        if size == self._most:
            for numbers in self._columns.crowded:
                self._crowded(numbers, options, known)
        return options

    def _crowded(self, numbers: Numbers, options: Options, known: Options) -> None:
        """Settles the sets of which all changes are among some."""
        total = comb(len(numbers), self._most)
        piece = self._bulk.chunk * (_PIECE if self._alike.any else 1)
        # One after another: each has lists of its own, which take memory.
        for start in range(0, total, piece):
            sets = numbers[unranked(np.arange(start, min(start + piece, total)), self._most, len(numbers))]
            self._settle(ranks(sets), sets, options, known, apart=True)

    def _settle(self, places: Numbers, sets: Sets, options: Options, known: Options, *, apart: bool) -> None:
        """Puts into their places where these sets lead; `known` is what is known by key, and what becomes so."""
        together = np.flatnonzero(~_excluded(sets, self._excluding))
        places, sets = places[together], sets[:, together]
        if not self._alike.any:
            options[places] = self._judge(sets, apart)
            return
        keys = self._alike.keys(sets)
        shared = np.flatnonzero(keys != ALONE)
        # Two threads may judge a set of one key each: both come to the same.
        new, first = np.unique(keys[shared], return_index=True)
        fresh = np.flatnonzero(known[new] == _NOT_YET)
        asked = np.concatenate([np.flatnonzero(keys == ALONE), shared[first[fresh]]])
        found = self._judge(sets[:, asked], apart)
        options[places[asked]] = found
        known[new[fresh]] = found[len(found) - len(fresh) :]
        options[places[shared]] = known[keys[shared]]

    def _judge(self, sets: Sets, apart: bool) -> Options:
        """Where these sets lead; `apart` where they ask for what is not kept ready."""
        found = np.empty(sets.shape[1], np.uint8)
        for start in range(0, sets.shape[1], self._bulk.chunk):
            some = sets[:, start : start + self._bulk.chunk]
            padded = np.concatenate([np.full((self._most - len(some), some.shape[1]), NONE, np.int64), some])
            columns, job = self._columns, self._job
            if apart:
                columns = Columns(self._case, self._changes, self._most, self._bulk.ruleset.vocabulary, padded)
                job = self._made_ready(columns)
            weighed = job.judge(columns.table(padded)).weighed
            status = np.take_along_axis(weighed.status, weighed.winner[None].astype(np.intp), axis=0)[0]
            found[start : start + some.shape[1]] = np.where(status == _CLOSED, NOWHERE, weighed.winner)
        return found

    def _made_ready(self, columns: Columns) -> Job:
        return self._bulk.job(columns.table(np.full((self._most, 0), NONE, np.int64)))


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
