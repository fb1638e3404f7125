"""The money side of a memo: what the options are worth, looking forward, and what leaving and staying cost."""

from __future__ import annotations

from typing import Any

from engine.assessment import Assessment
from engine.explain.because import joined, number_in_words, percent
from engine.explain.wording import fact_in_words
from engine.memo.words import count
from engine.rules import OPTIONS
from engine.vocabulary import Kind

View = dict[str, Any]

LEAVING = ("contract.exit_fee", "contract.minimum_commitment")
"""What would have to be paid on leaving."""

STAYING = ("financials.annual_cost", "financials.opportunity_cost")
"""What staying costs each year."""

SUNK = ("financials.stranded_investment",)
"""What has been spent and would be written off: it counts for neither side."""


def worth(assessment: Assessment, view: View) -> View:
    """What is known in amounts; `lacking` says in words what present values need and the facts do not give."""
    values = view["present_values"]
    rows = [
        {
            "option": one["option"],
            "title": assessment.ruleset.weighing.options[one["option"]].title,
            "amount": _amount(assessment, one["amount"], signed=one["option"] != OPTIONS[0]),
        }
        for one in values["options"]
        if one["amount"] is not None
    ]
    missing = dict.fromkeys(name for one in values["options"] for name in one["missing"])
    return {
        "rows": rows,
        "basis": _basis(values) if rows else "",
        "lacking": "" if rows else joined([fact_in_words(name) for name in missing]),
        "leaving": _known(assessment, LEAVING),
        "staying": _known(assessment, STAYING),
        "sunk": _known(assessment, SUNK),
    }


def _basis(values: View) -> str:
    return f"over {count(values['horizon_years'], 'year')}, at {percent(values['discount_rate'])} a year"


def _known(assessment: Assessment, names: tuple[str, ...]) -> list[View]:
    """The amounts among these facts that the ruleset has and the case gives."""
    found = []
    for name in names:
        fact, value = assessment.ruleset.vocabulary.facts.get(name), assessment.case.value(name)
        if fact is not None and fact.type.kind is Kind.AMOUNT and isinstance(value, (int, float)):
            found.append({"name": fact_in_words(name), "amount": _amount(assessment, value)})
    return found


def _amount(assessment: Assessment, amount: float, signed: bool = False) -> str:
    """An amount in whole units of the currency; with its sign where it is a difference."""
    currency = str(assessment.case.value("financials.currency") or "")
    sign = "+" if signed and amount > 0 else ""
    return f"{currency} {sign}{number_in_words(round(amount))}".strip()
