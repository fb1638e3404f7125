"""What a rule concludes, in words."""

from __future__ import annotations

from engine.conditions import SEVERITIES
from engine.rules import Argument, Conclusion, Diagnosis, Finding, FormChoice, Gate, ReadinessCall, Rule


def concludes(rule: Rule) -> tuple[str, ...]:
    """What a rule concludes, each thing once, with ids as the rule language has them."""
    return tuple(dict.fromkeys(_concluded(one) for one in rule.then))


def _concluded(one: Conclusion) -> str:
    if isinstance(one, Finding):
        return f"finding {one.id} ({'favourable' if one.favourable else SEVERITIES[one.severity - 1]})"
    if isinstance(one, Diagnosis):
        return f"diagnosis {one.id}"
    if isinstance(one, Argument):
        return f"{one.strength} {one.side} {one.option}"
    if isinstance(one, Gate):
        return f"{one.option}{f'/{one.form}' if one.form else ''} is {one.status}"
    if isinstance(one, FormChoice):
        return f"{one.strength} for {one.form} as form of {one.option}"
    if isinstance(one, ReadinessCall):
        return f"readiness {one.state}"
    return "an action"
