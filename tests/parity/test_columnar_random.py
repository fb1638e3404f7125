"""Random rulesets on random cases: whole verdicts of tables are those of the direct evaluator and the decision.

`ADVISOR_PARITY_CASES` and `ADVISOR_PARITY_SEED` are those of `test_random.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from engine.backends.columnar import table as tables
from engine.bulk import Bulk, Table
from engine.case import Case, Entry
from engine.conditions import All, AnyOf, Check, Operand
from engine.decision.readiness import confidence, readiness
from engine.decision.verdict import Verdict
from engine.evaluate import settle
from engine.explain.missing import decisive_doubts, missing_facts, open_doubts
from engine.explain.variation import RuleGraph, Variations
from engine.outcomes import Trace
from engine.predicates import OneOf
from engine.rules import (
    CONFIDENCE,
    OPTIONS,
    Argument,
    ConfidenceRow,
    Finding,
    Gate,
    ReadinessCall,
    Rule,
    Ruleset,
    StatusQuo,
    Weighing,
)
from engine.vocabulary import Kind, ValueType
from tests.parity.chance import STRATA, any_condition, any_rules, any_situation, any_test, any_value, chosen, pool
from tests.parity.rows import assert_row, judged
from tests.parity.test_random import CASES, SEED
from tests.parity.test_variation import TENTHS
from tests.parity.world import (
    AS_OF,
    FACTS,
    FORMS,
    PLACE,
    VOCABULARY,
    condition,
    in_layers,
    rule,
    ruleset,
    situation,
    weighing,
)
from tests.properties.alliances import doubted

CASES_OF_A_RULESET = 25
_FORM = ValueType(Kind.CHOICE, tuple(form for forms in FORMS.values() for form in forms))
THIRDS = weighing(
    (0, 1 / 3, 0.5, 2 / 3, 1.1, 4 / 3),
    strengths={"slight": 1 / 3, "moderate": 2 / 3, "strong": 0.7000000000001, "decisive": 5 / 3},
)
"""Points that are no decimals at all."""


def any_weighing(chance: Random, points: str) -> Weighing:
    """One of the two functions, with a status quo or without."""
    margins = [chance.choice((0, 0, 1, 2, 4)) for _ in OPTIONS]
    usual = {"whole": weighing(margins), "tenths": TENTHS, "thirds": THIRDS}[points]
    least = chance.choice((-1, 0, 0.1, 1 / 3, 1))
    status_quo = StatusQuo(chance.choice(("drift", "split", "lost", "mild")), least, PLACE)
    return usual._replace(
        function=chance.choice(("strongest-per-ground", "sum-of-all")),
        status_quo=status_quo if chance.random() < 0.7 else None,
        known_at_least=chance.randint(0, 8),
    )


def any_closures(chance: Random) -> tuple[Rule, ...]:
    """Rules that close options, or all forms of them: in some rulesets nearly all, so that in some cases all are."""
    dense = chance.choice((0, 0.3, 1))
    rules = []
    for number, option in enumerate(OPTIONS):
        if chance.random() < dense:
            forms: tuple[str | None, ...] = (None,) if chance.random() < 0.5 else FORMS[option]
            gates = tuple(Gate(option, form, "closed", (), None) for form in forms)
            rules.append(rule(f"close{number}", condition(chance.choice(_OFTEN)), *gates))
    return tuple(rules)


_OFTEN = ("deal.exclusive is known", "deal.health is not sound", "deal.people is known", "tasks is known", "always")


def any_calls(chance: Random) -> tuple[Rule, ...]:
    """Rules that hold or suspend the decision; they may ask for the recommendation and for all that was made."""
    calls = []
    for number in range(chance.randint(0, 3)):
        recommended = chance.choice(
            (
                f"recommendation.option is {chance.choice(OPTIONS)}",
                f"recommendation.option is one of {', '.join(chance.sample(OPTIONS, 3))}",
                "recommendation.form is known",
            )
        )
        form = Check(
            Operand("recommendation.form", _FORM), OneOf(chosen(chance, _FORM.values, 3), chance.random() < 0.3)
        )
        asked = form if chance.random() < 0.5 else condition(recommended)
        parts = (asked, any_condition(chance, len(STRATA) - 1, 2))
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
        rules = ruleset((*any_closures(chance), *any_rules(chance), *any_calls(chance)), any_weighing(chance, points))
        cases = [any_situation(chance).case for _ in range(CASES_OF_A_RULESET)]
        bulk = Bulk(rules, chunk=chance.choice((7, 65_536)))
        answers = bulk.judge(Table.of_cases(cases, VOCABULARY), details=True, fired=True, readiness=True)
        for row, case in enumerate(cases):
            trace, verdict = judged(rules, case)
            message = f"they disagree on Random('{name}')"
            assert_row(answers, row, trace, verdict, message)
            state = called(rules, trace, verdict)
            assert answers.readiness_of(row) == state, message
            closed = "closed" if verdict.winner.status == "closed" else "left"
            for what in (verdict.winner.option, state, closed, *(one.set_aside for one in verdict.standings)):
                seen[what] = seen.get(what, 0) + 1
            seen["firings"] = seen.get("firings", 0) + len(trace.firings)
    assert seen["firings"] > 3 * 8 * CASES_OF_A_RULESET
    assert {"continue", "exit", "decide", "hold", "suspend", "outweighed", "change called for", "closed"} <= set(seen)


def called(rules: Ruleset, trace: Trace, verdict: Verdict) -> str:
    """The readiness that the rules after the weighing, and too little knowledge, call for."""
    facts = {"recommendation.option": verdict.winner.option, "recommendation.form": verdict.winner.form}
    situation = trace.situation._replace(recommendation=facts)
    plan = settle([one for one in rules.rules if one.plans], situation)
    return readiness((firing.rule for firing in plan.firings), (), situation.case, rules.weighing).state


@pytest.mark.parametrize("numbers", ["codes", "numbers"])
def test_doubts_and_confidence(numbers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """About facts of every type: of a date, other dates say which days are telling."""
    if numbers == "numbers":
        monkeypatch.setattr(tables, "MANY_NUMBERS", 0)
    met: set[str] = set()
    facts = {name: fact._replace(fresh_days=100) for name, fact in FACTS.items()}
    for number in range(max(150, CASES // 50)):
        name = f"{SEED}/doubts/{numbers}/{number}"
        chance = Random(name)
        decisive = tuple(chance.sample(sorted(set(FACTS) - {"alliance.as_of"}), 4))
        weighs = any_confidence(chance, weighing((0, 0, 1, 0, 1, 2), decisive_facts=decisive))
        arguing = tuple(
            rule(
                f"argues{place}",
                Check(Operand(fact, FACTS[fact].type), any_test(chance, FACTS[fact].type)),
                Argument(OPTIONS[chance.randrange(6)], "for", "decisive"),
            )
            for place, fact in enumerate(decisive)
        )
        closing = any_closures(chance) if chance.random() < 0.3 else ()
        rules = replace(
            ruleset((*closing, *arguing, *any_rules(chance)), weighs), vocabulary=VOCABULARY._replace(facts=facts)
        )
        graph = RuleGraph(rules)
        cases = [with_doubts(any_situation(chance).case, decisive, chance) for _ in range(8)]
        bulk, table = Bulk(rules, chunk=chance.choice((5, 65_536))), Table.of_cases(cases, VOCABULARY)
        answers = bulk.judge(table, doubts=True, confidence=True)
        by_itself = bulk.judge(table, confidence=True).confidence
        assert by_itself is not None
        assert by_itself.tolist() == answers.confidence.tolist()  # type: ignore[union-attr]
        for row, case in enumerate(cases):
            trace, verdict = judged(rules, case)
            variations = Variations(graph, trace, verdict)
            missing = missing_facts(rules, variations)
            doubts = decisive_doubts(rules, variations, missing)
            level = confidence(verdict, open_doubts(rules, variations, missing), rules.weighing)
            assert answers.confidence_of(row) == level, name
            met |= {level, "closed" if verdict.winner.status == "closed" else "left"}
            assert answers.doubts_in(row) == {one.fact: one.leads_to for one in doubts}, name
            expected = readiness((), doubts, case, rules.weighing).state
            assert answers.readiness_of(row) == expected, name
            met |= {one.fact for one in doubts}
    assert met >= {*CONFIDENCE, "closed", "left"}
    assert len(met & set(FACTS)) >= 8


def any_confidence(chance: Random, weighs: Weighing) -> Weighing:
    """The weighing with levels that cases reach, and with a status quo or none."""
    leads, doubts = sorted((chance.choice((0, 1, 2.5)) for _ in range(2)), reverse=True), chance.randint(2, 6)
    levels = (
        ConfidenceRow("high", leads[0], doubts),
        ConfidenceRow("medium", leads[1], chance.choice((doubts + 2, None))),
    )
    status_quo = StatusQuo("drift", chance.choice((0, 1)), PLACE) if chance.random() < 0.5 else None
    return weighs._replace(confidence=levels, status_quo=status_quo)


@pytest.mark.parametrize("since", ["deal.started", "last_day"], ids=["a date", "a measure"])
def test_the_days_that_are_telling_differ_between_rows(since: str) -> None:
    together = rule("together", condition(f"deal.ends within 0 days of {since}"), Argument("exit", "for", "decisive"))
    rules = ruleset(in_layers(together), weighing(decisive_facts=("deal.ends",)))
    cases = [
        situation({"deal.started": AS_OF + timedelta(days=days), "deal.people": 3}).case for days in (777, -1234, 5000)
    ]
    answers = Bulk(rules).judge(Table.of_cases(cases, VOCABULARY), doubts=True)
    assert [answers.doubts_in(row) for row in range(3)] == [{"deal.ends": ("exit",)}] * 3


def test_the_same_evidence_is_fresh_in_one_row_and_stale_in_another() -> None:
    trusted = rule("trusted", condition("deal.trust at least 3"), Argument("exit", "for", "decisive"))
    facts = {**FACTS, "deal.trust": FACTS["deal.trust"]._replace(fresh_days=100)}
    weighs = weighing(decisive_facts=("deal.trust",))
    rules = replace(ruleset(in_layers(trusted), weighs), vocabulary=VOCABULARY._replace(facts=facts))
    entry = Entry(4, dated=AS_OF)
    cases = [
        Case({"alliance.as_of": Entry(AS_OF + timedelta(days=days)), "deal.trust": entry}, {}) for days in (100, 101)
    ]
    answers = Bulk(rules).judge(Table.of_cases(cases, VOCABULARY), doubts=True, confidence=True)
    assert [answers.doubts_in(row) for row in range(2)] == [{}, {"deal.trust": ("continue",)}]
    assert [answers.confidence_of(row) for row in range(2)] == ["high", "medium"]


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
