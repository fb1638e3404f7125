"""The engine's own text: rules and facts as the JSON that its parser reads without error."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import lru_cache

from engine.backends.network import MAX_INTEGER, Clause, Pattern
from engine.errors import EngineFault

_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_MAX_TEXT = 65_000


def definition(clauses: Iterable[Clause]) -> str:
    """The definition of a ruleset with these clauses and the sentinel that fires in every session."""
    rules: dict[str, object] = {"boot": {"all": [{"c0": {"boot": 1}}], "dist": 0}}
    for clause in clauses:
        if not 0 <= clause.priority <= 65_535:
            raise EngineFault(f"priority {clause.priority} of `{clause.name}` is out of range")
        patterns = [{f"c{number}": _pattern(pattern)} for number, pattern in enumerate(clause.patterns)]
        rules[clause.name] = {"all": patterns, "dist": 0, "pri": clause.priority}
    return encode(rules)


def _pattern(pattern: Pattern) -> dict[str, object]:
    # One key an object and always this order: the engine reads no more than the first.
    tests: list[object] = [{"kind": pattern.kind}, {"name": pattern.name}]
    if pattern.op == "==":
        tests.append({"value": pattern.constant})
    elif pattern.op:
        tests.append({_OPERATORS[pattern.op]: {"value": pattern.constant}})
    return {"$and": tests}


@lru_cache(maxsize=50_000)
def key_members(key: tuple[str, str]) -> str:
    """The members that every fact of this key begins with; the same few thousand in every case."""
    return f'"kind":{encode(key[0])},"name":{encode(key[1])},"value":'


def encode(value: object) -> str:
    """JSON as the engine reads it: ASCII, finite numbers, a point in every float."""
    if isinstance(value, str):
        text = json.dumps(value)
        if len(text) > _MAX_TEXT:
            raise EngineFault("a text is too long for the rules engine")
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise EngineFault(f"{value} is too large for the rules engine")
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EngineFault(f"{value} is not a number for the rules engine")
        text = repr(value)
        return text if "." in text else text.replace("e", ".0e")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    raise TypeError(f"no value for the rules engine: {value!r}")
