"""docs/robustness.md shows what the command says of its example, and the keys that it gives."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.running import advisor
from tests.fresh_machine import TOP

PAGE = (TOP / "docs" / "robustness.md").read_text(encoding="utf-8")


def block(marker: str) -> str:
    found = re.search(rf"^<!-- {marker} -->\n```\w*\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "store"))
    path = tmp_path / "example.yaml"
    path.write_text(block("facts"), encoding="utf-8")
    return path


def test_the_output_shown_is_what_the_example_gives(example: Path) -> None:
    printed = advisor("robustness", example).out
    parts = [part.strip("\n") for part in block("output").split("[…]\n") if part.strip()]
    assert len(parts) == 2
    for part in parts:
        assert part in printed


def test_the_keys_are_those_of_the_page(example: Path) -> None:
    found = json.loads(advisor("robustness", example, "--format", "json").out)
    told = re.findall(r"^\| `(\w+)` \|", PAGE[PAGE.index("## As JSON") :], re.MULTILINE)
    assert set(told) == set(found) - {"schema", "alliance", "facts_sha256", "ruleset"}
    for name in ("number", "looked_at", "complete", "seed"):
        assert name in found["worlds"]
    assert {"path", "swing", "leads_to", "values"} <= set(found["doubts"][0])
    assert {"given", "shares"} <= set(found["doubts"][0]["values"][0])
    assert {"path", "values", "option"} <= set(found["turns"][0])
    assert set(found["not_varied"]) == {"alike", "unnamed", "fixed"}


@pytest.mark.parametrize("word", ["world", "sort", "swing", "turn"])
def test_its_own_words_stand_in_the_glossary(word: str) -> None:
    glossary = (TOP / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| \*\*{word}\*\*", glossary, re.MULTILINE)
