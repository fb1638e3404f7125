"""The record behind an answer: the rules that fired, their sources, and the facts with their evidence."""

from __future__ import annotations

from typing import Any

from engine.assessment import Assessment
from engine.case import Entry
from engine.explain.because import day_in_words, either, in_words, label
from engine.report import record_ids
from engine.vocabulary import Fact, Kind

View = dict[str, Any]


def firings(assessment: Assessment) -> list[View]:
    """Every rule that fired, in the order of firing, with what made it fire."""
    return [
        {
            "rule": firing.rule.id,
            "title": firing.rule.title,
            "ground": firing.rule.ground,
            "because": assessment.reasons.of(firing.rule),
            "facts": list(firing.facts),
            "measures": list(firing.measures),
            "records": record_ids(firing),
            "made": list(firing.made),
            "source": list(firing.rule.source),
        }
        for firing in (*assessment.judgement.firings, *assessment.plan.firings)
    ]


def evidence(assessment: Assessment) -> list[View]:
    """Every known fact, section by section, in words, with its source and doubt; lists as their records."""
    case = assessment.case
    sections = []
    for section in assessment.ruleset.vocabulary.sections.values():
        facts = [_evidence(fact, case.facts[fact.name]) for fact in section.facts if fact.name in case.facts]
        lists = [
            {
                "list": known.name,
                "title": known.title,
                "records": [
                    {
                        "id": record.id,
                        "label": label(record, known),
                        "fields": [_evidence(known.fields[name], entry) for name, entry in record.entries.items()],
                    }
                    for record in case.lists[known.name]
                ],
            }
            for known in section.lists
            if known.name in case.lists
        ]
        if facts or lists:
            sections.append({"section": section.name, "title": section.title, "facts": facts, "lists": lists})
    return sections


def _evidence(fact: Fact, entry: Entry) -> View:
    return {
        "fact": fact.name,
        "name": fact.name.rpartition(".")[2].replace("_", " "),
        "value": in_words(entry.value, fact.type.kind),
        "range": _range(entry, fact.type.kind),
        "source": entry.source,
        "confidence": entry.confidence,
        "disputed": entry.disputed,
        "dated": day_in_words(entry.dated) if entry.dated else "",
    }


def _range(entry: Entry, kind: Kind) -> str:
    if entry.plausible:
        return either([one.replace("_", " ") for one in entry.plausible])
    if entry.low is None and entry.high is None:
        return ""
    return f"{in_words(entry.low, kind)} to {in_words(entry.high, kind)}"


def sources_cited(assessment: Assessment) -> list[View]:
    """The sources of all rules that fired, by id."""
    cited = {id_ for firing in (*assessment.judgement.firings, *assessment.plan.firings) for id_ in firing.rule.source}
    return [
        {"id": source.id, "title": source.title, "section": source.section, "document": source.document}
        for source in assessment.ruleset.sources.values()
        if source.id in cited
    ]
