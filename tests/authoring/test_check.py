from __future__ import annotations

from pathlib import Path

import pytest

from engine.authoring.check import CHECKS, ERROR, WARNING, check
from engine.authoring.contradiction import contradiction
from engine.conditions import All, AnyOf, Condition, NoneOf
from engine.errors import TemplateError
from engine.explain.because import Reasons, environment
from engine.explain.permitted import FILTERS, FUNCTIONS, VALUES
from engine.facts_file import parse_case
from engine.measures import observe
from engine.outcomes import Situation
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.rules import Ruleset
from tests import small

RULE = """\
ground: conflict
rules:
  - id: added
    title: Added
    when: {when}
    then: {then}
    because: >
      {because}
    source: [N1]
"""


def found(folder: Path, name: str) -> list[tuple[str, str]]:
    """What one check finds, as (level, message)."""
    return [(level, problem.message) for level, problem in CHECKS[name](load_ruleset(folder, "r"))]


def add(folder: Path, when: str = "always", then: str = "{diagnosis: added}", because: str = "Because.") -> None:
    (folder / "rules" / "added.yaml").write_text(RULE.format(when=when, then=then, because=because), encoding="utf-8")


def test_the_built_in_ruleset_has_no_error() -> None:
    assert [one for one in check(load_ruleset(builtin("rulesets") / "alliance")) if one.level == ERROR] == []


def test_every_item_of_the_sources_has_a_home() -> None:
    ruleset = load_ruleset(builtin("rulesets") / "alliance")
    assert list(CHECKS["every-source-has-a-home"](ruleset)) == []
    assert len(ruleset.sources) == 224 + 20 + 15


def test_sources_without_a_home_and_citations_of_none_are_found(ruleset_copy: Path) -> None:
    path = ruleset_copy / "sources.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("N3: {title: What was agreed binds}", "N3: {title: What was agreed binds, unused: no reason}")
        + "  N4: {title: Nobody cites this}\n",
        encoding="utf-8",
    )
    told = found(ruleset_copy, "every-source-has-a-home")
    assert (WARNING, "the source `N3` is cited, and sources.yaml says why it is unused") in told
    assert (WARNING, "nothing rests on the source `N4`") in told
    vocabulary = ruleset_copy / "vocabulary" / "alliance.yaml"
    words = vocabulary.read_text(encoding="utf-8")
    vocabulary.write_text(words.replace("lever: nobody}", "lever: nobody, source: [N9]}", 1), encoding="utf-8")
    told = found(ruleset_copy, "every-source-has-a-home")
    assert (ERROR, "the fact `alliance.name` cites `N9`, which is no source") in told


def test_every_check_has_a_manual() -> None:
    for one in CHECKS.values():
        assert one.__doc__


def test_problems_come_in_the_order_of_the_files(small_ruleset: Ruleset) -> None:
    places = [one.problem.location for one in check(small_ruleset)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("because", "message", "hint"),
    [
        ("{{ nobody }}", "names `nobody`, which does not exist", "texts know us, partner"),
        ("{{ partnr }}", "names `partnr`, which does not exist", "did you mean `partner`?"),
        ("{{ us }", "is not a valid template", ""),
        ("{{ us | shout }}", "uses the filter `shout`, which does not exist", ""),
        ("{{ fact('terms.rational') }}", "names the fact `terms.rational`", "did you mean `terms.rationale`?"),
        ("{{ measure('days_lft') }}", "names the measure `days_lft`", "did you mean `days_left`?"),
        ("{{ records('dispute') | names }}", "names the record list `dispute`", "did you mean `disputes`?"),
        ("{{ matching('checks') | count }}", "asks which `checks` match", "write records('checks')"),
        ("{{ fact(us) }}", "calls `fact` otherwise than with one name in quotes", "write fact('…')"),
        ("{{ fact('a', 'b') }}", "calls `fact` otherwise than with one name in quotes", "write fact('…')"),
        ("{{ range(3) }}", "names `range`, which does not exist", "texts know"),
        ("{{ us.upper() }}", "calls something that cannot be called", "texts can call"),
        ("{{ records('disputes') | max('sverity') }}", "names the field `sverity`", "did you mean `severity`?"),
        ("{{ records('disputes') | sum('topic') }}", "on the field `topic`, which is no number", ""),
        ("{{ fact('terms.rationale') | percent }}", "on `terms.rationale`, which is no number", ""),
        ("{{ fact('terms.trust') | date }}", "on `terms.trust`, which is no date", ""),
        ("{{ us | names }}", "uses the filter `names` on something else than records", ""),
        ("{{ records('disputes') }}", "gives `records` without a filter", "records take names"),
        ("{{ records('disputes') | percent }}", "uses the filter `percent` on records", "records take names"),
        ("{{ records('disputes') | max }}", "without the name of a field", "write max('…')"),
        ("{{ as_of | date(1) }}", "gives the filter `date` something in brackets", ""),
        ("{{ fact }}", "names `fact` without saying of what", "write fact('…')"),
        ("{% if records('disputes') %}{{ records('disputes') | names }}{% else %}none{% endif %}", "", ""),
        ("{% if nobody %}x{% endif %}", "names `nobody`", "texts know"),
        ("{{ fact('terms.trust') | count }}", "uses the filter `count` on something else than records", ""),
    ],
)
def test_a_text_that_names_what_does_not_exist(ruleset_copy: Path, because: str, message: str, hint: str) -> None:
    add(ruleset_copy, when="[terms.rationale is gone, terms.trust at least 1]", because=because)
    told = [problem for level, problem in CHECKS["texts"](load_ruleset(ruleset_copy, "r")) if level == ERROR]
    if not message:
        assert told == []
        return
    assert all(problem.message.startswith("the text of rule `added` ") for problem in told)
    assert all(str(problem.location).startswith("r/rules/added.yaml:7:") for problem in told)
    (problem,) = (problem for problem in told if message in problem.message)
    assert problem.hint.startswith(hint)


