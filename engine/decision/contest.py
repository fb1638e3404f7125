"""The status quo and the standard of proof for many cases at once: which option wins each, and by how much.

It comes to what `verdict.decide` comes to, in arrays with a line an option (or one line) and a column a row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.decision.points import Unit
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS, STATUS_QUO
from engine.rules import OPTIONS, STATUSES, Weighing

Flags = NDArray[np.bool_]
Points = NDArray[np.signedinteger[Any]]

SET_ASIDE = ("", STANDS, CHANGE, OUTWEIGHED)
"""Why an option is not compared with the others, by its number."""
NO_OPTION = 255
NO_LEAD = -1
_CLOSED = STATUSES.index("closed")
_QUO = OPTIONS.index(STATUS_QUO)
_STANDS, _CHANGE, _OUTWEIGHED = (SET_ASIDE.index(one) for one in (STANDS, CHANGE, OUTWEIGHED))


class Decided(NamedTuple):
    """The number of the winner, and how firm it is.

    `lead` counts units, NO_LEAD where no other option is left. `set_aside` are numbers in SET_ASIDE. `short_of` is the
    less disruptive option that is led by too little, or NO_OPTION, and `short_by` the units that are missing.
    """

    winner: NDArray[np.uint8]
    lead: Points
    short_of: NDArray[np.uint8]
    short_by: Points
    set_aside: NDArray[np.uint8]


class Contest:
    """The margins of a weighing and its status quo, in units."""

    def __init__(self, weighing: Weighing, unit: Unit) -> None:
        options = [weighing.options[option] for option in OPTIONS]
        self._type = unit.type
        self._margins = np.array([unit.of(option.margin) for option in options], unit.type)
        self._proofs = [unit.least(option.margin) for option in options]
        self._status_quo = weighing.status_quo is not None
        least = weighing.status_quo.least_score if weighing.status_quo is not None else 0
        self._stands_from, self._least_score = unit.least(least), unit.of(least)

    def decided(self, points: Points, status: NDArray[np.uint8], barred: Flags | bool) -> Decided:
        """Decides rows; `barred` are those in which a change is called for."""
        open_ = status != _CLOSED
        none_open = ~open_.any(axis=0)
        # Where every option is closed, they are compared as if none were.
        left = open_ | none_open
        set_aside = self._set_aside(points, left, barred)
        running = left & (set_aside == 0)
        winner = self._winner(points, running)
        short_of, short_by = self._short(points, running)
        lead = self._lead(points, running, winner, short_by, set_aside)
        compared = (set_aside == 0) & (short_of != NO_OPTION)
        return Decided(
            winner,
            np.where(none_open, NO_LEAD, lead).astype(self._type),
            np.where(compared, short_of, NO_OPTION).astype(np.uint8),
            np.where(compared, short_by, 0).astype(self._type),
            set_aside,
        )

    def _set_aside(self, points: Points, left: Flags, barred: Flags | bool) -> NDArray[np.uint8]:
        """Which options are not compared, the status quo having been judged by itself."""
        found = np.zeros(left.shape, np.uint8)
        if self._status_quo:
            judged = left[_QUO] & left[_QUO + 1 :].any(axis=0)
            change = judged & barred
            outweighed = judged & ~change & (points[_QUO] < self._stands_from)
            found[_QUO] = np.where(change, _CHANGE, np.where(outweighed, _OUTWEIGHED, 0))
            stands = judged & ~change & ~outweighed
            found[_QUO + 1 :] = np.where(left[_QUO + 1 :] & stands, _STANDS, 0)
        return found

    def _winner(self, points: Points, running: Flags) -> NDArray[np.uint8]:
        """The best of those that lead every less disruptive one by their margin."""
        rows = points.shape[1]
        winner = np.zeros(rows, np.uint8)
        best, ahead = np.zeros(rows, self._type), np.zeros(rows, self._type)
        begun = np.zeros(rows, np.bool_)
        for place, (here, score) in enumerate(zip(running, points, strict=True)):
            proven = (score - ahead >= self._proofs[place]) & (score > best)
            wins = here & (~begun | proven)
            winner = np.where(wins, np.uint8(place), winner)
            best = np.where(wins, score, best)
            ahead = np.where(here & (~begun | (score > ahead)), score, ahead)
            begun = begun | here
        return winner

    def _short(self, points: Points, running: Flags) -> tuple[NDArray[np.uint8], Points]:
        """The less disruptive option that each fails most to lead by its margin, and the units that it lacks."""
        short_of = np.full(points.shape, NO_OPTION, np.uint8)
        short_by = np.zeros_like(points)
        for place in range(len(OPTIONS)):
            for other in range(place):
                lacks = self._margins[place] - points[place] + points[other]
                worse = running[other] & (lacks > short_by[place])
                short_of[place] = np.where(worse, np.uint8(other), short_of[place])
                short_by[place] = np.where(worse, lacks, short_by[place])
        return short_of, short_by

    def _lead(
        self,
        points: Points,
        running: Flags,
        winner: NDArray[np.uint8],
        short_by: Points,
        set_aside: NDArray[np.uint8],
    ) -> Points:
        none = np.iinfo(self._type).max
        lead = np.full(len(winner), none, self._type)
        won = np.take_along_axis(points, winner[None].astype(np.intp), axis=0)[0]
        margin = self._margins[winner]
        for place in range(len(OPTIONS)):
            before = won - points[place] - margin
            after = np.maximum(short_by[place], won - points[place])
            distance = np.where(place < winner, before, after)
            counts = running[place] & (winner != place)
            lead = np.where(counts & (distance < lead), distance, lead)
        if self._status_quo:
            alone = (set_aside == _STANDS).any(axis=0) | (set_aside[_QUO] == _OUTWEIGHED)
            distance = np.abs(points[_QUO] - self._type(self._least_score))
            lead = np.where(alone & (distance < lead), distance, lead)
        return np.where(lead == none, NO_LEAD, lead)
