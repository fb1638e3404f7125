from __future__ import annotations

import re
from datetime import date
from functools import cache

import pytest

from engine.authoring.skeleton import skeleton
from engine.facts_file import parse_case
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.vocabulary import Fact, Kind, Value, Vocabulary
from tests import small

GIVEN: dict[str, Value] = {
    "alliance.name": "Test",
    "alliance.us": "We",
    "alliance.partner": "They",
    "alliance.as_of": date(2025, 6, 30),
}


@cache
def built_in() -> Vocabulary:
    return load_ruleset(builtin("rulesets") / "alliance").vocabulary


VOCABULARIES = pytest.mark.parametrize("vocabulary", [built_in(), small.vocabulary()], ids=["built-in", "small"])


def example(fact: Fact, ids: dict[str, str]) -> str:
    """Some value that the fact may have, as text in a facts file."""
    kind = fact.type
    if kind.kind is Kind.REF:
        return ids[kind.refers_to or ""]
    if kind.kind is Kind.CHOICES:
        return f"[{kind.values[0]}]"
    if kind.kind.is_number:
        return f"{kind.minimum if kind.minimum is not None else 1:g}"
    return {
        Kind.CHOICE: f'"{kind.values[0]}"' if kind.values else "",
        Kind.FLAG: "true",
        Kind.DATE: "2025-06-30",
        Kind.PERIOD: "2025-Q2",
    }.get(kind.kind, "Some text")


@VOCABULARIES
def test_it_is_valid_as_it_stands(vocabulary: Vocabulary) -> None:
    case = parse_case("skeleton.yaml", skeleton(vocabulary, GIVEN).encode(), vocabulary)
    assert dict(GIVEN) == {name: entry.value for name, entry in case.facts.items()}
    assert not case.lists


@VOCABULARIES
def test_every_fact_can_be_filled_in_where_it_stands(vocabulary: Vocabulary) -> None:
    text = re.sub(r"^( *)#(?=[a-z-])", r"\1", skeleton(vocabulary, GIVEN), flags=re.MULTILINE)
    by_path = vocabulary.list_paths
    ids = {known.name: example(known.fields[known.key], {}).strip('"') for known in vocabulary.lists.values()}
    section, records, lines = "", None, []
    for line in text.splitlines():
        match = re.match(r"( *)(- )?([a-z_]+):$", line)
        if match is None:
            lines.append(line)
            continue
        indent, name = len(match[1]), match[3]
        if indent == 0:
            section, records = name, by_path.get(name)
            lines.append(line)
        elif f"{section}.{name}" in by_path and indent == 2 and not match[2]:
            records = by_path[f"{section}.{name}"]
            lines.append(line)
        elif records is not None:
            lines.append(f"{line} {example(records.fields[name], ids)}")
        else:
            lines.append(f"{line} {example(vocabulary.facts[f'{section}.{name}'], ids)}")
    case = parse_case("skeleton.yaml", "\n".join(lines).encode(), vocabulary)
    assert set(case.facts) == set(vocabulary.facts)
    for known in vocabulary.lists.values():
        (record,) = case.lists[known.name]
        assert set(record.entries) == set(known.fields)


@VOCABULARIES
def test_it_asks_every_question_and_names_every_value(vocabulary: Vocabulary) -> None:
    text = " ".join(re.sub(r"^ *#", "", skeleton(vocabulary, {}), flags=re.MULTILINE).split())
    facts = [*vocabulary.facts.values()]
    for known in vocabulary.lists.values():
        facts += known.fields.values()
        assert " ".join(known.question.split()) in text
    for fact in facts:
        assert " ".join(fact.question.split()) in text
        assert " ".join(fact.help.split()) in text
        for value in fact.type.values:
            assert f"- {value}" in text


@VOCABULARIES
def test_its_lines_fit_a_page(vocabulary: Vocabulary) -> None:
    assert max(map(len, skeleton(vocabulary, {}).splitlines())) <= 120
