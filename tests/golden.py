"""Pairs of input and expected output, written as text.

A file holds pairs: lines of input, a line `---`, lines of output; a line `===` stands between pairs, and lines
before the first `===` are for the reader.
"""

from __future__ import annotations

from pathlib import Path


def pairs(path: Path) -> list[tuple[str, str]]:
    """The pairs of a file, without the line breaks at their ends."""
    found = []
    for block in path.read_text(encoding="utf-8").split("\n===\n")[1:]:
        given, _, expected = block.rpartition("\n---\n")
        found.append((given.strip("\n"), expected.strip("\n")))
    return found


def labels(found: list[tuple[str, str]]) -> list[str]:
    """Names for the tests made of pairs: their inputs."""
    return [given.replace("\n", " ") for given, _ in found]
