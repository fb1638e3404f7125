"""`advisor rules test`: runs the tests that stand beside the rules."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.faults import warn
from engine.cli.inputs import ruleset_folder, ruleset_option
from engine.cli.outputs import show_lines
from engine.cli.session import session, telling
from engine.errors import NotFoundError, Problem, RulesetError, did_you_mean


@click.command()
@click.option("--rule", "rules", metavar="RULE", multiple=True, help="Run only the tests that name this rule.")
@click.option("--untested", is_flag=True, help="List every rule that lacks a test or a near miss.")
@ruleset_option
@telling
def test(rules: tuple[str, ...], untested: bool, ruleset: Path | None) -> None:
    """Run the tests of a ruleset, and show expected against actual.

    Tests are cases written as data, in the folder `tests` of the ruleset. Each names in a sentence a case in which
    rules fire, and near misses in which they do not. An expectation that is not met is shown with its line and with
    what was found instead; the exit code is then 1. Rules without a test or a near miss are counted.

    \b
    Examples:
      advisor rules test
      advisor rules test --rule persistent-conflict
      advisor rules test --ruleset my-rules
    """
    from engine.authoring.expectations import load_tests
    from engine.authoring.rule_tests import run_tests, without_tests
    from engine.parse.ruleset import load_ruleset

    folder, shown_as = ruleset_folder(ruleset)
    session().progress(f"reading the ruleset {shown_as}")
    loaded = load_ruleset(folder, shown_as)
    for rule in rules:
        if rule not in loaded.by_id:
            hint = did_you_mean(rule, loaded.by_id)
            raise NotFoundError(f"there is no rule `{rule}`" + (f"\n  hint: {hint}" if hint else ""))
    session().progress("reading the tests")
    tests = load_tests(folder, loaded, shown_as)
    lacking = [one for one in without_tests(tests, loaded) if not rules or one.rule.id in rules]
    for one in lacking if untested else ():
        lacks = "no test in which it fires" if one.never_fires else "no near miss in which it does not fire"
        warn(Problem(one.rule.location, f"rule `{one.rule.id}` has {lacks}"))
    wanted = [one for one in tests if not rules or one.names & set(rules)]
    results = run_tests(wanted, loaded, session().progress)
    failed = [result for result in results if result.failures]
    number = "1 test" if len(results) == 1 else f"{len(results)} tests"
    show_lines(f"{number}, {f'{len(failed)} failed' if failed else 'all passed'}")
    if lacking:
        which = "1 rule lacks" if len(lacking) == 1 else f"{len(lacking)} rules lack"
        show_lines(
            f"{which} a test in which it fires, or a near miss" + ("" if untested else "; `--untested` names them")
        )
    if failed:
        raise RulesetError(problem for result in failed for problem in result.failures)
