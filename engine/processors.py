"""How many processors there are to share work out to."""

from __future__ import annotations

import os


def usable() -> int:
    """The processors that this process may use: in a container or under an affinity, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
