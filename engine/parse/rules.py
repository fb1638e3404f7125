"""Rule files become rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date

from engine.conditions import SEVERITIES, All, Check, Made, leaves
from engine.errors import Location, did_you_mean, one_of
from engine.parse.blocks import parse_when
from engine.parse.fields import Fields, Problems
from engine.parse.names import RECOMMENDATION, Names
from engine.rules import (
    OPTIONS,
    Action,
    Argument,
    Conclusion,
    Diagnosis,
    Finding,
    FormChoice,
    Gate,
    ReadinessCall,
    Rule,
    Weighing,
)
from engine.sources import Document, Mapping, Scalar, Sequence, describe, shorten
from engine.vocabulary import Kind, ValueType

_RULE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_MADE_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_DATE = ValueType(Kind.DATE)
STATUSES = ("draft", "active", "retired")


def parse_rules(
    documents: list[Document], names: Names, weighing: Weighing, sources: Collection[str], problems: Problems
) -> list[Rule]:
    """All rules in the order of their files; a rule that cannot be read is noted and left out."""
    reader = _Reader(names, weighing, sources, problems)
    rules: dict[str, Rule] = {}
    for document in documents:
        if document.root is None:
            continue
        if not isinstance(document.root, Mapping):
            problems.add(document.root.location, f"expected `rules:`, found {describe(document.root)}")
            continue
        fields = Fields(document.root, "a rules file", problems)
        ground = fields.word("ground", weighing.grounds)
        reader.file_has_ground = "ground" in fields.node.entries
        owner = fields.text("owner")
        fields.text("title")
        for node in fields.sequence("rules", required=True):
            if not isinstance(node, Mapping):
                problems.add(node.location, f"expected a rule with `id`, `when` and `then`, found {describe(node)}")
                continue
            rule = reader.rule(Fields(node, "a rule", problems), ground, owner)
            if rule.id in rules:
                first = rules[rule.id].location
                problems.add(rule.location, f"rule `{rule.id}` is declared twice; the first is at {first}")
            else:
                rules[rule.id] = rule
        fields.finish()
    _check_made(list(rules.values()), weighing, problems)
    return list(rules.values())


def _check_made(rules: list[Rule], weighing: Weighing, problems: Problems) -> None:
    """Every finding and diagnosis that is asked for must be made by some rule."""
    made: dict[str, set[str]] = {"finding": set(), "diagnosis": set()}
    for rule in rules:
        for one in rule.then:
            if isinstance(one, Finding):
                made["finding"].add(one.id)
            elif isinstance(one, Diagnosis):
                made["diagnosis"].add(one.id)
    for rule in rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, Made) and leaf.name not in made[leaf.kind] and leaf.location is not None:
                make_it = f"make it in a rule: `then: {{{leaf.kind}: {leaf.name}}}`"
                hint = did_you_mean(leaf.name, made[leaf.kind], make_it)
                problems.add(leaf.location, f"no rule makes the {leaf.kind} `{leaf.name}`", hint)
    declared = weighing.status_quo
    if declared is not None and declared.barred_by and declared.barred_by not in made["diagnosis"]:
        hint = did_you_mean(declared.barred_by, made["diagnosis"], "make it in a rule: `then: {diagnosis: …}`")
        problems.add(declared.location, f"no rule makes the diagnosis `{shorten(declared.barred_by)}`", hint)


class _Reader:
    def __init__(self, names: Names, weighing: Weighing, sources: Collection[str], problems: Problems) -> None:
        self.names = names
        self.weighing = weighing
        self.sources = sources
        self.problems = problems
        self.file_has_ground = False

    def rule(self, fields: Fields, ground: str, owner: str) -> Rule:
        """One rule; what cannot be read of it is noted and left out, so that its other faults are found as well."""
        id_ = fields.text("id", required=True)
        if id_ and not _RULE_ID.match(id_):
            self.problems.add(fields.at("id"), f"`{shorten(id_)}` is not a rule id", "lower case words joined by `-`")
        fields.what = f"rule `{shorten(id_)}`" if id_ else "a rule"
        title = fields.text("title", required=True)
        because = fields.text("because", required=True)
        source = fields.scalars("source", required=True)
        for one in source:
            if one.text not in self.sources:
                hint = did_you_mean(one.text, self.sources, "sources are declared in sources.yaml")
                self.problems.add(one.location, f"there is no source `{shorten(one.text)}`", hint)
        if isinstance(given := fields.node.entries.get("source"), Sequence) and not given.items:
            self.problems.add(fields.at("source"), f"{fields.what} names no source")
        own_ground = fields.word("ground", self.weighing.grounds, default=ground)
        when = fields.node_of("when", required=True)
        then = fields.mapping("then", required=True)
        before = len(self.problems.found)
        rule = Rule(
            id=id_,
            title=title,
            ground=own_ground,
            when=parse_when(when, self.names, self.problems) if when is not None else All(()),
            then=self.conclusions(Fields(then, f"`then` of {fields.what}", self.problems)) if then is not None else (),
            because=because,
            source=tuple(one.text for one in source),
            location=fields.at("id"),
            because_location=fields.at("because"),
            owner=fields.text("owner", default=owner),
            status=fields.word("status", STATUSES, default="active"),
            in_force_from=self.day(fields, "from"),
            in_force_until=self.day(fields, "until"),
            review_by=self.day(fields, "review_by"),
            note=fields.text("note"),
        )
        if then is not None and not rule.then and len(self.problems.found) == before:
            self.problems.add(then.location, f"{fields.what} concludes nothing")
        self.check_whole(rule, fields)
        fields.finish()
        return rule

    def day(self, fields: Fields, key: str) -> date | None:
        value = fields.typed(key, _DATE)
        return value if isinstance(value, date) else None

    def check_whole(self, rule: Rule, fields: Fields) -> None:
        has_ground = self.file_has_ground or "ground" in fields.node.entries
        if any(isinstance(one, Argument) for one in rule.then) and not has_ground:
            self.problems.add(
                rule.location,
                f"rule `{rule.id}` argues without a ground",
                f"add `ground:`, {one_of(self.weighing.grounds)}",
            )
        if rule.in_force_from and rule.in_force_until and rule.in_force_from > rule.in_force_until:
            self.problems.add(fields.at("until"), f"rule `{rule.id}` ends before it begins")
        for leaf in leaves(rule.when):
            if isinstance(leaf, Check) and leaf.operand.name in RECOMMENDATION and not rule.plans:
                place = leaf.location or rule.location
                self.problems.add(
                    place,
                    f"`{leaf.operand.name}` is known only after the weighing",
                    "only a rule that concludes `action` or `readiness` may ask for it",
                )
        if rule.plans and any(not isinstance(one, (Action, ReadinessCall)) for one in rule.then):
            message = f"rule `{rule.id}` mixes actions or readiness with other conclusions"
            self.problems.add(fields.at("then"), message, "make two rules")

    # -- conclusions

    def conclusions(self, fields: Fields) -> tuple[Conclusion, ...]:
        found: list[Conclusion] = []
        known = False
        for key, read in _CONCLUSIONS.items():
            if key in fields.node.entries:
                known = True
                found.extend(read(self, fields))
        if not known and fields.node.entries:
            fields.asked.update(_CONCLUSIONS)
        fields.finish()
        return tuple(found)

    def made_id(self, fields: Fields, key: str) -> str:
        id_ = fields.text(key, required=True)
        if id_ and not _MADE_ID.match(id_):
            self.problems.add(fields.at(key), f"`{shorten(id_)}` is not an id", "lower case words joined by `_`")
        return id_

    def finding(self, fields: Fields) -> list[Conclusion]:
        favourable = fields.flag("favourable")
        severity = fields.word("severity", SEVERITIES, default=SEVERITIES[0], required=not favourable)
        return [Finding(self.made_id(fields, "finding"), SEVERITIES.index(severity) + 1, favourable)]

    def diagnosis(self, fields: Fields) -> list[Conclusion]:
        return [Diagnosis(self.made_id(fields, "diagnosis"), fields.flag("step"))]

    def arguments(self, side: str) -> Callable[[Fields], list[Conclusion]]:
        def read(fields: Fields) -> list[Conclusion]:
            node = fields.mapping(side)
            found: list[Conclusion] = []
            for option, child in node.entries.items() if node is not None else ():
                place = node.keys[option] if node is not None else fields.location
                if not self.option(option, place):
                    continue
                if not isinstance(child, Scalar) or child.text not in self.weighing.strengths:
                    strengths = self.weighing.strengths
                    hint = did_you_mean(child.text, strengths) if isinstance(child, Scalar) else ""
                    message = f"`{option}` is argued {side} with {describe(child)}, expected {one_of(strengths)}"
                    self.problems.add(child.location, message, hint)
                else:
                    found.append(Argument(option, side, child.text))
            return found

        return read

    def option(self, option: str, place: Location) -> bool:
        """Whether this is one of the six; where it is empty, that is noted already."""
        if option and option not in OPTIONS:
            message = f"`{shorten(option)}` is not an option, expected {one_of(OPTIONS)}"
            self.problems.add(place, message, did_you_mean(option, OPTIONS))
        return option in OPTIONS

    def form_of(self, option: str, form: str, place: Location) -> bool:
        """Whether this is a form of an option; where it is empty, that is noted already."""
        declared = self.weighing.options.get(option)
        forms = declared.forms if declared is not None else {}
        if form and form not in forms:
            hint = did_you_mean(form, forms, f"its forms are {', '.join(forms)}")
            self.problems.add(place, f"`{shorten(form)}` is not a form of `{option}`", hint)
        return form in forms

    def gate(self, fields: Fields) -> list[Conclusion]:
        option, slash, form = fields.text("gate", required=True).partition("/")
        status = fields.word("status", ("conditional", "closed"), default="closed", required=True)
        steps = fields.texts("steps")
        earliest = self.date_name(fields, "earliest")
        if not self.option(option, fields.at("gate")) or (slash and not self.form_of(option, form, fields.at("gate"))):
            return []
        return [Gate(option, form or None, status, steps, earliest or None)]

    def date_name(self, fields: Fields, key: str) -> str:
        name = fields.text(key)
        kind = self.names.type_of(name)
        if kind is None and name and not self.names.is_unreadable(name):
            hint = self.names.hint_for(name)
            self.problems.add(fields.at(key), f"there is no fact or measure `{shorten(name)}`", hint)
        elif kind is not None and kind.kind is not Kind.DATE:
            self.problems.add(fields.at(key), f"`{name}` is a {kind.kind.value}, expected a date")
        return name

    def form(self, fields: Fields) -> list[Conclusion]:
        form, option = fields.text("form", required=True), fields.text("of", required=True)
        strength = fields.word("strength", self.weighing.strengths, required=True)
        if not self.option(option, fields.at("of")) or not self.form_of(option, form, fields.at("form")):
            return []
        return [FormChoice(option, form, strength)] if strength else []

    def readiness(self, fields: Fields) -> list[Conclusion]:
        state = fields.word("readiness", ("hold", "suspend"), default="hold", required=True)
        obtain = fields.scalars("obtain")
        for one in obtain:
            if one.text not in self.names.vocabulary.facts and one.text not in self.names.vocabulary.lists:
                hint = self.names.hint_for(one.text)
                self.problems.add(one.location, f"there is no fact or record list `{shorten(one.text)}`", hint)
        return [ReadinessCall(state, tuple(one.text for one in obtain))]

    def action(self, fields: Fields) -> list[Conclusion]:
        days = fields.number("days", Kind.COUNT, required=True)
        text, owner = fields.text("action", required=True), fields.text("owner", required=True)
        return [Action(text, owner, int(days or 0), fields.text("phase"), fields.at("action"))]


_CONCLUSIONS: dict[str, Callable[[_Reader, Fields], list[Conclusion]]] = {
    "finding": _Reader.finding,
    "diagnosis": _Reader.diagnosis,
    "for": lambda reader, fields: reader.arguments("for")(fields),
    "against": lambda reader, fields: reader.arguments("against")(fields),
    "gate": _Reader.gate,
    "form": _Reader.form,
    "readiness": _Reader.readiness,
    "action": _Reader.action,
}
