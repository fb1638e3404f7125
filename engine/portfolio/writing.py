"""A portfolio as the content of a file: CSV, XLSX, Parquet or JSON.

Text from facts is data in each of them: where a spreadsheet would take it for a formula, it is written so that it does
not. The same portfolio gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from typing import Any

from engine.escape import for_terminal, json_document
from engine.extras import library
from engine.portfolio.columns import COLUMNS, Cell
from engine.portfolio.urgency import Ranked
from engine.portfolio.whole import Portfolio
from engine.report import ruleset_view

SCHEMA = 1
"""The number of the form of the JSON document: keys may be added to it, none renamed."""

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""What begins a formula in some spreadsheet, where it begins the text of a cell in CSV."""

_MADE_ON = datetime(2000, 1, 1, tzinfo=timezone.utc)
"""A workbook holds the date on which it was made: one day for all, so that the bytes depend on the portfolio alone."""

_LONGEST = 32_767
"""The most characters that a cell of a workbook can hold, where one beyond U+FFFF counts as two."""

_WIDEST = 48


def portfolio_view(portfolio: Portfolio) -> dict[str, Any]:
    """A portfolio as plain values, with every date that falls due; dates are ISO text, what is unknown is None."""
    ruleset = portfolio.ruleset
    return {
        "schema": SCHEMA,
        "alliances": [_view(one) for one in portfolio.alliances],
        "left_out": portfolio.left_out,
        "ruleset": ruleset_view(ruleset),
    }


def _view(one: Ranked) -> dict[str, Any]:
    view: dict[str, Any] = {column.name: _plain(column.of(one)) for column in COLUMNS}
    view["deadlines"] = [
        {"date": deadline.day.isoformat(), "days": deadline.days, "due": deadline.what}
        for deadline in one.standing.deadlines
    ]
    return view


def _plain(cell: Cell) -> str | int | float | None:
    if isinstance(cell, date):
        return cell.isoformat()
    return None if cell == "" else _whole(cell)


def _whole(cell: str | float | None) -> str | int | float | None:
    """A number without decimals that it does not have."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def as_json(portfolio: Portfolio) -> str:
    """The document of `portfolio_view`."""
    return json_document(portfolio_view(portfolio))


def _json(portfolio: Portfolio) -> bytes:
    # The name of a file may hold bytes that are no text.
    return as_json(portfolio).encode("utf-8", "backslashreplace")


def _csv(portfolio: Portfolio) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([column.name for column in COLUMNS])
    for one in portfolio.alliances:
        writer.writerow([_in_csv(column.of(one)) for column in COLUMNS])
    return stream.getvalue().encode("utf-8", "backslashreplace")


def _in_csv(cell: Cell) -> str | int | float | None:
    if not isinstance(cell, str):
        return _plain(cell)
    sign = "'" if cell.startswith(_FORMULA_SIGNS) else ""
    return sign + for_terminal(cell)


def _xlsx(portfolio: Portfolio) -> bytes:
    xlsxwriter = library("xlsxwriter", "writing an XLSX file")
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(stream, options)
    workbook.set_properties({"title": "Portfolio of alliances", "created": _MADE_ON.replace(tzinfo=None)})
    sheet = workbook.add_worksheet("Portfolio")
    head = workbook.add_format({"bold": True, "bottom": 1})
    styles = {
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "number": workbook.add_format({"num_format": "#,##0.##;-#,##0.##"}),
        "whole": workbook.add_format({"num_format": "0"}),
        "health": workbook.add_format({"num_format": "0%"}),
    }
    for place, column in enumerate(COLUMNS):
        cells = [column.of(one) for one in portfolio.alliances]
        style = styles.get(column.name) or styles.get(column.type)
        sheet.write_string(0, place, column.name, head)
        for row, cell in enumerate(cells, start=1):
            if isinstance(cell, date):
                sheet.write_datetime(row, place, cell, style)
            elif isinstance(cell, (int, float)):
                sheet.write_number(row, place, cell, style)
            elif cell:
                sheet.write_string(row, place, _in_workbook(for_terminal(cell)))
        widths = [len(str(cell)) for cell in cells if cell is not None]
        sheet.set_column(place, place, min(max([len(column.name), *widths]) + 2, _WIDEST))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, len(portfolio.alliances), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    workbook.close()
    return stream.getvalue()


def _in_workbook(text: str) -> str:
    """Text that fits into a cell, cut so that it shows where it must be."""
    if len(text) <= _LONGEST // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST:
        return text
    return units[: 2 * (_LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def _parquet(portfolio: Portfolio) -> bytes:
    polars = library("polars", "writing a Parquet file")
    types = {"text": polars.String, "whole": polars.Int64, "number": polars.Float64, "date": polars.Date}
    frame = polars.DataFrame(
        {column.name: [_in_parquet(column.of(one)) for one in portfolio.alliances] for column in COLUMNS},
        schema={column.name: types[column.type] for column in COLUMNS},
        strict=False,
    )
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def _in_parquet(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return cell.encode("utf-8", "backslashreplace").decode() or None
    return cell


_WRITERS: Mapping[str, Callable[[Portfolio], bytes]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".json": _json,
}

SUFFIXES = tuple(_WRITERS)
"""The endings of the files that are written here."""

_NEEDED: Mapping[str, tuple[str, str]] = {
    ".xlsx": ("xlsxwriter", "writing an XLSX file"),
    ".parquet": ("polars", "writing a Parquet file"),
}


def check_format(suffix: str) -> None:
    """Refuses, before any work, a format whose library is not installed. Raises AdvisorError."""
    if suffix in _NEEDED:
        library(*_NEEDED[suffix])


def content_of(portfolio: Portfolio, suffix: str) -> bytes:
    """A portfolio as the content of a file with one of `SUFFIXES`. Raises AdvisorError where a library is missing."""
    return _WRITERS[suffix](portfolio)
