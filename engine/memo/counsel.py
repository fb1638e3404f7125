"""What a memo leaves to counsel: allegations, and every legal conclusion that the answer relies on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.assessment import Assessment
from engine.case import Case
from engine.explain.because import joined, label
from engine.memo.words import fact_in_words, small, value_in_words

View = dict[str, Any]

LEGAL = "contract"
"""The ground, and the section of facts, on which conclusions are legal ones."""

ITEMS = 7


def allegations(assessment: Assessment) -> list[str]:
    """What is claimed and not proved, in sentences that say so; an incident is proved only where it says so."""
    case = assessment.case
    found = []
    for name, who, whom in (("partner", case.partner, case.us), ("our", case.us, case.partner)):
        if case.value(f"contract.{name}_breach") == "alleged":
            found.append(f"A material breach by {who} against {whom} is alleged and not established.")
    known = assessment.ruleset.vocabulary.lists.get("incidents")
    incidents = case.records("incidents") or () if known is not None else ()
    return found + [
        f"Alleged and not established: the incident {record.id} ({label(record, known)})."
        for record in incidents
        if known is not None and record.value("status") != "established"
    ]


_BREACH = re.compile(r"\b(a )?((?:material|grave|serious) )?(breach(?:es)?)\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"alleg|not established|\bno\b|\bif\b|\bwhether\b|notice of breach|declare|confirm|claim", re.IGNORECASE
)


def breach_is_alleged(case: Case) -> bool:
    """Whether a breach is alleged, and none of either side is established."""
    states = [case.value(f"contract.{side}_breach") for side in ("partner", "our")]
    return "alleged" in states and "established" not in states


def as_alleged(value: Any) -> Any:
    """Texts in which every breach that is spoken of as a fact has become an alleged one; all else as it is.

    Rules speak of a breach in words that hold for an established one as well; a board paper must not.
    """
    if isinstance(value, str):
        return value if _HEDGED.search(value) else _BREACH.sub(_alleged, value)
    if isinstance(value, dict):
        return {key: one if key in _IDS else as_alleged(one) for key, one in value.items()}
    return [as_alleged(one) for one in value] if isinstance(value, list) else value


_IDS = frozenset(("rule", "also", "finding", "fact", "facts", "records", "made", "source"))


def _alleged(found: re.Match[str]) -> str:
    article, kind, breach = found.groups()
    words = f"alleged {kind or ''}{breach}"
    return f"{'An' if article[0] == 'A' else 'an'} {words}" if article else words


def for_counsel(assessment: Assessment, view: View) -> View:
    """The legal points behind the answer: `points` for the memo, and `more` for the appendix.

    First what the recommended option needs, then what closes or delays the others, findings on the agreement, and
    facts of the agreement that are doubtful.
    """
    found = list(dict.fromkeys(_points(assessment, view)))
    return {"points": found[:ITEMS], "more": found[ITEMS:]}


def _points(assessment: Assessment, view: View) -> Iterator[str]:
    winner, *others = view["options"]
    for gate in winner["gates"]:
        if is_legal(assessment, gate) and gate["form"] in (None, winner["form"]):
            yield f"{winner['title']}: {small(gate['title'])}"
    for option in others:
        for gate in option["gates"]:
            # A gate on one form among several decides nothing while another form is left.
            decides = gate["form"] is None or option["status"] == gate["status"] == "closed"
            if decides and is_legal(assessment, gate):
                yield f"{option['title']}: {small(gate['title'])}"
    for finding in view["findings"]:
        if finding["ground"] == LEGAL:
            yield f"The agreement: {small(finding['title'])}"
    facts = assessment.ruleset.vocabulary.facts
    doubtful = [
        f"{fact_in_words(name)} ({value_in_words(entry.value, facts[name].type.kind)}{', disputed' * entry.disputed})"
        for name, entry in sorted(assessment.case.facts.items())
        if name.startswith(f"{LEGAL}.") and entry.doubtful
    ]
    if doubtful:
        yield f"Doubtful in what is recorded of the agreement: {joined(doubtful)}"


def is_legal(assessment: Assessment, gate: View) -> bool:
    """Whether a gate rests on the agreement or the law; one that reads nothing but records of the work does not."""
    rule = assessment.ruleset.by_id[gate["rule"]]
    return rule.ground == LEGAL and any("." in name for name in rule.reads)
