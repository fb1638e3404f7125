"""`advisor portfolio` as it is used: what it shows and writes, what it says of faults, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.portfolio.writing import SUFFIXES
from tests.cli.running import ADVISOR, SAMPLE, advisor
from tests.fresh_machine import TOP

EVERY_SUFFIX = (*SUFFIXES, ".html")


def facts(name: str, more: str = "") -> str:
    return f"alliance: {{name: {name}, us: We, partner: They, as_of: 2025-06-30}}\n{more}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three alliances, in files of three kinds."""
    folder = tmp_path / "alliances"
    folder.mkdir()
    (folder / "north.yaml").write_text(facts("North", "contract: {ends_on: 2025-07-30}\n"), encoding="utf-8")
    (folder / "south.json").write_text(
        '{"alliance": {"name": "South", "us": "We", "partner": "They", "as_of": "2025-06-30"}}', encoding="utf-8"
    )
    return folder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    table = tmp_path / "register.csv"
    table.write_text(
        "alliance.name,alliance.us,alliance.partner,alliance.as_of,strategy.rationale\n"
        "East,We,They,2025-06-30,gone\nWest,We,They,2025-06-30,valid\n",
        encoding="utf-8",
    )
    return table


def names_in(out: str) -> list[str]:
    return [one["name"] for one in json.loads(out)["alliances"]]


# -- what it shows


def test_files_folders_tables_and_samples_together(folder: Path, table: Path) -> None:
    standard_input = facts("Standard").encode()
    ran = advisor("portfolio", folder, table, SAMPLE, "-", "--format", "json", stdin=standard_input)
    assert (ran.code, ran.err) == (0, "")
    assert sorted(names_in(ran.out)) == [
        "East",
        "North",
        "South",
        "Standard",
        "Starbucks cafes in Barnes & Noble bookstores",
        "West",
    ]
    places = {one["name"]: one["facts_file"] for one in json.loads(ran.out)["alliances"]}
    assert places["East"] == f"{table}:2"
    assert places["North"] == f"{folder}/north.yaml"
    assert places["Standard"] == "<standard input>"


def test_a_folder_of_samples_is_named_like_a_sample() -> None:
    ran = advisor("portfolio", "sample:cases", "--format", "json")
    assert ran.code == 0
    assert len(names_in(ran.out)) == 12
    assert advisor("portfolio", "sample:cases").code == 0
    assert advisor("portfolio", "sample:case").code == 1


@pytest.mark.parametrize("columns", ["80", "100", "110", "200"])
def test_the_page_fits_the_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = advisor("portfolio", "sample:cases", "sample:seeds")
    assert ran.code == 0
    assert ran.out.startswith("19 alliances, the most urgent first\n")
    assert max(map(len, ran.out.splitlines())) <= min(int(columns), 110)
    for heading in ("URGENCY", "RECOMMENDATIONS", "NEXT DATES", "HEALTH AND WHAT IS AT STAKE"):
        assert heading in ran.out


