"""The libraries of the extra `bulk`, imported only when a file is read or written that needs one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from engine.errors import AdvisorError

INSTALL = "pip install 'alliance-advisor[bulk]'"


def library(name: str, wanted_for: str) -> Any:
    """A library by its name; `wanted_for` says what needs it. Raises AdvisorError where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise AdvisorError(
            f"{wanted_for} needs the library `{name}`, which is not installed\n  hint: {INSTALL}"
        ) from None
