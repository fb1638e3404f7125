"""Where a fault lies, and the one tree of exceptions.

    AdvisorError                 exit code 1: what was given to us is at fault
    ├── ProblemsError            one or more located problems, all reported at once
    │   ├── FactsError           in a facts file
    │   ├── RulesetError         in a ruleset
    │   └── TemplateError        in a memo template or a rule's `because`
    ├── NotFoundError            a name on the command line that does not exist (option, rule, finding, file)
    ├── NotInstalledError        something optional that is needed and was not installed
    └── EngineFault              exit code 3: a fault of ours, or of the rules engine beneath us

A message is one sentence in lower case, with the user's words in backticks and what was expected;
what to do about it stands apart, in the hint.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Location(NamedTuple):
    """A place in a text file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """One thing wrong at one place, with a hint where there is one to give."""

    location: Location
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{self.location}: {self.message}{hint}"


class AdvisorError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 1


class ProblemsError(AdvisorError):
    """One or more located problems, in the order in which they stand in the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.location))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FactsError(ProblemsError):
    """A facts file cannot be used."""


class RulesetError(ProblemsError):
    """A ruleset cannot be used."""


class TemplateError(ProblemsError):
    """A template names something that does not exist, or cannot be read."""


class NotFoundError(AdvisorError):
    """A name given by the user that does not exist; the message suggests the nearest one."""


class NotInstalledError(AdvisorError):
    """Something optional is needed and was not installed; the message says how to install it."""


class EngineFault(AdvisorError):
    """The rules engine, or this package, failed in a way that no input should cause."""

    exit_code = 3


MAX_COMPARED = 1_000
MAX_NAME = 100


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The valid name closest to `name`, or None where nothing is close.

    Comparing costs time: none is spent on what is too long to be a name, nor on more names than a person would know.
    """
    import difflib  # only wanted when something is already wrong

    names = tuple(names)
    if len(name) > MAX_NAME or len(names) > MAX_COMPARED:
        return None
    found = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the nearest valid name, or `otherwise` where none is close."""
    found = nearest(name, names)
    return f"did you mean `{found}`?" if found else otherwise


def one_of(names: Iterable[str]) -> str:
    """`a`, `b` or `c`: the valid values, for messages."""
    quoted = [f"`{name}`" for name in names]
    if not quoted:
        return "nothing"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
