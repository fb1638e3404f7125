"""Where results go: to standard output, or to a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from engine.cli.session import written
from engine.errors import AdvisorError, one_of


def show_document(text: str) -> None:
    """Writes JSON, Markdown or YAML to standard output, in UTF-8 whatever the terminal's encoding.

    Raises AdvisorError where it cannot be written.
    """
    with standard_output():
        stream = sys.stdout.buffer
        stream.write(_encoded(text))
        stream.flush()


def show_lines(text: str, colour: bool | None = None) -> None:
    """Writes text for people to standard output. Raises AdvisorError where it cannot be written."""
    with standard_output():
        click.echo(text, color=colour)


def flush() -> None:
    """Hands on what was written. Raises AdvisorError where it cannot be written."""
    if sys.stdout is not None:
        with standard_output():
            sys.stdout.flush()


@contextmanager
def standard_output() -> Iterator[None]:
    """Tells a failure to write as one of the place that was written to; a reader that has gone is none."""
    if sys.stdout is None:
        raise AdvisorError("standard output is closed, so the result cannot be written")
    written()
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        drop_output()
        raise AdvisorError(unwritten(error)) from None


def unwritten(error: OSError) -> str:
    """The sentence for standard output that takes nothing."""
    return f"the result cannot be written to standard output: {error.strerror or error}"


def drop_output() -> None:
    """Lets go of what Python still holds for standard output, so that it does not complain when it ends."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def check_target(path: Path, suffixes: tuple[str, ...]) -> None:
    """Refuses, before any work, a file that could not be written. Raises click's BadParameter."""
    if path.is_dir():
        raise click.BadParameter(f"'{path}' is a folder, expected a file.", param_hint="'-o'")
    if path.suffix.lower() not in suffixes:
        raise click.BadParameter(f"'{path}' should end in {one_of(suffixes).replace('`', '')}.", param_hint="'-o'")
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder '{path.parent}'.", param_hint="'-o'")


def check_kept(path: Path, inputs: Iterable[str]) -> None:
    """Refuses a file that is one of the inputs, under whatever name. Raises click's BadParameter.

    `-` is standard input, into which a file may have been led.
    """
    for one in inputs:
        # What does not exist is not lost, and what cannot be a path is told where it is read.
        with suppress(OSError, ValueError):
            if path.samefile("/dev/stdin" if one == "-" else one):
                raise click.BadParameter(f"'{path}' is one of the inputs and would be lost.", param_hint="'-o'")


def write_file(path: Path, content: str | bytes) -> None:
    """Writes a file as a whole: until the last byte is written, what stood there before stays.

    Raises AdvisorError where it cannot be written.
    """
    encoded = _encoded(content) if isinstance(content, str) else content
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            # A pipe or device cannot be replaced, and has no content to lose.
            written()
            target.write_bytes(encoded)
        else:
            _replace(target, encoded)
            written()
    except OSError as error:
        raise AdvisorError(f"`{path}` cannot be written: {error.strerror or error}") from None


def _replace(target: Path, content: bytes) -> None:
    import tempfile  # only wanted when a file is written

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=target.suffix)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(_mode(target))
        Path(temporary).replace(target)
    except BaseException:
        # An interrupt, too, leaves nothing behind.
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file gets."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
