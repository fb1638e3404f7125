"""A portfolio as one self-contained page in HTML, to be read on a screen or printed for a board."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from engine.explain.because import MONTHS
from engine.memo.templates import render
from engine.portfolio.chart import amount, charts
from engine.portfolio.standing import IMPORTANCE, SCORECARD, in_percent
from engine.portfolio.urgency import DUE_DAYS, URGENCIES, Ranked
from engine.portfolio.whole import Portfolio
from engine.report import ruleset_view
from engine.resources import builtin

View = dict[str, Any]


def page(portfolio: Portfolio) -> str:
    """The page. Raises TemplateError, located, for a template that cannot be used."""
    templates = builtin("report_templates")
    return render(str(templates / "portfolio" / "portfolio.html.j2"), "html", templates, page_context(portfolio))


def page_context(portfolio: Portfolio) -> View:
    """Everything that the template can use, by name; docs/templates.md describes each."""
    alliances = portfolio.alliances
    first, last = portfolio.as_of
    ruleset = portfolio.ruleset
    importance = ruleset.vocabulary.facts.get(IMPORTANCE)
    return {
        "alliances": [_alliance(one) for one in alliances],
        "first_as_of": first.isoformat(),
        "last_as_of": last.isoformat(),
        "urgencies": _urgencies(alliances),
        "due_days": DUE_DAYS,
        "charts": charts(alliances, importance.type.values if importance is not None else ()),
        "calendar": _calendar(alliances),
        "undated": [one.standing.name for one in alliances if not one.standing.deadlines],
        "left_out": portfolio.left_out,
        "ruleset": ruleset_view(ruleset),
    }


def _alliance(one: Ranked) -> View:
    standing, answer = one.standing, one.standing.answer
    deadline = standing.next_deadline
    return {
        "rank": one.rank,
        "urgency": one.urgency,
        "name": standing.name,
        "us": standing.us,
        "partner": standing.partner,
        "as_of": standing.as_of.isoformat(),
        "option": answer.option,
        "title": standing.option_title,
        "form_title": standing.form_title,
        "readiness": answer.readiness,
        "lead": answer.lead,
        "confidence": answer.confidence,
        "status": answer.status,
        "next_date": deadline.day.isoformat() if deadline else None,
        "next_days": deadline.days if deadline else None,
        "next_due": deadline.what if deadline else "",
        "value": amount(standing),
        "value_basis": standing.value_basis,
        "health": in_percent(standing.health) if standing.health is not None else "",
        "health_basis": standing.health_basis,
        "stand_in": standing.health is not None and standing.health_basis != SCORECARD,
        "importance": standing.importance,
        "facts_file": standing.facts_file,
        "facts_sha256": standing.facts_sha256,
    }


def _urgencies(alliances: tuple[Ranked, ...]) -> list[View]:
    """Each urgency that occurs, with the alliances that have it."""
    return [
        {
            "urgency": name,
            "meaning": meaning,
            "alliances": [{"rank": one.rank, "name": one.standing.name} for one in own],
        }
        for name, meaning in URGENCIES.items()
        if (own := [one for one in alliances if one.urgency == name])
    ]


def _calendar(alliances: tuple[Ranked, ...]) -> list[View]:
    """Every date ahead, month by month: what falls due, and for which alliance."""
    dated = sorted(
        ((deadline, one) for one in alliances for deadline in one.standing.deadlines),
        key=lambda pair: (pair[0].day, pair[1].rank),
    )
    return [
        {
            "month": f"{MONTHS[month - 1]} {year}",
            "entries": [
                {
                    "date": deadline.day.isoformat(),
                    "day": deadline.day.day,
                    "days": deadline.days,
                    "due": deadline.what,
                    "rank": one.rank,
                    "name": one.standing.name,
                }
                for deadline, one in entries
            ],
        }
        for (year, month), entries in groupby(dated, key=lambda pair: (pair[0].day.year, pair[0].day.month))
    ]
