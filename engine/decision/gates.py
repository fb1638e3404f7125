"""What the agreement and the law leave open: gates on options and on their forms, and the form of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from engine.decision.weighing import exact
from engine.outcomes import Situation
from engine.rules import STATUSES, FormChoice, Gate, Option, Rule, Weighing


class AppliedGate(NamedTuple):
    """A gate of a rule that fired; `earliest` is its date in this case, None where it has none or is unknown."""

    rule: Rule
    option: str
    form: str | None
    status: str
    steps: tuple[str, ...]
    earliest: date | None


class Access(NamedTuple):
    """What gates leave of one option: its status, its best form that is not closed, and what to do first."""

    status: str
    form: str
    earliest: date | None
    steps: tuple[str, ...]
    gates: tuple[AppliedGate, ...]


def accesses(rules: Iterable[Rule], situation: Situation, weighing: Weighing) -> dict[str, Access]:
    """What the gates of the rules that fired leave of each option."""
    gates: dict[str, list[AppliedGate]] = {}
    points: dict[tuple[str, str], float] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        for one in rule.then:
            if isinstance(one, Gate):
                day = situation.value(one.earliest) if one.earliest else None
                earliest = day if isinstance(day, date) else None
                gate = AppliedGate(rule, one.option, one.form, one.status, one.steps, earliest)
                gates.setdefault(one.option, []).append(gate)
            elif isinstance(one, FormChoice):
                key = (one.option, one.form)
                points[key] = exact(points.get(key, 0.0) + weighing.strengths[one.strength])
    return {id_: _access(option, gates.get(id_, []), points) for id_, option in weighing.options.items()}


def _access(option: Option, gates: list[AppliedGate], points: Mapping[tuple[str, str], float]) -> Access:
    closed = {gate.form for gate in gates if gate.form is not None and gate.status == "closed"}
    form = _best_form(option, closed, points)
    whole = [gate for gate in gates if gate.form is None or gate.form == form]
    status = max((gate.status for gate in whole), key=STATUSES.index, default="open")
    if form is None:
        status, form = "closed", option.default_form
    dates = [gate.earliest for gate in whole if gate.earliest is not None]
    steps = tuple(dict.fromkeys(step for gate in whole for step in gate.steps))
    return Access(status, form, max(dates, default=None), steps, tuple(gates))


def _best_form(option: Option, closed: set[str], points: Mapping[tuple[str, str], float]) -> str | None:
    """The form with the most points among those not closed; the default, then the declared order, among equals."""
    order = list(option.forms)
    return max(
        (form for form in order if form not in closed),
        key=lambda form: (points.get((option.id, form), 0.0), form == option.default_form, -order.index(form)),
        default=None,
    )
