"""Programs run and timed as whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
ADVISOR = (sys.executable, "-c", "from engine.cli.main import main; main()")


def environment(**more: str) -> dict[str, str]:
    """Variables under which the checkout runs, with compiled bytecode."""
    variables = {**os.environ, "PYTHONPATH": str(TOP), **more}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    return variables


def run(command: Sequence[str], variables: Mapping[str, str] | None = None) -> tuple[str, float]:
    """What a process that must succeed prints, and how many seconds it takes."""
    begun = time.perf_counter()
    ran = subprocess.run(command, env=variables or environment(), check=False, capture_output=True)
    took = time.perf_counter() - begun
    if ran.returncode:
        raise ChildProcessError(f"{' '.join(command)}\n{ran.stderr.decode('utf-8')}")
    return ran.stdout.decode("utf-8"), took


def seconds(command: Sequence[str], variables: Mapping[str, str] | None = None, silent: bool = False) -> float:
    """How long a process takes; one that prints nothing where it should has not run."""
    said, took = run(command, variables)
    assert said or silent, command
    return took


def peak_megabytes() -> float:
    """The most resident memory that this process had."""
    # `getrusage` would also count what the process had that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024 / 1e6
