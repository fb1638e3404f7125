"""The built-in ruleset on random cases and on the samples: the engine, the direct evaluator and columns agree.

They agree on the rules that fire, findings, diagnoses, scores, statuses, forms, dates, the winner and its lead, on
readiness with its decisive doubts, and on confidence. `ADVISOR_PARITY_CASES` and `ADVISOR_PARITY_SEED` are those of
`test_random.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from engine.assessment import Advisor, prepare
from engine.bulk import Answers, Bulk, Table
from engine.case import Case
from engine.decision.readiness import confidence, readiness
from engine.evaluate import settle
from engine.explain.missing import decisive_doubts, missing_facts, open_doubts
from engine.explain.variation import RuleGraph, Variations
from engine.facts_file import load_case
from engine.parse.ruleset import load_ruleset
from engine.rules import CONFIDENCE
from tests.parity.rows import assert_row, judged
from tests.parity.test_random import CASES, SEED, USUAL_CASES
from tests.parity.test_variation import values_for
from tests.properties.alliances import Maker

TOP = Path(__file__).parents[2]
RULESET = load_ruleset(TOP / "rulesets" / "alliance")
GRAPH = RuleGraph(RULESET)
JUDGING = [rule for rule in RULESET.rules if not rule.plans]
PLANNING = [rule for rule in RULESET.rules if rule.plans]
FEW = 40
BATCH = 2_000
SAMPLES = sorted(TOP.glob("facts/*/*/facts.yaml"))


@pytest.fixture(scope="module")
def advisor() -> Iterator[Advisor]:
    with Advisor(prepare(RULESET)) as advisor:
        yield advisor


def some_cases(name: str, number: int, doubts: float = 0.0, days: bool = False) -> list[Case]:
    chance = Random(f"{SEED}/{name}")
    maker = Maker(RULESET.vocabulary, doubts, days)
    return [maker.case(chance) for _ in range(number)]


@pytest.mark.parametrize("days", [False, True], ids=["of one date", "of several dates"])
def test_random_cases(days: bool) -> None:
    cases = some_cases(f"cases {days}", CASES // 5, days=days)
    answers = Bulk(RULESET, chunk=100).judge(Table.of_cases(cases, RULESET.vocabulary), details=True, fired=True)
    won = set()
    for row, case in enumerate(cases):
        assert_row(answers, row, *judged(RULESET, case), f"row {row}")
        won.add(answers.option(row))
    assert len(won) >= 5


def test_the_three_judges(advisor: Advisor) -> None:
    """On the samples and on random cases, few in every run, since the engine takes long, or as many as are wanted."""
    samples = [load_case(str(path), RULESET.vocabulary) for path in SAMPLES]
    drawn = CASES if CASES > USUAL_CASES else FEW
    chance, maker = Random(f"{SEED}/three"), Maker(RULESET.vocabulary, days=True)
    for start in range(0, drawn, BATCH):
        cases = samples if start == 0 else []
        cases = [*cases, *(maker.case(chance) for _ in range(min(BATCH, drawn - start)))]
        answers = Bulk(RULESET).judge(Table.of_cases(cases, RULESET.vocabulary), details=True, fired=True)
        for row, case in enumerate(cases):
            trace, verdict = judged(RULESET, case)
            assert_row(answers, row, trace, verdict, f"row {row} of those from {start} on")
            in_engine, of_engine = advisor.judge(case)
            assert in_engine.fired == trace.fired
            assert in_engine.situation == trace.situation
            assert of_engine == verdict


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_the_samples_with_some_facts_varied(path: Path) -> None:
    """Ten facts of each sample by themselves, and then all of them together."""
    chance = Random(path.parent.name)
    case = load_case(str(path), RULESET.vocabulary)
    bulk = Bulk(RULESET)
    read = [fact for name, fact in sorted(RULESET.vocabulary.facts.items()) if GRAPH.reads(name) and not fact.required]
    together: dict[str, list[object]] = {}
    for fact in chance.sample(read, 10):
        values = values_for(fact, case.as_of, chance)
        answers = bulk.judge(Table.varied(case, {fact.name: values}), details=True, fired=True)
        for row, value in enumerate(values):
            assert_row(answers, row, *judged(RULESET, case.with_value(fact.name, value)), f"{fact.name}: {value!r}")
        together[fact.name] = [chance.choice(values) for _ in range(20)]
    answers = bulk.judge(Table.varied(case, together), details=True, fired=True)  # type: ignore[arg-type]
    for row in range(20):
        changed = case
        for name, column in together.items():
            changed = changed.with_value(name, column[row])  # type: ignore[arg-type]
        assert_row(answers, row, *judged(RULESET, changed), f"row {row}")


def ready(case: Case) -> tuple[str, dict[str, tuple[str, ...]], bool, str]:
    """Readiness as `assess` tells it, but for the engine; doubts, whether too little is known, and confidence."""
    trace, verdict = judged(RULESET, case)
    variations = Variations(GRAPH, trace, verdict)
    missing = missing_facts(RULESET, variations)
    doubts = decisive_doubts(RULESET, variations, missing)
    level = confidence(verdict, open_doubts(RULESET, variations, missing), RULESET.weighing)
    facts = {"recommendation.option": verdict.winner.option, "recommendation.form": verdict.winner.form}
    plan = settle(PLANNING, trace.situation._replace(recommendation=facts))
    found = readiness((firing.rule for firing in plan.firings), doubts, case, RULESET.weighing)
    return found.state, {doubt.fact: doubt.leads_to for doubt in doubts}, found.too_little_known, level


def assert_ready(answers: Answers, cases: list[Case]) -> set[str]:
    met = set()
    for row, case in enumerate(cases):
        state, doubts, too_little, level = ready(case)
        assert answers.readiness_of(row) == state, f"row {row}"
        assert answers.doubts_in(row) == doubts, f"row {row}"
        assert answers.too_little_known is not None
        assert bool(answers.too_little_known[row]) is too_little, f"row {row}"
        assert answers.confidence_of(row) == level, f"row {row}"
        met |= {state, level, *doubts, "too little" if too_little else "enough"}
    return met


@pytest.mark.slow
@pytest.mark.parametrize("days", [False, True], ids=["of one date", "of several dates"])
def test_readiness_with_decisive_doubts(days: bool) -> None:
    cases = some_cases(f"doubts {days}", max(60, CASES // 40), doubts=0.3, days=days)
    table = Table.of_cases(cases, RULESET.vocabulary)
    answers = Bulk(RULESET, chunk=500).judge(table, doubts=True, confidence=True)
    met = assert_ready(answers, cases)
    assert met >= {"decide", "hold", "suspend", "enough", "too little", *CONFIDENCE}
    assert len(met & set(RULESET.weighing.decisive_facts)) >= 6
    without = Bulk(RULESET).judge(table, readiness=True)
    assert without.readiness is not None
    assert answers.readiness is not None
    assert (without.readiness <= answers.readiness).all()
    assert (without.readiness < answers.readiness).any()


def test_readiness_of_the_samples(advisor: Advisor) -> None:
    cases = [load_case(str(path), RULESET.vocabulary) for path in SAMPLES]
    answers = Bulk(RULESET).judge(Table.of_cases(cases, RULESET.vocabulary), doubts=True, confidence=True)
    assert_ready(answers, cases)
    for row, case in enumerate(cases):
        assessment = advisor.assess(case)
        assert answers.readiness_of(row) == assessment.readiness.state
        assert answers.confidence_of(row) == assessment.confidence
        assert answers.recommended_form(row) == assessment.recommended.form
        assert answers.doubts_in(row) == {one.fact: one.leads_to for one in assessment.readiness.doubts}


def test_a_doubt_stays_with_a_fact_that_is_varied() -> None:
    """As it does where one value of a case is changed."""
    bulk, met = Bulk(RULESET), set()
    for path in SAMPLES[::3]:
        case = load_case(str(path), RULESET.vocabulary)
        for name in RULESET.weighing.decisive_facts:
            values = values_for(RULESET.vocabulary.facts[name], case.as_of, Random(name))
            answers = bulk.judge(Table.varied(case, {name: values}), doubts=True, confidence=True)
            met |= assert_ready(answers, [case.with_value(name, value) for value in values])
    assert met & set(RULESET.weighing.decisive_facts)
