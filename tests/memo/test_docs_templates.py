"""docs/templates.md names every value and filter that a template can use, and its example works."""

from __future__ import annotations

import re
from pathlib import Path

from engine.memo import write_memo
from engine.memo.context import memo_context
from engine.memo.words import FILTERS
from tests.fresh_machine import TOP
from tests.memo.samples import assessed

PAGE = (TOP / "docs" / "templates.md").read_text(encoding="utf-8")
VALUES = PAGE.split("\n## Values\n")[1].split("\n## ")[0]


def names(heading: str) -> set[str]:
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def test_values_are_all_described() -> None:
    assert names("Values") == set(memo_context(assessed("cases/suzuki-volkswagen")))


def test_values_of_talks_are_all_described() -> None:
    talks = memo_context(assessed("cases/gm-psa"))["talks"]
    assert names("Values of `talks`") == set(talks)
    part = PAGE.split("\n## Values of `talks`\n")[1].split("| name |")[0]
    (group, *_), (one, *_) = talks["agenda"], talks["agenda"][0]["sets"]
    assert set(re.findall(r"`(\w+)`", part)) - {"partner", "both", "us"} == {*group, *one, *one["changes"][0]}


def test_values_of_together_are_all_described() -> None:
    together = memo_context(assessed("cases/gm-psa"))["together"]
    assert names("Values of `together`") == set(together)
    (text,) = re.findall(r"^\| `sets` \| (.*) \|$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", text)) - {"talks"} <= set(together["sets"][0])


def test_filters_are_all_described() -> None:
    assert names("Filters") == set(FILTERS)


def test_fields_that_are_named_exist() -> None:
    context = memo_context(assessed("cases/lego-shell"))
    for name in (
        "alliance",
        "recommendation",
        "reasons",
        "findings",
        "changes",
        "unknown",
        "steps",
        "fired",
        "sources",
    ):
        (text,) = re.findall(rf"^\| `{name}` \| (.*) \|$", VALUES, re.MULTILINE)
        value = context[name]
        assert set(re.findall(r"`(\w+)`", text)) <= set(value[0] if isinstance(value, list) else value), name
    (text,) = re.findall(r"^\| `options` \| (.*) \|$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", text)) <= set(context["options"][0])


def test_example_works(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```jinja\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    file = tmp_path / "ours.md.j2"
    file.write_text(example, encoding="utf-8")
    letter = write_memo(assessed("cases/lego-shell"), str(file), "md")
    assert letter.startswith("Alliance: LEGO-Shell co-promotion at petrol stations\nFacts as of 30 September 2014\n")
    assert "Exit: +" in letter
    assert "(recommended)" in letter
    assert "\n1. Record the decision" in letter
    assert "The answer would change if " in letter
