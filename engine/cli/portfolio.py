"""`advisor portfolio`: many alliances at once, the most urgent first."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from engine.cli.faults import note, problems
from engine.cli.inputs import portfolio_inputs, prepared_ruleset, ruleset_option
from engine.cli.outputs import check_kept, check_target, show_document, write_file
from engine.cli.progress import Progress
from engine.cli.session import session, telling
from engine.errors import FactsError

if TYPE_CHECKING:
    from engine.portfolio.whole import Portfolio

ENGINES = ("processes", "dask")
"""Those of `engine.portfolio.running`, which is not imported to show a page of help."""
SUFFIXES = (".csv", ".xlsx", ".parquet", ".json", ".html")


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@ruleset_option
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Text for the terminal, or JSON for other programs; of a file, the ending decides.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
    help="Write to this file, by its ending: a table (.csv, .xlsx, .parquet), all values (.json) or a page (.html).",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True,
    help="What shares out the work: processes of this machine, or Dask, here or on a cluster.",
)  # fmt: skip
@click.pass_context
@telling
def portfolio(
    context: click.Context, paths: tuple[str, ...], ruleset: Path | None, format_: str, output: Path | None, engine: str
) -> None:
    """Judge many alliances at once, and list them with the most urgent first.

    PATH is a facts file, a folder of facts files, a table with one alliance a row (.csv, .xlsx, .parquet, .ndjson or
    .jsonl; its columns are facts, named section.fact), a sample, or - for a facts file on standard input. What has
    errors is reported and left out; the exit code is then 1. XLSX and Parquet need the extra bulk. A file is written
    as a whole or not at all.

    Dask uses the cluster that DASK_SCHEDULER_ADDRESS names, or processes that it starts here; it needs the extra dask.
    The answers are the same.

    \b
    Examples:
      advisor portfolio alliances/ -o portfolio.html
      advisor portfolio register.xlsx north.yaml -o portfolio.csv
      advisor portfolio sample:cases/gm-psa sample:cases/lego-shell
    """
    suffix = output.suffix.lower() if output is not None else ""
    if output is not None:
        check_target(output, SUFFIXES)
        check_kept(output, paths)
        if suffix != f".{format_}" and context.get_parameter_source("format_") is not ParameterSource.DEFAULT:
            message = f"'{format_}' is for standard output, and '{output}' is written by its ending."
            raise click.BadParameter(message, param_hint="'--format'")
    from engine.portfolio.reading import gather
    from engine.portfolio.running import outcomes
    from engine.portfolio.whole import collect
    from engine.portfolio.writing import check_format

    check_format(suffix)
    prepared = prepared_ruleset(ruleset)
    session().progress("looking for alliances")
    own, given, errors = portfolio_inputs(paths)
    with Progress("reading alliances"):
        found = gather(own, prepared.ruleset.vocabulary, given)
    if output is not None:
        check_kept(output, found.files)
    errors = (*errors, *found.errors)
    for error in errors:
        problems(error)
    with Progress("judging alliances", len(found.sources)) as progress:
        session().progress(f"judging {len(found.sources)} alliances")
        judged = []
        with closing(outcomes(prepared, found.sources, engine)) as coming:
            for outcome in coming:
                judged.append(outcome)
                progress.advance()
        progress.finish()
        whole, at_fault = collect(judged, prepared.ruleset, len(errors))
        if at_fault:
            problems(FactsError(at_fault))
        if whole.alliances:
            _give(whole, format_, output, suffix)
    if output is not None and whole.left_out:
        note(_what_came_of(whole, output))
    context.exit(1 if errors or at_fault else 0)


def _what_came_of(whole: Portfolio, output: Path) -> str:
    number, left_out = len(whole.alliances), whole.left_out
    written = f"{number:,} alliance{'' if number == 1 else 's'} written to {output}" if number else "nothing written"
    return f"{written}, {left_out:,} input{'' if left_out == 1 else 's'} left out"


def _give(whole: Portfolio, format_: str, output: Path | None, suffix: str) -> None:
    """Shows or writes a portfolio in the form that is wanted."""
    if suffix == ".html":
        from engine.portfolio.page import page

        content: str | bytes = page(whole)
    else:
        from engine.portfolio.writing import as_json, content_of

        if output is None and format_ == "json":
            show_document(as_json(whole))
            return
        content = content_of(whole, suffix) if output is not None else ""
    if output is not None:
        session().progress(f"writing {output}")
        write_file(output, content)
        return
    from engine.cli.terminal import Page, show
    from engine.cli.text.portfolio import portfolio_page

    sheet = Page()
    portfolio_page(whole, sheet)
    show(sheet)
