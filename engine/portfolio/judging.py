"""The one place where a portfolio is judged: cases in, answers out, in the same order.

Whatever else can judge many cases takes the place of `judge`; nothing else in the package asks for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from engine.assessment import Prepared, conclude
from engine.case import Case

HEALTH = "health_level"
"""The measure of the health check as a whole, from 0 to 1. A ruleset need not have it."""


class Answer(NamedTuple):
    """What was concluded about one case.

    `lead` is None where no other option is left open, `earliest` where nothing delays the option, `health` (0 to 1)
    where no scorecard is kept.
    """

    option: str
    form: str
    readiness: str
    confidence: str
    lead: float | None
    status: str
    earliest: date | None
    health: float | None


def judge(prepared: Prepared, cases: Iterable[Case]) -> tuple[Answer, ...]:
    """One answer a case, the same that `Advisor.assess` gives."""
    return tuple(_answer(prepared, case) for case in cases)


def _answer(prepared: Prepared, case: Case) -> Answer:
    found = conclude(prepared, case)
    winner = found.verdict.winner
    health = found.judgement.situation.observations.value(HEALTH)
    return Answer(
        winner.option,
        winner.form,
        found.readiness,
        found.confidence,
        found.verdict.lead,
        winner.status,
        winner.earliest,
        health if isinstance(health, float) else None,
    )
