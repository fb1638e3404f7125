"""`advisor whatif`: the answer before and after, and what it says of changes that cannot be made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def view(facts: Path, *changes: str) -> dict[str, Any]:
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
    changes = found["changes"]
    assert isinstance(changes, list)
    assert [(one["path"], one["before"], one["after"], one["changed"], one["note"]) for one in changes] == [
        ("conflicts.C1.status", "open", "resolved", True, ""),
        ("strategy.rationale", "valid", "gone", True, ""),
    ]
    assert found["other_answer"] is True


def test_arguments_that_came_and_went_are_told_once_with_all_that_they_do(facts: Path) -> None:
    found = view(facts, "strategy.rationale=gone")
    arguments = found["arguments"]
    assert isinstance(arguments, dict)
    gained = {one["rule"]: one["effects"] for one in arguments["gained"]}
    for option, side in (("exit", "for"), ("continue", "against")):
        effect = {"option": option, "side": side, "points": 8, "counted": True}
        assert effect in gained["weigh-reason-gone"]
    text = advisor("whatif", facts, "--set", "strategy.rationale=gone").text
    assert "exit +8" in text
    assert "continue -8" in text
    assert "weigh-reason-gone" not in {one["rule"] for one in arguments["lost"]}


C1 = {"id": "C1", "severity": 4, "status": "open", "resolution_attempts": 3}


@pytest.mark.parametrize(
    ("change", "before", "after", "in_words"),
    [
        ("internal.fatigue=high", None, "high", ("unknown", "high")),
        ("governance.structure=informal", None, "informal", ("unknown", "informal")),
        ("governance.structure=steering_committee", None, "steering_committee", ("unknown", "steering committee")),
        ("reciprocity.our_benefit_share=0.5", None, 0.5, ("unknown", "50%")),
        ("contract.ends_on=2026-01-31", None, "2026-01-31", ("unknown", "31 January 2026")),
        ("contract.auto_renews=false", None, False, ("unknown", "no")),
        ("relationship.trust=unknown", 4, None, ("4", "unknown")),
        ("conflicts=unknown", [C1], None, ("1 record", "unknown")),
        ("conflicts=[]", [C1], [], ("1 record", "0 records")),
        ("conflicts.C1=unknown", C1, None, ("a record", "no record")),
        ("conflicts.C1.severity=2.5", 4, 2.5, ("4", "2.5")),
        (
            "contract.exit_routes=[termination, expiry]", None, ["expiry", "termination"],
            ("unknown", "expiry and termination"),
        ),
        ("contract.exit_routes=[]", None, [], ("unknown", "none of them")),
        ("relationship={trust: 2}", {
            "relationship.trust": 4,
            "relationship.partner_commitment": "committed",
            "relationship.our_commitment": "committed",
        }, {"relationship.trust": 2}, ("3 facts", "1 fact")),
    ],
)  # fmt: skip
def test_values_before_and_after_are_data(
    change: str, before: object, after: object, in_words: tuple[str, str], facts: Path
) -> None:
    path = change.partition("=")[0]
    assert view(facts, change)["changes"] == [
        {
            "path": path,
            "before": before,
            "after": after,
            "before_in_words": in_words[0],
            "after_in_words": in_words[1],
            "changed": True,
            "note": "",
        }
    ]


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
        "strategy.fit: strong stays; its evidence or doubt is another -",
        "conflicts: 1 record → 1 record, with other content -",
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
    ("given", "dropped"),
    [
        ("{value: strong, source: The plan, confidence: low}", "its evidence and doubt are dropped"),
        ("{value: strong, dated: 2025-01-31}", "its evidence is dropped"),
        ("{value: strong, plausible: [partial]}", "its doubt is dropped"),
    ],
)
def test_where_the_value_stays_it_says_what_is_dropped(given: str, dropped: str, facts: Path) -> None:
    facts.write_text(FACTS.replace("fit: strong", f"fit: {given}"), encoding="utf-8")
    assert f"strategy.fit: strong stays; {dropped}" in advisor("whatif", facts, "--set", "strategy.fit=strong").text
    (change,) = view(facts, "strategy.fit=strong")["changes"]
    assert (change["before"], change["after"], change["changed"]) == ("strong", "strong", True)
    assert change["note"] == dropped


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            ["commitments.M1.id=M2"],
            ["--set commitments.M1.id:1:1: commitment `M2` is given twice, at FACTS:7:70"],
        ),
        (
            ["strategy.fit=partial", "workstreams.W1.id=W3", "strategy.rationale=gone"],
            ["--set workstreams.W1.id:1:1: there is no workstream `W1`, at FACTS:7:60"],
        ),
        (
            ["workstreams=unknown", "commitments.M2.workstream=W2"],
            ["--set commitments.M2.workstream:1:1: there is no workstream `W2`"],
        ),
        (
            ["commitments.M2={id: M2, workstream: W2}", "workstreams.W2=unknown"],
            ["--set commitments.M2:1:22: there is no workstream `W2`"],
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


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (["workstreams.W1=unknown"], ["W1"]),
        (["workstreams=[]"], ["W1"]),
        (["workstreams=unknown"], ["W1"]),
        (["workstreams=[{id: W2}]"], ["W1"]),
        (["workstreams=[{id: W1}]"], []),
        (["workstreams.W2=unknown"], []),
        (["workstreams=[]", "commitments=[]"], []),
        (["workstreams.W1=unknown", "commitments.M1.workstream=W2"], []),
        (["workstreams.W1=unknown", "workstreams.W2.id=W1"], []),
    ],
)
def test_what_referred_to_a_record_that_is_taken_away_refers_to_nothing(
    changes: list[str], told: list[str], facts: Path
) -> None:
    facts.write_text(REFERRING, encoding="utf-8")
    let_go = [{"path": "commitments.M1.workstream", "referred_to": f"workstreams.{one}"} for one in told]
    for order in (changes, changes[::-1]):
        assert view(facts, *order)["let_go"] == let_go
        text = advisor("whatif", facts, *[part for change in order for part in ("--set", change)]).text
        said = "commitments.M1.workstream: refers to nothing, since workstreams.W1 is taken away"
        assert (said in text) is bool(told)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            ["conflicts.C1.status=resolved", "conflicts=[]"],
            "--set conflicts.C1.status:1:1: `conflicts.C1.status` lies within `conflicts`, which is changed as a whole",
        ),
        (
            ["workstreams.W1.value=2", "workstreams.W1=unknown"],
            "--set workstreams.W1.value:1:1: `workstreams.W1.value` lies within `workstreams.W1`, which is changed as",
        ),
        (
            ["workstreams.W1.id=W3", "workstreams.W3.value=2"],
            "--set workstreams.W3.value:1:1: `workstreams` has no record `W3` to change\n  hint: ",
        ),
        (
            ["workstreams.W1.id=W3", "workstreams.W2.id=W3"],
            "workstream `W3` is given twice",
        ),
    ],
)
def test_changes_that_contradict_each_other_do_so_in_any_order(changes: list[str], told: str, facts: Path) -> None:
    facts.write_text(REFERRING, encoding="utf-8")
    said = []
    for order in (changes, changes[::-1]):
        ran = advisor("whatif", facts, *[part for change in order for part in ("--set", change)])
        assert (ran.code, ran.out) == (1, "")
        said.append(ran.err)
    assert told in said[0]
    assert said[0] == said[1]


def test_a_record_is_found_by_its_id_in_any_order(facts: Path) -> None:
    facts.write_text(REFERRING, encoding="utf-8")
    changes = ["workstreams.W2.id=W3", "workstreams.W2.value=5"]
    one, other = view(facts, *changes), view(facts, *changes[::-1])
    assert one["facts_sha256"] == other["facts_sha256"]


POINTS = (
    FACTS
    + """\
