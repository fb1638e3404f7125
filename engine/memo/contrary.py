"""What speaks against the recommendation: arguments, findings, doubtful facts and the strongest rival."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.assessment import Assessment
from engine.explain.because import label
from engine.explain.doubtful import WeightyDoubt, support
from engine.explain.wording import fact_in_words, value_in_words
from engine.report import small
from engine.rules import OPTIONS, Argument
from engine.sources import shorten
from engine.vocabulary import Fact

View = dict[str, Any]

ARGUMENTS = 3
FINDINGS = 4
DOUBTS = 3
RIVAL_REASONS = 2
LABEL = 44


def contrary(assessment: Assessment, view: View) -> View:
    """The case against the recommended option, in numbers and words, the weightiest first."""
    winner = view["options"][0]
    against = [one for one in winner["against"] if one["counted"]]
    stays = winner["option"] == OPTIONS[0]
    behind = findings_behind(assessment, lambda one: _opposes(one, winner["option"]))
    findings = [one for one in view["findings"] if one["finding"] in behind and one["favourable"] is not stays]
    resting = support(assessment.judgement, assessment.recommended)
    grounds = assessment.ruleset.weighing.grounds
    return {
        "arguments": [{**one, "ground_title": grounds[one["ground"]]} for one in against[:ARGUMENTS]],
        "more_arguments": max(len(against) - ARGUMENTS, 0),
        "speaks_for": "a change" if stays else "staying as we are",
        "findings": [small(one["title"]) for one in findings[:FINDINGS]],
        "more_findings": max(len(findings) - FINDINGS, 0),
        "points": resting.points,
        "doubtful_points": resting.doubtful_points,
        "doubts": [_doubt(assessment, one) for one in resting.doubts[:DOUBTS]],
        "more_doubts": max(len(resting.doubts) - DOUBTS, 0),
        "rival": _rival(view),
        "closed_ahead": [
            one for one in view["options"] if one["status"] == "closed" and one["score"] > winner["score"]
        ],
    }


def findings_behind(assessment: Assessment, wanted: Callable[[Argument], bool]) -> frozenset[str]:
    """The findings on which some rule that fired builds such an argument."""
    return frozenset(
        name
        for firing in assessment.judgement.firings
        if any(isinstance(one, Argument) and wanted(one) for one in firing.rule.then)
        for kind, _, name in (made.partition(":") for made in firing.made)
        if kind == "finding"
    )


def _opposes(argument: Argument, option: str) -> bool:
    """Against the option, or for going on as before in place of it."""
    if argument.side == "against":
        return argument.option == option
    return argument.option == OPTIONS[0] != option


def _doubt(assessment: Assessment, doubt: WeightyDoubt) -> View:
    vocabulary, entry = assessment.ruleset.vocabulary, doubt.entry
    fact: Fact = vocabulary.lists[doubt.records].fields[doubt.fact] if doubt.records else vocabulary.facts[doubt.fact]
    name = fact_in_words(doubt.fact)
    if doubt.records:
        known = vocabulary.lists[doubt.records]
        record = next(one for one in assessment.case.records(doubt.records) or () if one.id == doubt.record)
        name = f"{name} of the {known.singular} {doubt.record} ({shorten(label(record, known), LABEL)})"
    why = [
        *(["disputed"] if entry.disputed else []),
        *([f"{entry.confidence} confidence"] if entry.confidence == "low" else []),
    ]
    return {
        "name": name,
        "value": value_in_words(entry.value, fact.type.kind),
        "doubt": ", ".join(why),
        "points": doubt.points,
    }


def _rival(view: View) -> View | None:
    """The best other option that is not closed: of those that were compared, where there is one."""
    winner, *others = view["options"]
    left = [one for one in others if one["status"] != "closed"]
    rival = next((one for one in left if not one["set_aside"]), left[0] if left else None)
    if rival is None:
        return None
    counted = [small(argument["title"].rstrip(".")) for argument in rival["for"] if argument["counted"]]
    return {
        "option": rival["option"],
        "title": rival["title"],
        "score": rival["score"],
        "behind": winner["score"] - rival["score"],
        "short_of": rival["short_of"],
        "reasons": counted[:RIVAL_REASONS],
    }
