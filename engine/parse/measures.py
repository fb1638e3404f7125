"""The measures files of a ruleset become measures, in an order in which each follows those it reads."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.errors import Location, did_you_mean, one_of
from engine.measures import (
    Combine,
    CountOf,
    DatePlus,
    Days,
    Form,
    Index,
    IndexSlope,
    KnownOf,
    Latest,
    Measure,
    Reduce,
    Scale,
    ShareOf,
    Slope,
)
from engine.parse.fields import Fields, Problems
from engine.parse.language import LanguageError, parse_tests
from engine.parse.names import Names
from engine.predicates import FieldTest
from engine.sources import Document, Mapping, Scalar, Sequence, describe, shorten
from engine.vocabulary import Kind, RecordList, ValueType, Vocabulary

_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_NUMBER = ValueType(Kind.AMOUNT)
_COUNT = ValueType.of(Kind.COUNT)
_DATE = ValueType(Kind.DATE)


def parse_measures(documents: list[Document], vocabulary: Vocabulary, problems: Problems) -> tuple[Measure, ...]:
    """All measures; problems are noted, and a measure that has one is left out."""
    nodes: dict[str, tuple[Mapping, Location]] = {}
    for document in documents:
        if document.root is None:
            continue
        if not isinstance(document.root, Mapping):
            problems.add(document.root.location, f"expected `measures:`, found {describe(document.root)}")
            continue
        fields = Fields(document.root, "a measures file", problems)
        measures = fields.mapping("measures", required=True)
        fields.finish()
        for id_, node in measures.entries.items() if measures is not None else ():
            place = measures.keys[id_] if measures is not None else document.root.location
            if not _ID.match(id_) or id_ in vocabulary.lists:
                taken = id_ in vocabulary.lists
                message = "is the name of a record list" if taken else "is not a name"
                problems.add(place, f"`{shorten(id_)}` {message}", "use lower case letters, digits and `_`")
            elif not isinstance(node, Mapping):
                problems.add(node.location, f"`{id_}` is {describe(node)}, expected a title and a form")
            elif id_ in nodes:
                problems.add(place, f"measure `{id_}` is declared twice; the first is at {nodes[id_][1]}")
            else:
                nodes[id_] = (node, place)
    return _Reader(nodes, vocabulary, problems).read_all()


class _Reader:
    """Reads measures, each after those it depends on, so that their types are known."""

    def __init__(
        self, nodes: dict[str, tuple[Mapping, Location]], vocabulary: Vocabulary, problems: Problems
    ) -> None:
        self.nodes = nodes
        self.vocabulary = vocabulary
        self.problems = problems
        self.done: dict[str, Measure] = {}
        self.names = Names(vocabulary, self.done, {})
        self.open: list[str] = []
        self.failed: set[str] = set()

    def read_all(self) -> tuple[Measure, ...]:
        for id_ in self.nodes:
            self.measure(id_)
        return tuple(self.done.values())

    def measure(self, id_: str) -> Measure | None:
        if id_ in self.done or id_ in self.failed:
            return self.done.get(id_)
        node, place = self.nodes[id_]
        if id_ in self.open:
            circle = " → ".join([*self.open[self.open.index(id_) :], id_])
            self.problems.add(place, f"measures read each other in a circle: {circle}")
            return None
        self.open.append(id_)
        before = len(self.problems.found)
        measure = self.read(id_, Fields(node, f"measure `{id_}`", self.problems), place)
        self.open.pop()
        if measure is None or len(self.problems.found) > before:
            self.failed.add(id_)
            return None
        self.done[id_] = measure
        return measure

    def read(self, id_: str, fields: Fields, place: Location) -> Measure | None:
        title = fields.text("title", required=True)
        unit = fields.text("unit")
        source = fields.texts("source")
        given = [key for key in _FORMS if key in fields.node.entries]
        if len(given) != 1:
            message = f"measure `{id_}` needs one form" if not given else f"measure `{id_}` has two forms"
            self.problems.add(place, message, f"one of {one_of(_FORMS)}")
            return None
        found = _FORMS[given[0]](self, given[0], fields)
        fields.finish()
        if found is None:
            return None
        form, kind, inputs = found
        return Measure(id_, title, kind, form, tuple(dict.fromkeys(inputs)), unit, source, place)

    # -- parts

    def over(self, key: str, fields: Fields) -> tuple[Fields, RecordList] | None:
        """The inner keys of a form over a list, and the list."""
        node = fields.mapping(key, required=True)
        if node is None:
            return None
        inner = Fields(node, f"`{key}`", self.problems)
        name = inner.text("of", required=True)
        records = self.vocabulary.lists.get(name)
        if records is None:
            lists = self.vocabulary.lists
            hint = did_you_mean(name, lists, f"the lists are {', '.join(sorted(lists))}")
            self.problems.add(inner.at("of"), f"there is no record list `{shorten(name)}`", hint)
            return None
        return inner, records

    def where(self, key: str, inner: Fields, records: RecordList) -> tuple[FieldTest, ...]:
        node = inner.node_of(key)
        if node is None:
            return ()
        if not isinstance(node, Scalar):
            self.problems.add(node.location, f"`{key}` is {describe(node)}, expected tests joined by `and`")
            return ()
        try:
            return parse_tests(node, records, self.names)
        except LanguageError as error:
            self.problems.found.append(error.problem)
            return ()

    def field_of(self, node_text: str, place: Location, records: RecordList, numeric: bool) -> ValueType | None:
        known = records.fields.get(node_text)
        if known is None:
            hint = did_you_mean(node_text, records.fields, f"a {records.singular} has {', '.join(records.fields)}")
            self.problems.add(place, f"`{shorten(node_text)}` is not a field of {records.name}", hint)
            return None
        if numeric and not known.type.kind.is_number:
            self.problems.add(place, f"`{node_text}` is a {known.type.kind.value}, expected a number")
            return None
        return known.type

    def periods(self, inner: Fields, records: RecordList) -> None:
        if records.fields[records.key].type.kind is not Kind.PERIOD:
            self.problems.add(inner.at("of"), f"`{records.name}` has no periods, so none of its records is the latest")

    def last(self, inner: Fields) -> int:
        last = inner.number("last", Kind.COUNT)
        if last is not None and last < 2:
            self.problems.add(inner.at("last"), f"`last` is {last}, expected at least 2 periods")
        return int(last) if last is not None else 1_000_000

    def scales(self, inner: Fields, records: RecordList) -> tuple[Scale, ...]:
        node = inner.mapping("fields", required=True)
        scales = []
        for name, child in node.entries.items() if node is not None else ():
            self.field_of(name, child.location, records, numeric=True)
            try:
                if not isinstance(child, Sequence):
                    raise ValueError
                worst, best = (float(item.text) for item in child.items if isinstance(item, Scalar))
                if worst == best:
                    raise ValueError
            except ValueError:
                self.problems.add(child.location, f"`{shorten(name)}` is {describe(child)}, expected `[worst, best]`")
                continue
            scales.append(Scale(name, worst, best))
        if not scales and node is not None:
            self.problems.add(node.location, "`fields` names no field")
        return tuple(scales)

    def part(self, scalar: Scalar, expected: str) -> str | None:
        """A fact or measure of the expected sort (`number`, `date` or `either`)."""
        name = scalar.text
        if name in self.nodes and name not in self.done:
            self.measure(name)
        kind = self.names.type_of(name)
        if kind is None:
            if name not in self.failed and name not in self.open:
                hint = self.names.hint_for(name)
                self.problems.add(scalar.location, f"there is no fact or measure `{shorten(name)}`", hint)
            else:
                self.failed.add(name)
                self.problems.add(scalar.location, f"measure `{name}` cannot be read")
            return None
        if (expected == "number" and not kind.kind.is_number) or (expected == "date" and kind.kind is not Kind.DATE):
            self.problems.add(scalar.location, f"`{name}` is a {kind.kind.value}, expected a {expected}")
            return None
        return name


_Read = tuple[Form, ValueType, list[str]] | None


def _count(reader: _Reader, key: str, fields: Fields) -> _Read:
    over = reader.over(key, fields)
    if over is None:
        return None
    inner, records = over
    where = reader.where("where", inner, records)
    inner.finish()
    return CountOf(records.name, where), _COUNT, [records.name, *_since(where)]


def _share(reader: _Reader, key: str, fields: Fields) -> _Read:
    over = reader.over(key, fields)
    if over is None:
        return None
    inner, records = over
    where = reader.where("where", inner, records)
    among = reader.where("among", inner, records)
    inner.finish()
    return ShareOf(records.name, where, among), ValueType.of(Kind.SHARE), [records.name, *_since(where + among)]


def _reduce(reader: _Reader, key: str, fields: Fields) -> _Read:
    over = reader.over(key, fields)
    if over is None:
        return None
    inner, records = over
    name = inner.text("field", required=True)
    kind = reader.field_of(name, inner.at("field"), records, numeric=key in ("sum", "mean"))
    where = reader.where("where", inner, records)
    inner.finish()
    if kind is None:
        return None
    if not kind.kind.is_number and kind.kind is not Kind.DATE:
        reader.problems.add(inner.at("field"), f"`{name}` is a {kind.kind.value}, expected a number or date")
        return None
    result = _NUMBER if key in ("sum", "mean") else kind
    return Reduce(key, records.name, name, where), result, [records.name, *_since(where)]


def _latest(reader: _Reader, key: str, fields: Fields) -> _Read:
    over = reader.over(key, fields)
    if over is None:
        return None
    inner, records = over
    name = inner.text("field", required=True)
    kind = reader.field_of(name, inner.at("field"), records, numeric=False)
    where = reader.where("where", inner, records)
    reader.periods(inner, records)
    inner.finish()
    return None if kind is None else (Latest(records.name, name, where), kind, [records.name, *_since(where)])


def _slope(reader: _Reader, key: str, fields: Fields) -> _Read:
    over = reader.over(key, fields)
    if over is None:
        return None
    inner, records = over
    name = inner.text("field", required=True)
    kind = reader.field_of(name, inner.at("field"), records, numeric=True)
    last = reader.last(inner)
    reader.periods(inner, records)
    inner.finish()
    return None if kind is None else (Slope(records.name, name, last), _NUMBER, [records.name])


def _index(reader: _Reader, key: str, fields: Fields) -> _Read:
    over = reader.over(key, fields)
    if over is None:
        return None
    inner, records = over
    scales = reader.scales(inner, records)
    reader.periods(inner, records)
    if key == "index":
        inner.finish()
        return Index(records.name, scales), ValueType.of(Kind.SHARE), [records.name]
    last = reader.last(inner)
    inner.finish()
    return IndexSlope(records.name, scales, last), _NUMBER, [records.name]


def _days(reader: _Reader, key: str, fields: Fields) -> _Read:
    node = fields.mapping(key, required=True)
    if node is None:
        return None
    inner = Fields(node, f"`{key}`", reader.problems)
    parts = [_one_part(reader, inner, end, "date") for end in ("from", "to")]
    inner.finish()
    start, end = parts
    return None if start is None or end is None else (Days(start, end), _NUMBER, [start, end])


def _date(reader: _Reader, key: str, fields: Fields) -> _Read:
    node = fields.mapping(key, required=True)
    if node is None:
        return None
    inner = Fields(node, f"`{key}`", reader.problems)
    start = _one_part(reader, inner, "start", "date")
    given = inner.scalars("plus_days", required=True)
    inner.finish()
    if start is None or not given:
        return None
    if re.fullmatch(r"-?\d{1,6}", given[0].text):
        return DatePlus(start, int(given[0].text)), _DATE, [start]
    days = reader.part(given[0], "number")
    return None if days is None else (DatePlus(start, days), _DATE, [start, days])


def _one_part(reader: _Reader, inner: Fields, key: str, expected: str) -> str | None:
    given = inner.scalars(key, required=True)
    return reader.part(given[0], expected) if given else None


def _combine(reader: _Reader, key: str, fields: Fields) -> _Read:
    given = fields.scalars(key, required=True)
    expected = "either" if key in ("least", "greatest") else "number"
    parts = [reader.part(scalar, expected) for scalar in given]
    if any(part is None for part in parts):
        return None
    names = [part for part in parts if part is not None]
    if key in ("difference", "ratio") and len(names) != 2:
        reader.problems.add(fields.at(key), f"`{key}` takes two parts, found {len(names)}")
        return None
    kinds = [reader.names.type_of(name) for name in names]
    dates = [kind is not None and kind.kind is Kind.DATE for kind in kinds]
    if any(dates) and not all(dates):
        reader.problems.add(fields.at(key), f"`{key}` mixes dates and numbers")
        return None
    if any(kind is not None and not kind.kind.is_number and kind.kind is not Kind.DATE for kind in kinds):
        reader.problems.add(fields.at(key), f"`{key}` is for numbers and dates")
        return None
    return Combine(key, tuple(names)), _DATE if any(dates) else _NUMBER, names


def _known(reader: _Reader, key: str, fields: Fields) -> _Read:
    facts = []
    for scalar in fields.scalars(key, required=True):
        if scalar.text in reader.vocabulary.facts:
            facts.append(scalar.text)
        else:
            hint = reader.names.hint_for(scalar.text)
            reader.problems.add(scalar.location, f"there is no fact `{shorten(scalar.text)}`", hint)
    return KnownOf(tuple(facts)), _COUNT, facts


def _since(tests: tuple[FieldTest, ...]) -> list[str]:
    return [test.since for test in tests if test.since is not None]


_FORMS: dict[str, Callable[[_Reader, str, Fields], _Read]] = {
    "count": _count,
    "share": _share,
    "sum": _reduce,
    "mean": _reduce,
    "smallest": _reduce,
    "largest": _reduce,
    "latest": _latest,
    "slope": _slope,
    "index": _index,
    "index_slope": _index,
    "days": _days,
    "date": _date,
    "difference": _combine,
    "ratio": _combine,
    "total": _combine,
    "least": _combine,
    "greatest": _combine,
    "known": _known,
}
