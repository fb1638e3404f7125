"""How far a long command is, for a person who watches; and how far it was, where that person ends it."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

import click

from engine.cli.session import session

PATIENCE = 2.0
"""Seconds for which nothing is shown: what is done by then needs no bar."""


class Progress:
    """A bar with the time that remains, on standard error where that is a terminal; silent elsewhere.

    Used in a `with` statement. An interrupt within it is told with the number of alliances judged.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.judged = 0
        self._started = time.time()
        self._bar: Any = None
        watched = sys.stderr is not None and sys.stderr.isatty()
        self._wanted = watched and total > 1 and not session().verbose

    def advance(self) -> None:
        """Counts one alliance as judged."""
        self.judged += 1
        if self._bar is not None:
            self._bar.update(1)
        elif self._wanted and time.time() - self._started >= PATIENCE:
            bar = click.progressbar(length=self.total, label="judging alliances", show_pos=True, file=sys.stderr)
            # So that the time that remains is reckoned from the beginning.
            bar.start = self._started
            self._bar = bar.__enter__()
            self._bar.update(self.judged)

    def finish(self) -> None:
        """Ends the line of the bar."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
        self._wanted = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()
        if isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt(f"{self.judged} of {self.total} alliances judged, nothing written") from None
