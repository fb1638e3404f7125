"""From paths to the alliances that they describe, each still to be read, and to cases.

A path is a facts file, a folder of facts files, or a table. What each describes is gathered first, so that it is known
how many there are; `case_of` reads one.
"""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from engine import facts_file, sources
from engine.case import Case
from engine.errors import AdvisorError, FactsError, Location, NotFoundError, Problem, one_of
from engine.portfolio import tables
from engine.portfolio.cells import Column, columns, of_json, tree
from engine.portfolio.tables import read_table, unusable
from engine.sources import Mapping, Node
from engine.vocabulary import Vocabulary

FACTS_SUFFIXES = (".yaml", ".yml", ".json")
LINES_SUFFIXES = (".ndjson", ".jsonl")
TABLE_SUFFIXES = (*tables.SUFFIXES, *LINES_SUFFIXES)
FACTS_NAMES = tuple(f"facts{suffix}" for suffix in FACTS_SUFFIXES)
"""In a folder, files of these names are always facts files."""

_WHAT_IS_ONE = (
    f"facts files are named {one_of(FACTS_NAMES)}, or end in {one_of(FACTS_SUFFIXES)} and have a section `alliance`"
)
_NAMES_ALLIANCE = re.compile(rb"""^(?:alliance|"alliance"|'alliance')\s*:""", re.MULTILINE | re.IGNORECASE)
_NAMES_ALLIANCE_IN_BRACES = re.compile(rb"""[{,\s]["']?alliance["']?\s*:""")
_LONGEST = 250
"""Of a path that leads nowhere, so many characters are told."""

_MARK = b"\xef\xbb\xbf"


class FactsFile(NamedTuple):
    """One alliance in a file of its own; `file` is what messages call it."""

    file: str
    content: bytes

    @property
    def place(self) -> Location:
        """Where it begins."""
        return Location(self.file, 1, 1)


class Line(NamedTuple):
    """One alliance in a line of NDJSON."""

    file: str
    number: int
    content: bytes

    @property
    def place(self) -> Location:
        """Where it begins."""
        return Location(self.file, self.number, 1)


class Row(NamedTuple):
    """One alliance in a row of a table."""

    file: str
    number: int
    table: tuple[Column, ...]
    cells: tuple[object, ...]

    @property
    def place(self) -> Location:
        """Where it begins."""
        return Location(self.file, self.number, 1)


Source = FactsFile | Line | Row
"""Where one alliance is described."""


class Gathered(NamedTuple):
    """Everything that paths describe, in the order of files and rows, and what could not be read.

    `files` are the paths of all the files that were taken for one that describes alliances.
    """

    sources: tuple[Source, ...]
    errors: tuple[AdvisorError, ...]
    files: tuple[str, ...]


def gather(paths: Iterable[str], vocabulary: Vocabulary, given: Iterable[FactsFile] = ()) -> Gathered:
    """What the paths describe, and the files that are `given` with their content.

    A file that is reached by two paths counts once. The order of the paths means nothing.
    """
    files = tuple(dict.fromkeys(given))
    gathering = _Gathering(vocabulary, frozenset(files), list(files))
    for path in paths:
        gathering.path(path)
    in_order = sorted(gathering.found, key=lambda source: source.place)
    return Gathered(tuple(in_order), tuple(sorted(gathering.errors, key=str)), tuple(gathering.files))


