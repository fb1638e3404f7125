"""The small ruleset of `tests/rulesets/small`, and short ways to read facts, lines and measures with it.

Facts are written without the four that every case needs; `facts` puts them on a first line of their own, so that
what a test writes begins on line 2.
"""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path

import pytest

from engine.case import Case
from engine.conditions import Condition
from engine.errors import FactsError, Location, Problem, ProblemsError, RulesetError
from engine.facts_file import parse_case
from engine.measures import Observations, observe
from engine.outcomes import Situation
from engine.parse.fields import Problems
from engine.parse.language import LanguageError, parse_condition
from engine.parse.measures import parse_measures
from engine.parse.names import Names
from engine.parse.ruleset import load_ruleset, recommendation_types
from engine.rules import Ruleset
from engine.sources import Mapping, Scalar, Sequence, parse
from engine.vocabulary import Vocabulary

FOLDER = Path(__file__).parent / "rulesets" / "small"
PROFILE = "alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30}\n"


@cache
def ruleset() -> Ruleset:
    """The small ruleset."""
    return load_ruleset(FOLDER, "small")


def vocabulary() -> Vocabulary:
    """Its vocabulary."""
    return ruleset().vocabulary


def names() -> Names:
    """Everything that its conditions may refer to."""
    small = ruleset()
    return Names(small.vocabulary, small.measure_by_id, recommendation_types(small.weighing))


def case(facts: str = "", profile: str = PROFILE) -> Case:
    """The case of a facts file."""
    return parse_case("facts.yaml", (profile + textwrap.dedent(facts)).encode(), vocabulary())


def problems_in(content: bytes | str, profile: str = PROFILE) -> tuple[Problem, ...]:
    """What is wrong with the content of a facts file; bytes are taken as the whole file."""
    whole = content if isinstance(content, bytes) else (profile + textwrap.dedent(content)).encode()
    try:
        parse_case("facts.yaml", whole, vocabulary())
    except FactsError as error:
        return error.problems
    return ()


def the_problem(content: bytes | str, profile: str = PROFILE) -> str:
    """The one problem of a facts file as a person reads it, without the name of the file."""
    found = problems_in(content, profile)
    assert len(found) == 1, [str(problem) for problem in found]
    return str(found[0]).removeprefix("facts.yaml:")


def scalar(line: str, quoting: str = "") -> Scalar:
    """A condition as a rule file holds it, at line 1 and column 3: plain, or in the given quotation marks."""
    spelled = {
        "": line,
        "'": "'" + line.replace("'", "''") + "'",
        '"': '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"',
    }[quoting]
    node = node_of(f"- {spelled}\n")
    assert isinstance(node, Sequence)
    item = node.items[0]
    assert isinstance(item, Scalar), line
    return item


def node_of(text: str) -> Mapping | Sequence | Scalar:
    """The tree of a YAML text."""
    document = parse("rules.yaml", text.encode())
    assert document.root is not None, document.problems
    return document.root


def condition(line: str, quoting: str = "") -> Condition:
    """The node that a line stands for."""
    return parse_condition(scalar(line, quoting), names())


def line_problem(line: str, quoting: str = "") -> Problem:
    """What is wrong with a line."""
    with pytest.raises(LanguageError) as caught:
        condition(line, quoting)
    assert caught.value.problem is not None
    return caught.value.problem


def observed(measures: str, facts: str) -> Observations:
    """The measures declared in `measures`, of a case with `facts`; the declarations are sound."""
    found = Problems()
    declared = parse_measures([parse("measures.yaml", measures.encode())], vocabulary(), found)
    assert not found.found, [str(problem) for problem in found.found]
    return observe([measure for measure in declared.values() if measure is not None], case(facts))


def situation(facts: str = "") -> Situation:
    """A case with the measures of the small ruleset, before any rule has fired."""
    one = case(facts)
    return Situation(one, observe(ruleset().measures, one))


def ruleset_problems(folder: Path) -> list[str]:
    """What is wrong with a ruleset, each as `file:line:column: message`, with its hint."""
    try:
        load_ruleset(folder, "r")
    except ProblemsError as error:
        return [str(problem) for problem in error.problems]
    return []


def at(line: int, column: int, file: str = "facts.yaml") -> Location:
    """A place in a file."""
    return Location(file, line, column)


def measure_problems(measures: str) -> list[str]:
    """What is wrong with the declarations of measures, which begin on line 2, without the name of the file."""
    found = Problems()
    document = parse("measures.yaml", f"measures:\n{measures}\n".encode())
    found.found.extend(document.problems)
    parse_measures([document], vocabulary(), found)
    return [str(problem).removeprefix("measures.yaml:") for problem in RulesetError(found.found).problems]
