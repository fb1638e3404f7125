"""Single changes are exact: each leads where it says, and none that leads elsewhere is left out."""

from __future__ import annotations

import pytest

from engine.assessment import Advisor
from engine.case import Case, Record
from engine.explain.changes import Change, changed
from engine.explain.counterfactual import single_changes
from engine.explain.doubtful import support
from engine.facts_file import load_case, parse_case
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.vocabulary import Kind

SAMPLES = ("cases/lego-shell", "cases/hmrc-capgemini", "seeds/innovatetech-globalconnect", "cases/philips-tpv")
RULESET = load_ruleset(builtin("rulesets") / "alliance")
ADVISOR = Advisor(RULESET)

every_sample = pytest.mark.parametrize("sample", SAMPLES)


def path(sample: str) -> str:
    return str(builtin("facts") / sample / "facts.yaml")


@every_sample
def test_each_change_leads_where_it_says(sample: str) -> None:
    case = load_case(path(sample), RULESET.vocabulary)
    assessment = ADVISOR.assess(case)
    changes = single_changes(assessment.variations)
    assert changes
    for single in changes:
        change = single.change
        assert change.lever != "nobody"
        assert single.leads_to != assessment.recommended.option
        assert leads_to(case, change) == single.leads_to
        if change.fact is None:
            assert single.values == ()
            continue
        assert change.value == single.values[0]
        for value in single.values:
            assert value != change.now
            if not change.site.entry:
                assert leads_to(case, change._replace(value=value)) == single.leads_to


def leads_to(case: Case, change: Change) -> str:
    return ADVISOR.assess(changed(case, [change], RULESET.vocabulary)).recommended.option


@every_sample
def test_no_choice_that_leads_elsewhere_is_left_out(sample: str) -> None:
    case = load_case(path(sample), RULESET.vocabulary)
    assessment = ADVISOR.assess(case)
    found = {(single.change.path, single.leads_to) for single in single_changes(assessment.variations)}
    for fact in RULESET.vocabulary.facts.values():
        if fact.lever == "nobody" or case.value(fact.name) is None or fact.type.kind not in (Kind.CHOICE, Kind.FLAG):
            continue
        for value in fact.type.values or (True, False):
            option = assessment.variations.with_value(fact.name, value).winner.option
            assert option == assessment.recommended.option or (fact.name, option) in found


@every_sample
def test_no_change_of_a_record_that_leads_elsewhere_is_left_out(sample: str) -> None:
    case = load_case(path(sample), RULESET.vocabulary)
    assessment = ADVISOR.assess(case)
    found = {(single.change.path, single.leads_to) for single in single_changes(assessment.variations)}
    for known in RULESET.vocabulary.lists.values():
        for record in case.records(known.name) or ():
            for name, entry in record.entries.items():
                field = known.fields[name]
                if field.lever == "nobody" or field.type.kind not in (Kind.CHOICE, Kind.FLAG):
                    continue
                for value in field.type.values or (True, False):
                    entries = {**record.entries, name: entry._replace(value=value)}
                    records = [Record(record.id, entries) if one == record else one for one in case.lists[known.name]]
                    other = Case(case.facts, {**case.lists, known.name: tuple(records)})
                    option = ADVISOR.judge(other)[1].winner.option
                    path_ = f"{known.path}.{record.id}.{name}"
                    assert option == assessment.recommended.option or (path_, option) in found


def test_every_option_comes_up_before_any_comes_up_again() -> None:
    changes = single_changes(ADVISOR.assess(load_case(path("cases/lego-shell"), RULESET.vocabulary)).variations)
    options = {change.leads_to for change in changes}
    assert len(options) > 1
    assert {change.leads_to for change in changes[: len(options)]} == options


def test_unknown_facts_are_not_changed() -> None:
    text = b"alliance: {name: N, us: We, partner: They, as_of: 2025-06-30}\n"
    assert single_changes(ADVISOR.assess(parse_case("a.yaml", text, RULESET.vocabulary)).variations) == ()


DOUBTED = """
alliance: {name: N, us: We, partner: They, as_of: 2025-06-30}
strategy: {rationale: {value: gone, confidence: CONFIDENCE}, fit: none}
"""


@pytest.mark.parametrize("confidence", ["low", "high"])
def test_points_that_rest_on_doubtful_facts_are_counted(confidence: str) -> None:
    text = DOUBTED.replace("CONFIDENCE", confidence).encode()
    assessment = ADVISOR.assess(parse_case("a.yaml", text, RULESET.vocabulary))
    found = support(assessment.judgement, assessment.verdict.standing("exit"))
    assert found.points > 0
    if confidence == "high":
        assert found.doubtful_points == 0
        assert found.doubts == ()
    else:
        assert 0 < found.doubtful_points <= found.points
        assert [doubt.fact for doubt in found.doubts] == ["strategy.rationale"]
        assert found.doubts[0].points == found.doubtful_points
