"""What a memo leaves to counsel: allegations, and every legal conclusion that the answer relies on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.assessment import Assessment
from engine.case import Entry
from engine.explain.because import label
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
    for record in case.records("incidents") or ():
        if known is not None and record.value("status") != "established":
            found.append(f"Alleged and not established: the incident {record.id} ({label(record, known)}).")
    return found


def for_counsel(assessment: Assessment, view: View) -> View:
    """The legal points behind the answer: `points` for the memo, and how many the appendix has besides.

    First what the recommended option needs, then what closes or delays the others, findings on the agreement, and
    facts of the agreement that are doubtful.
    """
    found = list(dict.fromkeys(_points(assessment, view)))
    return {"points": found[:ITEMS], "more": max(len(found) - ITEMS, 0)}


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
    for name, entry in sorted(assessment.case.facts.items()):
        if name.startswith(f"{LEGAL}.") and entry.doubtful:
            kind = assessment.ruleset.vocabulary.facts[name].type.kind
            yield f"The fact {fact_in_words(name)}, taken to be {value_in_words(entry.value, kind)} ({_doubt(entry)})"


def is_legal(assessment: Assessment, gate: View) -> bool:
    """Whether a gate rests on the agreement or the law; one that reads nothing but records of the work does not."""
    rule = assessment.ruleset.by_id[gate["rule"]]
    return rule.ground == LEGAL and any("." in name for name in rule.reads)


def _doubt(entry: Entry) -> str:
    parts = ["disputed"] * entry.disputed + ["of low confidence"] * (entry.confidence == "low")
    return " and ".join(parts)
