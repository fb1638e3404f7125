"""Every operator of the rule language, for every type it applies to, with the answers written out.

`SCALARS` are asked of one value, as a fact and as a field of a record (`{}` stands for its name). `T`, `F` and `U`
are true, false and unknown; `U` as a value is an unknown one. Each row holds the boundary of the operator, what lies
just inside and just outside of it, and the unknown value.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.vocabulary import Kind

T, F, U = True, False, None
Rows = list[tuple[Any, bool | None]]


def day(text: str) -> date:
    """A date as it is written in a rule."""
    return date.fromisoformat(text)


_NAME = "Nord / Süd"
_DAY = day("2025-06-30")

SCALARS: dict[Kind, tuple[str, str, dict[str, Rows]]] = {
    Kind.TEXT: (
        "deal.name",
        "title",
        {
            f'{{}} is "{_NAME}"': [(_NAME, T), ("Nord / Süd ", F), ("nord / süd", F), ("", F), (U, U)],
            f'{{}} = "{_NAME}"': [(_NAME, T), ("Nord", F), (U, U)],
            f'{{}} is not "{_NAME}"': [(_NAME, F), ("Nord", T), (U, U)],
            f'{{}} != "{_NAME}"': [(_NAME, F), ("Nord", T), (U, U)],
            "{} is one of Nord, 'Süd', '4'": [("Nord", T), ("Süd", T), ("4", T), ("West", F), (U, U)],
            "{} is not one of Nord, Süd": [("Nord", F), ("Süd", F), ("West", T), (U, U)],
            "{} is ''": [("", T), (" ", F), (U, U)],
            "{} is known": [("", T), ("Nord", T), (U, F)],
            "{} is unknown": [("", F), ("Nord", F), (U, T)],
            "{} is not known": [("Nord", F), (U, T)],
            "{} is not unknown": [("Nord", T), (U, F)],
        },
    ),
    Kind.DATE: (
        "deal.ends",
        "due",
        {
            "{} is 2025-06-30": [(_DAY, T), (day("2025-06-29"), F), (day("2025-07-01"), F), (U, U)],
            "{} is not 2025-06-30": [(_DAY, F), (day("2025-06-29"), T), (U, U)],
            "{} is one of 2025-06-30, 2025-12-31": [(_DAY, T), (day("2025-12-31"), T), (day("2025-12-30"), F), (U, U)],
            "{} is not one of 2025-06-30, 2025-12-31": [(_DAY, F), (day("2025-12-30"), T), (U, U)],
            "{} before 2025-06-30": [(day("2025-06-29"), T), (_DAY, F), (day("2025-07-01"), F), (U, U)],
            "{} after 2025-06-30": [(day("2025-06-29"), F), (_DAY, F), (day("2025-07-01"), T), (U, U)],
            "{} between 2025-06-30 and 2025-12-31": [
                (day("2025-06-29"), F),
                (_DAY, T),
                (day("2025-07-01"), T),
                (day("2025-12-31"), T),
                (day("2026-01-01"), F),
                (U, U),
            ],
            "{} within 30 days of 2025-06-30": [
                (day("2025-05-30"), F),
                (day("2025-05-31"), T),
                (_DAY, T),
                (day("2025-07-30"), T),
                (day("2025-07-31"), F),
                (U, U),
            ],
            "{} within 30 days before 2025-06-30": [
                (day("2025-05-30"), F),
                (day("2025-05-31"), T),
                (_DAY, T),
                (day("2025-07-01"), F),
                (U, U),
            ],
            "{} within 30 days after 2025-06-30": [
                (day("2025-06-29"), F),
                (_DAY, T),
                (day("2025-07-30"), T),
                (day("2025-07-31"), F),
                (U, U),
            ],
            "{} within 0 days of 2025-06-30": [(day("2025-06-29"), F), (_DAY, T), (day("2025-07-01"), F), (U, U)],
            "{} is known": [(_DAY, T), (U, F)],
            "{} is unknown": [(_DAY, F), (U, T)],
        },
    ),
    Kind.FLAG: (
        "deal.exclusive",
        "urgent",
        {
            "{} is true": [(True, T), (False, F), (U, U)],
            "{} is false": [(True, F), (False, T), (U, U)],
            "{} is not true": [(True, F), (False, T), (U, U)],
            "{} != false": [(True, T), (False, F), (U, U)],
            "{} is one of true, false": [(True, T), (False, T), (U, U)],
            "{} is not one of true, false": [(True, F), (False, F), (U, U)],
            "{} is known": [(False, T), (U, F)],
            "{} is unknown": [(False, F), (U, T)],
        },
    ),
    Kind.CHOICE: (
        "deal.health",
        "state",
        {
            "{} is weak": [("weak", T), ("fair", F), ("failing", F), (U, U)],
            "{} is not weak": [("weak", F), ("fair", T), ("failing", T), (U, U)],
            "{} is one of fair, failing": [("sound", F), ("fair", T), ("weak", F), ("failing", T), (U, U)],
            "{} is not one of fair, failing": [("sound", T), ("fair", F), ("weak", T), ("failing", F), (U, U)],
            "{} worse than fair": [("sound", F), ("fair", F), ("weak", T), ("failing", T), (U, U)],
            "{} better than weak": [("sound", T), ("fair", T), ("weak", F), ("failing", F), (U, U)],
            "{} no worse than fair": [("sound", T), ("fair", T), ("weak", F), ("failing", F), (U, U)],
            "{} no better than fair": [("sound", F), ("fair", T), ("weak", T), ("failing", T), (U, U)],
            "{} is known": [("sound", T), (U, F)],
            "{} is unknown": [("sound", F), (U, T)],
        },
    ),
    Kind.CHOICES: (
        "deal.regions",
        "places",
        {
            "{} includes asia": [((), F), (("asia",), T), (("africa",), F), (("africa", "asia", "europe"), T), (U, U)],
            "{} does not include asia": [((), T), (("asia",), F), (("africa",), T), (("africa", "asia"), F), (U, U)],
            "{} includes one of africa, asia": [
                ((), F),
                (("asia",), T),
                (("europe",), F),
                (("asia", "africa"), T),
                (U, U),
            ],
            "{} does not include africa, asia": [((), T), (("asia",), F), (("europe",), T), (("africa",), F), (U, U)],
            "{} is known": [((), T), (("asia",), T), (U, F)],
            "{} is unknown": [((), F), (("asia",), F), (U, T)],
        },
    ),
    Kind.SCORE: (
        "deal.trust",
        "weight",
        {
            "{} at least 3": [(2.999999, F), (3, T), (3.0, T), (3.000001, T), (U, U)],
            "{} at most 3": [(2.999999, T), (3, T), (3.0, T), (3.000001, F), (U, U)],
            "{} more than 3": [(2.999999, F), (3, F), (3.0, F), (3.000001, T), (U, U)],
            "{} less than 3": [(2.999999, T), (3, F), (3.0, F), (3.000001, F), (U, U)],
            "{} between 2 and 3.5": [(1.999999, F), (2, T), (3, T), (3.5, T), (3.500001, F), (U, U)],
            "{} is 3": [(2.999999, F), (3, T), (3.0, T), (3.000001, F), (U, U)],
            "{} is 3.0": [(3, T), (3.0, T), (4, F), (U, U)],
            "{} is not 3": [(2.999999, T), (3, F), (3.0, F), (U, U)],
            "{} is one of 1, 4.5": [(1, T), (4.5, T), (4.4, F), (2, F), (U, U)],
            "{} is not one of 1, 4.5": [(1, F), (4.5, F), (4.4, T), (U, U)],
            "{} is known": [(1, T), (U, F)],
            "{} is unknown": [(1, F), (U, T)],
        },
    ),
    Kind.SHARE: (
        "deal.stake",
        "part",
        {
            "{} at least 60%": [(0.59, F), (0.599999999, F), (0.6, T), (0.600000001, T), (1, T), (U, U)],
            "{} more than 0.6": [(0.599999999, F), (0.6, F), (0.600000001, T), (U, U)],
            "{} at most 7%": [(0.069999999, T), (0.07, T), (0.070000001, F), (U, U)],
            "{} less than 0.07": [(0.069999999, T), (0.07, F), (U, U)],
            "{} between 0 and 29%": [(0, T), (0.0, T), (0.29, T), (0.290000001, F), (U, U)],
            "{} is 100%": [(1, T), (1.0, T), (0.999999999, F), (U, U)],
            "{} is not 0": [(0, F), (0.0, F), (0.000000001, T), (U, U)],
            "{} is one of 0, 50%": [(0, T), (0.5, T), (0.25, F), (U, U)],
            "{} is known": [(0, T), (U, F)],
            "{} is unknown": [(0, F), (U, T)],
        },
    ),
    Kind.COUNT: (
        "deal.people",
        "hours",
        {
            "{} at least 10": [(9, F), (10, T), (11, T), (U, U)],
            "{} at most 10": [(9, T), (10, T), (11, F), (U, U)],
            "{} more than 10": [(9, F), (10, F), (11, T), (U, U)],
            "{} less than 10": [(9, T), (10, F), (11, F), (U, U)],
            "{} >= 2.5": [(2, F), (3, T), (U, U)],
            "{} <= 2.5": [(2, T), (3, F), (U, U)],
            "{} > 0": [(0, F), (1, T), (U, U)],
            "{} < 1": [(0, T), (1, F), (U, U)],
            "{} between 0 and 2": [(0, T), (2, T), (3, F), (U, U)],
            "{} is 0": [(0, T), (1, F), (U, U)],
            "{} is not 0": [(0, F), (1, T), (U, U)],
            "{} is one of 0, 2": [(0, T), (1, F), (2, T), (U, U)],
            "{} is known": [(0, T), (U, F)],
            "{} is unknown": [(0, F), (U, T)],
        },
    ),
    Kind.AMOUNT: (
        "deal.value",
        "cost",
        {
            "{} at least -2.5": [(-2.500001, F), (-2.5, T), (-2.499999, T), (0, T), (U, U)],
            "{} at most 0": [(-1, T), (-1e-300, T), (0, T), (-0.0, T), (0.0, T), (1e-300, F), (U, U)],
            "{} more than 1e-07": [(1e-08, F), (1e-07, F), (1.0000001e-07, T), (U, U)],
            "{} less than 9007199254740992": [(2**53 - 1, T), (2**53, F), (1e300, F), (-(2**53), T), (U, U)],
            "{} at least 9007199254740992": [(2**53 - 1, F), (2**53, T), (2**53 + 1, T), (1e300, T), (U, U)],
            "{} at most 9007199254740992": [(2**53, T), (2**53 + 1, F), (2**60, F), (U, U)],
            "{} at least -9007199254740992": [(-(2**53), T), (-(2**53) - 1, F), (-1e300, F), (U, U)],
            "{} between -1 and 1": [(-1.000001, F), (-1, T), (0, T), (1, T), (1.000001, F), (U, U)],
            "{} is 0.1": [(0.1, T), (0.10000000000000002, F), (0, F), (U, U)],
            "{} is 9007199254740992": [(2**53, T), (2**53 - 1, F), (2**53 + 1, F), (U, U)],
            "{} is not 1000": [(1000, F), (1000.0, F), (1001, T), (U, U)],
            "{} is one of -1, 1e15": [(-1, T), (10**15, T), (1e15, T), (1, F), (U, U)],
            "{} is known": [(0, T), (U, F)],
            "{} is unknown": [(0, F), (U, T)],
        },
    ),
    Kind.PERIOD: (
        "deal.reported",
        "quarter",
        {
            "{} is 2025-Q2": [("2025-Q2", T), ("2025-Q1", F), ("2025", F), (U, U)],
            "{} is not 2025-Q2": [("2025-Q2", F), ("2025-Q1", T), (U, U)],
            "{} is one of 2024, 2025-06": [("2024", T), ("2025-06", T), ("2025-Q2", F), (U, U)],
            "{} is not one of 2024, 2025-06": [("2024", F), ("2025-Q2", T), (U, U)],
            "{} is known": [("2024", T), (U, F)],
            "{} is unknown": [("2024", F), (U, T)],
        },
    ),
    Kind.REF: (
        "deal.lead",
        "after",
        {
            "{} is T1": [("T1", T), ("T2", F), ("t1", F), (U, U)],
            "{} is not T1": [("T1", F), ("T2", T), (U, U)],
            "{} is one of T1, T2": [("T1", T), ("T3", F), (U, U)],
            "{} is not one of T1, T2": [("T1", F), ("T3", T), (U, U)],
            "{} is known": [("T1", T), (U, F)],
            "{} is unknown": [("T1", F), (U, T)],
        },
    ),
}

# A date compared with another date fact: the values are those of the two facts, the subject first.
_START, _BEFORE, _AFTER = day("2025-03-01"), day("2025-02-28"), day("2025-03-02")
DATE_PAIRS: dict[str, Rows] = {
    "{} before deal.started": [
        ((_BEFORE, _START), T),
        ((_START, _START), F),
        ((_AFTER, _START), F),
        ((U, _START), U),
        ((_START, U), U),
        ((U, U), U),
    ],
    "{} after deal.started": [
        ((_BEFORE, _START), F),
        ((_START, _START), F),
        ((_AFTER, _START), T),
        ((U, _START), U),
        ((_START, U), U),
    ],
    "{} within 1 days of deal.started": [
        ((day("2025-02-27"), _START), F),
        ((_BEFORE, _START), T),
        ((_START, _START), T),
        ((_AFTER, _START), T),
        ((day("2025-03-03"), _START), F),
        ((U, _START), U),
        ((_START, U), U),
    ],
    "{} within 1 day before deal.started": [
        ((day("2025-02-27"), _START), F),
        ((_BEFORE, _START), T),
        ((_START, _START), T),
        ((_AFTER, _START), F),
        ((U, _START), U),
        ((_START, U), U),
    ],
    "{} within 1 day after deal.started": [
        ((_BEFORE, _START), F),
        ((_START, _START), T),
        ((_AFTER, _START), T),
        ((day("2025-03-03"), _START), F),
        ((U, _START), U),
        ((_START, U), U),
    ],
}

# A list of tasks, each given by its weight; U for the list is a list that was left out.
COUNTS: dict[str, Rows] = {
    "some tasks where weight at least 3": [
        ([3], T), ([2], F), ([U], U), ([2, U], U), ([U, 3], T), ([2, 3], T), ([], F), (U, U),
    ],
    "no tasks where weight at least 3": [
        ([3], F), ([2], T), ([U], U), ([2, U], U), ([U, 3], F), ([2, 2], T), ([], T), (U, U),
    ],
    "every tasks where weight at least 3": [
        ([3], T), ([2], F), ([U], U), ([2, U], F), ([U, 3], U), ([3, 4], T), ([3, 2], F), ([], T), (U, U),
    ],
    "at least 2 tasks where weight at least 3": [
        ([3], F), ([3, 3], T), ([3, 3, 3], T), ([3, U], U), ([U, U], U), ([2, U], F), ([3, 3, U], T), ([], F), (U, U),
    ],
    "at most 1 tasks where weight at least 3": [
        ([3], T), ([3, 3], F), ([3, U], U), ([U], T), ([U, U], U), ([3, 3, U], F), ([2, 2], T), ([], T), (U, U),
    ],
    "more than 1 tasks where weight at least 3": [
        ([3], F), ([3, 3], T), ([3, U], U), ([U], F), ([3, 3, U], T), ([], F), (U, U),
    ],
    "fewer than 2 tasks where weight at least 3": [
        ([3], T), ([3, 3], F), ([3, U], U), ([U], T), ([3, 3, U], F), ([], T), (U, U),
    ],
    "less than 1 tasks where weight at least 3": [([3], F), ([2], T), ([U], U), ([], T), (U, U)],
    ">= 2 tasks where weight at least 3": [([3], F), ([3, 3], T), (U, U)],
    "<= 1 tasks where weight at least 3": [([3], T), ([3, 3], F), (U, U)],
    "> 1 tasks where weight at least 3": [([3], F), ([3, 3], T), (U, U)],
    "< 2 tasks where weight at least 3": [([3], T), ([3, 3], F), (U, U)],
    "some tasks where weight is unknown": [([U], T), ([3], F), ([3, U], T), ([], F), (U, U)],
    "every tasks where weight is known": [([3], T), ([3, U], F), ([], T), (U, U)],
    "some tasks where weight at least 3 and weight less than 5": [([5], F), ([3], T), ([U], U), ([2, 5], F), (U, U)],
    "no tasks where weight at least 3 and id is T1": [([3], F), ([2, 3], T), ([2, U], T), ([U], U), (U, U)],
    "some tasks": [([U], T), ([3], T), ([], F), (U, U)],
    "no tasks": [([U], F), ([3], F), ([], T), (U, U)],
    "at least 2 tasks": [([3], F), ([3, U], T), ([], F), (U, U)],
    "at most 1 tasks": [([3], T), ([3, U], F), ([], T), (U, U)],
    "tasks is known": [([3], T), ([], T), (U, F)],
    "tasks is unknown": [([3], F), ([], F), (U, T)],
    "tasks is not known": [([], F), (U, T)],
    "tasks is not unknown": [([], T), (U, F)],
}  # fmt: skip

# Measures over the same tasks, each given by its cost.
MEASURED: dict[str, Rows] = {
    "total_cost at least 0.3": [([0.1, 0.2], T), ([0.1, 0.1], F), ([0.3, U], U), ([U], U), ([], F), (U, U)],
    "total_cost is 1": [([0.4, 0.6], T), ([1], T), ([0.4], F), (U, U)],
    "total_cost is known": [([1], T), ([U], F), (U, F)],
    "total_cost is unknown": [([1], F), ([U], T), (U, T)],
    "total_cost more than 9007199254740991": [([2**53, 2**53], T), ([2**53 - 1], F), (U, U)],
}

# What was made: severity 0 is "not made". Nothing here is ever unknown.
MADE: dict[str, Rows] = {
    "finding drift": [(0, F), (1, T), (2, T), (3, T)],
    "finding drift at least minor": [(0, F), (1, T)],
    "finding drift at least serious": [(0, F), (1, F), (2, T), (3, T)],
    "finding drift at least critical": [(0, F), (2, F), (3, T)],
    "no finding drift": [(0, T), (1, F), (3, F)],
    "no finding drift at least serious": [(0, T), (1, T), (2, F), (3, F)],
    "no finding drift at least critical": [(0, T), (2, T), (3, F)],
    "diagnosis drift": [(0, F), (1, T)],
    "no diagnosis drift": [(0, T), (1, F)],
}

# The truths of two parts, and of the block over both.
BLOCKS: dict[str, dict[tuple[bool | None, bool | None], bool | None]] = {
    "all": {
        (T, T): T, (T, F): F, (T, U): U,
        (F, T): F, (F, F): F, (F, U): F,
        (U, T): U, (U, F): F, (U, U): U,
    },
    "any": {
        (T, T): T, (T, F): T, (T, U): T,
        (F, T): T, (F, F): F, (F, U): U,
        (U, T): T, (U, F): U, (U, U): U,
    },
    "none": {
        (T, T): F, (T, F): F, (T, U): F,
        (F, T): F, (F, F): T, (F, U): U,
        (U, T): F, (U, F): U, (U, U): U,
    },
}  # fmt: skip
