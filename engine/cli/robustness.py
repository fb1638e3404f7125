"""`advisor robustness`: whether the answer survives the doubt in the facts."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.inputs import facts_argument, format_option, load_case, prepared_ruleset, ruleset_option
from engine.cli.outputs import show_document
from engine.cli.session import session, telling
from engine.escape import json_document

WORLDS = 100_000
MOST_WORLDS = 1_000_000
LARGEST_SEED = 2**32 - 1


@click.command()
@facts_argument
@click.option(
    "--worlds", type=click.IntRange(1, MOST_WORLDS), metavar="NUMBER", default=WORLDS, show_default=True,
    help="Judge all worlds where so many differ at most, else a sample of so many.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, LARGEST_SEED), metavar="NUMBER", default=0, show_default=True,
    help="Take another sample; the same seed gives the same sample.",
)  # fmt: skip
@ruleset_option
@format_option
@telling
def robustness(facts: str, worlds: int, seed: int, ruleset: Path | None, format_: str) -> None:
    """Say whether the answer survives the doubt in FACTS.

    Every value that is disputed, held with low confidence, or given with a range or plausible values may be another
    one. Each combination of what they may be is a world, and the alliance is judged in all of them, or in a sample
    where there are too many. Shown are the share of worlds in which each option wins, the doubts that move the answer
    most, those that would turn it by themselves, and the unknown facts that could. Shares of worlds are no
    probabilities.

    This needs what `pip install 'alliance-advisor[bulk]'` brings.

    \b
    Examples:
      advisor robustness my-alliance.yaml
      advisor robustness sample:cases/gm-psa --worlds 1000000
      advisor robustness my-alliance.yaml --seed 1 --format json
    """
    from engine.robustness.finding import find
    from engine.robustness.robustness import Wanted

    prepared = prepared_ruleset(ruleset)
    case = load_case(facts, prepared.ruleset.vocabulary)
    found = find(prepared.graph, case, Wanted(worlds, seed), session().progress)
    from engine.cli.text.robustness import robustness_page, robustness_view

    view = robustness_view(found)
    if format_ == "json":
        show_document(json_document(view))
        return
    from engine.cli.terminal import Page, show

    page = Page()
    robustness_page(view, page)
    show(page)
