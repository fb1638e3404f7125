"""What rules ask of a fact or of a field of records, and which values answer all of it alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.conditions import Check, Count, leaves, reads
from engine.explain.comparisons import limits, sides
from engine.measures import (
    Combine,
    CountOf,
    DatePlus,
    Days,
    Index,
    IndexSlope,
    KnownOf,
    Latest,
    Measure,
    PresentValue,
    Reduce,
    ShareOf,
    Slope,
    rounded,
)
from engine.predicates import FieldTest, Test
from engine.rules import ReadinessCall, Rule, Ruleset
from engine.vocabulary import Value


class Asked(NamedTuple):
    """What is asked of one fact or field.

    `tests` are asked of the value itself, `later` of a measure that hands it on as it is. `limits` are those of a
    measure that hands on the largest or smallest of several: there it matters on which side of a limit a value lies.
    `days` are tests of the days since another date. With `calculated`, a measure calculates with the value, and no two
    values are alike.
    """

    tests: tuple[Test, ...] = ()
    later: tuple[Test, ...] = ()
    limits: tuple[Value, ...] = ()
    days: tuple[tuple[str, Test], ...] = ()
    calculated: bool = False

    def answers(self, value: Value) -> tuple[object, ...]:
        """What comparisons of the value by itself come to: where all are the same, and none calculates, all is."""
        held = rounded(value)
        return (
            *(test.holds(value) for test in self.tests),
            *(test.holds(held) for test in self.later),
            *(_side(held, limit) for limit in self.limits),
        )

    def sides(self, value: Value) -> tuple[object, ...]:
        """On which side of each limit a number or date lies; the answers follow from it."""
        held = rounded(value)
        of_tests = (side for test in self.tests for side in sides(test, value))
        handed_on = (side for test in self.later for side in sides(test, held))
        return (*of_tests, *handed_on, *(_side(held, limit) for limit in self.limits))

    @property
    def anything(self) -> bool:
        """Whether any rule asks anything of it."""
        return bool(self.tests or self.later or self.limits or self.calculated)

    def ends(self) -> tuple[Value, ...]:
        """The numbers and dates with which the value is compared by itself."""
        found = dict.fromkeys(self.limits)
        for test in (*self.tests, *self.later):
            found.update(dict.fromkeys(limits(test)))
        return tuple(found)


_NOTHING = Asked()


class Comparisons:
    """What the rules that bear on the answer ask: those before the weighing, and those that call for readiness.

    `of_measures` are the checks of each measure.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        noted = _Notes(ruleset)
        self._facts = {name: one.asked() for name, one in noted.facts.items()}
        self._fields = {place: one.asked() for place, one in noted.fields.items()}
        self.of_measures: Mapping[str, tuple[Check, ...]] = {
            name: tuple(checks) for name, checks in noted.of_measures.items()
        }

    def of_fact(self, name: str) -> Asked:
        """What is asked of a fact."""
        return self._facts.get(name, _NOTHING)

    def of_field(self, records: str, field: str) -> Asked:
        """What is asked of a field of the records of a list."""
        return self._fields.get((records, field), _NOTHING)


@dataclass
class _Noted:
    """What is noted of one fact or field, each thing once and in the order in which it was found."""

    tests: dict[Test, None] = field(default_factory=dict)
    later: dict[Test, None] = field(default_factory=dict)
    limits: dict[Value, None] = field(default_factory=dict)
    days: dict[tuple[str, Test], None] = field(default_factory=dict)
    calculated: bool = False

    def asked(self) -> Asked:
        return Asked(tuple(self.tests), tuple(self.later), tuple(self.limits), tuple(self.days), self.calculated)


class _Notes:
    """The rules and measures of a ruleset, read through."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.facts: dict[str, _Noted] = {}
        self.fields: dict[tuple[str, str], _Noted] = {}
        self.of_measures: dict[str, list[Check]] = {}
        rules = [rule for rule in ruleset.rules if rule.status == "active" and _bears_on_the_answer(rule)]
        measures = {measure.id: measure for measure in ruleset.measures}
        calculated = self._read_measures(dict.fromkeys(name for rule in rules for name in rule.reads), measures)
        for leaf in (leaf for rule in rules for leaf in leaves(rule.when)):
            if isinstance(leaf, Count):
                self._records(leaf.records, leaf.where)
            elif isinstance(leaf, Check):
                operand = leaf.operand
                names = reads(leaf)
                for name in names:
                    if name in measures:
                        self.of_measures.setdefault(name, []).append(leaf)
                if operand.since is not None:
                    calculated.update(names)
                elif operand.name not in measures:
                    self._fact(operand.name).tests[leaf.test] = None
        for name in calculated - measures.keys():
            self._fact(name).calculated = True
        for name in {*self.of_measures, *calculated} & measures.keys():
            tests = [check.test for check in self.of_measures.get(name, ())]
            self._handed_on(measures[name], tests if name not in calculated else None)

    def _fact(self, name: str) -> _Noted:
        return self.facts.setdefault(name, _Noted())

    def _field(self, records: str, field: str) -> _Noted:
        return self.fields.setdefault((records, field), _Noted())

    def _read_measures(self, read: Iterable[str], measures: dict[str, Measure]) -> set[str]:
        """Notes what measures test of records; the facts and measures with which those that are read calculate."""
        found: set[str] = set()
        waiting = [name for name in read if name in measures]
        done = set(waiting)
        for name in waiting:
            form = measures[name].form
            if isinstance(form, (CountOf, ShareOf, Reduce, Latest)):
                self._records(form.records, (*form.where, *(form.among if isinstance(form, ShareOf) else ())))
            elif isinstance(form, (Slope, Index, IndexSlope)):
                fields = (form.field,) if isinstance(form, Slope) else (scale.field for scale in form.scales)
                for field in fields:
                    self._field(form.records, field).calculated = True
            elif isinstance(form, (Combine, Days, DatePlus, PresentValue)):
                found.update(measures[name].inputs)
            elif not isinstance(form, KnownOf):
                raise TypeError(f"no measure of this form: {form!r}")
            more = [one for one in measures[name].inputs if one in measures and one not in done]
            done.update(more)
            waiting += more
        return found

    def _records(self, records: str, tests: Iterable[FieldTest]) -> None:
        for one in tests:
            noted = self._field(records, one.field)
            if one.since is None:
                noted.tests[one.test] = None
                continue
            noted.calculated = True
            noted.days[one.since, one.test] = None
            self._fact(one.since).calculated = True

    def _handed_on(self, measure: Measure, tests: Iterable[Test] | None) -> None:
        """Notes what is asked of a field through a measure; None where more than tests is made of it."""
        form = measure.form
        if not isinstance(form, (Reduce, Latest)):
            return
        noted = self._field(form.records, form.field)
        if tests is None or (isinstance(form, Reduce) and form.how not in ("smallest", "largest")):
            noted.calculated = True
            return
        ends = dict.fromkeys(end for test in tests for end in limits(test))
        if isinstance(form, Latest):
            noted.later.update(dict.fromkeys(tests))
        else:
            noted.limits.update(ends)


def _bears_on_the_answer(rule: Rule) -> bool:
    """Whether the rule comes before the weighing, calls for readiness, or makes what such a call may ask for."""
    return not rule.plans or bool(rule.makes) or any(isinstance(one, ReadinessCall) for one in rule.then)


def _side(value: Value | None, limit: Value) -> int:
    """On which side of a limit a number or date lies."""
    return 0 if value == limit else -1 if value < limit else 1  # type: ignore[operator]
