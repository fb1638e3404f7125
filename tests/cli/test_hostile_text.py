"""Text in facts that looks like a template, markup or a control sequence is text, wherever it comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.escape import for_markdown, for_terminal
from tests.cli.running import advisor

TEMPLATE = "{{ 8191*127 }} {% for x in y %} {# c #}"
RESULT = "1040257"
"""What a template would make of it: long enough to turn up nowhere by chance, in no hash, date or path."""
MARKUP = "<script>alert(1)</script> [red]x[/red] [a](http://b.c) ![i](j) # h | *b* _i_ `c` &lt;"
CONTROL = "\x1b[31m \x1b]0;title\x07 \u202eright-to-left \u200b \ufeff \u009b31m"
HOSTILE = f"{TEMPLATE} {MARKUP} {CONTROL}"


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    content = {
        "alliance": {"name": f"N {HOSTILE}", "us": f"U {HOSTILE}", "partner": f"P {HOSTILE}", "as_of": "2025-06-30"},
        "strategy": {
            "rationale": {"value": "gone", "source": f"S {HOSTILE}"},
            "fit": {"value": "none", "source": HOSTILE, "disputed": True},
            "goal_alignment": {"value": 1.5, "source": HOSTILE},
            "realignment_path": {"value": "none", "source": HOSTILE},
        },
        "relationship": {"acknowledges_problems": "no", "trust": {"value": 1.2, "source": HOSTILE}},
        "conflicts": [
            {
                "id": f"C {HOSTILE}",
                "topic": "goals",
                "description": f"D {HOSTILE}",
                "severity": 5,
                "status": "open",
                "resolution_attempts": 4,
            }
        ],
        "workstreams": [{"id": HOSTILE, "name": f"W {HOSTILE}", "alignment": "misaligned", "performance": "failing"}],
    }
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def is_plain(text: str) -> None:
    """Nothing in it moves a cursor, colours a line, or turns the direction of writing."""
    assert all(one.isprintable() or one == "\n" for one in text)


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess"],
        ["explain", "--option", "exit"],
        ["explain", "--finding", "persistent_conflict"],
        ["explain", "--rule", "rationale-gone"],
    ],
    ids=" ".join,
)
def test_on_a_terminal(facts: Path, arguments: list[str]) -> None:
    ran = advisor(*arguments, facts)
    assert ran.code == 0, ran.err
    is_plain(ran.out)
    assert RESULT not in ran.out
    assert one_line(for_terminal(MARKUP)) in ran.text
    assert TEMPLATE in ran.text
    assert r"\x1b[31m" in ran.text
    assert r"\u202eright-to-left" in ran.text


def test_in_json(facts: Path) -> None:
    ran = advisor("assess", facts, "--format", "json")
    is_plain(ran.out)
    report = json.loads(ran.out)
    assert report["alliance"]["name"] == f"N {HOSTILE}"
    assert any(one_line(f"D {HOSTILE}")[:80] in finding["because"] for finding in report["findings"])


def test_in_an_explanation_as_json(facts: Path) -> None:
    ran = advisor("explain", facts, "--rule", "rationale-gone", "--format", "json")
    is_plain(ran.out)
    assert json.loads(ran.out)["account"]["when"]["parts"][0]["readings"][0]["source"] == f"S {HOSTILE}"


def test_in_markdown(facts: Path) -> None:
    ran = advisor("assess", facts, "--format", "markdown")
    is_plain(ran.out)
    first = ran.out.splitlines()[0]
    assert first == f"# {for_markdown(f'N {HOSTILE}')}"
    assert "<" not in ran.out
    assert not re.search(r"(?<!\\)[\[\]*`](?!\*)(?<!\*\*)(?![\w.]+`)", re.sub(r"`[\w.]+`|\*\*", "", ran.out))
    # Every row of a table has the cells of its head: none was added by a bar in the facts.
    for table in re.findall(r"(?:^\|.*\n)+", ran.out, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_in_memos(facts: Path, tmp_path: Path, suffix: str) -> None:
    memo = tmp_path / f"memo{suffix}"
    assert advisor("memo", facts, "-o", memo).code == 0
    text = memo.read_text(encoding="utf-8")
    is_plain(text)
    assert "<script" not in text.lower()
    assert "javascript:" not in text


def test_in_what_is_said_of_a_bad_file(tmp_path: Path) -> None:
    file = tmp_path / "\x1b[31mbad\u202e.yaml"
    text = json.dumps({"alliance": {"name": "N", HOSTILE: 1, "as_of": HOSTILE}, HOSTILE: {"a": HOSTILE}})
    file.write_text(text, encoding="utf-8")
    for command in (["assess"], ["facts", "check"]):
        ran = advisor(*command, file)
        assert ran.code == 1
        is_plain(ran.err)
        assert RESULT not in ran.err


def test_in_remarks(facts: Path) -> None:
    ran = advisor("facts", "check", facts)
    assert ran.code == 0
    is_plain(ran.out)
    is_plain(ran.err)
