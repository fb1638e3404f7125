"""Files whose form is at fault: one problem, at its place, in words for the person who wrote the file."""

from __future__ import annotations

import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from engine import sources
from engine.errors import FactsError, NotFoundError
from engine.facts_file import load_case
from engine.vocabulary import Vocabulary
from tests.golden import labels, pairs
from tests.small import PROFILE, problems_in, the_problem

MISTAKES = pairs(Path(__file__).with_name("yaml.txt"))
NOT_UTF8 = "the file is not text in UTF-8\n  hint: save it as UTF-8 (plain text)"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1:1: the file is empty"),
        (b" \n\n", "1:1: the file is empty"),
        (b"\xef\xbb\xbf", "1:1: the file is empty"),
        (b"# nothing yet\n", "1:1: the file holds nothing but comments"),
        (b"---\n...\n", "2:1: expected sections such as `alliance:`, found nothing"),
        (b"- alliance\n", "1:1: expected sections such as `alliance:`, found a list"),
        (b"hello\n", "1:1: expected sections such as `alliance:`, found `hello`"),
    ],
    ids=["empty", "blank", "only a byte order mark", "comments", "empty document", "list", "text"],
)
def test_a_file_without_sections_says_so(content: bytes, expected: str) -> None:
    assert the_problem(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", f"1:1: {NOT_UTF8}"),
        ("alliance:\n  name: Café\n".encode("latin-1"), f"2:12: {NOT_UTF8}"),
        ("é: 1\nü: ".encode() + b"\xe9", f"2:4: {NOT_UTF8}"),
        (b"\xef\xbb\xbfa: \xe9\n", f"1:4: {NOT_UTF8}"),
        ("alliance: x".encode("utf-16"), f"1:1: {NOT_UTF8}"),
        (
            "alliance: x".encode("utf-16-le"),
            "1:2: character U+0000 cannot stand in a text file\n  hint: is this a YAML or JSON file?",
        ),
        (
            b"alliance:\r\n  na\x1bme: x\r\n",
            "2:5: character U+001B cannot stand in a text file\n  hint: is this a YAML or JSON file?",
        ),
        (
            b"a: 1\rb: \x7f",
            "2:4: character U+007F cannot stand in a text file\n  hint: is this a YAML or JSON file?",
        ),
    ],
)
def test_what_is_not_text_is_refused_at_the_first_byte_that_is_not(content: bytes, expected: str) -> None:
    assert the_problem(content) == expected


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=labels(MISTAKES))
def test_a_mistake_of_yaml_is_worded_for_people(text: str, expected: str) -> None:
    assert the_problem(text.replace("<TAB>", "\t").encode()) == expected


def test_a_bomb_of_aliases_stops_at_its_first_anchor() -> None:
    names = "abcdefghij"
    bomb = "a: &a [x, x]\n"
    bomb += "".join(f"{one}: &{one} [*{last}, *{last}]\n" for last, one in pairwise(names))
    assert the_problem(bomb.encode()).startswith("1:4: anchors (`&a`) are not used in these files")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"[" * 30_000, "1:33"),
        (b"{a: " * 100, "1:129"),
        (b"- " * 30_000, "1:65"),
        (b"".join(b" " * depth + b"a:\n" for depth in range(100)), "33:33"),
    ],
    ids=["30,000 brackets", "100 braces", "30,000 dashes", "100 levels"],
)
def test_deep_nesting_is_refused_where_it_becomes_too_deep(content: bytes, place: str) -> None:
    assert the_problem(content) == f"{place}: nested more than 32 levels deep"


def test_nesting_as_deep_as_is_allowed_is_read() -> None:
    deep = "x: " + "[" * 31 + "]" * 31
    assert [str(one) for one in problems_in(deep)] == [
        "facts.yaml:2:1: unknown section `x`\n  hint: the sections are alliance, checks, terms"
    ]


def test_fifty_megabytes_are_refused_without_being_read(tmp_path: Path, small_vocabulary: Vocabulary) -> None:
    path = tmp_path / "facts.yaml"
    with path.open("wb") as stream:
        stream.write(b"x: [\n")
        for _ in range(50):
            stream.write(b"- 1\n" * 250_000)
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(FactsError) as caught:
        load_case(str(path), small_vocabulary)
    took = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(caught.value) == f"{path}:1:1: the file is larger than 4 MB, which no facts or rules file needs"
    assert took < 5
    assert peak < 20_000_000


