"""Which unknown or doubtful facts could still change the recommendation."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from engine.case import Entry
from engine.decision.readiness import DecisiveDoubt, confidence
from engine.explain.leads import LEAST_STEP, Lead, leads_of
from engine.explain.variation import RuleGraph, Variations
from engine.outcomes import Situation
from engine.rules import OPTIONS, Ruleset
from engine.vocabulary import Fact, Kind, Value, ValueType

_HORIZONS = (-365, -30, -1, 0, 1, 30, 90, 180, 365, 730)


class MissingFact(NamedTuple):
    """An unknown fact and the options that some value of it would lead to; `decisive` is declared.

    `leads` tell for each of these options which values lead there.
    """

    fact: Fact
    could_lead_to: tuple[str, ...]
    decisive: bool
    leads: tuple[Lead, ...] = ()


def missing_facts(
    ruleset: Ruleset, variations: Variations, among: Container[str] | None = None
) -> tuple[MissingFact, ...]:
    """Unknown facts of which some value changes the recommendation, the most important first; of all or of `among`.

    Decisive facts come first, then those that could lead further from the present answer. Each fact is tried
    by itself, with every value of a choice or flag, and with values on both sides of every limit that a rule sets
    for a number or date. Of a list of choices none, each and all are tried.
    """
    decisive = set(ruleset.weighing.decisive_facts)
    found = []
    for fact in _unknown(ruleset, variations):
        if among is not None and fact.name not in among:
            continue
        reached = _reached(variations, fact.name, candidates(fact, variations.graph, variations.situation))
        options = _others(variations, reached)
        if options:
            limits = variations.graph.limits.get(fact.name, ())
            leads = leads_of(fact, reached, limits, options)
            found.append(MissingFact(fact, options, fact.name in decisive, leads))
    here = OPTIONS.index(variations.verdict.winner.option)

    def importance(one: MissingFact) -> tuple[bool, int, str]:
        furthest = max(abs(OPTIONS.index(option) - here) for option in one.could_lead_to)
        return not one.decisive, -furthest, one.fact.name

    return tuple(sorted(found, key=importance))


def _unknown(ruleset: Ruleset, variations: Variations) -> Iterator[Fact]:
    """The unknown facts that some rule could notice."""
    for fact in ruleset.vocabulary.facts.values():
        if variations.situation.case.value(fact.name) is None and variations.reads(fact.name):
            yield fact


def decisive_doubts(
    ruleset: Ruleset, variations: Variations, missing: tuple[MissingFact, ...]
) -> tuple[DecisiveDoubt, ...]:
    """Decisive facts that are missing, stale or doubtful and of which another plausible value changes the answer.

    Of a fact that is stale, or disputed without any other value being named, every value is plausible; of another
    doubtful one, those that the facts file names.
    """
    unknown = {one.fact.name: one.could_lead_to for one in missing}
    doubts = []
    for name in ruleset.weighing.decisive_facts:
        if name not in variations.situation.case.facts:
            if name in unknown:
                doubts.append(DecisiveDoubt(name, unknown[name], missing=True))
        else:
            leads = _leads(variations, name, other_values(name, variations.graph, variations.situation))
            if leads:
                doubts.append(DecisiveDoubt(name, leads, missing=False))
    return tuple(doubts)


def other_values(name: str, graph: RuleGraph, situation: Situation) -> tuple[Value, ...]:
    """What else a fact may be: any value where it is unknown or stale, plausible ones where it is doubtful, or none."""
    fact, entry = graph.ruleset.vocabulary.facts[name], situation.case.facts.get(name)
    if entry is None:
        return candidates(fact, graph, situation) if graph.reads(name) else ()
    if entry.stale(fact.fresh_days, situation.case.as_of):
        return candidates(fact, graph, situation)
    if not entry.doubtful:
        return ()
    values = plausible_values(fact, entry, graph, situation)
    return candidates(fact, graph, situation) if entry.disputed and not values else values


def open_doubts(ruleset: Ruleset, variations: Variations, missing: tuple[MissingFact, ...]) -> int:
    """How many facts leave the answer open: decisive ones that are unknown, stale or doubtful, and `missing`."""
    facts = variations.situation.case.facts
    doubtful = {
        name
        for name in ruleset.weighing.decisive_facts
        if (entry := facts.get(name)) is None or entry.doubtful or _stale(ruleset, variations, name)
    }
    return len(doubtful | {one.fact.name for one in missing})


def confidence_alone(ruleset: Ruleset, variations: Variations) -> str:
    """The confidence that all of `missing_facts` would give, found by trying no more of them than it takes to tell."""
    weighing, verdict = ruleset.weighing, variations.verdict
    # Unknown decisive facts are open whatever their values lead to.
    others = [fact for fact in _unknown(ruleset, variations) if fact.name not in weighing.decisive_facts]
    least = open_doubts(ruleset, variations, ())
    most = least + len(others)
    for fact in others:
        if confidence(verdict, least, weighing) == confidence(verdict, most, weighing):
            break
        now = verdict.winner.option
        if any(
            variations.winner_with(fact.name, value) != now
            for value in candidates(fact, variations.graph, variations.situation)
        ):
            least += 1
        else:
            most -= 1
    return confidence(verdict, least, weighing)


def _stale(ruleset: Ruleset, variations: Variations, name: str) -> bool:
    """Whether the evidence for a known fact is older than the vocabulary calls fresh."""
    case = variations.situation.case
    return case.facts[name].stale(ruleset.vocabulary.facts[name].fresh_days, case.as_of)


def plausible_values(fact: Fact, entry: Entry, graph: RuleGraph, situation: Situation) -> tuple[Value, ...]:
    """The other values that a doubtful entry names: its plausible ones, or those of its range.

    A range stands for its ends and for the values on both sides of every limit within it that a rule sets.
    """
    if fact.type.kind is Kind.FLAG:
        return (not entry.value,) if entry.plausible or entry.disputed else ()
    if fact.type.kind is Kind.CHOICES:
        return tuple((value,) for value in entry.plausible)
    named: list[Value] = [*entry.plausible, *(end for end in (entry.low, entry.high) if end is not None)]
    if entry.low is not None or entry.high is not None:
        low, high = (entry.value if end is None else end for end in (entry.low, entry.high))
        found = candidates(fact, graph, situation)
        # Values of one fact are of one sort, so that they can be compared.
        named += [value for value in found if low <= value <= high]  # type: ignore[operator]
    return tuple(value for value in dict.fromkeys(named) if value != entry.value)


def _leads(variations: Variations, fact: str, values: tuple[Value, ...]) -> tuple[str, ...]:
    """The other options that some of these values lead to."""
    return _others(variations, _reached(variations, fact, values))


def _reached(variations: Variations, fact: str, values: tuple[Value, ...]) -> dict[Value, str]:
    """The option that each value leads to."""
    return {value: variations.winner_with(fact, value) for value in values}


def _others(variations: Variations, reached: Mapping[Value, str]) -> tuple[str, ...]:
    other = {*reached.values()} - {variations.verdict.winner.option}
    return tuple(option for option in OPTIONS if option in other)


def candidates(fact: Fact, graph: RuleGraph, situation: Situation) -> tuple[Value, ...]:
    """Values of which every comparison of the fact by a rule has its answer with one."""
    kind, limits = fact.type.kind, graph.limits.get(fact.name, set())
    if kind is Kind.CHOICE:
        return fact.type.values
    if kind is Kind.FLAG:
        return (True, False)
    if kind is Kind.CHOICES:
        return ((), *((value,) for value in fact.type.values), fact.type.values)
    if kind is Kind.DATE:
        return _days(fact, graph, situation)
    if not kind.is_number:
        named = sorted(str(limit) for limit in limits)
        # Longer than any that is named, and so another.
        return (*named, max(named, key=len, default="") + "x")
    low, high = fact.type.minimum, fact.type.maximum
    found = {*beside(limits, fact.type), *(end for end in (low, high) if end is not None)}
    return tuple(value for value in sorted(found) if (low is None or value >= low) and (high is None or value <= high))


def beside(limits: Iterable[Value], type_: ValueType) -> set[float]:
    """Numbers on and on both sides of each limit."""
    step = 1 if type_.kind is Kind.COUNT else LEAST_STEP
    found: set[float] = set()
    for limit in limits:
        assert isinstance(limit, (int, float))
        found.update((limit - step, limit, limit + step))
    return found


def _days(fact: Fact, graph: RuleGraph, situation: Situation) -> tuple[date, ...]:
    """The days on and beside each limit of a date, and some around the date of the case, which measures may look at."""
    limits = [limit for limit in graph.limits.get(fact.name, ()) if isinstance(limit, date)]
    for other, days in graph.spans.get(fact.name, ()):
        start = situation.value(other)
        if isinstance(start, date):
            limits.append(moved(start, days))
    near = {moved(situation.case.as_of, days) for days in _HORIZONS}
    return tuple(sorted(near | {moved(limit, step) for limit in limits for step in (-1, 0, 1)}))


def moved(day: date, days: float) -> date:
    """So many days later, within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + int(days), 1), date.max.toordinal()))
