"""One partition of a portfolio: what describes some alliances is read and judged, and becomes where they stand.

This is the work that is carried to other processes, and to other machines: plain data in, plain data out, and nothing
that one partition does bears on another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.assessment import Prepared
from engine.errors import FactsError, Location, Problem
from engine.portfolio.judging import judge
from engine.portfolio.reading import FactsFile, ReadCase, Source, case_of
from engine.portfolio.standing import Standing, standing
from engine.vocabulary import Vocabulary


class Stood(NamedTuple):
    """An alliance that was judged, and where it is named."""

    standing: Standing
    named_at: Location


class Refused(NamedTuple):
    """An alliance whose facts cannot be used, and why."""

    problems: tuple[Problem, ...]


Outcome = Stood | Refused
Partition = Sequence[Source]


def outcomes_of(partition: Partition, prepared: Prepared) -> list[Outcome]:
    """One outcome a source, in their order."""
    vocabulary, weighing = prepared.ruleset.vocabulary, prepared.ruleset.weighing
    read = [_read(source, vocabulary) for source in partition]
    answers = iter(judge(prepared, [one.case for one in read if isinstance(one, ReadCase)]))
    return [
        Stood(standing(one.case, next(answers), weighing, _file(source)), one.named_at)
        if isinstance(one, ReadCase)
        else one
        for source, one in zip(partition, read, strict=True)
    ]


def _read(source: Source, vocabulary: Vocabulary) -> ReadCase | Refused:
    try:
        return case_of(source, vocabulary)
    except FactsError as error:
        return Refused(error.problems)


def _file(source: Source) -> str:
    """What a portfolio names as the place of the facts: a file, or a table and the row."""
    return source.file if isinstance(source, FactsFile) else f"{source.file}:{source.number}"
