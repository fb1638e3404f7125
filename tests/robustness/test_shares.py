"""Shares are exact where all worlds are judged, merged or not; a sample comes near; nothing but the seed moves it."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from random import Random

import numpy as np
import pytest

from engine.backends.columnar.table import Table
from engine.bulk import Bulk
from engine.case import Case, Entry
from engine.errors import AdvisorError
from engine.explain.variation import RuleGraph
from engine.facts_file import load_case, parse_case
from engine.measures import observe
from engine.outcomes import Situation
from engine.parse.ruleset import load_ruleset
from engine.robustness import worlds as which
from engine.robustness.doubts import Doubt, Doubts, doubts
from engine.robustness.finding import find
from engine.robustness.robustness import ANSWERS, EVERY_CLOSED, Robustness, Wanted
from engine.robustness.worlds import worlds
from engine.rules import OPTIONS, READINESS, STATUSES, Argument, Gate, Ruleset
from engine.vocabulary import Value
from tests.parity.chance import any_rules, any_situation, pool
from tests.parity.test_columnar_random import any_calls, any_closures, any_weighing
from tests.parity.test_random import CASES, SEED
from tests.parity.world import FACTS, LISTS, condition, in_layers, rule, ruleset
from tests.parity.world import case as alliance
from tests.properties.alliances import doubted
from tests.robustness.by_hand import brute, in_world, judge, thinned

TOP = Path(__file__).parents[2]
RULESET = load_ruleset(TOP / "rulesets" / "alliance")
GRAPH = RuleGraph(RULESET)
SAMPLES = sorted(TOP.glob("facts/*/*/facts.yaml"))


def doubts_of(graph: RuleGraph, case: Case) -> Doubts:
    return doubts(Situation(case, observe(graph.ruleset.measures, case)), graph)


def sample(path: Path) -> Case:
    return load_case(str(path), RULESET.vocabulary)


def key(doubt: Doubt) -> tuple[str, str, str]:
    return doubt.place.records, doubt.place.record, doubt.place.fact.name


def assert_exact(found: Robustness, rules: Ruleset, message: str = "") -> None:
    """All that is told of worlds is what judging them one by one comes to."""
    varied = found.doubts.varied
    by_hand = brute(rules, found.case, varied)
    assert found.complete, message
    assert found.worlds == found.looked_at == len(by_hand.worlds), message
    for answer in ANSWERS:
        assert found.wins[answer] == pytest.approx(by_hand.share(lambda one, a=answer: one.answer == a)), message  # type: ignore[misc]
    for option in OPTIONS:
        for status in STATUSES:
            share = by_hand.share(lambda one, so=(option, status): so in one.statuses)  # type: ignore[misc]
            assert found.statuses[option][status] == pytest.approx(share), message
    for state in READINESS:
        share = by_hand.share(lambda one, s=state: one.readiness == s)  # type: ignore[misc]
        assert found.readiness[state] == pytest.approx(share), message
    assert sorted(key(one.doubt) for one in found.effects) == sorted(map(key, varied)), message
    for effect in found.effects:
        line = varied.index(effect.doubt)
        for sort, shares in enumerate(effect.shares):
            for answer in ANSWERS:
                share = by_hand.share(lambda one, a=answer: one.answer == a, line, sort)  # type: ignore[misc]
                assert shares[answer] == pytest.approx(share), message
        here = [shares[found.answer] for shares in effect.shares]
        assert effect.swing == pytest.approx(max(here) - min(here)), message
        assert (effect.leads_to is None) == (effect.swing == 0), message
    as_it_is = judge(rules, found.case).answer
    assert found.answer == as_it_is, message
    turned = {
        (key(varied[line]), picks[line], one.answer)
        for picks, one in by_hand.worlds
        if sum(pick > 0 for pick in picks) == 1 and one.answer != as_it_is
        for line in [next(place for place, pick in enumerate(picks) if pick)]
    }
    assert {(key(one.doubt), one.sort, one.answer) for one in found.turns} == turned, message


@pytest.mark.parametrize("path", SAMPLES[:9], ids=lambda path: path.parent.name)
def test_of_some_doubts_of_a_sample(path: Path) -> None:
    case = sample(path)
    few = thinned(case, doubts_of(GRAPH, case).varied, 48, Random(path.parent.name))
    assert_exact(find(GRAPH, few), RULESET)


def doubtful(case: Case, chance: Random) -> Case:
    """A made-up case with some entries in doubt, facts and fields of records."""
    facts = dict(case.facts)
    for name in chance.sample(sorted(facts), min(9, len(facts))):
        facts[name] = doubted(facts[name], list(pool(FACTS[name].type)), chance)
    lists = {}
    for name, records in case.lists.items():
        changed = []
        for record in records:
            entries = dict(record.entries)
            for field in chance.sample(sorted(entries), min(2, len(entries))):
                if field != LISTS[name].key:
                    entries[field] = doubted(entries[field], list(pool(LISTS[name].fields[field].type)), chance)
            changed.append(record._replace(entries=entries))
        lists[name] = tuple(changed)
    return Case(facts, lists)


@pytest.mark.parametrize("merging", [False, True], ids=["each world", "those that differ"])
def test_of_random_rules_and_doubts(merging: bool) -> None:
    """Facts and fields of every type, measures of every kind, dates since others, gates and calls for readiness."""
    seen = {"worlds": 0, "merged": 0, "turns": 0, "moved": 0, "closed": 0}
    for number in range(max(200, CASES // 50)):
        name = f"{SEED}/robustness/{merging}/{number}"
        chance = Random(name)
        rules = ruleset((*any_closures(chance), *any_rules(chance), *any_calls(chance)), any_weighing(chance, "whole"))
        graph = RuleGraph(rules)
        case = doubtful(any_situation(chance).case, chance)
        case = thinned(case, doubts_of(graph, case).varied, 80, chance)
        every = which.all_of(doubts_of(graph, case).varied)
        found = find(graph, case, Wanted(every - 1 if merging and every > 1 else every))
        if not found.complete:
            continue
        assert_exact(found, rules, name)
        seen["worlds"] += found.worlds
        seen["merged"] += found.judged < found.worlds
        seen["turns"] += len(found.turns)
        seen["closed"] += 0 < found.wins[EVERY_CLOSED] < 1
        seen["moved"] += sum(one.swing > 0 for one in found.effects)
    assert seen["worlds"] > 1_000
    assert min(seen["turns"], seen["moved"]) > 5
    assert seen["closed"] > 1
    assert seen["merged"] > 10 if merging else not seen["merged"]


def other_in_sort(doubt: Doubt, chance: Random) -> tuple[int, Value]:
    sort = chance.randrange(len(doubt.sorts))
    return sort, chance.choice(doubt.sorts[sort])


@pytest.mark.parametrize("path", SAMPLES[::3], ids=lambda path: path.parent.name)
def test_values_of_one_sort_are_alike_in_every_world(path: Path) -> None:
    case = sample(path)
    found = doubts_of(GRAPH, case)
    some = [*found.varied, *found.alike]
    chance = Random(path.parent.name)
    for _ in range(8):
        picks = [other_in_sort(one, chance) for one in some]
        first = [one.sorts[sort][0] for one, (sort, _) in zip(some, picks, strict=True)]
        one, other = (judge(RULESET, in_world(case, some, values)) for values in (first, [value for _, value in picks]))
        assert one == other


def test_values_of_one_sort_are_alike_under_random_rules() -> None:
    several = 0
    for number in range(max(80, CASES // 50)):
        chance = Random(f"{SEED}/alike/{number}")
        rules = ruleset((*any_rules(chance), *any_calls(chance)), any_weighing(chance, "whole"))
        case = doubtful(any_situation(chance).case, chance)
        found = doubts_of(RuleGraph(rules), case)
        some = [*found.varied, *found.alike]
        for _ in range(4):
            picks = [other_in_sort(one, chance) for one in some]
            first = [one.sorts[sort][0] for one, (sort, _) in zip(some, picks, strict=True)]
            last = [value for _, value in picks]
            several += first != last
            assert judge(rules, in_world(case, some, first)) == judge(rules, in_world(case, some, last)), number
    assert several > 30


def test_worlds_that_differ_stand_for_all() -> None:
    """Lists with thousands of versions, of which few differ: as exact as all of them."""
    merged = 0
    for path in SAMPLES:
        case = sample(path)
        varied = doubts_of(GRAPH, case).varied
        of_lists = [one for one in varied if one.place.records]
        few = thinned(case, of_lists, 20_000, Random(path.parent.name))
        every = find(GRAPH, few)
        if every.worlds < 50:
            continue
        some = find(GRAPH, few, Wanted(every.worlds - 1))
        assert every.complete
        assert some.complete
        assert every.judged == every.worlds > some.judged
        merged += every.worlds // some.judged
        assert some.wins == pytest.approx(every.wins)
        assert some.readiness == pytest.approx(every.readiness)
        assert some.turns == every.turns
        for option in OPTIONS:
            assert some.statuses[option] == pytest.approx(every.statuses[option])
        ours = {key(one.doubt): one for one in some.effects}
        for effect in every.effects:
            for left, right in zip(ours[key(effect.doubt)].shares, effect.shares, strict=True):
                assert left == pytest.approx(right)
    assert merged > 1000


@pytest.mark.parametrize("name", ["gm-psa", "lego-shell", "safran-ge-cfm-2021"])
def test_a_sample_comes_near(name: str) -> None:
    path = next(path for path in SAMPLES if path.parent.name == name)
    case = sample(path)
    few = thinned(case, doubts_of(GRAPH, case).varied, 60_000, Random(2))
    every = find(GRAPH, few, Wanted(60_000))
    assert every.complete
    assert every.worlds > 10_000
    for seed in (0, 1):
        some = find(GRAPH, few, Wanted(4_000, seed))
        if some.complete:
            continue  # so few differ
        assert some.looked_at == some.judged == 4_000
        assert some.wins == pytest.approx(every.wins, abs=0.02)
        assert some.turns == every.turns
        ours = {key(one.doubt): one for one in some.effects}
        for effect in every.effects:
            assert ours[key(effect.doubt)].swing == pytest.approx(effect.swing, abs=0.04)


def test_seeds() -> None:
    case = sample(SAMPLES[0])
    first, again, other = (find(GRAPH, case, Wanted(5_000, seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert first.wins == pytest.approx(other.wins, abs=0.02)
    assert first.turns == other.turns


def test_a_sample_of_one_world_and_of_as_many_as_there_may_be() -> None:
    case = sample(SAMPLES[0])
    one = find(GRAPH, case, Wanted(1))
    assert one.looked_at == 1
    assert sorted(one.wins.values()) == [0, 0, 0, 0, 0, 0, 1]
    many = find(GRAPH, case, Wanted(300_000))
    assert many.looked_at == 300_000
    assert sum(many.wins.values()) == pytest.approx(1)


def test_a_sample_that_would_not_fit_into_memory_is_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(which, "_CELLS", 10_000)
    case = sample(SAMPLES[0])
    found = find(GRAPH, case)
    assert found.looked_at == 10_000 // len(found.doubts.varied)


def with_conflicts(number: int) -> Case:
    """An alliance with so many conflicts, of each of which three fields are in doubt."""
    doubts = "severity: {value: 4, low: 2, high: 5}, status: {value: open, confidence: low}"
    records = [
        f"  - {{id: C{one}, resolution_attempts: {{value: 2, low: 1, high: 4}}, {doubts}}}" for one in range(number)
    ]
    facts = "alliance: {name: T, us: W, partner: P, as_of: 2025-06-30}\nconflicts:\n" + "\n".join(records)
    return parse_case("facts.yaml", facts.encode(), RULESET.vocabulary)


def test_single_doubts_take_memory_by_their_number_and_not_by_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.robustness.finding._CELLS", 1 << 17)
    case = with_conflicts(600)
    find(GRAPH, case, Wanted(1))
    tracemalloc.start()
    found = find(GRAPH, case, Wanted(1))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    turned = sum(len(one.sorts) - 1 for one in found.doubts.varied)
    assert len(found.doubts.varied) == 1_800
    assert peak < 2 * 1_800 * turned  # the bytes of a table of all singles


def test_what_was_judged_is_let_go_without_a_collector_of_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line does without one."""
    monkeypatch.setattr("engine.robustness.finding._CELLS", 1 << 10)
    case = with_conflicts(20)
    gc.collect()
    gc.disable()
    try:
        find(GRAPH, case, Wanted(200))
        assert not [one for one in gc.get_objects() if isinstance(one, Table)]
    finally:
        gc.enable()


