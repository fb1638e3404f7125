"""What the rules ask of each fact, list and field: by it can be told which values they do not tell apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from engine.case import Case, Record
from engine.conditions import Check, Count, leaves, reads
from engine.evaluate import operand_value
from engine.measures import CountOf, Index, IndexSlope, Latest, Measure, Reduce, ShareOf, Slope, with_those_beneath
from engine.outcomes import Situation
from engine.predicates import Between, FieldTest, Known, OneOf, Test, Truth, days_between
from engine.vocabulary import Value

if TYPE_CHECKING:
    from engine.explain.variation import RuleGraph

Names = frozenset[str]


class Where(NamedTuple):
    """What is asked of each record of a list at once; of those that pass, a measure may gather the value of a field."""

    tests: tuple[FieldTest, ...]
    gathered: str = ""

    def excludes(self, record: Record, fields: Collection[str], case: Case) -> bool:
        """Whether the record fails by one of these fields, so that nothing it says otherwise is looked at."""
        return any(test.field in fields and test.holds(record, case) is False for test in self.tests)


class Comparisons:
    """The questions of all rules before the weighing, by what they look at: `RuleGraph.comparisons`.

    `checks` are by fact, measure and date looked from, `counts` and `wheres` by list, `dated` the lists whose records
    are compared with a date. `beneath` are the facts and lists that a measure comes from.
    """

    def __init__(self, graph: RuleGraph) -> None:
        self.graph = graph
        self.checks: dict[str, list[Check]] = {}
        self.counts: dict[str, list[Count]] = {}
        self.wheres: dict[str, list[Where]] = {}
        self.dated: dict[str, set[str]] = {}
        self.beneath: dict[str, Names] = {}
        asked = dict.fromkeys(leaf for rule in graph.rules.values() for leaf in leaves(rule.when))
        for leaf in asked:
            if isinstance(leaf, Check):
                for name in reads(leaf):
                    self.checks.setdefault(name, []).append(leaf)
            elif isinstance(leaf, Count):
                self.counts.setdefault(leaf.records, []).append(leaf)
                self._note(leaf.records, Where(leaf.where))
        for measure in graph.ruleset.measures:
            self.beneath[measure.id] = self._of_all(measure.inputs)
        for measure in with_those_beneath(graph.readers, graph.ruleset.measures):
            for name, where in _wheres(measure):
                self._note(name, where)

    def _note(self, name: str, where: Where) -> None:
        known = self.wheres.setdefault(name, [])
        if where not in known:
            known.append(where)
        for test in where.tests:
            if test.since is not None:
                self.dated.setdefault(test.since, set()).add(name)

    def _of_all(self, names: Iterable[str]) -> Names:
        return frozenset().union(*(self.beneath.get(name, frozenset((name,))) for name in names))

    def checks_of(self, name: str) -> tuple[Check, ...]:
        """The checks of a fact or list, and of the measures that come from it."""
        names = (name, *(measure.id for measure in self.graph.measures.get(name, ())))
        return tuple(dict.fromkeys(check for one in names for check in self.checks.get(one, ())))

    def counts_from(self, fact: str) -> tuple[Count, ...]:
        """The counts that compare the dates of records with this one."""
        return tuple(
            count
            for name in sorted(self.dated.get(fact, ()))
            for count in self.counts.get(name, ())
            if any(test.since == fact for test in count.where)
        )

    def partners(self, fact: str) -> Names:
        """The other facts and lists that are looked at together with this one, in one comparison."""
        found = self._of_all(name for check in self.checks_of(fact) for name in reads(check))
        return (found | self.dated.get(fact, set())) - {fact}

    def stops(self, fact: str, case: Case) -> set[Value]:
        """The values of a number or date at which a comparison of it, or of the days from or to it, changes."""
        found: set[Value] = set()
        for check in self.checks.get(fact, ()):
            name, since = check.operand.name, check.operand.since
            if since is None:
                found.update(limits(check.test))
            else:
                other, sign = (since, 1) if name == fact else (name, -1)
                start = case.value(other)
                if isinstance(start, date):
                    found.update(moved(start, days, sign) for days in limits(check.test))
        for name in self.dated.get(fact, ()):
            tests = {test for where in self.wheres[name] for test in where.tests if test.since == fact}
            for record in case.records(name) or ():
                for test in tests:
                    day = record.value(test.field)
                    if isinstance(day, date):
                        found.update(moved(day, days, -1) for days in limits(test.test))
        return found


def _wheres(measure: Measure) -> Iterator[tuple[str, Where]]:
    """What a measure asks of the records of a list, and what it gathers of them."""
    form = measure.form
    if isinstance(form, CountOf):
        yield form.records, Where(form.where)
    elif isinstance(form, ShareOf):
        yield form.records, Where(form.among)
        yield form.records, Where((*form.among, *form.where))
    elif isinstance(form, (Reduce, Latest)):
        yield form.records, Where(form.where, form.field)
    elif isinstance(form, Slope):
        yield form.records, Where((), form.field)
    elif isinstance(form, (Index, IndexSlope)):
        for scale in form.scales:
            yield form.records, Where((), scale.field)


def field_truth(test: FieldTest, value: Value | None, case: Case) -> Truth:
    """Whether a record with this value in the field passes."""
    return test.test.holds(value if test.since is None else days_between(case.value(test.since), value))


def limits(test: Test) -> tuple[Value, ...]:
    """The values with which a test compares."""
    if isinstance(test, Between):
        return tuple(end for end in (test.low, test.high) if end is not None)
    return test.values if isinstance(test, OneOf) else ()


def sides(test: Test, value: Value | None) -> tuple[object, ...]:
    """On which side of each limit of a test a number or date lies.

    While the value grows, none of these returns to what it was; the answer of the test follows from all of them.
    """
    if value is None or isinstance(test, Known):
        return (value is not None,)
    if isinstance(test, Between):
        # The types agree: conditions are typed when they are constructed.
        low = test.low is None or (value > test.low if test.low_open else value >= test.low)  # type: ignore[operator]
        high = test.high is None or (value < test.high if test.high_open else value <= test.high)  # type: ignore[operator]
        return low, high
    if isinstance(test, OneOf):
        return tuple((value > one) - (value < one) for one in test.values)  # type: ignore[operator]
    return (test.holds(value),)


def sides_of(checks: Iterable[Check], situation: Situation) -> tuple[object, ...]:
    """On which sides of all limits of these checks what they look at lies."""
    return tuple(side for check in checks for side in sides(check.test, operand_value(check, situation)))


def moved(day: date, days: Value, sign: int = 1) -> date:
    """So many days later (with a `sign` of -1, earlier), within the calendar."""
    assert isinstance(days, (int, float))
    return date.fromordinal(min(max(day.toordinal() + sign * int(days), 1), date.max.toordinal()))
