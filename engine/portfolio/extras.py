"""The libraries of extras, imported only when something needs one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from engine.errors import AdvisorError

INSTALL = "pip install 'alliance-advisor[{}]'"


def library(name: str, wanted_for: str, extra: str = "bulk") -> Any:
    """A library by its name; `wanted_for` says what needs it. Raises AdvisorError where its extra is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise AdvisorError(
            f"{wanted_for} needs the library `{name}`, which is not installed\n  hint: {INSTALL.format(extra)}"
        ) from None
