"""A table says what facts files say, whatever its format; and what is wrong with it is told at its cell."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timezone
from pathlib import Path

import polars as pl
import pytest

from engine.errors import FactsError
from engine.portfolio.cells import columns
from engine.portfolio.reading import case_of, gather
from tests.portfolio.rows import (
    WRITERS,
    Row,
    cases,
    messages,
    portfolio_of,
    row_of,
    tree_of,
    vocabulary,
    without_evidence,
    write_csv,
    write_ndjson,
    write_parquet,
    write_xlsx,
)

PROFILE: Row = {
    "alliance.name": "North",
    "alliance.us": "We",
    "alliance.partner": "They",
    "alliance.as_of": date(2025, 6, 30),
}
HEAD = "alliance.name,alliance.us,alliance.partner,alliance.as_of"
FIRST = "North,We,They,2025-06-30"


def csv_of(folder: Path, *lines: str) -> Path:
    path = folder / "portfolio.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(path: Path) -> list[str]:
    return [line.replace(f"{path.parent.as_posix()}/", "") for line in messages(portfolio_of(path))]


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_holds_the_same_cases_as_facts_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](path, [row_of(case) for case in cases()])
    found = gather([str(path)], vocabulary())
    assert not found.errors
    assert [case_of(one, vocabulary()).case.sha256 for one in found.sources] == [
        without_evidence(case).sha256 for case in cases()
    ]


@pytest.mark.parametrize("name", [name for name in WRITERS if "parquet" not in name])
def test_evidence_and_doubt_stand_in_cells_as_json(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    # Text facts have no long form in a cell: whatever stands there is the text.
    rows = [{**row_of(case, long=True), **{k: v for k, v in row_of(case).items() if k in PROFILE}} for case in cases()]
    WRITERS[name](path, rows)
    found = gather([str(path)], vocabulary())
    for source, case in zip(found.sources, cases(), strict=True):
        read = case_of(source, vocabulary()).case
        assert read.lists == case.lists
        assert {k: v for k, v in read.facts.items() if k not in PROFILE} == {
            k: v for k, v in case.facts.items() if k not in PROFILE
        }


def test_parquet_knows_the_long_form_as_a_structure(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    long = {"value": 2.5, "low": 2, "high": 3, "source": "Minutes", "disputed": None}
    write_parquet(path, [{**PROFILE, "strategy.goal_alignment": long}])
    entry = tree_of(path).facts["strategy.goal_alignment"]
    assert (entry.value, entry.low, entry.high, entry.source, entry.disputed) == (2.5, 2, 3, "Minutes", False)


def test_parquet_may_hold_a_section_as_a_structure(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    profile = {name.partition(".")[2]: value for name, value in PROFILE.items()}
    write_parquet(path, [{"alliance": profile, "strategy.rationale": "gone"}])
    assert tree_of(path).value("strategy.rationale") == "gone"
    write_parquet(path, [{"alliance": profile, "alliance.name": "South"}])
    assert told(path) == ["a.parquet:2:2: `alliance.name` is given twice\n  hint: keep one of the two"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_may_be_parted_by_semicolons_or_tabs(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, [{**PROFILE, "contract.exit_routes": ["expiry", "termination"]}], delimiter)
    assert tree_of(path).value("contract.exit_routes") == ("expiry", "termination")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("expiry; termination", ("expiry", "termination")),
        ("termination;expiry;", ("expiry", "termination")),
        ("expiry", ("expiry",)),
        ('"[""expiry""]"', ("expiry",)),
        ("[]", ()),
        ("unknown", None),
        ("", None),
    ],
)
def test_a_list_of_choices_is_joined_by_semicolons_or_is_json(
    cell: str, value: tuple[str, ...] | None, tmp_path: Path
) -> None:
    path = csv_of(tmp_path, f"{HEAD},contract.exit_routes", f"{FIRST},{cell}")
    assert tree_of(path).value("contract.exit_routes") == value


@pytest.mark.parametrize(("cell", "known"), [("[]", ()), ("unknown", None), ("", None)])
def test_an_empty_list_is_not_an_unknown_one(cell: str, known: tuple[str, ...] | None, tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"{HEAD},conflicts", f"{FIRST},{cell}")
    found: object = tree_of(path).records("conflicts")
    assert found == known


@pytest.mark.parametrize("flag", ["true", "TRUE", "True"])
def test_a_flag_may_be_written_as_spreadsheets_do(flag: str, tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"{HEAD},contract.closed", f"{FIRST},{flag}")
    assert tree_of(path).value("contract.closed") is True


def test_a_mark_at_the_start_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}\r\n{FIRST}\r\n\r\n".encode())
    assert tree_of(path).value("alliance.name") == "North"
    lines = tmp_path / "a.ndjson"
    lines.write_bytes(
        b'\xef\xbb\xbf{"alliance": {"name": "N", "us": "W", "partner": "T", "as_of": "2025-06-30"}}\r\n\r\n'
    )
    assert tree_of(lines).value("alliance.name") == "N"


def test_numbers_of_a_workbook_are_whole_where_they_can_be(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [{**PROFILE, "contract.notice_days": 90.0, "strategy.goal_alignment": 2.5}])
    assert tree_of(path).value("contract.notice_days") == 90
    assert tree_of(path).value("strategy.goal_alignment") == 2.5


# -- what is wrong


def test_a_wrong_type_is_told_at_its_row_and_column(tmp_path: Path) -> None:
    lines = [f"Alliance {number},We,They,2025-06-30,good" for number in range(2, 30)]
    lines[15] = lines[15].replace("good", "splendid")
    path = csv_of(tmp_path, f"{HEAD},strategy.fit", *(line.replace("good", "partial") for line in lines))
    (message,) = told(path)
    assert message.startswith("portfolio.csv:17:5: `strategy.fit` is `splendid`, expected `")
    assert len(portfolio_of(path).portfolio.alliances) == 27


MISTAKES: dict[str, tuple[list[str], list[str]]] = {
    "a column that is misspelt": (
        [f"{HEAD},strategy.fti", f"{FIRST},x"],
        ["1:5: unknown column `strategy.fti`", "did you mean `strategy.fit`?"],
    ),
    "a column without its section": (
        [f"{HEAD},fit", f"{FIRST},x"],
        ["1:5: unknown column `fit`", "a column is named by section and fact: `strategy.fit`"],
    ),
    "a column twice": (
        [f"{HEAD},alliance.us", f"{FIRST},x"],
        ["1:5: column `alliance.us` is given twice; the first is column 2"],
    ),
    "columns that are missing": (
        ["alliance.name,alliance.us", "N,W"],
        [
            "1:1: the table has no column `alliance.partner`, which is required",
            "1:1: the table has no column `alliance.as_of`, which is required",
        ],
    ),
    "a header alone": ([HEAD], ["1:1: the table has no rows below its header"]),
    "empty rows": ([HEAD, "", ",,,"], ["1:1: the table has no rows below its header"]),
    "no header": (["", FIRST], ["1:1: the first row is empty", "it names the columns by section and fact"]),
    "a short row": (
        [HEAD, "North,We,They"],
        ["2:1: the row has 3 cells and the header 4", "was the file cut off, or a separator lost?"],
    ),
    "a long row": (
        [HEAD, f"{FIRST},more"],
        ["2:5: a cell has content, but its column has no name in the first row"],
    ),
    "a required cell that is empty": (
        [HEAD, "North,We,They,"],
        ["2:4: `alliance.as_of` has no value", "expected a date such as `2025-06-30`"],
    ),
    "two problems in a row": (
        [HEAD, "North,,They,2025-06-31"],
        [
            "2:2: `alliance.us` has no value",
            "expected text",
            "2:4: `alliance.as_of` is `2025-06-31`, expected a date that exists",
            "check the month and the day",
        ],
    ),
    "a quotation mark that is not closed": (
        [HEAD, 'No"rth,We,They,2025-06-30', '"North,We,They,2025-06-30'],
        ["3:1: this row cannot be read: unexpected end of data", "look at its quotation marks"],
    ),
    "a decimal comma": (
        [f"{HEAD},strategy.goal_alignment", f'{FIRST},"2,5"'],
        [
            "2:5: `strategy.goal_alignment` is `2,5`, expected a number from 1 to 5",
            "write decimals with a point, and no separators between thousands",
        ],
    ),
    "a list that is none": (
        [f"{HEAD},conflicts", f"{FIRST},some"],
        [
            "2:5: `conflicts` is a list of records, found `some`",
            "begin each conflict with `- id: …`; write `[]` where there is none",
        ],
    ),
    "JSON that breaks off": (
        [f"{HEAD},conflicts", f'{FIRST},"[{{""id"": ""a"""'],
        ["2:5: the cell is not valid JSON: `,` or `}` is missing before this"],
    ),
    "JSON that has only begun": (
        [f"{HEAD},conflicts", f"{FIRST},[{{"],
        ["2:5: the cell is not valid JSON: it ends before it is complete"],
    ),
    "a field that is misspelt": (
        [f"{HEAD},conflicts", f'{FIRST},"[{{""id"": ""a"", ""severety"": 3}}]"'],
        ["2:5: unknown field `severety` of a conflict", "did you mean `severity`?"],
    ),
    "a name twice in JSON": (
        [f"{HEAD},conflicts", f'{FIRST},"[{{""id"": ""a"", ""id"": ""b""}}]"'],
        ["2:5: `id` is given twice", "keep one of the two"],
    ),
    "yes for true": (
        [f"{HEAD},contract.closed", f"{FIRST},yes"],
        ["2:5: `contract.closed` is `yes`, expected `true` or `false`", "write `true`"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_wrong_with_a_table_is_told_at_its_place(mistake: str, tmp_path: Path) -> None:
    lines, said = MISTAKES[mistake]
    found = "\n".join(told(csv_of(tmp_path, *lines))).replace("portfolio.csv:", "").replace("  hint: ", "")
    assert found.splitlines() == said


def test_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.csv"
    path.write_bytes(f"{HEAD}\n{FIRST}\nS\xfcd,We,They,2025-06-30\n".encode("latin-1"))
    assert told(path) == ["portfolio.csv:3:1: the table is not text in UTF-8\n  hint: save it as CSV UTF-8"]


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx", "a.parquet", "a.ndjson"):
        path = tmp_path / name
        path.write_bytes(b"")
        (message,) = told(path)
        assert message.startswith(f"{name}:1:1: the file is empty\n  hint: ")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.parquet", b"PAR1 not at all", "this is not a Parquet file that can be read: "),
        ("a.parquet", b"PAR1" + bytes(400) + b"PAR1", "this is not a Parquet file that can be read: "),
        ("a.xlsx", b"hello", "this is not an XLSX workbook that can be read: "),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), "this is not an XLSX workbook that can be read: "),
        ("a.csv", b"a\0b", "the table is not text: it holds characters without a meaning\n"),
    ],
)
def test_what_is_not_a_table_is_told(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (message,) = told(path)
    assert message.startswith(f"{name}:1:1: {said}")
    assert "Error" not in message


def test_a_damaged_parquet_file_is_told_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, [row_of(case) for case in cases()[:3]])
    whole = path.read_bytes()
    for place in range(0, len(whole), max(len(whole) // 60, 1)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        portfolio_of(path)  # an answer or problems, and nothing else


def test_a_line_of_ndjson_is_told_at_its_own_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    write_ndjson(path, [PROFILE, {**PROFILE, "alliance.name": "South", "strategy.fit": "splendid"}])
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"alliance.name": "West"\n[]\n{"alliance": {"name": "A"}, "alliance.name": "B"}\n')
    lines = path.read_text(encoding="utf-8").splitlines()
    said = told(path)
    assert said[0].startswith(f"a.ndjson:2:{lines[1].index('splendid')}: `strategy.fit` is `splendid`, expected")
    assert said[1] == "a.ndjson:3:25: the line is not valid JSON: `,` or `}` is missing before this"
    assert said[2] == "a.ndjson:4:1: expected sections such as `alliance:`, found a list"
    column = lines[4].index('"alliance.name"') + 1
    assert f"a.ndjson:5:{column}: `alliance.name` is given twice\n  hint: keep one of the two" in said
    assert len(portfolio_of(path).portfolio.alliances) == 1


@pytest.mark.parametrize("odd", [time(12), b"\x00", datetime(2025, 6, 30, 12, 30, tzinfo=timezone.utc)])
def test_values_that_no_fact_can_have_are_told(odd: object, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, [{**PROFILE, "contract.ends_on": odd}])
    (message,) = told(path)
    assert message.startswith("a.parquet:2:5: ")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300])
def test_numbers_that_are_none_are_told(number: float, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, [{**PROFILE, "financials.annual_benefit": number}])
    (message,) = told(path)
    assert message.startswith("a.parquet:2:5: `financials.annual_benefit` is `")


def test_a_cell_with_too_many_levels_is_told(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"{HEAD},conflicts", f"{FIRST},{'[' * 50_000}")
    (message,) = told(path)
    assert message.startswith("portfolio.csv:2:5: nested more than 32 levels deep")


def test_an_empty_parquet_table_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    stream = io.BytesIO()
    pl.DataFrame({name: [] for name in PROFILE}).write_parquet(stream)
    path.write_bytes(stream.getvalue())
    assert told(path) == ["a.parquet:1:1: the table has no rows below its header"]


def test_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"{HEAD},,", f"{FIRST},,")
    assert tree_of(path).value("alliance.name") == "North"
    with pytest.raises(FactsError):
        columns("a.csv", ["nothing"], vocabulary())
