"""Whether a change makes something worse, so that nobody would ask for it at the table."""

from __future__ import annotations

from engine.decision.verdict import CHANGE, STATUS_QUO
from engine.explain.changes import Change, changed, touched
from engine.explain.variation import Variations


def worsens(change: Change, variations: Variations) -> bool:
    """Whether a change is for the worse; `variations` are of the case in which it would be made.

    It is where the vocabulary says so, by the order of a choice, by `best_first` or by `better`. Where the vocabulary
    says nothing, what the change does by itself to going on unchanged tells: it is for the worse if it takes points
    from it, or if a change is called for that was not before.
    """
    declared = _declared(change)
    if declared:
        return declared < 0
    vocabulary = variations.graph.ruleset.vocabulary
    case = changed(variations.situation.case, (change,), vocabulary)
    before = variations.verdict.standing(STATUS_QUO)
    after = variations.on(case, touched(change, vocabulary)).standing(STATUS_QUO)
    return after.score < before.score or after.set_aside == CHANGE != before.set_aside


def _declared(change: Change) -> int:
    """What the vocabulary says of it: 1 for better, -1 for worse, 0 for nothing."""
    fact = change.fact
    if fact is None:
        return 0
    if fact.type.ordered:
        return -change.side  # the values of an ordered choice stand from best to worst
    order = fact.best_first
    if change.now in order and change.value in order:
        return 1 if order.index(str(change.value)) < order.index(str(change.now)) else -1
    if fact.better in ("high", "low"):
        return change.side if fact.better == "high" else -change.side
    if fact.better:
        return 1 if change.value is (fact.better == "true") else -1
    return 0
