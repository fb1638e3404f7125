"""What people need who go to the table: the agenda, what is at issue, the alternatives, and what not to put at risk.

The agenda is what `engine.flip` finds. That takes its time, and more than one change at a time takes what not everybody
has installed: nothing of it is looked for until a template asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from engine.assessment import Assessment
from engine.case import Record
from engine.deadlines import Deadline, deadlines
from engine.explain.because import in_words, label
from engine.memo.flips import Groups, flips_of
from engine.memo.when_asked import WhenAsked
from engine.report import small
from engine.rules import OPTIONS
from engine.vocabulary import RecordList

View = dict[str, Any]

CONTINUE, RENEGOTIATE = OPTIONS[:2]

TALK = "talk"
"""The phase of the plan in which the parties talk."""

REVIEW = "next review of this decision"

AGENDA = (4, 8)
FURTHER = (2, 4)
"""So many sets of each kind, and so many in each group."""

ISSUES = 4
RECORDS = 5
TERMS = 6
PROTECTED = 6
DATES = 8
REST = 24


def talks(assessment: Assessment, context: View, progress: Callable[[str], None] | None = None) -> WhenAsked:
    """The values of a brief, when a template asks for one of them; `context` has what other memos are made of.

    `progress` is told the steps of working them out.
    """
    return WhenAsked(lambda: _values(assessment, context, progress or (lambda _step: None)))


def _values(assessment: Assessment, context: View, progress: Callable[[str], None]) -> View:
    found = flips_of(assessment, progress=progress)
    progress("writing the brief")
    groups = Groups(assessment, found)
    options = {one["option"]: one for one in context["options"]}
    option = assessment.recommended.option
    agenda = groups.by_side(groups.closer(worse=False), *AGENDA)
    openings = groups.by_side(groups.further(worse=False), *FURTHER)
    risks = groups.by_side(groups.further(worse=True), *FURTHER)
    rest = groups.rest()
    issues = [one for one in options[CONTINUE]["against"] if one["counted"]] if option != CONTINUE else []
    sound = [one for one in context["findings"] if one["favourable"]]
    terms = [one for one in context["actions"] if one["phase"] == TALK] if option == RENEGOTIATE else []
    new_terms = options[RENEGOTIATE]
    weighed = [one for side in ("for", "against") for one in new_terms[side] if one["counted"]]
    behind = [*weighed, *issues[:ISSUES], *terms[:TERMS], *context["gates"], *sound[:PROTECTED]]
    return {
        "tried": len(found.tried),
        "most": found.wanted.most,
        "aims": [small(options[one]["title"]) for one in OPTIONS[: OPTIONS.index(option)]],
        "reached": groups.reached(groups.closer(worse=False)),
        "agenda": agenda,
        "for_the_worse": groups.number(groups.closer(worse=True)),
        "openings": openings,
        "risks": risks,
        "rest": rest[:REST],
        "more_rest": sum(found.kinds.values()) - len(found.shown) + max(len(rest) - REST, 0),
        "renegotiate": new_terms,
        "fallback": _fallback(context, option),
        "issues": issues[:ISSUES],
        "more_issues": max(len(issues) - ISSUES, 0),
        **_records(assessment),
        "terms": terms[:TERMS],
        "more_terms": max(len(terms) - TERMS, 0),
        "sound": sound[:PROTECTED],
        "more_sound": max(len(sound) - PROTECTED, 0),
        "talking": list(assessment.ruleset.weighing.options[RENEGOTIATE].risks_of_acting),
        "dates": _dates(assessment),
        **_cited(assessment, context, [*context["readiness"]["rules"], *behind]),
    }


def _fallback(context: View, option: str) -> View | None:
    """What is left to us if the talks fail: the recommendation, or the best other option where that needs the partner.

    None where every other option is closed or set aside.
    """
    if option != RENEGOTIATE:
        return dict(context["options"][0])
    left = (one for one in context["options"][1:] if one["status"] != "closed" and not one["set_aside"])
    return next(left, None)


def _dates(assessment: Assessment) -> list[View]:
    """What falls due, the next review among it, the next date first."""
    winner, option = assessment.recommended, assessment.ruleset.weighing.options[assessment.recommended.option]
    found = deadlines(assessment.case, winner.option, small(option.title), winner.earliest)
    review = Deadline(assessment.review_on, (assessment.review_on - assessment.case.as_of).days, REVIEW)
    ahead = sorted((*found[:DATES], review), key=lambda one: one.day)
    return [{"date": one.day.isoformat(), "days": one.days, "what": one.what} for one in ahead]


def _cited(assessment: Assessment, context: View, behind: Iterable[View]) -> View:
    """The rules behind what a brief says, each once, and the sources that they rest on."""
    rules = [assessment.ruleset.by_id[id_] for id_ in dict.fromkeys(one["rule"] for one in behind)]
    cited = {id_ for rule in rules for id_ in rule.source}
    return {
        "rules": [{"rule": rule.id, "title": rule.title, "source": list(rule.source)} for rule in rules],
        "sources": [one for one in context["sources"] if one["id"] in cited],
    }


# -- what is open between the parties


def _records(assessment: Assessment) -> View:
    """Conflicts that are not settled and commitments that were not kept, the gravest first."""
    found: View = {}
    for name, wanted in _OPEN.items():
        known = assessment.ruleset.vocabulary.lists.get(name)
        records = [one for one in assessment.case.records(name) or () if wanted.is_open(one)] if known else []
        records.sort(key=lambda record, weight=wanted.weight: -_number(record, weight))  # type: ignore[misc]
        found[name] = [_record(record, known, wanted.fields) for record in records[:RECORDS] if known]
        found[f"more_{name}"] = max(len(records) - RECORDS, 0)
    return found


class _Open(NamedTuple):
    """Which records of a list are open, the field that says how much they matter, and the fields to be shown."""

    is_open: Callable[[Record], bool]
    weight: str
    fields: tuple[str, ...]


_OPEN: Mapping[str, _Open] = {
    "conflicts": _Open(
        lambda record: record.value("status") != "resolved",
        "severity",
        ("severity", "escalation", "acknowledged"),
    ),
    "commitments": _Open(
        lambda record: record.value("status") in ("missed", "late"),
        "materiality",
        ("owner", "due", "status", "remediation"),
    ),
}


_OWNERS: Mapping[str, str] = {"us": "we", "partner": "the partner", "joint": "both sides"}


def _number(record: Record, field: str) -> float:
    value = record.value(field)
    return value if isinstance(value, (int, float)) else 0


def _record(record: Record, known: RecordList, fields: tuple[str, ...]) -> View:
    """A record with its label and fields in words; `unknown` where the facts or the vocabulary have none."""
    values = {
        name: in_words(record.value(name), known.fields[name].type.kind if name in known.fields else None)
        for name in fields
    }
    if "owner" in values:
        values["owner"] = _OWNERS.get(values["owner"], values["owner"])
    return {**values, "id": record.id, "label": label(record, known)}
