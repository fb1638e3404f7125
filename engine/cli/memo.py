"""`advisor memo`: a document for a board, or for those who negotiate."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from engine.cli.inputs import assess, facts_argument, ruleset_option
from engine.cli.outputs import check_kept, check_target, show_document, write_file
from engine.cli.session import session, telling
from engine.errors import NotFoundError

SUFFIXES = (".md", ".html")


@click.command()
@facts_argument
@click.option(
    "--template", default="board", show_default=True, metavar="NAME",
    help="A built-in template, board or renegotiation, or the path of one of your own.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
    help="Write to this file: Markdown for .md, a page in one file for .html. Without it, Markdown is printed.",
)  # fmt: skip
@ruleset_option
@telling
def memo(facts: str, template: str, output: Path | None, ruleset: Path | None) -> None:
    """Write a memo on the alliance that FACTS describes.

    The board memo has the resolution sought, the recommendation and why, all six options, the health record, risks,
    what is unknown and would change the answer, and the next steps; its appendix has the rules that fired, their
    sources, and the facts with their evidence. On one installation the same facts always give the same bytes. A
    file is written as a whole or not at all.

    The template renegotiation makes a brief for those who go to the table. Its agenda has the smallest sets of changes
    that would make a less disruptive option the answer, by who has to act; then come what the talks must settle, what
    is left if they fail, what not to put at risk, and what to find out.

    Both tell of changes that lead to another option only together. More than one change at a time needs what `pip
    install 'alliance-advisor[bulk]'` brings; without it a memo has single changes alone, and says so.

    \b
    Examples:
      advisor memo my-alliance.yaml -o board-memo.html
      advisor memo sample:cases/daimlerchrysler-hyundai > board-memo.md
      advisor memo my-alliance.yaml --template renegotiation -o brief.html
    """
    if output is not None:
        check_target(output, SUFFIXES)
        check_kept(output, (facts, template))
    from engine.memo import write_memo

    found = assess(facts, ruleset)
    tell = session().progress
    tell(f"writing the memo from the template {template}")
    form: Literal["md", "html"] = "html" if output is not None and output.suffix.lower() == ".html" else "md"
    try:
        document = write_memo(found, template, form, progress=tell)
    except NotFoundError:
        if Path(template).is_dir():
            message = f"`{template}` is a folder, expected a template: a name, or a file that ends in `.j2`"
            raise NotFoundError(message) from None
        raise
    if output is None:
        show_document(document)
    else:
        tell(f"writing {output}")
        write_file(output, document)
