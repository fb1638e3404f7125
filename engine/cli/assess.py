"""`advisor assess`: the recommendation for one alliance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from engine.cli.inputs import assess as assessment_of
from engine.cli.inputs import facts_argument, ruleset_option
from engine.cli.outputs import show_document
from engine.cli.session import session, telling
from engine.escape import json_document


@click.command()
@facts_argument
@ruleset_option
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
    help="Text for the terminal, JSON for other programs, or a short Markdown document.",
)  # fmt: skip
@telling
def assess(facts: str, ruleset: Path | None, format_: str) -> None:
    """Recommend one of six options for the alliance that FACTS describes.

    FACTS is a file in YAML or JSON, - for standard input, or a built-in sample (sample:FOLDER, by its folder below
    facts/). The recommendation comes first, then all six options with score and status, the strongest reasons for and
    against, what is missing, and what to do next. The same facts always give the same answer.

    \b
    Examples:
      advisor assess my-alliance.yaml
      advisor assess sample:cases/gm-psa --format json
      cat my-alliance.yaml | advisor assess - --format markdown
    """
    found = assessment_of(facts, ruleset)
    session().progress("wording the answer")
    from engine.report import report

    if format_ == "text":
        from engine.cli.terminal import Page, show
        from engine.cli.text.assessment import assessment_page, rules_shown

        page = Page()
        brief = replace(found, reasons=found.reasons.of_only(rules_shown(found)))
        assessment_page(report(brief), page)
        show(page)
        return
    view = report(found)
    if format_ == "json":
        show_document(json_document(view))
    else:
        from engine.report_markdown import markdown

        show_document(markdown(view))
