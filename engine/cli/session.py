"""What holds for one run of the command line: how much it tells, and the options that every command takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import click

from engine.escape import for_terminal

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Session:
    """Whether progress and tracebacks are shown; the step that is under way, and whether results were written."""

    verbose: bool = False
    debug: bool = False
    started: float = field(default_factory=time.monotonic)
    step: str = ""
    has_written: bool = False

    def progress(self, step: str) -> None:
        """Begins a step, and tells it with the time since the start on standard error; silent unless verbose."""
        self.step = step
        if self.verbose:
            click.echo(f"{time.monotonic() - self.started:6.2f} s  {for_terminal(step)}", err=True)


def session() -> Session:
    """The session of the command that is running."""
    found = click.get_current_context().find_object(Session)
    assert found is not None
    return found


def written() -> None:
    """Notes that results are being written or have been: no step of the work is under way any longer."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Session) if context is not None else None
    if found is not None:
        found.step, found.has_written = "", True


def _set(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def callback(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            setattr(context.ensure_object(Session), name, True)

    return callback


def telling(command: Command) -> Command:
    """Adds `--verbose` and `--debug`, which may stand before or behind the name of a command."""
    verbose = click.option(
        "-v", "--verbose", is_flag=True, expose_value=False, callback=_set("verbose"), is_eager=True,
        help="Show progress on standard error.",
    )  # fmt: skip
    debug = click.option(
        "--debug", is_flag=True, expose_value=False, callback=_set("debug"), is_eager=True,
        help="Show the traceback of a fault of the advisor.",
    )  # fmt: skip
    return verbose(debug(command))
