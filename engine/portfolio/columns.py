"""The columns of a portfolio as a table, the same in every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from engine.portfolio.urgency import Ranked

Cell = str | int | float | date | None


class Column(NamedTuple):
    """A column: its name, the type of its cells, and what it says of an alliance; None where that is unknown."""

    name: str
    type: Literal["text", "whole", "number", "date"]
    of: Callable[[Ranked], Cell]


def _next_day(one: Ranked) -> date | None:
    deadline = one.standing.next_deadline
    return deadline.day if deadline else None


def _next_days(one: Ranked) -> int | None:
    deadline = one.standing.next_deadline
    return deadline.days if deadline else None


def _next_what(one: Ranked) -> str:
    deadline = one.standing.next_deadline
    return deadline.what if deadline else ""


COLUMNS = (
    Column("rank", "whole", lambda one: one.rank),
    Column("urgency", "text", lambda one: one.urgency),
    Column("name", "text", lambda one: one.standing.name),
    Column("us", "text", lambda one: one.standing.us),
    Column("partner", "text", lambda one: one.standing.partner),
    Column("as_of", "date", lambda one: one.standing.as_of),
    Column("option", "text", lambda one: one.standing.answer.option),
    Column("form", "text", lambda one: one.standing.answer.form),
    Column("readiness", "text", lambda one: one.standing.answer.readiness),
    Column("lead", "number", lambda one: one.standing.answer.lead),
    Column("confidence", "text", lambda one: one.standing.answer.confidence),
    Column("status", "text", lambda one: one.standing.answer.status),
    Column("next_date", "date", _next_day),
    Column("days_to_next_date", "whole", _next_days),
    Column("next_due", "text", _next_what),
    Column("value_at_stake", "number", lambda one: one.standing.value),
    Column("currency", "text", lambda one: one.standing.currency),
    Column("value_basis", "text", lambda one: one.standing.value_basis),
    Column("health", "number", lambda one: one.standing.health),
    Column("health_basis", "text", lambda one: one.standing.health_basis),
    Column("importance", "text", lambda one: one.standing.importance),
    Column("facts_file", "text", lambda one: one.standing.facts_file),
    Column("facts_sha256", "text", lambda one: one.standing.facts_sha256),
)
"""In the order in which they are written; docs/portfolio.md says what each means."""
