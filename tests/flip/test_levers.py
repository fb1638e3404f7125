"""What is tried in place of everything that could be changed loses nothing."""

from __future__ import annotations

import dataclasses
import os
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest

from engine.case import Case, Entry, Record
from engine.explain.changes import Change, Site, changed, exclude, hands, steps_between
from engine.explain.levers import all_changes
from engine.explain.variation import RuleGraph
from engine.rules import Argument
from engine.vocabulary import Fact, Kind, Value
from tests.flip.worlds import World, any_world, option_of, option_with
from tests.parity.chance import POOLS
from tests.parity.world import AS_OF, FACTS, LISTS, VOCABULARY, in_layers, rule, ruleset, situation

WORLDS = 40 * max(1, int(os.environ.get("ADVISOR_PARITY_CASES", "0")) // 2_000)
SEED = int(os.environ.get("ADVISOR_PARITY_SEED", "0"))


def any_values(fact: Fact, now: Value, today: date) -> list[Value]:
    """All other values of a choice or flag, and a pool of numbers and of dates that have not passed."""
    kind = fact.type.kind
    if kind is Kind.FLAG:
        return [not now]
    if kind is Kind.CHOICE:
        return [value for value in fact.type.values if value != now]
    if kind is Kind.CHOICES:
        assert isinstance(now, tuple)
        return [
            tuple(one for one in fact.type.values if (one in now) is not (one == turned)) for turned in fact.type.values
        ]
    if kind is Kind.DATE:
        return [value for value in POOLS[kind] if value != now and value >= today]  # type: ignore[operator]
    if kind.is_number:
        assert isinstance(now, (int, float))
        # An amount keeps its sign.
        return [value for value in NUMBERS[kind] if value != now and not (kind is Kind.AMOUNT and now < 0 < value)]
    return []


NUMBERS: dict[Kind, tuple[float, ...]] = {
    Kind.SCORE: (1, 1.5, 2, 2.2, 2.5, 3, 4, 5),
    Kind.SHARE: (0, 0.05, 0.07, 0.2, 0.3, 0.4, 0.5, 1),
    Kind.COUNT: (0, 1, 2, 3, 5, 10, 11),
    Kind.AMOUNT: (0, 0.5, 1, 2, 3, 9, 30),
}


def moved(case: Case, site: Site, value: Value | None) -> Case:
    """The case with a value put in by hand."""
    if site.of in FACTS:
        return case.with_value(site.of, value)
    records = []
    for record in case.lists[site.of]:
        if record.id != site.record:
            kept = record.entries
            if not site.field:
                kept = {k: e for k, e in kept.items() if not (k == "after" and e.value == site.record)}
            records.append(Record(record.id, kept))
        elif site.field:
            records.append(Record(record.id, {**record.entries, site.field: Entry(value)}))  # type: ignore[arg-type]
    return Case(case.facts, {**case.lists, site.of: tuple(records)})


def every_move(world: World) -> list[tuple[Site, Value | None]]:
    """Every single thing that could be done, without any thought of what rules ask.

    Of numbers and dates that are looked at together with something else, those that are tried stand for all.
    """
    asked = RuleGraph(world.rules).comparisons
    found: list[tuple[Site, Value | None]] = []
    tried = {change.site._replace(entry="") for change in world.changes}
    for name, entry in world.case.facts.items():
        fact = FACTS[name]
        together = (fact.type.kind.is_number or fact.type.kind is Kind.DATE) and asked.partners(name)
        if name == "alliance.as_of":
            continue
        if together:
            found += [(one.site, one.value) for one in world.changes if one.site.of == name]
        else:
            found += [(Site(name), value) for value in any_values(fact, entry.value, world.case.as_of)]
    for name, records in world.case.lists.items():
        for record in records:
            found.append((Site(name, record.id), None))
            for field, entry in record.entries.items():
                gathered = any(where.gathered == field for where in asked.wheres.get(name, ()))
                dated = any(
                    test.since not in (None, "alliance.as_of")
                    for where in asked.wheres.get(name, ())
                    for test in where.tests
                )
                fact = LISTS[name].fields[field]
                on_a_line = fact.type.kind.is_number or fact.type.kind is Kind.DATE
                site = Site(name, record.id, field)
                if on_a_line and (gathered or dated):
                    found += [(one.site, one.value) for one in world.changes if one.site == site]
                elif field != LISTS[name].key:
                    found += [(site, value) for value in any_values(fact, entry.value, world.case.as_of)]
    assert tried <= {site._replace(entry="") for site, _ in found}
    return found


def place(site: Site) -> tuple[str, str, str]:
    return site[:3]


def clash(one: Site, other: Site) -> bool:
    same = one.of == other.of and one.record == other.record
    return same and (one.field == other.field or not one.field or not other.field)


@pytest.mark.parametrize("number", range(WORLDS))
def test_whatever_can_be_reached_can_be_reached_by_what_is_tried(number: int) -> None:
    """For whatever is done to one or two things, what is tried at the same places reaches the same option."""
    chance = Random(f"{SEED}/levers/{number}")
    world = any_world(chance)
    moves = every_move(world)
    by_place: dict[tuple[str, str, str], list[Change]] = {}
    for change in world.changes:
        by_place.setdefault(place(change.site), []).append(change)
    reached: dict[tuple[tuple[str, str, str], ...], set[str]] = {}

    def reachable(places: tuple[tuple[str, str, str], ...]) -> set[str]:
        """The options to which what is tried at some of these places leads."""
        if places not in reached:
            here = option_of(world.rules, world.case)
            options = {here}
            if len(places) == 1:
                options |= {option_with(world, (change,)) for change in by_place.get(places[0], ())}
            else:
                for part in places:
                    options |= reachable((part,))
                for one in by_place.get(places[0], ()):
                    for other in by_place.get(places[1], ()):
                        if not exclude(one, other):
                            options.add(option_with(world, (one, other)))
            reached[places] = options
        return reached[places]

    for site, value in moves:
        option = option_of(world.rules, moved(world.case, site, value))
        assert option in reachable((place(site),)), (number, site, value)
    pairs = [(one, other) for one, other in combinations(moves, 2) if not clash(one[0], other[0])]
    related = [pair for pair in pairs if pair[0][0].of == pair[1][0].of]
    some = [*chance.sample(pairs, min(40, len(pairs))), *chance.sample(related, min(40, len(related)))]
    for one, other in some:
        option = option_of(world.rules, moved(moved(world.case, *one), *other))
        places = tuple(sorted((place(one[0]), place(other[0]))))
        assert option in reachable(places), (number, one, other)


def test_worlds_hold_something_to_reach() -> None:
    """The test above is worth something only where options are reached, and where values are left out."""
    reached = left_out = 0
    for number in range(20):
        world = any_world(Random(f"{SEED}/levers/{number}"))
        reached += len({option_with(world, (change,)) for change in world.changes} - {world.here})
        left_out += len(every_move(world)) - len(world.changes)
    assert reached > 8
    assert left_out > 100


# -- by example

LATER, IN_TIME = AS_OF + timedelta(days=400), AS_OF + timedelta(days=30)


def changes_of(when: str, facts: dict[str, Value | None], lists: object = None) -> list[tuple[str, str, object]]:
    rules = ruleset(in_layers(rule("leave", when, Argument("exit", "for", "decisive"))))
    found = all_changes(RuleGraph(rules), situation(facts, lists or {}))
    return [(change.path, change.site.entry, change.value) for change in found]


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ("deal.exclusive is true", {"deal.exclusive": False}, [("deal.exclusive", "", True)]),
        ("deal.exclusive is known", {"deal.exclusive": False}, []),
        ("deal.exclusive is true", {}, []),
        ("deal.trust at least 3", {"deal.exclusive": False}, []),
        ("deal.health worse than fair", {"deal.health": "sound"}, [("deal.health", "", "weak")]),
        ("deal.health is fair", {"deal.health": "failing"}, [("deal.health", "", "fair")]),
        ("deal.trust at least 3", {"deal.trust": 2}, [("deal.trust", "", 3)]),
        ("deal.trust more than 3", {"deal.trust": 2}, [("deal.trust", "", 3.1)]),
        ("deal.trust at least 3", {"deal.trust": 4}, [("deal.trust", "", 2.9)]),
        ("deal.trust is 3", {"deal.trust": 3}, [("deal.trust", "", 2.9)]),
        ("deal.stake less than 0.25", {"deal.stake": 0.5}, [("deal.stake", "", 0.24)]),
        ("deal.people more than 12", {"deal.people": 3}, [("deal.people", "", 13)]),
        ("deal.value more than 2000000", {"deal.value": 5}, [("deal.value", "", 2_010_000)]),
        ("deal.value more than 2000000", {"deal.value": 0}, [("deal.value", "", 2_010_000)]),
        ("deal.value more than 0", {"deal.value": 0}, [("deal.value", "", 1)]),
        ("deal.ends within 30 days after alliance.as_of", {"deal.ends": LATER}, [("deal.ends", "", IN_TIME)]),
        ("days_left at most 30", {"deal.ends": LATER}, [("deal.ends", "", IN_TIME)]),
        ("deal.name is Pact", {"deal.name": "Deal"}, []),
        ("deal.value more than 200", {"deal.value": 5}, [("deal.value", "", 201)]),
        ("deal.value less than 0", {"deal.value": 5}, []),
        ("deal.regions includes asia", {"deal.regions": ()}, [("deal.regions", "asia", ("asia",))]),
        ("deal.regions includes asia", {"deal.regions": ("asia",)}, [("deal.regions", "asia", ())]),
    ],
)
def test_values_that_matter(when: str, facts: dict[str, Value | None], expected: list[object]) -> None:
    assert changes_of(when, facts) == expected


