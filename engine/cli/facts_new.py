"""`advisor facts new`: a facts file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.inputs import prepared_ruleset, ruleset_option
from engine.cli.outputs import check_target, show_document, write_file
from engine.cli.session import telling
from engine.vocabulary import Kind, Value, ValueProblem, ValueType, read_value

SUFFIXES = (".yaml", ".yml")


def _text(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and (not value.strip() or any("\ud800" <= one <= "\udfff" for one in value)):
        raise click.BadParameter("expected text.")
    if value is not None and value.strip() == "unknown":
        raise click.BadParameter("'unknown' is what facts files call a fact that is not known; leave it out.")
    return value


def _day(context: click.Context, parameter: click.Parameter, value: str | None) -> Value | None:
    if value is None:
        return None
    try:
        return read_value(ValueType(Kind.DATE), value)
    except ValueProblem as problem:
        raise click.BadParameter(f"'{value}' is not {problem.expected.replace('`', '')}.") from None


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
    help="Write to this new file (.yaml or .yml). Without it, the skeleton is printed.",
)  # fmt: skip
@click.option("--name", callback=_text, metavar="TEXT", help="What the alliance is called.")
@click.option("--us", callback=_text, metavar="TEXT", help="Which company we are.")
@click.option("--partner", callback=_text, metavar="TEXT", help="Who the partner is.")
@click.option("--as-of", callback=_day, metavar="DATE", help="The date of the judgement, such as 2025-06-30.")
@ruleset_option
@telling
def new(
    output: Path | None,
    name: str | None,
    us: str | None,
    partner: str | None,
    as_of: Value | None,
    ruleset: Path | None,
) -> None:
    """Print a commented skeleton of a facts file.

    It has every fact of the ruleset's vocabulary, with its question, help and allowed values, as comments. Only the
    four required facts stand open; fill them in, and take the # away where something is known. An existing file is
    never overwritten.

    \b
    Examples:
      advisor facts new > my-alliance.yaml
      advisor facts new -o my-alliance.yaml --us "Our company" --as-of 2025-06-30
    """
    if output is not None:
        check_target(output, SUFFIXES)
        if output.exists():
            raise click.BadParameter(f"'{output}' exists already; choose another name.", param_hint="'-o'")
    from engine.authoring.skeleton import skeleton

    filled = {"alliance.name": name, "alliance.us": us, "alliance.partner": partner, "alliance.as_of": as_of}
    vocabulary = prepared_ruleset(ruleset).ruleset.vocabulary
    given = {fact: value for fact, value in filled.items() if value is not None and fact in vocabulary.facts}
    text = skeleton(vocabulary, given)
    if output is None:
        show_document(text)
    else:
        write_file(output, text)
