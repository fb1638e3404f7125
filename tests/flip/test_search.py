"""Every set of changes is judged, as the direct evaluator judges it, and the minimal ones are exactly those found."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable
from itertools import combinations
from random import Random

import numpy as np
import pytest

from engine.bulk import Bulk
from engine.case import Case, Record
from engine.explain.changes import Change, changed, exclude, far
from engine.explain.levers import all_changes
from engine.explain.variation import RuleGraph
from engine.flip import columns
from engine.flip.alike import ALONE, Alike
from engine.flip.flips import Wanted, first_of
from engine.flip.minimal import minimal_sets
from engine.flip.ranks import ranks, unranked
from engine.flip.search import NOWHERE, Judged, judged
from engine.flip.sets import sets_of_changes
from engine.rules import OPTIONS, Argument, Gate
from tests.flip.worlds import NOWHERE as NO_OPTION
from tests.flip.worlds import World, any_world, option_with
from tests.flip.worlds import judged as judged_one
from tests.parity.world import LISTS, VOCABULARY, in_layers, rule, ruleset, situation

WORLDS = 40 * max(1, int(os.environ.get("ADVISOR_PARITY_CASES", "0")) // 2_000)
SEED = int(os.environ.get("ADVISOR_PARITY_SEED", "0"))
MOST = 12
"""So many changes of each world are taken: 298 sets of up to three."""

Places = tuple[int, ...]


def well(changes: tuple[Change, ...]) -> tuple[bool, ...]:
    """None of them is for the worse."""
    return (False,) * len(changes)


def brute_force(world: World, most: int) -> dict[Places, str]:
    """Where every set of changes leads, judged one by one."""
    found = {}
    for size in range(1, most + 1):
        for places in combinations(range(len(world.changes)), size):
            some = tuple(world.changes[place] for place in places)
            excluded = any(exclude(one, other) for one, other in combinations(some, 2))
            found[places] = NO_OPTION if excluded else option_with(world, some)
    return found


def plainly_minimal(world: World, leads: dict[Places, str]) -> dict[Places, str]:
    """The minimal sets, as they are defined."""
    found = {}
    for places, option in leads.items():
        if option in (world.here, NO_OPTION):
            continue
        parts = [part for size in range(1, len(places)) for part in combinations(places, size)]
        nearer = [
            tuple(sorted({*places} - {place} | {other}))
            for place in places
            for other, change in enumerate(world.changes)
            if is_nearer(change, world.changes[place])
        ]
        if all(leads[one] != option for one in (*parts, *nearer)):
            found[places] = option
    return found


def is_nearer(one: Change, other: Change) -> bool:
    return one.site == other.site and one.side == other.side != 0 and far(one) < far(other)


def twins(case: Case) -> Case:
    """The case with two more records like the first of each list, but for lists of periods."""
    lists = dict(case.lists)
    for name, records in case.lists.items():
        if records and LISTS[name].key != "period":
            lists[name] = (*records, *(Record(f"{records[0].id}{more}", records[0].entries) for more in "ab"))
    return Case(case.facts, lists)


def as_it_is(case: Case) -> Case:
    """The case itself."""
    return case


def some_world(number: int, made: Callable[[Case], Case] = as_it_is) -> tuple[World, Random]:
    """A world with some of its changes, above all those that move a score."""
    chance = Random(f"{SEED}/search/{number}")
    world = any_world(chance, arguing=120, made=made)
    before = scores_with(world, ())
    changes = list(world.changes)
    chance.shuffle(changes)
    changes.sort(key=lambda change: scores_with(world, (change,)) == before)
    kept = changes[:MOST]
    return world._replace(changes=tuple(change for change in world.changes if change in kept)), chance


def scores_with(world: World, changes: tuple[Change, ...]) -> dict[str, float]:
    standings = judged_one(world.rules, changed(world.case, changes, VOCABULARY)).standings
    return {standing.option: standing.score for standing in standings}


@pytest.mark.parametrize("number", range(WORLDS))
def test_all_sets_against_brute_force(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world, chance = some_world(number)
    # A list may have more versions than are made up front.
    monkeypatch.setattr(columns, "UP_FRONT", chance.choice((20, 100, 1_000)))
    most = chance.choice((2, 3, 3))
    leads = brute_force(world, most)
    bulk = Bulk(world.rules, chunk=chance.choice((7, 64, 1_000)), workers=chance.choice((1, 2)))
    found = judged(world.case, world.changes, most, bulk)
    for size, options in enumerate(found.by_size, start=1):
        for places, option in zip(unranked(np.arange(len(options)), size, len(world.changes)).T, options, strict=True):
            named = NO_OPTION if option == NOWHERE else OPTIONS[option]
            assert named == leads[tuple(places.tolist())], (number, places)
    expected = plainly_minimal(world, leads)
    minimal = minimal_sets(found, world.changes, OPTIONS.index(world.here), None)
    said = {
        tuple(places.tolist()): OPTIONS[option]
        for one in minimal
        for places, option in zip(one.sets.T, one.options, strict=True)
    }
    assert said == expected, number
    for option in OPTIONS:
        if option != world.here:
            wanted = Wanted(option, most, "both", 10_000)
            to = sets_of_changes(world.case, world.changes, well(world.changes), world.here, wanted, bulk)
            reached = {tuple(world.changes.index(one) for one in flip.changes) for flip in to.first}
            assert reached == {places for places, one in expected.items() if one == option}
            assert sum(to.counts.values()) == len(reached)


@pytest.mark.parametrize("number", range(WORLDS))
def test_records_that_differ_by_their_ids_alone_against_brute_force(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many sets of changes come to the same there, and few are judged."""
    world, chance = some_world(number, twins)
    monkeypatch.setattr(columns, "UP_FRONT", chance.choice((20, 100, 1_000)))
    found = judged(world.case, world.changes, 3, Bulk(world.rules, chunk=chance.choice((7, 64)), workers=2))
    for places, option in brute_force(world, 3).items():
        lead = int(found.options(np.array(places)[:, None])[0])
        assert (NO_OPTION if lead == NOWHERE else OPTIONS[lead]) == option, (number, places)


