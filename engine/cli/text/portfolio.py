"""A portfolio as a page for the terminal: what is recommended of each alliance, then what falls due."""

from __future__ import annotations

from collections.abc import Mapping

from engine.cli.terminal import BAD, FAINT, GOOD, PLAIN, STRONG, WARN, Cell, Page, Style
from engine.explain.because import day_in_words, number_in_words
from engine.portfolio.standing import SCORECARD, Standing, in_percent
from engine.portfolio.urgency import DUE_DAYS, Ranked
from engine.portfolio.whole import Portfolio
from engine.sources import shorten

READINESS: Mapping[str, Style] = {"decide": GOOD, "hold": WARN, "suspend": BAD}
_UNKNOWN = "unknown"
_OTHER_COLUMNS = 58
"""What stands beside the name of an alliance needs so many columns."""


def portfolio_page(portfolio: Portfolio, page: Page) -> None:
    """Writes a portfolio onto a page."""
    number = len(portfolio.alliances)
    first, last = portfolio.as_of
    span = day_in_words(first) if first == last else f"{day_in_words(first)} to {day_in_words(last)}"
    page.title("1 alliance" if number == 1 else f"{number} alliances, the most urgent first")
    page.paragraph(f"Facts as of {span}", style=FAINT)
    _recommendations(portfolio.alliances, page)
    _due(portfolio.alliances, page)
    _stakes(portfolio.alliances, page)
    _foot(portfolio, page)


def _recommendations(alliances: tuple[Ranked, ...], page: Page) -> None:
    page.heading("Recommendations")
    rows = []
    for one in alliances:
        answer = one.standing.answer
        rows.append(
            [
                Cell(str(one.rank), right=True),
                Cell(_name(one.standing, page), STRONG),
                Cell(answer.readiness, READINESS[answer.readiness]),
                Cell("" if answer.lead is None else number_in_words(answer.lead), right=True),
                Cell(answer.confidence),
                Cell(f"{one.standing.option_title}, {one.standing.form_title}"),
            ]
        )
    page.table(["", "alliance", "ready", "lead", "conf.", "recommendation"], rows)


def _due(alliances: tuple[Ranked, ...], page: Page) -> None:
    due = [one for one in alliances if one.standing.deadlines]
    page.heading("Next dates")
    rows = []
    for one in due:
        deadline = one.standing.deadlines[0]
        rows.append(
            [
                Cell(str(one.rank), right=True),
                Cell(_name(one.standing, page)),
                Cell(deadline.day.isoformat(), WARN if deadline.days <= DUE_DAYS else PLAIN),
                Cell(number_in_words(deadline.days), right=True),
                Cell(deadline.what),
            ]
        )
    if rows:
        page.table(["", "alliance", "date", "days", "what falls due"], rows)
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
                Cell(_name(standing, page)),
                Cell(one.standing.answer.status),
                Cell(standing.importance or _UNKNOWN),
                Cell(health, right=True),
                Cell(_value(standing)),
            ]
        )
    page.table(["", "alliance", "status", "importance", "health", "value at stake"], rows)
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


def _name(standing: Standing, page: Page) -> str:
    return shorten(standing.name, max(page.columns - _OTHER_COLUMNS, 16))


def _value(standing: Standing) -> str:
    if standing.value is None:
        return _UNKNOWN
    return f"{standing.currency} {number_in_words(round(standing.value))} ({standing.value_basis})".strip()


def _count(number: int) -> str:
    return "1 alliance" if number == 1 else f"{number} alliances"
