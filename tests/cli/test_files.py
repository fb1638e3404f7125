from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cli.inputs import facts_content
from engine.cli.outputs import write_file
from engine.errors import AdvisorError
from tests.cli.running import SAMPLE, advisor


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("suffix", [".md", ".html", ".HTML"])
def test_a_memo_is_written_whole(tmp_path: Path, suffix: str) -> None:
    memo = tmp_path / f"memo{suffix}"
    ran = advisor("memo", SAMPLE, "-o", memo)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert names(tmp_path) == [memo.name]
    text = memo.read_text(encoding="utf-8")
    assert text.lower().startswith("<!doctype html>") is (suffix.lower() == ".html")
    again = tmp_path / f"again{suffix}"
    advisor("memo", SAMPLE, "-o", again)
    assert again.read_bytes() == memo.read_bytes()


def test_without_a_file_the_memo_is_printed_as_markdown(tmp_path: Path) -> None:
    memo = tmp_path / "memo.md"
    advisor("memo", SAMPLE, "-o", memo)
    assert advisor("memo", SAMPLE).out == memo.read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_what_fails_while_writing_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    memo = tmp_path / "memo.md"
    memo.write_text("as before", encoding="utf-8")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    ran = advisor("memo", SAMPLE, "-o", memo)
    assert ran.code == (1 if isinstance(error, OSError) else 130)
    assert memo.read_text(encoding="utf-8") == "as before"
    assert names(tmp_path) == ["memo.md"]


def test_a_memo_is_not_written_over_what_it_is_made_of(tmp_path: Path) -> None:
    facts, template = tmp_path / "facts.yaml", tmp_path / "own.md.j2"
    _, content = facts_content(SAMPLE)
    facts.write_bytes(content)
    template.write_text("{{ alliance.name }}", encoding="utf-8")
    for number, one in enumerate((facts, template)):
        memo = tmp_path / f"memo{number}.md"
        memo.symlink_to(one)
        before = one.read_bytes()
        ran = advisor("memo", facts, "--template", template, "-o", memo)
        assert (ran.code, ran.out) == (2, "")
        assert f"'{memo}' is one of the inputs and would be lost." in ran.err
        assert one.read_bytes() == before


def test_a_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "target.md", tmp_path / "link.md"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    write_file(link, "new")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write_file(tmp_path / "ours.md", "x")
    (tmp_path / "other.md").write_text("x", encoding="utf-8")
    assert (tmp_path / "ours.md").stat().st_mode == (tmp_path / "other.md").stat().st_mode


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="cannot be written"):
        write_file(tmp_path / "nowhere" / "memo.md", "x")


def test_a_skeleton_passes_the_check_once_four_facts_are_filled() -> None:
    skeleton = advisor("facts", "new").out
    checked = advisor("facts", "check", "-", stdin=skeleton.encode())
    assert checked.code == 1
    assert re.findall(r"`(alliance\.\w+)` has no value", checked.err) == [
        "alliance.name",
        "alliance.us",
        "alliance.partner",
        "alliance.as_of",
    ]
    for name, value in {"name": "A", "us": "B", "partner": "C", "as_of": "2025-06-30"}.items():
        skeleton = re.sub(rf"^  {name}:$", f"  {name}: {value}", skeleton, flags=re.MULTILINE)
    checked = advisor("facts", "check", "-", stdin=skeleton.encode())
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("<standard input>: 4 facts known, ")


@pytest.mark.parametrize("name", ["A: b # c", '"quoted"', "\x1b[31m\x85\u2028\U000e0041", "{{ 7*7 }}", "- x", "no"])
def test_a_skeleton_takes_any_text(name: str, tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    given = ["--name", name, "--us", "We", "--partner", "They", "--as-of", "2025-06-30"]
    assert advisor("facts", "new", "-o", file, *given).code == 0
    assert advisor("facts", "check", file).code == 0


@pytest.mark.parametrize("name", ["", "  ", "\udcff"])
def test_a_skeleton_takes_no_text_that_a_facts_file_could_not_hold(name: str) -> None:
    ran = advisor("facts", "new", "--name", name)
    assert (ran.code, ran.out) == (2, "")
    assert "Invalid value for '--name': expected text" in ran.err


def test_a_facts_file_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("mine", encoding="utf-8")
    ran = advisor("facts", "new", "-o", file)
    assert ran.code == 2
    assert "exists already" in ran.err
    assert file.read_text(encoding="utf-8") == "mine"


def test_check_goes_through_all_files_and_counts_the_bad(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("alliance: 1\nstrateg: 2\n", encoding="utf-8")
    ran = advisor("facts", "check", SAMPLE, bad, tmp_path / "nowhere.yaml", "sample:cases/gm-psa")
    assert ran.code == 1
    assert len(re.findall(r"\d+ facts known, \d+ of the decisive ones missing", ran.out)) == 2
    assert ran.out.splitlines()[-1] == "4 files, 2 with problems"
    assert f"{bad}:1:11: " in ran.err
    assert "did you mean `strategy`?" in ran.err
    assert "there is no file" in ran.err


def test_rules_check_of_the_built_in_ruleset_finds_no_error() -> None:
    ran = advisor("rules", "check")
    assert ran.code == 0
    assert re.fullmatch(r"\d+ rules, \d+ measures, \d+ findings in \d+ layers: (no problems|\d+ warnings?)\n", ran.out)
    assert all(line.startswith(("rulesets/alliance/", "  hint: ")) for line in ran.err.splitlines())
