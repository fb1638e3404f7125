"""A ruleset ready to judge tables: rules settled, options weighed and readiness told for all rows, in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.backends.columnar.questions import Questions
from engine.backends.columnar.rounding import Flags
from engine.backends.columnar.settling import Flagged, Settling
from engine.backends.columnar.table import Table
from engine.bulk.answers import Answers, Details, Fired
from engine.decision.tally import Tally, Weighed
from engine.explain.variation import RuleGraph
from engine.processors import usable
from engine.rules import OPTIONS, READINESS, ReadinessCall, Rule, Ruleset

CHUNK = 65_536
T = TypeVar("T")
_OPTION, _FORM = "recommendation.option", "recommendation.form"


class Wanted(NamedTuple):
    """What is kept besides winner, points, status, form and lead."""

    details: bool = False
    fired: bool = False
    readiness: bool = False


class Bulk:
    """Judges tables under one ruleset. Tables of any length take the memory of their answers and of a few chunks."""

    def __init__(
        self, ruleset: Ruleset, chunk: int = CHUNK, workers: int | None = None, graph: RuleGraph | None = None
    ) -> None:
        """Prepares a ruleset; `chunk` rows are judged at a time, by so many `workers` (all usable processors).

        `graph` is that of the ruleset, where it is there already: doubts and confidence need it.
        """
        self.ruleset = ruleset
        self._given = graph
        self.chunk = chunk
        self._workers = workers or usable()
        self._judging = tuple(rule for rule in ruleset.rules if not rule.plans and rule.status == "active")
        self._calling = _calling(ruleset.rules)
        self._tally = Tally(self._judging, ruleset.weighing)

    @cached_property
    def graph(self) -> RuleGraph:
        """Which rules read, ask for and make what."""
        return self._given or RuleGraph(self.ruleset)

    def judge(
        self,
        table: Table,
        *,
        details: bool = False,
        fired: bool = False,
        readiness: bool = False,
        doubts: bool = False,
        confidence: bool = False,
    ) -> Answers:
        """The answers for every row of a table.

        `details` keeps earliest dates, what options fall short of and why they are set aside; `fired` which rules
        fired, and with them findings and diagnoses. `readiness` runs the rules that come after the weighing;
        `doubts`, which takes many times as long, adds what doubts about decisive facts make of it. `confidence`
        takes as long again, and keeps details.
        """
        answers = self._answers(table, Wanted(details or confidence, fired, readiness or doubts))
        if not doubts and not confidence:
            return answers
        # They judge tables themselves.
        from engine.bulk.confidence import unknown_facts, with_confidence
        from engine.bulk.doubts import with_doubts
        from engine.bulk.trying import Trying

        graph = self.graph
        tried = [*self.ruleset.weighing.decisive_facts] if doubts else []
        tried += unknown_facts(table, graph) if confidence else ()
        trying = Trying(table, tried, graph, self)
        answers = with_doubts(answers, trying) if doubts else answers
        return with_confidence(answers, table, graph, trying) if confidence else answers

    def _answers(self, table: Table, wanted: Wanted) -> Answers:
        job = self.job(table, wanted.readiness)
        kept = _Kept(table.rows, self._tally, wanted)
        # As many chunks for each worker, and of one size.
        turns = -(-table.rows // (self.chunk * self._workers))
        size = -(-table.rows // max(1, turns * self._workers)) or 1
        starts = range(0, table.rows, size)

        def run(start: int) -> None:
            part = slice(start, min(start + size, table.rows))
            kept.keep(part, job.judge(table.taken(part)))

        self.in_threads(run, starts)
        return kept.answers(self.ruleset, job.settling)

    def job(self, table: Table, readiness: bool = False) -> Job:
        """The ruleset made ready for tables with the columns and the distinct values of this one."""
        return Job(self.ruleset, table, self._tally, self._judging, self._calling if readiness else None)

    def in_threads(self, run: Callable[[T], None], pieces: Sequence[T]) -> None:
        """Runs all pieces of some work; what one raises is raised."""
        if self._workers == 1 or len(pieces) <= 1:
            for piece in pieces:
                run(piece)
            return
        with ThreadPoolExecutor(self._workers) as pool:
            for _ in pool.map(run, pieces):
                pass


class Judged(NamedTuple):
    """What some rows come to."""

    weighed: Weighed
    frame: pl.DataFrame
    readiness: NDArray[np.uint8] | None
    too_little_known: NDArray[np.bool_] | None


class Job:
    """The rules made ready for one table, and for others with its columns and distinct values."""

    def __init__(
        self, ruleset: Ruleset, table: Table, tally: Tally, judging: tuple[Rule, ...], calling: tuple[Rule, ...] | None
    ) -> None:
        """Prepares the rules; readiness is told only where the rules that call for it are given."""
        self._ruleset = ruleset
        self._tally = tally
        self._questions = Questions(ruleset.measures, table)
        self.settling = Settling(judging, self._questions)
        self._flagged = Flagged(tally.groups, self.settling)
        self._questions.prepare()
        self._plan = _Plan(ruleset, table, calling, self.settling) if calling is not None else None

    def alone(self, name: str) -> tuple[Flags, ...] | None:
        """The answers to all that is asked of a fact or list alone, by code; None where others bear on some of them.

        Values that are the same in these lead to the same answer, whatever the rest of the row is.
        """
        asked = [self._questions, *([self._plan.questions] if self._plan is not None else [])]
        found = [questions.alone(name) for questions in asked]
        return None if None in found else tuple(flags for some in found if some is not None for flags in some)

    def judge(self, chunk: Table) -> Judged:
        """Judges some rows."""
        frame = self.settling.fired(self._questions.answers(chunk))
        dates = {name: self._questions.day(name, chunk) for name in self._tally.dates}
        weighed = self._tally.weigh(self._flagged.of(frame), dates, chunk.rows)
        if self._plan is None:
            return Judged(weighed, frame, None, None)
        too_little = _known(chunk) < self._ruleset.weighing.known_at_least
        return Judged(weighed, frame, self._plan.readiness(chunk, frame, weighed, too_little), too_little)


class _Plan:
    """The rules that call for readiness, which know the recommendation."""

    def __init__(self, ruleset: Ruleset, table: Table, calling: tuple[Rule, ...], before: Settling) -> None:
        forms = [tuple(ruleset.weighing.options[option].forms) for option in OPTIONS]
        names = tuple(dict.fromkeys(form for of_option in forms for form in of_option))
        self.questions = Questions(ruleset.measures, table, {_OPTION: OPTIONS, _FORM: names}, "after weighing")
        self._settling = Settling(calling, self.questions, before)
        groups = [frozenset(rule.id for rule in calling if _calls_for(rule, state)) for state in READINESS]
        self._flagged = Flagged(groups, self._settling)
        self.questions.prepare()
        self._form_codes = np.zeros((len(OPTIONS), max(map(len, forms))), np.uint8)
        for place, of_option in enumerate(forms):
            self._form_codes[place, : len(of_option)] = [names.index(form) + 1 for form in of_option]

    def readiness(
        self, chunk: Table, frame: pl.DataFrame, weighed: Weighed, too_little: NDArray[np.bool_]
    ) -> NDArray[np.uint8]:
        """The numbers in READINESS of what rules and too little knowledge call for."""
        form = np.take_along_axis(weighed.form, weighed.winner[None].astype(np.intp), axis=0)[0]
        given = {_OPTION: weighed.winner + np.uint8(1), _FORM: self._form_codes[weighed.winner, form]}
        answers = self.questions.answers(chunk, given).drop("every row")
        flags = self._flagged.of(self._settling.fired(frame.hstack(answers)))
        found = np.zeros(chunk.rows, np.uint8)
        for number, (state, called) in enumerate(zip(READINESS, flags, strict=True)):
            also = too_little if state == "hold" else False
            np.maximum(found, np.where(called | also, number, 0).astype(np.uint8), out=found)
        return found


class _Kept:
    """The answers of all rows, written chunk by chunk."""

    def __init__(self, rows: int, tally: Tally, wanted: Wanted) -> None:
        options, units = len(OPTIONS), tally.unit.type
        self._unit = tally.unit
        self._wanted = wanted
        self._winner = np.empty(rows, np.uint8)
        self._points = np.empty((options, rows), units)
        self._status = np.empty((options, rows), np.uint8)
        self._form = np.empty((options, rows), np.uint8)
        self._lead = np.empty(rows, units)
        some = rows if wanted.details else 0
        self._details = Details(
            np.empty((options, some), np.int32),
            np.empty((options, some), np.uint8),
            np.empty((options, some), units),
            np.empty((options, some), np.uint8),
        )
        self._readiness = np.empty(rows if wanted.readiness else 0, np.uint8)
        self._too_little_known = np.empty(rows if wanted.readiness else 0, np.bool_)
        self._fired: dict[int, pl.DataFrame] = {}

    def keep(self, part: slice, judged: Judged) -> None:
        weighed = judged.weighed
        self._winner[part] = weighed.winner
        self._points[:, part] = weighed.points
        self._status[:, part] = weighed.status
        self._form[:, part] = weighed.form
        self._lead[part] = weighed.contest.lead
        if self._wanted.details:
            self._details.earliest[:, part] = weighed.earliest
            self._details.short_of[:, part] = weighed.contest.short_of
            self._details.short_by[:, part] = weighed.contest.short_by
            self._details.set_aside[:, part] = weighed.contest.set_aside
        if judged.readiness is not None and judged.too_little_known is not None:
            self._readiness[part] = judged.readiness
            self._too_little_known[part] = judged.too_little_known
        if self._wanted.fired:
            self._fired[part.start] = judged.frame

    def answers(self, ruleset: Ruleset, settling: Settling) -> Answers:
        wanted = self._wanted
        fired = None
        if wanted.fired:
            frames = [frame.select(settling.varying) for _, frame in sorted(self._fired.items())]
            fired = Fired(frozenset(settling.always), pl.concat(frames) if frames else pl.DataFrame())
        return Answers(
            ruleset,
            self._unit.of_a_point,
            self._winner,
            self._points,
            self._status,
            self._form,
            self._lead,
            self._details if wanted.details else None,
            fired,
            self._readiness if wanted.readiness else None,
            self._too_little_known if wanted.readiness else None,
        )


def _known(chunk: Table) -> NDArray[np.int32]:
    """How many facts and lists of each row are known; what names the alliance tells nothing about it."""
    shared = chunk.shared
    fixed = sum(not name.startswith("alliance.") for name in shared.facts) + len(shared.lists)
    found = np.full(chunk.rows, fixed, np.int32)
    for name, column in chunk.facts.items():
        if not name.startswith("alliance."):
            found += column.known
    for listed in chunk.lists.values():
        found += listed.known
    return found


def _calls_for(rule: Rule, state: str) -> bool:
    return any(isinstance(one, ReadinessCall) and one.state == state for one in rule.then)


def _calling(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules after the weighing that call for readiness, and those that make what they ask for."""
    planning = [rule for rule in rules if rule.plans and rule.status == "active"]
    needed = {rule.id for rule in planning if any(isinstance(one, ReadinessCall) for one in rule.then)}
    waiting = [rule for rule in planning if rule.id in needed]
    for rule in waiting:
        for one in _makers(rule, planning):
            if one.id not in needed:
                needed.add(one.id)
                waiting.append(one)
    return tuple(rule for rule in planning if rule.id in needed)


def _makers(rule: Rule, rules: Iterable[Rule]) -> Iterator[Rule]:
    return (one for one in rules if set(one.makes) & set(rule.asks))
