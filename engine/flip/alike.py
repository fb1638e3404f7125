"""Sets of changes that come to the same, of which one is judged for all.

Where rules look at a list only to count its records, or to gather numbers that add up exactly, they do not tell which
record it is that changes, but only what they see of it before and after.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import comb

import numpy as np

from engine.case import Case, Record
from engine.explain.changes import Change, changed_record, touched
from engine.explain.comparisons import Comparisons
from engine.explain.variation import RuleGraph
from engine.flip.ranks import Numbers, Sets, ranks
from engine.measures import CountOf, Reduce, ShareOf
from engine.rules import Ruleset
from engine.vocabulary import Value

_WITHOUT_ORDER = (CountOf, ShareOf, Reduce)
_PARTS, _EXACT = 2**10, 2**53
"""Of numbers in such parts, doubles hold every sum up to so many parts."""

ALONE = -1
"""In the place of a key, where a set comes to the same as no other that could be told."""


class Alike:
    """Changes by kind: sets with as many changes of each kind come to the same, unless two of them meet in a record."""

    def __init__(self, case: Case, changes: Sequence[Change], graph: RuleGraph) -> None:
        asked = graph.comparisons
        alike = {name for name in case.lists if _is_without_order(name, case, changes, asked)}
        kinds: dict[Hashable, int] = {}
        numbers = []
        bearers: dict[tuple[str, str], list[int]] = {}
        for number, change in enumerate(changes):
            kind: Hashable = number
            if change.known is not None:
                bears = _borne_on(change, case, graph.ruleset)
                for name, record, _ in bears:
                    bearers.setdefault((name, record.id), []).append(number)
                if len(bears) == 1:
                    ((name, before, after),) = bears
                    if name in alike:
                        kind = name, _seen(before, name, asked), _seen(after, name, asked)
            numbers.append(kinds.setdefault(kind, len(kinds)))
        self._kinds = np.array(numbers, np.int64)
        self._number = len(kinds)
        self.any = len(kinds) < len(changes)
        self._meeting = np.zeros((len(changes), len(changes)), np.bool_)
        for those in bearers.values():
            self._meeting[np.ix_(those, those)] = True

    def different(self, size: int) -> int:
        """How many keys there are of sets of one size."""
        return comb(self._number + size - 1, size)

    def keys(self, sets: Sets) -> Numbers:
        """For each set a number below `different` that sets share which come to the same, or ALONE."""
        size = len(sets)
        # As many of each kind: made a set of different numbers, it has a rank.
        kinds = np.sort(self._kinds[sets], axis=0) + np.arange(size)[:, None]
        meet = np.zeros(sets.shape[1], np.bool_)
        for place in range(size):
            for before in range(place):
                meet |= self._meeting[sets[before], sets[place]]
        return np.where(meet, ALONE, ranks(kinds))


def _borne_on(change: Change, case: Case, ruleset: Ruleset) -> list[tuple[str, Record, Record | None]]:
    """The records that a change of a record bears on, each with its list, as it is and as it becomes."""
    found = []
    for name in touched(change, ruleset.vocabulary):
        for record in case.records(name) or ():
            after = changed_record(record, change, ruleset.vocabulary.lists[name])
            if after is not record:
                found.append((name, record, after))
    return found


def _is_without_order(name: str, case: Case, changes: Sequence[Change], asked: Comparisons) -> bool:
    """Whether it makes no difference in which order the records of a list stand, to the last bit."""
    if any(
        getattr(measure.form, "records", "") == name and not isinstance(measure.form, _WITHOUT_ORDER)
        for measure in asked.graph.ruleset.measures
    ):
        return False
    for field in {where.gathered for where in asked.wheres.get(name, ()) if where.gathered}:
        values = [record.value(field) for record in case.lists[name]]
        values += [change.value for change in changes if change.site.of == name and change.site.field == field]
        known = {(value.__class__, value) for value in values if value is not None}
        # Of 3 and 3.0 the first would be the largest.
        if len({value for _, value in known}) < len(known) or not all(
            _is_exact(value, len(values)) for _, value in known
        ):
            return False
    return True


def _is_exact(value: Value, times: int) -> bool:
    """Whether so many numbers like this one add up to the same in any order, as doubles as well."""
    if not isinstance(value, (int, float)):
        return False
    parts = value * _PARTS
    return parts == int(parts) and abs(parts) * times < _EXACT


def _seen(record: Record | None, name: str, asked: Comparisons) -> Hashable:
    """All that rules can see of a record; of what is compared with dates, which may change too, the date itself."""
    if record is None:
        return None
    wheres = asked.wheres.get(name, ())
    tests = dict.fromkeys(test for where in wheres for test in where.tests)
    answers = [
        test.test.holds(record.value(test.field)) if test.since is None else record.value(test.field) for test in tests
    ]
    gathered = [record.value(where.gathered) for where in wheres if where.gathered]
    return (*answers, *((value.__class__, value) for value in gathered))
