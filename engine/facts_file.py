"""A facts file becomes a case: every problem found in one reading, each at its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from engine.case import Case, Entry, Record
from engine.errors import FactsError, Location, Problem, did_you_mean, one_of
from engine.sources import Mapping, Node, Scalar, Sequence, describe, parse, read, shorten
from engine.vocabulary import (
    Fact,
    Kind,
    RecordList,
    Section,
    Value,
    ValueProblem,
    ValueType,
    Vocabulary,
    period_order,
    read_value,
)

MAX_PROBLEMS = 500
"""More are not looked for: a file with so many is not a facts file of this vocabulary."""

UNKNOWN = "unknown"
LONG_FORM = ("value", "low", "high", "source", "confidence", "disputed", "plausible", "dated")
CONFIDENCE = ("high", "medium", "low")


def load_case(path: str, vocabulary: Vocabulary) -> Case:
    """Reads a facts file (`-` is standard input). Raises FactsError with all its problems."""
    name, content = read(path)
    return parse_case(name, content, vocabulary)


def parse_case(name: str, content: bytes, vocabulary: Vocabulary) -> Case:
    """The case that the content of a facts file describes; `name` is used in messages."""
    document = parse(name, content)
    return _case(_Loader(name, vocabulary, list(document.problems)), document.root)


def case_of(name: str, root: Node, vocabulary: Vocabulary) -> Case:
    """The case that a tree of facts within the file `name` describes. Raises FactsError with all its problems."""
    return _case(_Loader(name, vocabulary, []), root)


def _case(loader: _Loader, root: Node | None) -> Case:
    if root is not None:
        loader.load(root)
    if loader.problems:
        raise FactsError(loader.problems)
    return loader.case()


@dataclass
class _Loader:
    file: str
    vocabulary: Vocabulary
    problems: list[Problem]
    facts: dict[str, Entry] = field(default_factory=dict)
    lists: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    """Record lists that are given but are no lists: whether a reference into them dangles cannot be told."""
    references: list[tuple[str, str, Location]] = field(default_factory=list)

    def fault(self, location: Location, message: str, hint: str = "") -> None:
        self.problems.append(Problem(location, message, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            self.problems.append(Problem(location, f"more than {MAX_PROBLEMS} problems; the rest was not checked"))
            raise FactsError(self.problems)

    def case(self) -> Case:
        """The case, with everything in the order of the vocabulary: the order of the file means nothing."""
        facts = {name: self.facts[name] for name in self.vocabulary.facts if name in self.facts}
        lists = {name: self.lists[name] for name in self.vocabulary.lists if name in self.lists}
        return Case(facts, lists)

    def load(self, root: Node) -> None:
        if not isinstance(root, Mapping):
            self.fault(root.location, f"expected sections such as `alliance:`, found {describe(root)}")
            return
        for name, node in root.entries.items():
            section = self.vocabulary.sections.get(name)
            if section is None:
                self.fault(root.keys[name], f"unknown section `{shorten(name)}`", self._section_hint(name))
            else:
                self._section(section, node)
        self._check_required(root)
        self._check_references()

    def _section_hint(self, name: str) -> str:
        homes = [fact for fact in self.vocabulary.facts if fact.endswith(f".{name}")]
        homes += [records.path for records in self.vocabulary.lists.values() if records.name == name]
        if homes:
            return f"`{shorten(name)}` belongs to a section: {one_of(sorted(homes))}"
        return did_you_mean(name, self.vocabulary.sections, f"the sections are {', '.join(self.vocabulary.sections)}")

    def _section(self, section: Section, node: Node) -> None:
        whole = next((records for records in section.lists if records.path == section.name), None)
        if whole is not None:
            self._records(whole, node)
            return
        if not isinstance(node, Mapping):
            self.fault(node.location, f"`{section.name}` holds names and values, found {describe(node)}")
            return
        facts = {fact.name.partition(".")[2]: fact for fact in section.facts}
        lists = {records.path.partition(".")[2]: records for records in section.lists}
        for name, child in node.entries.items():
            if name in facts:
                entry = self._entry(facts[name], f"{section.name}.{name}", child)
                if entry is not None:
                    self.facts[f"{section.name}.{name}"] = entry
            elif name in lists:
                self._records(lists[name], child)
            else:
                self.fault(
                    node.keys[name],
                    f"unknown fact `{section.name}.{shorten(name)}`",
                    self._stray_hint(node, name) or self._fact_hint(section.name, name, [*facts, *lists]),
                )

    def _fact_hint(self, section: str, name: str, here: list[str]) -> str:
        hint = did_you_mean(name, here)
        if hint:
            return hint
        elsewhere = sorted(fact for fact in self.vocabulary.facts if fact.partition(".")[2] == name)
        if elsewhere:
            return f"did you mean {one_of(elsewhere)}?"
        return f"`{section}` has {', '.join(here)}"

    def _records(self, records: RecordList, node: Node) -> None:
        if isinstance(node, Scalar) and node.text == UNKNOWN:
            return
        if not isinstance(node, Sequence):
            self.unreadable.add(records.name)
            self.fault(
                node.location,
                f"`{records.path}` is a list of records, found {describe(node)}",
                f"begin each {records.singular} with `- {records.key}: …`; write `[]` where there is none",
            )
            return
        found: dict[str, Record] = {}
        for item in node.items:
            record = self._record(records, item)
            if record is None:
                continue
            if record.id in found:
                place = self._key_location(records, item)
                self.fault(place, f"{records.singular} `{shorten(record.id)}` is given twice", "each needs its own id")
            else:
                found[record.id] = record
        by_period = records.fields[records.key].type.kind is Kind.PERIOD
        ordered = sorted(found, key=lambda key: (period_order(key) if by_period else (0, 0), key))
        self.lists[records.name] = tuple(found[key] for key in ordered)

    def _key_location(self, records: RecordList, item: Node) -> Location:
        if isinstance(item, Mapping) and records.key in item.entries:
            return item.entries[records.key].location
        return item.location

    def _record(self, records: RecordList, item: Node) -> Record | None:
        if not isinstance(item, Mapping):
            self.fault(item.location, f"expected a {records.singular} with `{records.key}: …`, found {describe(item)}")
            return None
        entries: dict[str, Entry] = {}
        for name, child in item.entries.items():
            known = records.fields.get(name)
            if known is None:
                hint = did_you_mean(name, records.fields, f"a {records.singular} has {', '.join(records.fields)}")
                hint = self._stray_hint(item, name) or hint
                self.fault(item.keys[name], f"unknown field `{shorten(name)}` of a {records.singular}", hint)
                continue
            entry = self._entry(known, f"{records.name}.{name}", child)
            if entry is None:
                continue
            entries[name] = entry
            if known.type.refers_to and isinstance(entry.value, str):
                place = child.entries["value"].location if isinstance(child, Mapping) else child.location
                self.references.append((known.type.refers_to, entry.value, place))
        for name in records.fields:
            if name not in item.entries and self._is_needed(f"{records.name}.{name}"):
                self.fault(item.location, f"a {records.singular} needs `{name}`")
        key = entries.get(records.key)
        if key is None:
            return None
        return Record(str(key.value), {name: entries[name] for name in records.fields if name in entries})

    def _stray_hint(self, node: Mapping, name: str) -> str:
        """A hint for a name without a colon, as a comma between braces makes it."""
        place = node.keys[name]
        if node.entries[name].location == place._replace(column=place.column + len(name)):
            return "between braces, put text with commas in quotes and write decimals with a point"
        return ""

    def _is_needed(self, name: str) -> bool:
        """Whether this fact, or field of a list (`list.field`), can be neither unknown nor left out."""
        fact = self.vocabulary.facts.get(name)
        if fact is not None:
            return fact.required
        list_name, _, field_name = name.partition(".")
        records = self.vocabulary.lists.get(list_name)
        known = records.fields.get(field_name) if records is not None else None
        return records is not None and known is not None and (known.required or field_name == records.key)

    def _entry(self, fact: Fact, name: str, node: Node) -> Entry | None:
        """The entry of a fact or field in either form; a needed one may be neither unknown nor empty."""
        before = len(self.problems)
        entry = self._long_form(fact.type, name, node) if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) and (value := self._value(fact.type, name, node)) is not None:
            entry = Entry(value)
        if len(self.problems) == before and self._is_needed(name):
            place = node.entries["value"].location if isinstance(node, Mapping) else node.location
            if entry is None:
                self.fault(place, f"`{name}` must be known", f"expected {fact.type.expected()}")
            elif isinstance(entry.value, str) and not entry.value.strip():
                self.fault(place, f"`{name}` is empty, expected {fact.type.expected()}")
        return entry

    def _long_form(self, kind: ValueType, name: str, node: Mapping) -> Entry | None:
        for key in node.entries:
            if key not in LONG_FORM:
                hint = did_you_mean(key, LONG_FORM, f"the long form has {', '.join(LONG_FORM)}")
                hint = self._stray_hint(node, key) or hint
                self.fault(node.keys[key], f"unknown key `{shorten(key)}` in the long form of `{name}`", hint)
        if "value" not in node.entries:
            self.fault(node.location, f"the long form of `{name}` needs `value`", f"{name}: {{value: …, source: …}}")
            return None
        value = self._value(kind, name, node.entries["value"])
        low, high = self._bounds(kind, name, node, value)
        entry = Entry(
            value if value is not None else "",
            low=low,
            high=high,
            plausible=self._plausible(kind, name, node),
            source=self._text(node, "source"),
            confidence=self._confidence(node),
            disputed=self._flag(node, "disputed"),
            dated=self._dated(node),
        )
        return None if value is None else entry

    def _value(self, kind: ValueType, name: str, node: Node) -> Value | None:
        """The value of a node, or None where it is unknown or (with a problem noted) not valid."""
        if isinstance(node, Scalar):
            # In quotes too: JSON has no other way to say so.
            if node.text == UNKNOWN:
                return None
            if _is_null(node):
                ways = "" if self._is_needed(name) else "; write `unknown` or leave it out"
                self.fault(node.location, f"`{name}` has no value", f"expected {kind.expected()}{ways}")
                return None
        if kind.kind is Kind.CHOICES:
            return self._choices(kind, name, node)
        if not isinstance(node, Scalar):
            self.fault(node.location, f"`{name}` is {describe(node)}, expected {kind.expected()}")
            return None
        try:
            value = read_value(kind, node.text, node.quoted)
        except ValueProblem as problem:
            self.fault(node.location, f"`{name}` is {describe(node)}, expected {problem.expected}", problem.hint)
            return None
        return value

    def _choices(self, kind: ValueType, name: str, node: Node) -> tuple[str, ...] | None:
        if not isinstance(node, Sequence):
            self.fault(
                node.location,
                f"`{name}` is {describe(node)}, expected a list of {kind.expected()}",
                f"write `[{shorten(node.text)}]`" if isinstance(node, Scalar) else "",
            )
            return None
        chosen: list[str] = []
        for item in node.items:
            if isinstance(item, Scalar) and item.text == UNKNOWN:
                self.fault(item.location, f"`{UNKNOWN}` stands in the list `{name}`", f"write `{name}: {UNKNOWN}`")
                continue
            one = self._value(ValueType(Kind.CHOICE, kind.values), name, item)
            if one in chosen:
                self.fault(item.location, f"`{one}` stands twice in `{name}`")
            elif isinstance(one, str):
                chosen.append(one)
        # The order in which values were written means nothing: the vocabulary's is used.
        return tuple(value for value in kind.values if value in chosen)

    def _bounds(
        self, kind: ValueType, name: str, node: Mapping, value: Value | None
    ) -> tuple[Value | None, Value | None]:
        given = [key for key in ("low", "high") if key in node.entries]
        if given and not kind.kind.is_number and kind.kind is not Kind.DATE:
            message = f"`{given[0]}` is for numbers and dates; `{name}` takes {kind.expected()}"
            self.fault(node.keys[given[0]], message, "use `plausible`")
            return None, None
        ends = {key: self._value(kind, f"{name}.{key}", node.entries[key]) for key in given}
        low, high = ends.get("low"), ends.get("high")
        if _later(low, value):
            self.fault(node.entries["low"].location, f"`low` of `{name}` lies above its value")
        elif _later(low, high):
            self.fault(node.entries["low"].location, f"`low` of `{name}` lies above `high`")
        elif _later(value, high):
            self.fault(node.entries["high"].location, f"`high` of `{name}` lies below its value")
        return low, high

    def _plausible(self, kind: ValueType, name: str, node: Mapping) -> tuple[str, ...]:
        child = node.entries.get("plausible")
        if child is None:
            return ()
        if kind.kind not in (Kind.CHOICE, Kind.CHOICES, Kind.FLAG):
            hint = "use `low` and `high`" if kind.kind.is_number or kind.kind is Kind.DATE else ""
            self.fault(node.keys["plausible"], f"`plausible` is for choices; `{name}` takes {kind.expected()}", hint)
            return ()
        several = ValueType(Kind.CHOICES, kind.values or ("true", "false"))
        return self._choices(several, f"{name}.plausible", child) or ()

    def _text(self, node: Mapping, key: str) -> str:
        child = node.entries.get(key)
        if child is None:
            return ""
        if not isinstance(child, Scalar):
            self.fault(child.location, f"`{key}` is {describe(child)}, expected text", "put text with colons in quotes")
            return ""
        if _is_null(child):
            self.fault(child.location, f"`{key}` has no value", "expected text; write it or leave it out")
        return child.text

    def _confidence(self, node: Mapping) -> str:
        child = node.entries.get("confidence")
        if child is None:
            return "high"
        if not isinstance(child, Scalar) or child.text not in CONFIDENCE:
            hint = did_you_mean(child.text, CONFIDENCE) if isinstance(child, Scalar) else ""
            self.fault(child.location, f"`confidence` is {describe(child)}, expected {one_of(CONFIDENCE)}", hint)
            return "high"
        return child.text

    def _flag(self, node: Mapping, key: str) -> bool:
        child = node.entries.get(key)
        if child is None:
            return False
        value = self._value(ValueType(Kind.FLAG), key, child)
        return value is True

    def _dated(self, node: Mapping) -> date | None:
        child = node.entries.get("dated")
        if child is None:
            return None
        value = self._value(ValueType(Kind.DATE), "dated", child)
        return value if isinstance(value, date) else None

    def _check_required(self, root: Mapping) -> None:
        for fact in self.vocabulary.facts.values():
            section, _, name = fact.name.partition(".")
            node = root.entries.get(section)
            if not fact.required or (node is not None and not isinstance(node, Mapping)):
                continue
            if node is None or name not in node.entries:
                place = node.location if node is not None else Location(self.file, 1, 1)
                self.fault(place, f"`{fact.name}` is missing", f"expected {fact.type.expected()}")

    def _check_references(self) -> None:
        ids = {name: {record.id for record in records} for name, records in self.lists.items()}
        for target, wanted, place in self.references:
            known = ids.get(target, set())
            if wanted in known or target in self.unreadable:
                continue
            records = self.vocabulary.lists[target]
            if target not in ids:
                hint = f"`{records.path}` is left out"
            else:
                few = f"the ids are {', '.join(sorted(known))}" if 0 < len(known) <= 20 else ""
                hint = did_you_mean(wanted, known, few if known else f"`{records.path}` is empty")
            self.fault(place, f"there is no {records.singular} `{shorten(wanted)}`", hint)


def _is_null(node: Scalar) -> bool:
    """Whether YAML or JSON would call this nothing."""
    return not node.quoted and node.text in ("", "~", "null")


def _later(first: Value | None, second: Value | None) -> bool:
    """Whether `first` certainly lies after `second`; both are numbers or both dates."""
    if isinstance(first, date) and isinstance(second, date):
        return first > second
    numbers = (int, float)
    if isinstance(first, numbers) and isinstance(second, numbers):
        return first > second
    return False
