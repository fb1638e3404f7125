"""`advisor portfolio` where it takes its time: how far it is, and what is left of it when somebody ends it."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from engine.cli.progress import Progress
from engine.cli.session import Session
from engine.portfolio.running import ENGINES
from tests.cli.running import ADVISOR, SAMPLE, advisor, on_a_terminal
from tests.fresh_machine import TOP

MANY = 600


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More alliances than one process is used for."""
    folder = tmp_path_factory.mktemp("many")
    text = (TOP / "facts" / "cases" / "gm-psa" / "facts.yaml").read_text(encoding="utf-8")
    for number in range(MANY):
        named = text.replace("name: GM - PSA global alliance", f"name: Alliance {number:03d}")
        (folder / f"{number:03d}.yaml").write_text(named, encoding="utf-8")
    return folder


def _start(many: Path, output: Path, engine: str = "processes", **more: object) -> subprocess.Popen[str]:
    command = [*ADVISOR, "-v", "portfolio", str(many), "-o", str(output), "--engine", engine]
    return subprocess.Popen(command, cwd=TOP, stderr=subprocess.PIPE, text=True, start_new_session=True, **more)  # type: ignore[call-overload, no-any-return]


def _left_of(group: int) -> list[str]:
    """The processes of a group that still run; those that have ended, and that nobody has asked for, do not count."""
    left: list[str] = []
    for _ in range(50):
        listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat=,args="], check=True, capture_output=True, text=True)
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        left = [" ".join(row) for row in rows if row[0] == str(group) and not row[1].startswith("Z")]
        if not left:
            break
        time.sleep(0.1)
    return left


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("whole_group", [False, True], ids=["one process", "the group, as a terminal does"])
@pytest.mark.parametrize("after", [0, 0.3, 1])
def test_a_real_interrupt_leaves_nothing_and_says_how_far_it_came(
    engine: str, whole_group: bool, after: float, many: Path, tmp_path: Path
) -> None:
    """While workers start, and when they are at work."""
    output = tmp_path / "portfolio.csv"
    output.write_text("as before", encoding="utf-8")
    with _start(many, output, engine) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "judging" in line:
                break
        time.sleep(after)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130
    assert re.fullmatch(rf"interrupted: \d+ of {MANY} alliances judged, nothing written\n", rest)
    assert output.read_text(encoding="utf-8") == "as before"
    assert [one.name for one in tmp_path.iterdir()] == ["portfolio.csv"]
    assert not _left_of(process.pid)


PATIENT = "import engine.cli.progress as p; p.PATIENCE = {}; from engine.cli.main import main; main()"


def _watched(patience: float, *arguments: str) -> str:
    """What somebody who watches standard error is shown."""
    command = [sys.executable, "-c", PATIENT.format(patience), *arguments]
    return on_a_terminal(command, "stderr", 80).decode()


def test_a_person_who_waits_sees_how_far_it_is_and_how_long_it_will_take(many: Path) -> None:
    shown = _watched(0.2, "portfolio", str(many))
    assert re.search(rf"judging alliances  \[#+-+\] +\d+/{MANY}  00:00:\d\d", shown)
    assert shown.endswith("\r\n")
    assert "\x1b" not in shown
    assert max(map(len, re.split("[\r\n]+", shown))) < 80
    assert _watched(60, "portfolio", "sample:cases") == ""
    assert "judging" not in _watched(0, "portfolio", SAMPLE)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _session() -> click.Context:
    return click.Context(click.Command("portfolio"), obj=Session())


def test_a_bar_shows_before_the_first_alliance_and_is_not_drawn_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cli.progress.PATIENCE", 0.05)
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    with _session(), Progress("judging alliances", 2_000) as progress:
        for _ in range(200):
            time.sleep(0.01)
            if terminal.getvalue():
                break
        assert re.search(r"\r\w+ \w+  \[-+\]     0/2000  --:--:--", terminal.getvalue())
        for _ in range(2_000):
            progress.advance()
    shown = terminal.getvalue()
    assert re.search(r"#\]  2000/2000  00:00:00\n$", shown)
    assert shown.count("\r") <= 10


def test_reading_that_takes_long_is_told_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cli.progress.PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    with _session(), Progress("reading alliances"):
        time.sleep(0.3)
    assert terminal.getvalue() == f"\rreading alliances  00:00:00\r{' ' * 27}\r"


@pytest.mark.parametrize(("total", "said"), [(None, "no alliance"), (7, "0 of 7 alliances")])
def test_an_interrupt_says_how_far_it_came(total: int | None, said: str) -> None:
    with (
        pytest.raises(KeyboardInterrupt, match=f"^{said} judged, nothing written$"),
        _session(),
        Progress("reading", total),
    ):
        raise KeyboardInterrupt


def test_nobody_is_told_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cli.progress.PATIENCE", 0)
    assert advisor("portfolio", "sample:cases").err == ""


@pytest.mark.slow
def test_many_alliances_come_out_as_few_do(many: Path) -> None:
    """More than one process is at work, and the answers are those of one."""
    ran = advisor("portfolio", many, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    alliances = json.loads(ran.out)["alliances"]
    assert [one["name"] for one in alliances] == [f"Alliance {number:03d}" for number in range(MANY)]
    assert len({(one["option"], one["form"], one["confidence"], one["lead"]) for one in alliances}) == 1
