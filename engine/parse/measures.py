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
    PresentValue,
    Reduce,
    Scale,
    ShareOf,
    Slope,
)
from engine.parse.fields import Fields, Problems
from engine.parse.language import LanguageError, parse_tests
from engine.parse.names import RESERVED, Names
from engine.predicates import FieldTest
from engine.sources import Document, Mapping, Node, Scalar, Sequence, describe, shorten
from engine.vocabulary import Kind, RecordList, ValueProblem, ValueType, Vocabulary, read_value

MAX_CHAIN = 100
"""So many measures may wait for each other, each declared after the one that reads it."""

_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_NUMBER = ValueType(Kind.AMOUNT)
_COUNT = ValueType.of(Kind.COUNT)
_DATE = ValueType(Kind.DATE)


def parse_measures(documents: list[Document], vocabulary: Vocabulary, problems: Problems) -> dict[str, Measure | None]:
    """All measures by id, each after those it reads; problems are noted, and a measure that has one is None."""
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
            if id_ in vocabulary.lists:
                problems.add(place, f"`{id_}` is the name of a record list", "choose another name for the measure")
            elif id_ in RESERVED:
                problems.add(place, f"`{id_}` is a word of the rule language", "choose another name for the measure")
            elif not _ID.match(id_):
                problems.add(place, f"`{shorten(id_)}` is not a name", "use lower case letters, digits and `_`")
            elif not isinstance(node, Mapping):
                problems.add(node.location, f"`{id_}` is {describe(node)}, expected a title and a form")
            elif id_ in nodes:
                problems.add(place, f"measure `{id_}` is declared twice; the first is at {nodes[id_][1]}")
            else:
                nodes[id_] = (node, place)
    return _Reader(nodes, vocabulary, problems).read_all()


class _Reader:
    """Reads measures, each after those it depends on, so that their types are known."""

    def __init__(self, nodes: dict[str, tuple[Mapping, Location]], vocabulary: Vocabulary, problems: Problems) -> None:
        self.nodes = nodes
        self.vocabulary = vocabulary
        self.problems = problems
        self.done: dict[str, Measure | None] = {}
        self.names = Names(vocabulary, self.done, {})
        self.open: list[str] = []

    def read_all(self) -> dict[str, Measure | None]:
        for id_ in self.nodes:
            self.measure(id_)
        return self.done

    def measure(self, id_: str) -> None:
        """Reads one measure, unless that is done, or under way, which is a circle."""
        if id_ in self.done:
            return
        node, place = self.nodes[id_]
        if id_ in self.open:
            circle = " → ".join(f"`{one}`" for one in [*self.open[self.open.index(id_) :], id_])
            self.problems.add(place, f"measures read each other in a circle: {circle}")
            return
        if len(self.open) >= MAX_CHAIN:
            self.problems.add(place, f"more than {MAX_CHAIN} measures read each other, each declared before the next")
            return
        self.open.append(id_)
        before = len(self.problems.found)
        measure = self.read(id_, Fields(node, f"measure `{id_}`", self.problems), place)
        self.open.pop()
        self.done[id_] = measure if len(self.problems.found) == before else None

    def read(self, id_: str, fields: Fields, place: Location) -> Measure | None:
        title = fields.text("title", required=True)
        unit = fields.text("unit")
        source = fields.texts("source")
        given = [key for key in _FORMS if key in fields.node.entries]
        if len(given) != 1:
            if given:
                self.problems.add(place, f"measure `{id_}` has {len(given)} forms: {', '.join(given)}", "keep one")
            else:
                self.problems.add(place, f"measure `{id_}` needs one form", f"one of {one_of(_FORMS)}")
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
        if records is None and not name:
            return None
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
            self.problems.note(error.problem)
            return ()

    def field_of(self, node_text: str, place: Location, records: RecordList, numeric: bool) -> ValueType | None:
        known = records.fields.get(node_text)
        if known is None and not node_text:
            return None
        if known is None:
            hint = did_you_mean(node_text, records.fields, f"a {records.singular} has {', '.join(records.fields)}")
            self.problems.add(place, f"`{shorten(node_text)}` is not a field of {records.name}", hint)
            return None
        if numeric and not known.type.kind.is_number:
            self.problems.add(place, f"`{node_text}` is a {known.type.kind.value}, expected a number")
            return None
        return known.type

    def periods(self, inner: Fields, records: RecordList) -> None:
        key = records.fields.get(records.key)
        if key is not None and key.type.kind is not Kind.PERIOD:
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
            self.field_of(name, node.keys[name] if node is not None else child.location, records, numeric=True)
            ends = self.ends(child)
            if ends is None:
                message = f"`{shorten(name)}` is {describe(child)}, expected `[worst, best]`, two different numbers"
                self.problems.add(child.location, message)
            else:
                scales.append(Scale(name, *ends))
        if node is not None and not node.entries:
            self.problems.add(node.location, "`fields` names no field")
        return tuple(scales)

    def ends(self, node: Node) -> tuple[float, float] | None:
        """The worst and the best value of a scale."""
        items = node.items if isinstance(node, Sequence) else []
        try:
            numbers = [read_value(_NUMBER, item.text, item.quoted) for item in items if isinstance(item, Scalar)]
        except ValueProblem:
            return None
        ends = [float(number) for number in numbers if isinstance(number, (int, float))]
        return (ends[0], ends[1]) if len(ends) == len(items) == 2 and ends[0] != ends[1] else None

    def part(self, scalar: Scalar, expected: str) -> str | None:
        """A fact or measure of the expected sort (`number`, `date` or `either`)."""
        name = scalar.text
        if name in self.nodes:
            self.measure(name)
        kind = self.names.type_of(name)
        if kind is None:
            if name not in self.nodes:
                hint = self.names.hint_for(name)
                self.problems.add(scalar.location, f"there is no fact or measure `{shorten(name)}`", hint)
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
    plus = inner.scalar("plus_days", required=True)
    inner.finish()
    if start is None or plus is None:
        return None
    if re.fullmatch(r"-?[0-9]{1,6}", plus.text):
        return DatePlus(start, int(plus.text)), _DATE, [start]
    days = reader.part(plus, "number")
    return None if days is None else (DatePlus(start, days), _DATE, [start, days])