def test_the_texts_of_actions_are_checked_too(ruleset_copy: Path) -> None:
    add(ruleset_copy, then='{action: "Call {{ nobody }}.", owner: counsel, days: 3}')
    ((level, problem),) = CHECKS["texts"](load_ruleset(ruleset_copy, "r"))
    assert level == ERROR
    assert str(problem).startswith("r/rules/added.yaml:6:20: the text of rule `added` names `nobody`, which does")


@pytest.mark.parametrize(
    ("when", "certain"),
    [
        ("[terms.trust at least 3]", True),
        ("[terms.trust is known]", True),
        ("[terms.trust is unknown]", False),
        ("always", False),
        ("{any: [terms.trust at least 3, terms.rationale is gone]}", False),
        ("{any: [terms.trust at least 3, terms.trust at most 2]}", True),
        ("{none: [terms.trust at least 3]}", True),
        ("{none: [terms.trust is unknown]}", True),
        ("{none: [{all: [terms.trust at least 3, terms.rationale is gone]}]}", False),
        ("[finding distrust]", True),
        ("[no finding distrust]", False),
    ],
)
def test_a_fact_that_may_be_unknown_is_a_warning(ruleset_copy: Path, when: str, certain: bool) -> None:
    distrust = RULE.replace("id: added", "id: distrust").format(
        when="[terms.trust at most 2]", then="{finding: distrust, severity: minor}", because="x"
    )
    (ruleset_copy / "rules" / "distrust.yaml").write_text(distrust, encoding="utf-8")
    add(ruleset_copy, when=when, because="{{ fact('terms.trust') }}")
    message = "the text of rule `added` gives the fact `terms.trust`, which may be unknown when the rule fires"
    assert found(ruleset_copy, "texts") == ([] if certain else [(WARNING, message)])


def test_a_measure_vouches_for_what_it_is_made_of(ruleset_copy: Path) -> None:
    add(ruleset_copy, when="[days_left less than 30]", because="{{ fact('terms.ends_on') | date }}")
    assert found(ruleset_copy, "texts") == []


REFUSED = [
    "{{ 1/0 }}",
    "{{ 'a' * 9999999999 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ us ~ partner }}",
    "{{ us.__class__ }}",
    "{{ us['upper'] }}",
    "{{ us[0] }}",
    "{{ us is defined }}",
    "{{ us == partner }}",
    "{{ not us }}",
    "{{ us if partner else us }}",
    "{{ [us] }}",
    "{% include 'x' %}",
    "{% for one in us %}{{ one }}{% endfor %}",
    "{% set us = 'x' %}{{ us }}",
    "{% filter words %}x{% endfilter %}",
    "{% if 'a' * 9999999999 %}x{% endif %}",
    "{% if us %}{{ 1/0 }}{% endif %}",
    "{{ us.upper() }}",
    "{{ fact(us.__class__) }}",
    "{{ fact(name='terms.trust') }}",
    "{{ records('disputes') | max(1/0) }}",
    "{{ " + "(" * 5000 + "us" + ")" * 5000 + " }}",
    "{{ " + "9" * 5000 + " }}",
    "{{ us }",
]


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_a_text_that_does_more_than_give_values_is_refused_before_it_is_rendered(ruleset_copy: Path, text: str) -> None:
    add(ruleset_copy, because=text)
    loaded = load_ruleset(ruleset_copy, "r")
    told = [problem for level, problem in CHECKS["texts"](loaded) if level == ERROR]
    assert told
    with pytest.raises(TemplateError) as caught:
        Reasons(small.situation(), loaded.vocabulary).of(loaded.by_id["added"])
    assert [str(one) for one in caught.value.problems] == [str(one) for one in told]
    for one in told:
        assert str(one.location).startswith("r/rules/added.yaml:7:")
        assert "jinja" not in one.message.lower()


