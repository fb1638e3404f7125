"""CLIPS as an outside judge: random rulesets, translated in the plainest way, fire the same rules in the same order.

Each rule becomes one of CLIPS, with the salience of its place; an alternative becomes a fact of its own, settled just
before the rule that needs it. CLIPS compares values and counts records itself. Texts are told to it by number, since
they are only ever compared for equality.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import clips

from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf
from engine.evaluate import settle
from engine.outcomes import Situation
from engine.predicates import Between, FieldTest, Includes, Known, OneOf, Test
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Value
from tests.parity.chance import any_rules, any_situation
from tests.parity.world import FACTS, LISTS, MEASURES

TEMPLATES = """
(deftemplate value (slot name) (slot is))
(deftemplate item (slot name) (slot is))
(deftemplate listed (slot name))
(deftemplate record (slot list) (slot id))
(deftemplate entry (slot list) (slot id) (slot field) (slot is))
(deftemplate part (slot list) (slot id) (slot field) (slot is))
(deftemplate passes (slot test) (slot id))
(deftemplate fails (slot test) (slot id))
(deftemplate made (slot kind) (slot id) (slot level))
(deftemplate alternative (slot number))
(deftemplate go (slot now))
"""


class Translation:
    """One ruleset and one case in the words of CLIPS."""

    def __init__(self, rules: list[Rule], situation: Situation) -> None:
        self.situation = situation
        self.numbers: dict[str, str] = {}
        self.constructs: list[str] = []
        self.tests: dict[tuple[str, tuple[FieldTest, ...]], int] = {}
        self.alternatives = 0
        self.variables = 0
        self.salience = 0
        for place, rule in enumerate(rules):
            self.salience = -2 * place
            when = self.conjunction(rule.when, True)
            then = [f"(note {place})"]
            for one in rule.then:
                if isinstance(one, Finding):
                    then.append(f"(assert (made (kind finding) (id {one.id}) (level {one.severity})))")
                elif isinstance(one, Diagnosis):
                    then.append(f"(assert (made (kind diagnosis) (id {one.id}) (level 1)))")
            self.rule(f"rule-{place}", self.salience, when, then)

    def rule(self, name: str, salience: int, when: list[str], then: list[str]) -> None:
        patterns = "\n  ".join(["(go)", *when])
        actions = "\n  ".join(then)
        self.constructs.append(f"(defrule {name} (declare (salience {salience}))\n  {patterns}\n  =>\n  {actions})")

    def conjunction(self, condition: Condition, wanted: bool) -> list[str]:
        """Patterns that all match where the condition is certainly true, or (not `wanted`) certainly false."""
        if isinstance(condition, NoneOf):
            return self.conjunction(AnyOf(condition.parts), not wanted)
        if isinstance(condition, (All, AnyOf)):
            parts = [self.conjunction(part, wanted) for part in condition.parts]
            if isinstance(condition, All) is wanted:
                return [pattern for part in parts for pattern in part]
            self.alternatives += 1
            number = self.alternatives
            for place, part in enumerate(parts):
                fact = f"(assert (alternative (number {number})))"
                self.rule(f"alternative-{number}-{place}", self.salience + 1, part, [fact])
            return [f"(alternative (number {number}))"]
        if isinstance(condition, Check):
            return self.check(condition, wanted)
        if isinstance(condition, ListKnown):
            there = f"(listed (name {condition.records}))"
            return [there if condition.negated is not wanted else f"(not {there})"]
        if isinstance(condition, Made):
            self.variables += 1
            variable = f"?l{self.variables}"
            level = f"{variable}&:(>= {variable} {condition.level})"
            there = f"(made (kind {condition.kind}) (id {condition.name}) (level {level}))"
            return [there if condition.negated is not wanted else f"(not {there})"]
        return self.count(condition, wanted)

    def check(self, check: Check, wanted: bool) -> list[str]:
        name, test = check.operand.name, check.test
        if isinstance(test, Known):
            there = f"(value (name {name}))"
            return [there if test.negated is not wanted else f"(not {there})"]
        if isinstance(test, Includes):
            items = "|".join(self.plain(value) for value in test.values)
            there = f"(item (name {name}) (is {items}))"
            known = f"(value (name {name}))"
            return [known, there if test.negated is not wanted else f"(not {there})"]
        return self.compared(f"value (name {name})", test, check.operand.since, wanted)

    def count(self, count: Count, wanted: bool) -> list[str]:
        number = self.record_test(count.records, count.where)
        counted, other = ("fails", "passes") if count.failing else ("passes", "fails")
        certain = f"(length$ (find-all-facts ((?f {counted})) (= ?f:test {number})))"
        all_records = f"(length$ (find-all-facts ((?f record)) (eq ?f:list {count.records})))"
        possible = f"(- {all_records} (length$ (find-all-facts ((?f {other})) (= ?f:test {number}))))"
        if count.low is not None:
            met = f"(>= {certain} {count.low})" if wanted else f"(< {possible} {count.low})"
        else:
            met = f"(<= {possible} {count.high})" if wanted else f"(> {certain} {count.high})"
        return [f"(listed (name {count.records}))", f"(test {met})"]

    def record_test(self, records: str, where: tuple[FieldTest, ...]) -> int:
        """The number of a test of records, with the rules that tell which pass and which fail."""
        if (records, where) in self.tests:
            return self.tests[records, where]
        number = self.tests[records, where] = len(self.tests)
        record = f"(record (list {records}) (id ?id))"
        passing = [pattern for test in where for pattern in self.field(records, test, True)]
        rules = [("passes", [record, *passing])]
        rules += [("fails", [record, *self.field(records, test, False)]) for test in where]
        for place, (verdict, patterns) in enumerate(rules):
            joined = " ".join(patterns)
            self.constructs.append(
                f"(defrule test-{number}-{place} (declare (salience 9000)) {joined}"
                f" => (assert ({verdict} (test {number}) (id ?id))))"
            )
        return number

    def field(self, records: str, test: FieldTest, wanted: bool) -> list[str]:
        slots = f"(list {records}) (id ?id) (field {test.field})"
        there = f"(entry {slots})"
        if isinstance(test.test, Known):
            return [there if test.test.negated is not wanted else f"(not {there})"]
        if isinstance(test.test, Includes):
            items = "|".join(self.plain(value) for value in test.test.values)
            part = f"(part {slots} (is {items}))"
            return [there, part if test.test.negated is not wanted else f"(not {part})"]
        return self.compared(f"entry {slots}", test.test, test.since, wanted)

    def compared(self, fact: str, test: Test, since: str | None, wanted: bool) -> list[str]:
        """A fact whose value, or the days to it since another, answers the test."""
        # Each pattern has variables of its own: one that stands in two patterns must have one value.
        self.variables += 1
        value, start = f"?v{self.variables}", f"?s{self.variables}"
        if since is None:
            return [f"({fact} (is {value}&:{self.asked(test, value, wanted)}))"]
        days = self.asked(test, f"(- {value} {start})", wanted)
        return [f"(value (name {since}) (is {start}))", f"({fact} (is {value}&:{days}))"]

    def asked(self, test: Test, value: str, wanted: bool) -> str:
        """A question about a known value."""
        if isinstance(test, OneOf):
            question = f"(or FALSE FALSE {' '.join(self.equal(value, one) for one in test.values)})"
            return question if test.negated is not wanted else f"(not {question})"
        assert isinstance(test, Between)
        ends = []
        if test.low is not None:
            ends.append(f"({'>' if test.low_open else '>='} {value} {self.plain(test.low)})")
        if test.high is not None:
            ends.append(f"({'<' if test.high_open else '<='} {value} {self.plain(test.high)})")
        question = f"(and TRUE TRUE {' '.join(ends)})"
        return question if wanted else f"(not {question})"

    def equal(self, value: str, other: Value) -> str:
        number = isinstance(other, (int, float, date)) and not isinstance(other, bool)
        return f"({'=' if number else 'eq'} {value} {self.plain(other)})"

    def plain(self, value: Value) -> str:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, date):
            return str(value.toordinal())
        if isinstance(value, str):
            return self.numbers.setdefault(value, f"t{len(self.numbers)}")
        return repr(value)

    def facts(self) -> list[str]:
        case = self.situation.case
        found = []
        for name in [*FACTS, *(measure.id for measure in MEASURES)]:
            value = self.situation.value(name)
            if isinstance(value, tuple):
                found += [f"(item (name {name}) (is {self.plain(one)}))" for one in value]
                found.append(f"(value (name {name}) (is list))")
            elif value is not None:
                found.append(f"(value (name {name}) (is {self.plain(value)}))")
        for name in LISTS:
            records = case.records(name)
            found += [f"(listed (name {name}))"] if records is not None else []
            for record in records or ():
                id_ = self.plain(record.id)
                found.append(f"(record (list {name}) (id {id_}))")
                for field, entry in record.entries.items():
                    slots = f"(list {name}) (id {id_}) (field {field})"
                    if isinstance(entry.value, tuple):
                        found += [f"(part {slots} (is {self.plain(one)}))" for one in entry.value]
                        found.append(f"(entry {slots} (is list))")
                    else:
                        found.append(f"(entry {slots} (is {self.plain(entry.value)}))")
        return found


def fired_by_clips(rules: tuple[Rule, ...], situation: Situation) -> list[str]:
    in_force = [rule for rule in rules if rule.in_force(situation.case.as_of)]
    translation = Translation(in_force, situation)
    environment: Any = clips.Environment()
    order: dict[int, None] = {}
    environment.define_function(lambda place: order.setdefault(int(place)), name="note")
    for construct in [*TEMPLATES.strip().splitlines(), *translation.constructs]:
        environment.build(construct)
    environment.build("(defrule begin (declare (salience 8000)) => (assert (go)))")
    environment.reset()
    for fact in translation.facts():
        environment.assert_string(fact)
    environment.run()
    return [in_force[place].id for place in order]


def test_that_clips_fires_the_same_rules_in_the_same_order() -> None:
    firings = 0
    for number in range(60):
        chance = Random(f"clips {number}")
        rules = any_rules(chance)
        for _ in range(2):
            situation = any_situation(chance)
            expected = [firing.rule.id for firing in settle(rules, situation).firings]
            assert fired_by_clips(rules, situation) == expected, f"they disagree on Random('clips {number}')"
            firings += len(expected)
    assert firings > 400
