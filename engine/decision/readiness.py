"""Whether to decide now, to hold until named facts are in, or to suspend and call counsel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.case import Case
from engine.decision.verdict import CHANGE, STATUS_QUO, Verdict
from engine.rules import READINESS, ReadinessCall, Rule, Weighing

HIGH = "high"
"""The highest level of confidence."""


class DecisiveDoubt(NamedTuple):
    """A decisive fact that is missing, disputed or doubtful, and the options its other values lead to."""

    fact: str
    leads_to: tuple[str, ...]
    missing: bool


class Readiness(NamedTuple):
    """The state, the rules that call for it, the doubts behind it, and the facts to obtain."""

    state: str
    rules: tuple[Rule, ...]
    doubts: tuple[DecisiveDoubt, ...]
    too_little_known: bool
    obtain: tuple[str, ...]


def readiness(planned: Iterable[Rule], doubts: tuple[DecisiveDoubt, ...], case: Case, weighing: Weighing) -> Readiness:
    """The readiness that the rules fired after the weighing, and the doubts in decisive facts, call for."""
    calls = [(rule, one) for rule in planned for one in rule.then if isinstance(one, ReadinessCall)]
    # What names the alliance tells nothing about it.
    known = sum(not name.startswith("alliance.") for name in case.facts) + len(case.lists)
    too_little = known < weighing.known_at_least
    states = [one.state for _, one in calls] + ["hold"] * bool(doubts or too_little)
    state = max(states, key=READINESS.index, default="decide")
    obtain = dict.fromkeys(fact for _, one in calls for fact in one.obtain)
    obtain.update(dict.fromkeys(doubt.fact for doubt in doubts))
    if too_little:
        obtain.update(dict.fromkeys(fact for fact in weighing.decisive_facts if case.value(fact) is None))
    rules = tuple(rule for rule, one in calls if one.state == state)
    return Readiness(state, rules, doubts, too_little, tuple(obtain))


def confidence(verdict: Verdict, open_doubts: int, weighing: Weighing) -> str:
    """The first declared level that the lead and the number of open doubts reach; low where no option is open.

    It is not high where a finding alone keeps going on unchanged from being the answer: one finding less would bring it
    back, and no lead in points says how firm that finding is.
    """
    if verdict.winner.status == "closed":
        return "low"
    by_a_finding_alone = _set_aside_by_a_finding_alone(verdict, weighing)
    for row in weighing.confidence:
        if row.level == HIGH and by_a_finding_alone:
            continue
        # Without a lead there is no other option to win.
        if verdict.lead is not None and verdict.lead < row.lead:
            continue
        if row.open_doubts is None or open_doubts <= row.open_doubts:
            return row.level
    return "low"


def _set_aside_by_a_finding_alone(verdict: Verdict, weighing: Weighing) -> bool:
    """Whether going on unchanged would stand by its score, and is set aside because a change is called for."""
    declared, standing = weighing.status_quo, verdict.standing(STATUS_QUO)
    return declared is not None and standing.set_aside == CHANGE and standing.score >= declared.least_score
