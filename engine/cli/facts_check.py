"""`advisor facts check`: every problem of facts files."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.faults import problems, remark
from engine.cli.inputs import facts_content, prepared_ruleset, ruleset_option
from engine.cli.outputs import show_lines
from engine.cli.session import session, telling
from engine.errors import AdvisorError, EngineFault
from engine.escape import for_terminal
from engine.rules import Ruleset
from engine.sources import shorten


@click.command()
@click.argument("files", metavar="FACTS...", nargs=-1, required=True)
@ruleset_option
@click.pass_context
@telling
def check(context: click.Context, files: tuple[str, ...], ruleset: Path | None) -> None:
    """Report every problem of facts files, with its place.

    All problems of a file are reported at once. For a good file it is said how much is known and which decisive facts
    are missing; things worth a second look, such as evidence that has aged, are remarks. The exit code is 1 if any
    file has a problem. FACTS are files in YAML or JSON, - for standard input, or samples.

    \b
    Examples:
      advisor facts check my-alliance.yaml
      advisor facts check facts/*/*/facts.yaml
    """
    found = prepared_ruleset(ruleset).ruleset
    bad = 0
    for file in files:
        session().progress(f"checking {shorten(file)}")
        try:
            _check(file, found)
        except EngineFault:
            raise
        except AdvisorError as error:
            problems(error)
            bad += 1
    if len(files) > 1:
        show_lines(f"{len(files)} files, {bad} with problems" if bad else f"{len(files)} files, none with problems")
    context.exit(1 if bad else 0)


def _check(file: str, ruleset: Ruleset) -> None:
    from engine.authoring.facts_review import review
    from engine.facts_file import parse_case

    name, content = facts_content(file)
    case = parse_case(name, content, ruleset.vocabulary)
    for problem in review(name, content, case, ruleset.vocabulary):
        remark(problem)
    missing = [fact for fact in ruleset.weighing.decisive_facts if case.value(fact) is None]
    records = sum(len(one) for one in case.lists.values())
    also = f"; {records} {'record' if records == 1 else 'records'}" if records else ""
    which = f": {', '.join(missing)}" if missing else ""
    show_lines(
        for_terminal(f"{name}: {len(case.facts)} facts known, {len(missing)} of the decisive ones missing{which}{also}")
    )
