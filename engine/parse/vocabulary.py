"""The vocabulary files of a ruleset become a Vocabulary."""

from __future__ import annotations

import re

from engine.errors import one_of
from engine.parse.fields import Fields, Problems
from engine.sources import Document, Mapping, Scalar, describe, shorten
from engine.vocabulary import LEVERS, Fact, Kind, RecordList, Section, ValueType, Vocabulary

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_KINDS = tuple(kind.value for kind in Kind)


def parse_vocabulary(documents: list[Document], problems: Problems) -> Vocabulary:
    """All sections, in the order of the documents; problems are noted, not raised."""
    sections: dict[str, Section] = {}
    for document in documents:
        if document.root is None:
            continue
        if not isinstance(document.root, Mapping):
            problems.add(document.root.location, f"expected a section, found {describe(document.root)}")
            continue
        section = _section(Fields(document.root, "a section", problems), problems)
        if section.name in sections:
            problems.add(document.root.location, f"section `{section.name}` is declared twice")
        else:
            sections[section.name] = section
    facts = {fact.name: fact for section in sections.values() for fact in section.facts}
    lists: dict[str, RecordList] = {}
    for section in sections.values():
        for records in section.lists:
            if records.name in lists and records.location is not None:
                problems.add(records.location, f"record list `{records.name}` is declared twice")
            lists[records.name] = records
    _check_references(lists, problems)
    return Vocabulary(sections, facts, lists)


def _check_references(lists: dict[str, RecordList], problems: Problems) -> None:
    for records in lists.values():
        for fact in records.fields.values():
            target = fact.type.refers_to
            if fact.type.kind is Kind.REF and target not in lists and fact.location is not None:
                problems.add(fact.location, f"`{fact.name}` refers to `{target}`, expected {one_of(sorted(lists))}")
        for role, name in (("key", records.key), ("label", records.label)):
            if name not in records.fields and records.location is not None:
                problems.add(records.location, f"the {role} `{name}` of `{records.name}` is not one of its fields")


def _section(fields: Fields, problems: Problems) -> Section:
    name = fields.text("section", required=True)
    if name and not _NAME.match(name):
        problems.add(fields.at("section"), f"`{shorten(name)}` is not a name", "use lower case letters, digits and `_`")
    title = fields.text("title", required=True)
    summary = fields.text("summary")
    facts_node = fields.mapping("facts")
    lists_node = fields.mapping("records")
    fields.finish()
    facts: list[Fact] = []
    if facts_node is not None:
        facts = _facts(facts_node, f"{name}.", problems)
    lists: list[RecordList] = []
    if lists_node is not None:
        for key, node in lists_node.entries.items():
            if isinstance(node, Mapping):
                lists.append(_records(key, Fields(node, f"record list `{shorten(key)}`", problems), problems))
            else:
                problems.add(node.location, f"`{shorten(key)}` is {describe(node)}, expected a record list")
    return Section(name, title, summary, tuple(facts), tuple(lists))


def _facts(node: Mapping, prefix: str, problems: Problems) -> list[Fact]:
    facts = []
    for key, child in node.entries.items():
        if not _NAME.match(key):
            problems.add(node.keys[key], f"`{shorten(key)}` is not a name", "use lower case letters, digits and `_`")
        if isinstance(child, Mapping):
            facts.append(_fact(prefix + key, Fields(child, f"`{prefix}{shorten(key)}`", problems), problems))
        else:
            problems.add(child.location, f"`{prefix}{shorten(key)}` is {describe(child)}, expected type, question and so on")
    return facts


def _fact(name: str, fields: Fields, problems: Problems) -> Fact:
    kind = Kind(fields.word("type", _KINDS, default="text", required=True))
    meanings: dict[str, str] = {}
    if kind in (Kind.CHOICE, Kind.CHOICES):
        values = fields.mapping("values", required=True)
        for value, meaning in values.entries.items() if values is not None else ():
            meanings[value] = meaning.text.strip() if isinstance(meaning, Scalar) else ""
    low = fields.number("min")
    high = fields.number("max")
    base = ValueType.of(kind, low, high)
    refers_to = fields.text("to", required=True) if kind is Kind.REF else None
    ordered = fields.flag("ordered")
    better_words = ("true", "false") if kind is Kind.FLAG else ("high", "low")
    fact = Fact(
        name=name,
        type=ValueType(kind, tuple(meanings), ordered, base.minimum, base.maximum, refers_to),
        question=fields.text("question", required=True),
        help=fields.text("help", required=True),
        lever=fields.word("lever", LEVERS, default="nobody", required=True),
        meanings=meanings,
        better=fields.word("better", better_words),
        unit=fields.text("unit"),
        fresh_days=_days(fields),
        required=fields.flag("required"),
        source=fields.texts("source"),
        location=fields.location,
    )
    fields.finish()
    if ordered and kind is not Kind.CHOICE:
        problems.add(fields.at("ordered"), f"only a choice can be ordered; `{name}` is a {kind.value}")
    return fact


def _records(name: str, fields: Fields, problems: Problems) -> RecordList:
    children = fields.mapping("fields", required=True)
    records = RecordList(
        name=name,
        path=fields.text("path", required=True),
        title=fields.text("title", required=True),
        singular=fields.text("singular", required=True),
        key=fields.text("key", required=True),
        label=fields.text("label", required=True),
        question=fields.text("question", required=True),
        help=fields.text("help", required=True),
        lever=fields.word("lever", LEVERS, default="nobody", required=True),
        fields={fact.name: fact for fact in _facts(children, "", problems)} if children is not None else {},
        fresh_days=_days(fields),
        source=fields.texts("source"),
        location=fields.location,
    )
    fields.finish()
    return records


def _days(fields: Fields) -> int | None:
    days = fields.number("fresh_days", Kind.COUNT)
    return int(days) if days is not None else None
