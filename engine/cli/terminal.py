"""Text for a person at a terminal: headings, paragraphs, items and tables, wrapped to its width.

All text that goes in is taken as data and shown as it is; only this module makes colour, and only where it is
wanted: none is used where output is piped, where `NO_COLOR` is set, or where the terminal is dumb.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from engine.cli.outputs import show_lines
from engine.escape import for_terminal

WIDEST = 110
NARROWEST = 40

Style = dict[str, Any]
PLAIN: Style = {}
STRONG: Style = {"bold": True}
FAINT: Style = {"dim": True}
GOOD: Style = {"fg": "green"}
WARN: Style = {"fg": "yellow"}
BAD: Style = {"fg": "red"}


def colour_wanted() -> bool:
    """Whether standard output is a terminal that shows colours, and nobody objects."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The columns to fill: those of the terminal, 80 where there is none; lines that are too long tire the eye."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


class Marks(NamedTuple):
    """Signs for what holds, fails and is not known, in letters that the output can encode."""

    holds: str
    fails: str
    unknown: str
    here: str


def marks() -> Marks:
    """Signs that standard output can encode."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return Marks("✓", "✗", "?", "←") if encoding.startswith("utf") else Marks("+", "-", "?", "<-")


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    style: Style | None = None
    right: bool = False


class Page:
    """Collects lines; `text` is all of them."""

    def __init__(self, columns: int | None = None, colour: bool | None = None) -> None:
        self.columns = width() if columns is None else columns
        self.colour = colour_wanted() if colour is None else colour
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """The page, without a line break at its end."""
        return "\n".join(self._lines)

    def blank(self) -> None:
        """An empty line, unless there is one already."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def title(self, text: str) -> None:
        """The first line of a page."""
        self.paragraph(text, style=STRONG)

    def heading(self, text: str) -> None:
        """Begins a section."""
        self.blank()
        self._lines += [self._styled(line, STRONG) for line in self._wrapped(text.upper())]

    def paragraph(self, text: str, indent: int = 0, style: Style = PLAIN) -> None:
        """Wrapped text."""
        margin = " " * indent
        self._lines += [margin + self._styled(line, style) for line in self._wrapped(text, indent)]

    def item(
        self,
        lead: str,
        text: str,
        *,
        indent: int = 2,
        strong: str = "",
        lead_style: Style = PLAIN,
        style: Style = PLAIN,
    ) -> None:
        """A lead such as a number or date, and wrapped text beside it that begins with `strong`."""
        lead, strong = for_terminal(lead), for_terminal(strong)
        margin = indent + len(lead) + (1 if lead else 0)
        whole = f"{strong} {for_terminal(text)}" if strong else text
        lines = self._wrapped(whole, margin)
        for number, line in enumerate(lines):
            shown = self._styled(line, style)
            if number == 0 and strong and line.startswith(strong):
                shown = self._styled(strong, STRONG) + self._styled(line[len(strong) :], style)
            if number == 0 and lead:
                self._lines.append(f"{' ' * indent}{self._styled(lead, lead_style)} {shown}")
            else:
                self._lines.append(" " * margin + shown)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[Cell]], indent: int = 2) -> None:
        """Aligned columns; the last one wraps. A column without any text is left out."""
        kept = [place for place in range(len(header)) if any(row[place].text for row in rows)]
        texts = [[for_terminal(row[place].text) for place in kept] for row in rows]
        heads = [for_terminal(header[place]) for place in kept]
        rights = [bool(rows) and rows[0][place].right for place in kept]
        widths = [max(len(line[place]) for line in [heads, *texts]) for place in range(len(kept))]
        before = indent + sum(widths[:-1]) + 2 * (len(widths) - 1)
        room = max(self.columns - before, 12)
        head = [_padded(text, size, right) for text, size, right in zip(heads, widths, rights, strict=True)]
        self._lines.append(" " * indent + self._styled("  ".join(head).rstrip(), FAINT))
        for row, line in zip(rows, texts, strict=True):
            first, *more = _lines(line[-1], room) or [""]
            cells = [_padded(text, size, right) for text, size, right in zip(line[:-1], widths, rights, strict=False)]
            styled = [
                self._styled(text, row[place].style or PLAIN) for text, place in zip([*cells, first], kept, strict=True)
            ]
            self._lines.append((" " * indent + "  ".join(styled)).rstrip())
            self._lines += [" " * before + self._styled(text, row[kept[-1]].style or PLAIN) for text in more]

    def _wrapped(self, text: str, margin: int = 0) -> list[str]:
        room = max(self.columns - margin, 20)
        return _lines(for_terminal(text), room) or [""]

    def _styled(self, text: str, style: Style) -> str:
        return click.style(text, **style) if self.colour and style and text else text


def _lines(text: str, room: int) -> list[str]:
    """Wrapped at spaces alone: names with hyphens stay whole, so that they can be copied."""
    return textwrap.wrap(text, room, break_on_hyphens=False)


def _padded(text: str, size: int, right: bool) -> str:
    return text.rjust(size) if right else text.ljust(size)


def show(page: Page) -> None:
    """Prints a page on standard output."""
    show_lines(page.text, page.colour)
