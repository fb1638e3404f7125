"""How many of the mistakes in one facts file are reported."""

from __future__ import annotations

from pathlib import Path

from benchmarks.alliances import RULESET
from benchmarks.page import Bound, bounds
from engine.errors import FactsError
from engine.facts_file import parse_case

_FILE = Path(__file__).parents[1] / "thirty_mistakes.yaml"


def mistakes() -> str:
    """The lines with a mistake against those with a problem."""
    content = _FILE.read_bytes()
    made = {number for number, line in enumerate(content.splitlines(), 1) if b"# mistake" in line}
    reported: set[int] = set()
    try:
        parse_case(_FILE.name, content, RULESET.vocabulary)
    except FactsError as error:
        reported = {problem.location.line for problem in error.problems}
    missed = ", ".join(map(str, sorted(made - reported)))
    found = f"{len(made & reported)} reported" + (f", not those of lines {missed}" if missed else "")
    return bounds([Bound(f"all of {len(made)} mistakes in one file are reported", found, made <= reported)])