def test_what_fails_while_it_is_rendered_is_told_without_our_types(small_ruleset: Ruleset) -> None:
    situation = small.situation("terms: {disputes: [{id: a, topic: money}, {id: b, topic: money}]}")
    rule = small_ruleset.rules[0]._replace(because="{{ records('disputes') | sum('topic') }}")
    with pytest.raises(TemplateError, match="cannot be written: a filter stands behind a value that it does not fit"):
        Reasons(situation, small_ruleset.vocabulary).of(rule)


@pytest.mark.parametrize(
    ("currency", "text", "expected"),
    [
        ("EUR", "{{ fact('financials.annual_benefit') | money }}", "EUR 1,200,000"),
        ("EUR", "{{ records('option_estimates') | sum('one_off') | money }}", "EUR 1,500"),
        ("EUR", "{{ measure('net_annual_value') | money }}", "EUR -300,000"),
        ("EUR", "{{ fact('financials.opportunity_cost') | money }}", "unknown"),
        ("unknown", "{{ fact('financials.annual_benefit') | money }}", "1,200,000"),
    ],
)
def test_amounts_are_given_with_the_currency_of_the_case(currency: str, text: str, expected: str) -> None:
    loaded = load_ruleset(builtin("rulesets") / "alliance")
    estimates = "[{option: exit, one_off: 1000}, {option: continue, one_off: 500}]"
    amounts = f"annual_benefit: 1200000, annual_cost: 1500000, option_estimates: {estimates}"
    facts = f"{small.PROFILE}financials: {{currency: {currency}, {amounts}}}"
    case = parse_case("facts.yaml", facts.encode(), loaded.vocabulary)
    reasons = Reasons(Situation(case, observe(loaded.measures, case)), loaded.vocabulary)
    assert reasons.render(loaded.rules[0], text) == expected


def test_the_names_and_filters_that_texts_may_use_are_those_they_get(small_ruleset: Ruleset) -> None:
    reasons = Reasons(small.situation("terms: {disputes: []}"), small_ruleset.vocabulary)
    rule = small_ruleset.rules[0]
    calls = {
        "fact": "fact('alliance.us')",
        "measure": "measure('days_left')",
        "matching": "matching('disputes') | count",
        "records": "records('disputes') | count",
    }
    for name in (*VALUES, *FUNCTIONS):
        assert reasons.render(rule, f"{{{{ {calls.get(name, name)} }}}}")
    assert set(environment().filters) == set(FILTERS)


@pytest.mark.parametrize(
    "lines",
    [
        ["terms.rationale is gone", "terms.rationale is valid"],
        ["terms.rationale is one of gone, weakening", "terms.rationale is valid"],
        ["terms.rationale is gone", "terms.rationale is not gone"],
        ["terms.rationale is not gone", "terms.rationale is not valid", "terms.rationale is not weakening"],
        ["terms.rationale is unknown", "terms.rationale is gone"],
        ["terms.rationale is known", "terms.rationale is unknown"],
        ["terms.exclusive is true", "terms.exclusive is false"],
        ["terms.trust at least 4", "terms.trust less than 4"],
        ["terms.trust more than 5"],
        ["terms.notice_days at most 10", "terms.notice_days more than 10"],
        ["terms.ends_on before 2025-01-01", "terms.ends_on after 2025-06-01"],
        ["alliance.purposes includes market", "alliance.purposes does not include market"],
        ["finding rationale_lost at least serious", "no finding rationale_lost"],
        ["diagnosis partners_parted", "no diagnosis partners_parted"],
        ["some disputes where status is open", "no disputes where status is open"],
        ["at least 3 disputes where status is open", "at most 2 disputes"],
        ["some disputes", "disputes is unknown"],
        ["terms.counsel is Able", "terms.counsel is Baker"],
    ],
    ids=" and ".join,
)
def test_conditions_that_exclude_each_other(lines: list[str]) -> None:
    parts: tuple[Condition, ...] = tuple(small.condition(line) for line in lines)
    reason = contradiction(All(parts))
    assert all(f"`{line}`" in reason for line in lines)
    assert contradiction(All((AnyOf(parts[:1]), *parts[1:])))
    assert contradiction(AnyOf((All(parts), All(parts))))
    if len(parts) > 1:
        assert contradiction(AnyOf((All(parts), parts[0]))) == ""


