"""Results as Markdown: tables, bounds that are met or missed, and their place in a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Bound(NamedTuple):
    """What was to be reached, what was found, and whether that is enough."""

    aim: str
    found: str
    met: bool


def table(head: Sequence[str], lines: Iterable[Sequence[str]], texts: int = 1) -> str:
    """A table of which the first columns hold `texts`, and the others numbers."""
    rule = ["---"] * texts + ["---:"] * (len(head) - texts)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def bounds(found: Iterable[Bound]) -> str:
    """A table of bounds."""
    lines = ((one.aim, one.found, "met" if one.met else "**missed**") for one in found)
    return table(("bound", "found", ""), lines, texts=3)


def without_place(page: Path, parts: Iterable[str]) -> list[str]:
    """The parts that have no place in a page."""
    text = page.read_text(encoding="utf-8")
    return [name for name in parts if _place(name, text) is None]


def write(page: Path, parts: Mapping[str, str]) -> None:
    """Puts results between the markers of their parts."""
    text = page.read_text(encoding="utf-8")
    for name, result in parts.items():
        place = _place(name, text)
        assert place is not None, name
        text = f"{text[: place.start()]}{result}\n{text[place.end() :]}"
    page.write_text(text, encoding="utf-8")


def _place(part: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<=<!-- benchmark: {part} -->\n).*?(?=<!-- end -->)", text, re.DOTALL)