workstreams: [{id: small, value: 3}, {id: small.car, value: 3}, {id: small.car.x, value: 4}]
reputation: {incidents: [{id: "2019.1", severity: 2}]}
"""
)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ("workstreams.small.car.economics=marginal", None, "marginal"),
        ("workstreams.small.car.value=1", 3, 1),
        ("workstreams.small.car.x.value=1", 4, 1),
        ("workstreams.small.value=1", 3, 1),
        ("workstreams.small.car=unknown", {"id": "small.car", "value": 3}, None),
        ("reputation.incidents.2019.1.severity=5", 2, 5),
    ],
)
def test_ids_may_have_points(change: str, before: object, after: object, facts: Path) -> None:
    facts.write_text(POINTS, encoding="utf-8")
    (found,) = view(facts, change)["changes"]
    assert (found["before"], found["after"]) == (before, after)


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        ("conflicts.C99.status=open", "`conflicts` has no record `C99` to change", "the ids are C1"),
        ("conflicts.c1.status=open", "`conflicts` has no record `c1` to change", "the ids are C1"),
        ("workstreams.X.value=2", "`workstreams` has no record `X` to change", "the ids are W1, W2"),
        ("reputation.incidents.I1.severity=2", "`reputation.incidents` has no record `I1`", "is empty"),
        ("contract.triggers.T1.fired=true", "`contract.triggers` is left out, and has no record `T1` to change", ""),
    ],
)
def test_a_record_that_is_not_there(change: str, said: str, hint: str, facts: Path) -> None:
    facts.write_text(f"{REFERRING}reputation: {{incidents: []}}\n", encoding="utf-8")
    ran = advisor("whatif", facts, "--set", change)
    assert ran.code == 1
    assert said in ran.err
    assert hint in ran.err


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
