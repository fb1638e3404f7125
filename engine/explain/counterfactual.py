"""Which single change, by somebody who can make it, would lead to another option.

Exact: every change is judged, none is estimated. It is the agenda of a negotiation, and a list of what to watch.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from engine.explain.changes import Change, changed, far, touched
from engine.explain.levers import all_changes
from engine.explain.variation import Outcome, Variations
from engine.rules import OPTIONS
from engine.vocabulary import Value


class SingleChange(NamedTuple):
    """If `change` were made, and all else were as it is, `leads_to` would be recommended.

    `values` are all that do so in as few steps; there are none where a record is taken away. `decisive` is declared in
    the ruleset, for facts.
    """

    change: Change
    values: tuple[Value, ...]
    leads_to: str
    decisive: bool


def outcomes(variations: Variations, changes: Iterable[Change]) -> list[tuple[Change, Outcome]]:
    """Each change, with what it leads to."""
    case, vocabulary = variations.situation.case, variations.graph.ruleset.vocabulary
    return [
        (change, variations.outcome_on(changed(case, (change,), vocabulary), touched(change, vocabulary)))
        for change in changes
    ]


def telling(variations: Variations, changes: Iterable[Change]) -> list[tuple[Change, str]]:
    """The changes that lead to another option, with it: none that goes further than it must, none to a closed one."""
    here = variations.verdict.winner.option
    found = [
        (change, outcome.option)
        for change, outcome in outcomes(variations, changes)
        if outcome.option != here and outcome.status != "closed"
    ]
    return [
        (change, option)
        for change, option in found
        if not any(
            other.site == change.site and other.side == change.side != 0 and far(other) < far(change) and same == option
            for other, same in found
        )
    ]


def single_changes(variations: Variations) -> tuple[SingleChange, ...]:
    """All single changes that lead to another option, the most telling first.

    Each option that can be reached comes up once before any comes up again; for one option, decisive facts come
    first, then what asks least. Of several values of one fact that lead to an option, those in the fewest steps are
    given together. `levers.all_changes` says what is tried.
    """
    graph = variations.graph
    decisive = frozenset(graph.ruleset.weighing.decisive_facts)
    together: dict[tuple[str, str, str, str], list[Change]] = {}
    for change, option in telling(variations, all_changes(graph, variations.situation)):
        together.setdefault((*change.site[:3], option), []).append(change)
    found = [_single(changes, key[-1], changes[0].path in decisive) for key, changes in together.items()]
    here = OPTIONS.index(variations.verdict.winner.option)
    found.sort(key=lambda one: (OPTIONS.index(one.leads_to), not one.decisive, one.change.effort, one.change.path))
    ranked = [
        (place, -abs(OPTIONS.index(option) - here), OPTIONS.index(option), change)
        for option, changes in groupby(found, key=lambda one: one.leads_to)
        for place, change in enumerate(changes)
    ]
    ranked.sort(key=lambda one: one[:3])
    return tuple(change for *_, change in ranked)


def _single(changes: list[Change], option: str, decisive: bool) -> SingleChange:
    """Changes of one thing as one: the values that take the fewest steps."""
    least = min(change.effort for change in changes)
    nearest = [change for change in changes if change.effort == least]
    values = [value for change in nearest for value in (change.value, *change.alike) if value is not None]
    return SingleChange(nearest[0], tuple(values), option, decisive)
