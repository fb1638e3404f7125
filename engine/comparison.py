"""Two assessments side by side: what a change of the facts did to the answer."""

from __future__ import annotations

from typing import NamedTuple

from engine.assessment import Assessment
from engine.decision.verdict import Standing
from engine.decision.weighing import WeighedArgument
from engine.rules import OPTIONS


class OptionChange(NamedTuple):
    """One option before and after; `gained` and `lost` are arguments that came and went, on either side."""

    option: str
    before: Standing
    after: Standing
    gained: tuple[WeighedArgument, ...]
    lost: tuple[WeighedArgument, ...]


class Comparison(NamedTuple):
    """The answer before and after a change, each of the six options, and the rules that came and went."""

    before: Assessment
    after: Assessment
    options: tuple[OptionChange, ...]
    fired: tuple[str, ...]
    silenced: tuple[str, ...]

    @property
    def other_answer(self) -> bool:
        """Whether another option or another form of it is recommended."""
        before, after = self.before.recommended, self.after.recommended
        return (before.option, before.form) != (after.option, after.form)


def compare(before: Assessment, after: Assessment) -> Comparison:
    """Sets two assessments under one ruleset side by side."""
    fired_before = before.judgement.fired | before.plan.fired
    fired_after = after.judgement.fired | after.plan.fired
    order = [rule.id for rule in before.ruleset.rules]
    return Comparison(
        before,
        after,
        tuple(_option(before.verdict.standing(one), after.verdict.standing(one)) for one in OPTIONS),
        tuple(id_ for id_ in order if id_ in fired_after - fired_before),
        tuple(id_ for id_ in order if id_ in fired_before - fired_after),
    )


def _option(before: Standing, after: Standing) -> OptionChange:
    had, has = _arguments(before), _arguments(after)
    gained = tuple(argument for key, argument in has.items() if key not in had)
    lost = tuple(argument for key, argument in had.items() if key not in has)
    return OptionChange(before.option, before, after, gained, lost)


def _arguments(standing: Standing) -> dict[tuple[str, str], WeighedArgument]:
    both = (*standing.arguments_for, *standing.arguments_against)
    return {(argument.rule.id, argument.side): argument for argument in both}
