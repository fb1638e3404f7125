"""zen-engine (GoRules): expressions compiled in Rust, those of one step together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import zen

from benchmarks.engines.expressions import Named, Stepwise


class Zen(Stepwise):
    """Rules as expressions of zen-engine."""

    name = "zen-engine"

    def compiled(self, texts: list[str]) -> Any:
        """One expression for all of them: what is told is handed over once."""
        return zen.compile_expression(f"[{', '.join(texts)}]")

    def hold(self, compiled: Any, named: Named) -> Iterable[bool]:
        """Which of these expressions hold."""
        found: list[bool] = compiled.evaluate(named)
        return found

    def includes(self, name: str, choice: str) -> str:
        """Whether a list of choices holds one of them."""
        return f"'{choice}' in {name}"
