from __future__ import annotations

import json
import os
import re
import subprocess
from typing import Any

import jsonschema
import pytest

from engine.cli.terminal import Page
from engine.cli.text.assessment import assessment_page
from engine.resources import builtin
from engine.rules import OPTIONS
from tests.cli.running import ADVISOR, SAMPLE, advisor
from tests.fresh_machine import TOP

TEXT = {"type": "string", "minLength": 1}
DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
NAMES = {"type": "array", "items": TEXT}
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def keys(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def items(of: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least}


ARGUMENT = keys(
    rule=TEXT,
    strength={"enum": ["slight", "moderate", "strong", "decisive"]},
    ground=TEXT,
    because=TEXT,
    counted={"type": "boolean"},
)
OPTION = keys(
    option={"enum": list(OPTIONS)},
    rank={"type": "integer", "minimum": 1, "maximum": 6},
    score={"type": "number"},
    status={"enum": ["open", "conditional", "closed"]},
    earliest_date={"anyOf": [DAY, {"type": "null"}]},
    **{"for": items(ARGUMENT), "against": items(ARGUMENT)},
)
REPORT = keys(
    schema={"const": 1},
    alliance=keys(name=TEXT, us=TEXT, partner=TEXT, as_of=DAY),
    recommendation=keys(
        option={"enum": list(OPTIONS)},
        form=TEXT,
        readiness={"enum": ["decide", "hold", "suspend"]},
        confidence={"enum": ["high", "medium", "low"]},
        summary=TEXT,
    ),
    options=items(OPTION, least=6),
    findings=items(
        keys(
            finding=TEXT,
            severity={"enum": ["minor", "serious", "critical"]},
            rule=TEXT,
            because=TEXT,
            facts=NAMES,
            records=NAMES,
            source=NAMES,
        )
    ),
    diagnoses=items(keys(diagnosis=TEXT, rule=TEXT, because=TEXT)),
    gates=items(keys(rule=TEXT, option=TEXT, status={"enum": ["conditional", "closed"]})),
    actions=items(keys(action=TEXT, owner=TEXT, days={"type": "integer"}, due=DAY)),
    missing=items(keys(fact=TEXT, question=TEXT, could_lead_to=items({"enum": list(OPTIONS)}, least=1))),
    ruleset=keys(name=TEXT, version=TEXT, sha256=HASH),
    facts_sha256=HASH,
)
SAMPLES = sorted(
    path.parent.relative_to(builtin("facts")).as_posix() for path in builtin("facts").glob("*/*/facts.yaml")
)


@pytest.mark.parametrize("sample", SAMPLES)
def test_json_has_the_promised_keys(sample: str) -> None:
    ran = advisor("assess", f"sample:{sample}", "--format", "json")
    assert ran.code == 0
    report = json.loads(ran.out)
    jsonschema.validate(report, REPORT)
    assert [option["rank"] for option in report["options"]] == [1, 2, 3, 4, 5, 6]
    assert {option["option"] for option in report["options"]} == set(OPTIONS)
    assert report["options"][0]["option"] == report["recommendation"]["option"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_text_has_its_sections_in_order_and_keeps_its_width(sample: str) -> None:
    ran = advisor("assess", f"sample:{sample}")
    assert ran.code == 0
    assert ran.err == ""
    headings = [line for line in ran.out.splitlines() if re.fullmatch(r"[A-Z][A-Z ]+", line)]
    assert [one for one in headings if one not in ("DIAGNOSIS", "BEFORE DECIDING")] == [
        "RECOMMENDATION",
        "OPTIONS",
        "STRONGEST REASONS FOR IT",
        "STRONGEST REASONS AGAINST IT",
        "WHAT IS MISSING",
        "WHAT TO DO NEXT",
    ]
    assert max(map(len, ran.out.splitlines())) <= 80
    assert not any(line != line.rstrip() for line in ran.out.splitlines())


def test_text_tells_the_diagnoses_and_not_the_steps_of_the_reasoning() -> None:
    report = json.loads(advisor("assess", "sample:cases/hmrc-capgemini", "--format", "json").out)
    shown = advisor("assess", "sample:cases/hmrc-capgemini").text
    told = [one["title"] for one in report["diagnoses"] if not one["step"]]
    assert len(told) > 4
    assert all(title in shown for title in told[:4])
    assert f"and {len(told) - 4} more OPTIONS" in shown
    steps = [one["title"] for one in report["diagnoses"] if one["step"]]
    assert steps
    assert not any(title in shown for title in steps)


def test_text_says_what_json_says() -> None:
    report = json.loads(advisor("assess", "sample:cases/gm-psa", "--format", "json").out)
    shown = advisor("assess", "sample:cases/gm-psa").text
    recommendation = report["recommendation"]
    assert f"{recommendation['title']}, {recommendation['form_title']}" in shown
    assert recommendation["summary"] in shown
    for option in report["options"]:
        score = f"{option['score']:+g}" if option["score"] else "0"
        assert re.search(rf"{option['rank']} {re.escape(option['title'])} {re.escape(score)} {option['status']}", shown)
    counted = [argument for argument in report["options"][0]["for"] if argument["counted"]]
    for argument in counted[:3]:
        assert f"+{argument['points']:g} {argument['ground_title']}: {argument['because']}" in shown
    for action in report["actions"][:5]:
        assert f"{action['due']} {action['owner'][0].upper()}{action['owner'][1:]}: {action['action']}" in shown
    for one in report["missing"][:5]:
        assert one["question"] in shown


def test_a_held_decision_says_what_to_obtain() -> None:
    for sample in SAMPLES:
        report = json.loads(advisor("assess", f"sample:{sample}", "--format", "json").out)
        if report["readiness"]["state"] == "decide":
            continue
        shown = advisor("assess", f"sample:{sample}").text
        assert "BEFORE DECIDING" in shown
        assert all(f"{one['question']} ({one['fact']})" in shown for one in report["readiness"]["obtain"][:5])
        return
    raise AssertionError("no sample is held")


def test_markdown_is_a_document_of_the_same_content() -> None:
    ran = advisor("assess", SAMPLE, "--format", "markdown")
    assert ran.code == 0
    assert ran.out.startswith("# Starbucks cafes in Barnes & Noble bookstores\n")
    assert re.findall(r"^## (.*)$", ran.out, re.MULTILINE)[0] == "Recommendation"
    assert len(re.findall(r"^\| [1-6] \|", ran.out, re.MULTILINE)) == 6
    assert "\n\n\n" not in ran.out


def test_standard_input_is_read_like_a_file() -> None:
    content = (builtin("facts") / "seeds" / "starbucks-barnes-noble" / "facts.yaml").read_bytes()
    for format_ in ("text", "json", "markdown"):
        from_file = advisor("assess", SAMPLE, "--format", format_)
        from_input = advisor("assess", "-", "--format", format_, stdin=content)
        assert from_input.out == from_file.out


def test_another_process_writes_the_same_bytes() -> None:
    outputs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "ADVISOR_CACHE": "off" if seed == "2" else ""}
        command = [*ADVISOR, "assess", SAMPLE, "--format", "json"]
        outputs.add(subprocess.run(command, cwd=TOP, env=environment, check=True, capture_output=True).stdout)
    assert len(outputs) == 1


def test_little_is_known_and_still_there_is_an_answer() -> None:
    ran = advisor("assess", "-", stdin=b"alliance: {name: A, us: B, partner: C, as_of: 2025-06-30}")
    assert ran.code == 0
    assert "Too little is known about the alliance to decide." in ran.out


def test_on_hold_the_facts_to_obtain_come_first_and_the_rest_is_put_off() -> None:
    sample = "sample:cases/honda-hero"
    view = json.loads(advisor("assess", sample, "--format", "json").out)
    assert view["readiness"]["state"] == "hold"
    steps = advisor("assess", sample).text.partition("WHAT TO DO NEXT ")[2]
    assert steps.startswith(f"first Obtain: {view['readiness']['obtain'][0]['fact']}")
    assert all(one["action"] in steps for one in view["next"])
    number = len(view["afterwards"])
    assert f"Afterwards, if the recommendation stands: {number} steps (`advisor memo` lists them)." in steps
    assert not any(one["action"] in steps for one in view["afterwards"])


def test_on_suspension_the_rest_waits_for_counsel() -> None:
    view = json.loads(advisor("assess", "sample:cases/honda-hero", "--format", "json").out)
    view["readiness"]["state"] = "suspend"
    page = Page()
    assessment_page(view, page)
    assert "Afterwards, when counsel has cleared it: " in page.text
