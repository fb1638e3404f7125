"""Things in a valid facts file that are worth a second look. They are remarks: nothing is refused for them.

Each review is a function in the registry; its docstring says what it looks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from engine.case import Case, Entry
from engine.errors import Location, Problem
from engine.measures import month, period_length, period_step
from engine.sources import Mapping as Group
from engine.sources import Node, Scalar, Sequence, parse
from engine.vocabulary import Fact, Kind, RecordList, Vocabulary


class Remark(NamedTuple):
    """A remark on one value; `path` leads to it: `section.name`, or the path of a list, a record's id and a field."""

    path: tuple[str, ...]
    message: str
    hint: str


class Given(NamedTuple):
    """One known value of a case, with its place."""

    path: tuple[str, ...]
    fact: Fact
    entry: Entry
    fresh_days: int | None

    @property
    def name(self) -> str:
        """What the value is called in messages."""
        return ".".join(self.path)


Review = Callable[[Case, Vocabulary], Iterator[Remark]]


def stale_evidence(case: Case, vocabulary: Vocabulary) -> Iterator[Remark]:
    """Evidence that was older, on the date of the case, than the vocabulary calls fresh."""
    for given in _given(case, vocabulary):
        if given.entry.dated is not None and given.entry.stale(given.fresh_days, case.as_of):
            age = (case.as_of - given.entry.dated).days
            message = f"the evidence for `{given.name}` is {age} days old, expected at most {given.fresh_days}"
            yield Remark(given.path, message, "look again, or lower its confidence")


def evidence_from_later(case: Case, vocabulary: Vocabulary) -> Iterator[Remark]:
    """Evidence dated after the date of the case: hindsight, or a wrong date."""
    for given in _given(case, vocabulary):
        if given.entry.dated is not None and given.entry.dated > case.as_of:
            message = f"the evidence for `{given.name}` is dated {given.entry.dated}, after `as_of` ({case.as_of})"
            yield Remark(given.path, message, "move `as_of`, or leave out what was not known then")


PAST = frozenset(
    {
        "alliance.started",
        "contract.breach_notice_on",
        "commitments.delivered_on",
        "conflicts.opened",
        "conflicts.resolved_on",
        "incidents.date",
    }
)
"""Dates of what has happened; fields stand behind the name of their list."""


def events_to_come(case: Case, vocabulary: Vocabulary) -> Iterator[Remark]:
    """Something that has happened is dated after the date of the case."""
    for given in _given(case, vocabulary):
        value = given.entry.value
        name = f"{given.path[0].rpartition('.')[2]}.{given.path[-1]}" if len(given.path) == 3 else given.name
        if name in PAST and isinstance(value, date) and value > case.as_of:
            message = f"`{given.name}` is {value}, after `as_of` ({case.as_of})"
            yield Remark(given.path, message, "check the year")


def settled_conflicts(case: Case, vocabulary: Vocabulary) -> Iterator[Remark]:
    """A conflict is settled without a date, settled before it arose, or dated as settled while it is open."""
    for record in case.records("conflicts") or ():
        path = (vocabulary.lists["conflicts"].path, record.id)
        status, opened, settled = (record.value(field) for field in ("status", "opened", "resolved_on"))
        if status == "resolved" and settled is None:
            yield Remark((*path, "status"), f"conflict `{record.id}` is resolved, but not when", "give `resolved_on`")
        elif status is not None and status != "resolved" and settled is not None:
            message = f"conflict `{record.id}` is {status}, and `resolved_on` is given"
            yield Remark((*path, "resolved_on"), message, "one of the two is out of date")
        if isinstance(opened, date) and isinstance(settled, date) and settled < opened:
            message = f"conflict `{record.id}` was resolved on {settled}, before it was opened on {opened}"
            yield Remark((*path, "resolved_on"), message, "check both dates")


def doubt_without_range(case: Case, vocabulary: Vocabulary) -> Iterator[Remark]:
    """A value is disputed, and nothing says what else it might be: the doubt can then not be followed."""
    for given in _given(case, vocabulary):
        entry = given.entry
        if entry.disputed and entry.low is None and entry.high is None and not entry.plausible:
            if isinstance(entry.value, (bool, str, date)) and not given.fact.type.values:
                continue  # the other value of a flag is plain, and texts have none
            hint = "give `plausible`" if given.fact.type.values else "give `low` and `high`"
            yield Remark(given.path, f"`{given.name}` is disputed, but not what else it might be", hint)


