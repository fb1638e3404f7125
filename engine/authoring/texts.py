"""What is wrong with the template of a rule's text, without rendering it."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import TemplateSyntaxError, meta, nodes

from engine.authoring.certainty import Certainty
from engine.conditions import Count, leaves
from engine.errors import did_you_mean
from engine.explain.because import NAMES, environment
from engine.rules import Rule, Ruleset
from engine.vocabulary import Kind

TextProblem = tuple[bool, str, str]
"""Whether it is an error rather than a warning; the message, to be put behind `the text of rule …`; and a hint."""

_FUNCTIONS = ("fact", "measure", "matching", "records")
_OVER_FIELDS = ("max", "min", "sum")
_OVER_RECORDS = ("names", "ids", "count", *_OVER_FIELDS)
_OVER_NUMBERS = ("percent", "number", "money")


def text_problems(rule: Rule, text: str, certainty: Certainty) -> Iterator[TextProblem]:
    """Everything wrong with one text of a rule."""
    if "{" not in text:
        return
    ruleset = certainty.ruleset
    try:
        environment().from_string(text)
        tree = environment().parse(text)
    except TemplateSyntaxError as error:
        yield True, f"is not a valid template: {error.message}", ""
        return
    for name in sorted(meta.find_undeclared_variables(tree) - set(NAMES)):
        hint = did_you_mean(name, NAMES, f"texts know {', '.join(NAMES)}")
        yield True, f"names `{name}`, which does not exist", hint
    for call in tree.find_all(nodes.Call):
        yield from _call(call, rule, certainty)
    for filtered in tree.find_all(nodes.Filter):
        yield from _filter(filtered, ruleset)


def _call(call: nodes.Call, rule: Rule, certainty: Certainty) -> Iterator[TextProblem]:
    ruleset = certainty.ruleset
    function = call.node.name if isinstance(call.node, nodes.Name) else ""
    if function not in _FUNCTIONS:
        yield True, "calls something that cannot be called", f"texts can call {', '.join(_FUNCTIONS)}"
        return
    name = _argument(call)
    if name is None:
        yield True, f"calls `{function}` otherwise than with one name in quotes", f"write {function}('…')"
        return
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
    function, name = inner.node.name, _argument(inner) or ""
    if filtered.name in _OVER_RECORDS:
        if function not in ("matching", "records"):
            yield True, f"uses the filter `{filtered.name}` on something else than records", ""
        elif filtered.name in _OVER_FIELDS and name in ruleset.vocabulary.lists:
            fields = ruleset.vocabulary.lists[name].fields
            field = _argument(filtered)
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
        if filtered.name in _OVER_NUMBERS and not kind.is_number:
            yield True, f"uses the filter `{filtered.name}` on `{name}`, which is no number", ""
        elif filtered.name == "date" and kind is not Kind.DATE:
            yield True, f"uses the filter `date` on `{name}`, which is no date", ""


def _argument(call: nodes.Call | nodes.Filter) -> str | None:
    """The one argument of a call, where it is a text in quotes."""
    if len(call.args) != 1 or call.kwargs or call.dyn_args or call.dyn_kwargs:
        return None
    only = call.args[0]
    return only.value if isinstance(only, nodes.Const) and isinstance(only.value, str) else None


def _tested(rule: Rule) -> set[str]:
    return {leaf.records for leaf in leaves(rule.when) if isinstance(leaf, Count)}
