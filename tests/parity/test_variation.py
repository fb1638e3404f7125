"""Judging again with one fact changed comes to what judging everything anew comes to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from engine.assessment import Advisor
from engine.case import Case, Entry, Record
from engine.decision.verdict import Verdict, decide
from engine.evaluate import settle
from engine.explain.variation import Outcome, RuleGraph, Variations
from engine.facts_file import load_case
from engine.measures import observe
from engine.outcomes import Situation
from engine.parse.ruleset import load_ruleset
from engine.rules import Argument, Finding, Ruleset
from engine.vocabulary import Fact, Kind, Value
from tests.parity.chance import any_rules, any_situation, any_value, pool
from tests.parity.world import AS_OF, FACTS, LISTS, condition, in_layers, rule, ruleset, situation, weighing

TOP = Path(__file__).parents[2]
WORLDS = 100 * max(1, int(os.environ.get("ADVISOR_PARITY_CASES", "0")) // 2_000)
SEED = int(os.environ.get("ADVISOR_PARITY_SEED", "0"))
TENTHS = weighing(
    (0, 0.1, 0.2, 0.3, 0.3, 0.7), strengths={"slight": 0.1, "moderate": 0.2, "strong": 0.3, "decisive": 0.7}
)
"""Points that no binary number holds exactly: a sum must not depend on the order of its parts."""


def anew(rules: Ruleset, before: Situation, fact: str, value: Value | None) -> Verdict:
    """The verdict on the changed case, with nothing known of the unchanged one."""
    case = before.case.with_value(fact, value)
    start = Situation(case, observe(rules.measures, case))
    trace = settle((one for one in rules.rules if not one.plans), start)
    return decide((firing.rule for firing in trace.firings), trace.situation, rules.weighing)


def judged(rules: Ruleset, start: Situation) -> Variations:
    """The variations of a case that was judged directly."""
    trace = settle((one for one in rules.rules if not one.plans), start)
    fired = [firing.rule for firing in trace.firings]
    return Variations(RuleGraph(rules), trace, decide(fired, trace.situation, rules.weighing))


def hold_on(rules: Ruleset, variations: Variations, case: Case, changed: tuple[str, ...], message: str) -> bool:
    """The same for a case in which some facts and lists are others."""
    start = Situation(case, observe(rules.measures, case))
    trace = settle((one for one in rules.rules if not one.plans), start)
    expected = decide((firing.rule for firing in trace.firings), trace.situation, rules.weighing)
    assert variations.on(case, changed) == expected, message
    outcome = Outcome(expected.winner.option, expected.winner.status)
    assert variations.outcome_on(case, changed) == outcome, message
    if not any(variations.reads(name) for name in changed):
        assert outcome.option == variations.verdict.winner.option, message
    return expected != variations.verdict


def other_records(case: Case, chance: Random) -> tuple[Case, str] | None:
    """The case with a record of a list taken away, or with another value, or none, in one field of it."""
    name = chance.choice(sorted(LISTS))
    records = list(case.records(name) or ())
    if not records:
        return None
    place = chance.randrange(len(records))
    record = records.pop(place)
    field = chance.choice(sorted(set(LISTS[name].fields) - {LISTS[name].key}))
    if chance.random() < 0.7:
        value = any_value(chance, LISTS[name].fields[field].type)
        kept = {one: entry for one, entry in record.entries.items() if one != field}
        entries = kept if value is None else {**kept, field: Entry(value)}
        records.insert(place, Record(record.id, entries))
    return Case(case.facts, {**case.lists, name: tuple(records)}), name


def hold(rules: Ruleset, variations: Variations, fact: str, value: Value | None, message: str) -> bool:
    """Whether the verdict changes; asserts that it changes to what judging anew gives."""
    expected = anew(rules, variations.situation, fact, value)
    assert variations.with_value(fact, value) == expected, message
    assert variations.winner_with(fact, value) == expected.winner.option, message
    if not variations.reads(fact):
        assert expected.winner.option == variations.verdict.winner.option, message
    return expected != variations.verdict


@pytest.mark.parametrize("points", ["whole", "tenths"])
def test_on_random_rulesets(points: str) -> None:
    changed = 0
    weighs = weighing() if points == "whole" else TENTHS
    for number in range(WORLDS):
        chance = Random(f"{SEED}/{points}/{number}")
        function = chance.choice(("strongest-per-ground", "sum-of-all"))
        rules = ruleset(any_rules(chance), weighs._replace(function=function))
        for _ in range(2):
            variations = judged(rules, any_situation(chance))
            for fact in chance.sample(sorted(FACTS), 6):
                values = [None, *chance.sample(pool(FACTS[fact].type), 2)]
                for value in values[fact == "alliance.as_of" :]:
                    name = f"Random('{SEED}/{points}/{number}'), `{fact}` is {value!r}"
                    changed += hold(rules, variations, fact, value, name)
    assert changed > WORLDS


@pytest.mark.parametrize("points", ["whole", "tenths"])
def test_on_records_of_random_rulesets(points: str) -> None:
    differed = 0
    weighs = weighing() if points == "whole" else TENTHS
    for number in range(WORLDS):
        chance = Random(f"{SEED}/records/{points}/{number}")
        rules = ruleset(any_rules(chance), weighs)
        variations = judged(rules, any_situation(chance))
        for _ in range(6):
            other = other_records(variations.situation.case, chance)
            if other is None:
                continue
            case, name = other
            message = f"Random('{SEED}/records/{points}/{number}'), `{name}`"
            differed += hold_on(rules, variations, case, (name,), message)
            fact = chance.choice(sorted(FACTS))
            value = any_value(chance, FACTS[fact].type)
            if fact != "alliance.as_of":
                both = case.with_value(fact, value)
                differed += hold_on(rules, variations, both, (name, fact), f"{message}, `{fact}` is {value!r}")
    assert differed > WORLDS // 2


def test_on_rules_that_hold_each_other_up() -> None:
    """Once both have fired, neither may keep the other alive when what began it is gone."""
    rules = ruleset(
        in_layers(
            rule("first", condition({"any": ["finding split", "deal.exclusive is true"]}), Finding("drift", 1)),
            rule("second", condition("finding drift"), Finding("split", 1)),
            rule("leave", condition("finding split"), Argument("exit", "for", "decisive")),
        )
    )
    variations = judged(rules, situation({"deal.exclusive": True}))
    assert variations.verdict.winner.option == "exit"
    for value in (False, None):
        assert hold(rules, variations, "deal.exclusive", value, "")
        assert variations.winner_with("deal.exclusive", value) == "continue"


def test_on_rules_that_are_in_force_for_a_time() -> None:
    for_a_time = rule("leave", "always", Argument("exit", "for", "decisive"), in_force_until=AS_OF)
    rules = ruleset(in_layers(for_a_time))
    variations = judged(rules, situation())
    assert variations.reads("alliance.as_of")
    assert not hold(rules, variations, "alliance.as_of", AS_OF - timedelta(days=1), "")
    assert hold(rules, variations, "alliance.as_of", AS_OF + timedelta(days=1), "")


def test_on_a_long_chain_of_rules() -> None:
    last = 1_500
    chain = [rule("r0", "deal.exclusive is true", Finding("f0", 1))]
    chain += [
        rule(f"r{number}", condition(f"finding f{number - 1}"), Finding(f"f{number}", 1)) for number in range(1, last)
    ]
    leave = rule("leave", condition(f"finding f{last - 1}"), Argument("exit", "for", "decisive"))
    rules = ruleset(in_layers(leave, *reversed(chain)))
    assert hold(rules, judged(rules, situation()), "deal.exclusive", True, "")


def values_for(fact: Fact, as_of: Value, chance: Random) -> list[Value | None]:
    """Unknown, and a few values of the fact's type."""
    kind = fact.type
    if kind.kind is Kind.CHOICE:
        return [None, *chance.sample(kind.values, min(3, len(kind.values)))]
    if kind.kind is Kind.CHOICES:
        return [None, (), tuple(sorted(chance.sample(kind.values, min(2, len(kind.values)))))]
    if kind.kind is Kind.DATE:
        return [None, *(day for day in pool(kind) if day != as_of)][:4]
    low, high = kind.minimum or 0, kind.maximum if kind.maximum is not None else 100
    return [None, low, high, (low + high) // 2] if kind.kind.is_number else [None, *pool(kind)[:2]]


@pytest.fixture(scope="module")
def advisor() -> Iterator[Advisor]:
    with Advisor(load_ruleset(TOP / "rulesets" / "alliance")) as advisor:
        yield advisor


SAMPLES = sorted(path.parent for path in TOP.glob("facts/*/*/facts.yaml"))


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_on_the_samples(advisor: Advisor, folder: Path) -> None:
    """Ten facts of each sample, others for each: what the file gives as well as what it leaves out."""
    chance = Random(folder.name)
    alliance = advisor.ruleset
    case = load_case(str(folder / "facts.yaml"), alliance.vocabulary)
    variations = advisor.assess(case).variations
    read = [fact for name, fact in sorted(alliance.vocabulary.facts.items()) if variations.reads(name)]
    given = [fact for fact in read if fact.name in case.facts]
    left_out = [fact for fact in read if fact.name not in case.facts]
    for fact in chance.sample(given, 6) + chance.sample(left_out, min(4, len(left_out))):
        for value in values_for(fact, case.as_of, chance):
            if value is not None or not fact.required:
                hold(alliance, variations, fact.name, value, f"{fact.name} is {value!r}")
