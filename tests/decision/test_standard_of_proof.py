"""An option wins only where it leads every less disruptive one that is open by its margin."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decision.verdict import decide
from engine.rules import OPTIONS
from tests.decision.standing import MARGINS, verdict
from tests.parity.world import situation, weighing

CONTINUE, RENEGOTIATE, DE_SCOPE, MODULARISE, CONVERT, EXIT = OPTIONS


class Table(NamedTuple):
    """Scores in the order of the options (margins 0, 1, 2, 2, 2 and 4), and what must come of them."""

    name: str
    scores: tuple[float, ...]
    winner: str
    lead: float | None
    short_of: dict[str, tuple[str, float]]
    closed: tuple[str, ...] = ()


EVERY_OTHER = {
    RENEGOTIATE: (CONTINUE, 1.0),
    DE_SCOPE: (CONTINUE, 2.0),
    MODULARISE: (CONTINUE, 2.0),
    CONVERT: (CONTINUE, 2.0),
    EXIT: (CONTINUE, 4.0),
}
TABLES = [
    Table("nothing is argued", (0, 0, 0, 0, 0, 0), CONTINUE, 1, EVERY_OTHER),
    Table("all are argued alike", (7, 7, 7, 7, 7, 7), CONTINUE, 1, EVERY_OTHER),
    Table("the margin is just met", (5, 6, 0, 0, 0, 0), RENEGOTIATE, 0, {DE_SCOPE: (RENEGOTIATE, 8.0)}),
    Table("the margin is just missed", (5, 5.5, 0, 0, 0, 0), CONTINUE, 0.5, {RENEGOTIATE: (CONTINUE, 0.5)}),
    Table("a hair is no clear case for leaving", (0, 7, 0, 0, 0, 10), RENEGOTIATE, 1, {EXIT: (RENEGOTIATE, 1.0)}),
    Table("a clear case for leaving", (0, 7, 0, 0, 0, 11), EXIT, 0, {CONVERT: (RENEGOTIATE, 9.0)}),
    Table("a clearer one", (0, 7, 0, 0, 0, 13.5), EXIT, 2.5, {}),
    Table("it falls short of the one most ahead", (3, 4, 0, 0, 0, 5), RENEGOTIATE, 0, {EXIT: (RENEGOTIATE, 3.0)}),
    Table(
        "one that is not proven bars the way all the same",
        (0, 0.5, 0, 0, 0, 4),
        CONTINUE,
        0.5,
        {RENEGOTIATE: (CONTINUE, 0.5), EXIT: (RENEGOTIATE, 0.5)},
    ),
    Table("less disruptive than what leads", (0, 0, 0, 6, 7, 9), MODULARISE, 1, {CONVERT: (MODULARISE, 1.0)}),
    Table("scores below zero", (-9, -4, -8, -8, -8, -3), RENEGOTIATE, 3, {EXIT: (RENEGOTIATE, 3.0)}),
    Table("what is closed bars no way", (0, 7, 0, 0, 0, 10), EXIT, 6, {}, (RENEGOTIATE,)),
    Table("what is closed does not win", (0, 7, 0, 0, 0, 99), RENEGOTIATE, 6, {}, (EXIT,)),
    Table("one alone is open", (50, 7, 0, 0, 0, -9), EXIT, None, {}, OPTIONS[:5]),
    Table("nothing is open", (0, 7, 0, 0, 0, 9), RENEGOTIATE, None, {EXIT: (RENEGOTIATE, 2.0)}, OPTIONS),
    Table("decimals that no binary number holds", (0.1 + 0.2, 1.3, 0, 0, 0, 0), RENEGOTIATE, 0, {}),
    Table("a third, three times", (0.7 + 0.1, 1.8, 0, 0, 0, 0), RENEGOTIATE, 0, {}),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_tables(table: Table) -> None:
    found = verdict(table.scores, table.closed)
    assert found.winner.option == table.winner
    assert found.winner.short_of is None
    assert found.lead == table.lead
    for option, short_of in table.short_of.items():
        assert found.standing(option).short_of == short_of, option
    assert [standing.rank for standing in found.standings] == [1, 2, 3, 4, 5, 6]
    assert {standing.option for standing in found.standings} == set(OPTIONS)


def test_the_others_stand_by_score_and_closed_ones_last() -> None:
    found = verdict((1, 9, 4, 4, 5, 12), (CONVERT, RENEGOTIATE))
    assert [standing.option for standing in found.standings] == [
        EXIT,
        DE_SCOPE,
        MODULARISE,
        CONTINUE,
        RENEGOTIATE,
        CONVERT,
    ]
    assert [standing.status == "closed" for standing in found.standings] == [False] * 4 + [True] * 2


def test_equals_without_margins_are_won_by_the_least_disruptive() -> None:
    none = (0,) * 6
    assert verdict((3, 3, 3, 3, 3, 3), margins=none).winner.option == CONTINUE
    assert verdict((1, 3, 3, 0, 3, 3), margins=none).winner.option == RENEGOTIATE
    assert verdict((1, 3, 3, 0, 3, 3), (RENEGOTIATE,), none).winner.option == DE_SCOPE


def test_of_no_rules_at_all() -> None:
    found = decide((), situation(), weighing())
    assert found.winner.option == CONTINUE
    assert [standing.score for standing in found.standings] == [0] * 6
    assert {standing.status for standing in found.standings} == {"open"}


# -- properties

HALVES = st.integers(-20, 40).map(lambda number: number / 2)
SCORES = st.tuples(*[HALVES] * 6)
CLOSED = st.sets(st.sampled_from(OPTIONS))
SOME_MARGINS = st.sampled_from([MARGINS, (0,) * 6, (0, 0.5, 1, 1.5, 2, 6), (3, 0, 4, 1, 0, 2)])
usual = settings(max_examples=300, derandomize=True, deadline=None, database=None)


def by_definition(scores: tuple[float, ...], closed: set[str], margins: tuple[float, ...]) -> str:
    """The definition, without any of the code under test."""
    candidates = [number for number in range(6) if OPTIONS[number] not in closed] or list(range(6))
    best = candidates[0]
    for number in candidates:
        proven = all(scores[number] - scores[less] >= margins[number] for less in candidates if less < number)
        if proven and scores[number] > scores[best]:
            best = number
    return OPTIONS[best]


@usual
@given(SCORES, CLOSED, SOME_MARGINS)
def test_the_winner_is_the_one_of_the_definition(
    scores: tuple[float, ...], closed: set[str], margins: tuple[float, ...]
) -> None:
    found = verdict(scores, closed, margins)
    assert found.winner.option == by_definition(scores, closed, margins)
    if len(closed) < 6:
        assert found.winner.option not in closed
    place = OPTIONS.index(found.winner.option)
    for less, option in enumerate(OPTIONS[:place]):
        if option not in closed or len(closed) == 6:
            assert scores[place] - scores[less] >= margins[place]


@usual
@given(SCORES, CLOSED, SOME_MARGINS, st.floats(0, 50))
def test_more_points_for_the_winner_keep_it_the_winner(
    scores: tuple[float, ...], closed: set[str], margins: tuple[float, ...], more: float
) -> None:
    winner = verdict(scores, closed, margins).winner.option
    raised = tuple(score + more * (option == winner) for option, score in zip(OPTIONS, scores, strict=True))
    assert verdict(raised, closed, margins).winner.option == winner


@settings(usual, max_examples=60)
@given(SCORES, CLOSED, SOME_MARGINS)
def test_the_lead_is_what_must_move(scores: tuple[float, ...], closed: set[str], margins: tuple[float, ...]) -> None:
    """Any score moved against the winner by less leaves it the winner; some score moved by a hair more does not."""
    found = verdict(scores, closed, margins)
    winner, lead = found.winner.option, found.lead
    if lead is None:
        assert len(closed) >= 5
        return
    assert lead >= 0

    def moved(option: str, by: float) -> str:
        # Against the winner: its own score goes down, that of another up.
        signed = -by if option == winner else by
        changed = tuple(score + signed * (one == option) for one, score in zip(OPTIONS, scores, strict=True))
        return verdict(changed, closed, margins).winner.option

    steps = [quarter / 4 for quarter in range(round(lead * 4))]
    for option in OPTIONS:
        assert {moved(option, step) for step in steps} <= {winner}
    assert any(moved(option, lead + 0.01) != winner for option in OPTIONS)
