"""From what stands on the command line to facts files and rulesets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from engine.cli.session import session
from engine.errors import AdvisorError, NotFoundError, nearest
from engine.resources import builtin
from engine.sources import read, shorten

if TYPE_CHECKING:
    from engine.assessment import Assessment, Prepared
    from engine.case import Case
    from engine.portfolio.reading import FactsFile
    from engine.vocabulary import Vocabulary

Command = TypeVar("Command", bound=Callable[..., Any])

SAMPLE = "sample:"
BUILTIN_RULESET = "rulesets/alliance"


def facts_argument(command: Command) -> Command:
    """Adds the argument FACTS."""
    return click.argument("facts", metavar="FACTS")(command)


def format_option(command: Command) -> Command:
    """Adds `--format`, which comes as `format_`: text or json."""
    return click.option(
        "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
        help="Text for the terminal, or JSON for other programs.",
    )(command)  # fmt: skip


def ruleset_option(command: Command) -> Command:
    """Adds `--ruleset`, which comes as a path or None."""
    return click.option(
        "--ruleset", type=click.Path(path_type=Path), metavar="FOLDER", help="Use this ruleset, not the built-in one."
    )(command)


def ruleset_folder(folder: Path | None) -> tuple[Path, str]:
    """The folder of a ruleset, and what messages call it."""
    if folder is None:
        return builtin("rulesets") / "alliance", BUILTIN_RULESET
    return folder, folder.as_posix()


def prepared_ruleset(folder: Path | None) -> Prepared:
    """The ruleset of `--ruleset`, ready to judge."""
    from engine.store import prepared_ruleset

    path, shown_as = ruleset_folder(folder)
    session().progress(f"reading the ruleset {shown_as}")
    return prepared_ruleset(path, shown_as)


def facts_content(facts: str) -> tuple[str, bytes]:
    """The display name and content of FACTS: a path, `-` for standard input, or `sample:` and a name."""
    if not facts.startswith(SAMPLE):
        return read(facts)
    wanted = facts.removeprefix(SAMPLE).strip("/")
    names = sample_names()
    if wanted not in names:
        raise NotFoundError(f"there is no sample `{shorten(wanted)}`\n  hint: {_sample_hint(wanted, names)}")
    _, content = read(str(builtin("facts") / wanted / "facts.yaml"))
    return f"facts/{wanted}/facts.yaml", content


def sample_names() -> tuple[str, ...]:
    """The built-in samples, by their folders below `facts/`."""
    top = builtin("facts")
    return tuple(sorted(path.parent.relative_to(top).as_posix() for path in top.glob("*/*/facts.yaml")))


def _sample_hint(wanted: str, names: tuple[str, ...]) -> str:
    folders = {name.rpartition("/")[2]: name for name in names}
    found = nearest(wanted, names) or folders.get(nearest(wanted.rpartition("/")[2], folders) or "")
    return f"did you mean `{SAMPLE}{found}`?" if found else f"the samples are {', '.join(names)}"


def portfolio_inputs(
    paths: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[FactsFile, ...], tuple[AdvisorError, ...]]:
    """The paths among these, the facts files that samples and standard input stand for, and what is wrong with those.

    `sample:` and the name of a folder of samples stands for all of them.
    """
    from engine.portfolio.reading import FactsFile

    own: list[str] = []
    given: list[FactsFile] = []
    errors: list[AdvisorError] = []
    for path in dict.fromkeys(paths):
        if path != "-" and not path.startswith(SAMPLE):
            own.append(path)
            continue
        folder = f"{path.removeprefix(SAMPLE).strip('/')}/"
        several = [f"{SAMPLE}{name}" for name in sample_names() if name.startswith(folder)] if path != "-" else []
        try:
            given += [FactsFile(*facts_content(one)) for one in several or [path]]
        except AdvisorError as error:
            errors.append(error)
    return tuple(own), tuple(given), tuple(errors)


def load_case(facts: str, vocabulary: Vocabulary) -> Case:
    """The case that FACTS describes."""
    from engine.facts_file import parse_case

    session().progress(f"reading the facts of {shorten(facts)}")
    name, content = facts_content(facts)
    return parse_case(name, content, vocabulary)


def assess(facts: str, ruleset: Path | None) -> Assessment:
    """The assessment of FACTS under `--ruleset`."""
    from engine.assessment import Advisor

    prepared = prepared_ruleset(ruleset)
    case = load_case(facts, prepared.ruleset.vocabulary)
    with Advisor(prepared, session().progress) as advisor:
        return advisor.assess(case)
