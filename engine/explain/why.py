"""Why, and why not: explanations of an option, a finding, a diagnosis or a rule, as values.

An explanation goes from a conclusion to the rules that made it, or could have made it, from a rule to its condition,
part by part, and from each part to the facts, measures and records that it looked at, and to the findings that it
asked for, which are explained in the same way. Each rule is told once in one explanation; where it comes back, its
`when` is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.case import Case
from engine.conditions import SEVERITIES, Made
from engine.decision.gates import AppliedGate
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS, Standing, Verdict
from engine.decision.weighing import WeighedArgument
from engine.errors import NotFoundError, nearest
from engine.evaluate import tree
from engine.explain.because import Reasons
from engine.explain.conclusions import concludes
from engine.explain.parts import Makers, Part, Readings, RuleAccount
from engine.outcomes import Situation, Trace
from engine.rules import OPTIONS, Argument, Finding, Rule, Ruleset
from engine.sources import shorten

FIRED, FAILED, UNDECIDED, OUT_OF_FORCE = "fired", "failed", "undecided", "not in force"


class Judged(Protocol):
    """What an explanation needs of an assessment."""

    @property
    def case(self) -> Case:
        """The case that was judged."""

    @property
    def ruleset(self) -> Ruleset:
        """The ruleset that judged it."""

    @property
    def judgement(self) -> Trace:
        """The rules before the weighing."""

    @property
    def plan(self) -> Trace:
        """The rules after the weighing."""

    @property
    def verdict(self) -> Verdict:
        """Where the options stand."""

    @property
    def reasons(self) -> Reasons:
        """The reasons of rules in words."""


@dataclass(frozen=True, slots=True)
class ArgumentAccount:
    """A reason for or against an option; `counted` is false where a stronger one of its ground counts instead."""

    strength: str
    points: float
    counted: bool
    rule: RuleAccount


@dataclass(frozen=True, slots=True)
class GateAccount:
    """What a gate does to an option, or to one of its forms; `earliest` is ISO text or None."""

    status: str
    form: str | None
    steps: tuple[str, ...]
    earliest: str | None
    rule: RuleAccount


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason for which an option is not recommended.

    `kind` is `closed` (by the gates of `rules`), `short of` (it does not lead the less disruptive `option` by its
    margin; `points` are missing), `behind` (the recommended `option` has so many points more), or why it was set aside:
    `status quo stands`; of the status quo, `change called for` (by `rules`) or `outweighed` (`points` are missing).
    """

    kind: str
    option: str | None = None
    points: float | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionWhy:
    """Where an option stands, and why; `silent` are the rules that would argue for it and did not fire."""

    option: str
    title: str
    recommended: bool
    rank: int
    score: float
    margin: float
    status: str
    form: str
    form_title: str
    earliest: str | None
    steps: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    gates: tuple[GateAccount, ...]
    arguments_for: tuple[ArgumentAccount, ...]
    arguments_against: tuple[ArgumentAccount, ...]
    silent: tuple[RuleAccount, ...]


