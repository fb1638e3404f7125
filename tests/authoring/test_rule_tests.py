"""The tests of rules: what is read, what is refused, and what a failure says."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from engine.authoring.expectations import RuleTest, load_tests
from engine.authoring.rule_tests import run_tests, without_tests
from engine.errors import NotFoundError, ProblemsError
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin

GOOD = """\
tests:
  - test: A severe dispute outlives two attempts to settle it.
    facts:
      terms:
        disputes: [{id: D1, severity: 4, status: open, attempts: 2, admitted: false}]
    fires: [lasting-dispute]
    silent: [rationale-gone]
    near_misses:
      - test: One attempt is not enough.
        change: {terms.disputes.D1.attempts: 1}
        fires: [review-anyway]
        silent: [lasting-dispute]
"""


def write(folder: Path, content: str, name: str = "disputes.yaml") -> Path:
    path = folder / "tests" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(content), encoding="utf-8")
    return folder


def read_tests(folder: Path, content: str) -> tuple[RuleTest, ...]:
    write(folder, content)
    return load_tests(folder, load_ruleset(folder, "r"), "r")


def refused(folder: Path, content: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_tests(folder, content)
    return [str(problem) for problem in caught.value.problems]


def failures(folder: Path, content: str) -> list[str]:
    tests = read_tests(folder, content)
    results = run_tests(tests, load_ruleset(folder, "r"))
    return [str(problem) for result in results for problem in result.failures]


def test_what_is_as_expected_passes(ruleset_copy: Path) -> None:
    tests = read_tests(ruleset_copy, GOOD)
    assert [(test.near_miss_of, len(test.fires), len(test.silent)) for test in tests] == [
        ("", 1, 1),
        ("A severe dispute outlives two attempts to settle it.", 1, 1),
    ]
    assert failures(ruleset_copy, GOOD) == []


def test_a_rule_that_should_have_fired_is_told_with_its_line_and_the_condition_in_the_way(ruleset_copy: Path) -> None:
    assert failures(
        ruleset_copy, GOOD.replace("attempts: 2,", "attempts: 1,").replace("attempts: 1}", "attempts: 0}")
    ) == [
        (
            "r/tests/disputes.yaml:6:13: `lasting-dispute` should have fired and did not,"
            " in the test «A severe dispute outlives two attempts to settle it.»\n"
            "  hint: not met: `some disputes where status is open and severity at least 4 and attempts at least 2`"
            " (disputes: 1 record)"
        )
    ]


def test_a_rule_that_should_have_been_silent_is_told_with_what_it_said(ruleset_copy: Path) -> None:
    told = failures(ruleset_copy, GOOD.replace("{terms.disputes.D1.attempts: 1}", "{terms.disputes.D1.attempts: 3}"))
    assert told == [
        (
            "r/tests/disputes.yaml:12:18: `lasting-dispute` should not have fired and did,"
            " in the test «One attempt is not enough.»\n  hint: it said: D1 is still open."
        )
    ]


def test_option_form_status_and_readiness_are_told_expected_against_actual(ruleset_copy: Path) -> None:
    expects = (
        "    option: exit\n    form: expiry\n    readiness: suspend\n    status: {continue: closed}\n    near_misses:"
    )
    told = failures(ruleset_copy, GOOD.replace("    near_misses:", expects))
    assert [line.partition(", in the test")[0] for line in told] == [
        "r/tests/disputes.yaml:8:13: `exit` should be recommended, and `renegotiate` is",
        "r/tests/disputes.yaml:9:11: the form should be `expiry`, and is `terms` of `renegotiate`",
        "r/tests/disputes.yaml:11:24: `continue` should be closed, and is open",
        "r/tests/disputes.yaml:10:16: the readiness should be `suspend`, and is `hold`",
    ]


MISTAKES = {
    "a rule that is not there": (
        "fires: [lasting-dispute]",
        "fires: [lasting-disputes]",
        "6:13: there is no rule `lasting-disputes`\n  hint: did you mean `lasting-dispute`?",
    ),
    "a fact of the wrong type": (
        "severity: 4,",
        "severity: four,",
        "5:39: `disputes.severity` is `four`, expected a number from 1 to 5",
    ),
    "an unknown key": ("    silent: [rat", "    quiet: [x]\n    silent: [rat", "7:5: unknown key `quiet` in a test"),
    "nothing that must fire": ("fires: [lasting-dispute]", "fires: []", "`fires` is empty, expected at least one rule"),
    "a record that is not there": (
        "terms.disputes.D1.attempts: 1",
        "terms.disputes.D9.attempts: 1",
        "10:18: `terms.disputes` has no record `D9` to change",
    ),
    "a path into a value": (
        "terms.disputes.D1.attempts: 1",
        "terms.disputes.D1.attempts.more: 1",
        "10:18: `terms.disputes.D1.attempts` is one value, and has no `more`",
    ),
    "a near miss that changes nothing": (
        "terms.disputes.D1.attempts: 1",
        "terms.disputes.D1.attempts: 2",
        "9:15: the near miss changes nothing in the case above it",
    ),
    "a near miss of nothing above": (
        "silent: [lasting-dispute]",
        "silent: [rationale-gone]",
        "9:15: a near miss names in `silent` a rule that fires in the test above it, and this one names none",
    ),
    "a near miss without a change": (
        "        change: {terms.disputes.D1.attempts: 1}\n",
        "",
        "9:9: a near miss says what differs, in `change` or `without`",
    ),
    "the same sentence twice": (
        "One attempt is not enough.",
        "A severe dispute outlives two attempts to settle it.",
        "9:15: another test has the same sentence, at r/tests/disputes.yaml:2:11",
    ),
    "a case that is not there": (
        "    facts:\n",
        "    case: nowhere\n    facts:\n",
        "3:11: there is no case `nowhere`\n  hint: declare it under `cases`, here or in tests/cases.yaml",
    ),
    "no option": (
        "    near_misses:",
        "    option: leave\n    near_misses:",
        "8:13: `option` is `leave`, expected `continue`, `renegotiate`, `de-scope`, `modularise`,",
    ),
    "something to take away that is not there": (
        "        fires: [review-anyway]",
        "        without: [terms.rationale]\n        fires: [review-anyway]",
        "11:19: there is no `terms.rationale` to take away",
    ),
    "a rule that must fire and be silent": (
        "silent: [rationale-gone]",
        "silent: [rationale-gone, lasting-dispute]",
        "7:30: `lasting-dispute` stands in `fires` and in `silent` of one test",
    ),
    "a rule that must count and be silent": (
        "silent: [rationale-gone]",
        "silent: [rationale-gone]\n    counts: [rationale-gone]",
        "7:14: `rationale-gone` stands in `counts` and in `silent` of one test",
    ),
    "a rule without an argument that must count": (
        "    near_misses:",
        "    counts: [lasting-dispute]\n    near_misses:",
        "8:14: the rule `lasting-dispute` argues for and against nothing, so it never counts",
    ),
    "a form of another option": (
        "    near_misses:",
        "    option: exit\n    form: terms\n    near_misses:",
        "9:11: `terms` is no form of `exit`, expected `expiry`",
    ),
    "a named case with a misspelt fact": (
        "tests:\n",
        "cases: {bad: {terms: {rationle: gone}}}\ntests:\n",
        "1:23: unknown fact `terms.rationle`\n  hint: did you mean `rationale`?",
    ),
    "a named case that nothing uses": (
        "tests:\n",
        "cases: {idle: {terms: {rationale: gone}}}\ntests:\n",
        "1:9: no test begins with the case `idle`\n  hint: name it in `case` of a test, or take it away",
    ),
    "a list of tests that is none": ("tests:\n  - test:", "test:\n  - test:", "1:1: a file of tests needs `tests`"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place(name: str, ruleset_copy: Path) -> None:
    before, after, expected = MISTAKES[name]
    assert before in GOOD
    assert any(expected in line for line in refused(ruleset_copy, GOOD.replace(before, after)))


def test_tests_begin_with_named_cases_of_their_file_and_of_all_files(ruleset_copy: Path) -> None:
    write(ruleset_copy, "cases: {gone: {terms: {rationale: gone}}}", "cases.yaml")
    content = """\
        cases: {weak: {terms: {rationale: weakening}}}
        tests:
          - {test: One., case: gone, fires: [rationale-gone], silent: [rationale-weakening]}
          - {test: Two., case: weak, fires: [rationale-weakening], silent: [rationale-gone]}
          - test: Three.
            case: gone
            facts: {terms: {rationale: weakening}}
            fires: [rationale-weakening]
            silent: [rationale-gone]
        """
    assert failures(ruleset_copy, content) == []


def test_every_shared_case_is_read_and_used(ruleset_copy: Path) -> None:
    write(ruleset_copy, "cases:\n  idle: {terms: {rationale: gone}}\n  odd: {terms: {rationale: gon}}\n", "cases.yaml")
    assert [line.partition("\n")[0] for line in refused(ruleset_copy, GOOD)] == [
        "r/tests/cases.yaml:2:3: no test begins with the case `idle`",
        "r/tests/cases.yaml:3:3: no test begins with the case `odd`",
        "r/tests/cases.yaml:3:28: `terms.rationale` is `gon`, expected `valid`, `weakening` or `gone`",
    ]
    write(ruleset_copy, "- idle\n", "cases.yaml")
    assert refused(ruleset_copy, GOOD) == ["r/tests/cases.yaml:1:1: expected `cases:`, found a list"]


def test_a_case_is_not_called_unused_where_a_test_could_not_be_read(ruleset_copy: Path) -> None:
    write(ruleset_copy, "cases: {gone: {terms: {rationale: gone}}}", "cases.yaml")
    told = refused(ruleset_copy, GOOD.replace("    facts:\n", "    case: gnoe\n    facts:\n"))
    assert told == ["r/tests/disputes.yaml:3:11: there is no case `gnoe`\n  hint: did you mean `gone`?"]


def test_a_change_that_cannot_be_made_is_one_problem(ruleset_copy: Path) -> None:
    for instead, expected in (
        ("without: [terms.rationale]", "10:19: there is no `terms.rationale` to take away"),
        ("change: {terms.disputes.D9.attempts: 1}", "10:18: `terms.disputes` has no record `D9` to change"),
        ("change: {terms..rationale: gone}", "10:18: `terms..rationale` has an empty part"),
    ):
        told = refused(ruleset_copy, GOOD.replace("change: {terms.disputes.D1.attempts: 1}", instead))
        assert len(told) == 1
        assert told[0].startswith(f"r/tests/disputes.yaml:{expected}")


COUNTING = """\
tests:
  - test: Of two reasons on one ground the stronger counts.
    facts:
      terms: {rationale: gone, disputes: [{id: D1, severity: 4, status: open, attempts: 2}]}
    fires: [rationale-gone]
    silent: [rationale-weakening]
    counts: [%s]
