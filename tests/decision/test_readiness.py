"""Whether to decide, to hold or to suspend, with how much confidence, and what to obtain first."""

from __future__ import annotations

import pytest

from engine.conditions import All
from engine.decision.readiness import DecisiveDoubt, confidence, readiness
from engine.decision.verdict import decide
from engine.rules import OPTIONS, Action, ConfidenceRow, Diagnosis, ReadinessCall, StatusQuo
from tests.decision.standing import arguing, verdict
from tests.parity.world import PLACE, case, rule, situation, weighing

ENOUGH = case({"deal.trust": 3, "deal.health": "weak"}, {"tasks": []})
HOLD = rule("hold", All(()), ReadinessCall("hold", ("deal.ends", "tasks")))
SUSPEND = rule("suspend", All(()), ReadinessCall("suspend", ("deal.name",)))
ACT = rule("act", All(()), Action("Talk.", "board", 10, ""))


def test_nothing_stands_in_the_way() -> None:
    found = readiness([ACT], (), ENOUGH, weighing())
    assert (found.state, found.rules, found.doubts, found.too_little_known, found.obtain) == (
        "decide",
        (),
        (),
        False,
        (),
    )


def test_a_rule_holds_the_decision() -> None:
    found = readiness([ACT, HOLD], (), ENOUGH, weighing())
    assert (found.state, found.rules, found.obtain) == ("hold", (HOLD,), ("deal.ends", "tasks"))


def test_suspending_goes_before_holding() -> None:
    found = readiness([HOLD, SUSPEND], (), ENOUGH, weighing())
    assert (found.state, found.rules) == ("suspend", (SUSPEND,))
    assert found.obtain == ("deal.ends", "tasks", "deal.name")


def test_a_decisive_doubt_holds_the_decision() -> None:
    doubt = DecisiveDoubt("deal.trust", ("exit",), missing=False)
    found = readiness([], (doubt,), ENOUGH, weighing())
    assert (found.state, found.doubts, found.obtain) == ("hold", (doubt,), ("deal.trust",))
    assert readiness([SUSPEND], (doubt,), ENOUGH, weighing()).state == "suspend"


def test_too_little_known_holds_the_decision() -> None:
    little = case({"deal.trust": 3, "deal.name": "North"}, {})
    found = readiness([], (), little, weighing())
    assert (found.state, found.too_little_known) == ("hold", True)
    assert found.obtain == ("deal.health",)  # decisive and not given
    assert readiness([], (), little, weighing(known_at_least=2)).state == "decide"
    # What names the alliance tells nothing about it; a list that is given does, even an empty one.
    assert readiness([], (), case({"alliance.name": "N", "alliance.us": "We"}), weighing()).too_little_known
    assert not readiness([], (), case({"deal.trust": 3, "deal.name": "N"}, {"tasks": []}), weighing()).too_little_known


def test_each_thing_to_obtain_stands_once() -> None:
    again = rule("again", All(()), ReadinessCall("hold", ("tasks", "deal.trust", "deal.health")))
    doubt = DecisiveDoubt("deal.trust", ("exit",), missing=True)
    found = readiness([HOLD, again], (doubt,), case({}), weighing())
    assert found.obtain == ("deal.ends", "tasks", "deal.trust", "deal.health")


ROWS = (ConfidenceRow("high", 4, 0), ConfidenceRow("medium", 2, 1), ConfidenceRow("low", 0, None))


@pytest.mark.parametrize(
    ("lead", "doubts", "level"),
    [
        (4, 0, "high"),
        (3.5, 0, "medium"),
        (4, 1, "medium"),
        (2, 1, "medium"),
        (1.5, 0, "low"),
        (9, 2, "low"),
        (0, 99, "low"),
    ],
)
def test_the_first_row_that_is_reached(lead: float, doubts: int, level: str) -> None:
    # Continuing leads renegotiating by the lead, less its margin of one.
    found = verdict((lead, 1, -9, -9, -9, -9))
    assert found.lead == lead
    assert confidence(found, doubts, weighing(confidence=ROWS)) == level


def test_where_no_row_is_reached_confidence_is_low() -> None:
    assert confidence(verdict((0,) * 6), 0, weighing(confidence=ROWS[:2])) == "low"


def test_the_only_option_left_open_has_no_rival() -> None:
    alone = verdict((0,) * 6, OPTIONS[1:])
    assert alone.lead is None
    assert confidence(alone, 0, weighing(confidence=ROWS)) == "high"
    assert confidence(alone, 1, weighing(confidence=ROWS)) == "medium"


@pytest.mark.parametrize(
    ("score", "barred", "level"),
    [
        # Set aside by a finding alone: at its least score and above.
        (3, True, "medium"),
        (9, True, "medium"),
        # Outweighed as well, or not set aside at all.
        (2, True, "high"),
        (-9, True, "high"),
        (-9, False, "high"),
        (9, False, "high"),
    ],
)
def test_where_a_finding_alone_sets_the_status_quo_aside_confidence_is_not_high(
    score: float, barred: bool, level: str
) -> None:
    declared = StatusQuo("change_called_for", 3, PLACE)
    rules, strengths = arguing({"continue": score, "renegotiate": 9, "exit": -9})
    rules += [rule("bar", All(()), Diagnosis("change_called_for"))] * barred
    weighs = weighing(strengths=strengths, status_quo=declared, confidence=ROWS)
    found = decide(rules, situation().after(rules), weighs)
    assert (found.winner.option == "continue") is (score == 9 and not barred)
    assert found.lead is not None
    assert found.lead >= ROWS[0].lead
    assert confidence(found, 0, weighs) == level


def test_where_every_option_is_closed_confidence_is_low() -> None:
    assert confidence(verdict((9, 0, 0, 0, 0, 0), OPTIONS), 0, weighing(confidence=ROWS)) == "low"
