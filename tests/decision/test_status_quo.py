"""Going on unchanged is judged by itself: it stands or is set aside, whatever the others score."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.conditions import All
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS, Verdict, decide
from engine.rules import OPTIONS, Diagnosis, Gate, StatusQuo
from tests.decision.standing import MARGINS, arguing
from tests.parity.world import PLACE, rule, situation, weighing

CONTINUE, RENEGOTIATE, DE_SCOPE, MODULARISE, CONVERT, EXIT = OPTIONS
DECLARED = StatusQuo("change_called_for", 0, PLACE)


def verdict(
    scores: Sequence[float], barred: bool = False, closed: Sequence[str] = (), declared: StatusQuo = DECLARED
) -> Verdict:
    rules, strengths = arguing(dict(zip(OPTIONS, scores, strict=True)))
    rules += [rule(f"close-{option}", All(()), Gate(option, None, "closed", (), None)) for option in closed]
    if barred:
        rules.append(rule("bar", All(()), Diagnosis("change_called_for")))
    before = situation().after(rules)
    return decide(rules, before, weighing(MARGINS, strengths=strengths, status_quo=declared))


@pytest.mark.parametrize(
    ("scores", "barred", "closed", "winner", "lead", "set_aside"),
    [
        # It stands at its least score, even where another scores far more.
        ((0, 99, 0, 0, 0, 0), False, (), CONTINUE, 0, dict.fromkeys(OPTIONS[1:], STANDS)),
        ((3, 0, 0, 0, 0, 0), False, (), CONTINUE, 3, dict.fromkeys(OPTIONS[1:], STANDS)),
        # Just below it, the best of the others wins, though none scores as much.
        ((-1, -2, -9, -9, -9, -9), False, (), RENEGOTIATE, 1, {CONTINUE: OUTWEIGHED}),
        ((-7, 6, 0, 0, 0, 9), False, (), RENEGOTIATE, 1, {CONTINUE: OUTWEIGHED}),
        # Barred, it is set aside whatever its score.
        ((50, -2, -9, -9, -9, -9), True, (), RENEGOTIATE, 9, {CONTINUE: CHANGE}),
        ((50, 0, 0, 0, 0, 4), True, (), EXIT, 0, {CONTINUE: CHANGE}),
        # The margins hold among those that are left.
        ((-50, 5, 0, 0, 0, 8), True, (), RENEGOTIATE, 1, {CONTINUE: CHANGE}),
        # Closed, it is out of the question before it is judged; where all else is closed, nothing else is left.
        ((50, 1, 0, 0, 0, 0), False, (CONTINUE,), RENEGOTIATE, 3, {}),
        ((-50, 9, 9, 9, 9, 9), True, OPTIONS[1:], CONTINUE, None, {}),
    ],
)
def test_it_stands_or_is_set_aside(
    scores: Sequence[float],
    barred: bool,
    closed: Sequence[str],
    winner: str,
    lead: float | None,
    set_aside: dict[str, str],
) -> None:
    found = verdict(scores, barred, closed)
    assert found.winner.option == winner
    assert found.lead == lead
    assert {one.option: one.set_aside for one in found.standings if one.set_aside} == set_aside
    assert all(one.short_of is None for one in found.standings if one.set_aside)


def test_the_least_score_is_declared() -> None:
    declared = StatusQuo("change_called_for", 2.5, PLACE)
    assert verdict((2.5, 0, 0, 0, 0, 0), declared=declared).winner.option == CONTINUE
    assert verdict((2, 0, 0, 0, 0, 0), declared=declared).winner.option == RENEGOTIATE


_SCORES = st.tuples(*[st.integers(-20, 20)] * 6)


@given(_SCORES, st.integers(0, 20), st.lists(st.integers(0, 20), min_size=5, max_size=5), st.booleans(), st.booleans())
def test_whatever_the_others_lose_it_never_becomes_the_answer(
    scores: tuple[int, ...], own_loss: int, losses: list[int], barred: bool, then_barred: bool
) -> None:
    before = verdict(scores, barred)
    after = verdict(
        [score - loss for score, loss in zip(scores, [own_loss, *losses], strict=True)], barred or then_barred
    )
    if before.winner.option != CONTINUE:
        assert after.winner.option != CONTINUE
