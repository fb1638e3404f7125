"""Random rulesets on random cases: whole verdicts of tables are those of the direct evaluator and the decision.

`ADVISOR_PARITY_CASES` and `ADVISOR_PARITY_SEED` are those of `test_random.py`.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from engine.backends.columnar import table as tables
from engine.bulk import Bulk, Table
from engine.case import Case
from engine.conditions import All, AnyOf
from engine.decision.readiness import readiness
from engine.decision.verdict import Verdict
from engine.evaluate import settle
from engine.explain.missing import decisive_doubts, missing_facts
from engine.explain.variation import RuleGraph, Variations
from engine.outcomes import Trace
from engine.rules import OPTIONS, Argument, Finding, ReadinessCall, Rule, Ruleset, StatusQuo, Weighing
from tests.parity.chance import STRATA, any_condition, any_rules, any_situation, any_value, pool
from tests.parity.rows import assert_row, judged
from tests.parity.test_random import CASES, SEED
from tests.parity.test_variation import TENTHS
from tests.parity.world import FACTS, PLACE, VOCABULARY, condition, in_layers, rule, ruleset, situation, weighing
from tests.properties.alliances import doubted

CASES_OF_A_RULESET = 25
THIRDS = weighing(
    (0, 1 / 3, 0.5, 2 / 3, 1.1, 4 / 3),
    strengths={"slight": 1 / 3, "moderate": 2 / 3, "strong": 0.7000000000001, "decisive": 5 / 3},
)
"""Points that are no decimals at all."""


def any_weighing(chance: Random, points: str) -> Weighing:
    """One of the two functions, with a status quo or without."""
    usual = {"whole": weighing(), "tenths": TENTHS, "thirds": THIRDS}[points]
    least = chance.choice((-1, 0, 0.1, 1 / 3, 1))
    status_quo = StatusQuo(chance.choice(("drift", "split", "lost", "mild")), least, PLACE)
    return usual._replace(
        function=chance.choice(("strongest-per-ground", "sum-of-all")),
        status_quo=status_quo if chance.random() < 0.7 else None,
        known_at_least=chance.randint(0, 8),
    )


def any_calls(chance: Random) -> tuple[Rule, ...]:
    """Rules that hold or suspend the decision; they may ask for the recommendation and for all that was made."""
    calls = []
    for number in range(chance.randint(0, 3)):
        recommended = chance.choice(
            (
                f"recommendation.option is {chance.choice(OPTIONS)}",
                f"recommendation.option is one of {', '.join(chance.sample(OPTIONS, 3))}",
            )
        )
        parts = (condition(recommended), any_condition(chance, len(STRATA) - 1, 2))
        when = chance.choice((All, AnyOf))(parts) if chance.random() < 0.8 else parts[1]
        state = chance.choice(("hold", "suspend"))
        calls.append(rule(f"call{number}", when, ReadinessCall(state, ()), layer=number))
    return tuple(calls)


@pytest.mark.parametrize("points", ["whole", "tenths", "thirds"])
@pytest.mark.parametrize("numbers", ["codes", "numbers"])
def test_whole_verdicts(points: str, numbers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if numbers == "numbers":
        monkeypatch.setattr(tables, "MANY_NUMBERS", 0)
    seen: dict[str, int] = {}
    for number in range(max(8, CASES // CASES_OF_A_RULESET // 4)):
        name = f"{SEED}/{points}/{numbers}/{number}"
        chance = Random(name)
        rules = ruleset((*any_rules(chance), *any_calls(chance)), any_weighing(chance, points))
        cases = [any_situation(chance).case for _ in range(CASES_OF_A_RULESET)]
        bulk = Bulk(rules, chunk=chance.choice((7, 65_536)))
        answers = bulk.judge(Table.of_cases(cases, VOCABULARY), details=True, fired=True, readiness=True)
        for row, case in enumerate(cases):
            trace, verdict = judged(rules, case)
            message = f"they disagree on Random('{name}')"
            assert_row(answers, row, trace, verdict, message)
            state = called(rules, trace, verdict)
            assert answers.readiness_of(row) == state, message
            for what in (verdict.winner.option, state, *(one.set_aside for one in verdict.standings)):
                seen[what] = seen.get(what, 0) + 1
            seen["firings"] = seen.get("firings", 0) + len(trace.firings)
    assert seen["firings"] > 3 * 8 * CASES_OF_A_RULESET
    assert {"continue", "exit", "decide", "hold", "suspend", "outweighed", "change called for"} <= set(seen)


def called(rules: Ruleset, trace: Trace, verdict: Verdict) -> str:
    """The readiness that the rules after the weighing, and too little knowledge, call for."""
    facts = {"recommendation.option": verdict.winner.option, "recommendation.form": verdict.winner.form}
    situation = trace.situation._replace(recommendation=facts)
    plan = settle([one for one in rules.rules if one.plans], situation)
    return readiness((firing.rule for firing in plan.firings), (), situation.case, rules.weighing).state


def test_decisive_doubts() -> None:
    """About facts of every type: of a date, other dates say which days are telling."""
    met: set[str] = set()
    facts = {name: fact._replace(fresh_days=100) for name, fact in FACTS.items()}
    for number in range(max(150, CASES // 50)):
        name = f"{SEED}/doubts/{number}"
        chance = Random(name)
        decisive = tuple(chance.sample(sorted(set(FACTS) - {"alliance.as_of"}), 4))
        weighs = any_weighing(chance, "whole")._replace(decisive_facts=decisive)
        rules = replace(ruleset(any_rules(chance), weighs), vocabulary=VOCABULARY._replace(facts=facts))
        graph = RuleGraph(rules)
        cases = [with_doubts(any_situation(chance).case, decisive, chance) for _ in range(8)]
        answers = Bulk(rules, chunk=chance.choice((5, 65_536))).judge(Table.of_cases(cases, VOCABULARY), doubts=True)
        for row, case in enumerate(cases):
            trace, verdict = judged(rules, case)
            variations = Variations(graph, trace, verdict)
            doubts = decisive_doubts(rules, variations, missing_facts(rules, variations))
            assert answers.doubts_in(row) == {one.fact: one.leads_to for one in doubts}, name
            expected = readiness((), doubts, case, rules.weighing).state
            assert answers.readiness_of(row) == expected, name
            met |= {one.fact for one in doubts}
    assert len(met) >= 8


def with_doubts(case: Case, names: tuple[str, ...], chance: Random) -> Case:
    """The case with some of these facts in doubt."""
    entries = dict(case.facts)
    for name in names:
        if name in entries and chance.random() < 0.7:
            entries[name] = doubted(entries[name], list(pool(FACTS[name].type)), chance)
    return Case(entries, case.lists)


def test_variations_of_one_case() -> None:
    """Each row is the case with other values of some facts or lists; everything else is the same in all rows."""
    changed = 0
    for number in range(max(150, CASES // 50)):
        name = f"{SEED}/varied/{number}"
        chance = Random(name)
        rules = ruleset(any_rules(chance), any_weighing(chance, chance.choice(("whole", "tenths"))))
        case = any_situation(chance).case
        names = chance.sample(sorted(set(FACTS) - {"alliance.as_of"}), chance.randint(1, 3))
        columns: dict[str, list[object]] = {
            one: [any_value(chance, FACTS[one].type) for _ in range(12)] for one in names
        }
        if chance.random() < 0.5:
            columns["alliance.as_of"] = [chance.choice(pool(FACTS["alliance.as_of"].type)) for _ in range(12)]
        if chance.random() < 0.5:
            columns["tasks"] = [any_situation(chance).case.records("tasks") for _ in range(12)]
        table = Table.varied(case, columns)  # type: ignore[arg-type]
        answers = Bulk(rules).judge(table, details=True, fired=True)
        for row in range(12):
            varied = case
            for fact in set(columns) - {"tasks"}:
                varied = varied.with_value(fact, columns[fact][row])  # type: ignore[arg-type]
            if "tasks" in columns:
                lists = {**varied.lists, "tasks": columns["tasks"][row]}
                varied = type(case)(varied.facts, {key: one for key, one in lists.items() if one is not None})  # type: ignore[misc]
            assert table.case(row) == varied, name
            trace, verdict = judged(rules, varied)
            assert_row(answers, row, trace, verdict, f"they disagree on Random('{name}')")
            changed += verdict != judged(rules, case)[1]
    assert changed > 50


def test_rules_that_hold_each_other_up() -> None:
    """They are settled together: none keeps the others alive when what began it is not there."""
    rules = ruleset(
        in_layers(
            rule("first", condition({"any": ["finding split", "deal.exclusive is true"]}), Finding("drift", 1)),
            rule("second", condition("finding drift"), Finding("split", 1)),
            rule("third", condition({"all": ["finding split", "deal.trust at least 3"]}), Finding("drift", 3)),
            rule("fourth", condition("finding drift at least critical"), Finding("split", 2)),
            rule("alone", condition("finding mild"), Finding("mild", 2)),
            rule("leave", condition("finding split at least serious"), Argument("exit", "for", "decisive")),
            rule("stay", condition("no finding drift"), Argument("continue", "for", "decisive")),
        )
    )
    cases = [
        situation({"deal.exclusive": one, "deal.trust": trust}).case for one in (True, False, None) for trust in (2, 3)
    ]
    answers = Bulk(rules).judge(Table.of_cases(cases, VOCABULARY), details=True, fired=True)
    for row, case in enumerate(cases):
        assert_row(answers, row, *judged(rules, case))
    assert [answers.option(row) for row in range(6)] == ["continue", "exit", *["continue"] * 4]


def test_a_long_chain_of_rules() -> None:
    last = 1_200
    chain = [rule("r0", "deal.exclusive is true", Finding("f0", 1))]
    chain += [
        rule(f"r{number}", condition(f"finding f{number - 1}"), Finding(f"f{number}", 1)) for number in range(1, last)
    ]
    leave = rule("leave", condition(f"finding f{last - 1}"), Argument("exit", "for", "decisive"))
    rules = ruleset(in_layers(leave, *reversed(chain)))
    cases = [situation({"deal.exclusive": one}).case for one in (True, False)]
    answers = Bulk(rules).judge(Table.of_cases(cases, VOCABULARY))
    assert [answers.option(row) for row in (0, 1)] == ["exit", "continue"]
