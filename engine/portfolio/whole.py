"""The whole portfolio: every alliance that could be judged, in order, and how many could not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from engine.errors import Problem
from engine.portfolio.partition import Outcome, Refused, Stood
from engine.portfolio.standing import Standing
from engine.portfolio.urgency import Ranked, ranked
from engine.rules import Ruleset
from engine.sources import shorten


class Portfolio(NamedTuple):
    """Alliances in order of urgency, and how many are left out because of problems in what was given.

    `ruleset` judged them all.
    """

    alliances: tuple[Ranked, ...]
    left_out: int
    ruleset: Ruleset

    @property
    def as_of(self) -> tuple[date, date]:
        """The earliest and the latest date of the facts; there is one alliance at least."""
        days = [one.standing.as_of for one in self.alliances]
        return min(days), max(days)


class Collected(NamedTuple):
    """A portfolio and every problem of what is left out of it, in the order of files."""

    portfolio: Portfolio
    problems: tuple[Problem, ...]


def collect(outcomes: Iterable[Outcome], ruleset: Ruleset, unread: int = 0) -> Collected:
    """Puts a portfolio together from outcomes in the order of files; `unread` paths gave none at all.

    A name stands for one alliance: the second that bears it is a problem, and is left out.
    """
    problems: list[Problem] = []
    standings: list[Standing] = []
    left_out = unread
    named: dict[str, Stood] = {}
    for one in outcomes:
        if isinstance(one, Refused):
            problems += one.problems
            left_out += 1
            continue
        first = named.setdefault(_same(one.standing.name), one)
        if first is one:
            standings.append(one.standing)
        else:
            problems.append(_double(one, first))
            left_out += 1
    portfolio = Portfolio(ranked(standings), left_out, ruleset)
    return Collected(portfolio, tuple(sorted(problems, key=lambda problem: problem.location)))


def _same(name: str) -> str:
    """A name as it is compared: without regard to capitals and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _double(second: Stood, first: Stood) -> Problem:
    name = shorten(second.standing.name)
    message = f"another alliance is called `{name}`: the one at {first.named_at}"
    return Problem(second.named_at, message, "give each its own name, or leave one of them out")
