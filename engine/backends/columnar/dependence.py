"""What beneath a fact, measure or question differs between the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from engine.conditions import Leaf, reads
from engine.measures import Measure

Names = frozenset[str]


class Dependence:
    """Of each fact, measure and list, the facts and lists beneath it that vary."""

    def __init__(self, measures: Iterable[Measure], varying: AbstractSet[str]) -> None:
        self._varying = varying
        self._beneath: dict[str, Names] = {}
        # A measure stands after those that it reads.
        for measure in measures:
            self._beneath[measure.id] = self._of_all(measure.inputs)

    def of(self, name: str) -> Names:
        """What varies beneath a fact, measure or list."""
        found = self._beneath.get(name)
        if found is None:
            return frozenset((name,)) if name in self._varying else frozenset()
        return found

    def of_leaf(self, leaf: Leaf) -> Names:
        """What varies beneath a question."""
        return self._of_all(reads(leaf))

    def _of_all(self, names: Iterable[str]) -> Names:
        return frozenset().union(*(self.of(name) for name in names))
