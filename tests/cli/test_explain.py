from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.rules import OPTIONS
from tests.cli.running import advisor

FACTS = """\
alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30}
strategy:
  rationale: {value: weakening, source: "Board paper 7", confidence: medium}
conflicts:
  - {id: C1, topic: goals, severity: 4.5, status: open, resolution_attempts: 3, description: Who leads in Asia}
  - {id: C2, topic: brand, severity: 2, status: resolved}
governance: {escalation_path: ignored}
relationship: {acknowledges_problems: "no"}
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    file = tmp_path / "facts.yaml"
    file.write_text(FACTS, encoding="utf-8")
    return file


def explained(*arguments: object) -> Any:
    ran = advisor("explain", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_agrees_with_the_assessment(option: str) -> None:
    sample = "sample:cases/suzuki-volkswagen"
    report = json.loads(advisor("assess", sample, "--format", "json").out)
    (shown,) = (one for one in report["options"] if one["option"] == option)
    why = explained(sample, "--option", option)
    assert (why["schema"], why["explains"], why["option"]) == (1, "option", option)
    assert (why["rank"], why["score"], why["status"]) == (shown["rank"], shown["score"], shown["status"])
    for side in ("for", "against"):
        told = [(one["rule"]["rule"], one["rule"]["because"], one["counted"]) for one in why[f"arguments_{side}"]]
        assert told == [(one["rule"], one["because"], one["counted"]) for one in shown[side]]
    assert why["recommended"] == (not why["obstacles"])
    fired = {one["rule"]["rule"] for side in ("for", "against") for one in why[f"arguments_{side}"]}
    for silent in why["silent"]:
        assert silent["state"] != "fired"
        assert silent["rule"] not in fired
        assert silent["state"] == "not in force" or silent["in_the_way"]


def test_why_an_option_is_not_recommended_is_told_in_points() -> None:
    why = explained("sample:cases/gm-psa", "--option", "exit")
    (obstacle,) = why["obstacles"]
    assert obstacle["kind"] == "short of"
    shown = advisor("explain", "sample:cases/gm-psa", "--option", "exit").text
    assert shown.startswith("Exit is not recommended")
    assert f"It has to lead {obstacle['option']}, which is less disruptive, by {why['margin']:g}" in shown
    assert f"is {obstacle['points']:g} points short of that" in shown


def test_a_closed_option_names_the_gate_that_closes_it(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(FACTS + "assets: {ip_title: contested}\n", encoding="utf-8")
    why = explained(file, "--option", "convert-to-licensing")
    assert why["status"] == "closed"
    (closed, *_) = why["obstacles"]
    assert closed["kind"] == "closed"
    assert closed["rules"]
    shown = advisor("explain", file, "--option", "convert-to-licensing").text
    assert f"It is closed: {', '.join(closed['rules'])}." in shown


def test_a_finding_goes_down_to_the_records(facts: Path) -> None:
    why = explained(facts, "--finding", "persistent_conflict")
    assert (why["explains"], why["made"]) == ("finding", True)
    fired = [rule for rule in why["rules"] if rule["state"] == "fired"]
    assert fired
    assert "Who leads in Asia" in fired[0]["because"]
    shown = advisor("explain", facts, "--finding", "persistent_conflict").text
    assert "The finding persistent_conflict was made" in shown
    assert "✓ C1, Who leads in Asia (status open, " in shown
    assert "✗ C2" not in shown.partition("RULES THAT COULD MAKE IT")[0]


def test_a_rule_that_failed_shows_where_and_what_was_found(facts: Path) -> None:
    why = explained(facts, "--rule", "rationale-gone")["account"]
    assert why["state"] == "failed"
    (part,) = why["in_the_way"]
    assert (part["text"], part["truth"], part["met"]) == ("strategy.rationale is gone", False, False)
    (reading,) = part["readings"]
    assert (reading["value"], reading["source"], reading["confidence"]) == ("weakening", "Board paper 7", "medium")
    shown = advisor("explain", facts, "--rule", "rationale-gone").text
    assert "✗ strategy.rationale is gone: weakening ← fails here Board paper 7; medium confidence" in shown


def test_what_is_not_known_is_called_so(facts: Path) -> None:
    ran = advisor("explain", facts, "--rule", "no-place-in-our-strategy")
    assert "? strategy.fit is none: not known ← undecided" in ran.text
    assert "could not be decided" in ran.text
    part = explained(facts, "--rule", "no-place-in-our-strategy")["account"]["in_the_way"][0]
    assert part["truth"] is None
    assert part["readings"][0]["value"] is None


def test_a_diagnosis_is_explained_like_a_finding(facts: Path) -> None:
    why = explained(facts, "--finding", "cause_management")
    assert why["explains"] == "diagnosis"
    assert why["rules"]


def test_each_rule_is_told_once() -> None:
    told: list[str] = []

    def visit(value: object) -> None:
        if isinstance(value, dict):
            if "rule" in value and value.get("when") is not None:
                told.append(value["rule"])
            for one in value.values():
                visit(one)
        elif isinstance(value, list):
            for one in value:
                visit(one)

    visit(explained("sample:cases/suzuki-volkswagen", "--option", "exit"))
    assert told
    assert len(told) == len(set(told))
