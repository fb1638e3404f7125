"""Whole rulesets: every mistake is reported at its place, and layers follow from what rules ask for.

The table of mistakes stands beside this file as text.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from engine.decision.weighing import WEIGHING_FUNCTIONS
from engine.errors import NotFoundError
from engine.parse import ruleset as parse_ruleset
from engine.parse.ruleset import load_ruleset
from engine.rules import Ruleset
from tests.golden import labels, pairs
from tests.small import ruleset_problems

NOT_CLOSED = """\
this is not valid YAML: `,` or `]` is missing before this
  hint: the list or group in brackets begins at line 2"""
SPOILS = pairs(Path(__file__).with_name("rulesets.txt"))


def spoil(folder: Path, change: str) -> None:
    """Makes one change in a file: lines behind `- ` are replaced by lines behind `+ `."""
    name, *lines = change.split("\n")
    old, new = ("\n".join(line[2:] for line in lines if line.startswith(f"{sign} ")) for sign in "-+")
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("change", "expected"), SPOILS, ids=labels(SPOILS))
def test_each_mistake_in_a_ruleset_is_reported_at_its_place(ruleset_copy: Path, change: str, expected: str) -> None:
    spoil(ruleset_copy, change)
    assert "\n".join(ruleset_problems(ruleset_copy)) == expected


def test_all_mistakes_of_a_ruleset_are_reported_at_once(ruleset_copy: Path) -> None:
    chosen: dict[tuple[str, int], tuple[str, str]] = {}
    for change, expected in SPOILS:
        name, *lines = change.split("\n")
        old = [line[2:] for line in lines if line.startswith("- ")]
        new = [line for line in lines if line.startswith("+ ")]
        # Changes that add no lines, in different places, and with no consequences elsewhere: names in messages, and
        # rules that are not read for want of `rules`, grounds or strengths.
        alone = all(line.startswith((f"r/{name}:", "  hint")) for line in expected.split("\n"))
        if len(old) == len(new) == 1 and alone and not re.search(r"s: {}|\+ rule:|- id", change):
            above = (ruleset_copy / name).read_text(encoding="utf-8").partition(old[0])[0]
            chosen.setdefault((name, above.count("\n")), (change, expected))
    assert len(chosen) >= 20
    for change, _ in chosen.values():
        spoil(ruleset_copy, change)
    found = ruleset_problems(ruleset_copy)
    expected_problems = [problem for _, expected in chosen.values() for problem in split(expected)]
    assert set(found) ^ set(expected_problems) == set()
    assert sorted(found) == sorted(expected_problems)


def split(problems: str) -> list[str]:
    """Problems one by one, each with its hint."""
    found: list[str] = []
    for line in problems.split("\n"):
        if line.startswith("  hint"):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def test_the_small_ruleset_has_one_rule_of_every_kind(small_ruleset: Ruleset) -> None:
    assert small_ruleset.findings == ("goals_drift", "lasting_dispute", "rationale_lost", "sound_goals")
    assert small_ruleset.diagnoses == ("partners_parted",)
    kinds = {type(one).__name__ for rule in small_ruleset.rules for one in rule.then}
    assert kinds == {"Finding", "Diagnosis", "Argument", "Gate", "FormChoice", "ReadinessCall", "Action"}


def test_rules_stand_in_the_order_of_their_layers_then_of_their_files(small_ruleset: Ruleset) -> None:
    layers = [rule.layer for rule in small_ruleset.rules]
    assert layers == sorted(layers)
    assert small_ruleset.by_id["sound"].layer == 1
    assert small_ruleset.by_id["stay-when-sound"].layer == 1
    assert small_ruleset.by_id["parted"].layer == 0
    first = [rule.location for rule in small_ruleset.rules if rule.layer == 0]
    assert first == sorted(first)


def test_the_names_of_weighing_functions_are_those_that_exist() -> None:
    assert set(parse_ruleset.WEIGHING_FUNCTIONS) == set(WEIGHING_FUNCTIONS)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        load_ruleset(tmp_path / "none")
    assert str(caught.value) == f"there is no ruleset folder `{tmp_path / 'none'}`"


def test_an_empty_folder_lacks_everything(tmp_path: Path) -> None:
    assert ruleset_problems(tmp_path) == [
        "r/ruleset.yaml:1:1: this file of the ruleset is missing",
        "r/sources.yaml:1:1: this file of the ruleset is missing",
        "r/vocabulary:1:1: the ruleset has no vocabulary\n  hint: its files are `vocabulary/*.yaml`, one a section",
        "r/weighing.yaml:1:1: this file of the ruleset is missing",
    ]


def test_a_ruleset_without_rules_says_so(ruleset_copy: Path) -> None:
    shutil.rmtree(ruleset_copy / "rules")
    assert ruleset_problems(ruleset_copy) == ["r/rules:1:1: the ruleset has no rules"]


def test_a_file_with_the_wrong_ending_is_not_ignored_in_silence(ruleset_copy: Path) -> None:
    (ruleset_copy / "rules" / "plans.yaml").rename(ruleset_copy / "rules" / "plans.yml")
    assert ruleset_problems(ruleset_copy) == [
        "r/rules/plans.yml:1:1: files of a ruleset end in `.yaml`; this one is not read\n  hint: rename it"
    ]


def test_hidden_files_of_editors_are_not_read(ruleset_copy: Path) -> None:
    (ruleset_copy / "rules" / ".#plans.yaml").symlink_to("nowhere")
    assert ruleset_problems(ruleset_copy) == []


def test_a_file_that_is_no_yaml_is_reported_with_what_is_wrong_in_the_others(ruleset_copy: Path) -> None:
    (ruleset_copy / "rules" / "plans.yaml").write_text("rules:\n  - id: [a\n")
    spoil(ruleset_copy, "rules/findings.yaml\n-     source: [N1]\n+     source: [N9]")
    assert ruleset_problems(ruleset_copy) == [
        "r/rules/findings.yaml:10:14: there is no source `N9`\n  hint: sources are declared in sources.yaml",
        f"r/rules/plans.yaml:3:1: {NOT_CLOSED}",
    ]


def test_a_measure_that_cannot_be_read_is_not_reported_again_where_it_is_used(ruleset_copy: Path) -> None:
    spoil(ruleset_copy, "measures.yaml\n-     date: {start: alliance.as_of,\n+     date: {start: alliance.as_off,")
    spoil(ruleset_copy, "measures.yaml\n-     slope: {of: checks,\n+     slop: {of: checks,")
    spoil(
        ruleset_copy,
        "rules/arguments.yaml\n-       - terms.exclusive is true\n+       - terms.ends_on after earliest_exit",
    )
    found = ruleset_problems(ruleset_copy)
    assert [problem.split(":")[0] for problem in found] == ["r/measures.yaml"] * 2


def rule(name: str, when: str, then: str) -> str:
    """A rule in one line."""
    return f"  - {{id: {name}, title: T, when: [{when}], then: {then}, because: B, source: [N1]}}\n"


def made(name: str) -> str:
    """What makes a finding."""
    return f"{{finding: {name}, severity: minor}}"


def with_rules(folder: Path, *rules: str) -> Path:
    """A copy of the ruleset with these rules alone."""
    shutil.rmtree(folder / "rules")
    (folder / "rules").mkdir()
    (folder / "rules" / "all.yaml").write_text("ground: conflict\nrules:\n" + "".join(rules))
    return folder


def test_each_negation_opens_a_layer(ruleset_copy: Path) -> None:
    folder = with_rules(
        ruleset_copy,
        rule("last", "finding c", "{for: {exit: slight}}"),
        rule("c", "no finding b", made("c")),
        rule("b", "{none: [finding a]}", made("b")),
        rule("a2", "finding d", made("a")),
        rule("a", "terms.trust is 3", made("a")),
        rule("d", "terms.trust is 4", made("d")),
        rule("twice", "{none: [no finding c]}", "{diagnosis: e}"),
        rule("mixed", "{any: [no finding a, finding c]}", "{diagnosis: f}"),
    )
    found = {one.id: one.layer for one in load_ruleset(folder).rules}
    assert found == {"a": 0, "a2": 0, "b": 1, "c": 2, "d": 0, "last": 2, "twice": 2, "mixed": 2}


def test_a_finding_that_several_rules_make_is_settled_after_the_last_of_them(ruleset_copy: Path) -> None:
    folder = with_rules(
        ruleset_copy,
        rule("early", "terms.trust is 3", made("a")),
        rule("late", "no finding b", made("a")),
        rule("b", "terms.trust is 4", made("b")),
        rule("user", "no finding a", "{diagnosis: c}"),
    )
    assert {one.id: one.layer for one in load_ruleset(folder).rules} == {"early": 0, "b": 0, "late": 1, "user": 2}


def test_a_positive_circle_is_allowed(ruleset_copy: Path) -> None:
    folder = with_rules(
        ruleset_copy,
        rule("a", "finding b", made("a")),
        rule("b", "finding a", made("b")),
        rule("self", "finding s", made("s")),
        rule("after", "no finding a", made("c")),
    )
    assert {one.id: one.layer for one in load_ruleset(folder).rules} == {"a": 0, "b": 0, "self": 0, "after": 1}


HINT = "\n  hint: let one of them ask for something that is settled before"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (
            [rule("a", "no finding a", made("a"))],
            "r/rules/all.yaml:3:30: rules depend on their own absence, in a circle: `a` → `a`",
        ),
        (
            [rule("a", "finding b", made("a")), rule("b", "no finding a", made("b"))],
            "r/rules/all.yaml:4:30: rules depend on their own absence, in a circle: `b` → `a` → `b`",
        ),
        (
            [
                rule("fine", "terms.trust is 3", made("z")),
                rule("a", "finding z, no finding z, no finding c", made("a")),
                rule("b", "finding a", made("b")),
                rule("c", "diagnosis d", made("c")),
                rule("d", "finding b", "{diagnosis: d}"),
            ],
            "r/rules/all.yaml:4:55: rules depend on their own absence, in a circle: `a` → `c` → `d` → `b` → `a`",
        ),
        (
            [rule("a", "{none: [{any: [finding a]}]}", made("a"))],
            "r/rules/all.yaml:3:45: rules depend on their own absence, in a circle: `a` → `a`",
        ),
        (
            [rule("a", "no finding b", made("a")), rule("b", "no finding a", made("b"))],
            "r/rules/all.yaml:3:30: rules depend on their own absence, in a circle: `a` → `b` → `a`",
        ),
    ],
)
def test_a_circle_through_a_negation_is_refused_and_names_its_rules(
    ruleset_copy: Path, rules: list[str], expected: str
) -> None:
    assert ruleset_problems(with_rules(ruleset_copy, *rules)) == [expected + HINT]


def test_a_long_chain_of_rules_is_put_in_order_quickly(ruleset_copy: Path) -> None:
    chain = [rule("r0", "terms.trust is 3", made("f0"))]
    chain += [rule(f"r{n}", f"no finding f{n - 1}", made(f"f{n}")) for n in range(1, 200)]
    found = load_ruleset(with_rules(ruleset_copy, *reversed(chain))).rules
    assert [one.id for one in found] == [f"r{n}" for n in range(200)]
    assert [one.layer for one in found] == list(range(200))


def test_the_same_files_make_the_same_hash_wherever_they_lie(ruleset_copy: Path, small_ruleset: Ruleset) -> None:
    assert load_ruleset(ruleset_copy).sha256 == small_ruleset.sha256
    spoil(ruleset_copy, "rules/plans.yaml\n-     source: [N3]\n+     source: [N2]")
    assert load_ruleset(ruleset_copy).sha256 != small_ruleset.sha256


def test_without_its_vocabulary_a_ruleset_has_one_problem(ruleset_copy: Path) -> None:
    shutil.rmtree(ruleset_copy / "vocabulary")
    (problem,) = ruleset_problems(ruleset_copy)
    assert problem.startswith("r/vocabulary:1:1: the ruleset has no vocabulary")


def test_without_the_profile_the_rest_is_not_looked_at(ruleset_copy: Path) -> None:
    (ruleset_copy / "vocabulary" / "alliance.yaml").unlink()
    assert all("`alliance" in one for one in ruleset_problems(ruleset_copy))


@pytest.mark.parametrize("name", ["rules/odd.yaml", "weighing.yaml", "vocabulary/odd.yaml"])
@pytest.mark.parametrize("kind", ["a folder", "a link to nothing", "no ordinary file"])
def test_only_ordinary_files_are_read(ruleset_copy: Path, name: str, kind: str) -> None:
    path = ruleset_copy / name
    path.unlink(missing_ok=True)
    if kind == "a folder":
        path.mkdir()
    elif kind == "a link to nothing":
        path.symlink_to("nowhere")
    elif hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        pytest.skip("needs pipes that have a name")
    assert f"r/{name}:1:1: this is {kind}, expected a file of the ruleset\n  hint: rename it or take it away" in (
        ruleset_problems(ruleset_copy)
    )
