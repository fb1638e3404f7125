"""The weighing of many cases at once: from which rules fired, as columns, to scores, statuses, forms and winners.

It comes to what `verdict.decide` comes to. Points are counted in integers, in units in which all points of the ruleset
are whole: sums of decimals are exact then, as `weighing.exact` makes them one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.decision.points import Unit, unit_of
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS, STATUS_QUO
from engine.decision.weighing import Scores, exact
from engine.rules import OPTIONS, STATUSES, Argument, Diagnosis, FormChoice, Gate, Option, Rule, Weighing

Flags = NDArray[np.bool_]
Flag = Flags | bool
"""Whether something is so in each row, or in all of them."""
Points = NDArray[np.signedinteger[Any]]

SET_ASIDE = ("", STANDS, CHANGE, OUTWEIGHED)
"""Why an option is not compared with the others, by its number."""
NO_OPTION = 255
NO_DAY = 0
_CLOSED = STATUSES.index("closed")
_QUO = OPTIONS.index(STATUS_QUO)
_STANDS, _CHANGE, _OUTWEIGHED = (SET_ASIDE.index(one) for one in (STANDS, CHANGE, OUTWEIGHED))


class Weighed(NamedTuple):
    """What the weighing comes to: arrays with a column a row and, but for `winner` and `lead`, a line an option.

    `points` and `lead` count units; `lead` is negative where there is none. `status` and `set_aside` are numbers in
    STATUSES and SET_ASIDE, `form` the number of the form among those of its option. `earliest` are ordinals, NO_DAY
    where there is no date. `short_of` is the option that is led by too little, or NO_OPTION, and `short_by` the units.
    """

    winner: NDArray[np.uint8]
    points: Points
    status: NDArray[np.uint8]
    form: NDArray[np.uint8]
    lead: Points
    earliest: NDArray[np.int32]
    short_of: NDArray[np.uint8]
    short_by: Points
    set_aside: NDArray[np.uint8]


class _Group(NamedTuple):
    """Some rules; `added` units where any of them fired."""

    rules: int
    added: int


class _GateGroup(NamedTuple):
    rules: int
    form: str | None
    status: int
    earliest: str | None


class Tally:
    """A weighing made ready for rules: `groups` are the sets of rules of which it asks whether any fired."""

    def __init__(self, rules: Iterable[Rule], weighing: Weighing) -> None:
        self._weighing = weighing
        self._rules = {rule.id: rule for rule in rules}
        self.groups: list[frozenset[str]] = []
        self._numbers: dict[frozenset[str], int] = {}
        self.unit: Unit = unit_of(self._rules.values(), weighing)
        self._arguments: list[list[_Group]] = [self._sides(option) for option in OPTIONS]
        self._gates: list[list[_GateGroup]] = [self._gates_of(option) for option in OPTIONS]
        self._forms: list[dict[str, list[_Group]]] = [self._forms_of(option) for option in OPTIONS]
        self._options: list[Option] = [weighing.options[option] for option in OPTIONS]
        declared = weighing.status_quo
        barred_by = "" if declared is None else declared.barred_by
        self._barred = self._group(
            rule.id
            for rule in self._rules.values()
            if any(isinstance(one, Diagnosis) and one.id == barred_by for one in rule.then)
        )
        self.dates = tuple({gate.earliest: None for gates in self._gates for gate in gates if gate.earliest})
        """The dates of gates that it asks for."""
        self._arguing = [] if self.unit.adds_up else [self._group([id_]) for id_ in self._rules if self._argues(id_)]

    # -- preparing

    def _group(self, ids: Iterable[str]) -> int:
        group = frozenset(ids)
        number = self._numbers.setdefault(group, len(self.groups))
        if number == len(self.groups):
            self.groups.append(group)
        return number

    def _argues(self, id_: str) -> bool:
        return any(isinstance(one, (Argument, FormChoice)) for one in self._rules[id_].then)

    def _sides(self, option: str) -> list[_Group]:
        """Groups of arguments about an option, with what each adds to its score."""
        if not self.unit.adds_up:
            return []
        if self._weighing.function == "sum-of-all":
            found = []
            for rule in self._rules.values():
                points = sum(self._signed(one) for one in _about(option, rule))
                if points:
                    found.append(_Group(self._group([rule.id]), points))
            return found
        levels: dict[tuple[str, str], dict[int, set[str]]] = {}
        for rule in self._rules.values():
            for one in _about(option, rule):
                by_points = levels.setdefault((rule.ground, one.side), {})
                by_points.setdefault(self.unit.of(self._weighing.strengths[one.strength]), set()).add(rule.id)
        return [group for (_, side), by_points in levels.items() for group in self._steps(side, by_points)]

    def _steps(self, side: str, by_points: Mapping[int, set[str]]) -> list[_Group]:
        """The strongest counts: whoever is at least so strong adds what it is stronger than the next weaker one."""
        found = []
        before = 0
        for points in sorted(by_points):
            stronger = (id_ for more, ids in by_points.items() if more >= points for id_ in ids)
            added = points - before if side == "for" else before - points
            if added:
                found.append(_Group(self._group(stronger), added))
            before = points
        return found

    def _signed(self, argument: Argument) -> int:
        points = self.unit.of(self._weighing.strengths[argument.strength])
        return points if argument.side == "for" else -points

    def _gates_of(self, option: str) -> list[_GateGroup]:
        found: dict[tuple[str | None, int, str | None], set[str]] = {}
        for rule in self._rules.values():
            for one in rule.then:
                if isinstance(one, Gate) and one.option == option:
                    found.setdefault((one.form, STATUSES.index(one.status), one.earliest), set()).add(rule.id)
        return [_GateGroup(self._group(ids), *key) for key, ids in found.items()]

    def _forms_of(self, option: str) -> dict[str, list[_Group]]:
        found: dict[str, list[_Group]] = {}
        for rule in self._rules.values():
            for one in rule.then if self.unit.adds_up else ():
                if isinstance(one, FormChoice) and one.option == option:
                    points = self.unit.of(self._weighing.strengths[one.strength])
                    found.setdefault(one.form, []).append(_Group(self._group([rule.id]), points))
        return found

    # -- weighing

    def weigh(self, flags: Sequence[Flag], dates: Mapping[str, NDArray[np.float64]], rows: int) -> Weighed:
        """Weighs rows; `flags` tell of each of `groups` whether any of it fired, `dates` are ordinals or NaN."""
        points = np.zeros((len(OPTIONS), rows), self.unit.type)
        form_points: list[dict[str, Points]] = [{} for _ in OPTIONS]
        if self.unit.adds_up:
            for place in range(len(OPTIONS)):
                _add_up(points[place], self._arguments[place], flags)
                for name, groups in self._forms[place].items():
                    form_points[place][name] = _add_up(np.zeros(rows, self.unit.type), groups, flags)
        else:
            self._add_one_by_one(points, form_points, flags)
        status = np.empty((len(OPTIONS), rows), np.uint8)
        form = np.empty((len(OPTIONS), rows), np.uint8)
        earliest = np.full((len(OPTIONS), rows), NO_DAY, np.int32)
        for place in range(len(OPTIONS)):
            status[place], form[place] = self._access(place, flags, form_points[place], dates, earliest[place])
        return self._verdict(points, status, form, earliest, flags[self._barred])

    def _add_one_by_one(self, points: Points, form_points: list[dict[str, Points]], flags: Sequence[Flag]) -> None:
        """Points that no unit makes whole: added as for one case, once for each set of rules that fired."""
        rows = points.shape[1]
        fired = np.stack([np.broadcast_to(np.asarray(flags[group]), rows) for group in self._arguing], axis=1)
        packed, which = np.unique(np.packbits(fired, axis=1), axis=0, return_inverse=True)
        which = which.reshape(-1)
        ids = [next(iter(self.groups[group])) for group in self._arguing]
        found = np.unpackbits(packed, axis=1, count=len(ids)).astype(np.bool_)
        for number, flagged in enumerate(found):
            rules = [self._rules[id_] for id_, one in zip(ids, flagged.tolist(), strict=True) if one]
            here = which == number
            for place, option in enumerate(OPTIONS):
                points[place, here] = self.unit.of(Scores(rules, self._weighing).of[option])
            for (option, form), worth in _form_points(rules, self._weighing).items():
                column = form_points[OPTIONS.index(option)].setdefault(form, np.zeros(rows, self.unit.type))
                column[here] = self.unit.of(worth)

    def _access(
        self,
        place: int,
        flags: Sequence[Flag],
        points: Mapping[str, Points],
        dates: Mapping[str, NDArray[np.float64]],
        earliest: NDArray[np.int32],
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """What gates leave of an option: its status and the number of its form; writes its earliest dates."""
        option, gates, rows = self._options[place], self._gates[place], len(earliest)
        form, all_closed = self._best_form(place, flags, points, rows)
        status = np.zeros(rows, np.uint8)
        order = list(option.forms)
        for gate in gates:
            applies = flags[gate.rules]
            if gate.form is not None:
                applies = applies & ~all_closed & (form == order.index(gate.form) if gate.form in order else False)
            if applies is False:
                continue
            np.maximum(status, np.where(applies, gate.status, 0).astype(np.uint8), out=status)
            if gate.earliest is not None:
                day = dates[gate.earliest]
                found = np.where(np.isnan(day) | ~np.asarray(applies), NO_DAY, np.nan_to_num(day)).astype(np.int32)
                np.maximum(earliest, found, out=earliest)
        status[all_closed] = _CLOSED
        form[all_closed] = order.index(option.default_form)
        return status, form

    def _best_form(
        self, place: int, flags: Sequence[Flag], points: Mapping[str, Points], rows: int
    ) -> tuple[NDArray[np.uint8], Flags]:
        """The form with most points of those not closed, and where all are closed."""
        option = self._options[place]
        order = list(option.forms)
        form = np.zeros(rows, np.uint8)
        best = np.full(rows, np.iinfo(self.unit.type).min, self.unit.type)
        left = np.zeros(rows, np.bool_)
        nothing = np.zeros(rows, self.unit.type)
        # Of equals the first counts: the default, then in the order in which they are declared.
        for one in sorted(order, key=lambda form: form != option.default_form):
            closed: Flag = False
            for gate in self._gates[place]:
                if gate.form == one and gate.status == _CLOSED:
                    closed = closed | flags[gate.rules]
            worth = points.get(one, nothing)
            better = np.logical_not(closed) & (worth > best)
            form = np.where(better, np.uint8(order.index(one)), form)
            best = np.where(better, worth, best)
            left |= better
        return form, ~left

    def _verdict(
        self,
        points: Points,
        status: NDArray[np.uint8],
        form: NDArray[np.uint8],
        earliest: NDArray[np.int32],
        barred: Flag,
    ) -> Weighed:
        open_ = status != _CLOSED
        none_open = ~open_.any(axis=0)
        running = open_ | none_open
        set_aside = np.zeros(status.shape, np.uint8)
        declared = self._weighing.status_quo
        if declared is not None:
            alone = running[_QUO] & (running.sum(axis=0) > 1)
            barred = alone & barred
            outweighed = alone & ~barred & (points[_QUO] < self.unit.least(declared.least_score))
            stands = alone & ~barred & ~outweighed
            set_aside[_QUO] = np.where(barred, _CHANGE, np.where(outweighed, _OUTWEIGHED, 0))
            set_aside[1:] = np.where(running[1:] & stands, _STANDS, 0)
            running = running & (set_aside == 0)
        winner = self._winner(points, running)
        short_of, short_by = self._short(points, running)
        lead = self._lead(points, running, winner, short_by, set_aside)
        short_of[set_aside != 0] = NO_OPTION
        return Weighed(
            winner,
            points,
            status,
            form,
            np.where(none_open, -1, lead).astype(self.unit.type),
            earliest,
            short_of,
            np.where(short_of == NO_OPTION, 0, short_by).astype(self.unit.type),
            set_aside,
        )

    def _winner(self, points: Points, running: Flags) -> NDArray[np.uint8]:
        rows = points.shape[1]
        winner = np.zeros(rows, np.uint8)
        best, ahead = np.zeros(rows, self.unit.type), np.zeros(rows, self.unit.type)
        begun = np.zeros(rows, np.bool_)
        for place, option in enumerate(self._options):
            here, score = running[place], points[place]
            proven = (score - ahead >= self.unit.least(option.margin)) & (score > best)
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
        for place, option in enumerate(self._options):
            margin = self.unit.of(option.margin)
            for other in range(place):
                lacks = margin - points[place] + points[other]
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
        none = np.iinfo(self.unit.type).max
        lead = np.full(len(winner), none, self.unit.type)
        won = np.take_along_axis(points, winner[None].astype(np.intp), axis=0)[0]
        margins = np.array([self.unit.of(option.margin) for option in self._options], self.unit.type)
        for place in range(len(OPTIONS)):
            before = won - points[place] - margins[winner]
            after = np.maximum(short_by[place], won - points[place])
            distance = np.where(place < winner, before, after)
            counts = running[place] & (winner != place)
            lead = np.where(counts & (distance < lead), distance, lead)
        declared = self._weighing.status_quo
        if declared is not None:
            alone = (set_aside == _STANDS).any(axis=0) | (set_aside[_QUO] == _OUTWEIGHED)
            distance = np.abs(points[_QUO] - self.unit.of(declared.least_score))
            lead = np.where(alone & (distance < lead), distance, lead)
        return np.where(lead == none, -1, lead)


def _about(option: str, rule: Rule) -> Iterator[Argument]:
    """The arguments of a rule about an option."""
    return (one for one in rule.then if isinstance(one, Argument) and one.option == option)


def _add_up(total: Points, groups: Iterable[_Group], flags: Sequence[Flag]) -> Points:
    """Adds what each group adds where any of it fired."""
    for group in groups:
        flag = flags[group.rules]
        if isinstance(flag, bool):
            total += group.added * flag
        else:
            total += np.multiply(flag, group.added, dtype=total.dtype)
    return total


def _form_points(rules: Iterable[Rule], weighing: Weighing) -> dict[tuple[str, str], float]:
    points: dict[tuple[str, str], float] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        for one in rule.then:
            if isinstance(one, FormChoice):
                key = (one.option, one.form)
                points[key] = exact(points.get(key, 0.0) + weighing.strengths[one.strength])
    return points
