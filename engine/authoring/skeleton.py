"""A facts file to begin with: the whole vocabulary as comments, with the question and help of each fact.

A line that begins with `#` and a space explains; one that begins with `#` and a name is a fact, given by taking its
`#` away.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date

from engine.vocabulary import Fact, Kind, RecordList, Section, Value, Vocabulary

_WIDTH = 100
_STEP = "  "

_HEAD = """\
Facts about one alliance, as of one date.

Lines such as `#name:` are facts that are not given: take the `#` away, and that of the heading above, and write the
value. Lines such as this one explain, and may be deleted. Leave out what is not known: an absent fact is never taken
for a "no", a guess is believed. For a record list, `[]` says that there are none.

A value may say where it comes from and how sure you are:
  goal_alignment: {value: 2.5, low: 2, high: 3, source: "Minutes of 3 May, page 2", confidence: low}
The keys are value, source, dated, confidence (high, medium, low), disputed (true), low, high and plausible.
"""


def skeleton(vocabulary: Vocabulary, given: Mapping[str, Value]) -> str:
    """The skeleton with the facts in `given` filled in; the other required facts stand open."""
    lines = [f"# {line}".rstrip() for line in _HEAD.splitlines()]
    for section in vocabulary.sections.values():
        lines += ["", "", *_section(section, given)]
    return "\n".join(lines) + "\n"


def _section(section: Section, given: Mapping[str, Value]) -> Iterator[str]:
    yield from _comment(f"{section.title}. {section.summary}", "")
    whole = next((known for known in section.lists if known.path == section.name), None)
    if whole is not None:
        yield from _records(whole, "")
        return
    needed = any(fact.required or fact.name in given for fact in section.facts)
    yield f"{'' if needed else '#'}{section.name}:"
    for fact in section.facts:
        yield ""
        yield from _about(fact, _STEP)
        name = fact.name.partition(".")[2]
        if fact.name in given:
            yield f"{_STEP}{name}: {written(given[fact.name])}"
        else:
            yield f"{_STEP}{'' if fact.required else '#'}{name}:"
    for known in section.lists:
        yield ""
        yield from _records(known, _STEP)


def _records(known: RecordList, indent: str) -> Iterator[str]:
    yield from _comment(known.question, indent)
    yield from _comment(known.help, indent, deeper=True)
    yield f"{indent}#{known.path.rpartition('.')[2]}:"
    for number, (name, field) in enumerate(known.fields.items()):
        if number:
            yield ""
        yield from _about(field, f"{indent}{_STEP}{_STEP}")
        yield f"{indent}{_STEP}{_STEP}#{name}:" if number else f"{indent}{_STEP}#- {name}:"


def _about(fact: Fact, indent: str) -> Iterator[str]:
    yield from _comment(fact.question, indent)
    yield from _comment(fact.help, indent, deeper=True)
    kind = fact.type
    if kind.kind in (Kind.CHOICE, Kind.CHOICES):
        several = kind.kind is Kind.CHOICES
        yield from _comment("A list of these, such as [a, b]:" if several else "One of these:", indent, deeper=True)
        for value in kind.values:
            meaning = fact.meanings.get(value, "")
            yield from _comment(f"- {value}{f': {meaning}' if meaning else ''}", indent, deeper=True)
        return
    expected = kind.expected().replace("`", "")
    unit = f", in {fact.unit}" if fact.unit and not fact.unit.startswith("of ") else ""
    yield from _comment(f"{expected[0].upper()}{expected[1:]}{unit}.", indent, deeper=True)


def _comment(text: str, indent: str, deeper: bool = False) -> Iterator[str]:
    lead = f"{indent}# {_STEP if deeper else ''}"
    for line in textwrap.wrap(text, _WIDTH - len(lead), break_on_hyphens=False):
        yield f"{lead}{line}"


def written(value: Value) -> str:
    """A value as it stands in a facts file; texts in quotes, so that they may hold anything."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(written(one) for one in value)}]"
    if isinstance(value, str):
        quoted = json.dumps(value, ensure_ascii=False)
        return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)
    return repr(value)
