"""The parts of a condition, each with its truth and with what it looked at, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.case import Record
from engine.conditions import SEVERITIES, All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf
from engine.evaluate import TruthTree
from engine.explain.because import in_words, label
from engine.outcomes import Situation
from engine.predicates import FieldTest, Truth, passes
from engine.rules import Ruleset


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact, measure, list, finding or diagnosis that was looked at; a `value` of None is not known.

    `title` is the question behind a fact, or what a measure measures; `behind` are the facts and records
    (`list:id`) from which a measure was worked out.
    """

    name: str
    kind: str
    title: str
    value: str | None
    source: str = ""
    confidence: str = "high"
    disputed: bool = False
    dated: str | None = None
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordReading:
    """A record that was looked at: whether it passes (None: unknown), and the fields that were tested, in words."""

    list: str
    id: str
    label: str
    passes: Truth
    fields: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A condition or block of a rule.

    `met` is what the rule needs of it: its truth, or under `none` the opposite. `matters` tells whether it had a part
    in the outcome of its rule. `rules` made the finding that it asks for, or could have.
    """

    text: str
    truth: Truth
    met: Truth
    matters: bool
    parts: tuple[Part, ...] = ()
    readings: tuple[Reading, ...] = ()
    records: tuple[RecordReading, ...] = ()
    rules: tuple[RuleAccount, ...] = ()

    def in_the_way(self) -> tuple[Part, ...]:
        """The questions, this one or below it, that keep the whole from being met."""
        if not self.matters or self.met is True:
            return ()
        if not self.parts:
            return (self,)
        return tuple(leaf for part in self.parts for leaf in part.in_the_way())


@dataclass(frozen=True, slots=True)
class RuleAccount:
    """One rule on one case.

    `state` is `fired`, `failed`, `undecided` (it asks for something unknown) or `not in force`. `because` is in the
    words of the case, and empty where the rule did not fire. `in_the_way` are the questions that kept it from firing.
    """

    rule: str
    title: str
    ground: str
    state: str
    concludes: tuple[str, ...]
    because: str
    source: tuple[str, ...]
    when: Part | None
    in_the_way: tuple[Part, ...]


Makers = Callable[[Made], tuple[RuleAccount, ...]]
"""Tells the rules behind a finding or diagnosis that a condition asks for."""


class Readings:
    """What conditions look at in one situation."""

    def __init__(self, situation: Situation, ruleset: Ruleset) -> None:
        self.situation = situation
        self.ruleset = ruleset

    def part(self, node: TruthTree, makers: Makers) -> Part:
        """A tree of truths as parts, down to facts and records; `makers` tells the rules behind a finding."""
        return self._part(node, makers, matters=True, negated=False)

    def _part(self, node: TruthTree, makers: Makers, matters: bool, negated: bool) -> Part:
        condition = node.condition
        met = (None if node.truth is None else not node.truth) if negated else node.truth
        if isinstance(condition, (All, AnyOf, NoneOf)):
            below = negated is not isinstance(condition, NoneOf)
            parts = tuple(
                self._part(part, makers, matters and _had_part(condition, node.truth, part.truth), below)
                for part in node.parts
            )
            return Part(node.label, node.truth, met, matters, parts)
        return Part(
            text=node.label,
            truth=node.truth,
            met=met,
            matters=matters,
            readings=self._readings(condition),
            records=self._records(condition) if isinstance(condition, Count) else (),
            rules=makers(condition) if isinstance(condition, Made) and matters else (),
        )

    def _readings(self, condition: Condition) -> tuple[Reading, ...]:
        if isinstance(condition, Made):
            return (self._made(condition),)
        if isinstance(condition, Check):
            since = condition.operand.since
            names = (condition.operand.name, *((since,) if since else ()))
        elif isinstance(condition, Count):
            names = (condition.records, *_since(condition.where))
        else:
            names = (condition.records,) if isinstance(condition, ListKnown) else ()
        return tuple(self._reading(name) for name in dict.fromkeys(names))

    def _reading(self, name: str) -> Reading:
        vocabulary, case = self.ruleset.vocabulary, self.situation.case
        if name in vocabulary.lists:
            records = case.records(name)
            value = None if records is None else f"{len(records)} records" if len(records) != 1 else "1 record"
            return Reading(name, "list", vocabulary.lists[name].question, value)
        if name in vocabulary.facts:
            fact, entry = vocabulary.facts[name], case.facts.get(name)
            if entry is None:
                return Reading(name, "fact", fact.question, None)
            return Reading(
                name,
                "fact",
                fact.question,
                in_words(entry.value, fact.type.kind),
                entry.source,
                entry.confidence,
                entry.disputed,
                entry.dated.isoformat() if entry.dated else None,
            )
        measure = self.ruleset.measure_by_id.get(name)
        if measure is None:
            value = self.situation.recommendation.get(name)
            return Reading(name, "recommendation", "", value)
        observation = self.situation.observations.known.get(name)
        if observation is None:
            unknown = tuple(one for one in measure.inputs if self._is_unknown(one))
            return Reading(name, "measure", measure.title, None, behind=unknown)
        behind = (*observation.facts, *observation.records)
        return Reading(name, "measure", measure.title, in_words(observation.value, measure.type.kind), behind=behind)

    def _made(self, condition: Made) -> Reading:
        level = self.situation.level(condition.kind, condition.name)
        made = "made" if condition.kind == "diagnosis" else f"made, {SEVERITIES[level - 1]}"
        return Reading(condition.name, condition.kind, "", made if level else "not made")

    def _is_unknown(self, name: str) -> bool:
        if name in self.ruleset.vocabulary.lists:
            return self.situation.case.records(name) is None
        return self.situation.value(name) is None

    def _records(self, condition: Count) -> tuple[RecordReading, ...]:
        known, case = self.ruleset.vocabulary.lists[condition.records], self.situation.case

        def tested(record: Record) -> Iterable[tuple[str, str | None]]:
            for test in {test.field: test for test in condition.where}.values():
                value = record.value(test.field)
                yield test.field, None if value is None else in_words(value, known.fields[test.field].type.kind)

        def reading(record: Record) -> RecordReading:
            found = passes(condition.where, record, case)
            return RecordReading(known.name, record.id, label(record, known), found, tuple(tested(record)))

        return tuple(reading(record) for record in case.records(condition.records) or ())


def _since(where: tuple[FieldTest, ...]) -> tuple[str, ...]:
    return tuple(test.since for test in where if test.since is not None)


def _had_part(block: All | AnyOf | NoneOf, whole: Truth, part: Truth) -> bool:
    """Whether a part had a share in the truth of its block."""
    if isinstance(block, All):
        return whole is True or part is not True
    if isinstance(block, AnyOf):
        return whole is not True or part is True
    return whole is True or part is not False
