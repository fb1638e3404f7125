"""What is looked for, and what is found: sets of changes that lead to another option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.case import Case
from engine.decision.verdict import Standing
from engine.explain.changes import Change, hands
from engine.rules import Ruleset

MOST_CHANGES = 3


class Wanted(NamedTuple):
    """What is looked for: the way to an option (None for any other), by how many changes at most, and by whom.

    `by` is `us` or `partner`, for what one party can do alone, or `both`. `limit` sets are shown: the first way to each
    option, then the first of the others; with `of_each`, so many of each kind. Sets of fewer than `least` changes are
    counted and not shown. Where there are more than `triples_up_to` changes, no more than two of them are looked at
    together.
    """

    to: str | None = None
    most: int = MOST_CHANGES
    by: str = "both"
    limit: int = 10
    of_each: bool = False
    least: int = 1
    triples_up_to: int | None = None


class FlipKind(NamedTuple):
    """What tells sets of changes apart for whoever negotiates.

    The option that they lead to, who has to act (`us`, `partner` or `both`), and whether something gets worse in them.
    """

    option: str
    by: str
    worse: bool


class Flip(NamedTuple):
    """A minimal set of changes, the option that it leads to, and whether something in it gets worse (`worsens`)."""

    changes: tuple[Change, ...]
    option: str
    worse: bool

    @property
    def effort(self) -> float:
        """How much it asks of all."""
        return sum(change.effort for change in self.changes)

    @property
    def by(self) -> str:
        """Who has to act: `us`, `partner`, or `both`."""
        return hands(self.changes)

    @property
    def kind(self) -> FlipKind:
        """What kind of set it is."""
        return FlipKind(self.option, self.by, self.worse)


def first_of(flips: Sequence[Flip], limit: int) -> list[Flip]:
    """So many sets, in their order: the first way to each option is among them, then come the first of the others."""
    first: dict[str, int] = {}
    for place, flip in enumerate(flips):
        first.setdefault(flip.option, place)
    leading = list(first.values())[:limit]
    others = [place for place in range(len(flips)) if place not in leading]
    return [flips[place] for place in sorted([*leading, *others[: limit - len(leading)]])]


class Flips(NamedTuple):
    """All that was found about one case.

    `wanted` says how many changes were looked at together; `tried` are all of them. `found` counts minimal sets by the
    number of their changes and by option, `kinds` counts the same by kind; `shown` are the first, the smallest and most
    plausible.
    """

    case: Case
    ruleset: Ruleset
    now: Standing
    wanted: Wanted
    tried: tuple[Change, ...]
    found: Mapping[tuple[int, str], int]
    kinds: Mapping[FlipKind, int]
    shown: tuple[Flip, ...]

    @property
    def more(self) -> int:
        """How many sets were found and are not shown."""
        return sum(self.found.values()) - len(self.shown)

    @property
    def is_there_already(self) -> bool:
        """Whether the option that was asked for is the answer as things are."""
        return self.now.option == self.wanted.to


class Found(NamedTuple):
    """How many minimal sets there are, by the number of their changes and by option, and by kind; the first of them."""

    counts: Mapping[tuple[int, str], int]
    kinds: Mapping[FlipKind, int]
    first: Sequence[Flip]
