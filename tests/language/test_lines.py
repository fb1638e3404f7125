"""What each line means, and what is said of lines that mean nothing. The tables stand beside this file as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.conditions import Check, Mismatch, Operand, leaves
from engine.parse.language import LanguageError, parse_condition
from engine.predicates import Between, Includes, Known, OneOf, Test
from engine.sources import Scalar, Sequence
from engine.vocabulary import Kind, ValueType
from tests.golden import labels, pairs
from tests.shown import shown
from tests.small import at, condition, line_problem, names, node_of, scalar

MEANINGS = pairs(Path(__file__).with_name("meanings.txt"))
MISTAKES = pairs(Path(__file__).with_name("mistakes.txt"))
QUOTINGS = pytest.mark.parametrize("quoting", ["", "'", '"'], ids=["plain", "single quotes", "double quotes"])


def spelled(line: str, quoting: str) -> str:
    """How a line is quoted at least: a sign at its beginning means something else to YAML."""
    return quoting or ("'" if line[0] in "><=" else "")


@QUOTINGS
@pytest.mark.parametrize(("line", "expected"), MEANINGS, ids=labels(MEANINGS))
def test_a_line_means_what_it_says(line: str, expected: str, quoting: str) -> None:
    node = condition(line, spelled(line, quoting))
    assert shown(node) == expected
    [leaf] = leaves(node)
    assert leaf.text == line
    assert leaf.location == at(1, 4 if spelled(line, quoting) else 3, "rules.yaml")


@QUOTINGS
@pytest.mark.parametrize(("line", "expected"), MISTAKES, ids=labels(MISTAKES))
def test_a_mistake_is_reported_at_its_word(line: str, expected: str, quoting: str) -> None:
    problem = line_problem(line, quoting)
    column, _, said = expected.partition(": ")
    hint = f"\n  hint: {problem.hint}" if problem.hint else ""
    assert f"{problem.message}{hint}" == said
    # The line begins behind a dash and, where there is one, a quotation mark; within, such marks take two columns.
    escapes = line[: int(column) - 1].count(quoting) if quoting else 0
    assert problem.location == at(1, 2 + len(quoting) + int(column) + escapes, "rules.yaml")


def test_at_least_thirty_different_mistakes_are_told_apart() -> None:
    assert len({expected.partition(": ")[2] for _, expected in MISTAKES}) > 60


@pytest.mark.parametrize(
    ("line", "quoting", "column"),
    [
        ("terms.counsel is 'A' B", "'", 27),
        ('terms.counsel is "A" B', '"', 27),
        ('terms.counsel is "A\\\\B" C', '"', 32),
        ("terms.counsel is Ä B", "'", 23),
        ("terms.counsel is 😀 B", '"', 23),
    ],
)
def test_columns_are_those_of_the_file_behind_escapes_in_quotes(line: str, quoting: str, column: int) -> None:
    problem = line_problem(line, quoting)
    assert problem.message == f"`{line[-1]}` is left over"
    assert problem.location.column == column


def test_white_space_between_words_means_nothing() -> None:
    assert condition("  terms.trust   at \u00a0 least\t3 ", "'") == condition("terms.trust at least 3")


def test_a_line_that_is_broken_is_asked_to_be_one_line() -> None:
    for text in ("- terms.trust at\n  least 3\n", "- 'terms.trust at\n  least 3'\n", "- >\n  terms.trust at least 3\n"):
        node = node_of(text)
        assert isinstance(node, Sequence)
        item = node.items[0]
        assert isinstance(item, Scalar)
        with pytest.raises(LanguageError) as caught:
            parse_condition(item, names())
        assert str(caught.value) == (
            "rules.yaml:1:3: a condition stands on one line\n  hint: use several entries, or an `any` block"
        )


def test_an_empty_line_is_no_condition() -> None:
    assert str(line_problem("", "'")) == "rules.yaml:1:4: a condition is empty"
    assert str(line_problem("  ", "'")) == "rules.yaml:1:6: a condition is empty"


def test_a_scalar_knows_where_each_of_its_characters_stands() -> None:
    one = scalar('a"\\ü', '"')
    assert [one.place(offset).column for offset in range(5)] == [4, 5, 7, 9, 10]


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        (ValueType(Kind.CHOICE, ("a", "b")), OneOf(("c",))),
        (ValueType(Kind.CHOICE, ("a", "b")), Between(low=1)),
        (ValueType(Kind.CHOICE, ("a", "b")), Includes(("a",))),
        (ValueType(Kind.CHOICES, ("a", "b")), OneOf(("a",))),
        (ValueType(Kind.CHOICES, ("a", "b")), Includes(("c",))),
        (ValueType(Kind.FLAG), OneOf(("true",))),
        (ValueType(Kind.FLAG), OneOf((1,))),
        (ValueType(Kind.COUNT), OneOf((True,))),
        (ValueType(Kind.COUNT), OneOf(("1",))),
        (ValueType(Kind.TEXT), OneOf((1,))),
        (ValueType(Kind.TEXT), Between(low=1)),
        (ValueType(Kind.DATE), OneOf(("2025-01-01",))),
        (ValueType(Kind.DATE), Between(low=1)),
        (ValueType(Kind.SCORE), Between()),
    ],
)
def test_a_node_cannot_be_made_of_a_test_that_does_not_fit(kind: ValueType, test: Test) -> None:
    with pytest.raises(Mismatch):
        Check(Operand("terms.x", kind), test)


def test_whether_a_value_is_known_can_be_asked_of_every_type() -> None:
    for kind in Kind:
        assert Check(Operand("terms.x", ValueType(kind)), Known()).test == Known()
