"""A portfolio is given the answers that `assess` gives, in the order of its alliances, however they are shared out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assessment import Advisor, conclude, prepare
from engine.case import Case, Entry
from engine.parse.ruleset import load_ruleset
from engine.portfolio import judging
from engine.portfolio.judging import MANY, Answer, by_columns, judge, one_by_one
from engine.portfolio.partition import Stood
from engine.portfolio.reading import FactsFile, gather
from engine.portfolio.running import outcomes, parted
from tests.fresh_machine import TOP
from tests.memo.samples import SAMPLES, assessed, ruleset
from tests.portfolio.rows import FACTS, cases, prepared, vocabulary
from tests.properties.alliances import Maker
from tests.properties.alliances import cases as random_cases


@pytest.mark.parametrize("way", [one_by_one, by_columns])
def test_the_answers_on_the_samples_are_those_of_an_assessment(way: Callable[..., list[Answer]]) -> None:
    for sample, answer in zip(SAMPLES, way(prepared(), cases()), strict=True):
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


def test_many_are_judged_by_columns_and_few_one_by_one_to_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, maker = Random(5), Maker(vocabulary(), doubts=0.3, days=True)
    some = [maker.case(chance) for _ in range(MANY)]
    ways: list[str] = []
    for way in (one_by_one, by_columns):
        monkeypatch.setattr(judging, way.__name__, _noted(way, ways))
    many = judge(prepared(), some)
    assert judge(prepared(), some[:-1]) == many[:-1]
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "polars", None)
        assert judge(prepared(), some) == many
    assert ways == ["by_columns", "one_by_one", "one_by_one"]
    assert len({answer.option for answer in many}) >= 4
    assert any(answer.earliest for answer in many)
    assert any(answer.health is not None for answer in many)


def _noted(way: Callable[..., list[Answer]], ways: list[str]) -> Callable[..., list[Answer]]:
    def noted(*arguments: object) -> list[Answer]:
        ways.append(way.__name__)
        return way(*arguments)

    return noted


def test_a_ruleset_need_not_measure_health() -> None:
    own = load_ruleset(TOP / "tests" / "rulesets" / "small")
    case = Case({"alliance.name": Entry("A"), "alliance.as_of": Entry(date(2025, 6, 30))}, {})
    assert [answer.health for answer in by_columns(prepare(own), [case])] == [None]


def test_several_processes_give_what_one_gives() -> None:
    sources = gather(FACTS, vocabulary()).sources
    alone = list(outcomes(prepared(), sources, workers=1))
    assert list(outcomes(prepared(), sources, workers=2)) == alone
    assert [one.standing.facts_file for one in alone if isinstance(one, Stood)] == list(FACTS)


@pytest.mark.parametrize(
    ("alliances", "workers", "sizes"),
    [
        (0, 2, []),
        (1, 2, [1]),
        (101, 2, [51, 50]),
        (1_000, 2, [125] * 8),
        (1_000, 8, [125] * 8),
        (2_000, 2, [250] * 8),
        (10_000, 100, [100] * 100),
        (100_000, 2, [500] * 200),
    ],
)
def test_partitions_are_as_large_as_columns_need_and_no_larger_than_can_be_told(
    alliances: int, workers: int, sizes: list[int]
) -> None:
    sources = [FactsFile(str(number), b"") for number in range(alliances)]
    partitions = parted(sources, workers)
    assert [len(partition) for partition in partitions] == sizes
    assert [one for partition in partitions for one in partition] == sources


def test_no_alliance_needs_no_process() -> None:
    assert list(outcomes(prepared(), ())) == []
    assert judge(prepared(), ()) == []
    assert ruleset().name == "alliance"
