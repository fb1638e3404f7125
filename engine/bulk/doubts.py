"""Decisive facts in doubt, of which another value leads to another option, for all rows of a table.

Every row in which a decisive fact is unknown, stale or doubtful is judged again with each other value that the fact
may have, as `engine.explain.missing` does it for one case: as many rows again as there are such values.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.columnar.columns import Coded, code_type
from engine.backends.columnar.table import Table
from engine.bulk.answers import Answers
from engine.bulk.judging import Bulk
from engine.explain.missing import other_values
from engine.explain.variation import RuleGraph
from engine.measures import Observations, observe
from engine.outcomes import Situation
from engine.rules import READINESS
from engine.vocabulary import Kind, Value

_AS_OF = "alliance.as_of"


class _Tried(NamedTuple):
    """What rows are judged with: `which` sort a row is of, and for each sort a line of so many (`counts`) codes."""

    values: tuple[Value, ...]
    sorts: NDArray[np.unsignedinteger]
    counts: NDArray[np.intp]
    which: NDArray[np.intp]


def with_doubts(answers: Answers, table: Table, bulk: Bulk) -> Answers:
    """The answers with the options that decisive doubts lead to, and what these make of readiness."""
    graph = RuleGraph(bulk.ruleset)
    doubts = {
        name: _leads(name, _tried(name, table, graph), answers.winner, table, bulk)
        for name in bulk.ruleset.weighing.decisive_facts
    }
    assert answers.readiness is not None
    readiness = answers.readiness.copy()
    for bits in doubts.values():
        np.maximum(readiness, np.where(bits != 0, READINESS.index("hold"), 0).astype(np.uint8), out=readiness)
    return answers._replace(doubts=doubts, readiness=readiness)


def _leads(name: str, tried: _Tried, winner: NDArray[np.uint8], table: Table, bulk: Bulk) -> NDArray[np.uint8]:
    """The other options that the values to be tried lead to, one bit an option."""
    found = np.zeros(table.rows, np.uint8)
    rows = np.flatnonzero(tried.counts[tried.which])
    if not len(rows):
        return found
    job = bulk.job(table.with_fact(name, Coded(np.zeros(table.rows, np.uint8), tried.values)))
    step = max(1, bulk.chunk // int(tried.counts.max()))

    def run(start: int) -> None:
        some = rows[start : start + step]
        sort = tried.which[some]
        counts = tried.counts[sort]
        again = np.repeat(some, counts)
        lines = tried.sorts[sort]
        codes = lines[np.arange(lines.shape[1]) < counts[:, None]]
        judged = job.judge(table.taken(again).with_fact(name, Coded(codes, tried.values)))
        other = judged.weighed.winner
        bits = np.where(other != winner[again], np.left_shift(1, other), 0).astype(np.uint8)
        found[some] = np.bitwise_or.reduceat(bits, np.cumsum(counts) - counts)

    bulk.in_threads(run, range(0, len(rows), step))
    return found


def _tried(name: str, table: Table, graph: RuleGraph) -> _Tried:
    """The values with which each row is judged again. Rows in which the fact is known and not doubted have none."""
    first, which = _sorts(name, table, graph) if table.rows else (np.zeros(0, np.intp), np.zeros(0, np.intp))
    codes: dict[Value, int] = {}
    tried = []
    for row in first.tolist():
        values = other_values(name, graph, _situation(name, row, table, graph))
        tried.append([codes.setdefault(value, len(codes) + 1) for value in values])
    counts = np.array([len(line) for line in tried], np.intp)
    sorts = np.zeros((len(tried), int(counts.max(initial=0))), code_type(len(codes)))
    for place, line in enumerate(tried):
        sorts[place, : len(line)] = line
    return _Tried(tuple(codes), sorts, counts, which)


def _sorts(name: str, table: Table, graph: RuleGraph) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first row of each sort, and the sort of every row: in rows of one sort the same values are to be tried."""
    rows = table.rows
    if graph.ruleset.vocabulary.facts[name].type.kind is Kind.DATE:
        # Which days are telling depends on other dates.
        return np.arange(rows), np.arange(rows)
    doubt = table.doubts[name].codes.astype(np.intp) if name in table.doubts else np.zeros(rows, np.intp)
    keys = [doubt]
    if name in table.facts:
        column = table.facts[name]
        keys.append(column.known.astype(np.intp))
        value = column.codes if isinstance(column, Coded) else np.unique(column.values, return_inverse=True)[1]
        keys.append(np.where(doubt != 0, value, 0))
    if _AS_OF in table.facts:
        day = table.facts[_AS_OF]
        assert isinstance(day, Coded)
        keys.append(np.where(doubt != 0, day.codes, 0) if name in table.facts else day.codes.astype(np.intp))
    _, first, which = np.unique(np.stack(keys), axis=1, return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _situation(name: str, row: int, table: Table, graph: RuleGraph) -> Situation:
    case = table.case(row)
    dated = graph.ruleset.vocabulary.facts[name].type.kind is Kind.DATE
    return Situation(case, observe(graph.ruleset.measures, case) if dated else Observations())
