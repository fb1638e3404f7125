"""A portfolio as a file: the same values in every format, the same bytes each time, and text that is text."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from engine.portfolio.columns import COLUMNS
from engine.portfolio.page import page
from engine.portfolio.whole import Portfolio
from engine.portfolio.writing import SUFFIXES, content_of, portfolio_view
from tests.fresh_machine import TOP
from tests.portfolio.rows import FACTS, portfolio_of

FORMULAS = (
    '=cmd|"/c calc"!A1',
    '=HYPERLINK("http://x.y","z")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "{=1+1}",
    "＝1+1",  # noqa: RUF001 - meant so
    "http://evil.example/",
    "_x0041_",
    "1e5",
    "TRUE",
    "\x1b[31mred\u202e",
    '<b>"quoted", & more</b>',
)


@pytest.fixture(scope="module")
def samples() -> Portfolio:
    return portfolio_of(*FACTS).portfolio


@pytest.fixture
def hostile(tmp_path: Path) -> Portfolio:
    """Alliances of which every text begins as a formula does."""
    for number, text in enumerate(FORMULAS):
        facts = {
            "alliance": {"name": f"{text} {number}", "us": text, "partner": text, "as_of": "2025-06-30"},
            "financials": {"currency": text, "annual_benefit": -5 - number},
            "relationship": {"trust": 3},
            "workstreams": [{"id": "a", "name": text, "decision_by": "2025-08-01"}],
        }
        (tmp_path / f"={number}.json").write_text(json.dumps(facts), encoding="utf-8")
    found = portfolio_of(tmp_path)
    assert [str(problem) for problem in found.problems] == []
    return found.portfolio


def cells_of_csv(portfolio: Portfolio) -> list[dict[str, str]]:
    text = content_of(portfolio, ".csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cells_of_xlsx(portfolio: Portfolio) -> list[dict[str, Any]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content_of(portfolio, ".xlsx")))
    head, *rows = workbook.get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def cells_of_parquet(portfolio: Portfolio) -> list[dict[str, Any]]:
    return list(pl.read_parquet(io.BytesIO(content_of(portfolio, ".parquet"))).iter_rows(named=True))


def cells_of_json(portfolio: Portfolio) -> list[dict[str, Any]]:
    alliances = json.loads(content_of(portfolio, ".json"))["alliances"]
    assert isinstance(alliances, list)
    return alliances


# -- the same in every format


def comparable(row: Iterable[Any]) -> list[str]:
    """Cells in one spelling: nothing for what is unknown, numbers without decimals that they do not have."""
    return ["" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row]


def test_every_format_holds_the_same(samples: Portfolio) -> None:
    wanted = [comparable(column.of(one) for column in COLUMNS) for one in samples.alliances]
    rounded = [re.sub(r"\.0$", "", cell) for row in wanted for cell in row]
    for read in (cells_of_csv, cells_of_xlsx, cells_of_parquet, cells_of_json):
        rows = read(samples)
        assert len(rows) == len(FACTS)
        found = [comparable([row[column.name] for column in COLUMNS]) for row in rows]
        assert [_number(cell) for row in found for cell in row] == [_number(cell) for cell in rounded], read.__name__


def _number(cell: str) -> object:
    try:
        return round(float(cell), 6)
    except ValueError:
        return cell


def test_types_are_kept_where_the_format_has_them(samples: Portfolio) -> None:
    first = cells_of_parquet(samples)[0]
    assert isinstance(first["as_of"], date)
    assert isinstance(first["rank"], int)
    assert isinstance(first["lead"], float)
    of_xlsx = cells_of_xlsx(samples)[0]
    assert isinstance(of_xlsx["as_of"], date)
    assert isinstance(of_xlsx["lead"], float)
    of_json = cells_of_json(samples)[0]
    assert (of_json["rank"], of_json["next_date"]) == (1, None)


def test_the_view_has_every_date_and_says_what_is_left_out(samples: Portfolio) -> None:
    view = portfolio_view(samples._replace(left_out=2))
    assert list(view) == ["schema", "alliances", "left_out", "ruleset"]
    assert (view["schema"], view["left_out"]) == (1, 2)
    for one in view["alliances"]:
        assert list(one) == [*(column.name for column in COLUMNS), "deadlines"]
        days = [deadline["date"] for deadline in one["deadlines"]]
        assert days == sorted(days)
        assert (days or [None])[0] == one["next_date"]


# -- the same bytes


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_order_in_which_files_are_named_means_nothing(suffix: str) -> None:
    contents = {
        content_of(portfolio_of(*paths, processes=processes).portfolio, suffix)
        for paths, processes in ((FACTS, 1), (FACTS[::-1], 1), (FACTS[5:] + FACTS[:5], 2))
    }
    assert len(contents) == 1


def test_the_page_is_the_same_whatever_the_order() -> None:
    assert page(portfolio_of(*FACTS).portfolio) == page(portfolio_of(*FACTS[::-1]).portfolio)


def test_another_hash_seed_gives_the_same_files(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom tests.portfolio.rows import FACTS, portfolio_of\n"
        "from engine.portfolio.writing import SUFFIXES, content_of\nfrom engine.portfolio.page import page\n"
        "whole = portfolio_of(*FACTS[:8]).portfolio\nfolder = Path(sys.argv[1])\n"
        "for suffix in SUFFIXES: (folder / f'p{suffix}').write_bytes(content_of(whole, suffix))\n"
        "(folder / 'p.html').write_text(page(whole))\n"
    )
    for seed in ("0", "4711"):
        folder = tmp_path / seed
        folder.mkdir()
        variables = {"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "ADVISOR_CACHE": "off"}
        subprocess.run([sys.executable, "-c", program, str(folder)], cwd=TOP, env=variables, check=True)
    for suffix in (*SUFFIXES, ".html"):
        assert (tmp_path / "0" / f"p{suffix}").read_bytes() == (tmp_path / "4711" / f"p{suffix}").read_bytes()


# -- text is text


def test_no_cell_of_a_workbook_is_a_formula(hostile: Portfolio) -> None:
    archive = ZipFile(io.BytesIO(content_of(hostile, ".xlsx")))
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 1
    for name in archive.namelist():
        text = archive.read(name).decode("utf-8")
        assert not re.search(r"<f[ >/]", text), name
        assert "<hyperlink" not in text
        assert not name.startswith("xl/externalLinks")
    assert "TargetMode" not in "".join(archive.read(name).decode() for name in archive.namelist())
    formulas = CalamineWorkbook.from_filelike(io.BytesIO(content_of(hostile, ".xlsx")))
    names = {row["name"] for row in cells_of_xlsx(hostile)}
    assert len(names) == len(FORMULAS)
    assert '=cmd|"/c calc"!A1 0' in names
    assert "_x0041_ 11" in names
    assert formulas.sheet_names == ["Portfolio"]
    assert {type(row["value_at_stake"]) for row in cells_of_xlsx(hostile)} == {float}


def test_no_text_of_a_csv_begins_as_a_formula_does_and_numbers_stay_numbers(hostile: Portfolio) -> None:
    rows = cells_of_csv(hostile)
    assert len(rows) == len(FORMULAS)
    text_columns = [column.name for column in COLUMNS if column.type == "text"]
    for row in rows:
        for name in text_columns:
            assert not row[name].startswith(("=", "+", "-", "@", "\t", "\r", "\n")), row[name]
            assert all(one.isprintable() for one in row[name])
    assert '\'=cmd|"/c calc"!A1 0' in {row["name"] for row in rows}
    assert {row["us"] for row in rows} >= {"'+1+1", "'-2+3", "'@SUM(A1)", "' =1+1"}
    assert sorted(int(row["value_at_stake"]) for row in rows) == [-5 - number for number in range(len(FORMULAS))][::-1]


def test_json_and_parquet_keep_text_as_it_is(hostile: Portfolio) -> None:
    assert {row["us"] for row in cells_of_json(hostile)} == set(FORMULAS)
    document = content_of(hostile, ".json").decode("utf-8")
    assert all(one.isprintable() or one == "\n" for one in document)
    kept = {row["us"] for row in cells_of_parquet(hostile)}
    assert kept == set(FORMULAS)


def test_the_name_of_a_file_may_be_no_text(tmp_path: Path) -> None:
    facts = {"alliance": {"name": "n", "us": "u", "partner": "p", "as_of": "2025-06-30"}}
    file = tmp_path / "a\udcff.json"
    file.write_text(json.dumps(facts), encoding="utf-8")
    found = portfolio_of(file).portfolio
    for read in (cells_of_csv, cells_of_xlsx, cells_of_parquet):
        assert read(found)[0]["facts_file"].endswith("a\\udcff.json")
    assert cells_of_json(found)[0]["facts_file"] == str(file)
    assert "a\\udcff.json" in page(found)


def test_a_text_that_no_cell_can_hold_is_cut(tmp_path: Path) -> None:
    facts = {"alliance": {"name": "n" * 40_000, "us": "u", "partner": "p", "as_of": "2025-06-30"}}
    (tmp_path / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    (row,) = cells_of_xlsx(portfolio_of(tmp_path).portfolio)
    assert row["name"] == "n" * 32_766 + "…"


@pytest.mark.parametrize(("number", "kept"), [(16_383, 16_383), (16_384, 16_383)])
def test_letters_that_count_twice_are_not_cut_in_half(number: int, kept: int, tmp_path: Path) -> None:
    facts = {"alliance": {"name": "\U0001f600" * number, "us": "u", "partner": "p", "as_of": "2025-06-30"}}
    (tmp_path / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    (row,) = cells_of_xlsx(portfolio_of(tmp_path).portfolio)
    assert row["name"] == "\U0001f600" * kept + ("…" if kept < number else "")
