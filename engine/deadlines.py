"""The dates on which something about an alliance falls due, as its facts give them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from engine.case import Case
from engine.rules import OPTIONS

WORKSTREAMS = "workstreams"
_CONTINUE = OPTIONS[0]


class Deadline(NamedTuple):
    """A day, the days to it from the date of the facts, and what falls due, in words."""

    day: date
    days: int
    what: str


def deadlines(case: Case, option: str, title: str, earliest: date | None) -> tuple[Deadline, ...]:
    """Every date that is not before the date of the facts, the next one first.

    `option` is the recommended one, `title` what it is called within a sentence, `earliest` its earliest date.
    Of dates on one day, the one that stands first in `_dated` comes first; the order of facts and records means
    nothing.
    """
    as_of = case.as_of
    ahead = [
        Deadline(day, (day - as_of).days, what) for day, what in _dated(case, option, title, earliest) if day >= as_of
    ]
    return tuple(sorted(dict.fromkeys(ahead), key=lambda deadline: deadline.day))


def _dated(case: Case, option: str, title: str, earliest: date | None) -> Iterator[tuple[date, str]]:
    """Every date with what it is, whether ahead or past: first what is lost if nothing is done."""
    renewal, term_ends = _day(case, "contract.renewal_date"), _day(case, "contract.ends_on")
    renews = case.value("contract.auto_renews")
    if renewal is not None:
        yield renewal, "last day to object to renewal"
    elif renews is True and (last := _notice_before(case, term_ends)) is not None:
        yield last, "last day for notice before the term ends and renews itself"
    if (day := _day(case, "contract.cure_period_ends")) is not None:
        yield day, "the period to cure the breach ends"
    if term_ends is not None:
        yield (
            term_ends,
            "the term ends and renews itself unless there was an objection"
            if renews is True
            else ("the agreement ends"),
        )
    if (day := _day(case, "contract.locked_until")) is not None:
        yield day, "the lock-in ends"
    yield from _of_workstreams(case)
    if earliest is not None and option != _CONTINUE:
        yield earliest, f"earliest date of the recommended option: {title}"


def _of_workstreams(case: Case) -> Iterator[tuple[date, str]]:
    for record in case.records(WORKSTREAMS) or ():
        name = record.value("name") or record.id
        for field, what in (("decision_by", "decision due"), ("ends_on", "workstream ends")):
            day = record.value(field)
            if isinstance(day, date):
                yield day, f"{what}: {name}"


def _notice_before(case: Case, term_ends: date | None) -> date | None:
    """The day that lies the period of notice before the end of the term."""
    notice = case.value("contract.notice_days")
    if term_ends is None or not isinstance(notice, int):
        return None
    return term_ends - timedelta(days=min(notice, term_ends.toordinal() - 1))


def _day(case: Case, fact: str) -> date | None:
    value = case.value(fact)
    return value if isinstance(value, date) else None
