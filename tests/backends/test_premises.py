"""A firing names exactly what made it fire: facts, measures, records, and what other rules had made."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.backends.durable import DurableBackend
from engine.conditions import All, Check, Operand
from engine.explain.because import matching
from engine.outcomes import Firing, Situation
from engine.predicates import Between
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Kind, ValueType
from tests.parity.world import AS_OF, condition, in_layers, rule, situation

FACTS = {
    "deal.name": "North",
    "deal.started": date(2025, 1, 1),
    "deal.ends": date(2025, 12, 31),
    "deal.exclusive": True,
    "deal.health": "weak",
    "deal.regions": ("asia", "europe"),
    "deal.trust": 4,
    "deal.stake": 0.5,
    "deal.people": 10,
    "deal.value": 100,
}
TASKS = [
    {"id": "T1", "weight": 5, "due": date(2025, 2, 1), "cost": 1, "state": "weak"},
    {"id": "T2", "weight": 3, "due": date(2025, 3, 1), "cost": 2, "state": "sound"},
    {"id": "T3", "due": date(2024, 12, 1), "cost": 0, "state": "failing"},
]


def world() -> Situation:
    return situation(FACTS, {"tasks": TASKS, "reviews": []})


def firing(rules: tuple[Rule, ...], facts: Situation, id_: str = "only") -> Firing:
    with DurableBackend(rules) as backend:
        found = [one for one in backend.run(facts).firings if one.rule.id == id_]
    assert len(found) == 1
    return found[0]


def premises(*lines: Any) -> dict[str, tuple[str, ...]]:
    """What a rule with these conditions rests on in the world above; what is empty is left out."""
    found = firing((rule("only", condition(*lines), Diagnosis("shown")),), world())
    parts = {"facts": found.facts, "measures": found.measures, "records": found.records, "made": found.made}
    return {name: part for name, part in parts.items() if part}


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("always", ()),
        ("deal.trust at least 3", ("deal.trust",)),
        ("deal.trust between 3 and 5", ("deal.trust",)),
        ("deal.health is one of fair, weak", ("deal.health",)),
        ("deal.health is not one of fair, sound", ("deal.health",)),
        ("deal.regions includes one of africa, asia, europe", ("deal.regions",)),
        ("deal.regions does not include africa", ("deal.regions",)),
        ("deal.name is known", ("deal.name",)),
        ("deal.lead is unknown", ("deal.lead",)),
        ("deal.ends after 2025-06-30", ("deal.ends",)),
        ("deal.ends after deal.started", ("deal.ends", "deal.started")),
        ("deal.ends within 1000 days of alliance.as_of", ("deal.ends", "alliance.as_of")),
        ("tasks is known", ("tasks",)),
    ],
)
def test_of_facts(line: str, facts: tuple[str, ...]) -> None:
    assert premises(line) == ({"facts": facts} if facts else {})


@pytest.mark.parametrize(
    ("line", "records"),
    [
        ("some tasks where weight at least 3", ("T1", "T2")),
        ("some tasks", ("T1", "T2", "T3")),
        ("at least 2 tasks where state worse than sound", ("T1", "T3")),
        # Those that are let pass, up to the number that is allowed.
        ("at most 1 tasks where state is sound", ("T2",)),
        ("no tasks where cost more than 2 and weight is known", ()),
        ("no reviews", ()),
        # What speaks for `every` is what passes.
        ("every tasks where state is not fair", ("T1", "T2", "T3")),
        ("every reviews where rating at least 3", ()),
    ],
)
def test_of_records(line: str, records: tuple[str, ...]) -> None:
    expected: dict[str, tuple[str, ...]] = {"facts": ("reviews" if "reviews" in line else "tasks",)}
    if records:
        expected["records"] = tuple(f"tasks:{id_}" for id_ in records)
    assert premises(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "some tasks where weight at least 3",
        "every tasks where state is not fair",
        "at most 1 tasks where state is weak",
    ],
)
def test_that_the_words_of_a_rule_name_the_same_records(line: str) -> None:
    only = rule("only", line, Diagnosis("shown"))
    named = [f"tasks:{record.id}" for record in matching(only, "tasks", world())]
    assert named == list(firing((only,), world()).records) != []


def test_of_a_denied_every() -> None:
    assert premises({"none": ["every tasks where state is weak"]}) == {
        "facts": ("tasks",),
        "records": ("tasks:T2", "tasks:T3"),
    }


def test_of_records_compared_with_a_date_fact() -> None:
    assert premises("some tasks where due before deal.started") == {
        "facts": ("tasks", "deal.started"),
        "records": ("tasks:T3",),
    }
    assert premises("some tasks where due after deal.started and due before alliance.as_of and weight is 5") == {
        "facts": ("tasks", "deal.started", "alliance.as_of"),
        "records": ("tasks:T1",),
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("total_cost is 3", {"measures": ("total_cost",), "records": ("tasks:T1", "tasks:T2", "tasks:T3")}),
        (
            "worth at least 90",
            {"facts": ("deal.value",), "measures": ("worth",), "records": ("tasks:T1", "tasks:T2", "tasks:T3")},
        ),
        ("days_left at least 30", {"facts": ("alliance.as_of", "deal.ends"), "measures": ("days_left",)}),
        ("rating_slope is unknown", {"measures": ("rating_slope",)}),
        ("weak_tasks is 2", {"measures": ("weak_tasks",), "records": ("tasks:T1", "tasks:T3")}),
        (
            "last_day before deal.ends",
            {"facts": ("deal.started", "deal.people", "deal.ends"), "measures": ("last_day",)},
        ),
        (
            "deal.ends after last_day",
            {"facts": ("deal.ends", "deal.started", "deal.people"), "measures": ("last_day",)},
        ),
    ],
)
def test_of_measures(line: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert premises(line) == expected


def test_of_several_conditions_in_the_order_in_which_they_are_written() -> None:
    lines = [
        "deal.value at least 1",
        "some tasks where weight is 5",
        "deal.trust at least 3",
        "deal.value at most 1000",
        "some tasks where weight is 3",
        "total_cost is 3",
        "deal.ends after deal.started",
    ]
    assert premises(*lines) == {
        "facts": ("deal.value", "tasks", "deal.trust", "deal.ends", "deal.started"),
        "measures": ("total_cost",),
        "records": ("tasks:T1", "tasks:T2", "tasks:T3"),
    }


def test_of_more_conditions_than_the_engine_takes_in_one_rule() -> None:
    names = [f"deal.n{number:02}" for number in range(40)]
    when = All(tuple(Check(Operand(name, ValueType(Kind.AMOUNT)), Between(low=1)) for name in names))
    found = firing((rule("only", when, Diagnosis("shown")),), situation(dict.fromkeys(names, 1)))
    assert found.facts == tuple(names)


def test_of_an_any_block_only_the_first_alternative_that_holds() -> None:
    assert premises({"any": ["deal.trust at least 5", "deal.people is 10", "deal.value is 100"]}) == {
        "facts": ("deal.people",)
    }
    both = {"any": [{"all": ["deal.trust at least 3", "some tasks where weight is 5"]}, "deal.people is 10"]}
    assert premises(both) == {"facts": ("deal.trust", "tasks"), "records": ("tasks:T1",)}


def test_of_nested_blocks() -> None:
    when = {
        "all": [
            "deal.exclusive is true",
            {"any": ["deal.people is 11", {"all": ["deal.health is weak", "some tasks"]}]},
        ],
        "none": ["deal.trust at least 5", {"all": ["deal.value is 1", "deal.stake is known"]}],
    }
    assert premises(when) == {
        # Of the denied `all` it is enough that the value is another.
        "facts": ("deal.exclusive", "deal.health", "tasks", "deal.trust", "deal.value"),
        "records": ("tasks:T1", "tasks:T2", "tasks:T3"),
    }


def test_of_what_was_made() -> None:
    rules = in_layers(
        rule("maker", "deal.trust at least 3", Finding("drift", 2)),
        rule("cause", condition("finding drift", "deal.people is 10"), Diagnosis("neglect")),
        rule("only", condition("diagnosis neglect", "finding drift at least serious"), Finding("end", 1)),
        rule("missing", condition("no finding drift at least critical", "no diagnosis other"), Finding("hope", 1)),
        rule("other", "deal.trust at most 1", Diagnosis("other")),
        rule("either", condition({"any": ["finding end", "no finding drift"]}), Diagnosis("shown")),
    )
    assert firing(rules, world(), "maker")[1:] == (("deal.trust",), (), (), ())
    assert firing(rules, world(), "cause")[1:] == (("deal.people",), (), (), ("finding:drift",))
    assert firing(rules, world(), "only").made == ("diagnosis:neglect", "finding:drift")
    assert firing(rules, world(), "missing").made == ("no finding:drift", "no diagnosis:other")
    assert firing(rules, world(), "either").made == ("finding:end",)


def test_of_what_an_earlier_run_made() -> None:
    when = condition("finding drift at least serious", "no finding split", "diagnosis neglect", "deal.trust is 4")
    before = situation(FACTS, findings={"drift": 3}, diagnoses=frozenset({"neglect"}))
    found = firing((rule("only", when, Diagnosis("shown")),), before)
    assert found.facts == ("deal.trust",)
    assert found.made == ("finding:drift", "no finding:split", "diagnosis:neglect")


def test_of_a_rule_with_dates() -> None:
    dated = rule("only", "deal.trust is 4", Diagnosis("shown"), in_force_from=AS_OF - timedelta(days=1))
    assert firing((dated,), world()).facts == ("deal.trust", "alliance.as_of")


def test_of_a_condition_that_other_rules_share() -> None:
    """A shared count or block gives each rule the same premises, whichever was compiled first."""
    shared = condition({"any": ["some tasks where state is weak", "no tasks where state is weak"]})
    other = condition("at most 1 tasks where state is weak")
    rules = tuple(
        rule(f"r{number}", when, Diagnosis("shown")) for number, when in enumerate([other, shared, other, shared])
    )
    with DurableBackend(rules) as backend:
        found = backend.run(world()).firings
    assert [(one.facts, one.records) for one in found] == [(("tasks",), ("tasks:T1",))] * 4
