"""What each option is worth in money, looking forward, and what is missing where that cannot be said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.measures import Measure
from engine.outcomes import Situation
from engine.rules import Ruleset


class Worth(NamedTuple):
    """The present value of one option to us, in the currency of the case; None where it is not known.

    Of the status quo it is what continuing unchanged is worth, of the others the difference from that. `missing` are
    the facts and lists without which it cannot be worked out.
    """

    option: str
    amount: float | None
    missing: tuple[str, ...]


def worths(ruleset: Ruleset, situation: Situation) -> tuple[Worth, ...]:
    """The worth of every option for which the ruleset declares a measure, from least to most disruptive."""
    found = []
    for option in ruleset.weighing.options.values():
        if option.present_value:
            value = situation.value(option.present_value)
            amount = float(value) if isinstance(value, (int, float)) else None
            missing = (
                () if amount is not None else tuple(dict.fromkeys(_unknown(option.present_value, ruleset, situation)))
            )
            found.append(Worth(option.id, amount, missing))
    return tuple(found)


def _unknown(name: str, ruleset: Ruleset, situation: Situation) -> Iterator[str]:
    """The unknown facts behind a measure; a list where it lacks the record or field that is asked for."""
    measure: Measure | None = ruleset.measure_by_id.get(name)
    if measure is None:
        if name in ruleset.vocabulary.lists:
            yield ruleset.vocabulary.lists[name].path
        elif situation.value(name) is None:
            yield name
    elif situation.value(name) is None:
        for part in measure.inputs:
            yield from _unknown(part, ruleset, situation)
