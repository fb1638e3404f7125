"""Which unknown or doubtful facts could still change the recommendation."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from engine.decision.readiness import DecisiveDoubt, confidence
from engine.explain.possible import all_values, other_values
from engine.explain.reached import Reached, reached_of
from engine.explain.variation import Variations
from engine.rules import OPTIONS, Ruleset
from engine.vocabulary import Fact, Value


class MissingFact(NamedTuple):
    """An unknown fact and the options that some value of it would lead to; `decisive` is declared.

    `reached` tell for each of these options which values lead there.
    """

    fact: Fact
    could_lead_to: tuple[str, ...]
    decisive: bool
    reached: tuple[Reached, ...] = ()


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
        possible = all_values(fact, variations.graph, variations.situation)
        reached = _reached(variations, fact.name, (one.value for one in possible))
        options = _others(variations, reached)
        if options:
            told = reached_of([(one.told, reached[one.value]) for one in possible], options)
            found.append(MissingFact(fact, options, fact.name in decisive, told))
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
            variations.winner_with(fact.name, one.value) != now
            for one in all_values(fact, variations.graph, variations.situation)
        ):
            least += 1
        else:
            most -= 1
    return confidence(verdict, least, weighing)


def _stale(ruleset: Ruleset, variations: Variations, name: str) -> bool:
    """Whether the evidence for a known fact is older than the vocabulary calls fresh."""
    case = variations.situation.case
    return case.facts[name].stale(ruleset.vocabulary.facts[name].fresh_days, case.as_of)


def _leads(variations: Variations, fact: str, values: tuple[Value, ...]) -> tuple[str, ...]:
    """The other options that some of these values lead to."""
    return _others(variations, _reached(variations, fact, values))


def _reached(variations: Variations, fact: str, values: Iterable[Value]) -> dict[Value, str]:
    """The option that each value leads to."""
    return {value: variations.winner_with(fact, value) for value in values}


def _others(variations: Variations, reached: Mapping[Value, str]) -> tuple[str, ...]:
    other = {*reached.values()} - {variations.verdict.winner.option}
    return tuple(option for option in OPTIONS if option in other)
