"""An assessment as plain values: the one view from which JSON, terminal, Markdown and memos are made.

The keys that outside tools rely on are those of `schema` 1; more may be added, none renamed. Dates are ISO
text. Texts are plain: whoever prints them escapes them for their medium.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from engine.assessment import Assessment, PlannedAction
from engine.case import Case
from engine.conditions import SEVERITIES
from engine.decision.gates import AppliedGate
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS, Standing
from engine.decision.weighing import WeighedArgument
from engine.explain.because import day_in_words, either, joined, number_in_words
from engine.explain.missing import MissingFact
from engine.explain.reached import plain, value_in_words
from engine.explain.worth import worths
from engine.outcomes import Firing
from engine.parse.names import RECOMMENDATION
from engine.rules import Diagnosis, Finding, Ruleset

SCHEMA = 1

AFTERWARDS: Mapping[str, str] = {
    "hold": "Afterwards, if the recommendation stands",
    "suspend": "Afterwards, when counsel has cleared it",
}
"""By readiness, the heading over what is done later; where the facts suffice, nothing is put off."""

AT_ONCE = "at once"
"""The phase of a step that waits for nothing."""

WHO_OBTAINS = "whoever asked"
"""The owner of a fact that is to be obtained before the decision: who wanted it decided."""

SET_ASIDE_SINCE: Mapping[str, str] = {
    CHANGE: "a change is called for",
    OUTWEIGHED: "more speaks against it than for it",
}
"""Why going on unchanged was set aside, as the end of a sentence."""

View = dict[str, Any]


def alliance_view(case: Case) -> View:
    """Which alliance an answer is about, and of which day its facts are."""
    return {
        "name": str(case.value("alliance.name")),
        "us": case.us,
        "partner": case.partner,
        "as_of": case.as_of.isoformat(),
    }


def ruleset_view(ruleset: Ruleset) -> View:
    """Under which rules an answer was given."""
    return {"name": ruleset.name, "version": ruleset.version, "sha256": ruleset.sha256}


def report(assessment: Assessment) -> View:
    """Everything that an answer shows, in the order in which people read it."""
    case, ruleset = assessment.case, assessment.ruleset
    winner = assessment.recommended
    plan = [_action(assessment, action) for action in assessment.actions]
    at_once, later = _split(assessment, plan)
    return {
        "schema": SCHEMA,
        "alliance": alliance_view(case),
        "recommendation": {
            "option": winner.option,
            "form": winner.form,
            "readiness": assessment.readiness.state,
            "confidence": assessment.confidence,
            "summary": " ".join(summary(assessment)),
            "title": ruleset.weighing.options[winner.option].title,
            "form_title": ruleset.weighing.options[winner.option].forms[winner.form],
            "lead": assessment.verdict.lead,
            "review_on": assessment.review_on.isoformat(),
        },
        "options": [_option(assessment, standing) for standing in assessment.verdict.standings],
        "findings": _findings(assessment),
        "diagnoses": _diagnoses(assessment),
        "gates": [_gate(assessment, gate) for standing in _least_first(assessment) for gate in standing.gates],
        "actions": plan,
        "next": at_once,
        "afterwards": later,
        "missing": [missing_view(one) for one in assessment.missing],
        "readiness": _readiness(assessment),
        "present_values": _present_values(assessment),
        "ruleset": ruleset_view(ruleset),
        "facts_sha256": case.sha256,
    }


def summary(assessment: Assessment) -> list[str]:
    """The answer in at most five sentences."""
    winner = assessment.recommended
    option = assessment.ruleset.weighing.options[winner.option]
    lines = [f"The recommendation is to {small(option.title)}, {option.forms[winner.form]}."]
    counted = [argument for argument in winner.arguments_for if argument.counted][:2]
    if counted:
        lines.append(f"What speaks for it most: {_titles(counted)}.")
    against = [argument for argument in winner.arguments_against if argument.counted][:1]
    if against:
        lines.append(f"What speaks against it most: {_titles(against)}.")
    lines.append(_firmness(assessment))
    # The last sentence is what comes first in time: what stops the decision, then what delays carrying it out.
    if assessment.readiness.state != "decide":
        lines.append(_not_ready(assessment))
    elif winner.earliest is not None:
        lines.append(f"The earliest date for it is {day_in_words(winner.earliest)}.")
    elif winner.status == "conditional" and winner.steps:
        steps = [small(step.rstrip(".")) for step in winner.steps[:2]]
        lines.append(f"Before it can be carried out: {'; '.join(steps)}.")
    return lines


def lead_in_words(lead: float) -> str:
    """How near another option is, as a clause."""
    if not lead:
        return "any point that moved could make another option the answer"
    points = "1 point" if lead == 1 else f"{number_in_words(lead)} points"
    return f"{points} would have to move before another option won"


def _titles(arguments: Iterable[WeighedArgument]) -> str:
    return "; ".join(small(argument.rule.title.rstrip(".")) for argument in arguments)


def _firmness(assessment: Assessment) -> str:
    """How firm the answer is: by the options that it was compared with, and by those that were set aside."""
    winner, *others = assessment.verdict.standings
    left = [standing for standing in others if standing.status != "closed"]
    compared = [standing for standing in left if not standing.set_aside]
    options = assessment.ruleset.weighing.options
    aside = [
        f"{small(options[one.option].title)} is set aside, since {SET_ASIDE_SINCE[one.set_aside]}"
        for one in left
        if one.set_aside in SET_ASIDE_SINCE
    ]
    if compared:
        said = (
            f"it scores {signed(winner.score)} against {signed(compared[0].score)} for the next option that is not"
            f" closed, {small(options[compared[0].option].title)}, and confidence is {assessment.confidence}"
        )
    elif any(one.set_aside == STANDS for one in left):
        said = f"nothing calls for a change, it scores {signed(winner.score)} by itself"
        said += f", and confidence is {assessment.confidence}"
    else:
        said = "no other option is left to compare it with" if left else "no other option is open"
    said = "; ".join([said, *aside])
    return f"The facts suffice to decide: {said}." if assessment.readiness.state == "decide" else f"{capital(said)}."


def _not_ready(assessment: Assessment) -> str:
    if assessment.readiness.state == "suspend":
        return "Suspend performance now and call counsel before any further step."
    facts = assessment.ruleset.vocabulary.facts
    wanted = assessment.readiness.obtain
    names = [name.partition(".")[2].replace("_", " ") if name in facts else name for name in wanted]
    return f"Hold the decision until this is established: {joined(names[:4])}." if names else "Hold the decision."


def missing_view(one: MissingFact) -> View:
    """An unknown fact that could change the answer, and which of its values lead where."""
    return {
        "fact": one.fact.name,
        "question": one.fact.question,
        "could_lead_to": list(one.could_lead_to),
        "decisive": one.decisive,
        "values": [
            {
                "option": lead.option,
                "values": [plain(value) for value in lead.values],
                "in_words": either([value_in_words(value, one.fact) for value in lead.values]),
            }
            for lead in one.reached
        ],
    }


def _readiness(assessment: Assessment) -> View:
    readiness, vocabulary = assessment.readiness, assessment.ruleset.vocabulary
    return {
        "state": readiness.state,
        "rules": [
            {"rule": rule.id, "title": rule.title, "because": assessment.reasons.of(rule), "source": list(rule.source)}
            for rule in readiness.rules
        ],
        "doubts": [
            {"fact": doubt.fact, "missing": doubt.missing, "could_lead_to": list(doubt.leads_to)}
            for doubt in readiness.doubts
        ],
        "too_little_known": readiness.too_little_known,
        "obtain": [
            {
                "fact": name,
                "question": (vocabulary.facts.get(name) or vocabulary.lists[name]).question,
            }
            for name in readiness.obtain
        ],
    }


def _action(assessment: Assessment, action: PlannedAction) -> View:
    return {
        "rule": action.firing.rule.id,
        "action": action.text,
        "owner": action.owner,
        "days": action.days,
        "due": action.due.isoformat(),
        "phase": action.phase,
        "because": assessment.reasons.of(action.firing.rule),
        "source": list(action.firing.rule.source),
    }


def _split(assessment: Assessment, plan: list[View]) -> tuple[list[View], list[View]]:
    """The plan in two: what is done now, and what waits until the recommendation may be acted upon.

    While the decision is held, only steps that are due whatever is decided are done now; while all is suspended,
    only those of them that are due at once.
    """
    state = assessment.readiness.state
    at_once: list[View] = []
    later: list[View] = []
    for action, shown in zip(assessment.actions, plan, strict=True):
        whatever = RECOMMENDATION.keys().isdisjoint(action.firing.rule.reads)
        now = state == "decide" or (whatever and (state == "hold" or action.phase == AT_ONCE))
        (at_once if now else later).append(shown)
    return at_once, later


def _present_values(assessment: Assessment) -> View:
    """What the options are worth in money, and on which horizon and rate; or what is missing."""
    case = assessment.case
    return {
        "currency": case.value("financials.currency"),
        "horizon_years": case.value("financials.horizon_years"),
        "discount_rate": case.value("financials.discount_rate"),
        "options": [
            {"option": one.option, "amount": one.amount, "missing": list(one.missing)}
            for one in worths(assessment.ruleset, assessment.judgement.situation)
        ],
    }


def _least_first(assessment: Assessment) -> list[Standing]:
    return [assessment.verdict.standing(option) for option in assessment.ruleset.weighing.options]


def _option(assessment: Assessment, standing: Standing) -> View:
    option = assessment.ruleset.weighing.options[standing.option]
    short = standing.short_of
    return {
        "option": standing.option,
        "rank": standing.rank,
        "score": standing.score,
        "status": standing.status,
        "earliest_date": standing.earliest.isoformat() if standing.earliest else None,
        "title": option.title,
        "meaning": option.meaning,
        "form": standing.form,
        "form_title": option.forms[standing.form],
        "margin": option.margin,
        "short_of": {"option": short[0], "points": short[1]} if short else None,
        "set_aside": standing.set_aside,
        "steps": list(standing.steps),
        "for": [_argument(assessment, argument) for argument in standing.arguments_for],
        "against": [_argument(assessment, argument) for argument in standing.arguments_against],
        "gates": [_gate(assessment, gate) for gate in standing.gates],
    }


def _argument(assessment: Assessment, argument: WeighedArgument) -> View:
    return {
        "rule": argument.rule.id,
        "strength": argument.strength,
        "ground": argument.ground,
        "ground_title": assessment.ruleset.weighing.grounds[argument.ground],
        "because": assessment.reasons.of(argument.rule),
        "counted": argument.counted,
        "title": argument.rule.title,
        "points": argument.points,
        "source": list(argument.rule.source),
    }


def _gate(assessment: Assessment, gate: AppliedGate) -> View:
    return {
        "rule": gate.rule.id,
        "option": gate.option,
        "form": gate.form,
        "status": gate.status,
        "earliest_date": gate.earliest.isoformat() if gate.earliest else None,
        "steps": list(gate.steps),
        "title": gate.rule.title,
        "because": assessment.reasons.of(gate.rule),
        "source": list(gate.rule.source),
    }


def _findings(assessment: Assessment) -> list[View]:
    """Every finding once, by its most severe rule; problems before strengths, the gravest first."""
    best: dict[str, tuple[int, int, Firing, Finding]] = {}
    also: dict[str, list[str]] = {}
    for position, firing in enumerate(assessment.judgement.firings):
        for one in firing.rule.then:
            if isinstance(one, Finding):
                also.setdefault(one.id, []).append(firing.rule.id)
                if one.id not in best or one.severity > best[one.id][0]:
                    best[one.id] = (one.severity, position, firing, one)
    ordered = sorted(best.values(), key=lambda found: (found[3].favourable, -found[0], found[1]))
    return [
        {
            "finding": one.id,
            "severity": SEVERITIES[one.severity - 1],
            "favourable": one.favourable,
            "rule": firing.rule.id,
            "title": firing.rule.title,
            "ground": firing.rule.ground,
            "because": assessment.reasons.of(firing.rule),
            "facts": list(firing.facts),
            "records": record_ids(firing),
            "also": [rule for rule in also[one.id] if rule != firing.rule.id],
            "source": list(firing.rule.source),
        }
        for _, _, firing, one in ordered
    ]


def _diagnoses(assessment: Assessment) -> list[View]:
    found: dict[str, View] = {}
    for firing in assessment.judgement.firings:
        for one in firing.rule.then:
            if isinstance(one, Diagnosis) and one.id not in found:
                found[one.id] = {
                    "diagnosis": one.id,
                    "step": one.step,
                    "rule": firing.rule.id,
                    "title": firing.rule.title,
                    "because": assessment.reasons.of(firing.rule),
                    "facts": list(firing.facts),
                    "findings": list(firing.made),
                    "source": list(firing.rule.source),
                }
    return list(found.values())


def record_ids(firing: Firing) -> list[str]:
    """The ids of the records that made a rule fire."""
    return [record.partition(":")[2] for record in firing.records]


# -- words that terminal, Markdown and memos share


def signed(score: float) -> str:
    """A score with its sign: `+26`, `-8`, `0`."""
    return f"+{number_in_words(score)}" if score > 0 else number_in_words(score)


def day(text: str) -> str:
    """An ISO date of the report in words."""
    return day_in_words(date.fromisoformat(text))


def capital(text: str) -> str:
    """The text with a capital first letter, all else as it is."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """A title as it stands inside a sentence: with a small first letter, unless the first word is all capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text.startswith("A ") else text
