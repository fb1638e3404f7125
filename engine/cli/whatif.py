"""`advisor whatif`: what the answer would be if some facts were otherwise."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.inputs import facts_argument, facts_content, format_option, prepared_ruleset, ruleset_option
from engine.cli.outputs import show_document
from engine.cli.session import session, telling
from engine.escape import json_document
from engine.sources import shorten


@click.command()
@facts_argument
@click.option(
    "--set", "changes", metavar="PATH=VALUE", multiple=True, required=True,
    help="A fact, a field of a record or a list, and its other value; may be given several times.",
)  # fmt: skip
@ruleset_option
@format_option
@telling
def whatif(facts: str, changes: tuple[str, ...], ruleset: Path | None, format_: str) -> None:
    """Set the answer on the facts of FACTS beside the answer if some of them were otherwise.

    A path is section.fact, or list.record.field by the id of the record. A value is written as in a facts file;
    `unknown` takes a fact, a field, a list or a whole record away. What referred to a record that is taken away then
    refers to nothing. All changes are made together. Shown are the options before and after, and the arguments that
    came and went.

    \b
    Examples:
      advisor whatif my-alliance.yaml --set strategy.rationale=gone
      advisor whatif sample:cases/suzuki-volkswagen \\
          --set assets.licence_rights=held --set conflicts.C1.status=resolved
      advisor whatif my-alliance.yaml --set 'contract.exit_routes=[expiry]'
    """
    parted = [change.partition("=") for change in changes]
    for change, (path, sign, _) in zip(changes, parted, strict=True):
        if not sign or not path.strip():
            raise click.UsageError(
                f"'--set' takes PATH=VALUE, such as strategy.rationale=gone, not '{shorten(change)}'."
            )
    paths = [path.strip() for path, _, _ in parted]
    for path in paths:
        if paths.count(path) > 1:
            raise click.UsageError(f"'--set' gives '{shorten(path)}' twice.")

    from engine.assessment import Advisor
    from engine.comparison import compare
    from engine.facts_changes import changed_case
    from engine.facts_file import parse_case

    prepared = prepared_ruleset(ruleset)
    vocabulary = prepared.ruleset.vocabulary
    name, content = facts_content(facts)
    before = parse_case(name, content, vocabulary)
    after = changed_case(name, content, [(path.strip(), text) for path, _, text in parted], vocabulary)
    with Advisor(prepared, session().progress) as advisor:
        found = compare(advisor.assess(before), advisor.assess(after.case))
    from engine.cli.text.comparison import comparison_page, comparison_view

    view = comparison_view(found, paths, after.let_go)
    if format_ == "json":
        show_document(json_document(view))
        return
    from engine.cli.terminal import Page, show

    page = Page()
    comparison_page(view, page)
    show(page)
