"""One row of a table's answers against what the direct evaluator and the decision come to on its case."""

from __future__ import annotations

from engine.bulk import Answers
from engine.case import Case
from engine.decision.verdict import Verdict, decide
from engine.evaluate import settle
from engine.measures import observe
from engine.outcomes import Situation, Trace
from engine.rules import OPTIONS, Ruleset


def judged(rules: Ruleset, case: Case) -> tuple[Trace, Verdict]:
    """The case judged directly."""
    trace = settle([one for one in rules.rules if not one.plans], Situation(case, observe(rules.measures, case)))
    return trace, decide([firing.rule for firing in trace.firings], trace.situation, rules.weighing)


def assert_row(answers: Answers, row: int, trace: Trace, verdict: Verdict, message: str = "") -> None:
    """The row says the same, everywhere; its answers were asked for with `details` and `fired`."""
    assert answers.fired_in(row) == trace.fired, message
    assert answers.findings_in(row) == trace.situation.findings, message
    assert answers.diagnoses_in(row) == trace.situation.diagnoses, message
    ranks = answers.ranks(slice(row, row + 1))[:, 0]
    for standing in verdict.standings:
        place = OPTIONS.index(standing.option)
        found = (
            answers.score_of(standing.option, row),
            answers.status_of(standing.option, row),
            answers.form_of(standing.option, row),
            answers.earliest_of(standing.option, row),
            answers.short_of(standing.option, row),
            answers.set_aside(standing.option, row),
            int(ranks[place]),
        )
        expected = (
            standing.score,
            standing.status,
            standing.form,
            standing.earliest,
            standing.short_of,
            standing.set_aside,
            standing.rank,
        )
        assert found == expected, f"{standing.option}, row {row}. {message}"
    assert answers.option(row) == verdict.winner.option, message
    assert answers.recommended_form(row) == verdict.winner.form, message
    assert answers.lead_of(row) == verdict.lead, message
