"""Gates open, condition or close an option or one of its forms, and tell from when it can be carried out."""

from __future__ import annotations

from datetime import date

from engine.conditions import All
from engine.decision.verdict import Standing, decide
from engine.rules import Conclusion, FormChoice, Gate
from engine.vocabulary import Value
from tests.parity.world import FORMS, rule, situation, weighing

STARTED, ENDS = date(2025, 1, 1), date(2026, 1, 1)
FACTS: dict[str, Value | None] = {"deal.started": STARTED, "deal.ends": ENDS, "deal.people": 100}


def gate(target: str, status: str, *steps: str, earliest: str | None = None) -> Gate:
    option, _, form = target.partition("/")
    return Gate(option, form or None, status, steps, earliest)


def standing(option: str, *conclusions: Conclusion, facts: dict[str, Value | None] | None = None) -> Standing:
    """Where an option stands when each of these is concluded by a rule of its own."""
    rules = [rule(f"r{number}", All(()), one) for number, one in enumerate(conclusions)]
    return decide(rules, situation(FACTS if facts is None else facts), weighing()).standing(option)


def test_an_option_without_gates_is_open() -> None:
    found = standing("exit", gate("continue", "closed"))
    assert (found.status, found.form, found.earliest, found.steps, found.gates) == ("open", "expiry", None, (), ())


def test_a_condition_names_steps_and_a_date() -> None:
    found = standing("exit", gate("exit", "conditional", "Give notice.", "Wait.", earliest="deal.ends"))
    assert (found.status, found.earliest, found.steps) == ("conditional", ENDS, ("Give notice.", "Wait."))
    assert found.gates[0].earliest == ENDS
    assert found.gates[0].rule.id == "r0"


def test_the_worst_status_holds() -> None:
    conditional, closed = gate("exit", "conditional", "Give notice."), gate("exit", "closed")
    assert standing("exit", conditional, closed).status == "closed"
    assert standing("exit", closed, conditional).status == "closed"
    assert standing("exit", conditional, conditional).status == "conditional"


def test_the_earliest_date_is_the_latest_of_several() -> None:
    gates = [
        gate("exit", "conditional", earliest="deal.started"),
        gate("exit", "conditional", earliest="deal.ends"),
        gate("exit", "conditional"),
        # A measure: a hundred days after the start.
        gate("exit", "conditional", earliest="last_day"),
    ]
    assert standing("exit", *gates).earliest == ENDS
    assert standing("exit", *gates[2:]).earliest == date(2025, 4, 11)


def test_an_unknown_date_leaves_the_condition() -> None:
    found = standing("exit", gate("exit", "conditional", "Wait.", earliest="deal.ends"), facts={})
    assert (found.status, found.earliest, found.steps) == ("conditional", None, ("Wait.",))


def test_a_step_that_several_gates_ask_for_stands_once() -> None:
    gates = [gate("exit", "conditional", "One.", "Two."), gate("exit", "conditional", "Two.", "Three.")]
    assert standing("exit", *gates).steps == ("One.", "Two.", "Three.")


def test_the_form_with_the_most_points_is_chosen() -> None:
    spin_off, dissolve = FormChoice("exit", "spin-off", "moderate"), FormChoice("exit", "dissolve", "slight")
    assert standing("exit", spin_off, dissolve).form == "spin-off"
    assert standing("exit", spin_off, dissolve, dissolve).form == "dissolve"  # of equals, the one declared first
    assert standing("exit", spin_off, dissolve, dissolve, dissolve).form == "dissolve"
    assert standing("exit", FormChoice("exit", "expiry", "moderate"), spin_off).form == "expiry"  # the default
    assert standing("exit", FormChoice("continue", "expand", "decisive")).form == "expiry"


def test_a_closed_form_gives_way_to_the_next() -> None:
    chosen = [FormChoice("exit", "spin-off", "strong"), FormChoice("exit", "dissolve", "slight")]
    closing = gate("exit/spin-off", "closed", "Never.", earliest="deal.ends")
    found = standing("exit", *chosen, closing)
    assert (found.status, found.form) == ("open", "dissolve")
    # The gate is shown, but its steps and date are not those of the form that is left.
    assert (found.steps, found.earliest, len(found.gates)) == ((), None, 1)
    assert standing("exit", *chosen, closing, gate("exit/dissolve", "closed")).form == "expiry"


def test_a_condition_on_the_form_is_one_on_the_option_in_that_form_alone() -> None:
    condition = gate("exit/dissolve", "conditional", "Ask the court.", earliest="deal.ends")
    assert standing("exit", condition).status == "open"
    found = standing("exit", condition, FormChoice("exit", "dissolve", "slight"))
    assert (found.status, found.steps, found.earliest) == ("conditional", ("Ask the court.",), ENDS)


def test_with_all_forms_closed_the_option_is_closed() -> None:
    gates = [gate(f"exit/{form}", "closed") for form in FORMS["exit"]]
    found = standing("exit", *gates)
    assert (found.status, found.form) == ("closed", "expiry")
    assert standing("exit", *gates[:-1]).status == "open"
    assert standing("exit", *gates[:-1]).form == "spin-off"


def test_all_gates_are_kept_in_the_order_of_their_rules() -> None:
    rules = [rule(id_, All(()), gate("exit", "conditional", id_)) for id_ in ("b", "c", "a")]
    found = decide(rules, situation(FACTS), weighing()).standing("exit")
    assert [one.rule.id for one in found.gates] == ["a", "b", "c"]
    assert found.steps == ("a", "b", "c")
