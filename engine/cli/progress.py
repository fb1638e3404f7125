"""How far a long command is, for a person who watches; and how far it was, where that person ends it."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType

from engine.cli.session import session

PATIENCE = 2.0
"""Seconds from the start of a command for which nothing is shown: what is done by then needs no bar."""

_PAUSE = 0.4
"""Seconds between two drawings, however fast the work comes in."""

_BAR = 36


class Progress:
    """A line with a bar and the time that remains, on standard error where that is a terminal; silent elsewhere.

    Used in a `with` statement, about work whose amount is known or, with `total` left out, not. An interrupt within it
    is told with the number of alliances judged.
    """

    def __init__(self, label: str, total: int | None = None) -> None:
        self.label = label
        self.total = total
        self.judged = 0
        self._began = self._advanced = time.monotonic()
        self._wait = PATIENCE - (self._began - session().started)
        self._shown = ""
        self._ended = threading.Event()
        watched = sys.stderr is not None and sys.stderr.isatty()
        self._wanted = watched and (total is None or total > 1) and not session().verbose
        # Drawn beside the work, which may be long in coming and then all at once.
        self._drawing = threading.Thread(target=self._draw_now_and_then, daemon=True)

    def advance(self) -> None:
        """Counts one alliance as judged."""
        self.judged += 1
        self._advanced = time.monotonic()

    def __enter__(self) -> Progress:
        if self._wanted:
            self._drawing.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()
        if isinstance(error, KeyboardInterrupt):
            far = f"{self.judged} of {self.total} alliances" if self.total is not None else "no alliance"
            raise KeyboardInterrupt(f"{far} judged, nothing written") from None

    def finish(self) -> None:
        """Ends the line: of a bar it stays, and of work without one nothing."""
        self._ended.set()
        if self._drawing.is_alive():
            self._drawing.join()
        if self._shown:
            self._draw("" if self.total is None else self._line())
            self._write("\r" if self.total is None else "\n")
            self._shown = ""

    def _draw_now_and_then(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # An interrupt is for the thread that works.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        wait = max(self._wait, 0)
        # A terminal that has gone takes nothing, and nobody watches.
        with suppress(OSError, ValueError):
            while not self._ended.wait(wait):
                self._draw(self._line())
                wait = _PAUSE

    def _draw(self, line: str) -> None:
        self._write(f"\r{line.ljust(len(self._shown))}")
        self._shown = line

    @staticmethod
    def _write(text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def _line(self) -> str:
        if self.total is None:
            return f"{self.label}  {_clock(time.monotonic() - self._began)}"
        counted = f"{self.judged:>{len(str(self.total))}}/{self.total}  {self._remaining()}"
        # A line that reaches the last column would begin another one.
        room = shutil.get_terminal_size().columns - len(self.label) - len(counted) - 7
        size = max(min(room, _BAR), 1)
        full = size * self.judged // self.total
        return f"{self.label}  [{'#' * full}{'-' * (size - full)}]  {counted}"

    def _remaining(self) -> str:
        """The time that remains at the pace so far; nothing is known of it before the first alliance."""
        if not self.judged or self.total is None:
            return "--:--:--"
        pace = (self._advanced - self._began) / self.judged
        return _clock(max(pace * self.total - (time.monotonic() - self._began), 0))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"
