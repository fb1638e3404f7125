"""What must hold of the built-in ruleset on every valid case, whatever its rules say in particular.

Every case is judged by the direct evaluator, which the parity suite holds to the backend.
"""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.assessment import Advisor
from engine.case import Case, Entry, Record
from engine.decision.verdict import Verdict, decide
from engine.evaluate import settle
from engine.facts_file import parse_case
from engine.measures import observe
from engine.outcomes import Situation, Trace
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.rules import OPTIONS
from engine.vocabulary import Kind
from tests.properties.alliances import as_document, cases, has_direction, worsened

RULESET = load_ruleset(builtin("rulesets") / "alliance")
VOCABULARY = RULESET.vocabulary
JUDGING = [rule for rule in RULESET.rules if not rule.plans]
CONTINUE = OPTIONS[0]
EXAMPLES = int(os.environ.get("ADVISOR_PROPERTY_CASES", "150"))

on_cases = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    derandomize=True,
)


def judged(case: Case) -> tuple[Trace, Verdict]:
    trace = settle(JUDGING, Situation(case, observe(RULESET.measures, case)))
    return trace, decide([firing.rule for firing in trace.firings], trace.situation, RULESET.weighing)


def standings(verdict: Verdict) -> list[tuple[str, float, str]]:
    return [(standing.option, standing.score, standing.status) for standing in verdict.standings]


def test_the_vocabulary_gives_most_facts_a_direction() -> None:
    """Otherwise the property below would say little."""
    directed = [fact for fact in VOCABULARY.facts.values() if has_direction(fact)]
    assert len(directed) > 70


@pytest.mark.slow
@on_cases
@given(cases(VOCABULARY))
def test_what_gets_worse_never_makes_continue_the_answer(case: Case) -> None:
    """Terms of the contract are left out: which of them is worse depends on what one wants to do."""
    before = judged(case)[1]
    for worse in worsened(case, VOCABULARY):
        if worse.where.startswith("contract."):
            continue
        after = judged(worse.case)[1]
        if before.winner.option != CONTINUE:
            assert after.winner.option != CONTINUE, worse.where
        assert after.standing(CONTINUE).score <= before.standing(CONTINUE).score, worse.where


@on_cases
@given(cases(VOCABULARY))
def test_every_case_gets_a_recommendation_that_is_not_closed(case: Case) -> None:
    assert judged(case)[1].winner.status != "closed"


@on_cases
@given(cases(VOCABULARY), st.data())
def test_saying_of_more_facts_that_they_are_unknown_changes_nothing(case: Case, data: st.DataObject) -> None:
    """An unknown is no fact, whether it is left out or said; nor is an unknown field of a record."""
    absent = [name for name in VOCABULARY.facts if name not in case.facts]
    absent += [known.path for name, known in VOCABULARY.lists.items() if name not in case.lists]
    document = as_document(case, VOCABULARY)
    for name in data.draw(st.lists(st.sampled_from(absent), unique=True, max_size=10)) if absent else ():
        section, _, fact = name.partition(".")
        if fact:
            document.setdefault(section, {})[fact] = "unknown"
        else:
            document[section] = "unknown"
    for name, known in VOCABULARY.lists.items():
        records = case.lists.get(name, ())
        if records and (missing := [field for field in known.fields if field not in records[0].entries]):
            section, _, inner = known.path.partition(".")
            listed = document[section][inner] if inner else document[section]
            listed[0][data.draw(st.sampled_from(missing))] = "unknown"
    again = parse_case("facts.json", json.dumps(document).encode(), VOCABULARY)
    assert again.sha256 == case.sha256
    assert standings(judged(again)[1]) == standings(judged(case)[1])


@on_cases
@given(cases(VOCABULARY), st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
def test_the_names_of_the_parties_change_nothing(case: Case, us: str, partner: str) -> None:
    renamed = case.with_value("alliance.us", us).with_value("alliance.partner", partner)
    assert standings(judged(renamed)[1]) == standings(judged(case)[1])


@on_cases
@given(cases(VOCABULARY), st.randoms(use_true_random=False))
def test_the_order_and_the_ids_of_records_change_nothing(case: Case, chance: st.DrawFn) -> None:
    lists: dict[str, tuple[Record, ...]] = {}
    renamed = {name: {record.id: f"X-{record.id}" for record in records} for name, records in case.lists.items()}
    for name, records in case.lists.items():
        known = VOCABULARY.lists[name]
        if known.fields[known.key].type.kind is not Kind.TEXT:
            # Periods and options are no names that somebody chose.
            lists[name] = records
            continue
        changed = []
        for record in records:
            entries = dict(record.entries)
            entries[known.key] = Entry(renamed[name][record.id])
            for field, fact in known.fields.items():
                if fact.type.refers_to and field in entries:
                    entries[field] = Entry(renamed[fact.type.refers_to][str(entries[field].value)])
            changed.append(Record(renamed[name][record.id], entries))
        chance.shuffle(changed)  # type: ignore[attr-defined]
        lists[name] = tuple(changed)
    assert standings(judged(Case(case.facts, lists))[1]) == standings(judged(case)[1])


def test_a_case_of_which_nothing_is_known_is_held() -> None:
    content = b"alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30}"
    with Advisor(RULESET) as advisor:
        assessment = advisor.assess(parse_case("facts.yaml", content, VOCABULARY))
    assert assessment.readiness.state == "hold"
    assert assessment.recommended.option == CONTINUE
    assert set(RULESET.weighing.decisive_facts) == set(assessment.readiness.obtain)
