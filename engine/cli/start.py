"""The entry point of the process: it imports nothing that takes time, so that an interrupt is heard from the first."""

import os

INTERRUPTED = 130


def main() -> None:
    """Runs the command that the process was started for, and ends the process."""
    try:
        from engine.cli.main import main as command

        command()
    except KeyboardInterrupt:
        # While modules were imported; what comes later is told by the command itself.
        try:
            os.write(2, b"interrupted\n")
        finally:
            os._exit(INTERRUPTED)
