"""`advisor explain`: why, and why not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.inputs import assess, facts_argument, ruleset_option
from engine.cli.outputs import show_document
from engine.cli.session import session, telling
from engine.escape import json_document

if TYPE_CHECKING:
    from engine.explain.why import Why
    from engine.rules import Source


@click.command()
@facts_argument
@click.option("--option", metavar="OPTION", help="Explain where an option stands, such as exit.")
@click.option("--finding", metavar="FINDING", help="Explain why a finding or diagnosis was made, or not.")
@click.option("--rule", metavar="RULE", help="Explain why a rule fired, or not.")
@ruleset_option
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Text shows what had a part in the outcome; JSON has every part of every condition.",
)  # fmt: skip
@telling
def explain(
    facts: str, option: str | None, finding: str | None, rule: str | None, ruleset: Path | None, format_: str
) -> None:
    """Say why, and why not, on the facts of FACTS.

    Name one option, finding (or diagnosis) or rule. The explanation goes from it to the rules behind it, and from each
    rule to the conditions that were met, that failed, or that ask for something unknown, with the facts and records
    that they looked at. For an option that is not recommended it says what it lacks, and which rules that would argue
    for it did not fire.

    \b
    Examples:
      advisor explain my-alliance.yaml --option exit
      advisor explain my-alliance.yaml --finding persistent_conflict
      advisor explain sample:cases/gm-psa --rule gate-exit-notice --format json
    """
    if sum(one is not None for one in (option, finding, rule)) != 1:
        raise click.UsageError("Give exactly one of '--option', '--finding' and '--rule'.")
    from engine.explain.why import why_conclusion, why_option, why_rule

    found = assess(facts, ruleset)
    session().progress("explaining")
    why: Why
    if option is not None:
        why = why_option(found, option)
    elif finding is not None:
        why = why_conclusion(found, finding)
    else:
        why = why_rule(found, rule or "")
    if format_ == "json":
        document = {"schema": 1, "explains": _kind(why), **dataclasses.asdict(why)}
        show_document(json_document(document))
    else:
        _show(why, found.ruleset.sources)


def _kind(why: Why) -> str:
    from engine.explain.why import ConclusionWhy, OptionWhy

    if isinstance(why, OptionWhy):
        return "option"
    return why.kind if isinstance(why, ConclusionWhy) else "rule"


def _show(why: Why, sources: Mapping[str, Source]) -> None:
    from engine.cli.terminal import Page, marks, show
    from engine.cli.text.explanation import Explainer

    page = Page()
    named = {source.id: f"{source.title} ({source.document}, {source.section})" for source in sources.values()}
    Explainer(page, marks(), named).write(why)
    show(page)
