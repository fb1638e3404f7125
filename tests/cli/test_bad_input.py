from __future__ import annotations

import gc
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.resources import builtin
from tests.cli.running import ADVISOR, SAMPLE, Ran, advisor

TOP = Path(__file__).parents[2]

PROFILE = "alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30}\n"
BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(8)
)
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "1:1: the file is empty"),
    "comments alone": (b"# nothing\n", "1:1: "),
    "binary": (bytes(range(256)), "the file is not text in UTF-8"),
    "zeros": (PROFILE.encode() + b"x: \x00", "2:4: "),
    "wrong encoding": ("alliance: {name: Zürich}".encode("latin-1"), "1:19: the file is not text in UTF-8"),
    "syntax": (PROFILE.encode() + b"strategy: [unclosed\n", "3:1: this is not valid YAML"),
    "duplicate key": (PROFILE.encode() + b"strategy: {fit: none, fit: strong}\n", "2:23: `fit` is given twice"),
    "unknown fact": (PROFILE.encode() + b"strategy:\n  rational: gone\n", "3:3: unknown fact `strategy.rational`"),
    "wrong type": (PROFILE.encode() + b"strategy: {goal_alignment: high}\n", "2:28: "),
    "out of range": (PROFILE.encode() + b"strategy: {goal_alignment: 9}\n", "2:28: "),
    "not a number": (PROFILE.encode() + b"strategy: {goal_alignment: .nan}\n", "2:28: "),
    "infinity": (PROFILE.encode() + b"contract: {exit_fee: .inf}\n", "2:22: "),
    "no such date": (PROFILE.encode() + b"contract: {ends_on: 2025-02-30}\n", "2:21: "),
    "dangling": (PROFILE.encode() + b"conflicts: [{id: C1, workstream: W9}]\n", "2:34: there is no "),
    "aliases": (BOMB.encode(), "1:4: anchors"),
    "deep": (b"[" * 100_000, "nested more than 32 levels deep"),
    "nested": ((PROFILE + "x: " + "{a: " * 100 + "1" + "}" * 100).encode(), "nested more than 32 levels deep"),
    "huge": (PROFILE.encode() + b"# " + b"x" * 50_000_000, "1:1: the file is larger than 4 MB"),
    "a list": (b"- a\n", "1:1: expected sections"),
    "a word": (b"alliance", "1:1: "),
    "two documents": (PROFILE.encode() + b"---\na: 1\n", ": a second document"),
    "tag": (b"!!python/object/apply:os.system ['true']", "1:1: tags"),
}
COMMANDS = {
    "assess": ["assess"],
    "explain": ["explain", "--option", "exit"],
    "check": ["facts", "check"],
}


def is_told(ran: Ran, place: str, said: str) -> None:
    assert ran.code == 1
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert re.match(rf"{re.escape(place)}:\d+:\d+: [^\n]", ran.err)
    assert said in ran.err


@pytest.mark.parametrize("name", BAD)
def test_a_bad_facts_file_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    content, said = BAD[name]
    file = tmp_path / "facts.yaml"
    file.write_bytes(content)
    for command in COMMANDS.values() if name != "huge" else (COMMANDS["assess"],):
        is_told(advisor(*command, file), str(file), said)
    is_told(advisor("assess", "-", stdin=content), "<standard input>", said)


@pytest.mark.parametrize("name", ["syntax", "unknown fact", "binary"])
def test_a_memo_of_a_bad_file_is_not_begun(name: str, tmp_path: Path) -> None:
    file, memo = tmp_path / "facts.yaml", tmp_path / "memo.html"
    file.write_bytes(BAD[name][0])
    is_told(advisor("memo", file, "-o", memo), str(file), BAD[name][1])
    assert not memo.exists()
    memo.write_text("as before")
    advisor("memo", file, "-o", memo)
    assert memo.read_text() == "as before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["facts.yaml", "memo.html"]


RULE = """\
ground: conflict
rules:
  - id: spoilt
    title: Spoilt
    when: [{when}]
    then: {{{then}}}
    because: "{because}"
    source: [S0.001]
"""
SPOILT: dict[str, tuple[str, str, str, str]] = {
    "unknown fact": (
        "strategy.rational is gone",
        "diagnosis: x",
        "x",
        r"rules/spoilt\.yaml:5:\d+: .*`strategy\.rational`",
    ),
    "circle": (
        "no finding spoilt",
        "finding: spoilt, severity: minor",
        "x",
        r"rules/spoilt\.yaml:5:\d+: .*circle: `spoilt`",
    ),
    "template": (
        "strategy.rationale is gone",
        "finding: spoilt, severity: minor",
        "{{ nobody }}",
        r"rules/spoilt\.yaml:7:14: .*`nobody`",
    ),
}


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(builtin("rulesets") / "alliance", tmp_path_factory.mktemp("rulesets") / "spoilt"))