"""


def test_a_rule_that_should_count_and_does_not_is_told_with_what_counted_in_its_place(ruleset_copy: Path) -> None:
    rules = ruleset_copy / "rules" / "counting.yaml"
    rules.write_text(
        textwrap.dedent(
            """\
            ground: conflict
            rules:
              - {id: weak, title: Weak., when: always, then: {for: {exit: slight}}, because: So., source: [%(source)s]}
              - id: strong
                title: Strong.
                when: [terms.rationale is gone]
                then: {for: {exit: strong}, against: {continue: slight}}
                because: So.
                source: [%(source)s]
              - id: unmet
                title: Unmet.
                when: [terms.rationale is valid]
                then: {for: {exit: slight}}
                because: So.
                source: [%(source)s]
            """
        )
        % {"source": next(iter(load_ruleset(ruleset_copy, "r").sources))},
        encoding="utf-8",
    )
    assert failures(ruleset_copy, COUNTING % "strong") == []
    in_the_test = ", in the test «Of two reasons on one ground the stronger counts.»\n"
    assert failures(ruleset_copy, COUNTING % "weak, unmet") == [
        (
            f"r/tests/disputes.yaml:7:14: `weak` should have counted and did not{in_the_test}"
            "  hint: of its ground counted: `strong` (strong) for `exit`"
        ),
        (
            f"r/tests/disputes.yaml:7:20: `unmet` should have counted and did not fire{in_the_test}"
            "  hint: not met: `terms.rationale is valid` (terms.rationale: gone)"
        ),
    ]


def test_what_is_taken_away_is_unknown(ruleset_copy: Path) -> None:
    content = GOOD.replace("change: {terms.disputes.D1.attempts: 1}", "without: [terms.disputes.D1.attempts]")
    assert failures(ruleset_copy, content) == []
    assert (
        failures(ruleset_copy, GOOD.replace("change: {terms.disputes.D1.attempts: 1}", "without: [terms.disputes]"))
        == []
    )
    assert (
        failures(ruleset_copy, GOOD.replace("{terms.disputes.D1.attempts: 1}", "{terms.disputes.D1.attempts: unknown}"))
        == []
    )


def test_rules_that_nothing_tests_are_named(ruleset_copy: Path) -> None:
    tests = read_tests(ruleset_copy, GOOD)
    lacking = {one.rule.id: one.never_fires for one in without_tests(tests, load_ruleset(ruleset_copy, "r"))}
    assert "lasting-dispute" not in lacking
    assert lacking["rationale-gone"] is True
    # It always applies, so that it can have no near miss.
    assert "review-anyway" not in lacking


def test_a_ruleset_without_tests_is_told_so(ruleset_copy: Path) -> None:
    with pytest.raises(NotFoundError, match="the ruleset `r` has no tests"):
        load_tests(ruleset_copy, load_ruleset(ruleset_copy, "r"), "r")


@pytest.mark.slow
def test_every_rule_of_the_built_in_ruleset_is_tested_and_every_test_passes() -> None:
    folder = builtin("rulesets") / "alliance"
    ruleset = load_ruleset(folder)
    tests = load_tests(folder, ruleset)
    assert [one.rule.id for one in without_tests(tests, ruleset)] == []
    failed = [problem for result in run_tests(tests, ruleset) for problem in result.failures]
    assert failed == []
