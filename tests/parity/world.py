"""A small made-up world: facts of every type, two record lists, measures, and builders of rules and cases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.case import Case, Entry, Record
from engine.conditions import Condition, asks, reads
from engine.errors import Location
from engine.measures import (
    Combine,
    CountOf,
    DatePlus,
    Days,
    Form,
    KnownOf,
    Latest,
    Measure,
    PresentValue,
    Reduce,
    ShareOf,
    Slope,
    observe,
)
from engine.outcomes import Situation
from engine.parse.blocks import parse_when
from engine.parse.fields import Problems
from engine.parse.layers import layered
from engine.parse.names import RECOMMENDATION, Names
from engine.predicates import FieldTest, OneOf
from engine.rules import OPTIONS, Conclusion, ConfidenceRow, Option, Rule, Ruleset, Weighing
from engine.sources import parse
from engine.vocabulary import Fact, Kind, RecordList, Section, Value, ValueType, Vocabulary

AS_OF = date(2025, 6, 30)
PLACE = Location("rules/test.yaml", 1, 1)

TYPES: Mapping[Kind, ValueType] = {
    Kind.TEXT: ValueType(Kind.TEXT),
    Kind.DATE: ValueType(Kind.DATE),
    Kind.FLAG: ValueType(Kind.FLAG),
    Kind.CHOICE: ValueType(Kind.CHOICE, ("sound", "fair", "weak", "failing"), ordered=True),
    Kind.CHOICES: ValueType(Kind.CHOICES, ("africa", "asia", "europe")),
    Kind.SCORE: ValueType.of(Kind.SCORE),
    Kind.SHARE: ValueType.of(Kind.SHARE),
    Kind.COUNT: ValueType.of(Kind.COUNT),
    Kind.AMOUNT: ValueType.of(Kind.AMOUNT),
    Kind.PERIOD: ValueType(Kind.PERIOD),
    Kind.REF: ValueType(Kind.REF, refers_to="tasks"),
}


def _fact(name: str, kind: ValueType, lever: str = "both") -> Fact:
    return Fact(name, kind, f"What is {name}?", "As agreed.", lever)


FACTS = {
    name: _fact(name, TYPES[kind])
    for name, kind in {
        "alliance.as_of": Kind.DATE,
        "deal.name": Kind.TEXT,
        "deal.started": Kind.DATE,
        "deal.ends": Kind.DATE,
        "deal.exclusive": Kind.FLAG,
        "deal.health": Kind.CHOICE,
        "deal.regions": Kind.CHOICES,
        "deal.trust": Kind.SCORE,
        "deal.stake": Kind.SHARE,
        "deal.people": Kind.COUNT,
        "deal.value": Kind.AMOUNT,
        "deal.reported": Kind.PERIOD,
        "deal.lead": Kind.REF,
    }.items()
}
FACTS["deal.stage"] = _fact("deal.stage", ValueType(Kind.CHOICE, ("talks", "signed", "running")))

TASK_FIELDS = {
    "id": Kind.TEXT,
    "title": Kind.TEXT,
    "due": Kind.DATE,
    "urgent": Kind.FLAG,
    "state": Kind.CHOICE,
    "places": Kind.CHOICES,
    "weight": Kind.SCORE,
    "part": Kind.SHARE,
    "hours": Kind.COUNT,
    "cost": Kind.AMOUNT,
    "quarter": Kind.PERIOD,
    "after": Kind.REF,
}
REVIEW_FIELDS = {"period": Kind.PERIOD, "rating": Kind.SCORE, "held": Kind.DATE}


def _list(name: str, key: str, fields: Mapping[str, Kind]) -> RecordList:
    typed = {field: _fact(field, TYPES[kind]) for field, kind in fields.items()}
    return RecordList(name, name, name.title(), name[:-1], key, key, f"Which {name}?", "All of them.", "both", typed)


LISTS = {"tasks": _list("tasks", "id", TASK_FIELDS), "reviews": _list("reviews", "period", REVIEW_FIELDS)}

VOCABULARY = Vocabulary(
    {"deal": Section("deal", "Deal", "The deal.", tuple(FACTS.values()), tuple(LISTS.values()))}, FACTS, LISTS
)

_WEAK = FieldTest("state", OneOf(("weak", "failing")))
_AMOUNT, _COUNT, _DATE = ValueType(Kind.AMOUNT), ValueType.of(Kind.COUNT), ValueType(Kind.DATE)
_FORMS: Mapping[str, tuple[ValueType, Form, tuple[str, ...]]] = {
    "weak_tasks": (_COUNT, CountOf("tasks", (_WEAK,)), ("tasks",)),
    "weak_share": (_AMOUNT, ShareOf("tasks", (_WEAK,), (FieldTest("urgent", OneOf((True,))),)), ("tasks",)),
    "total_cost": (_AMOUNT, Reduce("sum", "tasks", "cost", ()), ("tasks",)),
    "latest_rating": (_AMOUNT, Latest("reviews", "rating", ()), ("reviews",)),
    "rating_slope": (_AMOUNT, Slope("reviews", "rating", 3), ("reviews",)),
    "days_left": (_AMOUNT, Days("alliance.as_of", "deal.ends"), ("alliance.as_of", "deal.ends")),
    "last_day": (_DATE, DatePlus("deal.started", "deal.people"), ("deal.started", "deal.people")),
    "worth": (_AMOUNT, Combine("difference", ("deal.value", "total_cost")), ("deal.value", "total_cost")),
    "present": (
        _AMOUNT,
        PresentValue("deal.value", "total_cost", "deal.people", "deal.stake"),
        ("deal.value", "total_cost", "deal.people", "deal.stake"),
    ),
    "basics": (_COUNT, KnownOf(("deal.trust", "deal.stake")), ("deal.trust", "deal.stake")),
}
MEASURES = tuple(Measure(id_, id_, *parts) for id_, parts in _FORMS.items())

NAMES = Names(VOCABULARY, {measure.id: measure for measure in MEASURES}, RECOMMENDATION)


def condition(*lines: Any) -> Condition:
    """What a rule's `when` holds: lines as in the rule language, or mappings of `all`, `any` and `none`."""
    problems = Problems()
    root = parse("rules/test.yaml", json.dumps(lines[0] if len(lines) == 1 else list(lines)).encode()).root
    assert root is not None
    found = parse_when(root, NAMES, problems)
    assert not problems.found, problems.found
    return found


