"""The status quo and the standard of proof: which option wins, and by how much.

Where the ruleset declares a status quo, going on unchanged is judged by itself first: while nothing calls for a change
and its score is high enough it is recommended, and otherwise it is set aside. What gets worse lowers its score or calls
for a change; it can never make "continue" the answer by taking points from the others.

Among the options that are left, one can win only if it leads every less disruptive one by its declared margin. Of
those that do, the one with the most points wins; of equals, the least disruptive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import NamedTuple

from engine.decision.gates import Access, AppliedGate, accesses
from engine.decision.weighing import Scores, WeighedArgument, exact, weighed_arguments
from engine.outcomes import Situation
from engine.rules import OPTIONS, Rule, Weighing

STANDS = "status quo stands"
CHANGE = "change called for"
OUTWEIGHED = "outweighed"
STATUS_QUO = OPTIONS[0]
"""The option of going on unchanged."""


class Standing(NamedTuple):
    """Where one option stands: rank 1 is the recommended one, closed options come last.

    `short_of` names the less disruptive option that it fails to lead by its margin, with the points
    that are missing; None where it meets the standard of proof. `set_aside` says why it is not compared with the
    others: the status quo STANDS by itself; or, of the status quo, a CHANGE is called for, or it is OUTWEIGHED by what
    speaks against it; empty where it is compared.
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
    set_aside: str = ""


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
    field = _field(access, scores, situation.diagnoses, weighing)
    winner = _winner(field.running, scores, weighing)
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
            short_of=None if option in field.set_aside else _short_of(option, field.running, scores, weighing),
            set_aside=field.set_aside.get(option, ""),
        )
        for rank, option in enumerate([winner, *others], start=1)
    )
    none_open = access[winner].status == "closed"
    return Verdict(standings, None if none_open else _lead(winner, field, scores, weighing))


def winning_option(
    access: Mapping[str, Access], scores: Mapping[str, float], diagnoses: AbstractSet[str], weighing: Weighing
) -> str:
    """The option that wins with these scores and diagnoses, under these gates."""
    return _winner(_field(access, scores, diagnoses, weighing).running, scores, weighing)


class _Field(NamedTuple):
    """The options that are compared, least disruptive first; those not closed that are set aside, and why."""

    running: list[str]
    set_aside: Mapping[str, str]


def _field(
    access: Mapping[str, Access], scores: Mapping[str, float], diagnoses: AbstractSet[str], weighing: Weighing
) -> _Field:
    # Where every option is closed, they are compared as if none were.
    left = [option for option in OPTIONS if access[option].status != "closed"] or list(OPTIONS)
    declared = weighing.status_quo
    if declared is None or left[0] != STATUS_QUO or len(left) == 1:
        return _Field(left, {})
    changes = left[1:]
    if declared.barred_by in diagnoses:
        return _Field(changes, {STATUS_QUO: CHANGE})
    if scores[STATUS_QUO] < declared.least_score:
        return _Field(changes, {STATUS_QUO: OUTWEIGHED})
    return _Field([STATUS_QUO], dict.fromkeys(changes, STANDS))


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


def _lead(winner: str, field: _Field, scores: Mapping[str, float], weighing: Weighing) -> float | None:
    place = OPTIONS.index(winner)
    distances = []
    for other in field.running:
        if OPTIONS.index(other) < place:
            distances.append(exact(scores[winner] - scores[other] - weighing.options[winner].margin))
        elif OPTIONS.index(other) > place:
            short = _short_of(other, field.running, scores, weighing)
            distances.append(max(short[1] if short else 0.0, exact(scores[winner] - scores[other])))
    declared = weighing.status_quo
    judged_alone = STANDS in field.set_aside.values() or OUTWEIGHED in field.set_aside.values()
    if declared is not None and judged_alone:
        distances.append(abs(exact(scores[STATUS_QUO] - declared.least_score)))
    return min(distances, default=None)
