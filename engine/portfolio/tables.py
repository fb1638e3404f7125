"""Tables in their formats: the names of their columns, and their rows as they stand there.

Rows are numbered as a spreadsheet numbers them: the header is row 1. A row without any content is left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import NamedTuple

from engine.errors import FactsError, Location, Problem
from engine.extras import library
from engine.sources import shorten

MAX_BYTES = 256_000_000
"""Larger tables are refused: they would not fit into memory beside their cases."""

_DELIMITERS = (",", ";", "\t")


class Table(NamedTuple):
    """The header of a table, and its rows as pairs of a number and as many cells as the header has."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[object, ...]], ...]


def read_table(file: str, content: bytes) -> Table:
    """The table that a file holds, by the ending of its name.

    Raises FactsError where it cannot be read or is empty, AdvisorError where a library is missing.
    """
    if len(content) > MAX_BYTES:
        raise unusable(file, f"the table is larger than {MAX_BYTES // 1_000_000} MB", "split it into several")
    if not content:
        raise unusable(file, "the file is empty", "the first row names the columns by section and fact")
    table = _READERS[PurePath(file).suffix.lower()](file, content)
    if not table.rows:
        raise unusable(file, "the table has no rows below its header")
    return table


def unusable(file: str, message: str, hint: str = "", row: int = 1, column: int = 1) -> FactsError:
    """What is wrong with a whole file, to be raised."""
    return FactsError([Problem(Location(file, row, column), message, hint)])


def _csv(file: str, content: bytes) -> Table:
    """Text in UTF-8; cells are parted by commas, or where the header has none, by semicolons or tabs."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise unusable(file, "the table is not text in UTF-8", "save it as CSV UTF-8", row) from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise unusable(file, "the table is not text: it holds characters without a meaning", "is this a CSV file?", row)
    first = text.partition("\n")[0]
    delimiter = next((one for one in _DELIMITERS if one in first), _DELIMITERS[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    try:
        rows += map(tuple, reader)
    except csv.Error as error:
        raise unusable(
            file, f"this row cannot be read: {error}", "look at its quotation marks", len(rows) + 1
        ) from None
    return _table(file, rows)


def _xlsx(file: str, content: bytes) -> Table:
    """The first sheet of a workbook; a formula counts by the value that was stored with it."""
    calamine = library("python_calamine", "reading an XLSX file")
    with _foreign(file, "an XLSX workbook"):
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return _table(file, (tuple(row) for row in rows))


def _parquet(file: str, content: bytes) -> Table:
    """All columns and rows of a Parquet file; lists of structures are records."""
    polars = library("polars", "reading a Parquet file")
    with _foreign(file, "a Parquet file"):
        frame = polars.read_parquet(io.BytesIO(content))
        rows = frame.rows()
    return _table(file, [tuple(frame.columns), *rows])


@contextmanager
def _foreign(file: str, what: str) -> Iterator[None]:
    """Tells whatever goes wrong in a library as a problem of the file: they have an exception for each of its parts."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - what panics in Rust is no Exception
        said = shorten(str(error).partition("\n")[0])
        raise unusable(file, f"this is not {what} that can be read: {said}") from None


_READERS: Mapping[str, Callable[[str, bytes], Table]] = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}

SUFFIXES = tuple(_READERS)
"""The endings of tables that are read here."""


def _table(file: str, rows: Iterable[tuple[object, ...]]) -> Table:
    """Parts the header from the rows. Raises FactsError where the two do not fit."""
    numbered = list(enumerate(rows, start=1))
    if not numbered or not any(map(_filled, numbered[0][1])):
        raise unusable(file, "the first row is empty", "it names the columns by section and fact")
    header = tuple("" if one is None else str(one).strip() for one in numbered[0][1])
    return Table(header, tuple(_checked(file, header, numbered[1:])))


def _checked(
    file: str, header: tuple[str, ...], rows: list[tuple[int, tuple[object, ...]]]
) -> Iterator[tuple[int, tuple[object, ...]]]:
    problems = []
    for number, cells in rows:
        if not any(map(_filled, cells)):
            continue
        stray = next((place for place, cell in enumerate(cells) if _filled(cell) and not _name(header, place)), None)
        if stray is not None:
            message = "a cell has content, but its column has no name in the first row"
            problems.append(Problem(Location(file, number, stray + 1), message))
        elif len(cells) < len(header):
            message = f"the row has {len(cells)} cells and the header {len(header)}"
            problems.append(Problem(Location(file, number, 1), message, "was the file cut off, or a separator lost?"))
        else:
            yield number, cells[: len(header)]
    if problems:
        raise FactsError(problems)


def _name(header: tuple[str, ...], place: int) -> str:
    return header[place] if place < len(header) else ""


def _filled(cell: object) -> bool:
    return cell is not None and cell != ""
