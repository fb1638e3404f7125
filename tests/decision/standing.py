"""Options with given scores and gates, for the tests of the decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.conditions import All
from engine.decision.verdict import Verdict, decide
from engine.rules import OPTIONS, Argument, Gate, Rule
from tests.parity.world import rule, situation, weighing

MARGINS = (0, 1, 2, 2, 2, 4)


def arguing(scores: Mapping[str, float]) -> tuple[list[Rule], dict[str, float]]:
    """Rules that give these scores, each by one argument, and the strengths that they name."""
    rules = [
        rule(f"score-{option}", All(()), Argument(option, "for" if score > 0 else "against", f"{abs(score)}"))
        for option, score in scores.items()
        if score
    ]
    return rules, {f"{abs(score)}": abs(score) for score in scores.values() if score}


def verdict(scores: Sequence[float], closed: Iterable[str] = (), margins: Sequence[float] = MARGINS) -> Verdict:
    """The verdict on the six options with these scores, in their order, some of them closed."""
    rules, strengths = arguing(dict(zip(OPTIONS, scores, strict=True)))
    rules += [rule(f"close-{option}", All(()), Gate(option, None, "closed", (), None)) for option in closed]
    return decide(rules, situation(), weighing(margins, strengths=strengths))
