"""The standard of proof: which option wins, and by how much.

An option can win only if it leads every less disruptive option that is not closed by its declared margin.
Of those that do, the one with the most points wins; of equals, the least disruptive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from engine.decision.gates import Access, AppliedGate, accesses
from engine.decision.weighing import Scores, WeighedArgument, exact, weighed_arguments
from engine.outcomes import Situation
from engine.rules import OPTIONS, Rule, Weighing


class Standing(NamedTuple):
    """Where one option stands: rank 1 is the recommended one, closed options come last.

    `short_of` names the less disruptive option that it fails to lead by its margin, with the points
    that are missing; None where it meets the standard of proof.
    """

    option: str
    rank: int
    score: float
    status: str
    form: str
    earliest: date | None
    steps: tuple[str, ...]
    arguments_for: tuple[WeighedArgument, ...]
    arguments_against: tuple[WeighedArgument, ...]
    gates: tuple[AppliedGate, ...]
    short_of: tuple[str, float] | None


class Verdict(NamedTuple):
    """All six options, best first, and how firm the choice is.

    `lead` is the number of points that would have to move before another option won; None where no other
    option is left open.
    """

    standings: tuple[Standing, ...]
    lead: float | None

    @property
    def winner(self) -> Standing:
        """The recommended option."""
        return self.standings[0]

    def standing(self, option: str) -> Standing:
        """Where an option stands."""
        return next(standing for standing in self.standings if standing.option == option)


def decide(fired: Iterable[Rule], situation: Situation, weighing: Weighing) -> Verdict:
    """Weighs the rules that fired on a case."""
    rules = tuple(fired)
    scores = Scores(rules, weighing).of
    arguments = weighed_arguments(rules, weighing)
    access = accesses(rules, situation, weighing)
    left = _left(access)
    winner = _winner(left, scores, weighing)
    others = sorted(
        (option for option in OPTIONS if option != winner),
        key=lambda option: (access[option].status == "closed", -scores[option], OPTIONS.index(option)),
    )
    standings = tuple(
        Standing(
            option=option,
            rank=rank,
            score=scores[option],
            status=access[option].status,
            form=access[option].form,
            earliest=access[option].earliest,
            steps=access[option].steps,
            arguments_for=arguments.get((option, "for"), ()),
            arguments_against=arguments.get((option, "against"), ()),
            gates=access[option].gates,
            short_of=_short_of(option, left, scores, weighing),
        )
        for rank, option in enumerate([winner, *others], start=1)
    )
    none_open = access[winner].status == "closed"
    return Verdict(standings, None if none_open else _lead(winner, left, scores, weighing))


def winning_option(access: Mapping[str, Access], scores: Mapping[str, float], weighing: Weighing) -> str:
    """The option that wins with these scores, under these gates."""
    return _winner(_left(access), scores, weighing)


def _left(access: Mapping[str, Access]) -> list[str]:
    """The options that are not closed; all, where every one is."""
    return [option for option in OPTIONS if access[option].status != "closed"] or list(OPTIONS)


def _short_of(
    option: str, left: list[str], scores: Mapping[str, float], weighing: Weighing
) -> tuple[str, float] | None:
    """The less disruptive option that is led by too little, where there is one: the one most ahead."""
    margin = weighing.options[option].margin
    missing = {
        other: exact(margin - (scores[option] - scores[other]))
        for other in left
        if OPTIONS.index(other) < OPTIONS.index(option)
    }
    worst = max(missing, key=lambda other: missing[other], default=None)
    return (worst, missing[worst]) if worst is not None and missing[worst] > 0 else None


def _winner(left: list[str], scores: Mapping[str, float], weighing: Weighing) -> str:
    """Of the options that are left, least disruptive first, the best of those that meet the standard of proof."""
    winner = left[0]
    ahead = scores[winner]
    for option in left[1:]:
        proven = exact(scores[option] - ahead) >= weighing.options[option].margin
        if proven and scores[option] > scores[winner]:
            winner = option
        ahead = max(ahead, scores[option])
    return winner


def _lead(winner: str, left: list[str], scores: Mapping[str, float], weighing: Weighing) -> float | None:
    place = OPTIONS.index(winner)
    distances = []
    for other in left:
        if OPTIONS.index(other) < place:
            distances.append(exact(scores[winner] - scores[other] - weighing.options[winner].margin))
        elif OPTIONS.index(other) > place:
            short = _short_of(other, left, scores, weighing)
            distances.append(max(short[1] if short else 0.0, exact(scores[winner] - scores[other])))
    return min(distances, default=None)
