"""One row of a table becomes the tree of a facts file, in which every value stands at its cell.

Cells hold what the format of the table has: text alone in CSV, numbers and dates in a workbook, lists and structures as
well in Parquet. Text is read as the type of its column expects: numbers, dates, choices joined by `;`, or JSON for what
has parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Map
from collections.abc import Sequence as Several
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from engine.errors import FactsError, Location, Problem, did_you_mean, one_of
from engine.sources import Mapping, Node, Scalar, Sequence, parse, shorten
from engine.vocabulary import Fact, Kind, RecordList, Section, Vocabulary

MAX_DEPTH = 32
_SEPARATOR = ";"
_LINE = re.compile(r"; the first is at line \d+")
_TRUTHS = re.compile(r"true|false", re.IGNORECASE)


class Column(NamedTuple):
    """A column of a table: its number from 1, its name, and what it holds.

    A section stands for a structure of several of its facts.
    """

    number: int
    name: str
    holds: Fact | RecordList | Section


def columns(file: str, header: Several[str], vocabulary: Vocabulary) -> tuple[Column, ...]:
    """The columns of a table; those without a name are left out. Raises FactsError with all that is wrong with them."""
    problems: list[Problem] = []
    found: list[Column] = []
    lists = vocabulary.list_paths
    times = Counter(header)
    for number, name in enumerate(header, start=1):
        holds = lists.get(name) or vocabulary.facts.get(name) or vocabulary.sections.get(name)
        place = Location(file, 1, number)
        if not name:
            continue
        if holds is None:
            problems.append(Problem(place, f"unknown column `{shorten(name)}`", _hint(name, vocabulary)))
        elif times[name] > 1 and header.index(name) + 1 < number:
            first = header.index(name) + 1
            problems.append(Problem(place, f"column `{name}` is given twice; the first is column {first}"))
        else:
            found.append(Column(number, name, holds))
    given = {column.name for column in found}
    problems += [
        Problem(Location(file, 1, 1), f"the table has no column `{fact.name}`, which is required")
        for fact in vocabulary.facts.values()
        if fact.required and fact.name not in given and fact.name.partition(".")[0] not in given
    ]
    if problems:
        raise FactsError(problems)
    return tuple(found)


def _hint(name: str, vocabulary: Vocabulary) -> str:
    homes = sorted(fact for fact in vocabulary.facts if fact.partition(".")[2] == name)
    if homes:
        return f"a column is named by section and fact: {one_of(homes)}"
    paths = vocabulary.list_paths
    return did_you_mean(name, [*vocabulary.facts, *paths], "columns are named by section and fact: `strategy.fit`")


def tree(file: str, row: int, table: tuple[Column, ...], cells: Several[object]) -> tuple[Mapping, list[Problem]]:
    """The tree of one row, and the problems of cells that cannot be read; `cells` are all of the row, by number."""
    start = Location(file, row, 1)
    root = Mapping({}, {}, start)
    problems: list[Problem] = []
    for column in table:
        place = Location(file, row, column.number)
        content = cells[column.number - 1]
        node = _node(content, column.holds, place)
        if node is None:
            continue
        problems += [problem._replace(location=place) for problem in node.problems]
        if node.root is not None:
            problems += _put(root, column, node.root, place)
    return root, problems


def _put(root: Mapping, column: Column, node: Node, place: Location) -> list[Problem]:
    """Puts the node of a cell where it belongs."""
    section, _, name = column.name.partition(".")
    if not name:
        here = root.entries.get(section)
        if isinstance(here, Mapping) and isinstance(node, Mapping):
            return [
                problem for key, child in node.entries.items() for problem in _add(here, section, key, child, place)
            ]
        root.entries[section], root.keys[section] = node, place
        return []
    home = root.entries.get(section)
    if home is None:
        home = root.entries[section] = Mapping({}, {}, root.location)
        root.keys[section] = place
    return _add(home, section, name, node, place) if isinstance(home, Mapping) else []


def _add(home: Mapping, section: str, name: str, node: Node, place: Location) -> list[Problem]:
    if name in home.entries:
        return [Problem(place, f"`{section}.{shorten(name)}` is given twice", "keep one of the two")]
    home.entries[name], home.keys[name] = node, place
    return []


# -- one cell


class _Read(NamedTuple):
    """The node of a cell, None where it cannot be read, and what is wrong then."""

    root: Node | None
    problems: tuple[Problem, ...] = ()


def _node(content: object, holds: Fact | RecordList | Section, place: Location) -> _Read | None:
    """The node of a cell, or None for an empty one: what is left out is unknown."""
    if isinstance(content, str):
        content = content.strip()
    if content is None or content == "":
        # An empty cell of a fact that must be known is told at the cell, and not as a column that is missing.
        return _Read(Scalar("", False, place)) if isinstance(holds, Fact) and holds.required else None
    if isinstance(content, str):
        return _text(content, holds, place)
    try:
        return _Read(plain_node(content, place))
    except _UnfitError as unfit:
        return _Read(None, (Problem(place, f"the cell holds {unfit}, expected text, a number, a date or a list"),))


def _text(text: str, holds: Fact | RecordList | Section, place: Location) -> _Read:
    kind = holds.type.kind if isinstance(holds, Fact) else None
    if kind in (Kind.TEXT, Kind.REF):
        return _Read(Scalar(text, True, place))
    if text[0] in "[{":
        document = parse(f"{place.file}.json", text.encode("utf-8", "backslashreplace"))
        if document.root is not None:
            _move(document.root, place)
        return _Read(document.root, tuple(of_json(problem, "the cell") for problem in document.problems))
    if kind is Kind.CHOICES and text != "unknown":
        parts = [part.strip() for part in text.split(_SEPARATOR)]
        return _Read(Sequence([Scalar(part, True, place) for part in parts if part], place))
    if kind is Kind.FLAG and _TRUTHS.fullmatch(text):
        # Spreadsheets write TRUE.
        text = text.lower()
    return _Read(Scalar(text, False, place))


def of_json(problem: Problem, where: str) -> Problem:
    """A problem of JSON that is part of a table, told without the lines of its own; `where` is what holds it."""
    message = problem.message.replace("this is not valid JSON", f"{where} is not valid JSON")
    message = message.replace("the file holds", f"{where} holds")
    hint = "" if message.startswith(where) else problem.hint
    return problem._replace(message=_LINE.sub("", message), hint=hint)


def _move(node: Node, place: Location) -> None:
    """Puts a node and all below it at one place."""
    node.location = place
    if isinstance(node, Sequence):
        for item in node.items:
            _move(item, place)
    elif isinstance(node, Mapping):
        node.keys = dict.fromkeys(node.keys, place)
        for child in node.entries.values():
            _move(child, place)


class _UnfitError(ValueError):
    """A value of a kind that no facts file can hold; says what it is."""


def plain_node(content: object, place: Location, depth: int = 0) -> Node:
    """The node of a value of a table that knows types; fields without a value are left out.

    Raises _UnfitError for a value of another type.
    """
    if depth > MAX_DEPTH:
        raise _UnfitError(f"more than {MAX_DEPTH} levels")
    if isinstance(content, Map):
        known = {str(key): value for key, value in content.items() if value is not None}
        entries = {key: plain_node(value, place, depth + 1) for key, value in known.items()}
        return Mapping(entries, dict.fromkeys(entries, place), place)
    if isinstance(content, (list, tuple)):
        items = [plain_node(item, place, depth + 1) for item in content if item is not None]
        return Sequence(items, place)
    return Scalar(*_written(content), place)


def _written(content: object) -> tuple[str, bool]:
    """A single value as it would be written in a facts file, and whether in quotes."""
    if isinstance(content, str):
        return content, True
    if isinstance(content, bool):
        return str(content).lower(), False
    if isinstance(content, int):
        return str(content), False
    if isinstance(content, float):
        # Tables with one type for all numbers have no other way to write 3.
        return str(int(content)) if content.is_integer() and abs(content) < 2**53 else repr(content), False
    if isinstance(content, datetime):
        moment = content.isoformat()
        return moment.removesuffix("T00:00:00"), False
    if isinstance(content, date):
        return content.isoformat(), False
    if isinstance(content, Decimal):
        return f"{content:f}", False
    raise _UnfitError(f"`{shorten(str(content))}`")
