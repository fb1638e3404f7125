"""What goes wrong becomes lines on standard error and an exit code; never a traceback, unless asked for."""

from __future__ import annotations

import errno

import click

from engine.cli.outputs import drop_output, unwritten
from engine.cli.session import Session
from engine.cli.start import INTERRUPTED
from engine.errors import AdvisorError, EngineFault, Problem, ProblemsError
from engine.escape import for_terminal

OF_OURS = 3
_UNWRITTEN = (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF)


def exit_code(error: BaseException, session: Session) -> int:
    """Tells an error on standard error, and returns the code with which to exit."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        _tell(_interrupted(error, session))
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        # The reader has seen enough.
        drop_output()
        return 0
    if isinstance(error, OSError) and error.errno in _UNWRITTEN and error.filename is None:
        # What click prints itself, such as the help.
        drop_output()
        _tell(unwritten(error))
        return AdvisorError.exit_code
    if isinstance(error, click.ClickException):
        return _command_line(error)
    if isinstance(error, AdvisorError) and not isinstance(error, EngineFault):
        problems(error)
        return error.exit_code
    return _fault(error, session)


def _interrupted(error: BaseException, session: Session) -> str:
    """What was under way, and whether anything is left behind, as far as it is known."""
    if str(error):
        return f"interrupted: {error}"
    if not session.step:
        return "interrupted"
    return f"interrupted while {session.step}{'' if session.has_written else '; nothing written'}"


def problems(error: AdvisorError) -> None:
    """Tells what is wrong with what was given, each problem on its lines."""
    if isinstance(error, ProblemsError):
        for problem in error.problems:
            _tell(f"{problem.location}: {problem.message}", problem.hint)
        return
    message, _, hint = str(error).partition("\n  hint: ")
    _tell(message, hint)


def note(message: str) -> None:
    """Tells what came of a command that did not do all that was asked."""
    _tell(message)


def remark(problem: Problem) -> None:
    """Tells something worth a look, which is no fault."""
    _tell(f"{problem.location}: remark: {problem.message}", problem.hint)


def warn(problem: Problem) -> None:
    """Tells something in a ruleset that may be intended."""
    _tell(f"{problem.location}: warning: {problem.message}", problem.hint)


def _command_line(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        _tell(f"Try '{error.ctx.command_path} --help' for help.")
    _tell(f"Error: {error.format_message()}")
    return error.exit_code


def _fault(error: BaseException, session: Session) -> int:
    if session.debug:
        import traceback  # only wanted with --debug

        for line in "".join(traceback.format_exception(error)).splitlines():
            # Indentation is what makes a traceback readable; the rest may quote anything.
            _tell(line)
    name = "" if isinstance(error, EngineFault) else f"{type(error).__name__}: "
    hint = "" if session.debug else "; `--debug` shows where"
    _tell(f"a fault of the advisor, not of your files: {name}{error}{hint}")
    return OF_OURS


def _tell(message: str, hint: str = "") -> None:
    click.echo(for_terminal(message), err=True)
    if hint:
        click.echo(f"  hint: {for_terminal(hint)}", err=True)
