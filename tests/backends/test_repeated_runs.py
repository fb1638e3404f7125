"""The same case gives the same trace: in any process, in any order of its facts, for the ten-thousandth time."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from engine.assessment import Advisor
from engine.backends.durable import DurableBackend
from engine.case import Case
from engine.outcomes import Situation
from engine.rules import Ruleset
from tests import small
from tests.parity.chance import any_rules, any_situation

TOP = Path(__file__).parents[2]
STATUS = Path("/proc/self/statm")

PRINT_TRACES = """
import hashlib
from pathlib import Path
from random import Random
from engine.assessment import Advisor
from engine.backends.durable import DurableBackend
from engine.facts_file import load_case
from engine.parse.ruleset import load_ruleset
from tests.parity.chance import any_rules, any_situation

for number in range(20):
    chance = Random(f"process {number}")
    with DurableBackend(any_rules(chance)) as backend:
        for _ in range(5):
            for firing in backend.run(any_situation(chance)).firings:
                print(firing.rule.id, *firing[1:])
ruleset = load_ruleset(Path("rulesets/alliance"))
with Advisor(ruleset) as advisor:
    assessed = advisor.assess(load_case("facts/cases/gm-psa/facts.yaml", ruleset.vocabulary))
print(*[(firing.rule.id, *firing[1:]) for firing in assessed.judgement.firings + assessed.plan.firings], sep="\\n")
print(*[(one.option, one.score, one.status, one.form) for one in assessed.verdict.standings], sep="\\n")
print(*[(one.fact.name, one.could_lead_to) for one in assessed.missing], sep="\\n")
"""


def test_that_no_process_gives_another_trace() -> None:
    printed = []
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(TOP)}
        done = subprocess.run(
            [sys.executable, "-c", PRINT_TRACES], cwd=TOP, env=environment, capture_output=True, text=True, check=True
        )
        printed.append(done.stdout)
    assert printed[0].count("\n") > 300
    assert printed[0] == printed[1] == printed[2]


def test_that_the_order_of_the_facts_means_nothing() -> None:
    for number in range(40):
        chance = Random(f"order {number}")
        rules = any_rules(chance)
        with DurableBackend(rules) as backend:
            for _ in range(5):
                situation = any_situation(chance)
                expected = backend.run(situation).firings
                assert backend.run(shuffled(situation, chance)).firings == expected


def shuffled(situation: Situation, chance: Random) -> Situation:
    facts, lists = list(situation.case.facts.items()), list(situation.case.lists.items())
    chance.shuffle(facts)
    chance.shuffle(lists)
    return situation._replace(case=Case(dict(facts), dict(lists)))


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell how much memory a process holds")
def test_that_memory_does_not_grow(small_ruleset: Ruleset) -> None:
    """Of ten thousand assessments it may grow by 20 MB; of three thousand here, by less than half of that."""
    cases = [
        small.case(""),
        small.case(
            """
            terms:
              rationale: gone
              notice_days: 90
              ends_on: 2025-08-01
              exclusive: true
              disputes:
                - {id: D1, status: open, severity: 5, attempts: 3, admitted: false, cost: 100}
            """
        ),
        small.case("terms: {rationale: valid, disputes: []}\n"),
    ]
    with Advisor(small_ruleset) as advisor:
        for number in range(300):
            advisor.assess(cases[number % 3])
        gc.collect()
        before = resident_bytes()
        for number in range(3_000):
            advisor.assess(cases[number % 3])
        gc.collect()
        assert resident_bytes() - before < 10_000_000


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell how much memory a process holds")
def test_that_a_closed_backend_gives_its_memory_back() -> None:
    rules = any_rules(Random("memory"), 25)
    for _ in range(20):
        DurableBackend(rules).close()
    gc.collect()
    before = resident_bytes()
    for _ in range(300):
        with DurableBackend(rules) as backend:
            backend.run(any_situation(Random(1)))
    gc.collect()
    assert resident_bytes() - before < 10_000_000


def resident_bytes() -> int:
    return int(STATUS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_that_an_unused_run_leaves_nothing_behind_in_the_next() -> None:
    """A case knows nothing of the one before it."""
    chance = Random("one after the other")
    rules = any_rules(chance)
    situations = [any_situation(chance) for _ in range(20)]
    with DurableBackend(rules) as backend:
        one_by_one = [backend.run(situation) for situation in situations]
        again = [backend.run(situation) for situation in reversed(situations)]
    assert again == one_by_one[::-1]
    for situation, expected in zip(situations[:5], one_by_one, strict=False):
        with DurableBackend(rules) as fresh:
            assert fresh.run(situation) == expected