PASSED = AS_OF - timedelta(days=400)


@pytest.mark.parametrize(
    ("now", "line", "expected"),
    [
        # It ended in 30 days; what would make it end yesterday is not to be had.
        (LATER, "days_left less than 0", []),
        (LATER, "days_left less than 1", [AS_OF]),
        # What has passed can still be put off, and today stands for all that lies between.
        (PASSED, "days_left at least -100", [AS_OF]),
        (PASSED, "days_left at least 30", [IN_TIME]),
        (PASSED, "days_left less than -500", []),
    ],
)
def test_no_date_is_moved_into_the_past(now: date, line: str, expected: list[date]) -> None:
    assert [value for _, _, value in changes_of(line, {"deal.ends": now})] == expected


def moves(fact: Fact, value: Value, lines: list[str]) -> list[Value | None]:
    """What a fact is changed to, in a vocabulary that says more of it."""
    rules = ruleset(
        in_layers(*(rule(f"r{n}", line, Argument("exit", "for", "slight")) for n, line in enumerate(lines)))
    )
    vocabulary = VOCABULARY._replace(facts={**FACTS, fact.name: fact})
    graph = RuleGraph(dataclasses.replace(rules, vocabulary=vocabulary))
    return [change.value for change in all_changes(graph, situation({fact.name: value}))]


