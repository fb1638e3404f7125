"""`advisor rules check`: every problem of a ruleset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.faults import warn
from engine.cli.inputs import ruleset_folder, ruleset_option
from engine.cli.outputs import show_lines
from engine.cli.session import session, telling
from engine.errors import RulesetError

if TYPE_CHECKING:
    from engine.rules import Ruleset


@click.command()
@ruleset_option
@telling
def check(ruleset: Path | None) -> None:
    """Report every problem of a ruleset, with its place.

    A ruleset that cannot be read is reported with all its problems. One that can is then looked through: texts that
    name what does not exist, rules that can never fire, findings that nothing asks for or that only draft and retired
    rules make, options that are argued one way only, gates that might leave no option open, forms that are never
    chosen, and sources that nothing rests on. The exit code is 1 for errors; warnings leave it at 0.

    \b
    Examples:
      advisor rules check
      advisor rules check --ruleset my-rules
    """
    from engine.assessment import prepare
    from engine.authoring.check import ERROR
    from engine.authoring.check import check as checked
    from engine.parse.ruleset import load_ruleset

    folder, shown_as = ruleset_folder(ruleset)
    session().progress(f"reading the ruleset {shown_as}")
    loaded = load_ruleset(folder, shown_as)
    session().progress("compiling the rules")
    prepare(loaded)
    found = checked(loaded, session().progress)
    warnings = [one.problem for one in found if one.level != ERROR]
    for problem in warnings:
        warn(problem)
    errors = [one.problem for one in found if one.level == ERROR]
    if errors:
        raise RulesetError(errors)
    told = "no problems" if not warnings else "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
    show_lines(f"{_contents(loaded)}: {told}")


def _contents(ruleset: Ruleset) -> str:
    layers = len({rule.layer for rule in ruleset.rules})
    return (
        f"{len(ruleset.rules)} rules, {len(ruleset.measures)} measures, {len(ruleset.findings)} findings"
        f" in {layers} layers"
    )