@pytest.mark.parametrize(("columns", "beside"), [("80", False), ("100", True), ("110", True)])
def test_urgency_is_told_of_all_and_beside_each_where_there_is_room(
    columns: str, beside: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out = advisor("portfolio", "sample:cases", "sample:seeds", folder).out
    assert re.search(r"^ +1 +due +a date falls due within 90 days$", out, re.MULTILINE)
    assert re.search(r"^ +\d+ to 21 +continue +going on is recommended, and the facts suffice$", out, re.MULTILINE)
    assert ("  urgency  " in out.split("RECOMMENDATIONS\n")[1].splitlines()[0]) == beside
    assert bool(re.search(r"^ +1 +North +due +", out, re.MULTILINE)) == beside


def test_names_get_the_room_that_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "An alliance whose name takes a whole line"
    (folder / "long.yaml").write_text(facts(name), encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "100")
    assert advisor("portfolio", folder).out.count(name) >= 2
    monkeypatch.setenv("COLUMNS", "80")
    assert name[:21] in advisor("portfolio", folder).out


def test_what_falls_due_soon_comes_first_and_is_told(folder: Path) -> None:
    ran = advisor("portfolio", folder)
    assert re.search(r"^  1  North ", ran.out, re.MULTILINE)
    assert re.search(r"North +2025-07-30 +30  the agreement ends$", ran.out, re.MULTILINE)
    assert "No date ahead is known of 1 alliance." in ran.out


def test_the_order_of_the_arguments_means_nothing(folder: Path, table: Path) -> None:
    paths = [folder, table, "sample:cases/gm-psa"]
    for options in ([], ["--format", "json"]):
        assert advisor("portfolio", *paths, *options) == advisor("portfolio", *paths[::-1], *options)


def test_another_ruleset_need_not_know_the_facts_that_a_portfolio_shows(folder: Path) -> None:
    own = TOP / "tests" / "rulesets" / "small"
    (folder / "north.yaml").write_text(facts("North"), encoding="utf-8")
    for options in ([], ["--format", "json"], ["-o", folder / "p.html"], ["-o", folder / "p.xlsx"]):
        ran = advisor("portfolio", folder, "--ruleset", own, *options)
        assert (ran.code, ran.err) == (0, "")


# -- what it writes


@pytest.mark.parametrize("suffix", EVERY_SUFFIX)
def test_a_file_is_written_whole_and_the_same_each_time(suffix: str, folder: Path, table: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix.upper()}"
    for file, paths in ((first, [folder, table]), (second, [table, folder])):
        ran = advisor("portfolio", *paths, "-o", file)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert first.read_bytes() == second.read_bytes()
    assert sorted(tmp_path.iterdir()) == sorted([*before, first, second])


@pytest.mark.parametrize("suffix", EVERY_SUFFIX)
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_what_fails_while_writing_leaves_all_as_it_was(
    suffix: str, error: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / f"portfolio{suffix}"
    file.write_text("as before", encoding="utf-8")
    before = sorted(folder.iterdir())

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    ran = advisor("portfolio", folder / "north.yaml", "-o", file)
    assert ran.code == (1 if isinstance(error, OSError) else 130)
    assert file.read_text(encoding="utf-8") == "as before"
    assert sorted(folder.iterdir()) == before
    if isinstance(error, KeyboardInterrupt):
        assert ran.err == "interrupted: 1 of 1 alliances judged, nothing written\n"


def test_the_good_are_written_where_others_are_bad(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.yaml").write_text(facts("Bad", "strategy: {fti: partial}\n"), encoding="utf-8")
    file = tmp_path / "p.json"
    ran = advisor("portfolio", folder, tmp_path / "nowhere.csv", "-o", file)
    assert ran.code == 1
    assert f"there is no file or folder `{tmp_path}/nowhere.csv`\n" in ran.err
    assert f"{folder}/bad.yaml:2:12: unknown fact `strategy.fti`\n  hint: did you mean `fit`?\n" in ran.err
    assert names_in(file.read_text(encoding="utf-8")) == ["North", "South"]
    assert json.loads(file.read_text(encoding="utf-8"))["left_out"] == 2
    assert ran.err.endswith(f"\n2 alliances written to {file}, 2 inputs left out\n")
    shown = advisor("portfolio", folder)
    assert shown.code == 1
    assert "1 input is left out because of errors." in shown.out


@pytest.mark.parametrize("suffix", EVERY_SUFFIX)
def test_nothing_is_written_where_nothing_is_good(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("alliance: {}\n", encoding="utf-8")
    file = tmp_path / f"p{suffix}"
    ran = advisor("portfolio", tmp_path, "-o", file)
    assert ran.code == 1
    assert not file.exists()
    assert ran.err.endswith("\nnothing written, 1 input left out\n")
    assert advisor("portfolio", tmp_path)[:2] == (1, "")
    assert advisor("portfolio", tmp_path, "--format", "json")[:2] == (1, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument 'PATH...'."),
        ([SAMPLE, "-o", "p.docx"], "'p.docx' should end in .csv, .xlsx, .parquet, .json or .html."),
        ([SAMPLE, "-o", "no/such/p.csv"], "there is no folder 'no/such'."),
        ([SAMPLE, "--format", "csv"], "'csv' is not one of 'text', 'json'."),
        ([SAMPLE, "--format", "json", "-o", "p.csv"], "'json' is for standard output, and 'p.csv' is written by its"),
        ([SAMPLE, "--format", "text", "-o", "p.json"], "'text' is for standard output, and 'p.json' is written by its"),
        ([SAMPLE, "--engine", "spark"], "'spark' is not one of 'processes', 'dask'."),
    ],
)
def test_a_wrong_command_line_is_told_with_exit_code_2(arguments: list[str], said: str) -> None:
    ran = advisor("portfolio", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_json_may_be_asked_for_twice(folder: Path, tmp_path: Path) -> None:
    assert advisor("portfolio", folder, "--format", "json", "-o", tmp_path / "p.json")[:2] == (0, "")


@pytest.mark.parametrize("through", ["", "link", "hard link", "folder"])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet", ".json", ".html"])
def test_an_input_is_not_written_over(suffix: str, through: str, tmp_path: Path) -> None:
    """By whatever name it goes; of those in a folder, all that would be read."""
    (tmp_path / "in").mkdir()
    given = output = tmp_path / "in" / f"register{suffix}"
    given.write_text(facts("North"), encoding="utf-8")
    if through == "link":
        (output := tmp_path / f"other{suffix}").symlink_to(given)
    elif through == "hard link":
        (output := tmp_path / f"other{suffix}").hardlink_to(given)
    ran = advisor("portfolio", SAMPLE, given.parent if through == "folder" else given, "-o", output)
    if through == "folder" and suffix != ".json":
        assert ran.code == 1
        return
    assert (ran.code, ran.out) == (2, "")
    assert f"Invalid value for '-o': '{output}' is one of the inputs and would be lost." in ran.err
    assert given.read_text(encoding="utf-8") == facts("North")


def test_what_is_written_beside_the_inputs_may_be_written_again(folder: Path) -> None:
    for _ in range(2):
        ran = advisor("portfolio", folder, "-o", folder / "portfolio.json")
        assert (ran.code, ran.err) == (0, "")


def test_standard_input_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "south.json"
    file.write_text(facts("South"), encoding="utf-8")
    with file.open("rb") as stream:
        command = [*ADVISOR, "portfolio", "-", "-o", str(file)]
        ran = subprocess.run(command, cwd=TOP, stdin=stream, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "is one of the inputs" in ran.stderr


# -- without the libraries of the extra


@pytest.mark.parametrize(
    ("name", "path", "output", "what"),
    [
        ("polars", "a.parquet", "p.csv", "reading a Parquet file"),
        ("python_calamine", "a.xlsx", "p.csv", "reading an XLSX file"),
        ("polars", "a.yaml", "p.parquet", "writing a Parquet file"),
        ("xlsxwriter", "a.yaml", "p.xlsx", "writing an XLSX file"),
    ],
)
def test_a_library_that_is_missing_is_told_with_its_extra(
    name: str, path: str, output: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / path).write_text(facts("A"), encoding="utf-8")
    ran = advisor("portfolio", tmp_path / path, "-o", tmp_path / output)
    assert ran.code == 1
    assert ran.err.startswith(
        f"{what} needs the library `{name}`, which is not installed\n  hint: pip install 'alliance-advisor[bulk]'\n"
    )
    assert not (tmp_path / output).exists()


def test_facts_files_csv_ndjson_and_json_need_no_library(
    folder: Path, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("polars", "python_calamine", "xlsxwriter"):
        monkeypatch.setitem(sys.modules, name, None)
    lines = tmp_path / "a.ndjson"
    lines.write_text(
        '{"alliance": {"name": "L", "us": "W", "partner": "T", "as_of": "2025-06-30"}}\n', encoding="utf-8"
    )
    for suffix in (".csv", ".json", ".html"):
        ran = advisor("portfolio", folder, table, lines, "-o", tmp_path / f"p{suffix}")
        assert (ran.code, ran.err) == (0, "")


# -- text that is not meant well


def test_hostile_text_is_shown_as_text(tmp_path: Path) -> None:
    hostile = "\x1b[31m {{ 7*7 }} [red]x[/red] \u202e <b>"
    file = tmp_path / "\x1b[31ma\u202e.json"
    alliance = {"name": hostile, "us": hostile, "partner": hostile, "as_of": "2025-06-30"}
    content = {"alliance": alliance, "workstreams": [{"id": hostile, "decision_by": "2025-07-01"}]}
    file.write_text(json.dumps(content), encoding="utf-8")
    bad = tmp_path / "\x1b[32mbad.csv"
    bad.write_text(f"alliance.name,{hostile}\nA,B\n", encoding="utf-8")
    page, document = (advisor("portfolio", file, bad, *options) for options in ([], ["--format", "json"]))
    for ran in (page, document):
        assert ran.code == 1
        for text in (ran.out, ran.err):
            assert all(one.isprintable() or one == "\n" for one in text)
    assert json.loads(document.out)["alliances"][0]["name"] == hostile
