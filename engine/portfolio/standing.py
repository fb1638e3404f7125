"""Where one alliance of a portfolio stands: the answer on it, what falls due, what is at stake and how it fares."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from engine.case import Case
from engine.deadlines import Deadline, deadlines
from engine.portfolio.judging import Answer
from engine.rules import Weighing

VALUES = (
    ("financials.annual_benefit", "annual benefit"),
    ("financials.stake_value", "value of our stake"),
)
"""The facts that say what is at stake, and what they are called; the first that is known counts."""

IMPORTANCE = "alliance.importance"
"""How much the alliance matters to us, in the words of the vocabulary."""

SCORECARD = "scorecard"
"""What health rests on where the alliance has a scorecard."""

STAND_INS = (
    ("relationship.trust", "trust"),
    ("strategy.goal_alignment", "goal alignment"),
)
"""The scores from 1 to 5 whose mean stands in for health where there is no scorecard."""

_WORST, _BEST = 1, 5


class Standing(NamedTuple):
    """One alliance of a portfolio.

    `value` is in units of `currency` and what it measures is `value_basis`; `health` runs from 0 to 1 and rests on
    `health_basis`. Both are None, and their bases empty, where they are unknown. `deadlines` lie ahead of `as_of`, the
    next one first. `importance` is empty where it is unknown. `facts_file` is where the facts came from: a file, or a
    table and the row in it.
    """

    name: str
    us: str
    partner: str
    as_of: date
    answer: Answer
    option_title: str
    form_title: str
    deadlines: tuple[Deadline, ...]
    value: float | None
    currency: str
    value_basis: str
    health: float | None
    health_basis: str
    importance: str
    facts_file: str
    facts_sha256: str

    @property
    def next_deadline(self) -> Deadline | None:
        """What falls due next, or None."""
        return self.deadlines[0] if self.deadlines else None


def in_percent(share: float) -> str:
    """A share from 0 to 1 in whole per cent, halves upward."""
    return f"{int(share * 100 + 0.5)}%"


def standing(case: Case, answer: Answer, weighing: Weighing, facts_file: str) -> Standing:
    """Puts together what a portfolio shows of one case."""
    option = weighing.options[answer.option]
    value, value_basis = _value(case)
    health, health_basis = _health(case, answer)
    return Standing(
        name=str(case.value("alliance.name")),
        us=case.us,
        partner=case.partner,
        as_of=case.as_of,
        answer=answer,
        option_title=option.title,
        form_title=option.forms[answer.form],
        deadlines=deadlines(case, answer.option, option.title.lower(), answer.earliest),
        value=value,
        currency=str(case.value("financials.currency") or "") if value is not None else "",
        value_basis=value_basis,
        health=health,
        health_basis=health_basis,
        importance=str(case.value(IMPORTANCE) or ""),
        facts_file=facts_file,
        facts_sha256=case.sha256,
    )


def _value(case: Case) -> tuple[float | None, str]:
    for fact, name in VALUES:
        value = _number(case, fact)
        if value is not None:
            return value, name
    return None, ""


def _health(case: Case, answer: Answer) -> tuple[float | None, str]:
    if answer.health is not None:
        return answer.health, SCORECARD
    known = [(value, name) for fact, name in STAND_INS if (value := _number(case, fact)) is not None]
    if not known:
        return None, ""
    mean = sum(value for value, _ in known) / len(known)
    # Held within the scale: another ruleset may give these names other ranges.
    share = min(1.0, max(0.0, (mean - _WORST) / (_BEST - _WORST)))
    return round(share, 9), " and ".join(name for _, name in known)


def _number(case: Case, fact: str) -> float | None:
    """A number; None where it is unknown, or where the vocabulary gives the name to something else."""
    value = case.value(fact)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