def test_more_values_than_any_case_has_are_refused() -> None:
    assert the_problem(b"[" + b"1," * 210_000 + b"]").endswith("more than 200000 values in one file")


@pytest.mark.parametrize(
    "lines",
    [
        b"".join(b"unknown%d: 1\n" % number for number in range(30_000)),
        b"terms:\n" + b"".join(b"  trus%d: 1\n" % number for number in range(30_000)),
        b"checks:\n"
        + b"".join(b"- {period: %d}\n" % (1000 + number) for number in range(3_000))
        + b"terms: {disputes: ["
        + b"".join(b"{id: D%d, raised_in: Q%d}," % (number, number) for number in range(3_000))
        + b"]}\n",
    ],
    ids=["sections", "facts", "references"],
)
def test_a_file_with_countless_mistakes_costs_little_and_lists_the_first_500(lines: bytes) -> None:
    began = time.perf_counter()
    found = problems_in(PROFILE.encode() + lines)
    assert time.perf_counter() - began < 10
    assert len(found) == 501
    assert found[-1].message == "more than 500 problems; the rest was not checked"


def test_a_value_of_three_megabytes_is_shown_in_part() -> None:
    found = the_problem("terms: {rationale: " + "a" * 3_000_000 + "}")
    assert found == f"2:20: `terms.rationale` is `{'a' * 59}…`, expected `valid`, `weakening` or `gone`"


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, small_vocabulary: Vocabulary) -> None:
    missing = str(tmp_path / "none.yaml")
    with pytest.raises(NotFoundError) as caught:
        load_case(missing, small_vocabulary)
    assert str(caught.value) == f"there is no file `{missing}`"
    with pytest.raises(NotFoundError) as caught:
        load_case(str(tmp_path), small_vocabulary)
    assert str(caught.value) == f"`{tmp_path}` is a folder, expected a file"
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(NotFoundError) as caught:
        load_case(str(file / "facts.yaml"), small_vocabulary)
    assert str(caught.value) == f"`{file / 'facts.yaml'}` cannot be read: Not a directory"


def test_a_name_that_no_file_can_have_is_not_found(small_vocabulary: Vocabulary) -> None:
    with pytest.raises(NotFoundError) as caught:
        load_case("a\0b", small_vocabulary)
    assert str(caught.value) == "`a b` cannot be the name of a file"


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": {"b": 1, ', "1:16: this is not valid JSON: it ends before it is complete\n  hint: was it cut off?"),
        ("[{", "1:3: this is not valid JSON: it ends before it is complete\n  hint: was it cut off?"),
        ('{"a": "b', "1:7: this is not valid JSON: a quotation mark is not closed\n  hint: close it on the same line"),
        ('{"a": ]}', "1:7: this is not valid JSON: `]` stands where a value was expected\n  hint: "),
        ('{"a": 1} {', "1:10: this is not valid JSON: text stands behind the end of the JSON\n  hint: "),
    ],
)
def test_of_json_the_words_are_those_of_json(
    text: str, said: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_LOADER", getattr(yaml, loader))
    for name in ("facts.json", "FACTS.JSON"):
        (problem,) = sources.parse(name, text.encode()).problems
        assert str(problem).startswith(f"{name}:{said}")


def test_without_libyaml_the_same_files_are_read_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_LOADER", yaml.SafeLoader)
    assert problems_in("terms: {trust: 3, counsel: \"a: 'b'\"}") == ()
    assert the_problem("terms: {trust: 7}") == "2:16: `terms.trust` is `7`, expected a number from 1 to 5"
    assert the_problem(b"[" * 30_000) == "1:33: nested more than 32 levels deep"
    for text in ("a:\n\tb: c\n", "a: %40\n", "a: [b\nc: d\n", 'a: "b', '{"a": 1 "b": 2}', "a: b: c\n", "a: }\n"):
        assert "this is not valid YAML" in the_problem(text.encode())
