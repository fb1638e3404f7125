"""The order of a portfolio: what cannot wait comes first.

Nothing here looks at the date of today: days are counted from the date of each alliance's own facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engine.portfolio.standing import Standing
from engine.rules import OPTIONS

DUE_DAYS = 90
"""Within so many days a date makes an alliance urgent: the time between two meetings of most boards."""

URGENCIES: Mapping[str, str] = {
    "suspend": "stop performance and call counsel",
    "due": f"a date falls due within {DUE_DAYS} days",
    "exit": "leaving is recommended, and the facts suffice",
    "hold": "facts are to be established before a decision",
    "change": "another change is recommended, and the facts suffice",
    "continue": "going on is recommended, and the facts suffice",
}
"""The urgencies, the greatest first."""

_ORDER = tuple(URGENCIES)


class Ranked(NamedTuple):
    """An alliance with its rank in the portfolio, from 1, and its urgency."""

    rank: int
    urgency: str
    standing: Standing


def urgency(standing: Standing) -> str:
    """Which of the urgencies an alliance has: the first that applies."""
    answer, deadline = standing.answer, standing.next_deadline
    if answer.readiness == "suspend":
        return "suspend"
    if deadline is not None and deadline.days <= DUE_DAYS:
        return "due"
    if answer.readiness == "hold":
        return "hold"
    if answer.option == OPTIONS[-1]:
        return "exit"
    return "continue" if answer.option == OPTIONS[0] else "change"


def ranked(standings: Iterable[Standing]) -> tuple[Ranked, ...]:
    """The alliances in order of urgency, whatever the order in which they come.

    Within one urgency: the sooner the next date the earlier, those without one last; then the more disruptive the
    option, then the greater the lead, then by name, parties and file.
    """
    ordered = sorted(((urgency(one), one) for one in standings), key=lambda pair: _key(*pair))
    return tuple(Ranked(rank, name, one) for rank, (name, one) in enumerate(ordered, start=1))


def _key(name: str, one: Standing) -> tuple[object, ...]:
    deadline, lead = one.next_deadline, one.answer.lead
    return (
        _ORDER.index(name),
        (0, deadline.days) if deadline is not None else (1, 0),
        -OPTIONS.index(one.answer.option),
        # Where no other option is left open, no lead is greater.
        -lead if lead is not None else float("-inf"),
        one.name.casefold(),
        one.name,
        one.us,
        one.partner,
        one.facts_file,
    )
