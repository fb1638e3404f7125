"""Runs the command line inside the test's process: as fast as it gets, with real streams of bytes."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from typing import Literal, NamedTuple

import pytest

from engine.cli.main import run
from tests.fresh_machine import TOP

SAMPLE = "sample:seeds/starbucks-barnes-noble"
ADVISOR = [sys.executable, "-c", "from engine.cli.main import main; main()"]


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """What was printed, as if on one line."""
        return " ".join(self.out.split())


def advisor(*arguments: object, stdin: bytes = b"") -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdout", "stderr")}
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        code = run([str(one) for one in arguments])
        texts = []
        for stream in streams.values():
            stream.flush()
            texts.append(stream.buffer.getvalue().decode("utf-8"))
    return Ran(code, *texts)


def on_a_terminal(command: Sequence[str], stream: Literal["stdout", "stderr"], columns: int, **variables: str) -> bytes:
    """What a command prints on one of its streams, where that is a terminal of so many columns."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), **variables}
    output = theirs if stream == "stdout" else subprocess.DEVNULL
    errors = theirs if stream == "stderr" else None
    process = subprocess.Popen(command, cwd=TOP, stdout=output, stderr=errors, env=environment)
    os.close(theirs)
    found = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:
            break
        if not more:
            break
        found += more
    os.close(ours)
    assert process.wait() == 0
    return found