def _one_part(reader: _Reader, inner: Fields, key: str, expected: str) -> str | None:
    given = inner.scalar(key, required=True)
    return reader.part(given, expected) if given is not None else None


def _combine(reader: _Reader, key: str, fields: Fields) -> _Read:
    given = fields.scalars(key, required=True)
    expected = "either" if key in ("least", "greatest") else "number"
    parts = [reader.part(scalar, expected) for scalar in given]
    if any(part is None for part in parts):
        return None
    names = [part for part in parts if part is not None]
    if len(names) < 2 or (key in ("difference", "ratio") and len(names) > 2):
        expected = "two parts" if key in ("difference", "ratio") else "two parts or more"
        reader.problems.add(fields.at(key), f"`{key}` takes {expected}, found {len(names)}")
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


def _present_value(reader: _Reader, key: str, fields: Fields) -> _Read:
    node = fields.mapping(key, required=True)
    if node is None:
        return None
    inner = Fields(node, f"`{key}`", reader.problems)
    once = _one_part(reader, inner, "once", "number") if "once" in node.entries else None
    yearly, years, rate = (_one_part(reader, inner, part, "number") for part in ("yearly", "years", "rate"))
    inner.finish()
    if yearly is None or years is None or rate is None or ("once" in node.entries and once is None):
        return None
    inputs = [name for name in (once, yearly, years, rate) if name is not None]
    return PresentValue(once, yearly, years, rate), _NUMBER, inputs


def _known(reader: _Reader, key: str, fields: Fields) -> _Read:
    facts = []
    for scalar in fields.scalars(key, required=True):
        if scalar.text in reader.vocabulary.facts:
            facts.append(scalar.text)
        else:
            hint = reader.names.hint_for(scalar.text)
            reader.problems.add(scalar.location, f"there is no fact `{shorten(scalar.text)}`", hint)
    if not facts:
        reader.problems.add(fields.at(key), "`known` names no fact")
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
    "present_value": _present_value,
    "known": _known,
}
