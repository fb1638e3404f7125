"""What the engine's tables cannot hold is refused when the rules are compiled; what authors may write is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.backends.durable import DurableBackend
from engine.backends.network import MAX_KINDS, MAX_NAMES_OF_A_KIND, MAX_PATTERNS, compile_rules
from engine.conditions import All, AnyOf, Check, Condition, Made, Operand
from engine.errors import Location, RulesetError
from engine.evaluate import settle, truth
from engine.predicates import Between, OneOf
from engine.rules import Diagnosis, Finding, Rule
from engine.vocabulary import Kind, ValueType
from tests.parity.world import AS_OF, condition, in_layers, rule, situation

AMOUNT = ValueType(Kind.AMOUNT)
ALL = ", which is all that the engine takes"


def at_least(name: str, limit: float) -> Check:
    return Check(Operand(name, AMOUNT), Between(low=limit))


def numbered(conditions: list[Condition]) -> list[Rule]:
    """Rules on lines 1, 2, 3 and so on, each with one of the conditions."""
    return [
        rule(f"r{line}", when, Diagnosis("shown"))._replace(location=Location("rules/many.yaml", line, 7))
        for line, when in enumerate(conditions, start=1)
    ]


def refused(conditions: list[Condition]) -> list[str]:
    with pytest.raises(RulesetError) as caught:
        DurableBackend(numbered(conditions))
    assert all(problem.hint for problem in caught.value.problems)
    return [str(problem).partition("\n")[0] for problem in caught.value.problems]


def test_sixty_comparisons_of_one_fact_are_taken_and_one_more_is_not() -> None:
    sixty: list[Condition] = [at_least("deal.value", limit) for limit in range(60)]
    with DurableBackend(numbered(sixty)) as backend:
        # The fact meets all of them at once.
        assert len(backend.run(situation({"deal.value": 100})).firings) == 60
        assert len(backend.run(situation({"deal.value": 29.5})).firings) == 30
    assert refused([*sixty, at_least("deal.value", 60)]) == [
        f"rules/many.yaml:61:7: `deal.value` is compared in more than 60 ways{ALL}"
    ]


def test_a_number_written_in_two_ways_is_one_comparison() -> None:
    both: list[Condition] = [at_least("deal.value", limit) for one in range(60) for limit in (one, float(one))]
    with DurableBackend(numbered(both)) as backend:
        assert len(backend.run(situation({"deal.value": 100.0})).firings) == 120
        assert len(backend.run(situation({"deal.value": 100})).firings) == 120


def test_comparisons_within_one_rule_count_as_well() -> None:
    when = Check(Operand("deal.value", AMOUNT), OneOf(tuple(range(61))))
    assert "compared in more than 60 ways" in refused([when])[0]


def test_many_counts_of_one_list_are_not_too_much() -> None:
    # Another test of the records is another number; another limit is another comparison of the same one.
    other_tests = [condition(f"some tasks where hours is {number}") for number in range(100)]
    with DurableBackend(numbered(other_tests)) as backend:
        assert len(backend.run(situation({}, {"tasks": [{"hours": 7}, {"hours": 99}]})).firings) == 2
    assert refused([condition(f"at least {number} tasks where hours is 0") for number in range(1, 62)]) == [
        f"rules/many.yaml:61:7: `tasks` is compared in more than 60 ways{ALL}"
    ]


def test_255_rules_may_ask_the_same_and_one_more_may_not() -> None:
    same: list[Condition] = [at_least("deal.value", 1)] * 255
    with DurableBackend(numbered(same)) as backend:
        assert len(backend.run(situation({"deal.value": 1})).firings) == 255
        assert backend.run(situation({"deal.value": 0})).firings == ()
    assert refused([*same, at_least("deal.value", 1)]) == [
        f"rules/many.yaml:256:7: more than 255 rules ask the same about `deal.value`{ALL}"
    ]


def test_the_limit_of_one_question_is_worded_for_its_author() -> None:
    assert "ask the same about `finding drift`" in refused([Made("finding", "drift", 2)] * 256)[0]
    assert "ask the same about `no diagnosis drift`" in refused([Made("diagnosis", "drift", negated=True)] * 256)[0]
    assert "ask the same about `tasks`" in refused([condition("some tasks")] * 256)[0]
    assert "ask the same about what always holds" in refused([All(())] * 256)[0]


def test_255_rules_may_share_an_alternative() -> None:
    shared = condition({"any": ["deal.exclusive is true", "deal.trust at least 3"]})
    with DurableBackend(numbered([shared] * 255)) as backend:
        assert len(backend.run(situation({"deal.trust": 3})).firings) == 255
    assert "ask the same about an `any` block" in refused([shared] * 256)[0]


def test_names_of_one_kind() -> None:
    full: list[Condition] = [at_least(f"deal.n{number}", 1) for number in range(MAX_NAMES_OF_A_KIND)]
    with DurableBackend(numbered(full)) as backend:
        assert backend.run(situation({"deal.n399": 1})).fired == {"r400"}
    assert refused([*full, at_least("deal.more", 1)]) == [
        f"rules/many.yaml:401:7: the rules ask for more than 400 facts, measures or conditions of one kind, `deal`{ALL}"
    ]


def test_kinds_of_facts() -> None:
    full: list[Condition] = [at_least(f"s{number}.n", 1) for number in range(MAX_KINDS)]
    with DurableBackend(numbered(full)) as backend:
        assert backend.run(situation({"s7.n": 1})).fired == {"r8"}
    assert refused([*full, at_least("more.n", 1)]) == [
        f"rules/many.yaml:401:7: the rules ask for more than 400 sections and record lists{ALL}"
    ]


def test_clauses() -> None:
    """An alternative takes a clause as a rule does."""
    both = AnyOf((at_least("deal.value", 1), at_least("deal.other", 1)))
    whens: list[Condition] = [All((both, at_least(f"s{number % 300}.n{number // 300}", 1))) for number in range(4_093)]
    # Two clauses for the shared alternative, and one for each rule.
    assert refused(whens)[-1] == (
        f"rules/many.yaml:4093:7: the rules and their alternatives come to more than 4,094{ALL}"
    )


def test_several_limits_are_reported_together() -> None:
    faults = refused([*(at_least("deal.value", limit) for limit in range(61)), *[at_least("deal.trust", 1)] * 256])
    assert len(faults) == 2


def test_rules_out_of_use_count_for_nothing() -> None:
    rules = [one._replace(status="retired") for one in numbered([at_least("deal.value", limit) for limit in range(61)])]
    with DurableBackend(rules) as backend:
        assert backend.run(situation({"deal.value": 100})).firings == ()


@pytest.mark.parametrize("size", [MAX_PATTERNS - 1, MAX_PATTERNS, MAX_PATTERNS + 1, 31, 32, 40, 300])
def test_a_rule_may_have_any_number_of_conditions(size: int) -> None:
    lines = [at_least(f"deal.n{number}", 1) for number in range(size)]
    denied = [Check(Operand(f"deal.n{number}", AMOUNT), Between(high=1, high_open=True)) for number in range(size)]
    rules = [
        rule("all", All(tuple(lines)), Diagnosis("shown")),
        # Two long alternatives, each of which needs nodes of its own.
        rule("any", AnyOf((All(tuple(lines)), All((*denied, at_least("deal.other", 1))))), Diagnosis("shown")),
    ]
    with DurableBackend(rules) as backend:
        for short_of in {0, size // 2, size - 1, size} | set(range(14, min(size, 34))):
            known = {f"deal.n{number}": 1 for number in range(size) if number != short_of}
            expected = ["all", "any"] if short_of == size else []
            assert [one.rule.id for one in backend.run(situation(known)).firings] == expected, short_of
        none = {f"deal.n{number}": 0 for number in range(size)}
        assert backend.run(situation(none)).fired == set()
        assert backend.run(situation({**none, "deal.other": 1})).fired == {"any"}


def test_three_hundred_alternatives() -> None:
    when = AnyOf(tuple(at_least(f"deal.n{number}", 1) for number in range(300)))
    with DurableBackend([rule("any", when, Diagnosis("shown"))]) as backend:
        assert backend.run(situation({"deal.n299": 1})).fired == {"any"}
        assert backend.run(situation({f"deal.n{number}": 1 for number in range(300)})).fired == {"any"}
        assert backend.run(situation({"deal.n299": 0})).fired == set()


def test_blocks_nested_thirty_deep() -> None:
    when: Condition = condition("deal.trust at least 3")
    for level in range(30):
        when = AnyOf((when, at_least(f"deal.n{level}", 1))) if level % 2 else All((when, condition("deal.people is 0")))
    facts = situation({"deal.trust": 3, "deal.people": 0})
    assert truth(when, facts)
    with DurableBackend([rule("deep", when, Diagnosis("shown"))]) as backend:
        assert backend.run(facts).fired == {"deep"}
        assert backend.run(situation({"deal.trust": 2, "deal.people": 0})).fired == set()


def test_250_layers_and_a_chain_of_a_thousand() -> None:
    layers = [rule("l0", "always", Finding("f0", 1))]
    layers += [
        rule(f"l{number}", condition(f"no finding f{number - 1}"), Finding(f"f{number}", 1)) for number in range(1, 250)
    ]
    chain = [rule("c0", "always", Finding("g0", 1))]
    chain += [
        rule(f"c{number}", condition(f"finding g{number - 1}"), Finding(f"g{number}", 1)) for number in range(1, 1_000)
    ]
    expected = {"l0": [f"l{number}" for number in range(0, 250, 2)], "c0": [f"c{number}" for number in range(1_000)]}
    for rules in (in_layers(*reversed(layers)), in_layers(*reversed(chain))):
        with DurableBackend(rules) as backend:
            fired = [one.rule.id for one in backend.run(situation()).firings]
        assert fired == [one.rule.id for one in settle(rules, situation()).firings]
        assert fired == expected[fired[0]]


def test_nothing_fires_but_the_sentinel() -> None:
    """A session in which no rule fires would crash the engine when it is deleted; the sentinel fires in it."""
    with DurableBackend([rule("never", "deal.trust at least 3", Diagnosis("shown"))]) as backend:
        for _ in range(100):
            assert backend.run(situation()).firings == ()
    with DurableBackend(()) as empty:
        assert empty.run(situation({"deal.trust": 3})).firings == ()


def test_dates_of_force() -> None:
    start, end = AS_OF, AS_OF + timedelta(days=10)
    dated = rule("dated", "deal.trust at least 3", Finding("drift", 1), in_force_from=start, in_force_until=end)
    rules = in_layers(dated, rule("after", condition("no finding drift"), Diagnosis("shown")))
    with DurableBackend(rules) as backend:
        for as_of, expected in (
            (start - timedelta(days=1), "after"),
            (start, "dated"),
            (end, "dated"),
            (end + timedelta(days=1), "after"),
        ):
            facts = situation({"deal.trust": 3}, {}, as_of)
            assert backend.run(facts).fired == {expected} == settle(rules, facts).fired


def test_four_hundred_dated_rules_are_taken() -> None:
    dated = [one._replace(in_force_from=date(2020, 1, 1)) for one in numbered([condition("deal.trust is 3")] * 200)]
    with DurableBackend(dated) as backend:
        assert len(backend.run(situation({"deal.trust": 3})).firings) == 200


def test_what_is_compiled_is_small() -> None:
    """Conditions that rules share are worked out once."""
    shared = condition({"any": ["deal.exclusive is true", "deal.trust at least 3"]})
    network = compile_rules(numbered([shared, All((shared, condition("deal.people is 0"))), shared]))
    assert len(network.clauses) == 3 + 2
    assert len(network.inputs) == 3
