"""A grammar written down a second time, read by another parser, accepts the same lines and stops at the same words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark import Lark, UnexpectedCharacters, UnexpectedEOF

from engine.errors import Problem
from engine.parse.language import LanguageError
from tests.golden import pairs
from tests.small import condition

HERE = Path(__file__).parent
WORD_ENDS = r"""(?![^\s,<>=!"'])"""


@cache
def grammar() -> Lark:
    """The grammar; words and patterns end where a word ends."""
    text = (HERE / "conditions.lark").read_text(encoding="utf-8").replace("~", WORD_ENDS)
    text = re.sub(r'"([a-z_.-]+)"', lambda word: f"/{re.escape(word[1])}{WORD_ENDS}/", text)
    return Lark(text, parser="earley", lexer="dynamic", ambiguity="resolve")


def refusal(line: str) -> Problem | None:
    """What the engine's parser says against a line."""
    try:
        condition(line, '"')
    except LanguageError as error:
        return error.problem
    return None


def stop(line: str) -> int | None:
    """The column of the first word that cannot stand where it stands, by the grammar; None where all can."""
    try:
        grammar().parse(line)
    except UnexpectedEOF:
        return len(line) + 1
    except UnexpectedCharacters as error:
        return error.column
    return None


def column_of(problem: Problem, line: str) -> int:
    """The column within the line, which stands in double quotes behind a dash."""
    columns = [4 + offset + line[:offset].count('"') + line[:offset].count("\\") for offset in range(len(line) + 1)]
    return columns.index(problem.location.column) + 1


MEANING = re.compile(
    r"told without looking|above the second|stands twice|no calendar|that exists"
    r"|expected a (whole )?number.*, found `[-+]?[0-9.]+([eE][-+]?[0-9]+)?%?`$"
)
"""Said of lines whose words are in order, but make no sense."""
PHRASES = (
    *("at least", "at most", "more than", "less than", "fewer than", "worse than", "better than", "no worse than"),
    *("no better than", "does not include", "one of"),
)
"""Words of which a beginning alone means nothing: the engine points at their beginning, the grammar at their break."""
POINTS_BACK = re.compile(r"do not stand together|list of choices is tested|is a record list|quotation mark")
"""Said of a word before the one at which a reader who knows the grammar alone would stop."""


def compare(line: str) -> None:
    """Holds the two parsers together on one line."""
    problem, stopped = refusal(line), stop(line)
    if problem is None:
        assert stopped is None, f"the grammar refuses at {stopped}: {line}"
        return
    sense = MEANING.search(problem.message) is not None
    assert (stopped is not None) or sense, f"the grammar accepts: {line}: {problem}"
    if stopped is None:
        return
    column = column_of(problem, line)
    begun = " ".join(line[column - 1 : stopped - 1].split())
    if sense or (begun and any(phrase.startswith(begun) for phrase in PHRASES)) or POINTS_BACK.search(problem.message):
        assert column <= stopped, f"{line}: {problem}"
    else:
        assert column == stopped, f"{line}: {problem}"


Words = st.SearchStrategy[list[str]]


def one_of(*texts: str) -> Words:
    """One of some texts, as words."""
    return st.sampled_from([text.split() for text in texts])


def chain(*parts: Words) -> Words:
    """The words of all parts."""
    return st.tuples(*parts).map(lambda found: [word for part in found for word in part])


def several(value: Words) -> Words:
    """Values with commas between them."""
    return st.lists(value, min_size=1, max_size=3).map(
        lambda found: [word for one in found for word in [",", *one]][1:]
    )


IS = one_of("is", "is not", "=", "!=")
KNOWN = chain(IS, one_of("known", "unknown"))
LIMIT = one_of("at least", "at most", "more than", "less than", "fewer than", ">=", "<=", ">", "<")
DAY = one_of("2025-06-30", "2024-02-29", "1999-12-31", '"2025-01-01"')
COUNT = one_of("1", "2", "30", "007")
FACT_DATE = one_of("alliance.as_of", "terms.ends_on", "alliance.started")
TEXT = one_of("Smith", '"A B"', "'x'", "one", "2025", "where", "de-scope", "a.b", '""')


def choice(value: Words) -> Words:
    """Comparisons of a choice."""
    return st.one_of(chain(IS, value), chain(IS, one_of("one of"), several(value)), KNOWN)


def ordered(value: Words) -> Words:
    """Comparisons of a choice whose values are ordered."""
    order = one_of("worse than", "better than", "no worse than", "no better than")
    return st.one_of(choice(value), chain(order, value))


def number(value: Words) -> Words:
    """Comparisons of a number."""
    return st.one_of(choice(value), chain(LIMIT, value), chain(one_of("between"), value, one_of("and"), value))


def choices(value: Words) -> Words:
    """Comparisons of a list of choices."""
    return chain(one_of("includes", "includes one of", "does not include", "does not include one of"), several(value))


def dates(reference: Words) -> Words:
    """Comparisons of a date."""
    moment = st.one_of(DAY, reference)
    side = one_of("days of", "days before", "days after", "day of")
    return st.one_of(
        choice(DAY),
        chain(one_of("between"), DAY, one_of("and"), DAY),
        chain(one_of("before", "after"), moment),
        chain(one_of("within"), COUNT, side, moment),
    )


PART = one_of("0.5", "60%", "1", ".25", "12.5%")
SCORE = one_of("1", "2.5", "3", "+4", "5.0")
TRUTH = one_of("true", "false")
RATIONALE = one_of("valid", "weakening", "gone", '"gone"')
STATUS = one_of("settled", "dormant", "open", "'open'")
MOOD = one_of("good", "fair", "bad")
PURPOSE = one_of("cost", "market", '"technology"')
FACTS = st.one_of(
    chain(one_of("terms.rationale"), ordered(RATIONALE)),
    chain(one_of("alliance.form"), choice(one_of("contract", "venture"))),
    chain(one_of("alliance.purposes"), choices(PURPOSE)),
    chain(one_of("terms.exclusive"), choice(TRUTH)),
    chain(one_of("terms.trust", "goals_latest"), number(SCORE)),
    chain(one_of("terms.our_share", "serious_share"), number(PART)),
    chain(one_of("terms.balance", "goals_slope", "days_left"), number(one_of("0", "-1.5e3", "100"))),
    chain(one_of("terms.ends_on", "earliest_exit"), dates(st.one_of(FACT_DATE, one_of("earliest_exit")))),
    chain(one_of("terms.counsel"), choice(TEXT)),
    chain(one_of("terms.budget_year"), choice(one_of("2025", "2025-Q1", "2025-12"))),
    chain(one_of("recommendation.option"), choice(one_of("exit", "de-scope"))),
)
DISPUTE = st.one_of(
    chain(one_of("status"), ordered(STATUS)),
    chain(one_of("severity"), number(SCORE)),
    chain(one_of("contested"), number(PART)),
    chain(one_of("touches"), choices(one_of("price", "scope"))),
    chain(one_of("opened"), dates(FACT_DATE)),
    chain(one_of("description", "raised_in"), choice(TEXT)),
    chain(one_of("admitted"), choice(TRUTH)),
)
CHECK = st.one_of(chain(one_of("mood"), ordered(MOOD)), chain(one_of("roi"), number(PART)))
HOW_MANY = st.one_of(one_of("some", "no"), chain(LIMIT, COUNT))


def where(test: Words) -> Words:
    """Tests of a record."""
    return st.lists(test, min_size=1, max_size=3).map(
        lambda found: [word for one in found for word in ["and", *one]][1:]
    )


LISTS = st.one_of(
    chain(HOW_MANY, one_of("disputes", "checks")),
    chain(st.one_of(HOW_MANY, one_of("every")), one_of("disputes where"), where(DISPUTE)),
    chain(st.one_of(HOW_MANY, one_of("every")), one_of("checks where"), where(CHECK)),
    chain(one_of("disputes", "checks"), one_of("is known", "is unknown", "is not known", "is not unknown")),
)
SEVERITY = one_of("", "at least minor", "at least serious", "at least critical")
MADE = chain(one_of("", "no"), one_of("finding rationale_lost", "finding at"), SEVERITY)
SENTENCES = st.one_of(FACTS, LISTS, MADE, one_of("diagnosis parted", "no diagnosis parted"))
STRAY_WORDS = """
is not = != known unknown one of at least most more less than between and or where before after within days no some
every finding diagnosis disputes checks status gone open 3 60% 2025-06-30 2025 , >= < terms.trust includes does include
worse better true always word " '
"""
STRAY = st.sampled_from(STRAY_WORDS.split())


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """A sentence with a few of its words dropped, doubled, moved or replaced."""
    words = list(draw(SENTENCES))
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, max(0, len(words) - 1)))
        how = draw(st.sampled_from(["drop", "double", "swap", "replace", "insert"]))
        if how == "drop":
            words[place : place + 1] = []
        elif how == "double":
            words[place:place] = words[place : place + 1]
        elif how == "swap":
            words[place : place + 2] = reversed(words[place : place + 2])
        else:
            words[place : place + (how == "replace")] = [draw(STRAY)]
    return " ".join(words)


@settings(max_examples=300)
@given(SENTENCES, st.sampled_from([" ", "  "]))
def test_every_sentence_of_the_grammar_is_accepted(words: list[str], space: str) -> None:
    line = space.join(words).replace(" ,", ",")
    problem = refusal(line)
    assert stop(line) is None, line
    assert problem is None or MEANING.search(problem.message), str(problem)


@settings(max_examples=500)
@given(spoiled())
@example("terms.counsel is not")
@example("finding at at least serious")
@example("terms.counsel is one")
@example("terms.trust >= = 3")
def test_both_parsers_accept_and_refuse_the_same_lines_at_the_same_word(line: str) -> None:
    if line:
        compare(line)


LINES = [line for name in ("meanings.txt", "mistakes.txt") for line, _ in pairs(HERE / name)]


@pytest.mark.parametrize("line", LINES)
def test_both_parsers_agree_on_every_line_of_the_tables(line: str) -> None:
    compare(line)
