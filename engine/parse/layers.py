"""In which order rules are settled, and which circles of rules have no answer.

What a rule makes (a finding or diagnosis) is settled when every rule that makes it is. A rule that asks
for it may stand in the same layer; a rule that asks for its *absence* stands in a later one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.conditions import Made, asks, leaves, reads, without_negation
from engine.errors import Location
from engine.rules import Rule


@dataclass(frozen=True, slots=True)
class Circle:
    """Rules that depend on their own absence: each asks for what the next one makes, the last for what the first does.

    `asked` is where the first one asks for an absence.
    """

    rules: tuple[Rule, ...]
    asked: Location


def layered(rules: Iterable[Rule]) -> tuple[tuple[Rule, ...], Circle | None]:
    """The rules with their layers, in the order of the layers, or the first circle through a negation."""
    rules = tuple(rules)
    makers: dict[tuple[str, str], list[int]] = {}
    for index, rule in enumerate(rules):
        for made in rule.makes:
            makers.setdefault(made, []).append(index)
    needs: list[list[tuple[tuple[str, str], bool]]] = [
        [((leaf.kind, leaf.name), leaf.negated) for leaf in _asked(rule)] for rule in rules
    ]
    layer = [0] * len(rules)
    settled = dict.fromkeys(makers, 0)
    # Each pass carries layers one step along a chain; more passes than rules means that a layer grows for ever.
    for _ in range(len(rules) + 2):
        changed = False
        for index, asked in enumerate(needs):
            lowest = max((settled.get(key, 0) + negated for key, negated in asked), default=0)
            if lowest > layer[index]:
                layer[index] = lowest
                changed = True
                for made in rules[index].makes:
                    settled[made] = max(settled[made], lowest)
        if not changed:
            break
    else:
        return rules, _circle(rules, needs, makers)
    placed = [
        rule._replace(layer=number, reads=reads(rule.when), asks=asks(rule.when))
        for rule, number in zip(rules, layer, strict=True)
    ]
    # The sort is stable: within a layer rules keep the order of their files.
    return tuple(sorted(placed, key=lambda rule: rule.layer)), None


def _asked(rule: Rule) -> list[Made]:
    return [leaf for leaf in leaves(without_negation(rule.when)) if isinstance(leaf, Made)]


def _circle(
    rules: tuple[Rule, ...],
    needs: list[list[tuple[tuple[str, str], bool]]],
    makers: dict[tuple[str, str], list[int]],
) -> Circle:
    """A shortest circle that passes through a negation, beginning with the rule that asks for the absence."""
    after = [[(maker, negated) for key, negated in asked for maker in makers.get(key, ())] for asked in needs]
    best: tuple[int, ...] = ()
    for start, edges in enumerate(after):
        for first, negated in edges:
            if not negated:
                continue
            path = _path(after, first, start)
            if path and (not best or len(path) < len(best)):
                best = (start, *path[:-1])
    circle = tuple(rules[index] for index in best)
    made = circle[1 % len(circle)].makes
    asked = next(leaf for leaf in _asked(circle[0]) if leaf.negated and (leaf.kind, leaf.name) in made)
    return Circle(circle, asked.location or circle[0].location)


def _path(after: list[list[tuple[int, bool]]], start: int, goal: int) -> tuple[int, ...]:
    """The shortest chain from one rule to another, both included; empty where there is none."""
    came: dict[int, int | None] = {start: None}
    queue = [start]
    for here in queue:
        if here == goal:
            path = [here]
            while (before := came[path[-1]]) is not None:
                path.append(before)
            return tuple(reversed(path))
        for there, _ in after[here]:
            if there not in came:
                came[there] = here
                queue.append(there)
    return ()
