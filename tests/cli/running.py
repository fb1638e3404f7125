"""Runs the command line inside the test's process: as fast as it gets, with real streams of bytes."""

from __future__ import annotations

import io
import sys
from typing import NamedTuple

import pytest

from engine.cli.main import run

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
