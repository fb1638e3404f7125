"""A stranger's machine: a copy of the checkout, and new virtual environments.

Run as a program, it makes the copy: `python tests/fresh_machine.py FOLDER`. Standard library only, since
it runs before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

# What would make a new environment depend on the one that the tests run in.
_INHERITED = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


def copy_checkout(destination: Path) -> None:
    """Copies all files but those that version control leaves out."""
    lines = (line.strip() for line in (TOP / ".gitignore").read_text(encoding="utf-8").splitlines())
    left_out = [line.strip("/") for line in lines if line and not line.startswith("#")]
    shutil.copytree(TOP, destination, ignore=shutil.ignore_patterns(".git", *left_out))


def clean_environment(folder: Path) -> dict[str, str]:
    """Environment variables under which `python3` is the Python that runs the tests, without its packages."""
    folder.mkdir(parents=True)
    python3 = folder / "python3"
    python3.write_text(f'#!/bin/sh\nexec "{Path(sys.base_prefix, "bin", _python_name())}" "$@"\n', encoding="utf-8")
    python3.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in _INHERITED}
    return {**kept, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "ADVISOR_CACHE": str(folder / "cache")}


def run(command: list[str], folder: Path, variables: dict[str, str]) -> str:
    """Standard output of a command that must succeed; what it wrote is shown where it does not."""
    done = subprocess.run(
        command, cwd=folder, env=variables, check=False, capture_output=True, encoding="utf-8", timeout=900
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _python_name() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


if __name__ == "__main__":
    copy_checkout(Path(sys.argv[1]))
