"""The one place where a portfolio is judged: cases in, answers out, in the same order.

Many are judged a column at a time, where the extra `bulk` is installed, and few one by one; the answers are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engine.assessment import Prepared, conclude
from engine.case import Case
from engine.extras import has_bulk
from engine.measures import observe, with_those_beneath

HEALTH = "health_level"
"""The measure of the health check as a whole, from 0 to 1. A ruleset need not have it."""

MANY = 40
"""From so many alliances on, columns take less time."""


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


def judge(prepared: Prepared, cases: Sequence[Case]) -> list[Answer]:
    """One answer a case, the same that `Advisor.assess` gives."""
    if len(cases) >= MANY and has_bulk():
        return by_columns(prepared, cases)
    return one_by_one(prepared, cases)


def one_by_one(prepared: Prepared, cases: Sequence[Case]) -> list[Answer]:
    """One answer a case."""
    found = []
    for case in cases:
        concluded = conclude(prepared, case)
        winner = concluded.verdict.winner
        found.append(
            Answer(
                winner.option,
                winner.form,
                concluded.readiness,
                concluded.confidence,
                concluded.verdict.lead,
                winner.status,
                winner.earliest,
                _health(concluded.judgement.situation.observations.value(HEALTH)),
            )
        )
    return found


def by_columns(prepared: Prepared, cases: Sequence[Case]) -> list[Answer]:
    """One answer a case. Raises NotInstalledError where the extra `bulk` is not installed."""
    from engine.bulk import Bulk, Table

    ruleset = prepared.ruleset
    # Whoever has more than one processor to give has given one to each partition.
    bulk = Bulk(ruleset, workers=1, graph=prepared.graph)
    answers = bulk.judge(Table.of_cases(cases, ruleset.vocabulary), details=True, doubts=True, confidence=True)
    measures = with_those_beneath([HEALTH], ruleset.measures)
    found = []
    for row, case in enumerate(cases):
        option = answers.option(row)
        found.append(
            Answer(
                option,
                answers.form_of(option, row),
                answers.readiness_of(row),
                answers.confidence_of(row),
                answers.lead_of(row),
                answers.status_of(option, row),
                answers.earliest_of(option, row),
                _health(observe(measures, case).value(HEALTH)),
            )
        )
    return found


def _health(value: object) -> float | None:
    return value if isinstance(value, float) else None
