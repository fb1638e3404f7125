"""What is wrong with the template of a rule's text, without rendering it."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from engine.authoring.certainty import Certainty
from engine.conditions import Count, leaves
from engine.errors import did_you_mean
from engine.explain.because import environment, fault
from engine.explain.permitted import OVER_FIELDS, OVER_NUMBERS, OVER_RECORDS, argument, refusals
from engine.rules import Rule, Ruleset
from engine.vocabulary import Kind

TextProblem = tuple[bool, str, str]
"""Whether it is an error rather than a warning; the message, to be put behind `the text of rule …`; and a hint."""


def text_problems(rule: Rule, text: str, certainty: Certainty) -> Iterator[TextProblem]:
    """Everything wrong with one text of a rule."""
    if "{" not in text:
        return
    ruleset = certainty.ruleset
    try:
        tree = environment().parse(text)
    except Exception as error:  # noqa: BLE001 - whatever the template engine makes of it, the text is at fault
        yield True, fault(error), ""
        return
    refused = [(True, message, hint) for message, hint in refusals(tree)]
    if refused:
        yield from refused
        return
    for call in tree.find_all(nodes.Call):
        yield from _call(call, rule, certainty)
    for filtered in tree.find_all(nodes.Filter):
        yield from _filter(filtered, ruleset)


def _call(call: nodes.Call, rule: Rule, certainty: Certainty) -> Iterator[TextProblem]:
    ruleset = certainty.ruleset
    assert isinstance(call.node, nodes.Name)
    function, name = call.node.name, argument(call) or ""
    known = {"fact": ruleset.vocabulary.facts, "measure": ruleset.measure_by_id}.get(function, ruleset.vocabulary.lists)
    what = {"fact": "fact", "measure": "measure"}.get(function, "record list")
    if name not in known:
        yield True, f"names the {what} `{name}`, which does not exist", did_you_mean(name, known)
        return
    if function == "matching" and name not in _tested(rule):
        yield True, f"asks which `{name}` match, and the rule does not test them", f"write records('{name}')"
    elif function in ("fact", "measure") and name not in certainty.known(rule):
        message = f"gives the {what} `{name}`, which may be unknown when the rule fires"
        yield False, message, f"let the rule ask for `{name}`, or leave it out of the text"


def _filter(filtered: nodes.Filter, ruleset: Ruleset) -> Iterator[TextProblem]:
    inner = filtered.node
    if not isinstance(inner, nodes.Call) or not isinstance(inner.node, nodes.Name):
        return
    function, name = inner.node.name, argument(inner) or ""
    if filtered.name in OVER_RECORDS:
        if filtered.name in OVER_FIELDS and name in ruleset.vocabulary.lists:
            fields = ruleset.vocabulary.lists[name].fields
            field = argument(filtered)
            if field is None or field not in fields:
                yield (
                    True,
                    f"names the field `{field}` of `{name}`, which does not exist",
                    did_you_mean(field or "", fields),
                )
            elif not fields[field].type.kind.is_number:
                yield True, f"uses the filter `{filtered.name}` on the field `{field}`, which is no number", ""
    elif function == "fact" and name in ruleset.vocabulary.facts:
        kind = ruleset.vocabulary.facts[name].type.kind
        if filtered.name in OVER_NUMBERS and not kind.is_number:
            yield True, f"uses the filter `{filtered.name}` on `{name}`, which is no number", ""
        elif filtered.name == "date" and kind is not Kind.DATE:
            yield True, f"uses the filter `date` on `{name}`, which is no date", ""


def _tested(rule: Rule) -> set[str]:
    return {leaf.records for leaf in leaves(rule.when) if isinstance(leaf, Count)}
