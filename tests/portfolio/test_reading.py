"""Which files of a folder are taken for facts files, and what is told of paths that describe no alliance."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from engine.errors import NotFoundError
from engine.portfolio.reading import FactsFile, gather
from tests.fresh_machine import TOP
from tests.portfolio.rows import FACTS, messages, portfolio_of, vocabulary


def facts(name: str = "North", more: str = "") -> str:
    return f"alliance:\n  name: {name}\n  us: We\n  partner: They\n  as_of: 2025-06-30\n{more}"


def files_of(*paths: object) -> list[str]:
    found = gather(map(str, paths), vocabulary())
    assert not found.errors
    return [source.file for source in found.sources]


def test_the_samples_are_found_and_nothing_that_lies_beside_them() -> None:
    assert files_of(TOP / "facts") == sorted(FACTS)
    assert (TOP / "facts" / "cases" / "gm-psa" / "outcome.yaml").is_file()


def test_a_ruleset_holds_no_facts_files() -> None:
    (error,) = gather([str(TOP / "rulesets")], vocabulary()).errors
    assert "there is no facts file in this folder or below it" in str(error)


def test_other_files_count_by_the_section_that_every_facts_file_has(tmp_path: Path) -> None:
    kept = {
        "north.yaml": facts(),
        "deep/er/south.yml": "# ours\n" + facts("South"),
        "west.json": '{"alliance": {"name": "West", "us": "We", "partner": "They", "as_of": "2025-06-30"}}',
        "east.yaml": '{"strategy": {}, "alliance": {"name": "East", "us": "W", "partner": "T", "as_of": 2025-06-30}}',
        "quoted.yaml": facts("Quoted").replace("alliance:", '"alliance" :'),
    }  # fmt: skip
    left = {
        "outcome.yaml": "name: North\nactual_outcome: exit\n",
        "settings.json": '{"name": "alliance"}',
        "empty.yaml": "",
        "notes.md": "alliance: yes",
        ".hidden.yaml": facts("Hidden"),
        ".git/facts.yaml": facts("Kept by git"),
        "nested.yaml": "test:\n  alliance:\n    name: Not at the top\n",
    }
    for name, text in {**kept, **left}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert files_of(tmp_path) == sorted((tmp_path / name).as_posix() for name in kept)
    assert len(portfolio_of(tmp_path).portfolio.alliances) == len(kept)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("u16.yaml", facts().encode("utf-16"), "the file is not text in UTF-8"),
        ("u16.json", '{"alliance": {}}'.encode("utf-16"), "the file is not text in UTF-8"),
        ("bare.yaml", facts().encode("utf-16-le"), "character U+0000 cannot stand in a text file"),
        ("latin.yml", "section: Société\n".encode("latin-1"), "the file is not text in UTF-8"),
        ("capital.yaml", facts().replace("alliance", "Alliance").encode(), "unknown section `Alliance`"),
        ("loud.json", b'{"ALLIANCE": {"name": "A"}}', "unknown section `ALLIANCE`"),
        ("quoted.yaml", facts().replace("alliance", '"Alliance"').encode(), "unknown section `Alliance`"),
    ],
)
def test_what_may_be_meant_as_a_facts_file_is_told(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.yaml").write_text(facts(), encoding="utf-8")
    found = portfolio_of(tmp_path)
    assert found.portfolio.left_out == 1
    assert all(one.startswith(f"{tmp_path}/{name}:1:") for one in messages(found))
    assert any(said in one for one in messages(found))


def test_capitals_deep_within_another_file_mean_nothing(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(facts(), encoding="utf-8")
    (tmp_path / "settings.json").write_text('{"deals": [{"Alliance": 1}]}', encoding="utf-8")
    (tmp_path / "cut.json").write_text('{"deals": [{"Alliance": ', encoding="utf-8")
    (tmp_path / "deep.json").write_text('{"a": ' * 100_000, encoding="utf-8")
    assert files_of(tmp_path) == [f"{tmp_path}/good.yaml"]


def test_a_large_file_that_ends_within_a_letter_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sources.MAX_BYTES", 10)
    (tmp_path / "other.yaml").write_bytes(b"a: 6789 \xe2\x82\xac\xe2\x82\xac")
    (tmp_path / "good.yaml").write_text(facts(), encoding="utf-8")
    assert gather([str(tmp_path)], vocabulary()).files == (f"{tmp_path}/good.yaml",)


def test_a_pipe_in_a_folder_is_told_and_not_waited_for(tmp_path: Path) -> None:
    for name in ("facts.yaml", "other.yaml"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "good.yaml").write_text(facts(), encoding="utf-8")
    found = portfolio_of(tmp_path)
    assert messages(found) == [f"{tmp_path}/facts.yaml:1:1: this is no file, but a pipe, a socket or a device"]
    assert [one.standing.name for one in found.portfolio.alliances] == ["North"]


def test_a_pipe_that_is_named_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "north.yaml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(facts(), "utf-8"))
    writer.start()
    assert files_of(pipe) == [str(pipe)]
    writer.join()


def test_a_file_that_is_named_is_always_a_facts_file(tmp_path: Path) -> None:
    file = tmp_path / "outcome.yaml"
    file.write_text("name: North\n", encoding="utf-8")
    assert messages(portfolio_of(file))[0].startswith(f"{file}:1:1: ")
    (tmp_path / "facts.yaml").write_text("nothing: at all\n", encoding="utf-8")
    told = messages(portfolio_of(tmp_path))
    assert told
    assert all(one.startswith(f"{tmp_path}/facts.yaml:1:1: ") for one in told)


def test_what_is_broken_is_told_and_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(facts("A", "strategy:\n  fit: splendid\n  rational: gone\n"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(facts("B", "strategy: [\n"), encoding="utf-8")
    (tmp_path / "c.yaml").write_text(facts("C"), encoding="utf-8")
    found = portfolio_of(tmp_path)
    assert [one.split(":")[0].rpartition("/")[2] for one in messages(found)] == ["a.yaml", "a.yaml", "b.yaml"]
    assert [one.standing.name for one in found.portfolio.alliances] == ["C"]
    assert found.portfolio.left_out == 2


def test_a_file_that_is_reached_twice_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "folder" / "facts.yaml"
    file.parent.mkdir()
    file.write_text(facts(), encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to(file)
    monkeypatch.chdir(tmp_path)
    assert len(files_of("folder", file, "folder/../folder/facts.yaml", "link.yaml")) == 1
    given = FactsFile("folder/facts.yaml", file.read_bytes())
    assert len(gather(["folder/facts.yaml"], vocabulary(), [given, given]).sources) == 1


@pytest.mark.parametrize(
    ("second", "same"),
    [("North", True), ("  north ", True), ("NORTH", True), ("Ｎorth", True), ("North 2", False)],  # noqa: RUF001 - meant so
)
def test_a_name_stands_for_one_alliance(second: str, same: bool, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(facts(), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(facts(f'"{second}"'), encoding="utf-8")
    found = portfolio_of(tmp_path / "b.yaml", tmp_path / "a.yaml")
    assert len(found.portfolio.alliances) == (1 if same else 2)
    if same:
        (message,) = messages(found)
        assert message.startswith(f"{tmp_path}/b.yaml:2:9: another alliance is called `")
        assert f"the one at {tmp_path}/a.yaml:2:9" in message
        assert found.portfolio.alliances[0].standing.facts_file == f"{tmp_path}/a.yaml"
        assert found.portfolio.left_out == 1


def test_names_are_compared_across_files_and_tables(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(facts(), encoding="utf-8")
    table = tmp_path / "t.csv"
    table.write_text(
        "alliance.us,alliance.name,alliance.partner,alliance.as_of\nW,North,T,2025-06-30\nW,South,T,2025-06-30\n"
    )
    lines = tmp_path / "u.ndjson"
    lines.write_text('\n{"alliance": {"name": "South", "us": "W", "partner": "T", "as_of": "2025-06-30"}}\n')
    first, second = messages(portfolio_of(tmp_path / "a.yaml", lines, table))
    assert first.startswith(f"{table}:2:2: another alliance is called `North`: the one at {tmp_path}/a.yaml:2:9")
    assert second.startswith(f"{lines}:2:23: another alliance is called `South`: the one at {table}:3:2")


def test_a_folder_without_facts_and_an_empty_one_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.md").write_text("x")
    for name in ("empty", "other"):
        (message,) = messages(portfolio_of(tmp_path / name))
        assert message.startswith(f"{tmp_path}/{name}:1:1: there is no facts file in this folder or below it\n  hint: ")


def test_a_file_that_is_neither_is_told(tmp_path: Path) -> None:
    file = tmp_path / "alliances.docx"
    file.write_text("x")
    (message,) = messages(portfolio_of(file))
    assert message.startswith(
        f"{file}:1:1: this is neither a facts file nor a table\n  hint: facts files end in `.yaml`"
    )


@pytest.mark.parametrize("name", ["nowhere.yaml", "nowhere.csv", "nowhere", "nowhere.docx"])
def test_a_path_that_leads_nowhere_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no file or folder"):
        portfolio_of(tmp_path / name)


@pytest.mark.parametrize("path", ["a\0b.yaml", "a\0b", "a" * 5_000, f"{'a' * 5_000}.csv"], ids=str.__len__)
def test_a_path_that_cannot_be_one_is_told(path: str) -> None:
    (error,) = gather([path], vocabulary()).errors
    assert str(error)


def test_missing_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("facts.yaml", "other.yaml", "t.csv"):
        (tmp_path / name).write_text(facts(), encoding="utf-8")
    opened = Path.open

    def refuse(path: Path, *arguments: str, **more: str) -> object:
        if path.parent == tmp_path:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    assert messages(portfolio_of(tmp_path, tmp_path / "t.csv")) == [
        f"{tmp_path}/{name}:1:1: the file cannot be read: Permission denied"
        for name in ("facts.yaml", "other.yaml", "t.csv")
    ]


def test_a_folder_that_may_not_be_entered_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("os.scandir", refuse)
    assert messages(portfolio_of(tmp_path)) == [f"{tmp_path}:1:1: the folder cannot be read: Permission denied"]


def test_a_link_that_leads_nowhere_is_no_facts_file_unless_it_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(facts(), encoding="utf-8")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "gone.yaml")
    assert files_of(tmp_path) == [f"{tmp_path}/a.yaml"]
    (tmp_path / "loop").symlink_to(tmp_path)
    assert files_of(tmp_path) == [f"{tmp_path}/a.yaml"]


def test_a_file_that_is_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("x" * 200)
    (tmp_path / "a.ndjson").write_text("{}\n" * 200)
    monkeypatch.setattr("engine.portfolio.tables.MAX_BYTES", 100)
    for name in ("a.csv", "a.ndjson"):
        (message,) = messages(portfolio_of(tmp_path / name))
        assert message.startswith(f"{tmp_path}/{name}:1:1: the table is larger than ")
