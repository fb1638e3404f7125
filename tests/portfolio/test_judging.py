"""A portfolio is given the answers that `assess` gives, in the order of its alliances, however they are shared out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assessment import Advisor, conclude
from engine.case import Case
from engine.portfolio.judging import judge
from engine.portfolio.partition import Stood
from engine.portfolio.reading import gather
from engine.portfolio.running import outcomes
from tests.memo.samples import SAMPLES, assessed, ruleset
from tests.portfolio.rows import FACTS, cases, prepared, vocabulary
from tests.properties.alliances import cases as random_cases


def test_the_answers_on_the_samples_are_those_of_an_assessment() -> None:
    for sample, answer in zip(SAMPLES, judge(prepared(), cases()), strict=True):
        found = assessed(sample)
        winner = found.recommended
        assert answer[:7] == (
            winner.option,
            winner.form,
            found.readiness.state,
            found.confidence,
            found.verdict.lead,
            winner.status,
            winner.earliest,
        )
        assert answer.health == found.judgement.situation.observations.value("health_level")


@settings(max_examples=60)
@given(st.data())
def test_a_conclusion_is_that_of_an_assessment(data: st.DataObject) -> None:
    case: Case = data.draw(random_cases(vocabulary()))
    with Advisor(prepared()) as advisor:
        found = advisor.assess(case)
    short = conclude(prepared(), case)
    assert (short.verdict, short.readiness, short.confidence) == (
        found.verdict,
        found.readiness.state,
        found.confidence,
    )
    assert short.judgement.fired == found.judgement.fired


def test_several_processes_give_what_one_gives() -> None:
    sources = gather(FACTS, vocabulary()).sources
    alone = list(outcomes(prepared(), sources, workers=1))
    assert list(outcomes(prepared(), sources, workers=2)) == alone
    assert [one.standing.facts_file for one in alone if isinstance(one, Stood)] == list(FACTS)


def test_no_alliance_needs_no_process() -> None:
    assert list(outcomes(prepared(), ())) == []
    assert judge(prepared(), ()) == []
    assert ruleset().name == "alliance"
