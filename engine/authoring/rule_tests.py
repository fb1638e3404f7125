"""Runs the tests of a ruleset, and says which rules have none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from engine.assessment import Advisor
from engine.authoring.expectations import RuleTest
from engine.case import Case
from engine.conditions import All
from engine.decision.verdict import Verdict
from engine.errors import Location, Problem
from engine.explain.because import Reasons
from engine.explain.parts import RuleAccount
from engine.explain.why import OUT_OF_FORCE, why_rule
from engine.outcomes import Trace
from engine.report import signed
from engine.rules import Rule, Ruleset


class Result(NamedTuple):
    """One test that was run: each way in which it failed, at the expectation that was not met."""

    test: RuleTest
    failures: tuple[Problem, ...]


class Untested(NamedTuple):
    """A rule without a test in which it fires, or without a near miss in which it does not."""

    rule: Rule
    never_fires: bool


class _Judged(NamedTuple):
    """A case of a test as explanations want it."""

    test: RuleTest
    ruleset: Ruleset
    judgement: Trace
    plan: Trace
    verdict: Verdict
    reasons: Reasons

    @property
    def case(self) -> Case:
        return self.test.case


def run_tests(
    tests: Iterable[RuleTest], ruleset: Ruleset, progress: Callable[[str], None] | None = None
) -> tuple[Result, ...]:
    """Runs tests in their order; `progress` is told each sentence."""
    with Advisor(ruleset) as advisor:
        results = []
        for test in tests:
            if progress is not None:
                progress(test.sentence)
            results.append(Result(test, tuple(_failures(test, advisor))))
        return tuple(results)


def without_tests(tests: Iterable[RuleTest], ruleset: Ruleset) -> tuple[Untested, ...]:
    """The active rules that lack a test or a near miss. One that always applies can have no near miss."""
    fired: set[str] = set()
    missed: set[str] = set()
    for test in tests:
        fired.update(one.name for one in test.fires)
        if test.near_miss_of:
            missed.update(one.name for one in test.silent)
    return tuple(
        Untested(rule, rule.id not in fired)
        for rule in ruleset.rules
        if rule.status == "active" and (rule.id not in fired or not (rule.id in missed or _always(rule)))
    )


def _always(rule: Rule) -> bool:
    return isinstance(rule.when, All) and not rule.when.parts


def _failures(test: RuleTest, advisor: Advisor) -> Iterable[Problem]:
    judgement, verdict = advisor.judge(test.case)
    plan = advisor.plan(judgement, verdict)
    judged = _Judged(
        test, advisor.ruleset, judgement, plan, verdict, Reasons(plan.situation, advisor.ruleset.vocabulary)
    )
    fired = judgement.fired | plan.fired
    for expected in test.fires:
        if expected.name not in fired:
            account = why_rule(judged, expected.name).account
            yield _failure(
                test, expected.location, f"`{expected.name}` should have fired and did not", _why_not(account)
            )
    for expected in test.silent:
        if expected.name in fired:
            reason = judged.reasons.of(advisor.ruleset.by_id[expected.name])
            yield _failure(
                test, expected.location, f"`{expected.name}` should not have fired and did", f"it said: {reason}"
            )
    yield from _uncounted(test, judged, fired)
    yield from _outcome_failures(test, judged, advisor)


def _uncounted(test: RuleTest, judged: _Judged, fired: frozenset[str]) -> Iterable[Problem]:
    """The rules that should have counted and did not: silent, or outweighed by another of their ground."""
    already_told = {one.name for one in test.fires}
    for expected in test.counts:
        if expected.name not in fired:
            if expected.name not in already_told:
                account = why_rule(judged, expected.name).account
                message = f"`{expected.name}` should have counted and did not fire"
                yield _failure(test, expected.location, message, _why_not(account))
            continue
        sides = [
            arguments
            for standing in judged.verdict.standings
            for arguments in (standing.arguments_for, standing.arguments_against)
        ]
        own = [(one, arguments) for arguments in sides for one in arguments if one.rule.id == expected.name]
        if any(one.counted for one, _ in own):
            continue
        instead = [
            f"`{other.rule.id}` ({other.strength}) {other.side} `{other.option}`"
            for one, arguments in own
            for other in arguments
            if other.counted and other.ground == one.ground
        ]
        message = f"`{expected.name}` should have counted and did not"
        yield _failure(test, expected.location, message, f"of its ground counted: {', '.join(instead)}")


def _why_not(account: RuleAccount) -> str:
    if account.state == OUT_OF_FORCE:
        return "the rule is not in force on the date of the case"
    parts = []
    for part in account.in_the_way:
        found = ", ".join(f"{one.name}: {'not known' if one.value is None else one.value}" for one in part.readings)
        parts.append(f"`{part.text}`{f' ({found})' if found else ''}")
    return f"not met: {'; '.join(parts)}" if parts else ""


def _outcome_failures(test: RuleTest, judged: _Judged, advisor: Advisor) -> Iterable[Problem]:
    winner = judged.verdict.winner
    if test.option is not None and test.option.name != winner.option:
        scores = [f"{one.option} {signed(one.score)}" for one in judged.verdict.standings]
        message = f"`{test.option.name}` should be recommended, and `{winner.option}` is"
        yield _failure(test, test.option.location, message, f"the scores are {', '.join(scores)}")
    if test.form is not None and test.form.name != winner.form:
        message = f"the form should be `{test.form.name}`, and is `{winner.form}` of `{winner.option}`"
        yield _failure(test, test.form.location, message)
    for option, expected in test.status:
        status = judged.verdict.standing(option).status
        if status != expected.name:
            yield _failure(test, expected.location, f"`{option}` should be {expected.name}, and is {status}")
    if test.readiness is not None:
        # Readiness rests on every unknown fact being tried: only tests that ask for it pay for that.
        state = advisor.assess(test.case).readiness.state
        if state != test.readiness.name:
            message = f"the readiness should be `{test.readiness.name}`, and is `{state}`"
            yield _failure(test, test.readiness.location, message)


def _failure(test: RuleTest, place: Location, message: str, hint: str = "") -> Problem:
    return Problem(place, f"{message}, in the test «{test.sentence}»", hint)
