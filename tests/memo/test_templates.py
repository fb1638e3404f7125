"""A template that cannot be used says where and why; one that can is unable to do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import NotFoundError, TemplateError
from engine.memo import write_memo
from engine.memo.context import memo_context
from tests.memo.samples import assessed

SAMPLE = "seeds/starbucks-barnes-noble"
BUILT_IN = "`board` or `renegotiation`"


def write(path: Path, text: str, name: str = "own.md.j2") -> str:
    file = path / name
    file.write_text(text, encoding="utf-8")
    return write_memo(assessed(SAMPLE), str(file), name.split(".")[1])


WRONG = {
    "A\n{{ recomendation.option }}\n": (
        2, 4, "there is nothing called `recomendation` to put in here", "did you mean `recommendation`?"
    ),
    "{{ recommendation.optoin }}": (
        1, 19, "there is no `optoin` in the value named before it", "did you mean `option`?"
    ),
    "A\n\n{% for one in options %}\n{{ one.titel }}\n{% endfor %}\n": (
        4, 8, "there is no `titel` in the value named before it", "did you mean `title`?"
    ),
    "{{ review_on | dat }}": (1, 16, "there is no filter `dat`", "did you mean `date`?"),
    "A\n{% for one in options %}\n{{ one.title }}\n": (
        3, 1, "the template ends before an instruction or `{{ }}` that was begun is closed", ""
    ),
    "{% fro one in options %}": (1, 4, "there is no instruction `fro`", ""),
    "{{ alliance.name }": (1, 18, "`}` does not belong here", ""),
    "{{ alliance.__class__ }}": (1, 13, "a template cannot use `__class__`, only the values that it is given", ""),
    "{{ alliance.name | safe }}": (1, 20, "there is no filter `safe`", ""),
    "A\n{{ 1 / 0 }}": (2, 1, "this cannot be written: division by zero", ""),
    "A\n{{ 'a' * 10**10 }}": (
        2, 1, "this cannot be written: this repeats something until it is longer than 1,000,000", ""
    ),
    "{{ 10**10 * [1] }}": (1, 1, "this cannot be written: this repeats something until it is longer than ", ""),
    "{{ 9**(9**9) }}": (1, 1, "this cannot be written: this power is too large", ""),
    "{% for one in range(10**9) %}{% endfor %}": (1, 1, "this range has more than 100000 numbers", ""),
    "{{ summary | number }}": (1, 1, "this cannot be written: ", ""),
    "A\n{% include 'absent.j2' %}": (2, 13, "there is no template `absent.j2` to take in here", ""),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_mistakes_are_located_and_said_plainly(text: str, tmp_path: Path) -> None:
    line, column, message, hint = WRONG[text]
    with pytest.raises(TemplateError) as caught:
        write(tmp_path, text)
    (problem,) = caught.value.problems
    assert problem.location == (str(tmp_path / "own.md.j2"), line, column)
    assert problem.message.startswith(message)
    assert problem.hint == hint


def test_a_name_like_no_other_gets_the_names_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        write(tmp_path, "{{ qqqqqqqq }}")
    (problem,) = caught.value.problems
    for name in memo_context(assessed(SAMPLE)):
        assert f"`{name}`" in problem.hint


def test_a_mistake_in_a_part_is_located_there(tmp_path: Path) -> None:
    (tmp_path / "part.j2").write_text("{% macro title() %}\n{{ nothing }}\n{% endmacro %}\n", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        write(tmp_path, "{% from 'part.j2' import title %}\n{{ title() }}\n")
    assert caught.value.problems[0].location == (str(tmp_path / "part.j2"), 2, 4)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "own.md.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match=r"own\.md\.j2:1:1: the file is not UTF-8 text"):
        write_memo(assessed(SAMPLE), str(tmp_path / "own.md.j2"), "md")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own.md.j2"
    file.write_text("{{ alliance.name }}", encoding="utf-8")

    def refuse(name: str, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(NotFoundError, match=rf"^`{file}` cannot be read: Permission denied$"):
        write_memo(assessed(SAMPLE), str(file), "md")


def test_what_is_repeated_within_reason_is_written(tmp_path: Path) -> None:
    assert write(tmp_path, "{{ 'ab' * 3 }} {{ 2 * 3 }} {{ 2**10 }} {{ 1.5 * 2 }} {{ ([1] * 3) | length }}") == (
        "ababab 6 1024 3 3\n"
    )


@pytest.mark.parametrize(
    ("template", "fmt", "message"),
    [
        ("bord", "md", "there is no template `bord`\n  hint: did you mean `board`?"),
        (
            "xyz",
            "md",
            f"there is no template `xyz`\n  hint: expected {BUILT_IN}, or the path of a file that ends in `.j2`",
        ),
        ("board", "pdf", "there is no format `pdf` for a memo, expected `md` or `html`"),
        ("own.html.j2", "md", "template `own.html.j2` writes HTML, and Markdown is asked for"),
        ("nowhere/own.md.j2", "md", "there is no template `nowhere/own.md.j2`"),
    ],
)
def test_unknown_names(template: str, fmt: str, message: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        write_memo(assessed(SAMPLE), template, fmt)
    assert str(caught.value) == message


def test_a_misspelt_path_has_its_neighbour_named(tmp_path: Path) -> None:
    (tmp_path / "ours.md.j2").write_text("x", encoding="utf-8")
    with pytest.raises(NotFoundError, match=r"did you mean `.*ours\.md\.j2`\?"):
        write_memo(assessed(SAMPLE), str(tmp_path / "our.md.j2"), "md")


def test_values_are_plain_text_however_they_are_put_together(tmp_path: Path) -> None:
    text = (
        "{% macro bold(text) %}**{{ text }}**{% endmacro %}\n"
        "{% set whole %}{{ '[a](b)' }}{% endset %}\n"
        "{{ bold('<i>') }} {{ '<b>' ~ bold('x') }} {{ whole }} {{ ['<u>', '<s>'] | join(', ') }}\n"
        "{{ '%s' | format('<q>') }}\n"
    )
    for name in ("own.md.j2", "own.html.j2"):
        written = write(tmp_path, text, name)
        assert "<" not in written
        assert "&lt;i&gt;" in written
    assert "**&lt;i&gt;**" in write(tmp_path, text)
    assert r"\[a\](b)" in write(tmp_path, text)


def test_autoescape_cannot_be_switched_off(tmp_path: Path) -> None:
    text = "{% autoescape false %}{{ '<script>' }}{% endautoescape %}"
    assert "<script>" not in write(tmp_path, text, "own.html.j2")
    assert "<script>" not in write(tmp_path, "{% autoescape true %}{{ '<script>' }}{% endautoescape %}")


def test_stylesheet_cannot_end_its_element(tmp_path: Path) -> None:
    (tmp_path / "bad.css").write_text("p { } </style><script>", encoding="utf-8")
    with pytest.raises(TemplateError, match="which would end it"):
        write(tmp_path, "{{ stylesheet('bad.css').text }}", "own.html.j2")


def test_a_folder_of_templates_takes_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "letter.md.j2").write_text("Dear {{ alliance.us }}", encoding="utf-8")
    assert write_memo(assessed(SAMPLE), "letter", "md", tmp_path) == f"Dear {assessed(SAMPLE).case.us}\n".replace(
        "&", "&"
    )
