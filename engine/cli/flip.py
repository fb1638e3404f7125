"""`advisor flip`: what would have to change for another answer."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.inputs import facts_argument, format_option, load_case, prepared_ruleset, ruleset_option
from engine.cli.outputs import show_document
from engine.cli.session import session, telling
from engine.escape import json_document

SHOWN = 10
SHOWN_AS_JSON = 300
MOST_SHOWN = 1_000


@click.command()
@facts_argument
@click.option("--to", metavar="OPTION", help="Look for the ways to this option alone, such as renegotiate.")
@click.option(
    "--max-changes", "most", type=click.IntRange(1, 3), default=3, show_default=True,
    help="Make up to so many changes together.",
)  # fmt: skip
@click.option(
    "--by", type=click.Choice(["us", "partner", "both"]), default="both", show_default=True,
    help="Take what we can change alone, what the partner can change alone, or all of it and what needs both.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(1, MOST_SHOWN), metavar="NUMBER",
    help=f"Show so many sets of changes.  [default: {SHOWN}, as JSON {SHOWN_AS_JSON}; at most {MOST_SHOWN}]",
)  # fmt: skip
@ruleset_option
@format_option
@telling
def flip(  # noqa: PLR0913, PLR0917 - an argument for each option
    facts: str, to: str | None, most: int, by: str, limit: int | None, ruleset: Path | None, format_: str
) -> None:
    """Say which changes of the facts in FACTS would lead to another option.

    These are the smallest sets of changes that somebody can make: every single change, pair and triple is judged, and
    none is left out. The smallest come first, then those that ask least. A fact or field that is not known is not
    changed, nor is one that nobody has in hand. Each set that is shown has been judged again by itself.

    More than one change at a time needs what `pip install 'alliance-advisor[bulk]'` brings; `--max-changes 1` does not.

    \b
    Examples:
      advisor flip my-alliance.yaml
      advisor flip sample:cases/gm-psa --to renegotiate --by partner
      advisor flip my-alliance.yaml --max-changes 1 --format json
    """
    from engine.assessment import Advisor
    from engine.flip.finding import find
    from engine.flip.flips import Wanted

    as_json = format_ == "json"
    wanted = Wanted(to, most, by, limit or (SHOWN_AS_JSON if as_json else SHOWN))
    prepared = prepared_ruleset(ruleset)
    case = load_case(facts, prepared.ruleset.vocabulary)
    with Advisor(prepared) as advisor:
        found = find(advisor, case, wanted, session().progress)
    from engine.cli.text.flip import flips_page, flips_view

    view = flips_view(found)
    if as_json:
        show_document(json_document(view))
        return
    from engine.cli.terminal import Page, show

    page = Page()
    flips_page(view, page)
    show(page)
