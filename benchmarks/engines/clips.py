"""CLIPS through clipspy: rules built once, then each case asserted, run and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clips import Environment

from benchmarks.engines.clips_export import Export, Fact
from engine.outcomes import Situation
from engine.rules import Rule
from engine.vocabulary import RecordList


class Clips:
    """Rules in CLIPS."""

    name = "clipspy"

    def __init__(self, rules: Sequence[Rule], lists: Mapping[str, RecordList], in_order: bool = False) -> None:
        """Builds rules that are in force; `in_order` makes them fire in the order of the direct evaluator."""
        self._rules = tuple(rules)
        self._export = Export(self._rules, lists, in_order)
        self._environment = Environment()
        for construct in self._export.constructs:
            self._environment.build(construct)
        self._functions = {function.name: function for function in self._environment.functions()}
        self._fired = self._environment.find_global("fired")

    def told(self, situation: Situation) -> list[Fact]:
        """A case as facts."""
        return list(self._export.facts(situation))

    def fired(self, told: list[Fact]) -> list[str]:
        """The ids of the rules that fire, in their order."""
        self._environment.reset()
        # Value by value: CLIPS takes ten times as long to parse facts that are written as text.
        for function, values in told:
            self._functions[function](*values)
        self._environment.run()
        # A rule fires once for each way in which its patterns match.
        return [self._rules[place].id for place in dict.fromkeys(self._fired.value)]
