"""Rules and cases in the words of CLIPS.

Each fact, finding and diagnosis has a template of its own, and so has each list of records, with a slot for each field.
Each rule becomes one of CLIPS; an alternative becomes a fact, which rules of its own settle. CLIPS compares values and
counts records itself. Texts are told to it by number, since they are only ever compared for equality.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from clips import Symbol

from engine.conditions import All, AnyOf, Check, Condition, Count, ListKnown, Made, NoneOf
from engine.outcomes import Situation
from engine.predicates import Between, FieldTest, Includes, Known, OneOf, Test
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Kind, RecordList, Value

_PASSES, _MAY_PASS, _FAILS, _MAY_FAIL = "passes", "may-pass", "fails", "may-fail"
_KEY = "record-id"  # no field has a hyphen in its name
_FIRST_SALIENCE = 9000
"""Records are tested before any rule is settled."""

_NIL, _LIST = Symbol("nil"), Symbol("list")

Plain = bool | int | float | str
"""A value as CLIPS is told it; a text is a symbol."""


class Fact(NamedTuple):
    """A fact, to be asserted by calling a `function` of CLIPS with the values of its slots."""

    function: str
    values: tuple[Plain | tuple[Plain, ...], ...] = ()


class Export:
    """Rules in the words of CLIPS: `constructs` to be built once, and `facts` to be asserted for each case."""

    def __init__(self, rules: Sequence[Rule], lists: Mapping[str, RecordList], in_order: bool = False) -> None:
        """Translates rules that are in force, which come in the order of their layers.

        A rule has the salience of its layer, which comes to the same firings, or (`in_order`) that of its place, which
        also comes to the same order of them. When it fires, it appends its place to the global variable `fired`.
        """
        self._lists = lists
        self._templates: dict[str, str] = {}
        self._constructs: list[str] = []
        self._symbols: dict[str, str] = {}
        self._tests: dict[tuple[str, tuple[FieldTest, ...]], int] = {}
        self._values: dict[str, None] = {}
        self._records: dict[str, None] = {}
        self._fields: dict[str, dict[str, None]] = {name: {} for name in lists}
        self._alternatives = 0
        self._variables = 0
        self._salience = 0
        for place, rule in enumerate(rules):
            # An alternative is settled just before the rule that needs it.
            self._salience = -2 * (place if in_order else rule.layer)
            then = [f"(bind ?*fired* ?*fired* {place})", *self._conclusions(rule)]
            self._rule(f"rule-{place}", self._conjunction(rule.when, True), then)

    @property
    def constructs(self) -> list[str]:
        """What is built, in its order."""
        records = [self._record_template(name) for name in self._records]
        told = [_telling(name, slots) for name, slots in self._told()]
        return ["(defglobal ?*fired* = (create$))", *self._templates.values(), *records, *told, *self._constructs]

    def _record_template(self, name: str) -> str:
        fields = (f"({'multislot' if self._several(name, field) else 'slot'} {field})" for field in self._fields[name])
        return f"(deftemplate record:{name} (slot {_KEY}) {' '.join(fields)})"

    def _told(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The templates of what is told of a case, with their slots."""
        for name in self._templates:
            if name.startswith(("value:", "item:")):
                yield name, ("is",)
            elif name.startswith("known:"):
                yield name, ()
        for name in self._records:
            yield f"record:{name}", (_KEY, *self._fields[name])

    # -- rules

    def _rule(self, name: str, when: Iterable[str], then: Iterable[str], above: int | None = None) -> None:
        salience = self._salience if above is None else above
        lines = "\n  ".join([f"(defrule {name} (declare (salience {salience}))", *when, "=>", *then])
        self._constructs.append(f"{lines})")

    def _template(self, name: str, *slots: str) -> str:
        """The name of a template, which is made where it is new."""
        self._templates.setdefault(name, f"(deftemplate {name} {' '.join(slots)})")
        return name

    def _conclusions(self, rule: Rule) -> Iterator[str]:
        for one in rule.then:
            if isinstance(one, Finding):
                yield f"(assert ({self._template(f'finding:{one.id}', '(slot level)')} (level {one.severity})))"
            elif isinstance(one, Diagnosis):
                yield f"(assert ({self._template(f'diagnosis:{one.id}', '(slot level)')} (level 1)))"

    def _conjunction(self, condition: Condition, wanted: bool) -> list[str]:
        """Patterns that all match where the condition is certainly true, or (not `wanted`) certainly false."""
        if isinstance(condition, NoneOf):
            return self._conjunction(AnyOf(condition.parts), not wanted)
        if isinstance(condition, (All, AnyOf)):
            parts = [self._conjunction(part, wanted) for part in condition.parts]
            if isinstance(condition, All) is wanted:
                return [pattern for part in parts for pattern in part]
            return [self._alternative(parts)]
        if isinstance(condition, Check):
            return self._check(condition, wanted)
        if isinstance(condition, ListKnown):
            return [_there(f"({self._known(condition.records)})", condition.negated is not wanted)]
        if isinstance(condition, Made):
            return [_there(self._made(condition), condition.negated is not wanted)]
        return self._count(condition, wanted)

    def _alternative(self, parts: Iterable[list[str]]) -> str:
        self._alternatives += 1
        name = self._template(f"alternative:{self._alternatives}")
        for place, part in enumerate(parts):
            self._rule(f"{name}-{place}", part, [f"(assert ({name}))"], above=self._salience + 1)
        return f"({name})"

    def _made(self, made: Made) -> str:
        name = self._template(f"{made.kind}:{made.name}", "(slot level)")
        if made.level == 1:
            return f"({name})"
        level = self._variable()
        return f"({name} (level {level}&:(>= {level} {made.level})))"

    def _check(self, check: Check, wanted: bool) -> list[str]:
        name, test, since = check.operand.name, check.test, check.operand.since
        value = self._value(name)
        if isinstance(test, Known):
            return [_there(f"({value})", test.negated is not wanted)]
        if isinstance(test, Includes):
            item = f"({self._template(f'item:{name}', '(slot is)')} (is {'|'.join(map(self._text, test.values))}))"
            return [f"({value})", _there(item, test.negated is not wanted)]
        if since is None:
            return [f"({value} (is {self._constraint(test, wanted)}))"]
        start = self._variable()
        days = self._constraint(test, wanted, start)
        return [f"({self._value(since)} (is {start}))", f"({value} (is {days}))"]

    def _value(self, name: str) -> str:
        self._values[name] = None
        return self._template(f"value:{name}", "(slot is)")

    # -- records

    def _known(self, records: str) -> str:
        self._records[records] = None
        return self._template(f"known:{records}")

    def _count(self, count: Count, wanted: bool) -> list[str]:
        """So many records that certainly count, or not so many that may."""
        certain, possible = (_FAILS, _MAY_FAIL) if count.failing else (_PASSES, _MAY_PASS)
        number = count.low if count.low is not None else (count.high or 0) + 1
        enough = (count.low is not None) is wanted
        verdict = self._verdict(certain if enough else possible, count.records, count.where)
        records = self._different(f"({verdict} (id {{}}))", number)
        return [f"({self._known(count.records)})", f"({'exists' if enough else 'not'} {records})"]

    def _different(self, pattern: str, number: int) -> str:
        """So many different records that match a pattern, in which `{}` stands for the record."""
        variables = [self._variable() for _ in range(number)]
        patterns = [
            pattern.format("&".join([variable, *(f"~{before}" for before in variables[:place])]))
            for place, variable in enumerate(variables)
        ]
        return patterns[0] if number == 1 else f"(and {' '.join(patterns)})"

    def _verdict(self, verdict: str, records: str, where: tuple[FieldTest, ...]) -> str:
        """The template of a verdict on the records of a list, with the rules that come to it."""
        number = self._tests.setdefault((records, where), len(self._tests))
        name = f"{verdict}:{number}"
        if name in self._templates:
            return name
        self._template(name, "(slot id)")
        above = _FIRST_SALIENCE
        if verdict == _PASSES:
            ways = [self._passing(records, where)]
        elif verdict == _FAILS:
            ways = [self._tested(records, (test,), wanted=False) for test in where]
        else:
            opposite = self._verdict(_FAILS if verdict == _MAY_PASS else _PASSES, records, where)
            ways = [[f"(record:{records} ({_KEY} ?id))", f"(not ({opposite} (id ?id)))"]]
            above -= 1
        for place, patterns in enumerate(ways):
            self._rule(f"{name}-{place}", patterns, [f"(assert ({name} (id ?id)))"], above=above)
        return name

    def _passing(self, records: str, where: tuple[FieldTest, ...]) -> list[str]:
        if len({test.field for test in where}) == len(where):
            return self._tested(records, where, wanted=True)
        # A pattern has one place for each slot.
        return [pattern for test in where for pattern in self._tested(records, (test,), wanted=True)]

    def _tested(self, records: str, tests: Iterable[FieldTest], wanted: bool) -> list[str]:
        """Patterns of a record that passes all tests, or (not `wanted`) fails them."""
        dates, slots = [], [f"({_KEY} ?id)"]
        for test in tests:
            self._fields[records][test.field] = None
            start = None
            if test.since is not None:
                start = self._variable()
                dates.append(f"({self._value(test.since)} (is {start}))")
            slots.append(f"({test.field} {self._of_field(records, test, wanted, start)})")
        return [*dates, f"(record:{records} {' '.join(slots)})"]

    def _of_field(self, records: str, test: FieldTest, wanted: bool, start: str | None) -> str:
        """What a slot must hold; it is `nil`, or empty, where the field is unknown."""
        if self._several(records, test.field):
            return self._of_several(test.test, wanted)
        if isinstance(test.test, Known):
            return "nil" if test.test.negated is wanted else "~nil"
        return self._constraint(test.test, wanted, start, known="&~nil")

    def _of_several(self, test: Test, wanted: bool) -> str:
        value = self._variable()
        known = f"$?{value[1:]}&:(> (length$ {value}) 0)"
        if isinstance(test, Known):
            return f"$?{value[1:]}&:(= (length$ {value}) 0)" if test.negated is wanted else known
        assert isinstance(test, Includes)
        found = _joined("or", [f"(member$ {self._text(one)} {value})" for one in test.values])
        return f"{known}&:{_there(found, test.negated is not wanted)}"

    def _several(self, records: str, field: str) -> bool:
        """Whether a field holds several values at once."""
        return self._lists[records].fields[field].type.kind is Kind.CHOICES

    # -- tests of a value

    def _constraint(self, test: Test, wanted: bool, start: str | None = None, known: str = "") -> str:
        """What a value must be, or the days to it from a start; `known` is what a value is that may be unknown."""
        if isinstance(test, OneOf) and not any(map(_is_number, test.values)):
            symbols = [self._text(value) for value in test.values]
            if test.negated is not wanted:
                return "|".join(symbols)
            return "&".join(f"~{symbol}" for symbol in symbols) + known
        # Each pattern has variables of its own: one that stands in two patterns must have one value.
        value = self._variable()
        return f"{value}{known}&:{self._question(test, value if start is None else f'(- {value} {start})', wanted)}"

    def _question(self, test: Test, value: str, wanted: bool) -> str:
        """A question about a number, or a date."""
        if isinstance(test, OneOf):
            equal = _joined("or", [f"(= {value} {self._text(one)})" for one in test.values])
            return _there(equal, test.negated is not wanted)
        assert isinstance(test, Between)
        ends = []
        if test.low is not None:
            ends.append(f"({'>' if test.low_open else '>='} {value} {self._text(test.low)})")
        if test.high is not None:
            ends.append(f"({'<' if test.high_open else '<='} {value} {self._text(test.high)})")
        return _there(_joined("and", ends), wanted)

    def _variable(self) -> str:
        self._variables += 1
        return f"?v{self._variables}"

    def _plain(self, value: Value) -> Plain:
        if isinstance(value, date):
            return value.toordinal()
        if isinstance(value, str):
            if value not in self._symbols:
                self._symbols[value] = Symbol(f"t{len(self._symbols)}")
            return self._symbols[value]
        assert not isinstance(value, tuple)
        return value

    def _text(self, value: Value) -> str:
        plain = self._plain(value)
        return str(plain).upper() if isinstance(plain, bool) else str(plain)

    # -- cases

    def facts(self, situation: Situation) -> Iterator[Fact]:
        """What the rules read of a case and its measures."""
        for name in self._values:
            value = situation.value(name)
            if isinstance(value, tuple):
                if f"item:{name}" in self._templates:
                    yield from (Fact(f"tell:item:{name}", (self._plain(one),)) for one in value)
                yield Fact(f"tell:value:{name}", (_LIST,))
            elif value is not None:
                yield Fact(f"tell:value:{name}", (self._plain(value),))
        for name in self._records:
            records = situation.case.records(name)
            if records is None:
                continue
            yield Fact(f"tell:known:{name}")
            for record in records:
                fields = (self._slot(name, field, record.value(field)) for field in self._fields[name])
                yield Fact(f"tell:record:{name}", (self._plain(record.id), *fields))

    def _slot(self, records: str, field: str, value: Value | None) -> Plain | tuple[Plain, ...]:
        if value is None:
            return () if self._several(records, field) else _NIL
        return (_LIST, *map(self._plain, value)) if isinstance(value, tuple) else self._plain(value)


def _telling(template: str, slots: tuple[str, ...]) -> str:
    """A function that asserts a fact, and returns nothing.

    clipspy can assert facts by itself; but each that it hands back to Python then stays, and slows down what follows.
    """
    values = " ".join(f"({slot} ?{slot})" for slot in slots)
    parameters = " ".join(f"?{slot}" for slot in slots)
    return f"(deffunction tell:{template} ({parameters}) (assert ({template} {values})) TRUE)"


def _there(pattern: str, wanted: bool) -> str:
    return pattern if wanted else f"(not {pattern})"


def _joined(word: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({word} {' '.join(parts)})"


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float, date)) and not isinstance(value, bool)
