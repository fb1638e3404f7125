"""Prepared rulesets are kept, found again while nothing changed, and never trusted blindly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine import store
from engine.assessment import Advisor
from engine.errors import AdvisorError, NotFoundError, RulesetError
from engine.report import report
from engine.store import prepared_ruleset
from tests import small


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store of the test's own."""
    folder = tmp_path / "store"
    monkeypatch.setenv("ADVISOR_CACHE", str(folder))
    return folder


def entries(shelf: Path) -> list[str]:
    return sorted(path.name for path in shelf.iterdir()) if shelf.is_dir() else []


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the ruleset was compiled anew")

    monkeypatch.setattr(store, "prepare", refuse)


def test_a_ruleset_that_was_read_is_not_read_again(
    shelf: Path, ruleset_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepared_ruleset(ruleset_copy)
    assert len(entries(shelf)) == 1
    forbid_reading(monkeypatch)
    second = prepared_ruleset(ruleset_copy)
    assert second.ruleset == first.ruleset
    case = small.case()
    with Advisor(first) as one, Advisor(second) as other:
        assert report(one.assess(case)) == report(other.assess(case))


def test_a_changed_file_is_read_anew(shelf: Path, ruleset_copy: Path) -> None:
    before = prepared_ruleset(ruleset_copy).ruleset.sha256
    path = ruleset_copy / "ruleset.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("0.1.0", "0.2.0"), encoding="utf-8")
    after = prepared_ruleset(ruleset_copy).ruleset
    assert (after.version, after.sha256 != before) == ("0.2.0", True)
    assert len(entries(shelf)) == 2


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"\x80\x05N.", b"\x80\x05K\x07."])
def test_an_entry_that_is_not_one_is_replaced(shelf: Path, ruleset_copy: Path, content: bytes) -> None:
    expected = prepared_ruleset(ruleset_copy).ruleset
    (name,) = entries(shelf)
    (shelf / name).write_bytes(content)
    assert prepared_ruleset(ruleset_copy).ruleset == expected
    assert (shelf / name).read_bytes() != content


def test_a_store_that_others_can_write_to_is_neither_read_nor_written(
    shelf: Path, ruleset_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared_ruleset(ruleset_copy)
    shelf.chmod(0o777)
    forbid_reading(monkeypatch)
    with pytest.raises(AssertionError, match="compiled anew"):
        prepared_ruleset(ruleset_copy)


def test_it_can_be_switched_off(shelf: Path, ruleset_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", "off")
    assert prepared_ruleset(ruleset_copy).ruleset.name == "small"
    assert entries(shelf) == []


def test_a_store_that_cannot_be_made_is_done_without(
    tmp_path: Path, ruleset_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("ADVISOR_CACHE", str(blocked / "store"))
    assert prepared_ruleset(ruleset_copy).ruleset.name == "small"


def test_the_oldest_entries_make_room(shelf: Path, ruleset_copy: Path) -> None:
    shelf.mkdir(mode=0o700)
    for number in range(12):
        old = shelf / f"{number}.pickle"
        old.write_bytes(b"")
        os.utime(old, (number, number))
    prepared_ruleset(ruleset_copy)
    left = entries(shelf)
    assert len(left) == 8
    assert "11.pickle" in left
    assert "0.pickle" not in left


def test_a_ruleset_with_problems_is_not_kept(shelf: Path, ruleset_copy: Path) -> None:
    (ruleset_copy / "weighing.yaml").unlink()
    with pytest.raises(RulesetError):
        prepared_ruleset(ruleset_copy)
    assert entries(shelf) == []


def test_what_cannot_be_read_is_left_to_the_loader(shelf: Path, ruleset_copy: Path) -> None:
    folder = ruleset_copy / "notes" / "folder.yaml"
    folder.mkdir(parents=True)
    with pytest.raises(RulesetError, match="this is a folder"):
        prepared_ruleset(ruleset_copy)
    folder.rmdir()
    (ruleset_copy / "rules" / "broken.yaml").symlink_to(ruleset_copy / "nowhere")
    with pytest.raises(AdvisorError):
        prepared_ruleset(ruleset_copy)
    assert entries(shelf) == []
    with pytest.raises(NotFoundError):
        prepared_ruleset(ruleset_copy / "nowhere")


def test_a_user_without_a_home_folder_does_without(ruleset_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: Path) -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.delenv("ADVISOR_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    assert prepared_ruleset(ruleset_copy).ruleset.name == "small"
