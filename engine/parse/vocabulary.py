"""The vocabulary files of a ruleset become a Vocabulary."""

from __future__ import annotations

import re

from engine.errors import Location, did_you_mean, one_of
from engine.parse.fields import Fields, Problems
from engine.parse.names import RESERVED
from engine.sources import Document, Mapping, Scalar, describe, shorten
from engine.vocabulary import LEVERS, Fact, Kind, RecordList, Section, ValueType, Vocabulary

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_VALUE = re.compile(r"[^\s,<>=!\"']+\Z")
_KINDS = tuple(kind.value for kind in Kind)
_KEYS = (Kind.TEXT, Kind.CHOICE, Kind.PERIOD)

PROFILE = {
    "alliance.name": Kind.TEXT,
    "alliance.us": Kind.TEXT,
    "alliance.partner": Kind.TEXT,
    "alliance.as_of": Kind.DATE,
}
"""The facts without which there is no case; every vocabulary declares them, and requires them."""


def parse_vocabulary(documents: list[Document], order: tuple[Scalar, ...], problems: Problems) -> Vocabulary:
    """All sections: those named in `order` first, then the others as they come. Problems are noted, not raised."""
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
    sections = _in_order(sections, order, problems)
    facts = {fact.name: fact for section in sections.values() for fact in section.facts}
    lists: dict[str, RecordList] = {}
    for section in sections.values():
        for records in section.lists:
            if records.name in lists and records.location is not None:
                problems.add(records.location, f"record list `{records.name}` is declared twice")
            if records.path in facts and records.location is not None:
                problems.add(records.location, f"`{records.path}` is the name of a fact and the path of a record list")
            lists[records.name] = records
    _check_references(lists, problems)
    return Vocabulary(sections, facts, lists)


def check_profile(vocabulary: Vocabulary, place: Location, problems: Problems) -> None:
    """Notes what a vocabulary lacks of the facts that every case has; `place` is where the vocabulary lies."""
    for name, kind in PROFILE.items():
        fact = vocabulary.facts.get(name)
        if fact is None:
            problems.add(place, f"the vocabulary lacks the fact `{name}`, a required {kind.value}")
        elif (fact.type.kind is not kind or not fact.required) and fact.location is not None:
            hint = f"`type: {kind.value}` and `required: true`"
            problems.add(fact.location, f"`{name}` must be a required {kind.value}", hint)


def _in_order(sections: dict[str, Section], order: tuple[Scalar, ...], problems: Problems) -> dict[str, Section]:
    first: dict[str, Section] = {}
    for name in order:
        if name.text not in sections:
            hint = did_you_mean(name.text, sections)
            problems.add(name.location, f"there is no section `{shorten(name.text)}`", hint)
        elif name.text in first:
            problems.add(name.location, f"section `{name.text}` stands twice in the order")
        else:
            first[name.text] = sections[name.text]
    return {**first, **sections}


def _check_references(lists: dict[str, RecordList], problems: Problems) -> None:
    for records in lists.values():
        for fact in records.fields.values():
            target = fact.type.refers_to
            if fact.type.kind is Kind.REF and target not in lists and fact.location is not None:
                problems.add(fact.location, f"`{fact.name}` refers to `{target}`, expected {one_of(sorted(lists))}")
        for role, name in (("key", records.key), ("label", records.label)):
            if name not in records.fields and records.location is not None:
                problems.add(records.location, f"the {role} `{name}` of `{records.name}` is not one of its fields")
        key = records.fields.get(records.key)
        if key is not None and key.type.kind not in _KEYS and key.location is not None:
            expected = one_of(kind.value for kind in _KEYS)
            problems.add(key.location, f"the key of `{records.name}` is a {key.type.kind.value}, expected {expected}")


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
                _check_list_name(key, lists_node.keys[key], problems)
                lists.append(_records(key, Fields(node, f"record list `{shorten(key)}`", problems), name, problems))
            else:
                problems.add(node.location, f"`{shorten(key)}` is {describe(node)}, expected a record list")
    return Section(name, title, summary, tuple(facts), tuple(lists))


def _check_list_name(name: str, place: Location, problems: Problems) -> None:
    if name in RESERVED:
        problems.add(place, f"`{name}` is a word of the rule language", "choose another name for the record list")
    elif not _NAME.match(name):
        problems.add(place, f"`{shorten(name)}` is not a name", "use lower case letters, digits and `_`")


