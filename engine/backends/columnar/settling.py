"""All rules over a chunk of rows, a step at a time.

What holds in every row, or in none, is settled once when the rules are prepared for a table; only rules that read
something that varies, directly or through findings, become columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from engine.backends.columnar.expressions import holds
from engine.backends.columnar.order import in_steps
from engine.backends.columnar.questions import Questions
from engine.backends.columnar.rounding import Flags
from engine.conditions import All, AnyOf, Check, Condition, Leaf, Made, NoneOf, Operand, without_negation
from engine.predicates import Between
from engine.rules import Finding, Rule
from engine.vocabulary import Kind, ValueType

_DATE_OF_CASE = Operand("alliance.as_of", ValueType(Kind.DATE))


class _Circle(NamedTuple):
    """Rules that ask for each other: they are judged again until nothing changes."""

    rules: tuple[str, ...]
    made: tuple[pl.Expr, ...]
    conditions: tuple[pl.Expr, ...]


class _Step(NamedTuple):
    """What was made before, then rules that ask for it, then circles of rules."""

    made: tuple[pl.Expr, ...]
    conditions: tuple[pl.Expr, ...]
    circles: tuple[_Circle, ...]


class Settling:
    """Rules made ready for one table. `always` fire in every row; those in `varying` have a column each."""

    def __init__(self, rules: Iterable[Rule], questions: Questions, before: Settling | None = None) -> None:
        """Prepares rules; `before` are others that have been settled when these come."""
        self._questions = questions
        self.always: set[str] = set()
        self.varying: list[str] = []
        self._fires: set[str] = set()
        self._makers: dict[tuple[str, str], list[tuple[str, int]]] = {}
        if before is not None:
            before.hand_on(self.always, self._fires, self._makers)
        active = [rule for rule in rules if rule.status == "active"]
        for rule in active:
            for one in rule.makes:
                self._makers.setdefault(one, []).append((rule.id, _level(rule, one)))
        self._made: dict[Made, str] = {}
        self._steps = [self._step(step) for step in in_steps(active)]

    def hand_on(self, always: set[str], fires: set[str], makers: dict[tuple[str, str], list[tuple[str, int]]]) -> None:
        """Tells rules that come later what these do."""
        always |= self.always
        fires |= self._fires
        makers.update({key: list(those) for key, those in self._makers.items()})

    # -- preparing

    def _step(self, groups: list[tuple[Rule, ...]]) -> _Step:
        asked = set(self._made)
        inner: set[Made] = set()
        conditions: list[pl.Expr] = []
        circles = []
        for group in groups:
            rule = group[0]
            if len(group) == 1 and not set(rule.asks) & set(rule.makes):
                condition = self._fold(_when(rule), frozenset())
                if isinstance(condition, bool):
                    self._note(rule.id, condition)
                else:
                    conditions.append(holds(condition, self._column).alias(rule.id))
                    self._note(rule.id)
            else:
                circle, within = self._circle(group)
                circles.append(circle)
                inner |= within
        made = tuple(self._any_made(one) for one in self._made if one not in asked and one not in inner)
        return _Step(made, tuple(conditions), tuple(circles))

    def _circle(self, rules: tuple[Rule, ...]) -> tuple[_Circle, set[Made]]:
        """A circle, and what it asks for and makes itself."""
        within = frozenset(key for rule in rules for key in rule.makes)
        folded = {rule.id: self._fold(_when(rule), within) for rule in rules}
        for id_, condition in folded.items():
            self._note(id_, condition if isinstance(condition, bool) else None)
        columns = {id_: condition for id_, condition in folded.items() if not isinstance(condition, bool)}
        conditions = tuple(holds(condition, self._column).alias(id_) for id_, condition in columns.items())
        inner = [one for one in self._made if (one.kind, one.name) in within]
        return _Circle(tuple(columns), tuple(self._any_made(one) for one in inner), conditions), set(inner)

    def _note(self, id_: str, fires: bool | None = None) -> None:
        """Keeps that a rule fires in every row (True), in none (False), or in some (None)."""
        if fires is None:
            self.varying.append(id_)
        if fires is not False:
            self._fires.add(id_)
        if fires:
            self.always.add(id_)

    def _fold(self, condition: Condition, within: frozenset[tuple[str, str]]) -> Condition | bool:
        """A condition without what is the same in every row; what is made `within` a circle is not yet known."""
        if isinstance(condition, (All, AnyOf)):
            decides = isinstance(condition, AnyOf)
            parts: list[Condition] = []
            for part in condition.parts:
                folded = self._fold(part, within)
                if folded is decides:
                    return decides
                if not isinstance(folded, bool):
                    parts.append(folded)
            return not decides if not parts else parts[0] if len(parts) == 1 else type(condition)(tuple(parts))
        if isinstance(condition, Made):
            return self._fold_made(condition, within)
        assert not isinstance(condition, NoneOf)
        answer = self._questions.ask(condition)
        return answer if isinstance(answer, bool) else condition

    def _fold_made(self, leaf: Made, within: frozenset[tuple[str, str]]) -> Condition | bool:
        makers = self._reaching(leaf)
        if any(id_ in self.always for id_ in makers):
            return not leaf.negated
        if (leaf.kind, leaf.name) not in within and not any(id_ in self._fires for id_ in makers):
            return leaf.negated
        self._made.setdefault(leaf, f"{'no ' if leaf.negated else ''}{leaf.kind} {leaf.name} {leaf.level}")
        return leaf

    def _reaching(self, leaf: Made) -> list[str]:
        """The rules that make a finding or diagnosis with at least this severity."""
        return [id_ for id_, level in self._makers.get((leaf.kind, leaf.name), ()) if level >= leaf.level]

    def _any_made(self, leaf: Made) -> pl.Expr:
        """Whether something was made, or (negated) not."""
        makers = self._reaching(leaf)
        if any(id_ in self.always for id_ in makers):
            made = pl.lit(True)
        else:
            found = [pl.col(id_) for id_ in makers if id_ in self._fires]
            made = pl.any_horizontal(found) if found else pl.lit(False)
        return (~made if leaf.negated else made).alias(self._made[leaf])

    def _column(self, leaf: Leaf) -> pl.Expr:
        if isinstance(leaf, Made):
            return pl.col(self._made[leaf])
        answer = self._questions.ask(leaf)
        assert isinstance(answer, str)
        return pl.col(answer)

    # -- running

    def fired(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The answers to all questions in some rows, with a column for each rule that varies."""
        for step in self._steps:
            if step.made:
                frame = frame.with_columns(step.made)
            if step.conditions:
                frame = frame.with_columns(step.conditions)
            for circle in step.circles:
                frame = _to_the_end(circle, frame)
        return frame