@pytest.mark.parametrize("name", SPOILT)
def test_a_bad_ruleset_is_told_with_its_place(name: str, spoilt: Path) -> None:
    when, then, because, said = SPOILT[name]
    text = RULE.format(when=when, then=then, because=because)
    (spoilt / "rules" / "spoilt.yaml").write_text(text, encoding="utf-8")
    ran = advisor("rules", "check", "--ruleset", spoilt)
    assert ran.code == 1
    assert ran.out == ""
    assert re.search(said, ran.err), ran.err
    assert "Traceback" not in ran.err


def test_a_text_that_cannot_be_written_is_told_when_its_rule_fires(spoilt: Path) -> None:
    text = RULE.format(when="alliance.name is known", then="diagnosis: spoilt", because="{{ nobody }}")
    (spoilt / "rules" / "spoilt.yaml").write_text(text, encoding="utf-8")
    for command in (["assess", SAMPLE, "--format", "json"], ["explain", SAMPLE, "--rule", "spoilt"]):
        ran = advisor(*command, "--ruleset", spoilt)
        assert ran.code == 1
        assert re.match(r".*rules/spoilt\.yaml:7:14: .*`spoilt`.*nobody", ran.err)
        assert ran.out == ""


@pytest.mark.parametrize(
    "command",
    [
        ["assess", SAMPLE],
        ["assess", SAMPLE, "--format", "json"],
        ["facts", "check", SAMPLE],
        ["facts", "new"],
        ["rules", "check"],
        ["--help"],
    ],
    ids=" ".join,
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_result_that_cannot_be_written_is_told(command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*ADVISOR, *command], stdout=full, stderr=subprocess.PIPE, check=False, text=True, cwd=TOP)
    assert ran.returncode == 1, ran.stderr
    assert "the result cannot be written to standard output: No space left on device" in ran.stderr
    assert "fault" not in ran.stderr


@pytest.mark.parametrize("command", [f"assess {SAMPLE}", f"assess {SAMPLE} --format json", "--help"])
def test_closed_standard_output_is_told(command: str) -> None:
    ran = shell(f"{command} >&-")
    assert ran.returncode == (0 if command == "--help" else 1)
    assert "fault" not in ran.stderr
    assert command == "--help" or "standard output is closed" in ran.stderr


def test_closed_standard_input_is_told() -> None:
    ran = shell("assess - <&-")
    assert (ran.returncode, ran.stderr) == (1, "standard input is closed, expected a file in it\n")


def test_closed_standard_error_leaves_the_exit_code() -> None:
    assert shell("assess nowhere.yaml 2>&-").returncode == 1


def shell(command: str) -> subprocess.CompletedProcess[str]:
    program = " ".join(shlex.quote(one) for one in ADVISOR)
    return subprocess.run(  # only a shell can close a stream before a program begins
        f"{program} {command}", shell=True, capture_output=True, check=False, text=True, cwd=TOP
    )


def test_a_file_as_ruleset_and_a_folder_as_template_are_told(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("rules: []", encoding="utf-8")
    ran = advisor("assess", SAMPLE, "--ruleset", file)
    assert (ran.code, ran.err) == (1, f"`{file}` is a file, expected the folder of a ruleset\n")
    for folder in (tmp_path / "mine", tmp_path / "mine.md.j2"):
        folder.mkdir()
        ran = advisor("memo", SAMPLE, "--template", folder)
        assert ran.code == 1
        assert ran.err.startswith(f"`{folder}` is a folder, expected a template")


@pytest.mark.parametrize("behind", ["x", "{}", "}", "[1]"])
def test_text_behind_json_is_told(behind: str) -> None:
    ran = advisor("assess", "-", stdin=b'{"alliance": {"name": "A"}}\n' + behind.encode())
    is_told(ran, "<standard input>", "text stands behind the end of the JSON")


def test_a_party_is_not_called_unknown() -> None:
    ran = advisor("facts", "new", "--partner", "unknown")
    assert (ran.code, ran.out) == (2, "")
    assert "leave it out" in ran.err


def test_garbage_is_collected_again_behind_a_command() -> None:
    assert gc.isenabled()
    advisor("assess", "nowhere.yaml")
    assert gc.isenabled()
