"""docs/portfolio.md names every column, urgency, format and value, and its examples are true."""

from __future__ import annotations

import re
from pathlib import Path

from engine.portfolio.chart import Aside, Crowd, Rest
from engine.portfolio.columns import COLUMNS
from engine.portfolio.page import page_context
from engine.portfolio.reading import FACTS_NAMES, FACTS_SUFFIXES, TABLE_SUFFIXES
from engine.portfolio.running import ENGINES, FEW, LARGEST, MOST_PROCESSES
from engine.portfolio.standing import STAND_INS, VALUES
from engine.portfolio.tables import MAX_BYTES
from engine.portfolio.urgency import DUE_DAYS, URGENCIES
from engine.portfolio.writing import SUFFIXES
from tests.fresh_machine import TOP
from tests.portfolio.rows import FACTS, messages, portfolio_of, vocabulary

PAGE = (TOP / "docs" / "portfolio.md").read_text(encoding="utf-8")
TEMPLATES = (TOP / "docs" / "templates.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    return re.split(r"\n## ", PAGE.split(f"\n## {heading}\n")[1])[0]


def rows(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| `(\w+)` \| (.*?) \|", text, re.MULTILINE)


def test_columns_are_all_described_in_their_order() -> None:
    assert [name for name, _ in rows(part("What comes out"))] == [column.name for column in COLUMNS]


def test_urgencies_are_all_described_in_their_order() -> None:
    described = [(name, meaning.replace(" of the date of the facts", "")) for name, meaning in rows(part("The order"))]
    assert described == list(URGENCIES.items())
    assert f"within {DUE_DAYS} days" in part("The order")


def test_endings_and_limits_are_those_of_the_program() -> None:
    for suffix in (*FACTS_SUFFIXES, *TABLE_SUFFIXES, *FACTS_NAMES, *SUFFIXES):
        assert f"`{suffix}`" in PAGE
    assert f"More than {FEW} alliances" in PAGE
    assert f"of {LARGEST:,} alliances at most" in " ".join(PAGE.split())
    assert f"at most {MOST_PROCESSES}" in part("More than one processor, and more than one machine")
    assert f"A table may have {MAX_BYTES // 1_000_000} MB" in PAGE


def test_engines_are_all_described() -> None:
    assert tuple(name for name, _ in rows(part("More than one processor, and more than one machine"))) == ENGINES


def test_facts_that_are_named_exist() -> None:
    named = set(re.findall(r"`((?:contract|financials|relationship|strategy|alliance)\.\w+)`", PAGE))
    # One is misspelt on purpose.
    assert named - {"strategy.rational"} <= set(vocabulary().facts)
    assert {fact for fact, _ in (*VALUES, *STAND_INS)} <= named


def test_the_table_shown_can_be_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```csv\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "portfolio.csv").write_text(example, encoding="utf-8")
    found = portfolio_of(tmp_path / "portfolio.csv")
    assert found.problems == ()
    assert {one.standing.name for one in found.portfolio.alliances} == {"North", "South"}


def test_the_messages_shown_are_those_given(tmp_path: Path) -> None:
    first, second = re.findall(r"^    (portfolio\.csv:.*(?:\n      hint.*)?)$", PAGE, re.MULTILINE)
    head = "alliance.name,alliance.us,alliance.partner,alliance.as_of,strategy.fit"
    file = tmp_path / "portfolio.csv"
    lines = [f"A{number},W,T,2025-06-30,{'splendid' if number == 17 else 'none'}" for number in range(2, 20)]
    for header, rows_below, shown in (
        (head, lines, first),
        (f"{head},strategy.rational", [f"{lines[0]},gone"], second),
    ):
        file.write_text("\n".join([header, *rows_below]), encoding="utf-8")
        (message,) = messages(portfolio_of(file))
        assert message.replace(f"{tmp_path}/", "") == shown.replace("\n    ", "\n")


def test_the_values_of_the_page_are_all_described() -> None:
    described = TEMPLATES.split("\n## The page of a portfolio\n")[1]
    context = page_context(portfolio_of(*FACTS[:4]).portfolio)
    named = [name for row in re.findall(r"^\| (`.*?`) \|", described, re.MULTILINE) for name in re.findall(r"\w+", row)]
    assert set(named) == set(context)
    (fields,) = re.findall(r"^\| `alliances` \| (.*) \|$", described, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", fields)) == set(context["alliances"][0])
    (fields,) = re.findall(r"^\| `charts` \| (.*) \|$", described, re.MULTILINE)
    chart = context["charts"][0]
    assert set(re.findall(r"`(\w+)`", fields)) <= {*chart._fields, *Aside._fields, *Rest._fields, *Crowd._fields}
