"""The `when` of a rule: lines and `all`, `any`, `none` blocks that nest."""

from __future__ import annotations

from collections.abc import Callable

from engine.conditions import All, AnyOf, Condition, NoneOf
from engine.errors import Location, did_you_mean, one_of
from engine.parse.fields import Problems
from engine.parse.language import LanguageError, parse_condition
from engine.parse.names import Names
from engine.sources import Mapping, Node, Scalar, Sequence, shorten

_Combine = Callable[[tuple[Condition, ...], Location], Condition]
BLOCKS: dict[str, _Combine] = {"all": All, "any": AnyOf, "none": NoneOf}


def parse_when(node: Node, names: Names, problems: Problems) -> Condition:
    """The condition of a rule; what cannot be read is noted and left out."""
    if isinstance(node, Scalar) and node.text == "always":
        return All((), node.location)
    if isinstance(node, Sequence):
        return All(_parts(node, "when", names, problems), node.location)
    return _entry(node, names, problems) or All((), node.location)


def _entry(node: Node, names: Names, problems: Problems) -> Condition | None:
    if isinstance(node, Scalar):
        try:
            return parse_condition(node, names)
        except LanguageError as error:
            problems.note(error.problem)
            return None
    if isinstance(node, Sequence):
        hint = "put `all:`, `any:` or `none:` before it"
        problems.add(node.location, "a list stands where a condition was expected", hint)
        return None
    return _blocks(node, names, problems)


def _blocks(node: Mapping, names: Names, problems: Problems) -> Condition | None:
    blocks: list[Condition] = []
    for key, child in node.entries.items():
        combine = BLOCKS.get(key)
        if combine is None:
            hint = did_you_mean(key, BLOCKS, "a condition that holds `: ` stands in quotes")
            problems.add(node.keys[key], f"unknown block `{shorten(key)}`, expected {one_of(BLOCKS)}", hint)
        else:
            blocks.append(combine(_parts(child, key, names, problems), child.location))
    if not node.entries:
        hint = "write `when: always` for no condition"
        problems.add(node.location, f"a block is empty, expected {one_of(BLOCKS)}", hint)
    if not blocks:
        return None
    return blocks[0] if len(blocks) == 1 else All(tuple(blocks), node.location)


def _parts(node: Node, what: str, names: Names, problems: Problems) -> tuple[Condition, ...]:
    if not isinstance(node, Sequence):
        problems.add(node.location, f"`{what}` holds a list of conditions", "begin each with `- `")
        return ()
    if not node.items:
        problems.add(node.location, f"`{what}` is empty", "leave it out, or write `when: always`")
    parts = [_entry(item, names, problems) for item in node.items]
    return tuple(part for part in parts if part is not None)
