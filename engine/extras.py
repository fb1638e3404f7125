"""The libraries of extras: whether they are installed, and what is said where they are not."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from engine.errors import NotInstalledError

BULK = ("numpy", "polars")
"""What judges many cases at once; the extra `bulk` brings it."""

_INSTALL = "pip install 'alliance-advisor[{}]'"


def has_bulk() -> bool:
    """Whether many cases can be judged at once; finding that out imports nothing."""
    return all(find_spec(name) is not None for name in BULK)


def not_installed(said: str, extra: str = "bulk") -> NotInstalledError:
    """The error that says so, and how the extra is installed."""
    return NotInstalledError(f"{said}\n  hint: {_INSTALL.format(extra)}")


def library(name: str, wanted_for: str, extra: str = "bulk") -> Any:
    """A library by its name; `wanted_for` says what needs it. Raises NotInstalledError where its extra is missing."""
    try:
        return import_module(name)
    except ImportError:
        raise not_installed(f"{wanted_for} needs the library `{name}`, which is not installed", extra) from None
