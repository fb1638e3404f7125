"""The sample alliances as rows of tables, in every format that can be read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from engine.assessment import Prepared, prepare
from engine.case import Case, Entry
from engine.errors import ProblemsError
from engine.facts_file import load_case
from engine.portfolio.partition import Refused
from engine.portfolio.reading import gather
from engine.portfolio.running import outcomes
from engine.portfolio.whole import Collected, collect
from engine.vocabulary import Vocabulary
from tests.fresh_machine import TOP
from tests.memo.samples import SAMPLES, ruleset

Row = Mapping[str, Any]
FACTS = tuple(str(TOP / "facts" / sample / "facts.yaml") for sample in SAMPLES)


@cache
def prepared() -> Prepared:
    return prepare(ruleset())


def vocabulary() -> Vocabulary:
    return ruleset().vocabulary


@cache
def cases() -> tuple[Case, ...]:
    return tuple(load_case(path, vocabulary()) for path in FACTS)


def portfolio_of(*paths: object, processes: int = 1) -> Collected:
    """The portfolio of paths; what cannot be read counts among the problems."""
    found = gather(map(str, paths), vocabulary())
    for error in found.errors:
        if not isinstance(error, ProblemsError):
            raise error
    unread = tuple(problem for error in found.errors if isinstance(error, ProblemsError) for problem in error.problems)
    collected = collect(outcomes(prepared(), found.sources, workers=processes), ruleset(), len(found.errors))
    return collected._replace(problems=(*unread, *collected.problems))


def messages(collected: Collected) -> list[str]:
    return [str(problem) for problem in collected.problems]


def tree_of(path: Path) -> Case:
    """The case that the only alliance at a path describes."""
    from engine.portfolio.reading import case_of

    (source,) = gather([str(path)], vocabulary()).sources
    return case_of(source, vocabulary()).case


def refused(path: Path) -> list[str]:
    """What is wrong with the alliances at a path."""
    found = gather([str(path)], vocabulary())
    assert not found.errors
    every = outcomes(prepared(), found.sources)
    return [str(problem) for one in every if isinstance(one, Refused) for problem in one.problems]


# -- from cases to rows


def row_of(case: Case, long: bool = False) -> Row:
    """The row of a case: values alone, or, where they have more to them, in the long form."""
    row: dict[str, Any] = {name: _cell(entry, long) for name, entry in case.facts.items()}
    for name, records in case.lists.items():
        path = vocabulary().lists[name].path
        row[path] = [{field: _cell(entry, long) for field, entry in record.entries.items()} for record in records]
    return row


def _cell(entry: Entry, long: bool) -> Any:
    value = list(entry.value) if isinstance(entry.value, tuple) else entry.value
    if not long or entry == Entry(entry.value):
        return value
    extra = {
        name: getattr(entry, name) for name in Entry._fields[1:] if getattr(entry, name) != Entry._field_defaults[name]
    }
    return {"value": value, **extra}


def without_evidence(case: Case) -> Case:
    """The case with its values alone."""
    return Case(
        {name: Entry(entry.value) for name, entry in case.facts.items()},
        {
            name: tuple(
                record._replace(entries={key: Entry(one.value) for key, one in record.entries.items()})
                for record in records
            )
            for name, records in case.lists.items()
        },
    )


# -- from rows to files


def header(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def write_csv(path: Path, rows: Sequence[Row], delimiter: str = ",") -> None:
    names = header(rows)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_as_text(row[name]) if name in row else "" for name in names])
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")


def write_xlsx(path: Path, rows: Sequence[Row]) -> None:
    names = header(rows)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, names)
        for number, row in enumerate(rows, start=1):
            for place, name in enumerate(names):
                value = row.get(name)
                if isinstance(value, bool):
                    sheet.write_boolean(number, place, value)
                elif isinstance(value, (int, float)):
                    sheet.write_number(number, place, value)
                elif isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write_string(number, place, _as_text(value))


def write_ndjson(path: Path, rows: Sequence[Row]) -> None:
    lines = [json.dumps(row, default=str, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_nested_ndjson(path: Path, rows: Sequence[Row]) -> None:
    """As facts files are nested, one on each line."""
    nested = []
    for row in rows:
        facts: dict[str, Any] = {}
        for name, value in row.items():
            section, dot, own = name.partition(".")
            if dot:
                facts.setdefault(section, {})[own] = value
            else:
                facts[section] = value
        nested.append(facts)
    write_ndjson(path, nested)


def write_parquet(path: Path, rows: Sequence[Row]) -> None:
    names = header(rows)
    pl.DataFrame(
        {name: pl.Series(name, [row.get(name) for row in rows], strict=False) for name in names}
    ).write_parquet(path)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return json.dumps(value, default=str) if isinstance(value, (list, dict)) else str(value)


WRITERS: Mapping[str, Callable[[Path, Sequence[Row]], None]] = {
    "table.csv": write_csv,
    "table.xlsx": write_xlsx,
    "table.ndjson": write_ndjson,
    "nested.jsonl": write_nested_ndjson,
    "table.parquet": write_parquet,
}
