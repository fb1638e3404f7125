"""`advisor whatif`: the answer before and after, and what it says of changes that cannot be made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import SAMPLE, advisor

FACTS = """\
alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30}
strategy: {rationale: valid, goal_alignment: 4.5, overlapping_interests: strong, fit: strong}
conflicts:
  - {id: C1, severity: 4, status: open, resolution_attempts: 3}
relationship: {trust: 4, partner_commitment: committed, our_commitment: committed}
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, encoding="utf-8")
    return path


def view(facts: Path, *changes: str) -> dict[str, object]:
    options = [part for change in changes for part in ("--set", change)]
    ran = advisor("whatif", facts, *options, "--format", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert isinstance(found, dict)
    return found


def test_before_and_after_are_what_assess_says_of_each(facts: Path) -> None:
    found = view(facts, "conflicts.C1.status=resolved", "strategy.rationale=gone")
    changed = facts.with_name("changed.yaml")
    changed.write_text(FACTS.replace("status: open", "status: resolved").replace("valid", "gone"), encoding="utf-8")
    for when, file in (("before", facts), ("after", changed)):
        said = json.loads(advisor("assess", file, "--format", "json").out)
        answer = found[when]
        assert isinstance(answer, dict)
        assert {key: answer[key] for key in ("option", "form", "readiness", "confidence", "lead")} == {
            key: said["recommendation"][key] for key in ("option", "form", "readiness", "confidence", "lead")
        }
        options = found["options"]
        assert isinstance(options, list)
        assert {one["option"]: one[f"score_{when}"] for one in options} == {
            one["option"]: one["score"] for one in said["options"]
        }
    assert found["changes"] == [
        {"path": "conflicts.C1.status", "before": "open", "after": "resolved", "changed": True},
        {"path": "strategy.rationale", "before": "valid", "after": "gone", "changed": True},
    ]
    assert found["other_answer"] is True


def test_arguments_that_came_and_went_are_told_once_with_all_that_they_do(facts: Path) -> None:
    found = view(facts, "strategy.rationale=gone")
    arguments = found["arguments"]
    assert isinstance(arguments, dict)
    gained = {one["rule"]: one["effects"] for one in arguments["gained"]}
    assert "exit +8" in gained["weigh-reason-gone"]
    assert "continue -8" in gained["weigh-reason-gone"]
    assert "weigh-reason-gone" not in {one["rule"] for one in arguments["lost"]}


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ("internal.fatigue=high", "unknown", "high"),
        ("conflicts=unknown", "1 record", "unknown"),
        ("conflicts=[]", "1 record", "0 records"),
        ("conflicts.C1=unknown", "a record", "no record"),
        ("contract.exit_routes=[expiry, termination]", "unknown", "expiry and termination"),
    ],
)
def test_a_fact_can_be_added_and_made_unknown(change: str, before: str, after: str, facts: Path) -> None:
    path = change.partition("=")[0]
    assert view(facts, change)["changes"] == [{"path": path, "before": before, "after": after, "changed": True}]


def test_a_record_that_is_taken_away_leaves_its_list_known(facts: Path) -> None:
    gone, empty = view(facts, "conflicts.C1=unknown"), view(facts, "conflicts=[]")
    assert gone["facts_sha256"] == empty["facts_sha256"]


def test_what_changes_nothing_says_so(facts: Path) -> None:
    ran = advisor("whatif", facts, "--set", "strategy.rationale=valid")
    assert ran.code == 0
    assert "strategy.rationale: valid → valid, no change" in ran.text
    assert "The same option and form come out." in ran.text
    assert "ARGUMENTS GAINED None. ARGUMENTS LOST None." in ran.text


