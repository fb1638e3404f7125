"""Ways out of small cases: whether an exit is open, by which form it would best be taken, and from when.

Each case is a contract alone. What it does not give is unknown, which never opens a way that depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from engine.assessment import Advisor
from engine.decision.verdict import Standing
from engine.facts_file import parse_case
from engine.parse.ruleset import load_ruleset

TOP = Path(__file__).parents[2]
END = "2030-12-31"
RUNS_OUT = {"ends_on": END, "exit_routes": ["expiry"], "auto_renews": False}
STEPS = {"dispute_steps_required": True, "dispute_steps": ["negotiation", "litigation"]}
# A cause that is ripe: each hard condition is known and met.
RIPE = {
    "partner_breach": "established",
    "termination_for_cause": True,
    "breach_notice_on": "2025-03-01",
    "cure_period_ends": "2025-05-01",
    "breach_cured": False,
    "rights_reserved": True,
    "termination_for_convenience": False,
}
CAUSE = "terminate-for-cause"
CONVENIENCE = "terminate-for-convenience"


@pytest.fixture(scope="module")
def advisor() -> Iterator[Advisor]:
    with Advisor(load_ruleset(TOP / "rulesets" / "alliance")) as advisor:
        yield advisor


def leaving(advisor: Advisor, contract: dict[str, object]) -> Standing:
    """Where an exit stands under a contract."""
    profile = {"name": "Test", "us": "We", "partner": "They", "as_of": "2025-06-30"}
    text = yaml.safe_dump({"alliance": profile, "contract": contract}).replace("'", "")
    return advisor.assess(parse_case("facts.yaml", text.encode(), advisor.ruleset.vocabulary)).verdict.standing("exit")


def fired(standing: Standing) -> set[str]:
    return {gate.rule.id for gate in standing.gates}


@pytest.mark.parametrize(
    ("contract", "form", "earliest"),
    [
        ({**RUNS_OUT, "notice_days": 30}, "expiry", END),
        ({**RUNS_OUT, "ends_on": "2025-12-31", "notice_days": 365}, "expiry", "2025-12-31"),
        ({**RUNS_OUT, "locked_until": "2026-01-01"}, "expiry", END),
        ({**RUNS_OUT, "auto_renews": True, "renewal_date": "2030-06-30"}, "expiry", END),
        ({**RUNS_OUT, "auto_renews": True}, "expiry", END),
        ({"ends_on": END, "exit_routes": ["expiry"]}, "expiry", END),
        ({"exit_routes": ["expiry"], "auto_renews": False, "notice_days": 30}, "expiry", None),
        # A right to leave on notice comes before a distant end, and the other way round when the end is near.
        ({**RUNS_OUT, "termination_for_convenience": True, "notice_days": 30}, CONVENIENCE, "2025-07-30"),
        ({**RUNS_OUT, "ends_on": "2025-12-31", "termination_for_convenience": True}, "expiry", "2025-12-31"),
    ],
)
def test_an_end_by_expiry_has_the_date_of_the_end(
    contract: dict[str, object], form: str, earliest: str | None, advisor: Advisor
) -> None:
    found = leaving(advisor, contract)
    assert (found.status, found.form) == ("conditional", form)
    assert found.earliest == (date.fromisoformat(earliest) if earliest else None)


def test_renewal_is_objected_to_before_its_last_day(advisor: Advisor) -> None:
    ahead = leaving(advisor, {**RUNS_OUT, "auto_renews": True, "renewal_date": "2030-06-30"})
    assert any(step.startswith("Object to renewal") for step in ahead.steps)
    missed = {**RUNS_OUT, "ends_on": "2025-12-31", "auto_renews": True, "renewal_date": "2025-06-01"}
    found = leaving(advisor, missed)
    assert "gate-expiry-objection-too-late" in fired(found)
    assert (found.form, found.earliest) == (CONVENIENCE, None)


def test_an_end_that_has_passed_is_no_date(advisor: Advisor) -> None:
    found = leaving(advisor, {**RUNS_OUT, "ends_on": "2025-01-31"})
    assert "gate-expiry-end-passed" in fired(found)
    assert (found.status, found.earliest) == ("conditional", None)


@pytest.mark.parametrize(
    ("contract", "waits"),
    [
        ({**STEPS, "dispute_steps_done": ["negotiation", "litigation"]}, False),
        ({**STEPS, "dispute_steps_done": ["negotiation"]}, True),
        ({**STEPS, "dispute_steps_done": ["litigation"]}, True),
        ({**STEPS, "dispute_steps_done": ["mediation", "arbitration"]}, True),
        ({**STEPS, "dispute_steps_done": []}, True),
        (STEPS, True),
        ({"dispute_steps_required": True}, True),
        ({"dispute_steps_required": True, "dispute_steps": []}, True),
        ({"dispute_steps_required": True, "dispute_steps_done": ["negotiation", "litigation"]}, True),
        ({"dispute_steps_required": False, "dispute_steps": ["mediation"], "dispute_steps_done": []}, False),
    ],
)
def test_required_dispute_steps_are_spent_only_if_done(
    contract: dict[str, object], waits: bool, advisor: Advisor
) -> None:
    found = leaving(advisor, {**contract, "termination_for_convenience": True})
    assert (found.status, found.form, found.earliest) == ("conditional" if waits else "open", CONVENIENCE, None)


def test_a_ripe_cause_opens_an_exit(advisor: Advisor) -> None:
    found = leaving(advisor, RIPE)
    assert (found.status, found.form, found.earliest) == ("open", CAUSE, None)


@pytest.mark.parametrize("unknown", ["cure_period_ends", "breach_cured", "rights_reserved"])
def test_an_unknown_condition_of_a_cause_has_to_be_established(unknown: str, advisor: Advisor) -> None:
    found = leaving(advisor, {name: value for name, value in RIPE.items() if name != unknown})
    assert (found.status, found.form, found.earliest) == ("conditional", CAUSE, None)
    assert len(found.steps) == 1
    assert found.steps[0].startswith("Establish")


def test_several_unknown_conditions_are_each_a_step(advisor: Advisor) -> None:
    known = ("partner_breach", "breach_notice_on", "termination_for_convenience")
    found = leaving(advisor, {name: RIPE[name] for name in known})
    assert (found.status, found.form, len(found.steps)) == ("conditional", CAUSE, 3)


@pytest.mark.parametrize(
    "changed",
    [
        {"breach_notice_on": "2025-07-15"},
        {"breach_notice_on": "unknown"},
        {"cure_period_ends": "2025-06-30"},
        {"cure_period_ends": "2025-08-01"},
        {"partner_breach": "alleged"},
        {"partner_breach": "none"},
        {"termination_for_cause": False},
        {"breach_cured": True},
    ],
    ids=lambda changed: "-".join(str(part) for pair in changed.items() for part in pair),
)
def test_a_condition_that_fails_closes_the_way_for_cause(changed: dict[str, object], advisor: Advisor) -> None:
    found = leaving(advisor, {**RIPE, **changed})
    assert (f"exit/{CAUSE}", "closed") in {(f"{gate.option}/{gate.form}", gate.status) for gate in found.gates}
    assert found.form != CAUSE


def test_a_right_that_was_not_reserved_is_a_condition(advisor: Advisor) -> None:
    found = leaving(advisor, {**RIPE, "rights_reserved": False})
    assert (found.status, found.form) == ("conditional", CAUSE)
    assert any(step.startswith("Reserve all rights") for step in found.steps)


def test_an_agreement_not_yet_in_force_is_left_only_after_advice(advisor: Advisor) -> None:
    terms = {"termination_for_convenience": True}
    assert leaving(advisor, {**terms, "closed": True}).status == "open"
    assert leaving(advisor, {**terms, "closed": False}).status == "conditional"
