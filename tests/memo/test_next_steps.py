"""What comes next: all of the plan where the facts suffice, what is safe before the decision where they do not."""

from __future__ import annotations

from functools import cache

import pytest

from engine.assessment import Assessment
from engine.facts_file import parse_case
from engine.memo import write_memo
from engine.report import AFTERWARDS, AT_ONCE, WHO_OBTAINS, report
from engine.report_markdown import markdown
from tests.memo.samples import SAMPLES, advisor, assessed, before_appendix, memo, ruleset, unescaped

HELD = tuple(sample for sample in SAMPLES if assessed(sample).readiness.state == "hold")

SANCTIONED = b"""
alliance: {name: Breach Candy venture, us: Quay Ltd, partner: Crane Ltd, as_of: 2025-06-30}
reputation: {partner_sanctioned: true}
strategy: {rationale: gone, goal_alignment: 1}
contract: {partner_breach: alleged, our_breach: alleged, notice_days: 90}
"""


@cache
def suspended() -> Assessment:
    found = advisor().assess(parse_case("facts.yaml", SANCTIONED, ruleset().vocabulary))
    assert found.readiness.state == "suspend"
    return found


def asks_for_the_option(rule: str) -> bool:
    return any(name.startswith("recommendation.") for name in ruleset().by_id[rule].reads)


def test_there_are_held_samples() -> None:
    assert HELD


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_plan_is_split_and_nothing_lost(sample: str) -> None:
    view = report(assessed(sample))
    assert sorted(one["rule"] for one in (*view["next"], *view["afterwards"])) == sorted(
        one["rule"] for one in view["actions"]
    )
    if view["readiness"]["state"] == "decide":
        assert view["next"] == view["actions"]


@pytest.mark.parametrize("sample", HELD)
def test_a_held_decision_waits_with_what_depends_on_it(sample: str) -> None:
    view = report(assessed(sample))
    assert not any(asks_for_the_option(one["rule"]) for one in view["next"])
    assert all(asks_for_the_option(one["rule"]) for one in view["afterwards"])
    assert view["afterwards"]


def test_a_suspension_leaves_only_what_is_due_at_once() -> None:
    view = report(suspended())
    assert view["next"][0]["rule"] == "plan-stop-and-call-counsel"
    assert all(one["phase"] == AT_ONCE and not asks_for_the_option(one["rule"]) for one in view["next"])
    assert "plan-own-exposure" in [one["rule"] for one in view["afterwards"]]


@pytest.mark.parametrize("sample", HELD)
def test_documents_put_the_facts_to_obtain_first(sample: str) -> None:
    view, text = report(assessed(sample)), unescaped(memo(sample))
    steps = before_appendix(text).split("## 8. Next steps")[1].split("## 9.")[0]
    now, _, later = steps.partition(f"**{AFTERWARDS['hold']}**")
    in_short = unescaped(markdown(view)).split("## What to do next")[1]
    first, _, then = in_short.partition(f"## {AFTERWARDS['hold']}")
    assert view["readiness"]["obtain"]
    for one in view["readiness"]["obtain"]:
        assert f"| Obtain: {one['question']} ({one['fact']}) | {WHO_OBTAINS} | \N{EN DASH} |" in now
        assert f"|  | {WHO_OBTAINS} | Obtain: {one['question']} (`{one['fact']}`) |" in first
    option = view["afterwards"][0]["action"]
    for before, after in ((now, later), (first, then)):
        assert option not in before
        assert option in after
    page = memo(sample, "html")
    assert page.index(f"<h3>{AFTERWARDS['hold']}</h3>") < page.index("<h2>9. Review</h2>")


def test_documents_say_who_clears_what_is_suspended() -> None:
    view = report(suspended())
    for text in (markdown(view), write_memo(suspended(), "board", "md"), write_memo(suspended(), "board", "html")):
        now, heading, later = text.partition(AFTERWARDS["suspend"])
        assert heading
        assert "Stop payments" in now
        assert "Assess the claims that the partner could raise" in later
        assert "Assess the claims that the partner could raise" not in now