def test_sets_of_one_key_come_to_the_same_and_some_share_one() -> None:
    shared = 0
    for number in range(WORLDS):
        world, _ = some_world(number, twins)
        alike = Alike(world.case, world.changes, RuleGraph(world.rules))
        leads = brute_force(world, 2)
        for size in (1, 2):
            by_key: dict[int, set[str]] = {}
            for places in combinations(range(len(world.changes)), size):
                key = int(alike.keys(np.array(places)[:, None])[0])
                assert ALONE <= key < alike.different(size)
                if key != ALONE:
                    shared += key in by_key
                    by_key.setdefault(key, set()).add(leads[places])
            assert all(len(options) == 1 for options in by_key.values()), number
    assert shared > 3 * WORLDS


def test_few_versions_are_kept_ready_of_a_list_with_many_changes() -> None:
    """Of forty records with a change each there are more than ten thousand versions under up to three of them."""
    tasks = [{"cost": 3, "urgent": False, "state": "sound"} for _ in range(40)]
    when = "at least 3 tasks where urgent is true"
    rules = ruleset(in_layers(rule("leave", when, Argument("exit", "for", "decisive"))))
    start = situation({}, {"tasks": tasks})
    changes = tuple(one for one in all_changes(RuleGraph(rules), start) if one.value is True)
    assert len(changes) == 40
    columns.Columns(start.case, changes, 3, VOCABULARY)
    found = judged(start.case, changes, 3, Bulk(rules))
    assert [sorted({*options.tolist()}) for options in found.by_size] == [[0], [0], [OPTIONS.index("exit")]]


def test_lists_go_when_they_have_been_judged() -> None:
    """Without the garbage collector, which the command line does not run."""
    tasks = [{"cost": 3, "urgent": False, "state": "sound"} for _ in range(5)]
    when = "some tasks where urgent is true", "total_cost at least 20"
    rules = ruleset(in_layers(*(rule(f"r{n}", one, Argument("exit", "for", "decisive")) for n, one in enumerate(when))))
    start = situation({}, {"tasks": tasks})
    changes = all_changes(RuleGraph(rules), start)
    gc.disable()
    try:
        bulk = Bulk(rules)
        made = columns.Columns(start.case, changes, 2, VOCABULARY)
        table = made.table(unranked(np.arange(5), 2, len(changes)))
        assert bulk.job(table).judge(table)
        lists = weakref.ref(table.lists["tasks"].lists)
        del made, table
        assert lists() is None
    finally:
        gc.enable()


def test_worlds_hold_minimal_sets_of_every_size() -> None:
    sizes = [0, 0, 0]
    for number in range(20):
        world, _ = some_world(number)
        for places in plainly_minimal(world, brute_force(world, 3)):
            sizes[len(places) - 1] += 1
    assert min(sizes) > 4


def test_the_smallest_come_first_then_what_asks_least_then_what_one_party_can_do() -> None:
    seen = 0
    for number in range(WORLDS):
        world, _ = some_world(number)
        if len(world.changes) < 3:
            continue
        levers = ("us", "partner", "both")
        changes = tuple(one._replace(lever=levers[place % 3]) for place, one in enumerate(world.changes))
        found = sets_of_changes(
            world.case, changes, well(changes), world.here, Wanted(limit=10_000), Bulk(world.rules)
        ).first
        keys = [(len(flip.changes), flip.effort, flip.by == "both") for flip in found]
        assert keys == sorted(keys)
        seen += len(found)
        again = sets_of_changes(
            world.case, changes, well(changes), world.here, Wanted(limit=3), Bulk(world.rules)
        ).first
        assert list(again) == first_of(found, 3)
    assert seen > 50


def test_a_closed_option_is_never_reached() -> None:
    """Where a change would have every option closed, it leads nowhere."""
    gates = [Gate(option, None, "closed", (), None) for option in OPTIONS]
    closing = rule("close", "deal.exclusive is true", *gates, Argument("exit", "for", "decisive"))
    rules = ruleset(in_layers(closing))
    start = situation({"deal.exclusive": False})
    changes = all_changes(RuleGraph(rules), start)
    assert [change.path for change in changes] == ["deal.exclusive"]
    assert judged(start.case, changes, 1, Bulk(rules)).by_size[0].tolist() == [NOWHERE]
    assert sets_of_changes(start.case, changes, well(changes), "continue", Wanted(most=1), Bulk(rules)).first == []
    assert option_with(World(rules, start.case, "continue", changes), changes) == NO_OPTION


@pytest.mark.parametrize("size", [1, 2, 3])
def test_ranks_number_all_sets(size: int) -> None:
    sets = unranked(np.arange(len(list(combinations(range(9), size)))), size, 9)
    assert sorted(map(tuple, sets.T.tolist())) == sorted(combinations(range(9), size))
    assert ranks(sets).tolist() == list(range(sets.shape[1]))


def test_no_changes_are_no_sets() -> None:
    world = any_world(Random("none"))
    found = judged(world.case, (), 3, Bulk(world.rules))
    assert found == Judged(0, found.by_size)
    assert [len(options) for options in found.by_size] == [0, 0, 0]
    assert sets_of_changes(world.case, (), (), world.here, Wanted(), Bulk(world.rules)).first == []