def test_a_change_that_reads_the_same_is_told_apart_from_none(facts: Path) -> None:
    changes = [
        "strategy.fit={value: strong, confidence: low}",
        "conflicts=[{id: C1, severity: 2}]",
        "relationship.trust=4.0",
        "internal.fatigue=high",
    ]
    ran = advisor("whatif", facts, *[part for change in changes for part in ("--set", change)])
    assert ran.code == 0
    for said in (
        "strategy.fit: strong → strong, with another content or evidence -",
        "conflicts: 1 record → 1 record, with another content or evidence -",
        "relationship.trust: 4 → 4, no change -",
        "internal.fatigue: unknown → high THE ANSWER",
    ):
        assert said in ran.text


REFERRING = (
    FACTS
    + """\
workstreams: [{id: W1, value: 3}, {id: W2, value: 3}]
commitments: [{id: M1, owner: us, status: met, workstream: W1}, {id: M2, owner: us, status: met}]
"""
)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            ["commitments.M1.id=M2"],
            ["--set commitments.M1.id:1:1: commitment `M2` is given twice, at FACTS:7:70"],
        ),
        (
            ["strategy.fit=partial", "workstreams.W1=unknown", "strategy.rationale=gone"],
            ["--set workstreams.W1:1:1: there is no workstream `W1`, at FACTS:7:60"],
        ),
        (
            ["workstreams=unknown", "commitments.M2.workstream=W2"],
            [
                "--set commitments.M2.workstream:1:1: there is no workstream `W2`",
                "--set workstreams:1:1: there is no workstream `W1`, at FACTS:7:60",
            ],
        ),
    ],
)
def test_what_a_change_makes_wrong_elsewhere_is_located_at_the_change(
    changes: list[str], told: list[str], facts: Path
) -> None:
    facts.write_text(REFERRING, encoding="utf-8")
    ran = advisor("whatif", facts, *[part for change in changes for part in ("--set", change)])
    assert ran.code == 1
    assert [line for line in ran.err.splitlines() if not line.startswith("  hint: ")] == [
        line.replace("FACTS", str(facts)) for line in told
    ]


def test_changes_that_put_each_other_right_are_made_together(facts: Path) -> None:
    facts.write_text(REFERRING, encoding="utf-8")
    assert view(facts, "workstreams.W1.id=W3", "commitments.M1.workstream=W3")["changes"] != []


def test_all_that_is_wrong_with_the_changes_is_told_at_once(facts: Path) -> None:
    ran = advisor(
        "whatif", facts, "--set", "partner.focus=stedy", "--set", "conflicts.Q.status=open", "--set", "strategy.fit=",
        "--set", "strategy.rationle=gone", "--set", "strategy.rationale.more=1", "--set", "culture.compatibility=[",
        "--set", "strategy..rationale=gone",
    )  # fmt: skip
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n--set") == 6
    for said in (
        "--set conflicts.Q.status:1:1: `conflicts` has no record `Q` to change",
        "--set culture.compatibility:1:2: this is not valid YAML",
        "--set partner.focus:1:1: `partner.focus` is `stedy`, expected `steady` or `shifting`",
        "--set strategy..rationale:1:1: `strategy..rationale` has an empty part\n  hint: names in a path are joined by",
        "--set strategy.fit:1:1: `strategy.fit` is given no value",
        "--set strategy.rationale.more:1:1: `strategy.rationale` is one value, and has no `more`",
        "--set strategy.rationle:1:1: unknown fact `strategy.rationle`\n  hint: did you mean `rationale`?",
    ):
        assert said in ran.err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            ["strategy.rationale"],
            "'--set' takes PATH=VALUE, such as",
        ),
        (["=gone"], "such as strategy.rationale=gone, not '=gone'."),
        (["a.b=1", "a.b=2"], "'--set' gives 'a.b' twice."),
        ([], "Missing option '--set'"),
    ],
)
def test_a_change_that_is_none_is_a_wrong_command_line(changes: list[str], said: str) -> None:
    ran = advisor("whatif", SAMPLE, *[part for change in changes for part in ("--set", change)])
    assert ran.code == 2
    assert said in ran.err
