"""What makes no difference in this case: sorts of a fact, and versions of a record list, that lead to the same answers.

The rules are first settled as far as what is not in doubt settles them. Sorts to which all questions that are left are
answered alike then stand for each other, and so do lists: of thousands that differ in a number, a few may be left.
Each that is left stands for so many, which keeps all shares exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.bulk import Bulk
from engine.case import Case
from engine.robustness.columns import Columns, Picks, distinct
from engine.robustness.doubts import Doubt

MOST_LISTS = 1 << 16
"""Of a record list with more versions it is not asked which are alike: that would take longer than a sample."""


class Part(NamedTuple):
    """A fact, or all doubtful fields of one record list, in groups that lead to the same answers.

    `lines` are the numbers of its doubts; `picks` has their sorts for one of each group (a column). `shares` counts
    for each line, by group and sort, how often the sort stands in the group; `counts` what each group stands for.
    """

    lines: tuple[int, ...]
    picks: Picks
    shares: tuple[NDArray[np.int64], ...]
    counts: NDArray[np.int64]


def parts_of(doubts: Sequence[Doubt]) -> dict[str, list[int]]:
    """The numbers of the doubts about each fact and each record list."""
    found: dict[str, list[int]] = {}
    for line, one in enumerate(doubts):
        found.setdefault(one.place.records or one.place.fact.name, []).append(line)
    return found


def merged(case: Case, doubts: Sequence[Doubt], bulk: Bulk) -> tuple[Part, ...] | None:
    """The parts of a case in doubt; None where the versions of a list are too many to look at them all."""
    sizes = [len(one.sorts) for one in doubts]
    lines_of = parts_of(doubts)
    versions = {name: prod(sizes[line] for line in lines) for name, lines in lines_of.items()}
    most = max(versions.values())
    if most > MOST_LISTS:
        return None
    every: Picks = np.zeros((len(doubts), most), np.uint16)
    for name, lines in lines_of.items():
        # Parts of fewer versions begin again from their first.
        every[lines] = combinations([sizes[line] for line in lines], np.arange(most) % versions[name])
    table = Columns(case, doubts).table(every)
    job = bulk.job(table, readiness=True)
    found = []
    for name, lines in lines_of.items():
        count = versions[name]
        own = every[lines][:, :count]
        answers = job.alone(name)
        which = np.arange(count)
        if answers is not None:
            codes = (table.facts[name].codes if name in table.facts else table.lists[name].codes)[:count]  # type: ignore[union-attr]
            told = np.stack([flags[codes] for flags in answers]) if answers else np.zeros((0, count), np.bool_)
            packed = np.packbits(told, axis=0)
            which, _ = distinct(packed, [256] * len(packed))
        found.append(_part(tuple(lines), own, which, [sizes[line] for line in lines]))
    return tuple(found)


def _part(lines: tuple[int, ...], own: Picks, which: NDArray[np.intp], sizes: Sequence[int]) -> Part:
    groups = int(which.max(initial=0)) + 1
    first = np.zeros(groups, np.intp)
    first[which[::-1]] = np.arange(len(which))[::-1]
    shares = tuple(
        np.bincount(which * size + line, minlength=groups * size).reshape(groups, size)
        for line, size in zip(own, sizes, strict=True)
    )
    return Part(lines, own[:, first], shares, np.bincount(which, minlength=groups))


def combinations(sizes: Sequence[int], numbers: NDArray[np.intp]) -> Picks:
    """The combinations with these numbers, of which there are as many as the product of sizes; the last turns first."""
    found = np.empty((len(sizes), len(numbers)), np.uint16)
    left = numbers
    for line in range(len(sizes) - 1, -1, -1):
        left, found[line] = np.divmod(left, sizes[line])
    return found