def _to_the_end(circle: _Circle, frame: pl.DataFrame) -> pl.DataFrame:
    """Judges a circle until nothing changes: it grows with every turn, from nothing made to all that follows."""
    frame = frame.with_columns(pl.lit(False).alias(id_) for id_ in circle.rules)
    while True:
        before = frame.select(circle.rules)
        frame = frame.with_columns(circle.made).with_columns(circle.conditions)
        if frame.select(circle.rules).equals(before):
            return frame


class Flagged:
    """Whether any of some rules fired, for many groups of rules at once."""

    def __init__(self, groups: Sequence[frozenset[str]], settling: Settling) -> None:
        varying = set(settling.varying)
        self._columns: list[int | bool] = []
        self._expressions: list[pl.Expr] = []
        places: dict[frozenset[str], int] = {}
        for group in groups:
            if group & settling.always:
                self._columns.append(True)
                continue
            some = group & varying
            if not some:
                self._columns.append(False)
                continue
            place = places.setdefault(some, len(places))
            if place == len(self._expressions):
                # As bytes, which NumPy takes as they are; unpacking bits for it would hold up other threads.
                self._expressions.append(pl.any_horizontal(sorted(some)).cast(pl.UInt8).alias(f"group {place}"))
            self._columns.append(place)

    def of(self, frame: pl.DataFrame) -> list[Flags | bool]:
        """The flags of each group in the rows of a frame; a truth where they are the same in all tables' rows."""
        found = [series.to_numpy().view(np.bool_) for series in frame.select(self._expressions).get_columns()]
        return [column if isinstance(column, bool) else found[column] for column in self._columns]


def _when(rule: Rule) -> Condition:
    """The condition of a rule, negation in its leaves, with the time in which the rule is in force."""
    when = without_negation(rule.when)
    if rule.in_force_from is None and rule.in_force_until is None:
        return when
    return All((Check(_DATE_OF_CASE, Between(rule.in_force_from, rule.in_force_until)), when))


def _level(rule: Rule, made: tuple[str, str]) -> int:
    """The severity with which a rule makes a finding; 1 for a diagnosis."""
    if made[0] == "diagnosis":
        return 1
    return max(one.severity for one in rule.then if isinstance(one, Finding) and one.id == made[1])
