"""The values that a memo is made of: the report's view, and what else a board asks for, cut to what it will read.

Texts are plain. Lists are cut to the most telling; `more_…` says how many the appendix has besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import report
from engine.assessment import Assessment
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS
from engine.explain.because import either
from engine.explain.conclusions import concludes
from engine.explain.counterfactual import SingleChange, single_changes
from engine.explain.wording import before_and_after, condition, thing, value_in_words
from engine.memo.appendix import evidence, firings, sources_cited
from engine.memo.charts import balance, health_record
from engine.memo.contrary import contrary, findings_behind
from engine.memo.counsel import allegations, for_counsel, is_legal
from engine.memo.flips import HANDS
from engine.memo.talks import talks
from engine.memo.together import together
from engine.memo.words import count, plain
from engine.memo.worth import worth
from engine.report import small
from engine.rules import OPTIONS, Argument

View = dict[str, Any]

REASONS = 5
REASONS_IN_SHORT = 2
CAUSES = 2
OTHER_DIAGNOSES = 3
RISKS = 3
MISSING = 5
CHANGES = 5
STEPS = 8


def memo_context(assessment: Assessment, progress: Callable[[str], None] | None = None) -> View:
    """Everything that a template can use, by name; docs/templates.md describes each."""
    view = report.report(assessment)
    winner, option = view["options"][0], assessment.ruleset.weighing.options[assessment.recommended.option]
    counted = [one for one in winner["for"] if one["counted"]]
    changes = single_changes(assessment.variations)
    fired = firings(assessment)
    context = {
        **view,
        "summary": report.summary(assessment),
        "resolution": _resolution(assessment),
        "form": option.forms[assessment.recommended.form].removeprefix("and "),
        "ready": _READY[assessment.readiness.state],
        "obtain": [_to_obtain(assessment, view, one) for one in view["readiness"]["obtain"]],
        "options": [_option(assessment, one, winner) for one in view["options"]],
        "reasons": [_reason(assessment, one) for one in counted[:REASONS]],
        "more_reasons": max(len(counted) - REASONS, 0),
        **_causes(view),
        "health": health_record(assessment),
        "balance": balance(assessment),
        "worth": worth(assessment, view),
        "points": " · ".join(
            f"{name} {plain(points)}" for name, points in assessment.ruleset.weighing.strengths.items()
        ),
        "judged_first": assessment.ruleset.weighing.status_quo is not None,
        "risks": {
            "acting": list(option.risks_of_acting),
            "acting_here": _risks_of_acting(winner)[:RISKS],
            "not_acting": list(option.risks_of_not_acting),
            "not_acting_here": _risks_of_not_acting(assessment, view)[:RISKS],
        },
        "contrary": contrary(assessment, view),
        "unknown": [_unknown(assessment, one) for one in view["missing"][:MISSING]],
        "more_unknown": [_unknown(assessment, one) for one in view["missing"][MISSING:]],
        "changes": [_change(assessment, one) for one in changes[:CHANGES]],
        "more_changes": [_change(assessment, one) for one in changes[CHANGES:]],
        "steps": view["next"][:STEPS],
        "later_steps": view["afterwards"][:STEPS],
        "later_when": report.AFTERWARDS.get(assessment.readiness.state, ""),
        "more_steps": [*view["next"][STEPS:], *view["afterwards"][STEPS:]],
        "who_obtains": report.WHO_OBTAINS,
        "review_on": view["recommendation"]["review_on"],
        "allegations": allegations(assessment),
        "counsel": for_counsel(assessment, view),
        "fired": [{**one, "concludes": _conclusions(assessment, one["rule"])} for one in fired],
        "sources": sources_cited(assessment),
        "evidence": evidence(assessment),
    }
    return {
        **context,
        "together": together(assessment, progress),
        "talks": talks(assessment, context, progress),
    }


def _resolution(assessment: Assessment) -> str:
    """What the board is asked to decide; where the facts do not suffice, to hold, and where they alarm, to stop."""
    winner, case = assessment.recommended, assessment.case
    # Not `format`: the name of a partner may hold braces of its own.
    wanted = assessment.ruleset.weighing.options[winner.option].resolution.replace("{partner}", case.partner)
    state = assessment.readiness.state
    if state == "suspend":
        return (
            f"to suspend performance of the alliance with {case.partner} at once, and to instruct counsel before any "
            "further step"
        )
    if state == "hold":
        return (
            f"to hold the decision on the alliance with {case.partner} until the facts named in this memo are "
            f"established; on what is known today the answer would be {wanted}"
        )
    return wanted


_READY = {
    "decide": "ready to decide",
    "hold": "hold: facts have to be established first",
    "suspend": "suspend: counsel has to be heard first",
}


def _to_obtain(assessment: Assessment, view: View, wanted: View) -> View:
    """A fact to be established before the decision, and where its other values would lead."""
    missing = next((one for one in view["missing"] if one["fact"] == wanted["fact"]), None)
    if missing is not None:
        return {**wanted, "leads": _unknown(assessment, missing)["leads"]}
    leads = {one["fact"]: one["could_lead_to"] for one in view["readiness"]["doubts"]}.get(wanted["fact"], ())
    return {**wanted, "leads": either([_title(assessment, one) for one in leads])}


def _reason(assessment: Assessment, argument: View) -> View:
    return {**argument, "ground_title": assessment.ruleset.weighing.grounds[argument["ground"]]}


def _causes(view: View) -> View:
    """The root causes in full, then whose they are and what else was diagnosed, by title; no steps of the reasoning."""
    kinds: dict[str, list[View]] = {"root": [], "whose": [], "other": []}
    for one in view["diagnoses"]:
        if one["step"]:
            continue
        name = str(one["diagnosis"])
        kind = "whose" if name.startswith("cause_with_") else "root" if name.startswith("cause_") else "other"
        kinds[kind].append(one)
    causes = kinds["root"][:CAUSES] or kinds["other"][:1]
    others = [one for kind in ("whose", "root", "other") for one in kinds[kind] if one not in causes]
    return {
        "causes": causes,
        "other_diagnoses": [small(one["title"]) for one in others[:OTHER_DIAGNOSES]],
        "more_diagnoses": max(len(others) - OTHER_DIAGNOSES, 0),
    }


def _option(assessment: Assessment, option: View, winner: View) -> View:
    """An option with its reasons in short, what gates do to it, and where it stands on the standard of proof."""
    sides: View = {}
    for side in ("for", "against"):
        counted = [one for one in option[side] if one["counted"]]
        sides[f"short_{side}"] = [small(one["title"].rstrip(".")) for one in counted[:REASONS_IN_SHORT]]
        sides[f"more_{side}"] = max(len(counted) - REASONS_IN_SHORT, 0)
        sides[f"points_{side}"] = sum(one["points"] for one in counted)
    applied = [gate for gate in option["gates"] if gate["form"] in (None, option["form"])]
    ordered = sorted(applied, key=lambda gate: gate["status"] != "closed")
    if option["status"] == "closed":
        ordered = [gate for gate in ordered if gate["status"] == "closed"] or [
            gate for gate in option["gates"] if gate["status"] == "closed"
        ]
    return {
        **option,
        **sides,
        "recommended": option["option"] == winner["option"],
        "gates_in_short": [small(gate["title"].rstrip(".")) for gate in ordered],
        "legal": any(is_legal(assessment, gate) for gate in ordered),
        "proof": _proof(assessment, option),
    }


def _proof(assessment: Assessment, option: View) -> str:
    if option["status"] == "closed":
        return "not weighed: closed"
    if option["set_aside"]:
        return PROOF_SET_ASIDE[option["set_aside"]]
    short = option["short_of"]
    if short is None:
        return f"met (a lead of {plain(option['margin'])} asked)" if option["margin"] else "met (none asked)"
    other = small(assessment.ruleset.weighing.options[short["option"]].title)
    return f"short by {count(short['points'], 'point')} against {other}"


def _risks_of_acting(winner: View) -> list[str]:
    gates = [gate for gate in winner["gates"] if gate["form"] in (None, winner["form"])]
    counted = [one["title"] for one in winner["against"] if one["counted"]]
    return list(dict.fromkeys([*(gate["title"] for gate in gates), *counted]))


def _risks_of_not_acting(assessment: Assessment, view: View) -> list[View]:
    """What is seriously wrong and calls for the recommended option, or against going on as before."""
    option = view["recommendation"]["option"]
    calls = findings_behind(assessment, lambda one: _calls_for(one, option))
    return [
        {"title": one["title"], "severity": one["severity"], "because": one["because"]}
        for one in view["findings"]
        if not one["favourable"] and one["severity"] != "minor" and one["finding"] in calls
    ]


def _calls_for(argument: Argument, option: str) -> bool:
    if argument.side == "for":
        return argument.option == option
    return argument.option == OPTIONS[0] != option


def _unknown(assessment: Assessment, missing: View) -> View:
    """An unknown fact, with the options to which some of its values lead, and which these are."""
    leads = [f"{_title(assessment, one['option'])} ({one['in_words']})" for one in missing["values"]]
    return {**missing, "leads": either(leads)}


def _title(assessment: Assessment, option: str) -> str:
    return small(assessment.ruleset.weighing.options[option].title)


PROOF_SET_ASIDE: Mapping[str, str] = {
    STANDS: "not weighed: going on stands by itself",
    CHANGE: "set aside: a change is called for",
    OUTWEIGHED: "set aside: more speaks against it",
}


def _change(assessment: Assessment, single: SingleChange) -> View:
    """A change in words: `if partner commitment were committed (now wavering), …`; of records, also as a condition."""
    change = single.change
    now, value = before_and_after(change)
    if change.fact is not None:
        value = either([value_in_words(one, change.fact.type.kind) for one in single.values])
    return {
        "fact": change.path,
        "name": thing(change),
        "now": now,
        "value": value,
        "record": change.site.record,
        "condition": condition([change], assessment.case),
        "option": single.leads_to,
        "title": _title(assessment, single.leads_to),
        "lever": change.lever,
        "hands": HANDS[change.lever],
    }


def _conclusions(assessment: Assessment, rule_id: str) -> str:
    return "; ".join(concludes(assessment.ruleset.by_id[rule_id])).replace("_", " ")
