"""Sets of several changes: all of them judged at once, and the first of the minimal ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Bulk
from engine.case import Case
from engine.explain.changes import Change
from engine.flip.flips import Flip, FlipKind, Found, Wanted, first_of
from engine.flip.minimal import HANDS, Minimal, hands_of, minimal_sets
from engine.flip.search import Options, judged
from engine.rules import OPTIONS

_BY = {number: by for by, number in HANDS.items()}


def sets_of_changes(
    case: Case, changes: Sequence[Change], worse: Sequence[bool], here: str, wanted: Wanted, bulk: Bulk
) -> Found:
    """How many minimal sets there are of each size, and the first of them.

    `worse` says of each change whether it is for the worse; `here` is the answer as things are.
    """
    to = None if wanted.to is None else OPTIONS.index(wanted.to)
    every = judged(case, changes, wanted.most, bulk)
    counts: dict[tuple[int, str], int] = {}
    kinds: Counter[int] = Counter()
    shown: Counter[int] = Counter()
    first: list[Flip] = []
    for size, minimal in enumerate(minimal_sets(every, changes, OPTIONS.index(here), to), start=1):
        for number, option in enumerate(OPTIONS):
            count = int(np.count_nonzero(minimal.options == number))
            if count:
                counts[size, option] = count
        codes = _codes(minimal, changes, worse)
        kinds.update(codes.tolist())
        if size < wanted.least:
            continue
        places = (
            _first_of_each(codes, wanted.limit, shown) if wanted.of_each else _candidates(minimal.options, wanted.limit)
        )
        for numbers, code in zip(minimal.sets[:, places].T.tolist(), codes[places].tolist(), strict=True):
            kind = _kind(code)
            first.append(Flip(tuple(changes[one] for one in numbers), kind.option, kind.worse))
            shown[code] += 1
    taken = first if wanted.of_each else first_of(first, wanted.limit)
    return Found(counts, {_kind(code): count for code, count in sorted(kinds.items())}, taken)


def _candidates(options: Options, limit: int) -> NDArray[np.intp]:
    """The places of sets of one size that may be shown: so many, and the first that lead to each option."""
    _, first = np.unique(options, return_index=True)
    found: NDArray[np.intp] = np.union1d(np.arange(min(limit, len(options))), first)
    return found


def _codes(minimal: Minimal, changes: Sequence[Change], worse: Sequence[bool]) -> NDArray[np.int64]:
    """The kind of each set as a number."""
    some_worse = np.array(worse, np.bool_)[minimal.sets].any(axis=0)
    return (minimal.options.astype(np.int64) * (max(_BY) + 1) + hands_of(minimal.sets, changes)) * 2 + some_worse


def _kind(code: int) -> FlipKind:
    option, by = divmod(code // 2, max(_BY) + 1)
    return FlipKind(OPTIONS[option], _BY[by], bool(code % 2))


def _first_of_each(codes: NDArray[np.int64], limit: int, before: Counter[int]) -> NDArray[np.intp]:
    """The places of so many sets of each kind, in their order; so many of each were taken `before`."""
    kinds = np.unique(codes).tolist()
    places = [np.flatnonzero(codes == kind)[: max(limit - before[kind], 0)] for kind in kinds]
    return np.sort(np.concatenate([np.zeros(0, np.intp), *places]))
