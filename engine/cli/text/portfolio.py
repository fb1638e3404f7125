"""A portfolio as a page for the terminal: what is recommended of each alliance, then what falls due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.cli.terminal import BAD, FAINT, GOOD, PLAIN, STRONG, WARN, Cell, Page, Style
from engine.explain.because import day_in_words, number_in_words
from engine.portfolio.standing import SCORECARD, Standing, in_percent
from engine.portfolio.urgency import DUE_DAYS, URGENCIES, Ranked
from engine.portfolio.whole import Portfolio
from engine.sources import shorten

READINESS: Mapping[str, Style] = {"decide": GOOD, "hold": WARN, "suspend": BAD}
_UNKNOWN = "unknown"
_NAME = 1
"""Where the name of an alliance stands in a row."""

_SHORT_NAME, _FAIR_NAME = 22, 28
"""For names, something else is left out or made narrower where there would be less room."""

_LEAST_NAME = 16
_LAST, _LEAST_LAST = 26, 20
"""So many columns are kept for what stands last in a row, and is wrapped; the fewer where names are short of room."""


def portfolio_page(portfolio: Portfolio, page: Page) -> None:
    """Writes a portfolio onto a page."""
    number = len(portfolio.alliances)
    first, last = portfolio.as_of
    span = day_in_words(first) if first == last else f"{day_in_words(first)} to {day_in_words(last)}"
    page.title("1 alliance" if number == 1 else f"{number} alliances, the most urgent first")
    page.paragraph(f"Facts as of {span}", style=FAINT)
    _urgencies(portfolio.alliances, page)
    _recommendations(portfolio.alliances, page)
    _due(portfolio.alliances, page)
    _stakes(portfolio.alliances, page)
    _foot(portfolio, page)


def _urgencies(alliances: tuple[Ranked, ...], page: Page) -> None:
    """Each urgency that occurs, and the places in the order that have it."""
    page.heading("Urgency")
    rows = []
    for name, meaning in URGENCIES.items():
        own = [one.rank for one in alliances if one.urgency == name]
        if own:
            ranks = str(own[0]) if len(own) == 1 else f"{own[0]} to {own[-1]}"
            rows.append([Cell(ranks, right=True), Cell(name, STRONG), Cell(meaning)])
    page.table(["", "urgency", "what it means"], rows)


def _recommendations(alliances: tuple[Ranked, ...], page: Page) -> None:
    page.heading("Recommendations")
    rows = []
    for one in alliances:
        answer = one.standing.answer
        rows.append(
            [
                Cell(str(one.rank), right=True),
                Cell(one.standing.name, STRONG),
                Cell(one.urgency),
                Cell(answer.readiness, READINESS[answer.readiness]),
                Cell("" if answer.lead is None else number_in_words(answer.lead), right=True),
                Cell(answer.confidence),
                Cell(f"{one.standing.option_title}, {one.standing.form_title}"),
            ]
        )
    header = ["", "alliance", "urgency", "ready", "lead", "conf.", "recommendation"]
    if _room(header, rows, page) < min(_FAIR_NAME, max(len(row[_NAME].text) for row in rows)):
        place = header.index("urgency")
        header, rows = [*header[:place], *header[place + 1 :]], [[*row[:place], *row[place + 1 :]] for row in rows]
    _table(header, rows, page)


def _due(alliances: tuple[Ranked, ...], page: Page) -> None:
    due = [one for one in alliances if one.standing.deadlines]
    page.heading("Next dates")
    rows = []
    for one in due:
        deadline = one.standing.deadlines[0]
        rows.append(
            [
                Cell(str(one.rank), right=True),
                Cell(one.standing.name),
                Cell(deadline.day.isoformat(), WARN if deadline.days <= DUE_DAYS else PLAIN),
                Cell(number_in_words(deadline.days), right=True),
                Cell(deadline.what),
            ]
        )
    if rows:
        _table(["", "alliance", "date", "days", "what falls due"], rows, page)
    left = len(alliances) - len(due)
    if left:
        page.paragraph(f"No date ahead is known of {_count(left)}.", 2, FAINT)


def _stakes(alliances: tuple[Ranked, ...], page: Page) -> None:
    page.heading("Health and what is at stake")
    rows = []
    for one in alliances:
        standing = one.standing
        health = _UNKNOWN if standing.health is None else in_percent(standing.health)
        if standing.health is not None and standing.health_basis != SCORECARD:
            health += "*"
        rows.append(
            [
                Cell(str(one.rank), right=True),
                Cell(standing.name),
                Cell(one.standing.answer.status),
                Cell(standing.importance or _UNKNOWN),
                Cell(health, right=True),
                Cell(_value(standing)),
            ]
        )
    _table(["", "alliance", "status", "importance", "health", "value at stake"], rows, page)
    if any(row[4].text.endswith("*") for row in rows):
        page.paragraph("* From scores of trust and goal alignment: no scorecard is kept.", 2, FAINT)


def _foot(portfolio: Portfolio, page: Page) -> None:
    page.blank()
    if portfolio.left_out:
        left = "1 input is" if portfolio.left_out == 1 else f"{portfolio.left_out} inputs are"
        page.paragraph(f"{left} left out because of errors.", style=BAD)
    ruleset = portfolio.ruleset
    page.paragraph(
        f"Ruleset {ruleset.name} {ruleset.version} ({ruleset.sha256[:12]}). Days count from the date of each alliance's"
        " facts. `advisor assess` gives the reasons. This is advice and not law: counsel confirms rights and dates.",
        style=FAINT,
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[Cell]], page: Page) -> None:
    """A table in which names get the room that is left."""
    room = max(_room(header, rows, page), _LEAST_NAME)
    fitted = [
        [*row[:_NAME], row[_NAME]._replace(text=shorten(row[_NAME].text, room)), *row[_NAME + 1 :]] for row in rows
    ]
    page.table(header, fitted)


def _room(header: Sequence[str], rows: Sequence[Sequence[Cell]], page: Page) -> int:
    """How long a name may be beside all the other columns."""
    widths = [max(len(head), *(len(row[place].text) for row in rows)) for place, head in enumerate(header)]
    left = page.columns - sum(widths) + widths[_NAME] + widths[-1] - 2 * len(header)
    return max(left - min(widths[-1], _LAST), min(left - min(widths[-1], _LEAST_LAST), _SHORT_NAME))


def _value(standing: Standing) -> str:
    if standing.value is None:
        return _UNKNOWN
    return f"{standing.currency} {number_in_words(round(standing.value))} ({standing.value_basis})".strip()


def _count(number: int) -> str:
    return "1 alliance" if number == 1 else f"{number} alliances"
