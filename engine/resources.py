"""Where the built-in rulesets, sample facts and report templates lie.

A wheel carries them inside the package, as `engine/data/<kind>`; in a checkout they are the folders of
the same names beside `engine/`, so that an edited rule counts at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def builtin(kind: Literal["rulesets", "facts", "report_templates"]) -> Path:
    """The folder of the built-in files of one kind."""
    installed = _PACKAGE / "data" / kind
    return installed if installed.is_dir() else _PACKAGE.parent / kind