@pytest.mark.parametrize(
    "lines",
    [
        ["terms.rationale is one of gone, weakening", "terms.rationale is not gone"],
        ["terms.trust at least 4", "terms.trust at most 4"],
        ["terms.trust at least 5"],
        ["terms.rationale is unknown", "terms.trust is known"],
        ["finding rationale_lost", "no finding rationale_lost at least critical"],
        ["some disputes where status is open", "no disputes where severity at least 4"],
        ["at least 2 disputes where status is open", "at most 2 disputes"],
        ["alliance.purposes includes market", "alliance.purposes does not include cost"],
        ["terms.ends_on after 2025-01-01", "terms.ends_on before 2025-06-01"],
        ["disputes is known", "no disputes"],
    ],
    ids=" and ".join,
)
def test_conditions_that_can_hold_together(lines: list[str]) -> None:
    assert contradiction(All(tuple(small.condition(line) for line in lines))) == ""


def test_a_contradiction_is_found_through_a_negation() -> None:
    gone, known = small.condition("terms.rationale is gone"), small.condition("terms.rationale is known")
    assert contradiction(All((gone, NoneOf((gone,)))))
    assert contradiction(All((gone, NoneOf((known,)))))
    assert contradiction(NoneOf((gone,))) == ""


def test_a_rule_that_can_never_fire_is_an_error(ruleset_copy: Path) -> None:
    add(ruleset_copy, when="[terms.rationale is gone, terms.rationale is valid]")
    message = (
        "rule `added` can never fire: `terms.rationale is gone` and `terms.rationale is valid` cannot hold together"
    )
    assert found(ruleset_copy, "contradictions") == [(ERROR, message)]


def test_a_finding_that_nothing_asks_for_is_a_warning(ruleset_copy: Path) -> None:
    assert found(ruleset_copy, "unused-findings") == []
    add(ruleset_copy, then="{finding: lonely, severity: minor}")
    ((level, message),) = found(ruleset_copy, "unused-findings")
    assert level == WARNING
    assert "`lonely`" in message


@pytest.mark.parametrize(
    ("status", "line", "met"),
    [
        ("draft", "finding idle", "never"),
        ("retired", "no finding idle", "always"),
        ("active", "finding idle", ""),
    ],
)
def test_what_only_idle_rules_make_is_a_warning(ruleset_copy: Path, status: str, line: str, met: str) -> None:
    idle = RULE.replace("id: added", f"id: idle\n    status: {status}")
    idle = idle.format(when="always", then="{finding: idle, severity: minor}", because="x")
    (ruleset_copy / "rules" / "idle.yaml").write_text(idle, encoding="utf-8")
    add(ruleset_copy, when=f"[{line}]")
    message = f"only draft or retired rules make the finding `idle`, so this is {met} met"
    assert found(ruleset_copy, "conclusions-of-idle-rules") == ([(WARNING, message)] if met else [])


def test_options_are_argued_both_ways(ruleset_copy: Path) -> None:
    before = found(ruleset_copy, "argued-both-ways")
    assert (ERROR, "no rule argues for the option `modularise`") in before
    add(ruleset_copy, then="{for: {modularise: slight}, against: {modularise: slight}}")
    assert {message for _, message in before} - {message for _, message in found(ruleset_copy, "argued-both-ways")} == {
        "no rule argues for the option `modularise`",
        "no rule argues against the option `modularise`",
    }


def test_one_option_stays_open(ruleset_copy: Path) -> None:
    options = ("continue", "renegotiate", "de-scope", "modularise", "convert-to-licensing")
    gates = "".join(
        RULE.format(when="always", then=f"{{gate: {option}, status: closed}}", because="x")
        .replace("id: added", f"id: close-{option}")
        .partition("rules:\n")[2]
        for option in options
    )
    (ruleset_copy / "rules" / "gates.yaml").write_text(f"ground: conflict\nrules:\n{gates}", encoding="utf-8")
    assert found(ruleset_copy, "some-option-stays-open") == []
    add(ruleset_copy, then="{gate: exit/expiry, status: closed}")
    # The other form of exit is closed in the ruleset itself: with this one, none is left.
    ((level, message),) = found(ruleset_copy, "some-option-stays-open")
    assert level == ERROR
    assert "every option" in message


def test_a_form_that_nothing_chooses_is_a_warning(ruleset_copy: Path) -> None:
    message = "no rule chooses the form `expand` of `continue`"
    assert (WARNING, message) in found(ruleset_copy, "forms-that-nothing-chooses")
    add(ruleset_copy, then="{form: expand, of: continue, strength: slight}")
    assert message not in [told for _, told in found(ruleset_copy, "forms-that-nothing-chooses")]
