"""YAML and JSON text to a tree of nodes that know where they stand.

Scalars stay text: whether `no`, `12:30` or `014` is a word, a time or a number is decided by the
vocabulary, not by YAML. The tree is built from parser events with a stack of its own, so that neither
deep nesting nor a bomb of aliases costs more than reading the file.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from engine.errors import Location, NotFoundError, Problem

MAX_BYTES = 4_000_000
MAX_DEPTH = 32
MAX_NODES = 200_000

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Editors do not count these as line breaks, YAML 1.1 does: without them lines mean the same to both.
_RARE_BREAKS = str.maketrans("\x85\u2028\u2029", "   ")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_SURROGATE_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_PAIR_LENGTH = len("\\ud83d\\ude00")
_SINGLE_QUOTED = re.compile(r"''|.")
_DOUBLE_QUOTED = re.compile(r"\\x..|\\u.{4}|\\U.{8}|\\.|.")
# Where PyYAML was built without libyaml, its own parser reads the same events, more slowly.
_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    """A single value as it was written; `quoted` tells `"no"` from `no`, `lines` counts its lines.

    `columns` says where each character of `text` stands behind the opening quote; empty where each takes one column.
    """

    text: str
    quoted: bool
    location: Location
    lines: int = 1
    columns: tuple[int, ...] = ()

    def place(self, offset: int) -> Location:
        """Where a character of `text` stands in the file, for text on one line."""
        shift = self.columns[offset] if self.columns else offset
        return self.location._replace(column=self.location.column + self.quoted + shift)


@dataclass(slots=True)
class Sequence:
    """A list of nodes."""

    items: list[Node]
    location: Location


@dataclass(slots=True)
class Mapping:
    """Keys to nodes, in the order in which they were written."""

    entries: dict[str, Node]
    keys: dict[str, Location]
    location: Location

    def scalar(self, key: str) -> Scalar | None:
        """The scalar under `key`, or None where there is no such key or it is not a scalar."""
        node = self.entries.get(key)
        return node if isinstance(node, Scalar) else None


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Document:
    """The root of one file (None where it cannot be read) and what is wrong with its form."""

    file: str
    root: Node | None
    problems: list[Problem] = field(default_factory=list)


def describe(node: Node) -> str:
    """What a node is, in the words of messages."""
    if isinstance(node, Scalar):
        return f"`{shorten(node.text)}`" if node.text else "nothing"
    return "a list" if isinstance(node, Sequence) else "a group of names and values"


def shorten(text: str, width: int = 60) -> str:
    """`text` on one line, cut to `width` characters, control characters made visible."""
    line = "".join(char if char.isprintable() else " " for char in text[: width + 1])
    return line if len(line) <= width else line[: width - 1] + "…"


def read(path: str) -> tuple[str, bytes]:
    """The display name and the bytes of a file, or of standard input for `-`.

    No more than the permitted size is ever read. Raises NotFoundError where there is no such file.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise NotFoundError("standard input is closed, expected a file in it")
            return "<standard input>", sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(path).open("rb") as stream:
            return path, stream.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise NotFoundError(f"`{path}` is a folder, expected a file") from None
    except FileNotFoundError:
        raise NotFoundError(f"there is no file `{path}`") from None
    except OSError as error:
        raise NotFoundError(f"`{path}` cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise NotFoundError(f"`{shorten(path)}` cannot be the name of a file") from None


def parse(name: str, content: bytes) -> Document:
    """The tree of one file's content. Problems of form are gathered, never raised."""
    start = Location(name, 1, 1)

    def unusable(message: str, hint: str = "", location: Location = start) -> Document:
        return Document(name, None, [Problem(location, message, hint)])

    if len(content) > MAX_BYTES:
        return unusable(f"the file is larger than {MAX_BYTES // 1_000_000} MB, which no facts or rules file needs")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        readable = bytes(error.object[: error.start]).decode("utf-8")
        place = _Places(name, readable).at(len(readable))
        return unusable("the file is not text in UTF-8", "save it as UTF-8 (plain text)", place)
    bad = _FORBIDDEN.search(text)
    if bad:
        return unusable(
            f"character U+{ord(bad.group()):04X} cannot stand in a text file",
            "is this a YAML or JSON file?",
            _Places(name, text).at(bad.start()),
        )
    if not text.strip():
        return unusable("the file is empty")
    places = _Places(name, text)
    text = text.translate(_RARE_BREAKS)
    if text.lstrip()[0] in "{[" or name.lower().endswith(".json"):
        text = _json_as_yaml(text, places)
    return _Builder(places, text).build()


class _Places:
    """The lines and columns of a file, by the offset of a character."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.line_starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]
        self.joined: list[int] = []
        """Offsets, in the text that is parsed, of characters that the file spells as a pair of escapes."""

    def of(self, event: yaml.Event) -> Location:
        """Where an event begins."""
        mark = event.start_mark
        assert mark is not None
        # The parser counts lines as we do; it only knows nothing of joined pairs.
        return self.at(mark.index) if self.joined else Location(self.name, mark.line + 1, mark.column + 1)

    def at(self, offset: int) -> Location:
        offset += bisect_left(self.joined, offset) * (_PAIR_LENGTH - 1)
        line = bisect_right(self.line_starts, offset)
        return Location(self.name, line, offset - self.line_starts[line - 1] + 1)


def _json_as_yaml(text: str, places: _Places) -> str:
    """JSON that YAML's parser can read: tabs become spaces, pairs of surrogates their character."""

    def join(match: re.Match[str]) -> str:
        places.joined.append(match.start() - len(places.joined) * (_PAIR_LENGTH - 1))
        high, low = (int(part, 16) for part in match.groups())
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))

    return _SURROGATE_PAIR.sub(join, text.replace("\t", " "))


