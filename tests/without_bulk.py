"""The command line as it is where the extra `bulk` is not installed."""

from __future__ import annotations

import subprocess
import sys

from tests.fresh_machine import TOP

_PROGRAM = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in ("numpy", "polars") else find(name, *more)
from engine.cli.main import run
code = run(sys.argv[1:])
assert "numpy" not in sys.modules and "polars" not in sys.modules
sys.exit(code)
"""


def without_bulk(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which imports neither NumPy nor Polars."""
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    return subprocess.run(command, cwd=TOP, check=False, capture_output=True, text=True)