def rule(id_: str, when: Condition | str, *then: Conclusion, **more: Any) -> Rule:
    """A rule in layer 0 unless it is laid out with others by `in_layers`."""
    when = condition(when) if isinstance(when, str) else when
    more = {"ground": "g", **more}
    ground = more.pop("ground")
    return Rule(id_, id_, ground, when, then, "Because.", (), PLACE, PLACE, reads=reads(when), asks=asks(when), **more)


def in_layers(*rules: Rule) -> tuple[Rule, ...]:
    """The rules with their layers, in the order of their layers."""
    ordered, circle = layered(rules)
    assert circle is None, circle
    return ordered


def case(
    facts: Mapping[str, Value | None] | None = None,
    lists: Mapping[str, Sequence[Mapping[str, Value | None]] | None] | None = None,
    as_of: date = AS_OF,
) -> Case:
    """A case; None is unknown, be it a fact, a list or a field. Records without a key are numbered."""
    known = {"alliance.as_of": as_of, **(facts or {})}
    entries = {name: Entry(value) for name, value in known.items() if value is not None}
    found: dict[str, tuple[Record, ...]] = {}
    for name, records in (lists or {}).items():
        if records is not None:
            key, prefix = LISTS[name].key, name[0].upper()
            keyed = [{key: f"{prefix}{number}", **record} for number, record in enumerate(records, start=1)]
            found[name] = tuple(
                Record(str(one[key]), {field: Entry(value) for field, value in one.items() if value is not None})
                for one in keyed
            )
    return Case(entries, found)


def situation(*parts: Any, **more: Any) -> Situation:
    """The situation before any rule has fired on the case that `parts` describe."""
    described = case(*parts)
    return Situation(described, observe(MEASURES, described), **more)


FORMS = {
    "continue": ("as-is", "expand"),
    "renegotiate": ("terms", "governance-reset"),
    "de-scope": ("phase-down",),
    "modularise": ("opt-in-menu",),
    "convert-to-licensing": ("licence-in",),
    "exit": ("expiry", "dissolve", "spin-off"),
}
"""The forms of each option; the first is the one that is taken where nothing speaks for another."""


def weighing(margins: Sequence[float] = (0, 1, 2, 2, 2, 4), **more: Any) -> Weighing:
    """How the made-up world weighs, with the margins of the six options."""
    options = {
        id_: Option(
            id_, id_, id_, id_, margin, FORMS[id_][0], dict.fromkeys(FORMS[id_], "so"), ("One.",), ("Two.",), 90
        )
        for id_, margin in zip(OPTIONS, margins, strict=True)
    }
    usual = Weighing(
        function="strongest-per-ground",
        strengths={"slight": 1, "moderate": 2, "strong": 4, "decisive": 8},
        grounds={ground: ground for ground in ("conflict", "contract", "culture")},
        options=options,
        decisive_facts=("deal.trust", "deal.health"),
        known_at_least=3,
        confidence=(ConfidenceRow("high", 4, 0), ConfidenceRow("medium", 2, 1), ConfidenceRow("low", 0, None)),
    )
    return usual._replace(**more)


def ruleset(rules: Sequence[Rule], weighs: Weighing | None = None) -> Ruleset:
    """A ruleset of these rules, which come in the order of their layers."""
    return Ruleset(
        name="made-up",
        version="1",
        title="Made up",
        description="For tests.",
        vocabulary=VOCABULARY,
        measures=MEASURES,
        rules=tuple(rules),
        weighing=weighs or weighing(),
        sources={},
        sha256="",
        by_id={one.id: one for one in rules},
        measure_by_id={measure.id: measure for measure in MEASURES},
    )
