"""Memos: a recommendation and its explanation as a document for one kind of reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.assessment import Assessment
from engine.memo.context import memo_context
from engine.memo.templates import FORMATS, render
from engine.resources import builtin

__all__ = ["FORMATS", "write_memo"]


def write_memo(
    assessment: Assessment,
    template: str,
    fmt: str,
    templates: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> str:
    """An assessment as a document: `fmt` is "md" or "html".

    `template` is the name of a built-in template, such as `board`, or the path of a file that ends in `.j2`;
    `templates` is a folder to use instead of the built-in ones; `progress` is told the steps that take long. The same
    assessment gives the same text. Raises NotFoundError for an unknown template or format, TemplateError, located, for
    a template that cannot be used.
    """
    return render(template, fmt, templates or builtin("report_templates"), memo_context(assessment, progress))
