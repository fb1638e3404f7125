"""Whatever text the facts hold, it comes out as plain text."""

from __future__ import annotations

import re
from functools import cache

import pytest

from engine.case import Case, Entry, Record
from engine.memo import write_memo
from engine.vocabulary import Kind
from tests.memo.samples import advisor, assessed, ruleset
from tests.memo.test_html import check

HOSTILE = (
    "{{ 7*7 }} {% raw %} {# #} <script>alert(1)</script> </style><img src=x onerror=alert(2)> [red]x[/red] "
    "[click](javascript:alert(3)) ![i](http://example.org/i.png) | # * _ ` ~~ \"'&amp; &#60; http://example.org "
    "\x1b[2J \x00\x07 \u202e\u2066turned\u2069 \u200b\ufeff <!-- ]]> $x$ \\"
)

TITLES = {"board": "# Board memo: ", "renegotiation": "# Renegotiation brief: "}
every_template = pytest.mark.parametrize("template", TITLES)


@cache
def written(template: str, fmt: str) -> str:
    """A memo of a sample in which every text, name and source is hostile."""
    case = assessed("cases/suzuki-volkswagen").case
    vocabulary = ruleset().vocabulary

    def poisoned(entry: Entry, kind: Kind) -> Entry:
        return entry._replace(value=HOSTILE if kind is Kind.TEXT else entry.value, source=HOSTILE)

    facts = {name: poisoned(entry, vocabulary.facts[name].type.kind) for name, entry in case.facts.items()}
    lists = {
        name: tuple(
            Record(
                f"{record.id} {HOSTILE}",
                {
                    field: poisoned(entry, vocabulary.lists[name].fields[field].type.kind)
                    for field, entry in record.entries.items()
                },
            )
            for record in records
        )
        for name, records in case.lists.items()
    }
    return write_memo(advisor().assess(Case(facts, lists)), template, fmt)


@every_template
@pytest.mark.parametrize("fmt", ["md", "html"])
def test_no_character_that_hides_or_turns(template: str, fmt: str) -> None:
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", written(template, fmt)
    )
    assert r"\x1b" in written(template, fmt)
    assert "u202e" in written(template, fmt)


@every_template
@pytest.mark.parametrize("fmt", ["md", "html"])
def test_nothing_is_run_as_a_template(template: str, fmt: str) -> None:
    assert "7*7" in written(template, fmt).replace("\\", "")
    assert "{{ 49" not in written(template, fmt)
    assert not re.search(r"\b49\b", written(template, fmt))


@every_template
def test_html_shows_the_text_and_holds_no_element_of_it(template: str) -> None:
    checker = check(written(template, "html"))
    assert checker.faults == []
    assert checker.open == []
    assert not {tag for tag, _ in checker.elements} & {"script", "img", "a"}
    text = " ".join(checker.text)
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text
    assert "[red]x[/red]" in text
    assert "[click](javascript:alert(3))" in text
    for _tag, attributes in checker.elements:
        assert not [name for name in attributes if name.startswith("on")]


@every_template
def test_markdown_escapes_what_would_be_markup(template: str) -> None:
    text = written(template, "md")
    assert not re.search(r"<[a-z/!]", text, re.IGNORECASE)
    assert not re.search(r"(?<!\\)\](?=\()", text)
    # The brief names two commands between backticks of its own.
    assert not re.search(r"(?<!\\)`", re.sub(r"`(advisor flip|pip install [^`]*)`", "", text))
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in block.strip().split("\n")}
        assert len(cells) == 1
    headings = [line for line in text.split("\n") if line.startswith("#")]
    assert headings[0].startswith(TITLES[template])
    assert len(headings) < 45
