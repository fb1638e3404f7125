"""The board memo tells of the changes that lead to another option only together, as `flip` finds them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from engine.explain.because import either
from engine.explain.changes import changed
from engine.explain.reached import value_in_words
from engine.explain.wording import condition
from engine.flip.flips import Flips, Wanted
from engine.memo import together as together_module
from engine.memo import write_memo
from engine.memo.context import memo_context
from engine.memo.flips import flips_of
from engine.memo.together import SETS, WANTED
from engine.report import small
from engine.rules import OPTIONS
from tests.memo.samples import SAMPLES, advisor, assessed, judged_from_now_on, memo, unescaped
from tests.memo.test_html import check
from tests.memo.test_renegotiation import every_flip
from tests.without_bulk import without_bulk

every_sample = pytest.mark.parametrize("sample", SAMPLES)
ONLY_TOGETHER = (
    "cases/boeing-spirit-2023",
    "cases/suzuki-volkswagen",
    "seeds/asymmetric-commitment",
    "seeds/healthcare-jv-committee-of-15",
    "seeds/renewable-energy-jv",
)
SINGLE = "Only single changes were looked at: pairs and threes need what"


@cache
def together(sample: str) -> dict[str, Any]:
    return dict(memo_context(assessed(sample))["together"])


def part_7(sample: str, fmt: str = "md") -> str:
    if fmt == "html":
        page = memo(sample, "html").split("<h2>7. ")[1].split("<h2>8. ")[0]
        return " ".join(" ".join(check(f"<h2>{page}").text).split())
    return unescaped(memo(sample).split("\n## 7. ")[1].split("\n## 8. ")[0])


@pytest.mark.parametrize("sample", ONLY_TOGETHER)
def test_where_no_single_change_would_do_those_are_told_that_do_together(sample: str) -> None:
    for fmt in ("md", "html"):
        text = part_7(sample, fmt)
        assert "No single change of a fact that somebody can change would lead to another option." in text
        assert "Changes that would do so only together" in text
        for one in together(sample)["sets"]:
            assert " ".join(one["condition"].split()) in " ".join(text.split())


@every_sample
def test_the_first_sets_are_those_of_flip_with_one_to_each_option(sample: str) -> None:
    found, case = every_flip(sample), assessed(sample).case
    several = [flip for flip in found.shown if len(flip.changes) > 1]
    reached = {option for size, option in found.found if size > 1}
    shown = [(one["condition"], one["option"]) for one in together(sample)["sets"]]
    assert {option for _, option in shown} == reached
    assert len(shown) == min(max(SETS, len(reached)), together(sample)["number"])
    if not reached <= {flip.option for flip in several}:
        return  # the list of `flip` is too short to compare with
    wanted = [(condition(flip.changes, case), flip.option) for flip in several]
    first = {option: next(one for one in wanted if one[1] == option) for option in reached}
    others = [one for one in wanted if one not in first.values()]
    chosen = [*first.values(), *others[: max(SETS - len(first), 0)]]
    assert shown == sorted(chosen, key=wanted.index)


@every_sample
def test_all_are_shown_or_counted(sample: str) -> None:
    values = together(sample)
    number = sum(count for (size, _), count in every_flip(sample).found.items() if size > 1)
    assert values["number"] == number == len(values["sets"]) + values["more"]
    assert values["most"] == 3
    for fmt in ("md", "html"):
        assert values["said"] in part_7(sample, fmt)
        assert (f"{values['more']:,} more".replace(",", "") in part_7(sample, fmt).replace(",", "")) is bool(
            values["more"]
        )


@every_sample
def test_each_leads_where_it_says_and_says_who_has_it_in_hand(sample: str) -> None:
    """Judged here once more by the reference engine."""
    case, vocabulary = assessed(sample).case, assessed(sample).ruleset.vocabulary
    flips = {(condition(flip.changes, case), flip.option): flip for flip in flips_of(assessed(sample), WANTED).shown}
    hands = {"us": "us", "partner": "the partner", "both": "both sides together"}
    for one in together(sample)["sets"]:
        flip = flips[one["condition"], one["option"]]
        winner = advisor().judge(changed(case, flip.changes, vocabulary))[1].winner
        assert (winner.option, winner.status == "closed") == (one["option"], False)
        said = f"{one['condition']}, {one['title']} becomes the answer. It lies with {hands[flip.by]}."
        assert said in part_7(sample).replace("**", "")


def test_each_is_judged_by_the_reference_engine_before_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = judged_from_now_on(monkeypatch)
    found = flips_of(assessed("cases/gm-psa"), WANTED)
    assert judged[1:] == [changed(found.case, flip.changes, found.ruleset.vocabulary) for flip in found.shown]
    assert all(len(flip.changes) > 1 for flip in found.shown)


def test_where_nothing_is_found_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(assessment: object, wanted: Wanted, _progress: object) -> Flips:
        found = flips_of(assessed("cases/gm-psa"), wanted)
        return found._replace(found={}, kinds={}, shown=())

    monkeypatch.setattr(together_module, "flips_of", none)
    for sample, said in (
        ("cases/gm-psa", "No other option is reached by several changes only together."),
        ("cases/suzuki-volkswagen", "would lead to another option. Nor would several of them together."),
    ):
        for fmt in ("md", "html"):
            assert said in write_memo(assessed(sample), "board", fmt)


def test_among_many_changes_no_three_are_looked_at_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any("no three were looked at" in memo("cases/gm-psa", fmt) for fmt in ("md", "html"))
    monkeypatch.setattr(together_module, "WANTED", WANTED._replace(triples_up_to=20))
    values = memo_context(assessed("cases/gm-psa"))["together"]
    assert values["most"] == 2
    assert {len(one["changes"]) for one in values["sets"]} == {2}
    assert values["number"] == sum(count for (size, _), count in every_flip("cases/gm-psa").found.items() if size == 2)
    for fmt in ("md", "html"):
        text = write_memo(assessed("cases/gm-psa"), "board", fmt)
        assert re.search(r"Of \d+ changes no three were looked at together: ", text)


@pytest.mark.parametrize("sample", ["cases/gm-psa", "cases/suzuki-volkswagen"])
def test_without_the_bulk_engine_nothing_is_looked_for_and_it_says_so(sample: str) -> None:
    done = without_bulk("memo", f"sample:{sample}")
    assert done.returncode == 0, done.stderr
    assert f"{SINGLE} `pip install 'alliance-advisor[bulk]'` brings." in done.stdout
    assert "Changes that would do so only together" not in done.stdout
    assert SINGLE not in memo(sample)


def test_without_it_no_engine_is_made_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_assessment: object, _wanted: object) -> Flips:
        raise AssertionError

    monkeypatch.setattr(together_module, "has_bulk", lambda: False)
    monkeypatch.setattr(together_module, "flips_of", never)
    for fmt in ("md", "html"):
        assert SINGLE in write_memo(assessed("cases/gm-psa"), "board", fmt)


@every_sample
def test_of_unknown_facts_it_says_which_values_lead_where(sample: str) -> None:
    assessment, text = assessed(sample), part_7(sample)
    context = memo_context(assessment)
    for one in assessment.missing[: len(context["unknown"])]:
        titles = [small(assessment.ruleset.weighing.options[lead.option].title) for lead in one.reached]
        words = [either([value_in_words(value, one.fact) for value in lead.values]) for lead in one.reached]
        assert [lead.option for lead in one.reached] == [option for option in OPTIONS if option in one.could_lead_to]
        leads = either([f"{title} ({values})" for title, values in zip(titles, words, strict=True)])
        assert f"{one.fact.question} Could lead to: {leads}." in text


def test_some_sample_has_an_unknown_fact_that_leads_elsewhere() -> None:
    assert "Could lead to: modularise (unlikely)." in part_7("cases/suzuki-volkswagen")
