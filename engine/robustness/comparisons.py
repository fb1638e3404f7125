"""What rules ask of a fact or of a field of records, and which values answer all of it alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from engine.conditions import Check, Count, leaves
from engine.explain.comparisons import sides
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
from engine.predicates import Between, FieldTest, OneOf, Test
from engine.rules import ReadinessCall, Rule, Ruleset
from engine.vocabulary import Value


class Asked:
    """What is asked of one fact or field.

    `tests` are asked of the value itself, `later` of a measure that hands it on as it is. `limits` are those of a
    measure that hands on the largest or smallest of several: there it matters on which side of a limit a value lies.
    `days` are tests of the days since another date. With `calculated`, a measure calculates with the value, and no two
    values are alike.
    """

    def __init__(self) -> None:
        self.tests: dict[Test, None] = {}
        self.later: dict[Test, None] = {}
        self.limits: dict[Value, None] = {}
        self.days: dict[tuple[str, Test], None] = {}
        self.calculated = False

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
            found.update(dict.fromkeys(ends_of(test)))
        return tuple(found)


class Comparisons:
    """What the rules that bear on the answer ask: those before the weighing, and those that call for readiness.

    `of_measures` are the checks of each measure.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._facts: dict[str, Asked] = {}
        self._fields: dict[tuple[str, str], Asked] = {}
        self.of_measures: dict[str, list[Check]] = {}
        rules = [rule for rule in ruleset.rules if rule.status == "active" and _bears_on_the_answer(rule)]
        measures = {measure.id: measure for measure in ruleset.measures}
        calculated = self._read_measures(dict.fromkeys(name for rule in rules for name in rule.reads), measures)
        for leaf in (leaf for rule in rules for leaf in leaves(rule.when)):
            if isinstance(leaf, Count):
                self._records(leaf.records, leaf.where)
            elif isinstance(leaf, Check):
                operand = leaf.operand
                names = [name for name in (operand.name, operand.since) if name is not None]
                for name in names:
                    if name in measures:
                        self.of_measures.setdefault(name, []).append(leaf)
                if len(names) > 1:
                    calculated.update(names)
                elif operand.name not in measures:
                    self.of_fact(operand.name).tests[leaf.test] = None
        for name in calculated - measures.keys():
            self.of_fact(name).calculated = True
        for name in {*self.of_measures, *calculated} & measures.keys():
            tests = [check.test for check in self.of_measures.get(name, ())]
            self._handed_on(measures[name], tests if name not in calculated else None)

    def of_fact(self, name: str) -> Asked:
        """What is asked of a fact."""
        return self._facts.setdefault(name, Asked())

    def of_field(self, records: str, field: str) -> Asked:
        """What is asked of a field of the records of a list."""
        return self._fields.setdefault((records, field), Asked())

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
                    self.of_field(form.records, field).calculated = True
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
            asked = self.of_field(records, one.field)
            if one.since is None:
                asked.tests[one.test] = None
                continue
            asked.calculated = True
            asked.days[one.since, one.test] = None
            self.of_fact(one.since).calculated = True

    def _handed_on(self, measure: Measure, tests: Iterable[Test] | None) -> None:
        """Notes what is asked of a field through a measure; None where more than tests is made of it."""
        form = measure.form
        if not isinstance(form, (Reduce, Latest)):
            return
        asked = self.of_field(form.records, form.field)
        if tests is None or (isinstance(form, Reduce) and form.how not in ("smallest", "largest")):
            asked.calculated = True
            return
        ends = dict.fromkeys(end for test in tests for end in ends_of(test))
        if isinstance(form, Latest):
            asked.later.update(dict.fromkeys(tests))
        else:
            asked.limits.update(ends)


def _bears_on_the_answer(rule: Rule) -> bool:
    """Whether the rule comes before the weighing, calls for readiness, or makes what such a call may ask for."""
    return not rule.plans or bool(rule.makes) or any(isinstance(one, ReadinessCall) for one in rule.then)


def ends_of(test: Test) -> tuple[Value, ...]:
    """The numbers and dates with which a test compares."""
    if isinstance(test, Between):
        return tuple(end for end in (test.low, test.high) if end is not None)
    if isinstance(test, OneOf):
        return tuple(one for one in test.values if isinstance(one, (int, float, date)) and not isinstance(one, bool))
    return ()


def _side(value: Value | None, limit: Value) -> int:
    """On which side of a limit a number or date lies."""
    return 0 if value == limit else -1 if value < limit else 1  # type: ignore[operator]
