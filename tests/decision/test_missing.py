"""Which unknown facts could change the recommendation: those of which some value does, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from engine.assessment import Advisor
from engine.case import Case, Entry
from engine.decision.verdict import decide
from engine.evaluate import settle
from engine.explain.because import either
from engine.explain.missing import decisive_doubts, missing_facts, open_doubts
from engine.explain.reached import Other, Range, value_in_words
from engine.explain.variation import RuleGraph, Variations
from engine.measures import observe
from engine.outcomes import Situation
from engine.report import missing_view
from engine.rules import OPTIONS, Argument, Diagnosis, Finding, Rule, Ruleset
from engine.vocabulary import Value
from tests.parity.chance import any_rules, any_situation
from tests.parity.world import AS_OF, condition, in_layers, rule, ruleset, situation


def leaving(*lines: Any) -> Ruleset:
    """A ruleset that goes on unless the conditions hold: then it leaves."""
    return ruleset(in_layers(rule("leave", condition(*lines), Argument("exit", "for", "decisive"))))


def varied(rules: Ruleset, facts: Situation) -> Variations:
    trace = settle(rules.rules, facts)
    fired = [firing.rule for firing in trace.firings]
    return Variations(RuleGraph(rules), trace, decide(fired, trace.situation, rules.weighing))


def missing(rules: Ruleset, facts: Situation) -> dict[str, tuple[str, ...]]:
    return {one.fact.name: one.could_lead_to for one in missing_facts(rules, varied(rules, facts))}


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("deal.exclusive is true", "deal.exclusive"),
        ("deal.exclusive is not true", "deal.exclusive"),
        ("deal.stage is signed", "deal.stage"),
        ("deal.health worse than weak", "deal.health"),
        ("deal.health is not one of sound, fair, weak", "deal.health"),
        ("deal.regions includes asia", "deal.regions"),
        ("deal.regions does not include asia", "deal.regions"),
        ("deal.trust at most 1", "deal.trust"),
        ("deal.trust more than 4.5", "deal.trust"),
        ("deal.trust between 2.1 and 2.2", "deal.trust"),
        ("deal.trust is 3", "deal.trust"),
        ("deal.trust is not one of 1, 5", "deal.trust"),
        ("deal.stake less than 1%", "deal.stake"),
        ("deal.stake is 50%", "deal.stake"),
        ("deal.people more than 1000", "deal.people"),
        ("deal.people is 0", "deal.people"),
        ("deal.people is 77", "deal.people"),
        ("deal.value less than -5000", "deal.value"),
        ("deal.value is one of 7, 8", "deal.value"),
        ("deal.value is not 0", "deal.value"),
        ("deal.ends before 2025-01-01", "deal.ends"),
        ("deal.ends is 2030-02-03", "deal.ends"),
        ("deal.ends within 3 days of 2040-01-01", "deal.ends"),
        ("deal.ends after 9999-12-30", "deal.ends"),
        ("deal.ends before 0001-01-02", "deal.ends"),
        ("deal.ends within 45 days after alliance.as_of", "deal.ends"),
        ("deal.ends within 4 days after deal.started", "deal.ends"),
        ("deal.started within 4 days before alliance.as_of", "deal.started"),
        ("deal.started after alliance.as_of", "deal.started"),
        ("deal.name is North", "deal.name"),
        ("deal.name is not North", "deal.name"),
        ("deal.reported is one of 2025-Q1, 2025-Q2", "deal.reported"),
        ("deal.lead is not T1", "deal.lead"),
        ("days_left more than 100", "deal.ends"),
    ],
)
def test_a_fact_is_listed_where_some_value_of_it_leads_elsewhere(line: str, fact: str) -> None:
    known = {"deal.started": date(2019, 4, 1)} if fact == "deal.ends" else {"deal.ends": date(2019, 4, 1)}
    assert missing(leaving(line), situation(known)) == {fact: ("exit",)}


@pytest.mark.parametrize(
    "lines",
    [
        ["deal.trust at least 3", "deal.people is 0"],  # two unknown facts: neither alone leads elsewhere
        ["deal.trust at least 3", "deal.exclusive is false"],  # the other condition is known to fail
        ["deal.exclusive is true"],  # known
        ["deal.trust more than 5"],  # no score is above 5
        ["deal.people less than 0"],  # nor a number of people below 0
    ],
)
def test_a_fact_is_not_listed_where_none_does(lines: list[str]) -> None:
    assert missing(leaving(*lines), situation({"deal.exclusive": True})) == {}


def test_a_fact_is_listed_where_not_knowing_it_made_the_answer() -> None:
    assert missing(leaving("deal.exclusive is unknown"), situation()) == {"deal.exclusive": ("continue",)}


def test_a_fact_that_no_rule_reads_is_not_listed() -> None:
    rules = ruleset(in_layers(rule("other", "deal.trust at most 1", Diagnosis("shown"))))
    assert missing(rules, situation()) == {}


def test_a_fact_is_followed_through_findings_and_measures() -> None:
    rules = ruleset(
        in_layers(
            rule("found", "days_left at most 0", Finding("over", 1)),
            rule("leave", condition("finding over"), Argument("exit", "for", "decisive")),
        )
    )
    assert missing(rules, situation()) == {"deal.ends": ("exit",)}


def test_all_options_that_its_values_lead_to_are_named_in_their_order() -> None:
    rules = ruleset(
        in_layers(
            *(
                rule(f"r{state}", f"deal.health is {state}", Argument(option, "for", "decisive"))
                for state, option in (("failing", "exit"), ("weak", "renegotiate"), ("fair", "continue"))
            )
        )
    )
    assert missing(rules, situation()) == {"deal.health": ("renegotiate", "exit")}


def test_the_most_important_come_first() -> None:
    lines: dict[str, tuple[Any, str]] = {
        "a": ("deal.people is 3", "renegotiate"),
        "b": ("deal.stake at least 50%", "exit"),
        "c": ("deal.exclusive is true", "exit"),
        "d": ("deal.trust at most 2", "renegotiate"),
    }
    rules: list[Rule] = [rule(id_, line, Argument(option, "for", "decisive")) for id_, (line, option) in lines.items()]
    found = missing_facts(ruleset(in_layers(*rules)), varied(ruleset(in_layers(*rules)), situation()))
    # Trust is declared decisive; then what leads furthest away; then by name.
    assert [one.fact.name for one in found] == ["deal.trust", "deal.exclusive", "deal.stake", "deal.people"]
    assert [one.decisive for one in found] == [True, False, False, False]


def test_every_value_of_a_choice_agrees_with_judging_the_changed_case() -> None:
    rules = leaving({"any": ["deal.health is weak", {"all": ["deal.health is failing", "deal.trust at least 3"]}]})
    variations = varied(rules, situation({"deal.trust": 2}))
    reached = {value: variations.winner_with("deal.health", value) for value in ("sound", "fair", "weak", "failing")}
    assert reached == {"sound": "continue", "fair": "continue", "weak": "exit", "failing": "continue"}


# -- doubts in decisive facts


def doubts(line: str, **entry: Any) -> list[tuple[str, tuple[str, ...], bool]]:
    """The doubts where trust is held as given; it is decisive, and so is health, which nothing reads."""
    rules = leaving(line)
    name = line.partition(" ")[0]
    facts = situation()
    held = {**facts.case.facts, name: Entry(**entry)} if entry else facts.case.facts
    variations = varied(rules, facts._replace(case=Case(held, {})))
    found = missing_facts(rules, variations)
    return [(one.fact, one.leads_to, one.missing) for one in decisive_doubts(rules, variations, found)]


def test_a_doubtful_decisive_fact_is_tried_at_its_other_values() -> None:
    line = "deal.trust at most 2"
    assert doubts(line) == [("deal.trust", ("exit",), True)]
    assert doubts(line, value=3) == []
    assert doubts(line, value=3, low=2, high=4) == []  # a range alone is no doubt
    assert doubts(line, value=3, low=2, high=4, confidence="low") == [("deal.trust", ("exit",), False)]
    assert doubts(line, value=3, low=2, high=4, disputed=True) == [("deal.trust", ("exit",), False)]
    assert doubts(line, value=3, low=2.5, high=4, confidence="low") == []
    assert doubts(line, value=3, confidence="medium", low=1) == []
    assert doubts(line, value=1, low=1, high=4, confidence="low") == [("deal.trust", ("continue",), False)]


def test_a_doubtful_choice_is_tried_at_its_plausible_values() -> None:
    line = "deal.health is failing"
    assert doubts(line, value="weak", plausible=("failing",), confidence="low") == [("deal.health", ("exit",), False)]
    assert doubts(line, value="weak", plausible=("fair",), confidence="low") == []
    assert doubts(line, value="weak", plausible=("failing",)) == []


def test_open_doubts_are_counted_once() -> None:
    rules = leaving("deal.trust at most 2", "deal.people is 0")
    known: dict[str, Value | None] = {"deal.trust": 1}
    variations = varied(rules, situation(known))
    found = missing_facts(rules, variations)
    assert [one.fact.name for one in found] == ["deal.people"]
    # Health is decisive and unknown, and the number of people could change the answer.
    assert open_doubts(rules, variations, found) == 2
    variations = varied(rules, situation({"deal.people": 0}))
    found = missing_facts(rules, variations)
    # Trust is both decisive and missing.
    assert [one.fact.name for one in found] == ["deal.trust"]
    assert open_doubts(rules, variations, found) == 2


@pytest.mark.parametrize("as_of", [date.min, date.min + timedelta(days=30), date.max - timedelta(days=30), date.max])
def test_at_the_ends_of_the_calendar(as_of: date) -> None:
    rules = leaving("deal.ends within 60 days of alliance.as_of")
    assert missing(rules, situation({}, {}, as_of)) == {"deal.ends": ("exit",)}


def test_of_a_whole_assessment() -> None:
    rules = leaving("deal.trust at most 2")
    facts = {"alliance.name": "N", "alliance.us": "We", "alliance.partner": "They", "deal.people": 1, "deal.value": 1}
    with Advisor(rules) as advisor:
        unsure = advisor.assess(situation({**facts, "deal.health": "sound"}, {}, AS_OF).case)
        sure = advisor.assess(situation({**facts, "deal.health": "sound", "deal.trust": 5}, {}, AS_OF).case)
    assert [one.fact.name for one in unsure.missing] == ["deal.trust"]
    assert (unsure.readiness.state, unsure.readiness.obtain) == ("hold", ("deal.trust",))
    assert sure.missing == ()
    assert sure.readiness.state == "decide"


def test_stale_evidence_for_a_decisive_fact_holds_the_decision_where_another_value_would_change_it() -> None:
    rules = leaving("deal.health worse than weak")
    fact = rules.vocabulary.facts["deal.health"]._replace(fresh_days=90)
    vocabulary = rules.vocabulary._replace(facts={**rules.vocabulary.facts, fact.name: fact})
    weighing = rules.weighing._replace(decisive_facts=(fact.name,))
    rules = replace(rules, vocabulary=vocabulary, weighing=weighing)
    for days, expected in ((90, ()), (91, ("exit",))):
        entry = Entry("sound", dated=AS_OF - timedelta(days=days))
        known = situation()
        case = Case({**known.case.facts, fact.name: entry}, known.case.lists)
        variations = varied(rules, known._replace(case=case))
        doubts = decisive_doubts(rules, variations, missing_facts(rules, variations))
        assert tuple(option for doubt in doubts for option in doubt.leads_to) == expected
        assert open_doubts(rules, variations, ()) == len(expected)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry("sound", disputed=True), ("exit",)),
        (Entry("sound", disputed=True, plausible=("fair",)), ()),
        (Entry("sound", confidence="low"), ()),
        (Entry("sound", plausible=("poor",)), ()),
    ],
)
def test_a_disputed_fact_without_another_value_named_might_have_any(entry: Entry, expected: tuple[str, ...]) -> None:
    assert doubts_of("deal.health worse than weak", "deal.health", entry) == expected


def test_a_range_is_tried_within_and_not_only_at_its_ends() -> None:
    entry = Entry(2, low=1, high=4, confidence="low")
    assert doubts_of("deal.trust between 2.5 and 3.5", "deal.trust", entry) == ("exit",)


def doubts_of(line: str, name: str, entry: Entry) -> tuple[str, ...]:
    """The options that a decisive fact, so known, could lead to."""
    rules = leaving(line)
    rules = replace(rules, weighing=rules.weighing._replace(decisive_facts=(name,)))
    known = situation()
    variations = varied(rules, known._replace(case=Case({**known.case.facts, name: entry}, known.case.lists)))
    found = decisive_doubts(rules, variations, missing_facts(rules, variations))
    return tuple(option for doubt in found for option in doubt.leads_to)


@pytest.mark.parametrize(
    ("line", "fact", "told"),
    [
        ("deal.exclusive is true", "deal.exclusive", "yes"),
        ("deal.stage is one of signed, running", "deal.stage", "signed or running"),
        ("deal.health worse than fair", "deal.health", "weak or failing"),
        ("deal.regions includes asia", "deal.regions", "asia or all of them"),
        ("deal.regions does not include asia", "deal.regions", "none of them, africa or europe"),
        ("deal.trust at most 2.5", "deal.trust", "up to 2.5"),
        ("deal.trust less than 2.5", "deal.trust", "below 2.5"),
        ("deal.trust at least 2.5", "deal.trust", "2.5 or more"),
        ("deal.trust more than 2.5", "deal.trust", "above 2.5"),
        ("deal.trust between 2.5 and 3.5", "deal.trust", "2.5 to 3.5"),
        ([{"all": ["deal.trust more than 2.5", "deal.trust less than 3.5"]}], "deal.trust", "between 2.5 and 3.5"),
        ([{"all": ["deal.trust at least 2.5", "deal.trust less than 3.5"]}], "deal.trust", "2.5 to below 3.5"),
        ([{"all": ["deal.trust more than 2.5", "deal.trust at most 3.5"]}], "deal.trust", "above 2.5, up to 3.5"),
        ("deal.trust is 3", "deal.trust", "3"),
        ("deal.trust is not 3", "deal.trust", "below 3 or above 3"),
        ("deal.trust is known", "deal.trust", "any value"),
        ("deal.stake more than 40%", "deal.stake", "above 40%"),
        ("deal.people more than 12", "deal.people", "13 or more"),
        ("deal.people less than 12", "deal.people", "up to 11"),
        ("deal.value less than 0", "deal.value", "below 0"),
        ("deal.value at least 5000", "deal.value", "5,000 or more"),
        ("deal.name is Alpha", "deal.name", "Alpha"),
        ("deal.name is not Alpha", "deal.name", "anything else"),
        ("deal.name is known", "deal.name", "any value"),
        ("deal.ends is 2025-12-31", "deal.ends", "31 December 2025"),
        ("deal.ends is not 2025-12-31", "deal.ends", "until 30 December 2025 or 1 January 2026 or later"),
        ("deal.ends after 2030-01-01", "deal.ends", "2 January 2030 or later"),
        ("deal.ends before 2020-01-01", "deal.ends", "until 31 December 2019"),
        ("deal.ends is known", "deal.ends", "any value"),
        ("days_left at least 400", "deal.ends", "4 August 2026 or later"),
        ("days_left between 400 and 500", "deal.ends", "4 August 2026 to 12 November 2026"),
    ],
)
def test_which_values_lead_where(line: Any, fact: str, told: str) -> None:
    rules = leaving(*line) if isinstance(line, list) else leaving(line)
    (one,) = [one for one in missing_facts(rules, varied(rules, situation())) if one.fact.name == fact]
    (lead,) = one.reached
    assert lead.option == "exit"
    assert either([value_in_words(value, one.fact) for value in lead.values]) == told


def test_each_option_has_its_own_values() -> None:
    rules = ruleset(
        in_layers(
            rule("leave", condition("deal.health is failing"), Argument("exit", "for", "decisive")),
            rule("talk", condition("deal.health is weak"), Argument("renegotiate", "for", "decisive")),
        )
    )
    (one,) = missing_facts(rules, varied(rules, situation()))
    assert one.could_lead_to == ("renegotiate", "exit")
    assert [(lead.option, lead.values) for lead in one.reached] == [("renegotiate", ("weak",)), ("exit", ("failing",))]


@pytest.mark.parametrize(
    ("line", "fact", "values"),
    [
        ("deal.trust at least 2.5", "deal.trust", [{"from": 2.5, "to": 5}]),
        ("deal.trust less than 2.5", "deal.trust", [{"from": 1, "below": 2.5}]),
        ("deal.value more than 7", "deal.value", [{"above": 7}]),
        ("deal.people more than 12", "deal.people", [{"from": 13}]),
        ("deal.exclusive is true", "deal.exclusive", [True]),
        ("deal.regions includes asia", "deal.regions", [["asia"], ["africa", "asia", "europe"]]),
        ("deal.ends is 2025-12-31", "deal.ends", [{"from": "2025-12-31", "to": "2025-12-31"}]),
        ("deal.name is not Alpha", "deal.name", [{"other_than": ["Alpha"]}]),
    ],
)
def test_values_as_plain_data(line: str, fact: str, values: list[object]) -> None:
    rules = leaving(line)
    (one,) = [one for one in missing_facts(rules, varied(rules, situation())) if one.fact.name == fact]
    assert missing_view(one)["values"][0]["values"] == values


def holds(told: Any, value: Any) -> bool:
    """Whether a value is among those that are told."""
    if isinstance(told, Other):
        return value not in told.than
    if not isinstance(told, Range):
        return bool(told == value)
    above = told.low is None or (value > told.low if told.low_open else value >= told.low)
    return above and (told.high is None or (value < told.high if told.high_open else value <= told.high))


GRIDS: dict[str, list[Any]] = {
    "deal.trust": [round(1 + step / 10, 1) for step in range(41)],
    "deal.stake": [round(step / 100, 2) for step in range(101)],
    "deal.people": list(range(40)),
    "deal.value": [0, 1, 2, 3, 5, 7, 8, 10, 20, 50, 100, 500, 1_000, 5_000, 10_000, 10**6, 10**9],
    "deal.ends": [AS_OF + timedelta(days=days) for days in range(-800, 800, 7)],
    "deal.started": [AS_OF + timedelta(days=days) for days in range(-800, 800, 7)],
}


def test_what_is_told_holds_for_every_round_value() -> None:
    """Of random rules and cases: those values lead to an option that are told to, and no others."""
    told_of, leading = set(), 0
    for number in range(150):
        chance = Random(f"told/{number}")
        rules = ruleset((*any_rules(chance), *weighty(chance)))
        known = any_situation(chance)
        name = chance.choice(sorted(GRIDS))
        case = known.case.with_value(name, None)
        variations = varied(rules, Situation(case, observe(rules.measures, case)))
        leads = {lead.option: lead.values for one in missing_facts(rules, variations, [name]) for lead in one.reached}
        for value in GRIDS[name]:
            option = variations.winner_with(name, value)
            told = [of for of, values in leads.items() if any(holds(one, value) for one in values)]
            assert told == ([] if option == variations.verdict.winner.option else [option]), (number, name, value)
            if told:
                told_of.add(name)
                leading += 1
    assert told_of == set(GRIDS)
    assert leading > 500


def weighty(chance: Random) -> tuple[Rule, ...]:
    """Rules of weight, most of which ask what is measured by facts that need have no limit of their own."""
    lines = (
        f"worth at least {chance.choice((1, 40, 333, 5000))}",
        f"days_left between {chance.randint(-300, 0)} and {chance.randint(1, 400)}",
        f"last_day before {AS_OF + timedelta(days=chance.randint(-300, 300))}",
        f"deal.stake more than {chance.randint(1, 99)}%",
        f"deal.trust less than {chance.randint(11, 49) / 10}",
    )
    return tuple(
        rule(f"measured{place}", condition(line), Argument(chance.choice(OPTIONS[1:]), "for", "decisive"), layer=9)
        for place, line in enumerate(lines)
    )


def test_the_values_that_are_told_do_lead_there() -> None:
    """Of random rules, the ends of each range and each single value."""
    seen = 0
    for number in range(400):
        chance = Random(f"leads/{number}")
        rules = ruleset(any_rules(chance))
        known = any_situation(chance)
        variations = varied(rules, known)
        for one in missing_facts(rules, variations):
            assert tuple(lead.option for lead in one.reached) == one.could_lead_to
            for lead in one.reached:
                for value in lead.values:
                    if isinstance(value, Range):
                        # An end that is left out lies beside a range that leads there.
                        ends = [(value.low, value.low_open), (value.high, value.high_open)]
                        tried = [end for end, is_open in ends if end is not None and not is_open]
                    else:
                        tried = [] if isinstance(value, Other) else [value]
                    for end in tried:
                        assert variations.winner_with(one.fact.name, end) == lead.option, number
                        seen += 1
    assert seen > 50
