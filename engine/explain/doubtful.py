"""How much of what speaks for an option rests on values that are disputed or held with low confidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.case import Case, Entry
from engine.conditions import Count, leaves
from engine.decision.verdict import Standing
from engine.outcomes import Firing, Trace
from engine.rules import Diagnosis, Finding


@dataclass(frozen=True, slots=True)
class WeightyDoubt:
    """A doubtful value behind counted arguments: a fact, or a field of a record, and the points that rest on it.

    `records` is the list and `record` the id for a field of a record; both are empty for a fact.
    """

    fact: str
    entry: Entry
    points: float
    records: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """The points counted for an option, those that rest at least in part on doubtful values, and these values.

    The value on which most rests comes first.
    """

    points: float
    doubtful_points: float
    doubts: tuple[WeightyDoubt, ...]


_Key = tuple[str, str, str]


def support(trace: Trace, standing: Standing) -> Support:
    """What the counted arguments for an option rest on, followed back through findings and diagnoses."""
    case = trace.situation.case
    firings = {firing.rule.id: firing for firing in trace.firings}
    makers: dict[str, list[Firing]] = {}
    for firing in trace.firings:
        for one in firing.rule.then:
            if isinstance(one, (Finding, Diagnosis)):
                kind = "finding" if isinstance(one, Finding) else "diagnosis"
                makers.setdefault(f"{kind}:{one.id}", []).append(firing)
    counted = [argument for argument in standing.arguments_for if argument.counted]
    doubts: dict[_Key, tuple[Entry, float]] = {}
    doubtful = 0.0
    for argument in counted:
        behind: dict[_Key, Entry] = {}
        for firing in _chain(firings[argument.rule.id], makers):
            behind.update((key, entry) for key, entry in _values(firing, trace, case) if entry.doubtful)
        doubtful += argument.points if behind else 0
        for key, entry in behind.items():
            doubts[key] = (entry, doubts.get(key, (entry, 0.0))[1] + argument.points)
    found = [
        WeightyDoubt(name, entry, points, records, record)
        for (records, record, name), (entry, points) in doubts.items()
    ]
    found.sort(key=lambda one: (-one.points, not one.entry.disputed, one.records, one.record, one.fact))
    return Support(sum(argument.points for argument in counted), doubtful, tuple(found))


def _chain(start: Firing, makers: dict[str, list[Firing]]) -> list[Firing]:
    """A firing and all firings behind it."""
    found = {start.rule.id: start}
    waiting = [start]
    while waiting:
        for made in waiting.pop().made:
            for firing in makers.get(made, ()):
                if firing.rule.id not in found:
                    found[firing.rule.id] = firing
                    waiting.append(firing)
    return list(found.values())


def _values(firing: Firing, trace: Trace, case: Case) -> Iterator[tuple[_Key, Entry]]:
    """The facts, and the fields of records, that a firing looked at."""
    behind = [trace.situation.observations.known.get(name) for name in firing.measures]
    names = [*firing.facts, *(fact for one in behind if one is not None for fact in one.facts)]
    for name in names:
        if name in case.facts:
            yield ("", "", name), case.facts[name]
    tested = {
        (leaf.records, test.field)
        for leaf in leaves(firing.rule.when)
        if isinstance(leaf, Count)
        for test in leaf.where
    }
    for reference in firing.records:
        records, _, id_ = reference.partition(":")
        for record in case.records(records) or ():
            if record.id == id_:
                for name, entry in record.entries.items():
                    if (records, name) in tested:
                        yield (records, id_, name), entry
