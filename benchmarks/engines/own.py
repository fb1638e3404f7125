"""The two evaluators of the advisor that judge one case at a time."""

from __future__ import annotations

from collections.abc import Sequence

from engine.backends.durable import DurableBackend
from engine.evaluate import settle
from engine.outcomes import Situation
from engine.rules import Rule


class Direct:
    """The direct evaluator."""

    name = "direct evaluator"

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)

    def told(self, situation: Situation) -> Situation:
        """The case as it is."""
        return situation

    def fired(self, told: Situation) -> list[str]:
        """The ids of the rules that fire, in their order."""
        return [firing.rule.id for firing in settle(self._rules, told).firings]


class Durable:
    """durable_rules; it also keeps what made each rule fire."""

    name = "durable_rules"

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._backend = DurableBackend(rules)

    def told(self, situation: Situation) -> Situation:
        """The case as it is: the backend itself works out what it asserts."""
        return situation

    def fired(self, told: Situation) -> list[str]:
        """The ids of the rules that fire, in their order."""
        return [firing.rule.id for firing in self._backend.run(told).firings]