class _Builder:
    """Builds the tree of one document from parser events."""

    def __init__(self, places: _Places, text: str) -> None:
        self.places = places
        self.text = text
        self.problems: list[Problem] = []
        self.stack: list[tuple[Sequence | Mapping, str | None]] = []
        self.root: Node | None = None
        self.count = 0

    def build(self) -> Document:
        name = self.places.name
        try:
            for event in self._events():
                problem = self._take(event)
                if problem is not None:
                    return Document(name, None, [*self.problems, problem])
        except yaml.MarkedYAMLError as error:
            if "maximum nesting depth" in (error.problem or "") and error.problem_mark is not None:
                # A parser that limits the depth itself reads far ahead of the event at which it is counted here.
                return _Builder(self.places, self.text[: error.problem_mark.index]).build()
            return Document(name, None, [*self.problems, _syntax_problem(error, self.text, self.places)])
        if self.root is None:
            self.problems.append(Problem(Location(name, 1, 1), "the file holds nothing but comments"))
        return Document(name, self.root, self.problems)

    def _events(self) -> Iterator[yaml.Event]:
        loader = _LOADER(self.text)
        try:
            while (event := loader.get_event()) is not None:
                yield event
        finally:
            loader.dispose()

    def _take(self, event: yaml.Event) -> Problem | None:
        """Adds one event to the tree; returns a problem that makes going on pointless."""
        if isinstance(event, yaml.ScalarEvent):
            place = self.places.of(event)
            return _unused(event, place) or self._add(self._scalar(event, place))
        if isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.CollectionStartEvent):
            place = self.places.of(event)
            node = Sequence([], place) if isinstance(event, yaml.SequenceStartEvent) else Mapping({}, {}, place)
            problem = _unused(event, place) or self._add(node)
            self.stack.append((node, None))
            return problem or self._too_deep(place)
        elif isinstance(event, yaml.AliasEvent):
            message = f"aliases (`*{event.anchor}`) are not used in these files"
            return Problem(self.places.of(event), message, "write the value out")
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            return Problem(self.places.of(event), "a second document begins here; expected only one")
        return None

    def _too_deep(self, place: Location) -> Problem | None:
        return Problem(place, f"nested more than {MAX_DEPTH} levels deep") if len(self.stack) > MAX_DEPTH else None

    def _scalar(self, event: yaml.ScalarEvent, place: Location) -> Scalar:
        assert event.start_mark is not None and event.end_mark is not None
        start, end = event.start_mark, event.end_mark
        scalar = Scalar(event.value, bool(event.style), place, end.line - start.line + 1)
        if event.style in ("'", '"') and scalar.lines == 1 and end.index - start.index - 2 != len(event.value):
            unit = _SINGLE_QUOTED if event.style == "'" else _DOUBLE_QUOTED
            spelled = self.text[start.index + 1 : end.index - 1]
            scalar.columns = (*(match.start() for match in unit.finditer(spelled)), len(spelled))
        return scalar

    def _add(self, node: Node) -> Problem | None:
        self.count += 1
        if self.count > MAX_NODES:
            return Problem(node.location, f"more than {MAX_NODES} values in one file")
        if not self.stack:
            self.root = node
            return None
        parent, key = self.stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return None
        if key is None:
            if not isinstance(node, Scalar):
                return Problem(node.location, f"a name was expected here, found {describe(node)}")
            name = node.text
            if not name.strip():
                return Problem(node.location, "a name is missing here")
            if name in parent.entries:
                first = parent.keys[name]
                self.problems.append(
                    Problem(
                        node.location,
                        f"`{shorten(name)}` is given twice; the first is at line {first.line}",
                        "keep one of the two",
                    )
                )
            else:
                parent.keys[name] = node.location
            self.stack[-1] = (parent, name)
        else:
            parent.entries.setdefault(key, node)
            self.stack[-1] = (parent, None)
        return None


