"""What a memo leaves to counsel: allegations, and every legal conclusion that the answer relies on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.assessment import Assessment
from engine.explain.because import joined, label
from engine.explain.wording import fact_in_words, value_in_words
from engine.report import small
from engine.vocabulary import Value

View = dict[str, Any]

LEGAL = "contract"
"""The ground, and the section of facts, on which conclusions are legal ones."""

ITEMS = 7


def allegations(assessment: Assessment) -> list[str]:
    """Each breach, and each incident that is not established, in a sentence that says how far it is."""
    case = assessment.case
    found = []
    for name, who, whom in (("partner", case.partner, case.us), ("our", case.us, case.partner)):
        state = case.value(f"contract.{name}_breach")
        if state in _BREACHES:
            found.append(f"A material breach by {who} against {whom} is {_BREACHES[str(state)]}.")
    known = assessment.ruleset.vocabulary.lists.get("incidents")
    records = (case.records("incidents") or ()) if known is not None else ()
    return found + [
        f"{_INCIDENTS[record.value('status')]}: the incident {record.id} ({label(record, known)})."
        for record in records
        if known is not None and record.value("status") in _INCIDENTS
    ]


_BREACHES: Mapping[str, str] = {
    "alleged": "alleged and not established",
    "established": "recorded as established",
}

_INCIDENTS: Mapping[Value | None, str] = {
    "alleged": "Alleged and not established",
    None: "Not known to be established",
}


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
