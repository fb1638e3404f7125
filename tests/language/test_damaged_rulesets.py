"""A damaged ruleset is refused with located problems, whatever the damage."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import RulesetError
from engine.parse.ruleset import load_ruleset
from tests.small import FOLDER

NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml"))
WORDS = [
    *(
        "",
        "[]",
        "{}",
        "- ",
        ": ",
        "~",
        "null",
        "unknown",
        "'",
        '"',
        "\t",
        "\n",
        "#",
        "1e999",
        "-1",
        "0.5",
        "true",
        "no",
    ),
    *(
        "2025-02-30",
        "finding x",
        "no finding rationale_lost",
        "diagnosis partners_parted",
        "always",
        "exit/expiry",
        "[a, b]",
    ),
    *(
        "type: ref",
        "to: checks",
        "count: {of: disputes}",
        "total: [goals_slope, days_left]",
        "terms.trust",
        "{a: {b: c}}",
    ),
    *("N1", "continue", "decisive", "strategic_fit", "rules:", "when: always", "then: {}", "\u2028", "😀", "x" * 200),
]


def damaged(text: str, draw: st.DrawFn) -> str:
    """The text with words, or the values of keys, replaced, dropped or moved."""
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        row = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["value", "word", "drop", "double", "indent", "insert"]))
        line = lines[row]
        if how == "value":
            line = f"{line.partition(': ')[0]}: {draw(st.sampled_from(WORDS))}"
        elif how == "word":
            words = line.split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS))
            line = " ".join(words)
        elif how == "indent":
            line = draw(st.sampled_from([f"  {line}", line.removeprefix("  "), f"  - {line.strip()}"]))
        elif how == "insert":
            column = draw(st.integers(0, len(line)))
            line = line[:column] + draw(st.sampled_from(WORDS)) + line[column:]
        lines[row : row + 1] = {"drop": [], "double": [line, line]}.get(how, [line])
        text = "\n".join(lines)
    return text


@st.composite
def changes(draw: st.DrawFn) -> dict[str, str]:
    """Damaged texts of one or two files."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    return {name: damaged((FOLDER / name).read_text(encoding="utf-8"), draw) for name in names}


@settings(max_examples=80)
@given(changes())
def test_a_damaged_ruleset_is_read_or_refused_with_located_problems(texts: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(FOLDER, Path(place) / "r"))
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        try:
            load_ruleset(folder, "r")
        except RulesetError as error:
            problems = error.problems
        else:
            return
    assert problems
    for problem in problems:
        assert problem.location.file.startswith("r/")
        text = texts.get(problem.location.file.removeprefix("r/"), "")
        if text:
            line = text.split("\n")[problem.location.line - 1]
            assert 1 <= problem.location.column <= len(line) + 1
