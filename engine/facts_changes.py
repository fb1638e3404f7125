"""Changes to the facts of a file before they are read: single facts, fields, records and lists, each by its path.

A path is `section.fact`, a list (`conflicts`, `reputation.incidents`), a record of it (`conflicts.C1`) or a field of a
record (`conflicts.C1.status`); of ids that begin alike, the longest that fits is meant. What is put there is a node
like any other of the file: whether it is right is found out when the whole is read. In the place of a record, `unknown`
takes it away: the others of its list stay known.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from collections.abc import Mapping as Named
from collections.abc import Sequence as Listed
from typing import NamedTuple

from engine.case import Case
from engine.errors import FactsError, Location, Problem, did_you_mean
from engine.facts_file import UNKNOWN, case_of
from engine.parse.fields import Problems
from engine.sources import Mapping, Node, Scalar, Sequence, describe, parse, shorten
from engine.vocabulary import RecordList, Vocabulary

_MOST_IDS = 20
"""More are not listed in a hint."""


class LetGo(NamedTuple):
    """A field of a record that referred to another record (`referred_to`, its path) until that was taken away."""

    path: str
    referred_to: str


class ChangedCase(NamedTuple):
    """A case with changes, and the references to records which they took away."""

    case: Case
    let_go: tuple[LetGo, ...]


class _Placed(NamedTuple):
    """One change: the parts of its path, what is put there, and where the change is written."""

    parts: tuple[str, ...]
    value: Node
    place: Location

    @property
    def path(self) -> str:
        return ".".join(self.parts)


def changed_case(
    name: str, content: bytes, changes: Listed[tuple[str, str]], vocabulary: Vocabulary, option: str = "--set"
) -> ChangedCase:
    """The case of a facts file's content with changes, each a path and the text of a value as a facts file writes it.

    All changes are made together: their order means nothing, and none may lie within another. Where records are taken
    away, what the file says to refer to them refers to nothing.

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
    for one in _together(_read(changes, changer, option), changer):
        changer.place(one.parts, one.value, one.place)
        steps.append((one.place, changer.facts))
    let_go = changer.let_go(name, vocabulary)
    try:
        case = case_of(name, changer.facts, vocabulary)
    except FactsError as error:
        raise FactsError([*problems.found, *_at_their_change(error.problems, name, steps, vocabulary)]) from None
    if problems.found:
        raise FactsError(problems.found)
    return ChangedCase(case, let_go)


def record_and_field(rest: str, ids: Iterable[str]) -> tuple[str, str]:
    """What follows the path of a list, as the id of a record and a field (empty for the record as a whole).

    Ids may have points in them: the longest that fits is taken; where none does, what stands before the first point.
    """
    fitting = [one for one in ids if rest == one or rest.startswith(f"{one}.")]
    if not fitting:
        wanted, _, field = rest.partition(".")
        return wanted, field
    longest = max(fitting, key=len)
    return longest, rest[len(longest) + 1 :]


def _read(changes: Listed[tuple[str, str]], changer: Changer, option: str) -> list[_Placed]:
    """The changes as nodes; those that cannot be read are noted as problems."""
    found = []
    for path, text in changes:
        place = Location(f"{option} {path}", 1, 1)
        if not text.strip():
            hint = "write `unknown` for what is not known"
            changer.problems.add(place, f"`{shorten(path)}` is given no value", hint)
            continue
        value = parse(place.file, text.encode())
        changer.problems.found += value.problems
        parts = changer.parts(path, place)
        if value.root is not None and parts:
            found.append(_Placed(parts, value.root, place))
    return found


