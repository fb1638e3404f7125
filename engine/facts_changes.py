"""Changes to the facts of a file before they are read: single facts, fields, records and lists, each by its path.

A path is `section.fact`, a list (`conflicts`, `reputation.incidents`), a record of it (`conflicts.C1`) or a field of a
record (`conflicts.C1.status`). What is put there is a node like any other of the file: whether it is right is found
out when the whole is read. In the place of a record, `unknown` takes it away: the others of its list stay known.
"""

from __future__ import annotations

from collections.abc import Sequence as Listed

from engine.case import Case
from engine.errors import FactsError, Location, Problem
from engine.facts_file import UNKNOWN, case_of
from engine.parse.fields import Problems
from engine.sources import Mapping, Node, Scalar, Sequence, describe, parse, shorten
from engine.vocabulary import Vocabulary


def changed_case(
    name: str, content: bytes, changes: Listed[tuple[str, str]], vocabulary: Vocabulary, option: str = "--set"
) -> Case:
    """The case of a facts file's content with changes, each a path and the text of a value as a facts file writes it.

    Raises FactsError with all problems. What is wrong with a change is located at `option` and its path; so is what
    the change makes wrong elsewhere in the file, with the place there. What was wrong before keeps its place.
    """
    document = parse(name, content)
    problems = Problems(list(document.problems))
    root = document.root
    if not isinstance(root, Mapping):
        if root is not None:
            problems.add(root.location, f"expected sections such as `alliance:`, found {describe(root)}")
        raise FactsError(problems.found)
    changer = Changer(root, vocabulary, problems)
    steps = [(Location(name, 1, 1), root)]
    for path, text in changes:
        place = Location(f"{option} {path}", 1, 1)
        if not text.strip():
            problems.add(place, f"`{shorten(path)}` is given no value", "write `unknown` for what is not known")
            continue
        value = parse(place.file, text.encode())
        problems.found += value.problems
        if value.root is not None:
            changer.put(path, value.root, place)
            steps.append((place, changer.facts))
    try:
        case = case_of(name, changer.facts, vocabulary)
    except FactsError as error:
        raise FactsError([*problems.found, *_at_their_change(error.problems, name, steps, vocabulary)]) from None
    if problems.found:
        raise FactsError(problems.found)
    return case


def _at_their_change(
    problems: Listed[Problem], name: str, steps: Listed[tuple[Location, Mapping]], vocabulary: Vocabulary
) -> list[Problem]:
    """Problems of changed facts, those in the file `name` that a change makes located at that change.

    `steps` are the facts as they were and after each change, with the place of the change. A problem is made by the
    first change from which on it stays.
    """
    kept = [problem for problem in problems if problem.location.file != name]
    left = [problem for problem in problems if problem.location.file == name]
    for (_, before), (place, _) in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        if not left:
            break
        already = {problem[:2] for problem in _problems(name, before, vocabulary)}
        made = [one for one in left if one[:2] not in already]
        kept += [one._replace(location=place, message=f"{one.message}, at {one.location}") for one in made]
        left = [one for one in left if one[:2] in already]
    return [*kept, *left]


def _problems(name: str, facts: Mapping, vocabulary: Vocabulary) -> tuple[Problem, ...]:
    try:
        case_of(name, facts, vocabulary)
    except FactsError as error:
        return error.problems
    return ()


class Changer:
    """Changes single facts, fields and records, each by its path; what was there before stays as it is."""

    def __init__(self, facts: Mapping, vocabulary: Vocabulary, problems: Problems) -> None:
        self.facts = facts
        self.problems = problems
        self.keys = {path: records.key for path, records in vocabulary.list_paths.items()}

    def put(self, path: str, value: Node, place: Location) -> None:
        """Puts a value in the place of the one at `section.fact`, `list` or `list.record.field`."""
        self._change(path, value, place)

    def drop(self, path: Scalar) -> None:
        """Takes away the fact, field, list or record at a path."""
        self._change(path.text, None, path.location)

    def _change(self, path: str, value: Node | None, place: Location) -> None:
        parts = path.split(".")
        if not all(part.strip() for part in parts):
            hint = "names in a path are joined by one point each, as in `conflicts.C1.status`"
            self.problems.add(place, f"`{shorten(path)}` has an empty part", hint)
            return
        changed = self._at(self.facts, (), parts, value, place)
        self.facts = changed if isinstance(changed, Mapping) else self.facts

    def _at(self, node: Node, done: tuple[str, ...], rest: list[str], value: Node | None, place: Location) -> Node:
        if isinstance(node, Mapping):
            return self._in_mapping(node, done, rest, value, place)
        if isinstance(node, Sequence):
            return self._in_list(node, done, rest, value, place)
        self.problems.add(place, f"`{shorten('.'.join(done))}` is one value, and has no `{shorten(rest[0])}`")
        return node

    def _in_mapping(
        self, node: Mapping, done: tuple[str, ...], rest: list[str], value: Node | None, place: Location
    ) -> Node:
        name, further = rest[0], rest[1:]
        entries, keys = dict(node.entries), dict(node.keys)
        if further:
            old = entries.get(name, Mapping({}, {}, place))
            entries[name] = self._at(old, (*done, name), further, value, place)
        elif value is not None:
            entries[name] = value
        elif name in entries:
            del entries[name], keys[name]
        else:
            self.problems.add(place, f"there is no `{shorten('.'.join((*done, name)))}` to take away")
        if name in entries:
            keys.setdefault(name, place)
        return Mapping(entries, keys, node.location)

    def _in_list(
        self, node: Sequence, done: tuple[str, ...], rest: list[str], value: Node | None, place: Location
    ) -> Node:
        key = self.keys.get(".".join(done), "id")
        wanted, further = rest[0], rest[1:]
        items = []
        found = False
        for item in node.items:
            named = item.scalar(key) if isinstance(item, Mapping) else None
            if named is None or named.text != wanted:
                items.append(item)
                continue
            found = True
            if further:
                items.append(self._at(item, (*done, wanted), further, value, place))
            elif value is not None and not (isinstance(value, Scalar) and value.text == UNKNOWN):
                items.append(value)
        if not found:
            self.problems.add(place, f"`{'.'.join(done)}` has no record `{shorten(wanted)}` to change")
        return Sequence(items, node.location)
