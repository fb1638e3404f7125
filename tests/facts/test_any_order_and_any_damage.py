"""Whatever order and form facts are written in, the case is the same; whatever is damaged, it is a located problem."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.facts_file import parse_case
from engine.vocabulary import Kind, ValueType
from tests.small import problems_in, vocabulary

TEXTS = st.text(alphabet="abc Ää'\"#:,-{}[]&*!%@\\😀\t", max_size=12).filter(lambda text: text.strip() != "")
NUMBERS = {
    Kind.SCORE: st.integers(10, 50).map(lambda tenths: tenths / 10),
    Kind.SHARE: st.integers(0, 100).map(lambda hundredths: hundredths / 100),
    Kind.COUNT: st.integers(0, 10_000),
    Kind.AMOUNT: st.integers(0, 10**9).map(lambda cents: cents / 100),
}
Draw = Callable[[st.SearchStrategy[Any]], Any]
PERIODS = st.sampled_from(["2024", "2024-Q1", "2024-Q4", "2025-01", "2025-06", "2025-Q3"])


def values(kind: ValueType) -> st.SearchStrategy[Any]:
    """Valid values of a type, as JSON holds them."""
    if kind.kind.is_number:
        return NUMBERS[kind.kind]
    if kind.kind is Kind.CHOICE:
        return st.sampled_from(kind.values)
    if kind.kind is Kind.CHOICES:
        return st.lists(st.sampled_from(kind.values), unique=True)
    others: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.FLAG: st.booleans(),
        Kind.DATE: st.dates().map(str),
        Kind.PERIOD: PERIODS,
        Kind.TEXT: TEXTS,
    }
    return others[kind.kind]


def doubts(kind: ValueType) -> st.SearchStrategy[dict[str, Any]]:
    """The rest of a long form."""
    parts: dict[str, st.SearchStrategy[Any]] = {
        "source": TEXTS,
        "confidence": st.sampled_from(["high", "medium", "low"]),
        "disputed": st.booleans(),
        "dated": st.dates().map(str),
    }
    if kind.kind in (Kind.CHOICE, Kind.CHOICES):
        parts["plausible"] = st.lists(st.sampled_from(kind.values), unique=True)
    return st.fixed_dictionaries({}, optional=parts)


@st.composite
def facts_files(draw: st.DrawFn) -> dict[str, Any]:
    """A valid facts file, in the long form throughout."""
    small = vocabulary()
    periods = draw(st.lists(PERIODS, unique=True, min_size=1))
    whole: dict[str, Any] = {"alliance": {}, "terms": {}, "checks": []}
    for fact in small.facts.values():
        if fact.required or draw(st.booleans()):
            section, _, name = fact.name.partition(".")
            whole[section][name] = {"value": draw(values(fact.type)), **draw(doubts(fact.type))}
    for path, records in (("checks", small.lists["checks"]), ("disputes", small.lists["disputes"])):
        keys = periods if path == "checks" else draw(st.lists(TEXTS, unique=True, max_size=3))
        made = []
        for key in keys:
            record = {records.key: {"value": key}}
            for field in records.fields.values():
                if field.name != records.key and draw(st.booleans()):
                    strategy = st.sampled_from(periods) if field.type.kind is Kind.REF else values(field.type)
                    record[field.name] = {"value": draw(strategy), **draw(doubts(field.type))}
            made.append(record)
        (whole if path == "checks" else whole["terms"])[path] = made
    return whole


def rewritten(node: Any, draw: Draw) -> Any:
    """The same facts in another order, and in the short form where there is nothing but a value."""
    if isinstance(node, dict):
        if list(node) == ["value"] and draw(st.booleans()):
            return rewritten(node["value"], draw)
        return {key: rewritten(node[key], draw) for key in draw(st.permutations(list(node)))}
    if isinstance(node, list):
        return [rewritten(item, draw) for item in draw(st.permutations(node))]
    return node


def written(node: Any, draw: Draw, depth: int = 0) -> str:
    """Facts as YAML text: blocks or braces, with the quoting of JSON for texts."""
    if depth > 0 and draw(st.integers(0, 3)) == 0:
        return json.dumps(node, ensure_ascii=False)
    if isinstance(node, dict) and node:
        pad = "  " * depth
        return "\n" + "".join(f"{pad}{key}: {written(value, draw, depth + 1)}\n" for key, value in node.items())
    if isinstance(node, list) and node:
        pad = "  " * depth
        return "\n" + "".join(f"{pad}- {json.dumps(item, ensure_ascii=False)}\n" for item in node)
    return json.dumps(node, ensure_ascii=False)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(facts_files(), st.data())
def test_the_same_facts_in_any_order_and_form_make_the_same_case(facts: dict[str, Any], data: st.DataObject) -> None:
    small = vocabulary()
    plain = parse_case("facts.json", json.dumps(facts).encode(), small)
    again = parse_case("facts.yaml", written(rewritten(facts, data.draw), data.draw).encode(), small)
    assert again == plain
    assert again.sha256 == plain.sha256
    assert again.canonical() == plain.canonical()


DAMAGE = st.sampled_from(
    [
        *[bytes([code]) for code in (0, 9, 10, 13, 27, 32, 127, 128, 233, 255)],
        *[mark.encode() for mark in "{}[]:,#&*!|>'\"%@`-?~\\."],
        *[word.encode() for word in ("unknown", "null", "<<", "---\n", "...", "\u2028", "\x85", "\ufeff", "\u202e")],
        *[b"1e999", b".nan", b"- ", b": ", b"\n  ", b"\\ud800", b"9" * 400, b"[" * 40, b"value", b"2025-02-30"],
    ]
)
VALID = b"""\
alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30, purposes: [cost, market]}
terms:
  rationale: {value: gone, plausible: [gone, weakening], source: "p. 4", disputed: true, dated: 2025-01-01}
  trust: {value: 2.5, low: 2, high: 3.5, confidence: low}
  ends_on: 2025-12-31
  counsel: |
    Several lines
    of text
  disputes:
    - id: D1
      raised_in: 2025-Q1
      touches: [price]
checks:
  - period: 2025-Q1
    roi: -0.1
"""


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_with_located_problems(data: st.DataObject) -> None:
    content = VALID
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.one_of(st.just(start), st.integers(start, min(len(content), start + 12))))
        content = content[:start] + data.draw(DAMAGE) + content[end:]
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for problem in problems_in(content):
        assert 1 <= problem.location.line <= len(lines)
        assert problem.message == problem.message.strip() != ""
        line = lines[problem.location.line - 1].decode("utf-8", "replace")
        assert 1 <= problem.location.column <= len(line) + 1


@settings(max_examples=150)
@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_refused_with_located_problems(content: bytes) -> None:
    assert all(problem.message for problem in problems_in(content))