@dataclass
class _Gathering:
    vocabulary: Vocabulary
    given: frozenset[FactsFile]
    found: list[Source]
    errors: list[AdvisorError] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """The files read, by the paths at which they lie in truth."""
    files: list[str] = field(default_factory=list)

    def path(self, path: str) -> None:
        with self.noting():
            for file in _below(Path(path), self.errors) if _is(Path.is_dir, path) else (path,):
                with self.noting():
                    self.file(file)

    def file(self, path: str) -> None:
        self.files.append(path)
        for source in _of_file(path, self.vocabulary, self.seen):
            # A sample may be reached by its path as well.
            if not (isinstance(source, FactsFile) and source in self.given):
                self.found.append(source)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Notes an error, so that what follows is read all the same."""
        try:
            yield
        except AdvisorError as error:
            self.errors.append(error)


def _is(test: Callable[[Path], bool], path: str) -> bool:
    """What a path leads to; of one that cannot be, nothing."""
    try:
        return test(Path(path))
    except (OSError, ValueError):
        return False


def _below(folder: Path, errors: list[AdvisorError]) -> Iterator[str]:
    """The facts files in a folder and below it; hidden ones, and those behind links to folders, are left out."""

    def refused(error: OSError) -> None:
        name = Path(error.filename or folder).as_posix()
        errors.append(unusable(name, f"the folder cannot be read: {error.strerror or error}"))

    before, candidates = len(errors), 0
    for place, folders, names in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place, name)
            if name.startswith(".") or file.suffix.lower() not in FACTS_SUFFIXES:
                continue
            if name.lower() in FACTS_NAMES and file.exists() and not file.is_file():
                # To open it might mean to wait for ever.
                errors.append(unusable(file.as_posix(), "this is no file, but a pipe, a socket or a device"))
            elif _is_facts_file(file):
                candidates += 1
                yield file.as_posix()
    if not candidates and len(errors) == before:
        raise unusable(folder.as_posix(), "there is no facts file in this folder or below it", _WHAT_IS_ONE)


def _is_facts_file(file: Path) -> bool:
    """Whether a file found in a folder is meant to hold facts: by its name, or by the section that each of them has.

    Capitals in its name do not matter, though they are a mistake. A file that cannot be read, or that is not text in
    UTF-8, is one: it is told.
    """
    if file.name.lower() in FACTS_NAMES or not file.is_file():
        return file.name.lower() in FACTS_NAMES
    try:
        with file.open("rb") as stream:
            content = stream.read(sources.MAX_BYTES + 1).removeprefix(_MARK)
    except OSError:
        return True
    if not _is_text(content):
        return True
    if not content.lstrip().startswith(b"{"):
        return _NAMES_ALLIANCE.search(content) is not None
    return _NAMES_ALLIANCE_IN_BRACES.search(content) is not None or _is_near_miss(content)


def _is_text(content: bytes) -> bool:
    """Whether this is UTF-8; of a file that is too large, the end may be missing."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content, final=len(content) <= sources.MAX_BYTES)
    except UnicodeDecodeError:
        return False
    # What other encodings have between the letters of plain text.
    return b"\0" not in content


def _is_near_miss(content: bytes) -> bool:
    """Whether a JSON object has the section at its top in other capitals."""
    try:
        names = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return any(name.casefold() == "alliance" for name in names)


def _of_file(path: str, vocabulary: Vocabulary, seen: set[str]) -> Sequence[Source]:
    suffix = Path(path).suffix.lower()
    if suffix not in (*FACTS_SUFFIXES, *TABLE_SUFFIXES):
        if not _is(Path.exists, path):
            raise NotFoundError(f"there is no file or folder `{sources.shorten(path, _LONGEST)}`")
        expected = f"facts files end in {one_of(FACTS_SUFFIXES)}, tables in {one_of(TABLE_SUFFIXES)}"
        raise unusable(path, "this is neither a facts file nor a table", expected)
    limit = sources.MAX_BYTES if suffix in FACTS_SUFFIXES else tables.MAX_BYTES
    content = _content(path, limit)
    real = os.path.realpath(path)
    if real in seen:
        return ()
    seen.add(real)
    if suffix in FACTS_SUFFIXES:
        return (FactsFile(path, content),)
    if suffix in LINES_SUFFIXES:
        return _lines(path, content)
    table = read_table(path, content)
    named = columns(path, table.header, vocabulary)
    return [Row(path, number, named, cells) for number, cells in table.rows]