def mixed_periods(case: Case, vocabulary: Vocabulary) -> Iterator[Remark]:
    """A list mixes months, quarters and years: changes a period are then hard to compare."""
    for known, periods in _period_lists(case, vocabulary):
        lengths = [period_length(period) for period in periods]
        for period, length in zip(periods, lengths, strict=True):
            if length != lengths[0]:
                message = f"`{known.path}` has a {_LENGTHS[lengths[0]]} (`{periods[0]}`) and a {_LENGTHS[length]}"
                hint = "slopes take the end of each period; give periods of one length where you can"
                yield Remark((known.path, period, known.key), f"{message} (`{period}`)", hint)
                break


def missing_periods(case: Case, vocabulary: Vocabulary) -> Iterator[Remark]:
    """A list of periods of one length has a gap: it may be intended, or a health check was forgotten."""
    for known, periods in _period_lists(case, vocabulary):
        if len({period_length(period) for period in periods}) != 1:
            continue
        step = period_step(periods)
        for earlier, later in pairwise(periods):
            left_out = (month(later) - month(earlier)) // step - 1
            if left_out > 0:
                what = "1 period is" if left_out == 1 else f"{left_out} periods are"
                message = f"{what} left out of `{known.path}` between `{earlier}` and `{later}`"
                yield Remark((known.path, later, known.key), message, "slopes count the time between them")


_LENGTHS = {1: "month", 3: "quarter", 12: "year"}


def _period_lists(case: Case, vocabulary: Vocabulary) -> Iterator[tuple[RecordList, tuple[str, ...]]]:
    """The lists whose records are identified by a period, with their periods in order."""
    for known in vocabulary.lists.values():
        if known.fields[known.key].type.kind is Kind.PERIOD:
            yield known, tuple(record.id for record in case.records(known.name) or ())


REVIEWS: Mapping[str, Review] = {
    "stale-evidence": stale_evidence,
    "evidence-from-later": evidence_from_later,
    "events-to-come": events_to_come,
    "settled-conflicts": settled_conflicts,
    "doubt-without-range": doubt_without_range,
    "mixed-periods": mixed_periods,
    "missing-periods": missing_periods,
}


def review(name: str, content: bytes, case: Case, vocabulary: Vocabulary) -> tuple[Problem, ...]:
    """All remarks on a facts file that was read into `case`, in the order of their places."""
    root = parse(name, content).root
    remarks = (remark for one in REVIEWS.values() for remark in one(case, vocabulary))
    problems = [Problem(_place(root, remark.path, name, vocabulary), remark.message, remark.hint) for remark in remarks]
    return tuple(sorted(problems, key=lambda problem: problem.location))


def _given(case: Case, vocabulary: Vocabulary) -> Iterator[Given]:
    for name, entry in case.facts.items():
        fact = vocabulary.facts[name]
        yield Given((name,), fact, entry, fact.fresh_days)
    for known in vocabulary.lists.values():
        for record in case.records(known.name) or ():
            for field, entry in record.entries.items():
                fact = known.fields[field]
                fresh = fact.fresh_days if fact.fresh_days is not None else known.fresh_days
                yield Given((known.path, record.id, field), fact, entry, fresh)


def _place(root: Node | None, path: tuple[str, ...], name: str, vocabulary: Vocabulary) -> Location:
    """Where a value stands; the place of what surrounds it where it cannot be found."""
    place = Location(name, 1, 1)
    node = root
    for key in path[0].split("."):
        if not isinstance(node, Group) or key not in node.entries:
            return place
        place, node = node.keys[key], node.entries[key]
    if len(path) == 1:
        return place
    _, id_, field = path
    key = vocabulary.list_paths[path[0]].key
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Group) and _text(item.entries.get(key)) == id_:
            return item.keys.get(field, item.location)
    return place


def _text(node: Node | None) -> str | None:
    """The text of a value in its short or long form."""
    if isinstance(node, Group):
        node = node.entries.get("value")
    return node.text if isinstance(node, Scalar) else None