def test_doubts_that_would_take_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.robustness.finding._MOST_SINGLES", 10_000)
    with pytest.raises(AdvisorError) as caught:
        find(GRAPH, with_conflicts(50))
    message, _, hint = str(caught.value).partition("\n  hint: ")
    assert message == (
        "150 values are in doubt beside the 50 records of `conflicts`, more than can be tried one by one"
    )
    assert hint


@pytest.mark.parametrize("given", [False, True], ids=["an option is open", "every option is closed"])
def test_where_every_option_is_closed_none_wins(given: bool) -> None:
    closes = [
        rule(f"close-{one}", condition("deal.exclusive is true"), Gate(one, None, "closed", (), None))
        for one in OPTIONS
    ]
    leave = rule("leave", condition("deal.trust at most 4"), Argument("exit", "for", "decisive"))
    rules = ruleset(in_layers(leave, *closes))
    case = Case({**alliance({"deal.trust": 2}).facts, "deal.exclusive": Entry(given, disputed=True)}, {})
    found = find(RuleGraph(rules), case)
    assert_exact(found, rules)
    assert found.wins == {**dict.fromkeys(OPTIONS, 0), "exit": 0.5, EVERY_CLOSED: 0.5}
    other = "exit" if given else EVERY_CLOSED
    assert found.answer == (EVERY_CLOSED if given else "exit")
    assert found.holds == 0.5
    assert [one.answer for one in found.turns] == [other]
    assert [one.leads_to for one in found.effects] == [other]


def test_worlds_are_judged_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    case = sample(SAMPLES[0])
    at_once = find(GRAPH, case, Wanted(1_000))
    monkeypatch.setattr("engine.robustness.finding._BLOCK", 77)
    assert find(GRAPH, case, Wanted(1_000)) == at_once
    monkeypatch.setattr("engine.robustness.finding._CELLS", 200)
    assert find(GRAPH, case, Wanted(1_000)) == at_once


def test_lists_of_too_many_versions_are_not_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(path for path in SAMPLES if path.parent.name == "suzuki-volkswagen")
    case = sample(path)
    few = thinned(case, [one for one in doubts_of(GRAPH, case).varied if one.place.records], 20_000, Random(1))
    varied = doubts_of(GRAPH, few).varied
    bulk = Bulk(RULESET)
    assert worlds(few, varied, bulk, 1_000, 0).complete
    monkeypatch.setattr("engine.robustness.merging.MOST_LISTS", 8)
    sampled = worlds(few, varied, bulk, 1_000, 0)
    assert not sampled.complete
    assert sampled.picks.shape == (len(varied), 1_000)
    assert np.array_equal(sampled.counts, np.ones(1_000))
