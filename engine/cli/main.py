"""The command `advisor`: its group of commands, and how one of them is run."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

import click

from engine import __version__
from engine.cli.faults import exit_code
from engine.cli.lazy import Entry, LazyGroup
from engine.cli.outputs import flush
from engine.cli.session import Session, telling

COMMANDS: Mapping[str, Entry] = {
    "assess": Entry("engine.cli.assess", "assess", "Recommend one of six options, with the reasons."),
    "explain": Entry("engine.cli.explain", "explain", "Say why, and why not, down to the facts."),
    "whatif": Entry("engine.cli.whatif", "whatif", "Say what the answer would be if some facts were otherwise."),
    "flip": Entry("engine.cli.flip", "flip", "Say which changes would lead to another option."),
    "robustness": Entry(
        "engine.cli.robustness", "robustness", "Say whether the answer survives the doubt in the facts."
    ),
    "memo": Entry("engine.cli.memo", "memo", "Write a memo as Markdown or as a page in HTML."),
    "portfolio": Entry("engine.cli.portfolio", "portfolio", "Judge many alliances, the most urgent first."),
    "facts": Entry("engine.cli.main", "facts", "Check facts files, or begin a new one."),
    "rules": Entry("engine.cli.main", "rules", "Check and test a ruleset."),
}

FACTS: Mapping[str, Entry] = {
    "check": Entry("engine.cli.facts_check", "check", "Report every problem of facts files."),
    "new": Entry("engine.cli.facts_new", "new", "Print a commented skeleton of a facts file."),
}

RULES: Mapping[str, Entry] = {
    "check": Entry("engine.cli.rules_check", "check", "Report every problem of a ruleset."),
    "test": Entry("engine.cli.rules_test", "test", "Run the tests that stand beside the rules."),
}

_HELP = {"help_option_names": ["-h", "--help"]}


@click.group(cls=LazyGroup, registry=COMMANDS, context_settings=_HELP)
@click.version_option(__version__, prog_name="advisor", message="%(prog)s %(version)s")
@telling
def advisor() -> None:
    """Advise whether to continue, change or leave a strategic alliance.

    Give what is known about one alliance as a facts file. The advisor recommends to continue, renegotiate, de-scope,
    modularise, convert to licensing or exit, and follows each reason back to a rule, its source, and the facts.

    \b
    Examples:
      advisor assess sample:seeds/starbucks-barnes-noble
      advisor facts new > my-alliance.yaml
      advisor facts check my-alliance.yaml

    \b
    Exit codes:
      0  done
      1  the facts or the ruleset are at fault; each problem is on standard error
      2  the command line is wrong
      3  a fault of the advisor; --debug shows where
    """


@click.group(cls=LazyGroup, registry=FACTS)
@telling
def facts() -> None:
    """Check facts files, or begin a new one.

    \b
    Example:
      advisor facts check my-alliance.yaml
    """


@click.group(cls=LazyGroup, registry=RULES)
@telling
def rules() -> None:
    """Check and test a ruleset.

    \b
    Examples:
      advisor rules check --ruleset my-rules
      advisor rules test --ruleset my-rules
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; `arguments` are those of the process if left out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a letter shows its number.
            stream.reconfigure(errors="backslashreplace")
    session = Session()
    collecting = gc.isenabled()
    # One command and the process is gone: looking for garbage would cost more than it frees.
    gc.disable()
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        with advisor.make_context("advisor", given, obj=session) as context:
            advisor.invoke(context)
        flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place where an error can be told
        # Where standard error takes nothing either, the exit code has to say it all.
        with suppress(OSError):
            return exit_code(error, session)
        return 1
    finally:
        if collecting:
            gc.enable()
    return 0


def main() -> NoReturn:
    """Runs the command that the process was started for, and ends the process."""
    code = run()
    for stream in (sys.stdout, sys.stderr):
        # What could not be written was told by `run`.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    # Taking a ruleset apart object by object, as Python does at its end, takes longer than loading the facts.
    os._exit(code)
