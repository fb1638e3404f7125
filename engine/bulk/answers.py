"""The answers for all rows of a table: arrays, and plain values by row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.decision.contest import NO_OPTION, SET_ASIDE
from engine.decision.tally import NO_DAY
from engine.rules import CONFIDENCE, OPTIONS, READINESS, STATUSES, Diagnosis, Finding, Ruleset

Bytes = NDArray[np.uint8]
Units = NDArray[np.signedinteger[Any]]


class Details(NamedTuple):
    """What the weighing knows besides: arrays with a line an option and a column a row.

    `earliest` are ordinals of dates, 0 where there is none; `short_of` the number of the option that is led by too
    little, 255 where none is, and `short_by` the units that are missing; `set_aside` numbers in SET_ASIDE.
    """

    earliest: NDArray[np.int32]
    short_of: Bytes
    short_by: Units
    set_aside: Bytes


class Fired(NamedTuple):
    """Which rules fired: those that do in every row, and a Boolean column for each that does in some."""

    always: frozenset[str]
    varying: pl.DataFrame


class Answers(NamedTuple):
    """What every row comes to. `winner` is a number in OPTIONS; `status`, `form` and `points` have a line an option.

    `status` are numbers in STATUSES, `form` the number of the form among those that the ruleset declares for the
    option. `points` and `lead` count units, of which `units` make a point; a lead of -1 is none. The rest is None where
    it was not asked for. `readiness` are numbers in READINESS: what rules and too little knowledge call for, and
    decisive doubts where these were asked for. `doubts` has, for each decisive fact, the options that other values of
    it lead to, one bit an option. `confidence` are numbers in CONFIDENCE.
    """

    ruleset: Ruleset
    units: int
    winner: Bytes
    points: Units
    status: Bytes
    form: Bytes
    lead: Units
    details: Details | None = None
    fired: Fired | None = None
    readiness: Bytes | None = None
    too_little_known: NDArray[np.bool_] | None = None
    doubts: Mapping[str, Bytes] | None = None
    confidence: Bytes | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.winner)

    # -- whole columns

    def scores(self) -> NDArray[np.float64]:
        """The scores in points, with a line an option."""
        return self.points / self.units

    def leads(self) -> NDArray[np.float64]:
        """The leads in points, NaN where there is none."""
        return np.where(self.lead < 0, np.nan, self.lead / self.units)

    def ranks(self, rows: slice = slice(None)) -> Bytes:
        """The rank of each option, with a line an option: the winner first, closed ones last, then by score."""
        closed = self.status[:, rows] == STATUSES.index("closed")
        won = np.arange(len(OPTIONS))[:, None] == self.winner[rows]
        order = np.lexsort((-self.points[:, rows].astype(np.int64), closed, ~won), axis=0)
        ranks = np.empty(order.shape, np.uint8)
        np.put_along_axis(ranks, order, np.arange(1, len(OPTIONS) + 1, dtype=np.uint8)[:, None], axis=0)
        return ranks

    def fires(self, rule: str) -> NDArray[np.bool_]:
        """Whether a rule fired."""
        fired = self._fired()
        if rule in fired.varying.columns:
            flags: NDArray[np.bool_] = fired.varying[rule].to_numpy()
            return flags
        return np.full(self.rows, rule in fired.always)

    def severities(self, finding: str) -> Bytes:
        """The severity of a finding, 0 where it was not made."""
        found = np.zeros(self.rows, np.uint8)
        for rule in self.ruleset.rules:
            for one in rule.then:
                if isinstance(one, Finding) and one.id == finding:
                    np.maximum(found, self.fires(rule.id) * np.uint8(one.severity), out=found)
        return found

    # -- one row

    def option(self, row: int) -> str:
        """The recommended option."""
        return OPTIONS[self.winner[row]]

    def recommended_form(self, row: int) -> str:
        """The form in which the recommended option is carried out."""
        return self.form_of(self.option(row), row)

    def score_of(self, option: str, row: int) -> float:
        """The score of an option in points."""
        return int(self.points[OPTIONS.index(option), row]) / self.units

    def status_of(self, option: str, row: int) -> str:
        """What gates leave of an option."""
        return STATUSES[self.status[OPTIONS.index(option), row]]

    def form_of(self, option: str, row: int) -> str:
        """The form of an option."""
        forms = tuple(self.ruleset.weighing.options[option].forms)
        return forms[int(self.form[OPTIONS.index(option), row])]

    def lead_of(self, row: int) -> float | None:
        """The points that would have to move before another option won; None where no other option is left."""
        lead = int(self.lead[row])
        return None if lead < 0 else lead / self.units

    def earliest_of(self, option: str, row: int) -> date | None:
        """The earliest date of an option."""
        ordinal = int(self._details().earliest[OPTIONS.index(option), row])
        return None if ordinal == NO_DAY else date.fromordinal(ordinal)

    def short_of(self, option: str, row: int) -> tuple[str, float] | None:
        """The less disruptive option that an option fails to lead by its margin, with the points that are missing."""
        details, place = self._details(), OPTIONS.index(option)
        other = int(details.short_of[place, row])
        return None if other == NO_OPTION else (OPTIONS[other], int(details.short_by[place, row]) / self.units)

    def set_aside(self, option: str, row: int) -> str:
        """Why an option is not compared with the others; empty where it is."""
        return SET_ASIDE[self._details().set_aside[OPTIONS.index(option), row]]

    def fired_in(self, row: int) -> frozenset[str]:
        """The ids of the rules that fired."""
        fired = self._fired()
        if not fired.varying.width:
            return fired.always
        return fired.always | {id_ for id_, flag in fired.varying.row(row, named=True).items() if flag}

    def findings_in(self, row: int) -> dict[str, int]:
        """The findings that were made, with their severities."""
        found: dict[str, int] = {}
        for id_ in self.fired_in(row):
            for one in self.ruleset.by_id[id_].then:
                if isinstance(one, Finding):
                    found[one.id] = max(found.get(one.id, 0), one.severity)
        return found

    def diagnoses_in(self, row: int) -> frozenset[str]:
        """The diagnoses that were made."""
        fired = self.fired_in(row)
        return frozenset(one.id for id_ in fired for one in self.ruleset.by_id[id_].then if isinstance(one, Diagnosis))

    def readiness_of(self, row: int) -> str:
        """Whether to decide now."""
        if self.readiness is None:
            raise ValueError("readiness was not asked for")
        return READINESS[self.readiness[row]]

    def confidence_of(self, row: int) -> str:
        """How firm the answer is."""
        if self.confidence is None:
            raise ValueError("confidence was not asked for")
        return CONFIDENCE[self.confidence[row]]

    def doubts_in(self, row: int) -> dict[str, tuple[str, ...]]:
        """The decisive facts in doubt, with the options that other values of them lead to."""
        if self.doubts is None:
            raise ValueError("doubts were not asked for")
        leads = {fact: int(bits[row]) for fact, bits in self.doubts.items()}
        return {
            fact: tuple(option for place, option in enumerate(OPTIONS) if bits >> place & 1)
            for fact, bits in leads.items()
            if bits
        }

    def _details(self) -> Details:
        if self.details is None:
            raise ValueError("details were not asked for")
        return self.details

    def _fired(self) -> Fired:
        if self.fired is None:
            raise ValueError("the rules that fired were not asked for")
        return self.fired
