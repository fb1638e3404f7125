"""The order of a portfolio, what falls due, what is at stake, and how an alliance fares."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from engine.case import Case, Entry, Record
from engine.deadlines import deadlines
from engine.portfolio.judging import Answer
from engine.portfolio.standing import Standing, in_percent, standing
from engine.portfolio.urgency import DUE_DAYS, URGENCIES, ranked, urgency
from tests.memo.samples import ruleset

AS_OF = date(2025, 6, 30)
EUR = {"financials__currency": "EUR"}
ANSWER = Answer("renegotiate", "terms", "decide", "high", 5.0, "open", None, None)


def case(**facts: Any) -> Case:
    """A case with these facts; two underlines stand for the point in a name."""
    given: dict[str, Any] = {
        "alliance.name": "North",
        "alliance.us": "We",
        "alliance.partner": "They",
        "alliance.as_of": AS_OF,
    }
    lists = {"workstreams": facts.pop("workstreams")} if "workstreams" in facts else {}
    given.update({name.replace("__", "."): value for name, value in facts.items()})
    return Case({name: Entry(value) for name, value in given.items()}, lists)


def stand(answer: Answer = ANSWER, name: str = "North", days: int | None = None, **facts: Any) -> Standing:
    if days is not None:
        facts["contract__ends_on"] = date.fromordinal(AS_OF.toordinal() + days)
    return standing(case(alliance__name=name, **facts), answer, ruleset().weighing, f"{name}.yaml")


def due(answer: Answer = ANSWER, **facts: Any) -> list[tuple[str, int, str]]:
    found = deadlines(case(**facts), answer.option, "exit", answer.earliest)
    return [(one.day.isoformat(), one.days, one.what) for one in found]


# -- urgency


@pytest.mark.parametrize(
    ("change", "days", "wanted"),
    [
        ({"readiness": "suspend"}, None, "suspend"),
        ({"readiness": "suspend"}, 1, "suspend"),
        ({}, 0, "due"),
        ({}, DUE_DAYS, "due"),
        ({"readiness": "hold"}, DUE_DAYS, "due"),
        ({}, DUE_DAYS + 1, "change"),
        ({}, -1, "change"),
        ({"option": "exit", "form": "expiry"}, None, "exit"),
        ({"option": "exit", "form": "expiry", "readiness": "hold"}, None, "hold"),
        ({"option": "continue", "form": "as-is", "readiness": "hold"}, None, "hold"),
        ({"option": "continue", "form": "as-is"}, None, "continue"),
    ],
)
def test_urgency(change: dict[str, str], days: int | None, wanted: str) -> None:
    assert urgency(stand(ANSWER._replace(**change), days=days)) == wanted  # type: ignore[arg-type]


def in_order() -> list[Standing]:
    """Alliances in the order that is promised, each after its neighbour for another reason."""
    expiry = ANSWER._replace(option="exit", form="expiry")
    licence = ANSWER._replace(option="convert-to-licensing", form="licence-out")
    return [
        stand(ANSWER._replace(readiness="suspend"), "suspended, a date soon", 400),
        stand(ANSWER._replace(readiness="suspend"), "suspended, no date"),
        stand(ANSWER, "due today", 0),
        stand(ANSWER._replace(readiness="hold"), "due later", 89),
        stand(ANSWER, "due last", 90),
        stand(expiry, "exit, in years", 2000),
        stand(expiry, "exit, no date"),
        stand(ANSWER._replace(readiness="hold"), "held"),
        stand(ANSWER, "change, in a year", 365),
        stand(licence, "licence"),
        stand(ANSWER._replace(lead=None), "no other option"),
        stand(ANSWER._replace(lead=9), "great lead"),
        stand(ANSWER._replace(lead=2), "a"),
        stand(ANSWER._replace(lead=2), "B"),
        stand(ANSWER._replace(lead=2), "c"),
        stand(ANSWER._replace(option="continue", form="as-is"), "going on"),
    ]


def test_the_order_is_the_one_that_is_promised_however_they_come() -> None:
    wanted = in_order()
    for turn in range(len(wanted)):
        mixed = wanted[turn:] + wanted[:turn]
        found = ranked(reversed(mixed))
        assert [one.standing.name for one in found] == [one.name for one in wanted]
        assert [one.rank for one in found] == list(range(1, len(wanted) + 1))
    assert [key for key, _ in itertools.groupby(one.urgency for one in ranked(wanted))] == list(URGENCIES)


# -- what falls due


def test_every_date_ahead_is_told_the_next_one_first() -> None:
    workstreams = (
        Record("w1", {"id": Entry("w1"), "name": Entry("Pilot"), "decision_by": Entry(date(2025, 9, 1))}),
        Record("w2", {"id": Entry("w2"), "ends_on": Entry(date(2027, 1, 1)), "decision_by": Entry(date(2025, 6, 29))}),
    )
    exit_answer = ANSWER._replace(option="exit", form="expiry", earliest=date(2026, 1, 1))
    assert due(
        exit_answer,
        contract__renewal_date=date(2025, 12, 1),
        contract__ends_on=date(2026, 3, 1),
        contract__cure_period_ends=date(2025, 6, 30),
        contract__locked_until=date(2025, 7, 1),
        workstreams=workstreams,
    ) == [
        ("2025-06-30", 0, "the period to cure the breach ends"),
        ("2025-07-01", 1, "the lock-in ends"),
        ("2025-09-01", 63, "decision due: Pilot"),
        ("2025-12-01", 154, "last day to object to renewal"),
        ("2026-01-01", 185, "earliest date of the recommended option: exit"),
        ("2026-03-01", 244, "the agreement ends"),
        ("2027-01-01", 550, "workstream ends: w2"),
    ]


def test_what_is_past_is_not_told() -> None:
    assert due(contract__ends_on=date(2025, 6, 29), contract__renewal_date=date(2020, 1, 1)) == []


def test_of_one_day_what_is_lost_by_waiting_comes_first() -> None:
    day = date(2026, 1, 1)
    found = due(contract__locked_until=day, contract__ends_on=day, contract__renewal_date=day)
    assert [what for _, _, what in found] == ["last day to object to renewal", "the agreement ends", "the lock-in ends"]


def test_the_last_day_for_notice_is_counted_back_where_the_agreement_renews_itself() -> None:
    term: dict[str, Any] = {
        "contract__ends_on": date(2026, 6, 30),
        "contract__notice_days": 180,
        "contract__auto_renews": True,
    }
    last = "last day for notice before the term ends and renews itself"
    assert due(**term)[0] == ("2026-01-01", 185, last)
    assert due(**term)[1][2] == "the term ends and renews itself unless there was an objection"
    assert last not in str(due(**{**term, "contract__auto_renews": False}))
    assert last not in str(due(**{**term, "contract__renewal_date": date(2026, 2, 1)}))
    assert last not in str(due(**{**term, "contract__notice_days": 10**9}))


def test_going_on_has_no_earliest_date() -> None:
    assert due(ANSWER._replace(option="continue", earliest=AS_OF)) == []


# -- value and health


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, (None, "", "")),
        ({**EUR, "financials__annual_benefit": 5, "financials__stake_value": 9}, (5, "EUR", "annual benefit")),
        ({**EUR, "financials__stake_value": 9.5}, (9.5, "EUR", "value of our stake")),
        ({"financials__annual_benefit": 0}, (0, "", "annual benefit")),
        ({**EUR, "financials__annual_benefit": -5}, (-5, "EUR", "annual benefit")),
        (EUR, (None, "", "")),
    ],
)  # fmt: skip
def test_value(facts: dict[str, Any], wanted: tuple[object, ...]) -> None:
    found = stand(**facts)
    assert (found.value, found.currency, found.value_basis) == wanted


@pytest.mark.parametrize(
    ("health", "facts", "wanted"),
    [
        (None, {}, (None, "")),
        (0.25, {"relationship__trust": 5}, (0.25, "scorecard")),
        (0.0, {"relationship__trust": 5}, (0.0, "scorecard")),
        (None, {"relationship__trust": 5, "strategy__goal_alignment": 2}, (0.625, "trust and goal alignment")),
        (None, {"relationship__trust": 1}, (0.0, "trust")),
        (None, {"strategy__goal_alignment": 3}, (0.5, "goal alignment")),
    ],
)
def test_health(health: float | None, facts: dict[str, Any], wanted: tuple[object, ...]) -> None:
    found = stand(ANSWER._replace(health=health), **facts)
    assert (found.health, found.health_basis) == wanted


@pytest.mark.parametrize(("share", "words"), [(0, "0%"), (0.375, "38%"), (0.625, "63%"), (1, "100%"), (0.004, "0%")])
def test_shares_in_words(share: float, words: str) -> None:
    assert in_percent(share) == words