def _together(changes: list[_Placed], changer: Changer) -> list[_Placed]:
    """The changes in an order in which each finds the records that it names; none that lies within another."""
    left = []
    for one in changes:
        around = [other for other in changes if other is not one and one.parts[: len(other.parts)] == other.parts]
        if not around:
            left.append(one)
            continue
        whole = shorten(around[0].path)
        if one.parts == around[0].parts:
            changer.problems.add(one.place, f"`{whole}` is changed twice")
        else:
            message = f"`{shorten(one.path)}` lies within `{whole}`, which is changed as a whole"
            changer.problems.add(one.place, message, "make one of the two changes")
    # What gives a record another id comes last: until then, the others find it, and those taken away make room.
    return sorted(left, key=lambda one: changer.renames(one.parts) and not _is_unknown(one.value))


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
        self._taken: dict[str, set[str]] = {}

    def put(self, path: str, value: Node, place: Location) -> None:
        """Puts a value in the place of the one at `section.fact`, `list` or `list.record.field`."""
        self.place(self.parts(path, place), value, place)

    def drop(self, path: Scalar) -> None:
        """Takes away the fact, field, list or record at a path."""
        self.place(self.parts(path.text, path.location), None, path.location)

    def parts(self, path: str, place: Location) -> tuple[str, ...]:
        """A path as the names in it, by the records that there are; none, and a problem, where one of them is empty."""
        found: list[str] = []
        node: Node | None = self.facts
        rest = path
        while rest or not found:
            if isinstance(node, Sequence):
                items = self._by_id(node, tuple(found))
                name, rest = record_and_field(rest, items)
                node = items.get(name)
            else:
                name, _, rest = rest.partition(".")
                node = node.entries.get(name) if isinstance(node, Mapping) else None
            found.append(name)
        if ".".join(found) == path and all(part.strip() for part in found):
            return tuple(found)
        hint = "names in a path are joined by one point each, as in `conflicts.C1.status`"
        self.problems.add(place, f"`{shorten(path)}` has an empty part", hint)
        return ()

    def renames(self, parts: tuple[str, ...]) -> bool:
        """Whether a change at a path may give a record another id."""
        *home, last = parts
        return ".".join(home) in self.keys or self.keys.get(".".join(home[:-1])) == last

    def place(self, parts: tuple[str, ...], value: Node | None, place: Location) -> None:
        """Puts a value at a path that is given by its parts, or with None takes away what is there."""
        if parts:
            changed = self._at(self.facts, (), parts, value, place)
            self.facts = changed if isinstance(changed, Mapping) else self.facts

    def let_go(self, file: str, vocabulary: Vocabulary) -> tuple[LetGo, ...]:
        """Takes away what refers to records that were taken away, where `file` says so and no change does."""
        found: list[LetGo] = []
        for known in vocabulary.lists.values():
            refer = {name: field.type.refers_to for name, field in known.fields.items() if field.type.refers_to}
            targets = {name: vocabulary.lists[target] for name, target in refer.items() if target in vocabulary.lists}
            gone = {name: self._gone(target) for name, target in targets.items()}
            records = self._list(known) if any(gone.values()) else None
            if records is None:
                continue
            items: list[Node] = []
            for item in records.items:
                stale = _stale(item, gone, file)
                items.append(_without(item, stale) if isinstance(item, Mapping) and stale else item)
                id_ = item.scalar(known.key) if isinstance(item, Mapping) else None
                found += [
                    LetGo(f"{known.path}.{id_.text if id_ else '?'}.{name}", f"{targets[name].path}.{referred}")
                    for name, referred in stale.items()
                ]
            self.place(tuple(known.path.split(".")), Sequence(items, records.location), records.location)
        return tuple(found)

    def _gone(self, known: RecordList) -> set[str]:
        """The ids of records that were taken away, and that no other record has now."""
        taken = self._taken.get(known.path, set())
        records = self._list(known) if taken else None
        return taken - set(self._by_id(records, tuple(known.path.split(".")))) if records else taken

    def _list(self, known: RecordList) -> Sequence | None:
        node: Node | None = self.facts
        for name in known.path.split("."):
            node = node.entries.get(name) if isinstance(node, Mapping) else None
        return node if isinstance(node, Sequence) else None

    def _by_id(self, node: Sequence, path: tuple[str, ...]) -> dict[str, Mapping]:
        """The records of a list by their ids."""
        key = self.keys.get(".".join(path), "id")
        named = [(item.scalar(key), item) for item in node.items if isinstance(item, Mapping)]
        return {id_.text: item for id_, item in named if id_ is not None}

    def _at(
        self, node: Node, done: tuple[str, ...], rest: tuple[str, ...], value: Node | None, place: Location
    ) -> Node:
        if isinstance(node, Mapping):
            return self._in_mapping(node, done, rest, value, place)
        if isinstance(node, Sequence):
            return self._in_list(node, done, rest, value, place)
        self.problems.add(place, f"`{shorten('.'.join(done))}` is one value, and has no `{shorten(rest[0])}`")
        return node

    def _in_mapping(
        self, node: Mapping, done: tuple[str, ...], rest: tuple[str, ...], value: Node | None, place: Location
    ) -> Node:
        name, further = rest[0], rest[1:]
        entries, keys = dict(node.entries), dict(node.keys)
        path, old = (*done, name), entries.get(name)
        if further:
            if old is None and ".".join(path) in self.keys:
                message = f"`{'.'.join(path)}` is left out, and has no record `{shorten(further[0])}` to change"
                self.problems.add(place, message)
                return node
            entries[name] = self._at(Mapping({}, {}, place) if old is None else old, path, further, value, place)
        elif value is not None:
            entries[name] = value
        elif name in entries:
            del entries[name], keys[name]
        else:
            self.problems.add(place, f"there is no `{shorten('.'.join(path))}` to take away")
        if not further and isinstance(old, Sequence):
            left = self._by_id(value, path) if isinstance(value, Sequence) else {}
            self._taken.setdefault(".".join(path), set()).update(self._by_id(old, path).keys() - left.keys())
        if name in entries:
            keys.setdefault(name, place)
        return Mapping(entries, keys, node.location)

    def _in_list(
        self, node: Sequence, done: tuple[str, ...], rest: tuple[str, ...], value: Node | None, place: Location
    ) -> Node:
        path, wanted, further = ".".join(done), rest[0], rest[1:]
        ids = self._by_id(node, done)
        if wanted not in ids:
            few = f"the ids are {', '.join(sorted(ids))}" if len(ids) <= _MOST_IDS else ""
            hint = did_you_mean(wanted, ids, few if ids else f"`{path}` is empty")
            self.problems.add(place, f"`{path}` has no record `{shorten(wanted)}` to change", hint)
            return node
        key = self.keys.get(path, "id")
        items: list[Node] = []
        for item in node.items:
            named = item.scalar(key) if isinstance(item, Mapping) else None
            if named is None or named.text != wanted:
                items.append(item)
            elif further:
                items.append(self._at(item, (*done, wanted), further, value, place))
            elif value is not None and not _is_unknown(value):
                items.append(value)
            else:
                self._taken.setdefault(path, set()).add(wanted)
        return Sequence(items, node.location)


def _is_unknown(value: Node) -> bool:
    return isinstance(value, Scalar) and value.text == UNKNOWN


def _stale(item: Node, gone: Named[str, Container[str]], file: str) -> dict[str, str]:
    """The fields of a record that refer to records that are `gone`, with their ids, as far as `file` says so."""
    found: dict[str, str] = {}
    if not isinstance(item, Mapping):
        return found
    for name, ids in gone.items():
        said = item.entries.get(name)
        if isinstance(said, Mapping):
            said = said.entries.get("value")
        if isinstance(said, Scalar) and said.location.file == file and said.text in ids:
            found[name] = said.text
    return found


def _without(node: Mapping, names: Container[str]) -> Mapping:
    """A record without some of its fields."""
    entries = {name: entry for name, entry in node.entries.items() if name not in names}
    return Mapping(entries, {name: place for name, place in node.keys.items() if name in entries}, node.location)