def _content(path: str, limit: int) -> bytes:
    """What a file holds, no more than one byte beyond what is permitted."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(limit + 1)
    except (FileNotFoundError, ValueError):
        raise NotFoundError(f"there is no file or folder `{sources.shorten(path, _LONGEST)}`") from None
    except OSError as error:
        raise unusable(path, f"the file cannot be read: {error.strerror or error}") from None


def _lines(path: str, content: bytes) -> list[Source]:
    if len(content) > tables.MAX_BYTES:
        raise unusable(path, f"the table is larger than {tables.MAX_BYTES // 1_000_000} MB", "split it into several")
    lines = content.removeprefix(_MARK).split(b"\n")
    found: list[Source] = [Line(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise unusable(path, "the file is empty", "each line holds one alliance as a JSON object")
    return found


# -- one alliance


class ReadCase(NamedTuple):
    """A case, and where its alliance is named."""

    case: Case
    named_at: Location


def case_of(source: Source, vocabulary: Vocabulary) -> ReadCase:
    """The case that a source describes. Raises FactsError with all its problems, each at its place."""
    if isinstance(source, Row):
        root, problems = tree(source.file, source.number, source.table, source.cells)
        return _checked(source, root, problems, vocabulary)
    document = sources.parse(source.file, source.content)
    root_node, problems = document.root, list(document.problems)
    if isinstance(source, Line):
        problems = [_on_line(of_json(problem, "the line"), source.number) for problem in problems]
        if root_node is not None:
            moved, more = _sectioned(root_node, source.number)
            return _checked(source, moved, problems + more, vocabulary)
    return _checked(source, root_node, problems, vocabulary)


def _checked(source: Source, root: Node | None, problems: list[Problem], vocabulary: Vocabulary) -> ReadCase:
    if root is None:
        raise FactsError(problems)
    try:
        case = facts_file.case_of(source.file, root, vocabulary)
    except FactsError as error:
        first = source.place.line
        found = [_on_line(problem, first) if isinstance(source, Line) else problem for problem in error.problems]
        raise FactsError([*problems, *found]) from None
    if problems:
        raise FactsError(problems)
    return ReadCase(case, _named_at(source, root))


def _named_at(source: Source, root: Node) -> Location:
    section = root.entries.get("alliance") if isinstance(root, Mapping) else None
    node = section.entries.get("name") if isinstance(section, Mapping) else None
    place = node.location if node is not None else source.place
    return place._replace(line=source.number) if isinstance(source, Line) else place


def _on_line(problem: Problem, number: int) -> Problem:
    """The problem of a line that was read by itself, at its place in the file."""
    return problem._replace(location=problem.location._replace(line=number))


def _sectioned(root: Node, number: int) -> tuple[Node, list[Problem]]:
    """A line in which facts may be named as columns are (`strategy.fit`), with all of them in their sections."""
    if not isinstance(root, Mapping):
        return root, []
    problems: list[Problem] = []
    found = Mapping({}, {}, root.location)
    for key, node in root.entries.items():
        section, dot, name = key.partition(".")
        home = found.entries.get(section)
        if not dot and not (isinstance(home, Mapping) and isinstance(node, Mapping)):
            found.entries[key], found.keys[key] = node, root.keys[key]
            continue
        if not isinstance(home, Mapping):
            home = found.entries[section] = Mapping({}, {}, root.location)
            found.keys[section] = root.keys[key]
        given = {name: (node, root.keys[key])} if dot else _with_places(node)
        for one, (child, place) in given.items():
            if one in home.entries:
                problems.append(
                    _on_line(Problem(place, f"`{section}.{one}` is given twice", "keep one of the two"), number)
                )
            else:
                home.entries[one], home.keys[one] = child, place
    return found, problems


def _with_places(node: Node) -> dict[str, tuple[Node, Location]]:
    assert isinstance(node, Mapping)
    return {name: (child, node.keys[name]) for name, child in node.entries.items()}