Names = tuple[str, ...]
HEALTH = [f"deal.health is {value}" for value in ("sound", "fair", "weak", "failing")]


@pytest.mark.parametrize(
    ("now", "final", "initial", "expected"),
    [
        ("fair", (), (), ["sound", "weak", "failing"]),
        ("fair", ("sound",), (), ["sound", "weak", "failing"]),
        ("sound", ("sound",), (), []),
        ("fair", (), ("sound",), ["weak", "failing"]),
        ("sound", (), ("sound",), ["fair", "weak", "failing"]),
    ],
)
def test_what_is_done_is_not_undone(now: str, final: Names, initial: Names, expected: list[str]) -> None:
    assert moves(FACTS["deal.health"]._replace(final=final, initial=initial), now, HEALTH) == expected


def test_nor_is_a_flag_or_an_entry_of_a_list() -> None:
    exclusive, regions = FACTS["deal.exclusive"], FACTS["deal.regions"]
    asked = ["deal.exclusive is true"]
    assert moves(exclusive._replace(final=("true",)), True, asked) == []
    assert moves(exclusive._replace(final=("true",)), False, asked) == [True]
    some = ["deal.regions includes asia", "deal.regions includes europe"]
    assert moves(regions._replace(final=("asia", "europe")), ("asia",), some) == [("asia", "europe")]


TASKS = {"tasks": [{"cost": 3, "urgent": False, "state": "sound", "after": "T2"}, {"cost": 4, "state": "weak"}]}


@pytest.mark.parametrize(
    ("when", "facts", "of", "expected"),
    [
        # What answers alike by itself may not do so together with another change: all regions are kept.
        ("worth between 10 and 20", {"deal.value": 5}, "deal.value", [17, 27.1]),
        ("total_cost between 10 and 20", {}, "tasks.T1.cost", [6, 16.1]),
        # A field that fails by another one that can be changed is looked at, by one that cannot be it is not.
        ("some tasks where urgent is true and state is weak", {}, "tasks.T1.state", ["weak"]),
        ("some tasks where id is Q and state is weak", {}, "tasks.T1.state", []),
        ("some tasks where after is T1 and state is weak", {}, "tasks.T1.state", ["weak"]),
        ("some tasks where state is weak", {}, "tasks.T1", [None]),
        ("some tasks where state is weak", {}, "tasks.T2.urgent", []),
        ("no tasks where state is one of weak, failing", {}, "tasks.T2.state", ["fair"]),
        ("weak_share at least 0.5", {}, "tasks.T1.state", ["weak"]),
    ],
)
def test_values_that_matter_together(
    when: str, facts: dict[str, Value | None], of: str, expected: list[Value | None]
) -> None:
    assert [value for path, _, value in changes_of(when, facts, TASKS) if path == of] == expected