def _facts(node: Mapping, prefix: str, problems: Problems) -> list[Fact]:
    facts = []
    for key, child in node.entries.items():
        if not _NAME.match(key):
            problems.add(node.keys[key], f"`{shorten(key)}` is not a name", "use lower case letters, digits and `_`")
        if isinstance(child, Mapping):
            facts.append(_fact(prefix + key, Fields(child, f"`{prefix}{shorten(key)}`", problems), problems))
        else:
            message = f"`{prefix}{shorten(key)}` is {describe(child)}, expected type, question and so on"
            problems.add(child.location, message)
    return facts


def _fact(name: str, fields: Fields, problems: Problems) -> Fact:
    kind = Kind(fields.word("type", _KINDS, default="text", required=True))
    meanings = _meanings(fields, problems) if kind in (Kind.CHOICE, Kind.CHOICES) else {}
    base = ValueType.of(kind, fields.number("min"), fields.number("max")) if kind.is_number else ValueType(kind)
    if base.minimum is not None and base.maximum is not None and base.minimum > base.maximum:
        problems.add(fields.at("min"), f"`min` of `{name}` lies above `max`")
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
        best_first=_best_first(fields, kind, tuple(meanings), ordered, problems),
        final=_some_values(fields, "final", kind, tuple(meanings), problems),
        initial=_some_values(fields, "initial", kind, tuple(meanings), problems),
    )
    fields.finish()
    if ordered and kind is not Kind.CHOICE:
        problems.add(fields.at("ordered"), f"only a choice can be ordered; `{name}` is a {kind.value}")
    return fact


_OF_KINDS = {
    "best_first": (Kind.CHOICE,),
    "final": (Kind.CHOICE, Kind.FLAG, Kind.CHOICES),
    "initial": (Kind.CHOICE,),
}
"""Keys that name some of the values of a fact, and the kinds of fact that they belong to."""
_SAID = {"best_first": "a choice", "final": "a choice, a flag or a list of choices", "initial": "a choice"}


def _some_values(fields: Fields, key: str, kind: Kind, values: tuple[str, ...], problems: Problems) -> tuple[str, ...]:
    """The values of a fact that a key names."""
    named = fields.scalars(key)
    if named and kind not in _OF_KINDS[key]:
        problems.add(fields.at(key), f"`{key}` belongs to {_SAID[key]}")
        return ()
    known = ("true", "false") if kind is Kind.FLAG else values
    found: dict[str, None] = {}
    for one in named:
        if one.text not in known:
            message = f"`{key}` names `{shorten(one.text)}`, expected {one_of(known)}"
            problems.add(one.location, message, did_you_mean(one.text, known))
        elif one.text in found:
            problems.add(one.location, f"`{key}` names `{one.text}` twice, expected each value once")
        found[one.text] = None
    return tuple(found)


def _best_first(
    fields: Fields, kind: Kind, values: tuple[str, ...], ordered: bool, problems: Problems
) -> tuple[str, ...]:
    """Values of a choice from best to worst."""
    found = _some_values(fields, "best_first", kind, values, problems)
    if found and ordered:
        hint = "leave one of them out: the values of an ordered choice stand from best to worst"
        problems.add(fields.at("best_first"), "`best_first` stands beside `ordered`, which says the same", hint)
    return found


def _meanings(fields: Fields, problems: Problems) -> dict[str, str]:
    """The values of a choice with what they mean."""
    meanings = fields.named_texts("values", required=True)
    node = fields.mapping("values")
    for value in meanings:
        if node is not None and (not _VALUE.match(value) or value in ("known", "unknown", "not")):
            hint = "use one word that the rule language does not use itself: not `known`, `unknown` or `not`"
            problems.add(node.keys[value], f"`{shorten(value)}` cannot be a value", hint)
    return meanings


def _records(name: str, fields: Fields, section: str, problems: Problems) -> RecordList:
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
    home, _, rest = records.path.partition(".")
    if records.path and (home != section or (records.path != section and not _NAME.match(rest))):
        expected = f"expected `{section}` or a name in it, such as `{section}.{shorten(name)}`"
        problems.add(fields.at("path"), f"`path` is `{shorten(records.path)}`, {expected}")
    return records


def _days(fields: Fields) -> int | None:
    days = fields.number("fresh_days", Kind.COUNT)
    return int(days) if days is not None else None
