"""rule-engine: expressions interpreted in Python, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rule_engine import Context, Rule

from benchmarks.engines.expressions import Named, Stepwise


class RuleEngine(Stepwise):
    """Rules as expressions of rule-engine."""

    name = "rule-engine"

    def compiled(self, texts: list[str]) -> Any:
        """Each by itself."""
        # Without a resolver, a name that is not given costs a search for one that is spelt like it.
        context = Context(resolver=dict.get)
        return [Rule(text, context=context) for text in texts]

    def hold(self, compiled: Any, named: Named) -> Iterable[bool]:
        """Which of these expressions hold."""
        return (rule.matches(named) for rule in compiled)

    def includes(self, name: str, choice: str) -> str:
        """Whether a list of choices holds one of them."""
        return f"'{choice}' in {name}"
