"""What the texts of rules may hold: plain text, a few names, calls of a few functions, filters, and literals.

A text is looked through before anything of it is worked out, since Jinja works out what it can while it compiles.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.errors import did_you_mean

if TYPE_CHECKING:
    from jinja2 import nodes

VALUES = ("us", "partner", "alliance_name", "as_of")
FUNCTIONS = ("fact", "measure", "matching", "records")
_OF_RECORDS = ("matching", "records")
NAMES = (*VALUES, *FUNCTIONS)
"""What the texts of rules may use, besides filters."""

OVER_FIELDS = ("max", "min", "sum")
OVER_RECORDS = ("names", "ids", "count", *OVER_FIELDS)
OVER_NUMBERS = ("percent", "number", "money")
FILTERS = (*OVER_RECORDS, *OVER_NUMBERS, "date", "words")

_GRAMMAR = "texts hold names, fact('…') and the like, filters, `{% if … %}`, and plain text"

Refusal = tuple[str, str]
"""A message, to be put behind `the text of rule …`, and a hint."""


def refusals(tree: nodes.Template) -> Iterator[Refusal]:
    """Everything in the tree of a text that texts may not hold."""
    for node in tree.body:
        yield from _block(node)


def _block(node: nodes.Node) -> Iterator[Refusal]:
    from jinja2 import nodes

    if isinstance(node, nodes.Output):
        for part in node.nodes:
            if not isinstance(part, nodes.TemplateData):
                yield from _expression(part)
                if isinstance(part, nodes.Call) and _function(part) in _OF_RECORDS:
                    yield f"gives `{_function(part)}` without a filter", f"records take {', '.join(OVER_RECORDS)}"
    elif isinstance(node, nodes.If):
        yield from _expression(node.test)
        for inner in (*node.body, *node.elif_, *node.else_):
            yield from _block(inner)
    else:
        yield f"uses an instruction that texts do not have, at its line {node.lineno}", _GRAMMAR


def _expression(node: nodes.Node) -> Iterator[Refusal]:
    from jinja2 import nodes

    if isinstance(node, nodes.Const):
        return
    if isinstance(node, nodes.Name):
        if node.name in FUNCTIONS:
            yield f"names `{node.name}` without saying of what", f"write {node.name}('…')"
        elif node.name not in VALUES:
            hint = did_you_mean(node.name, NAMES, f"texts know {', '.join(NAMES)}")
            yield f"names `{node.name}`, which does not exist", hint
    elif isinstance(node, nodes.Call):
        yield from _call(node)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        if node.name not in FILTERS:
            hint = did_you_mean(node.name, FILTERS, f"the filters are {', '.join(FILTERS)}")
            yield f"uses the filter `{node.name}`, which does not exist", hint
        elif node.name in OVER_FIELDS:
            if argument(node) is None:
                yield f"uses the filter `{node.name}` without the name of a field", f"write {node.name}('…')"
        elif node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            yield f"gives the filter `{node.name}` something in brackets", f"write `{node.name}` alone"
        yield from _fits(node)
        yield from _expression(node.node)
    else:
        yield "works something out, which texts do not do", _GRAMMAR


def _call(call: nodes.Call) -> Iterator[Refusal]:
    function = _function(call)
    if function and function not in NAMES:
        yield from _expression(call.node)
    elif function not in FUNCTIONS:
        yield "calls something that cannot be called", f"texts can call {', '.join(FUNCTIONS)}"
    elif argument(call) is None:
        yield f"calls `{function}` otherwise than with one name in quotes", f"write {function}('…')"


def _function(call: nodes.Call) -> str:
    """What is called, where it has a name."""
    return str(getattr(call.node, "name", ""))


def _fits(filtered: nodes.Filter) -> Iterator[Refusal]:
    """Filters over records take records, and nothing else does."""
    from jinja2 import nodes

    records = isinstance(filtered.node, nodes.Call) and _function(filtered.node) in _OF_RECORDS
    if filtered.name in OVER_RECORDS and not records:
        yield (
            f"uses the filter `{filtered.name}` on something else than records",
            "it takes matching('…') or records('…')",
        )
    elif filtered.name in FILTERS and filtered.name not in OVER_RECORDS and records:
        yield f"uses the filter `{filtered.name}` on records", f"records take {', '.join(OVER_RECORDS)}"


def argument(call: nodes.Call | nodes.Filter) -> str | None:
    """The one argument of a call, where it is a text in quotes."""
    from jinja2 import nodes

    if len(call.args) != 1 or call.kwargs or call.dyn_args or call.dyn_kwargs:
        return None
    only = call.args[0]
    return only.value if isinstance(only, nodes.Const) and isinstance(only.value, str) else None