def _unused(event: yaml.ScalarEvent | yaml.CollectionStartEvent, place: Location) -> Problem | None:
    """Anchors and tags: parts of YAML that no facts or rules file needs."""
    if event.anchor is not None:
        return Problem(place, f"anchors (`&{event.anchor}`) are not used in these files", "write the value out")
    if event.tag is not None and event.tag != "!":
        return Problem(place, f"tags (`{event.tag}`) are not used in these files", "write the value alone")
    return None


_JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_INDENT = "align it with the names or entries that it belongs to"
_SYNTAX = (
    (
        "mapping values are not allowed",
        "`: ` stands where no name was expected",
        "put text that contains `: ` in quotes; look for a missing `:` on the line above",
    ),
    ("expected key", "the indentation fits nothing above", _INDENT),
    ("'-' indicator", "the indentation fits nothing above", _INDENT),
    ("expected ':'", "a name without `: ` and a value stands here", "check the indentation and the quotes"),
    ("comment or line break", "behind `>` or `|` the line should end", "put text that begins with them in quotes"),
    ("escape character", "a backslash stands before a letter that makes no escape", "use single quotes"),
    ("escape code", "this escape stands for no character", "write the character itself"),
)
"""What the parser says, what it means, and a hint."""


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, places: _Places) -> Problem:
    """What is wrong, in words for people who do not know the grammar of YAML."""
    found = error.problem_mark or error.context_mark
    offset = found.index if found is not None else 0
    began = error.context_mark.index if error.context_mark is not None else offset
    said = error.problem or ""
    hint = "check the indentation and the quotes on this line and the one above"
    line_before = text[max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1 : offset]
    if "<document start>" in said and text.lstrip()[:1] in ("{", "["):
        said, hint = "text stands behind the end of the JSON", "look for a bracket too many, or a second object"
    elif "cannot start any token" in said:
        tab = text[offset] == "\t"
        said = "a tab stands in the indentation" if tab else f"`{text[offset]}` cannot begin a value"
        hint = "indent with spaces" if tab else "put the text in quotes"
    elif "node content" in said:
        rest = text[offset:].lstrip("\0 \r\n")
        said, hint = (
            (f"`{rest[0]}` stands where a value was expected", "put text that begins with it in quotes")
            if rest
            else ("it ends before it is complete", "was it cut off?")
        )
    elif "unexpected end of stream" in said or "document indicator" in said:
        offset, said, hint = began, "a quotation mark is not closed", "close it on the same line"
    elif "expected ',' or" in said:
        closing = said.partition("or '")[2][:1]
        said = f"`,` or `{closing}` is missing before this"
        hint = f"the list or group in brackets begins at line {places.at(began).line}"
    elif "expected key" in said and line_before.strip():
        said, hint = "the line should have ended before this", "put the whole text in quotes"
    else:
        said, hint = next(((what, advice) for part, what, advice in _SYNTAX if part in said), (said, hint))
    language = "JSON" if places.name.lower().endswith(_JSON_SUFFIXES) else "YAML"
    return Problem(places.at(offset), f"this is not valid {language}: {said}", hint)
