"""Interrupts from the keyboard reach every process of a terminal; only the one that people started is to hear them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def held_back() -> Iterator[None]:
    """Threads and processes that are started within never hear an interrupt: it is for this process to end them.

    One that comes meanwhile is raised at the end.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    # Where this were started within, the thread that does it would hear interrupts again, and all that it starts.
    resource_tracker.ensure_running()
    came: list[int] = []
    # Other threads of this process may still take one; what comes of it happens in this thread.
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)
