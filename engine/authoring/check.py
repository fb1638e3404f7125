"""What is wrong with a ruleset that loads: each check is a function in the registry, its docstring the manual.

An error would mislead somebody or fail on some case; a warning is worth a look, and may be intended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.authoring.certainty import Certainty
from engine.authoring.contradiction import contradiction
from engine.authoring.texts import text_problems
from engine.conditions import Made, leaves
from engine.errors import Location, Problem, did_you_mean
from engine.rules import OPTIONS, Action, Argument, Finding, FormChoice, Gate, Rule, Ruleset

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a check found."""

    check: str
    level: str
    problem: Problem


Check = Callable[[Ruleset], Iterator[tuple[str, Problem]]]


def texts(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """The reasons and actions of rules can be written in every case.

    Each text is a template in which all names exist: facts, measures, lists, fields and filters. `matching(LIST)` needs
    a condition of the same rule that tests the list. It is a warning where a text gives a fact or measure that the
    rule's condition does not make certain to be known: on some case it would read `unknown`.
    """
    certainty = Certainty(ruleset)
    for rule in ruleset.rules:
        actions = [(one.text, one.location or rule.location) for one in rule.then if isinstance(one, Action)]
        for text, place in ((rule.because, rule.because_location), *actions):
            for certain, message, hint in text_problems(rule, text, certainty):
                whole = f"the text of rule `{rule.id}` {message}"
                yield ERROR if certain else WARNING, Problem(place, whole, hint)


def contradictions(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """Every rule can fire: its condition does not ask for two things that exclude each other.

    Found are conditions on one fact, measure, list or finding that must hold together and cannot. Contradictions
    across several facts or through other rules are not looked for.
    """
    for rule in ruleset.rules:
        reason = contradiction(rule.when)
        if reason:
            message = f"rule `{rule.id}` can never fire: {reason}"
            yield ERROR, Problem(rule.location, message, "put alternatives into an `any` block")


def unused_findings(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """Every finding is asked for by some rule; one that is not has no influence on the answer.

    It is still listed among the findings, so this is a warning.
    """
    asked = {name for rule in ruleset.rules for kind, name in rule.asks if kind == "finding"}
    told: set[str] = set()
    for rule in ruleset.rules:
        for one in rule.then:
            if isinstance(one, Finding) and one.id not in asked and one.id not in told:
                told.add(one.id)
                message = f"no rule asks for the finding `{one.id}`, so it has no influence on the answer"
                yield WARNING, Problem(rule.location, message, "let an argument, a diagnosis or an action ask for it")


def conclusions_of_idle_rules(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """What an active rule asks for is made by some active rule; drafts and retired rules make nothing.

    It is a warning, since a rule may be retired before those that ask for what it made.
    """
    made = {key for rule in _active(ruleset) for key in rule.makes}
    for rule in _active(ruleset):
        for leaf in leaves(rule.when):
            if isinstance(leaf, Made) and (leaf.kind, leaf.name) not in made:
                always = "always" if leaf.negated else "never"
                message = f"only draft or retired rules make the {leaf.kind} `{leaf.name}`, so this is {always} met"
                yield WARNING, Problem(leaf.location or rule.location, message, "activate one of them, or do not ask")


def argued_both_ways(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """For every option there is some argument for it and some against it."""
    argued = {(one.option, one.side) for rule in _active(ruleset) for one in rule.then if isinstance(one, Argument)}
    for option in OPTIONS:
        for side in ("for", "against"):
            if (option, side) not in argued:
                message = f"no rule argues {side} the option `{option}`"
                yield (
                    ERROR,
                    Problem(_weighing(ruleset), message, f"write a rule with `then: {{{side}: {{{option}: …}}}}`"),
                )


def some_option_stays_open(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """At least one option has no gate that closes it; otherwise some case may be left without any option.

    An option is closed by a gate on the whole of it, or by gates on each of its forms.
    """
    closed: set[tuple[str, str | None]] = set()
    for rule in _active(ruleset):
        closed.update((one.option, one.form) for one in rule.then if isinstance(one, Gate) and one.status == "closed")

    def can_be_closed(option: str) -> bool:
        forms = ruleset.weighing.options[option].forms
        return (option, None) in closed or all((option, form) in closed for form in forms)

    if all(can_be_closed(option) for option in OPTIONS):
        message = "every option has gates that can close it, so a case may be left without any"
        yield ERROR, Problem(_weighing(ruleset), message, "let one option be conditional at most")


def forms_that_nothing_chooses(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """Every form of an option, except its default, is chosen by some rule; otherwise it is never recommended."""
    chosen = {(one.option, one.form) for rule in _active(ruleset) for one in rule.then if isinstance(one, FormChoice)}
    for option in OPTIONS:
        declared = ruleset.weighing.options[option]
        for form in declared.forms:
            if form != declared.default_form and (option, form) not in chosen:
                message = f"no rule chooses the form `{form}` of `{option}`"
                yield WARNING, Problem(_weighing(ruleset), message, f"write a rule with `then: {{form: {form}, …}}`")


def every_source_has_a_home(ruleset: Ruleset) -> Iterator[tuple[str, Problem]]:
    """Everything that the sources know is used, or says why not (`unused` in sources.yaml).

    Facts, lists, fields and measures cite only sources that exist. It is a warning where nothing cites a source
    that gives no reason, and where something cites one that says it is unused.
    """
    cited: dict[str, Location] = {}
    for what, ids, place in _citations(ruleset):
        for id_ in ids:
            cited.setdefault(id_, place)
            if id_ not in ruleset.sources:
                hint = did_you_mean(id_, ruleset.sources, "sources are declared in sources.yaml")
                yield ERROR, Problem(place, f"{what} cites `{id_}`, which is no source", hint)
    folder = _weighing(ruleset).file.rpartition("weighing.yaml")[0]
    for source in ruleset.sources.values():
        if source.unused and source.id in cited:
            message = f"the source `{source.id}` is cited, and sources.yaml says why it is unused"
            yield WARNING, Problem(cited[source.id], message, "take one of the two away")
        elif not source.unused and source.id not in cited:
            message = f"nothing rests on the source `{source.id}`"
            place = Location(f"{folder}sources.yaml", 1, 1)
            yield WARNING, Problem(place, message, "cite it in `source`, or say why not with `unused`")


def _citations(ruleset: Ruleset) -> Iterator[tuple[str, tuple[str, ...], Location]]:
    """What cites sources, the ids it cites, and where it stands."""
    facts = list(ruleset.vocabulary.facts.values())
    for records in ruleset.vocabulary.lists.values():
        yield f"the record list `{records.name}`", records.source, records.location or _weighing(ruleset)
        facts += records.fields.values()
    for fact in facts:
        yield f"the fact `{fact.name}`", fact.source, fact.location or _weighing(ruleset)
    for measure in ruleset.measures:
        yield f"the measure `{measure.id}`", measure.source, measure.location or _weighing(ruleset)
    for rule in ruleset.rules:
        yield f"the rule `{rule.id}`", rule.source, rule.location


CHECKS: Mapping[str, Check] = {
    "texts": texts,
    "contradictions": contradictions,
    "unused-findings": unused_findings,
    "conclusions-of-idle-rules": conclusions_of_idle_rules,
    "argued-both-ways": argued_both_ways,
    "some-option-stays-open": some_option_stays_open,
    "forms-that-nothing-chooses": forms_that_nothing_chooses,
    "every-source-has-a-home": every_source_has_a_home,
}


def check(ruleset: Ruleset, progress: Callable[[str], None] | None = None) -> tuple[Found, ...]:
    """Runs all checks; what they found, in the order of the files. `progress` is told each check."""
    found: list[Found] = []
    for name, one in CHECKS.items():
        if progress is not None:
            progress(f"check {name}")
        found += [Found(name, level, problem) for level, problem in one(ruleset)]
    return tuple(sorted(found, key=lambda one: (one.problem.location, one.problem.message)))


def _active(ruleset: Ruleset) -> Iterator[Rule]:
    return (rule for rule in ruleset.rules if rule.status == "active")


def _weighing(ruleset: Ruleset) -> Location:
    """The file in which options are declared; messages about the whole ruleset point there."""
    folder = ruleset.rules[0].location.file.rpartition("/rules/")[0]
    return Location(f"{folder}/weighing.yaml" if folder else "weighing.yaml", 1, 1)
