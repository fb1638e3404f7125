"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

_LIBRARIES = ("polars", "numpy", "durable-rules", "clipspy", "zen-engine", "rule-engine")


def described() -> str:
    """The processors, Python and the libraries, in one sentence; nothing of it tells one machine from its like."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    system = f"{platform.system()} on {platform.machine()}"
    return f"{os.cpu_count()} processors, {system}, Python {platform.python_version()}; {libraries}."
