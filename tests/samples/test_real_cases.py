"""The twelve real alliances: each is assessed whole, and what the advisor says of it today is on record.

`real_cases.yaml` records behaviour and not truth. What the parties did is in `outcome.yaml` beside the facts; it was
not always wise, and no rule is to be fitted to it. An answer that changes is to be explained before it is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from engine.assessment import Advisor, Assessment
from engine.facts_file import load_case
from engine.parse.ruleset import load_ruleset
from engine.rules import OPTIONS, READINESS

TOP = Path(__file__).parents[2]
CASES = sorted(path.parent for path in TOP.glob("facts/cases/*/facts.yaml"))
RECORDED = yaml.safe_load((Path(__file__).parent / "real_cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def advisor() -> Iterator[Advisor]:
    with Advisor(load_ruleset(TOP / "rulesets" / "alliance")) as advisor:
        yield advisor


def assessed(folder: Path, advisor: Advisor) -> Assessment:
    return advisor.assess(load_case(str(folder / "facts.yaml"), advisor.ruleset.vocabulary))


def test_that_all_twelve_are_there_and_recorded() -> None:
    assert len(CASES) == 12
    assert set(RECORDED) == {folder.name for folder in CASES}


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_assessment_is_whole(folder: Path, advisor: Advisor) -> None:
    found = assessed(folder, advisor)
    assert [standing.rank for standing in found.verdict.standings] == [1, 2, 3, 4, 5, 6]
    assert {standing.option for standing in found.verdict.standings} == set(OPTIONS)
    winner = found.recommended
    assert winner.status != "closed"
    assert winner.form in advisor.ruleset.weighing.options[winner.option].forms
    assert winner.arguments_for
    assert winner.short_of is None
    assert found.readiness.state in READINESS
    assert found.actions
    assert found.review_on > found.case.as_of
    for firing in (*found.judgement.firings, *found.plan.firings):
        assert found.reasons.of(firing.rule)


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_answer_is_the_recorded_one(folder: Path, advisor: Advisor) -> None:
    assert assessed(folder, advisor).recommended.option == RECORDED[folder.name]


def test_that_the_cases_do_not_all_get_one_answer(advisor: Advisor) -> None:
    """A ruleset that leans one way shows here first: in what it puts first, and in what it puts second."""
    found = [assessed(folder, advisor) for folder in CASES]
    answers = Counter(one.recommended.option for one in found)
    assert len(answers) >= 4
    assert max(answers.values()) <= len(found) // 2
    seconds = {one.verdict.standings[1].option for one in found}
    assert len(seconds) >= 3