def test_facts_that_nobody_can_change_stay() -> None:
    facts = {**FACTS, "deal.exclusive": FACTS["deal.exclusive"]._replace(lever="nobody")}
    rules = ruleset(in_layers(rule("leave", "deal.exclusive is true", Argument("exit", "for", "decisive"))))
    closed = dataclasses.replace(rules, vocabulary=VOCABULARY._replace(facts=facts))
    assert all_changes(RuleGraph(rules), situation({"deal.exclusive": False}))
    assert not all_changes(RuleGraph(closed), situation({"deal.exclusive": False}))


# -- how far, and by whom

ORDERED = FACTS["deal.health"]


@pytest.mark.parametrize(
    ("fact", "now", "value", "steps"),
    [
        ("deal.health", "sound", "fair", 1),
        ("deal.health", "failing", "sound", 3),
        ("deal.stage", "talks", "running", 1),
        ("deal.exclusive", True, False, 1),
        ("deal.trust", 2, 2.1, 1),
        ("deal.trust", 2, 3, 1),
        ("deal.trust", 2, 3.1, 2),
        ("deal.stake", 0.5, 0.2, 2),
        ("deal.people", 10, 20, 1),
        ("deal.people", 10, 21, 2),
        ("deal.people", 10, 0, 4),
        ("deal.value", 0, 7, 4),
        ("deal.ends", date(2025, 1, 1), date(2025, 7, 2), 1),
        ("deal.ends", date(2025, 1, 1), date(2025, 7, 3), 2),
    ],
)
def test_steps(fact: str, now: Value, value: Value, steps: int) -> None:
    assert steps_between(FACTS[fact], now, value) == steps


def test_what_the_facts_name_as_possible_asks_half() -> None:
    rules = ruleset(in_layers(rule("leave", "deal.health is weak", Argument("exit", "for", "decisive"))))
    for entry, effort in (
        (Entry("sound"), 2),
        (Entry("sound", plausible=("weak",)), 1),
        (Entry("sound", plausible=("fair",)), 2),
    ):
        case = Case({**situation().case.facts, "deal.health": entry}, {})
        (change,) = all_changes(RuleGraph(rules), situation()._replace(case=case))
        assert (change.value, change.effort) == ("weak", effort)


def test_hands_are_one_party_only_where_all_changes_are_its_own() -> None:
    def by(*levers: str) -> str:
        return hands([CHANGE._replace(lever=lever) for lever in levers])

    assert [by("us"), by("us", "us"), by("partner"), by("us", "partner"), by("both", "us")] == [
        "us", "us", "partner", "both", "both",
    ]  # fmt: skip


CHANGE = Change(Site("deal.health"), ORDERED, None, None, "sound", "weak", (), "both", 2, 1, named=False)


def test_changes_of_one_thing_exclude_each_other() -> None:
    def at(*site: str) -> Change:
        return CHANGE._replace(site=Site(*site))

    assert exclude(CHANGE, CHANGE._replace(value="fair"))
    assert exclude(at("tasks", "T1", "state"), at("tasks", "T1"))
    assert not exclude(at("tasks", "T1", "state"), at("tasks", "T1", "cost"))
    assert not exclude(at("tasks", "T1"), at("tasks", "T2"))
    assert not exclude(at("deal.regions", "", "", "asia"), at("deal.regions", "", "", "europe"))
    assert not exclude(at("deal.health"), at("deal.trust"))


def test_what_referred_to_a_record_that_is_taken_away_refers_to_nothing() -> None:
    case = situation({}, TASKS).case
    gone = CHANGE._replace(
        site=Site("tasks", "T2"), fact=None, known=LISTS["tasks"], record=case.lists["tasks"][1], value=None
    )
    (left,) = changed(case, [gone], VOCABULARY).lists["tasks"]
    assert left.id == "T1"
    assert "after" not in left.entries
    assert left.value("state") == "sound"
    assert case.lists["tasks"][0].value("after") == "T2"


def test_changes_of_one_record_are_made_together() -> None:
    case = situation({"deal.regions": ("asia",)}, TASKS).case
    at = Site("tasks", "T1")
    record, known = case.lists["tasks"][0], LISTS["tasks"]
    state = CHANGE._replace(site=at._replace(field="state"), fact=known.fields["state"], known=known, record=record)
    urgent = state._replace(site=at._replace(field="urgent"), fact=known.fields["urgent"], value=True)
    more = CHANGE._replace(site=Site("deal.regions", entry="africa"), fact=FACTS["deal.regions"])
    less = more._replace(site=Site("deal.regions", entry="asia"))
    for order in ((state, urgent, more, less), (less, more, urgent, state)):
        after = changed(case, order, VOCABULARY)
        assert after.lists["tasks"][0].value("state") == "weak"
        assert after.lists["tasks"][0].value("urgent") is True
        assert after.lists["tasks"][1] == case.lists["tasks"][1]
        assert after.value("deal.regions") == ("africa",)
