"""What a fact may be: values of which each stands for all that no rule tells apart from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.case import Entry
from engine.evaluate import truth
from engine.explain.comparisons import limits, sides_of
from engine.explain.line import is_on_a_line
from engine.explain.reached import Other, Range, Told
from engine.explain.stretches import Answers, Stretch, stretches
from engine.explain.variation import RuleGraph
from engine.measures import observe
from engine.outcomes import Situation
from engine.vocabulary import Fact, Kind, Value


class Possible(NamedTuple):
    """A value, and how all that it stands for are told."""

    value: Value
    told: Told


def all_values(fact: Fact, graph: RuleGraph, situation: Situation) -> tuple[Possible, ...]:
    """What an unknown fact may be, all else being as it is; numbers and dates from small to large.

    Every value of a choice or flag; of a list of choices none, each and all; of texts those that rules name and one
    more; of a number or date one of each stretch in which all comparisons of it, and of what is measured by it, come to
    the same.
    """
    kind = fact.type.kind
    if is_on_a_line(kind):
        return tuple(
            Possible(one.first, Range(one.low, one.high, one.low_open, one.high_open))
            for one in _stretches(fact, graph, situation)
        )
    if kind is Kind.CHOICE:
        return tuple(Possible(value, value) for value in fact.type.values)
    if kind is Kind.FLAG:
        return tuple(Possible(value, value) for value in (True, False))
    if kind is Kind.CHOICES:
        some = ((), *((value,) for value in fact.type.values), fact.type.values)
        return tuple(Possible(value, value) for value in some)
    named = sorted({str(limit) for limit in _limits(fact.name, graph)})
    # Longer than any that is named, and so another.
    other = Possible(max(named, key=len, default="") + "x", Other(tuple(named)))
    return (*(Possible(value, value) for value in named), other)


def other_values(name: str, graph: RuleGraph, situation: Situation) -> tuple[Value, ...]:
    """What else a fact may be: any value where it is unknown or stale, plausible ones where it is doubtful, or none."""
    fact, entry = graph.ruleset.vocabulary.facts[name], situation.case.facts.get(name)
    if entry is None:
        return _values(fact, graph, situation) if graph.reads(name) else ()
    if entry.stale(fact.fresh_days, situation.case.as_of):
        return _values(fact, graph, situation)
    if not entry.doubtful:
        return ()
    values = plausible_values(fact, entry, graph, situation)
    return _values(fact, graph, situation) if entry.disputed and not values else values


def _values(fact: Fact, graph: RuleGraph, situation: Situation) -> tuple[Value, ...]:
    return tuple(one.value for one in all_values(fact, graph, situation))


def plausible_values(fact: Fact, entry: Entry, graph: RuleGraph, situation: Situation) -> tuple[Value, ...]:
    """The other values that a doubtful entry names: its plausible ones, or those of its range.

    A range stands for its ends and for one value of each stretch within it.
    """
    if fact.type.kind is Kind.FLAG:
        return (not entry.value,) if entry.plausible or entry.disputed else ()
    if fact.type.kind is Kind.CHOICES:
        return tuple((value,) for value in entry.plausible)
    named: list[Value] = [*entry.plausible, *(end for end in (entry.low, entry.high) if end is not None)]
    if entry.low is not None or entry.high is not None:
        low, high = (entry.value if end is None else end for end in (entry.low, entry.high))
        named += [one.first for one in _stretches(fact, graph, situation, (low, high))]
    return tuple(value for value in dict.fromkeys(named) if value != entry.value)


def _stretches(
    fact: Fact, graph: RuleGraph, situation: Situation, within: tuple[Value, Value] | None = None
) -> tuple[Stretch, ...]:
    """The stretches of a number or date, all of them or those within a range."""
    stops = graph.comparisons.stops(fact.name, situation.case)
    return stretches(fact.type, stops, _answers(fact.name, graph, situation), situation.case.as_of, within)


def _answers(name: str, graph: RuleGraph, situation: Situation) -> Answers:
    """On which side of every limit a value of a fact lies, and what is measured by it."""
    checks, counts = graph.comparisons.checks_of(name), graph.comparisons.counts_from(name)
    measures = graph.measures.get(name, ())

    def answers(value: Value) -> tuple[object, ...]:
        case = situation.case.with_value(name, value)
        observations = observe(measures, case, situation.observations) if measures else situation.observations
        changed = Situation(case, observations)
        return (*sides_of(checks, changed), *(truth(count, changed) for count in counts))

    return answers


def _limits(name: str, graph: RuleGraph) -> Iterator[Value]:
    """The values with which rules compare a fact itself."""
    for check in graph.comparisons.checks.get(name, ()):
        if check.operand.name == name and check.operand.since is None:
            yield from limits(check.test)
