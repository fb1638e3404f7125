"""The whole judgement of one case: from facts to a recommendation with its reasons and its plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from types import TracebackType
from typing import NamedTuple

from engine.backends.durable import DurableBackend, Program, compile_program
from engine.case import Case
from engine.decision.readiness import Readiness, confidence, readiness
from engine.decision.verdict import Standing, Verdict, decide
from engine.evaluate import settle
from engine.explain.because import Reasons
from engine.explain.missing import MissingFact, confidence_alone, decisive_doubts, missing_facts, open_doubts
from engine.explain.variation import RuleGraph, Variations
from engine.measures import observe
from engine.outcomes import Firing, Situation, Trace
from engine.rules import Action, Ruleset


class PlannedAction(NamedTuple):
    """A step of the plan in the words of the case; `due` counts from the date of the case."""

    firing: Firing
    text: str
    owner: str
    days: int
    due: date
    phase: str


@dataclass(frozen=True)
class Assessment:
    """What was concluded about one case, with everything needed to explain it.

    `judgement` traces the rules before the weighing, `plan` those after it; the situation of `plan` knows the
    recommendation as well. `missing` are unknown facts that could change the answer.
    """

    case: Case
    prepared: Prepared
    judgement: Trace
    plan: Trace
    verdict: Verdict
    readiness: Readiness
    confidence: str
    missing: tuple[MissingFact, ...]
    actions: tuple[PlannedAction, ...]
    review_on: date
    reasons: Reasons
    variations: Variations

    @property
    def ruleset(self) -> Ruleset:
        """The ruleset that judged it."""
        return self.prepared.ruleset

    @property
    def recommended(self) -> Standing:
        """The standing of the recommended option."""
        return self.verdict.winner


class Conclusion(NamedTuple):
    """What was concluded about one case, without what explains it: `readiness` and `confidence` are their levels."""

    judgement: Trace
    verdict: Verdict
    readiness: str
    confidence: str


class Prepared(NamedTuple):
    """A ruleset with all that can be worked out before there is a case."""

    ruleset: Ruleset
    judging: Program
    planning: Program
    graph: RuleGraph


def prepare(ruleset: Ruleset) -> Prepared:
    """Compiles a ruleset. Raises RulesetError where it exceeds what the engine can hold."""
    return Prepared(
        ruleset,
        compile_program(rule for rule in ruleset.rules if not rule.plans),
        compile_program(rule for rule in ruleset.rules if rule.plans),
        RuleGraph(ruleset),
    )


def conclude(prepared: Prepared, case: Case) -> Conclusion:
    """The answer that `Advisor.assess` gives, for whoever wants no reasons or plan: in half of its time.

    The rules are settled by the direct evaluator, which keeps no record of what made each of them fire.
    """
    ruleset, weighing = prepared.ruleset, prepared.ruleset.weighing
    start = Situation(case, observe(ruleset.measures, case))
    judgement = settle((rule for rule in ruleset.rules if not rule.plans), start)
    verdict = decide((firing.rule for firing in judgement.firings), judgement.situation, weighing)
    variations = Variations(prepared.graph, judgement, verdict)
    doubts = decisive_doubts(ruleset, variations, missing_facts(ruleset, variations, weighing.decisive_facts))
    plan = settle((rule for rule in ruleset.rules if rule.plans), _recommended(judgement, verdict))
    state = readiness((firing.rule for firing in plan.firings), doubts, case, weighing).state
    return Conclusion(judgement, verdict, state, confidence_alone(ruleset, variations))


class Advisor:
    """A ruleset ready to assess one case after another. Close it, or use it in a `with` statement."""

    def __init__(self, ruleset: Ruleset | Prepared, progress: Callable[[str], None] | None = None) -> None:
        """Compiles the ruleset, unless it comes prepared; `progress` is told each step in words."""
        self._progress = progress or _silent
        self._progress("compiling the rules")
        prepared = ruleset if isinstance(ruleset, Prepared) else prepare(ruleset)
        self.prepared = prepared
        self.ruleset = prepared.ruleset
        self.graph = prepared.graph
        self._judge = DurableBackend(program=prepared.judging)
        self._planner = DurableBackend(program=prepared.planning)

    def judge(self, case: Case) -> tuple[Trace, Verdict]:
        """The rules before the weighing, and the verdict: what `assess` begins with, a fraction of its time."""
        self._progress("working out measures")
        start = Situation(case, observe(self.ruleset.measures, case))
        self._progress("chaining findings, diagnoses, gates and arguments")
        judgement = self._judge.run(start)
        fired = [firing.rule for firing in judgement.firings]
        return judgement, decide(fired, judgement.situation, self.ruleset.weighing)

    def plan(self, judgement: Trace, verdict: Verdict) -> Trace:
        """The rules after the weighing."""
        return self._planner.run(_recommended(judgement, verdict))

    def assess(self, case: Case) -> Assessment:
        """Judges a case. Raises TemplateError for a text that cannot be written, EngineFault for a fault of ours."""
        ruleset = self.ruleset
        judgement, verdict = self.judge(case)
        self._progress("trying every value of the unknown facts")
        variations = Variations(self.graph, judgement, verdict)
        missing = missing_facts(ruleset, variations)
        doubts = decisive_doubts(ruleset, variations, missing)
        self._progress("planning")
        plan = self.plan(judgement, verdict)
        reasons = Reasons(plan.situation, ruleset.vocabulary)
        return Assessment(
            case=case,
            prepared=self.prepared,
            judgement=judgement,
            plan=plan,
            verdict=verdict,
            readiness=readiness((firing.rule for firing in plan.firings), doubts, case, ruleset.weighing),
            confidence=confidence(verdict, open_doubts(ruleset, variations, missing), ruleset.weighing),
            missing=missing,
            actions=_planned(plan, reasons, case.as_of),
            review_on=_later(case.as_of, ruleset.weighing.options[verdict.winner.option].review_days),
            reasons=reasons,
            variations=variations,
        )

    def close(self) -> None:
        """Frees the engine's tables."""
        self._judge.close()
        self._planner.close()

    def __enter__(self) -> Advisor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _recommended(judgement: Trace, verdict: Verdict) -> Situation:
    """The situation in which the plan is made: it knows what is recommended."""
    facts = {"recommendation.option": verdict.winner.option, "recommendation.form": verdict.winner.form}
    return judgement.situation._replace(recommendation=facts)


def _silent(_step: str) -> None:
    """Tells nobody."""


def _planned(plan: Trace, reasons: Reasons, as_of: date) -> tuple[PlannedAction, ...]:
    actions = [
        PlannedAction(
            firing,
            reasons.render(firing.rule, one.text, one.location),
            one.owner,
            one.days,
            _later(as_of, one.days),
            one.phase,
        )
        for firing in plan.firings
        for one in firing.rule.then
        if isinstance(one, Action)
    ]
    # The sort is stable: of steps on one day, the order of the rules decides.
    return tuple(sorted(actions, key=lambda action: action.days))


def _later(start: date, days: int) -> date:
    """So many days later, or the last day of the calendar."""
    return start + timedelta(days=min(days, (date.max - start).days))
