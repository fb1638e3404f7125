"""In which order rules are settled: each after all that make what it asks for.

Rules that ask for each other in a circle, always for what is made and never for its absence, are settled together.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.rules import Rule


def in_steps(rules: Sequence[Rule]) -> list[list[tuple[Rule, ...]]]:
    """Steps, each of which asks only for what earlier ones make; a step holds single rules, and circles of rules."""
    makers: dict[tuple[str, str], list[int]] = {}
    for place, rule in enumerate(rules):
        for made in rule.makes:
            makers.setdefault(made, []).append(place)
    after = [list(dict.fromkeys(maker for key in rule.asks for maker in makers.get(key, ()))) for rule in rules]
    circle_of = _circles(after)
    members: dict[int, list[int]] = {}
    for place, circle in enumerate(circle_of):
        members.setdefault(circle, []).append(place)
    depth: dict[int, int] = {}
    steps: list[list[tuple[Rule, ...]]] = []
    # Circles are numbered in the order in which they are found complete: each after those it waits for.
    for circle in sorted(members):
        before = {circle_of[maker] for place in members[circle] for maker in after[place]} - {circle}
        depth[circle] = max((depth[one] + 1 for one in before), default=0)
        while len(steps) <= depth[circle]:
            steps.append([])
        steps[depth[circle]].append(tuple(rules[place] for place in members[circle]))
    return steps


def _circles(after: list[list[int]]) -> list[int]:
    """For each place the number of its circle (Tarjan's algorithm, without recursion: chains of rules may be long)."""
    number_of = [-1] * len(after)
    lowest = [0] * len(after)
    circle_of = [-1] * len(after)
    on_path: list[int] = []
    numbered = circles = 0
    for start in range(len(after)):
        if number_of[start] >= 0:
            continue
        number_of[start] = lowest[start] = numbered
        numbered += 1
        on_path.append(start)
        work = [(start, iter(after[start]))]
        while work:
            place, others = work[-1]
            for other in others:
                if number_of[other] < 0:
                    number_of[other] = lowest[other] = numbered
                    numbered += 1
                    on_path.append(other)
                    work.append((other, iter(after[other])))
                    break
                if circle_of[other] < 0:
                    lowest[place] = min(lowest[place], number_of[other])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[place])
                if lowest[place] == number_of[place]:
                    while True:
                        member = on_path.pop()
                        circle_of[member] = circles
                        if member == place:
                            break
                    circles += 1
    return circle_of
