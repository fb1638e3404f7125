"""What the agreement and the law leave open: gates on options and on their forms, and the form of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.outcomes import Situation
from engine.rules import STATUSES, FormChoice, Gate, Option, Rule, Weighing


@dataclass(frozen=True, slots=True)
class AppliedGate:
    """A gate of a rule that fired; `earliest` is its date in this case, None where it has none or is unknown."""

    rule: Rule
    option: str
    form: str | None
    status: str
    steps: tuple[str, ...]
    earliest: date | None


@dataclass(frozen=True, slots=True)
class Access:
    """What gates leave of one option: its status, its best form that is not closed, and what to do first."""

    status: str
    form: str
    earliest: date | None
    steps: tuple[str, ...]
    gates: tuple[AppliedGate, ...]


def applied_gates(rules: Iterable[Rule], situation: Situation) -> tuple[AppliedGate, ...]:
    """The gates of the rules that fired, by rule id, with their dates."""
    gates = []
    for rule in sorted(rules, key=lambda rule: rule.id):
        for one in rule.then:
            if isinstance(one, Gate):
                day = situation.value(one.earliest) if one.earliest else None
                earliest = day if isinstance(day, date) else None
                gates.append(AppliedGate(rule, one.option, one.form, one.status, one.steps, earliest))
    return tuple(gates)


def access(option: Option, rules: Iterable[Rule], gates: tuple[AppliedGate, ...], weighing: Weighing) -> Access:
    """What gates leave of an option, carried out in the form for which most speaks."""
    own = tuple(gate for gate in gates if gate.option == option.id)
    closed_forms = {gate.form for gate in own if gate.form is not None and gate.status == "closed"}
    form = _best_form(option, rules, closed_forms, weighing)
    whole = tuple(gate for gate in own if gate.form is None or gate.form == form)
    status = max((gate.status for gate in whole), key=STATUSES.index, default="open")
    if form is None:
        status, form = "closed", option.default_form
    dates = [gate.earliest for gate in whole if gate.earliest is not None]
    steps = tuple(dict.fromkeys(step for gate in whole for step in gate.steps))
    return Access(status, form, max(dates, default=None), steps, own)


def _best_form(
    option: Option, rules: Iterable[Rule], closed: set[str | None], weighing: Weighing
) -> str | None:
    """The form with the most points among those not closed; the default, then the declared order, among equals."""
    points = {form: 0.0 for form in option.forms if form not in closed}
    for rule in rules:
        for one in rule.then:
            if isinstance(one, FormChoice) and one.option == option.id and one.form in points:
                points[one.form] += weighing.strengths[one.strength]
    order = list(option.forms)
    return max(
        points, key=lambda form: (points[form], form == option.default_form, -order.index(form)), default=None
    )
