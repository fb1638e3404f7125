"""Reading the keys of one mapping in a ruleset file, gathering every problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.errors import Location, Problem, did_you_mean, one_of
from engine.sources import Mapping, Node, Scalar, Sequence, describe, shorten
from engine.vocabulary import Kind, ValueProblem, ValueType, read_value


@dataclass
class Problems:
    """The problems found so far, in any file."""

    found: list[Problem] = field(default_factory=list)

    def add(self, location: Location, message: str, hint: str = "") -> None:
        """Notes one problem."""
        self.found.append(Problem(location, message, hint))

    def note(self, problem: Problem | None) -> None:
        """Notes a problem found elsewhere; None is one that is noted already."""
        if problem is not None:
            self.found.append(problem)


class Fields:
    """The keys of one mapping: each is asked for once, and `finish` names those nobody asked for."""

    def __init__(self, node: Mapping, what: str, problems: Problems) -> None:
        self.node = node
        self.what = what
        self.problems = problems
        self.asked: set[str] = set()

    @property
    def location(self) -> Location:
        """Where the mapping begins."""
        return self.node.location

    def at(self, key: str) -> Location:
        """Where the value of a key stands, or the mapping where the key is missing."""
        node = self.node.entries.get(key)
        return node.location if node is not None else self.node.location

    def node_of(self, key: str, required: bool = False) -> Node | None:
        """The node under a key, whatever it is."""
        self.asked.add(key)
        node = self.node.entries.get(key)
        if node is None and required:
            self.problems.add(self.node.location, f"{self.what} needs `{key}`")
        return node

    def text(self, key: str, required: bool = False, default: str = "") -> str:
        """The text under a key, without the white space around it."""
        node = self.node_of(key, required)
        if node is None:
            return default
        if not isinstance(node, Scalar):
            self.problems.add(node.location, f"`{key}` is {describe(node)}, expected text")
            return default
        if required and not node.text.strip():
            self.problems.add(node.location, f"`{key}` is empty, expected text")
        return node.text.strip()

    def word(self, key: str, allowed: Iterable[str], default: str = "", required: bool = False) -> str:
        """One of a few words."""
        node = self.node_of(key, required)
        if node is None:
            return default
        allowed = tuple(allowed)
        if not isinstance(node, Scalar) or node.text not in allowed:
            hint = did_you_mean(node.text, allowed) if isinstance(node, Scalar) else ""
            self.problems.add(node.location, f"`{key}` is {describe(node)}, expected {one_of(allowed)}", hint)
            return default
        return node.text

    def number(self, key: str, kind: Kind = Kind.AMOUNT, required: bool = False) -> float | int | None:
        """A number under a key, or None."""
        value = self.typed(key, ValueType.of(kind), required)
        return value if isinstance(value, (int, float)) else None

    def flag(self, key: str) -> bool:
        """`true` or `false`; false where it is not given."""
        return self.typed(key, ValueType(Kind.FLAG)) is True

    def typed(self, key: str, kind: ValueType, required: bool = False) -> object:
        """A value of a given type, or None."""
        node = self.node_of(key, required)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.problems.add(node.location, f"`{key}` is {describe(node)}, expected {kind.expected()}")
            return None
        try:
            return read_value(kind, node.text, node.quoted)
        except ValueProblem as problem:
            self.problems.add(node.location, f"`{key}` is {describe(node)}, expected {problem.expected}", problem.hint)
            return None

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        return tuple(item.text.strip() for item in self.scalars(key, required))

    def scalars(self, key: str, required: bool = False) -> tuple[Scalar, ...]:
        """The scalars of a list, with their places; a single scalar counts as a list of one."""
        node = self.node_of(key, required)
        if node is None:
            return ()
        if isinstance(node, Scalar):
            return (node,)
        if isinstance(node, Mapping):
            self.problems.add(node.location, f"`{key}` is {describe(node)}, expected a list")
            return ()
        for item in node.items:
            if not isinstance(item, Scalar):
                self.problems.add(item.location, f"`{key}` holds {describe(item)}, expected text")
        return tuple(item for item in node.items if isinstance(item, Scalar))

    def scalar(self, key: str, required: bool = False) -> Scalar | None:
        """The scalar under a key, with its place, or None."""
        node = self.node_of(key, required)
        if node is None or isinstance(node, Scalar):
            return node
        self.problems.add(node.location, f"`{key}` is {describe(node)}, expected one name or value")
        return None

    def mapping(self, key: str, required: bool = False) -> Mapping | None:
        """The mapping under a key."""
        node = self.node_of(key, required)
        if node is None or isinstance(node, Mapping):
            return node
        self.problems.add(node.location, f"`{key}` is {describe(node)}, expected names and values")
        return None

    def named_texts(self, key: str, required: bool = False) -> dict[str, str]:
        """Texts by their names, under a key; there is at least one."""
        node = self.mapping(key, required)
        if node is None:
            return {}
        if not node.entries:
            self.problems.add(node.location, f"`{key}` is empty, expected names and texts")
        inner = Fields(node, f"`{key}`", self.problems)
        return {name: inner.text(name, required=True) for name in node.entries}

    def sequence(self, key: str, required: bool = False) -> tuple[Node, ...]:
        """The items of the list under a key."""
        node = self.node_of(key, required)
        if node is None:
            return ()
        if isinstance(node, Sequence):
            return tuple(node.items)
        self.problems.add(node.location, f"`{key}` is {describe(node)}, expected a list")
        return ()

    def finish(self) -> None:
        """Reports keys that nobody asked for: nothing is silently ignored."""
        for key in self.node.entries:
            if key not in self.asked:
                hint = did_you_mean(key, self.asked, f"known here: {', '.join(sorted(self.asked))}")
                self.problems.add(self.node.keys[key], f"unknown key `{shorten(key)}` in {self.what}", hint)