@dataclass(frozen=True, slots=True)
class ConclusionWhy:
    """A finding or diagnosis: every rule that could make it, and the rules that fired because it was made."""

    kind: str
    name: str
    made: bool
    severity: str
    rules: tuple[RuleAccount, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleWhy:
    """One rule, with its condition."""

    account: RuleAccount


Why = OptionWhy | ConclusionWhy | RuleWhy


def why_option(judged: Judged, option: str) -> OptionWhy:
    """Why an option stands where it stands. Raises NotFoundError for a name that is not one of the six."""
    _require(option, OPTIONS, "option", f"the options are {', '.join(OPTIONS)}")
    standing = judged.verdict.standing(option)
    declared = judged.ruleset.weighing.options[option]
    teller = _Teller(judged)
    _tell_in_order(standing, teller)
    return OptionWhy(
        option=option,
        title=declared.title,
        recommended=standing.rank == 1,
        rank=standing.rank,
        score=standing.score,
        margin=declared.margin,
        status=standing.status,
        form=standing.form,
        form_title=declared.forms[standing.form],
        earliest=standing.earliest.isoformat() if standing.earliest else None,
        steps=standing.steps,
        obstacles=_obstacles(judged, standing),
        gates=tuple(_gate(gate, teller) for gate in standing.gates),
        arguments_for=tuple(_argument(argument, teller) for argument in standing.arguments_for),
        arguments_against=tuple(_argument(argument, teller) for argument in standing.arguments_against),
        silent=_silent(judged, option, teller),
    )


def why_conclusion(judged: Judged, name: str) -> ConclusionWhy:
    """Why a finding or diagnosis was made, or not. Raises NotFoundError where no rule makes one of that name."""
    ruleset = judged.ruleset
    names = (*ruleset.findings, *ruleset.diagnoses)
    _require(name, names, "finding or diagnosis", "`advisor assess FACTS --format json` lists those that were made")
    kind = "finding" if name in ruleset.findings else "diagnosis"
    situation = judged.judgement.situation
    level = situation.level(kind, name)
    teller = _Teller(judged)
    makers = [rule for rule in ruleset.rules if (kind, name) in rule.makes]
    accounts = [teller.tell(rule) for rule in sorted(makers, key=lambda rule: rule.id not in teller.fired)]
    return ConclusionWhy(
        kind=kind,
        name=name,
        made=level > 0,
        severity=SEVERITIES[level - 1] if kind == "finding" and level else "",
        rules=tuple(accounts),
        used_by=tuple(rule.id for rule in ruleset.rules if (kind, name) in rule.asks and rule.id in teller.fired),
    )


def why_rule(judged: Judged, rule: str) -> RuleWhy:
    """Why a rule fired, or not. Raises NotFoundError where the ruleset has no such rule."""
    by_id = judged.ruleset.by_id
    _require(rule, tuple(by_id), "rule", "`--option` and `--finding` name the rules behind them")
    return RuleWhy(_Teller(judged).tell(by_id[rule]))


def _require(name: str, names: tuple[str, ...], what: str, otherwise: str) -> None:
    if name not in names:
        found = nearest(name, names)
        hint = f"did you mean `{found}`?" if found else otherwise
        raise NotFoundError(f"there is no {what} `{shorten(name)}`\n  hint: {hint}")


class _Teller:
    """Tells rules, each with its condition once."""

    def __init__(self, judged: Judged) -> None:
        self.judged = judged
        self.fired = judged.judgement.fired | judged.plan.fired
        self.told: set[str] = set()
        self.makers: dict[tuple[str, str], list[Rule]] = {}
        for rule in judged.ruleset.rules:
            for key in rule.makes:
                self.makers.setdefault(key, []).append(rule)
        self._readings: dict[bool, Readings] = {}
        self._accounts: dict[str, RuleAccount] = {}

    def situation(self, rule: Rule) -> Situation:
        return (self.judged.plan if rule.plans else self.judged.judgement).situation

    def readings(self, rule: Rule) -> Readings:
        if rule.plans not in self._readings:
            self._readings[rule.plans] = Readings(self.situation(rule), self.judged.ruleset)
        return self._readings[rule.plans]

    def tell(self, rule: Rule, deeply: bool = True) -> RuleAccount:
        """The account of a rule; not `deeply`, only what kept it from firing is told, and no finding is followed."""
        when = None
        in_the_way: tuple[Part, ...] = ()
        if not deeply or rule.id not in self.told:
            follow: Makers = self._made if deeply else _nothing
            if deeply:
                self.told.add(rule.id)
            whole = self.readings(rule).part(tree(rule.when, self.situation(rule)), follow)
            when = whole if deeply else None
            in_the_way = whole.in_the_way() if rule.id not in self.fired else ()
        return RuleAccount(
            rule=rule.id,
            title=rule.title,
            ground=rule.ground,
            state=self.state(rule),
            concludes=concludes(rule),
            because=self.judged.reasons.of(rule) if rule.id in self.fired else "",
            source=rule.source,
            when=when,
            in_the_way=in_the_way,
        )

    def tell_once(self, rule: Rule) -> RuleAccount:
        """The account of a rule in the place where it was first told in its own right."""
        if rule.id not in self._accounts:
            self._accounts[rule.id] = self.tell(rule)
        return self._accounts[rule.id]

    def state(self, rule: Rule) -> str:
        if rule.id in self.fired:
            return FIRED
        if not rule.in_force(self.judged.case.as_of):
            return OUT_OF_FORCE
        return UNDECIDED if tree(rule.when, self.situation(rule)).truth is None else FAILED

    def _made(self, asked: Made) -> tuple[RuleAccount, ...]:
        """The rules that made what was asked for; where none did and it was wanted, those that could have, in short."""
        makers = [rule for rule in self.makers.get((asked.kind, asked.name), ()) if _reaches(rule, asked)]
        did = tuple(self.tell(rule) for rule in makers if rule.id in self.fired)
        return did if did or asked.negated else tuple(self.tell(rule, deeply=False) for rule in makers)


def _reaches(rule: Rule, asked: Made) -> bool:
    """Whether what a rule makes is as grave as what was asked for."""
    for one in rule.then:
        if isinstance(one, Finding) and one.id == asked.name and one.severity < asked.level:
            return False
    return True


def _nothing(asked: Made) -> tuple[RuleAccount, ...]:
    return ()


def _tell_in_order(standing: Standing, teller: _Teller) -> None:
    """Tells what weighs most first, so that what comes back later has been told in full before."""
    arguments = (*standing.arguments_for, *standing.arguments_against)
    for gate in standing.gates:
        if gate.form in (None, standing.form):
            teller.tell_once(gate.rule)
    for counted in (True, False):
        for argument in arguments:
            if argument.counted is counted:
                teller.tell_once(argument.rule)


def _argument(argument: WeighedArgument, teller: _Teller) -> ArgumentAccount:
    return ArgumentAccount(argument.strength, argument.points, argument.counted, teller.tell_once(argument.rule))


def _gate(gate: AppliedGate, teller: _Teller) -> GateAccount:
    earliest = gate.earliest.isoformat() if gate.earliest else None
    return GateAccount(gate.status, gate.form, gate.steps, earliest, teller.tell_once(gate.rule))


def _silent(judged: Judged, option: str, teller: _Teller) -> tuple[RuleAccount, ...]:
    """Rules that would argue for an option and did not fire, the weightiest first; in short."""
    points = judged.ruleset.weighing.strengths
    found = []
    for rule in judged.ruleset.rules:
        if rule.id in teller.fired:
            continue
        strength = max(
            (
                points[one.strength]
                for one in rule.then
                if isinstance(one, Argument) and one.option == option and one.side == "for"
            ),
            default=None,
        )
        if strength is not None:
            found.append((-strength, rule.id, rule))
    return tuple(teller.tell(rule, deeply=False) for _, _, rule in sorted(found, key=lambda one: one[:2]))


def _obstacles(judged: Judged, standing: Standing) -> tuple[Obstacle, ...]:
    if standing.rank == 1:
        return ()
    found = []
    if standing.status == "closed":
        closing = [gate for gate in standing.gates if gate.status == "closed"]
        # Where no gate closes the option as a whole, it is closed because each of its forms is.
        closing = [gate for gate in closing if gate.form is None] or closing
        found.append(Obstacle("closed", rules=tuple(gate.rule.id for gate in closing)))
    if standing.set_aside:
        found.append(_set_aside(judged, standing))
    elif standing.short_of is not None:
        found.append(Obstacle("short of", *standing.short_of))
    winner = judged.verdict.winner
    if standing.set_aside in ("", STANDS) and standing.short_of is None and winner.score > standing.score:
        found.append(Obstacle("behind", winner.option, winner.score - standing.score))
    return tuple(found)


def _set_aside(judged: Judged, standing: Standing) -> Obstacle:
    declared = judged.ruleset.weighing.status_quo
    assert declared is not None
    if standing.set_aside == STANDS:
        return Obstacle(STANDS, judged.verdict.winner.option)
    if standing.set_aside == OUTWEIGHED:
        return Obstacle(OUTWEIGHED, points=declared.least_score - standing.score)
    fired = [firing.rule for firing in judged.judgement.firings]
    callers = tuple(rule.id for rule in fired if ("diagnosis", declared.barred_by) in rule.makes)
    return Obstacle(CHANGE, rules=callers)
