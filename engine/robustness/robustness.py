"""What is found about one case: how far the answer holds in all worlds that the doubts leave possible."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from engine.case import Case
from engine.decision.verdict import Standing
from engine.explain.missing import MissingFact
from engine.robustness.doubts import Doubt, Doubts
from engine.rules import OPTIONS, Ruleset

EVERY_CLOSED = "every_option_closed"
"""The answer of a world in which gates leave no option open: none is recommended there."""

ANSWERS = (*OPTIONS, EVERY_CLOSED)

_ERRORS = 3
"""So many times the standard error of a share that lots would leave; the sample is better than that."""


class Wanted(NamedTuple):
    """How many worlds are looked at, at most; `seed` shifts a sample of them."""

    most: int = 100_000
    seed: int = 0


class Turn(NamedTuple):
    """A sort of values of one doubt, by its number, that leads to another answer, all else being as it is."""

    doubt: Doubt
    sort: int
    answer: str


class Effect(NamedTuple):
    """How the answer moves with one doubt: for each sort of its values, the share of worlds that each answer has.

    `swing` is the largest share of the present answer less the smallest; `leads_to` the answer that gains most on the
    way from the one to the other, None where nothing moves.
    """

    doubt: Doubt
    shares: tuple[Mapping[str, float], ...]
    swing: float
    leads_to: str | None


class Robustness(NamedTuple):
    """What is found. All shares are of worlds; those of ANSWERS make up the whole.

    `worlds` are all that there are, `looked_at` those of a sample, `complete` tells that all were looked at; `judged`
    of them differ. `statuses` tell for each option in which share of worlds it is open, conditional and closed;
    `readiness` what rules call for once every doubt is settled as in that world. `effects` come with the largest first,
    `turns` in the order of doubts.
    """

    case: Case
    ruleset: Ruleset
    wanted: Wanted
    now: Standing
    doubts: Doubts
    worlds: int
    looked_at: int
    judged: int
    complete: bool
    wins: Mapping[str, float]
    statuses: Mapping[str, Mapping[str, float]]
    readiness: Mapping[str, float]
    effects: tuple[Effect, ...]
    turns: tuple[Turn, ...]
    missing: tuple[MissingFact, ...]

    @property
    def answer(self) -> str:
        """The present answer: the recommended option, unless it is closed as all others are."""
        return EVERY_CLOSED if self.now.status == "closed" else self.now.option

    @property
    def holds(self) -> float:
        """The share of worlds that have the present answer."""
        return self.wins[self.answer]

    @property
    def power_of_ten(self) -> int:
        """The power of ten that the number of worlds reaches; written out, it could have thousands of digits."""
        return math.floor(math.fsum(math.log10(len(one.sorts)) for one in self.doubts.varied))

    @property
    def left_to_chance(self) -> float:
        """A swing of which it cannot be told whether it is none: nothing where all worlds were looked at."""
        return 0.0 if self.complete else _ERRORS / math.sqrt(self.looked_at)
