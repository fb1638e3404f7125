"""What kind of set a flip is: where it leads, who has to act, and whether something gets worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from engine.assessment import Advisor
from engine.case import Case
from engine.decision.verdict import STATUS_QUO
from engine.explain.changes import Change, changed
from engine.explain.levers import all_changes
from engine.explain.variation import Variations
from engine.explain.worsening import worsens
from engine.facts_file import load_case
from engine.flip.finding import find
from engine.flip.flips import Flip, Wanted
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.vocabulary import Vocabulary

NAMES = ("cases/hmrc-capgemini", "cases/honda-hero", "cases/jal-american-2010", "seeds/health-check-decline")
few_samples = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def advisor() -> Iterator[Advisor]:
    with Advisor(load_ruleset(builtin("rulesets") / "alliance")) as advisor:
        yield advisor


def case_of(name: str, vocabulary: Vocabulary) -> Case:
    return load_case(str(builtin("facts") / name / "facts.yaml"), vocabulary)


def variations_and_changes(advisor: Advisor, name: str) -> tuple[Variations, tuple[Change, ...]]:
    trace, verdict = advisor.judge(case_of(name, advisor.ruleset.vocabulary))
    return Variations(advisor.graph, trace, verdict), all_changes(advisor.graph, trace.situation)


@few_samples
def test_the_vocabulary_says_what_is_worse(advisor: Advisor, name: str) -> None:
    variations, changes = variations_and_changes(advisor, name)
    expected = {
        ("met", "missed"): True,
        ("missed", "met"): False,
        ("pending", "late"): True,
        ("committed", "wavering"): True,
        ("wavering", "committed"): False,
        ("open", "resolved"): False,
        ("no", "with_effort"): False,
    }
    seen = 0
    for change in changes:
        if (change.now, change.value) in expected and change.path.endswith(("status", "commitment", "separable")):
            assert worsens(change, variations) is expected[str(change.now), str(change.value)], change.path
            seen += 1
        if change.path == "strategy.goal_alignment":
            assert worsens(change, variations) is (change.side < 0)
            seen += 1
    assert seen


@few_samples
def test_where_it_says_nothing_going_on_unchanged_tells(advisor: Advisor, name: str) -> None:
    variations, changes = variations_and_changes(advisor, name)
    before = variations.verdict.standing(STATUS_QUO)
    for change in changes:
        fact = change.fact
        if fact is not None and (fact.type.ordered or fact.better or fact.best_first):
            continue
        case = changed(variations.situation.case, (change,), advisor.ruleset.vocabulary)
        after = advisor.judge(case)[1].standing(STATUS_QUO)
        called_for = after.set_aside == "change called for" != before.set_aside
        assert worsens(change, variations) is (after.score < before.score or called_for)


@few_samples
@pytest.mark.parametrize("most", [1, 2])
def test_so_many_of_each_kind_are_shown(advisor: Advisor, name: str, most: int) -> None:
    case = case_of(name, advisor.ruleset.vocabulary)
    every = find(advisor, case, Wanted(most=most, limit=1_000))
    assert every.more == 0
    found = find(advisor, case, Wanted(most=most, limit=3, of_each=True))
    taken: Counter[object] = Counter()
    expected: list[Flip] = []
    for flip in every.shown:
        taken[flip.kind] += 1
        if taken[flip.kind] <= 3:
            expected.append(flip)
    assert list(found.shown) == expected
    assert found.kinds == every.kinds == taken
    assert sum(found.kinds.values()) == sum(found.found.values())


@few_samples
def test_a_set_is_for_the_worse_where_any_of_its_changes_is(advisor: Advisor, name: str) -> None:
    variations, _ = variations_and_changes(advisor, name)
    for flip in find(advisor, variations.situation.case, Wanted(most=2, limit=40)).shown:
        assert flip.worse is any(worsens(change, variations) for change in flip.changes)
