"""Explanations as pages: what it comes to first, then the rules behind it, each down to the facts.

Only what had a part in the outcome is shown; the JSON form has every part of every condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from engine.cli.terminal import BAD, FAINT, GOOD, PLAIN, STRONG, WARN, Marks, Page, Style
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS
from engine.explain.parts import Part, Reading, RecordReading, RuleAccount
from engine.explain.why import (
    FAILED,
    FIRED,
    OUT_OF_FORCE,
    UNDECIDED,
    ArgumentAccount,
    ConclusionWhy,
    GateAccount,
    Obstacle,
    OptionWhy,
    RuleWhy,
    Why,
)
from engine.report import day, signed

Account = TypeVar("Account")

SILENT = 12
RECORDS = 6

_STATES: Mapping[str, tuple[str, Style]] = {
    FIRED: ("fired", GOOD),
    FAILED: ("did not fire", BAD),
    UNDECIDED: ("could not be decided: something that it asks for is not known", WARN),
    OUT_OF_FORCE: ("is not in force for this case", FAINT),
}


class Explainer:
    """Writes one explanation onto a page."""

    def __init__(self, page: Page, marks: Marks, sources: Mapping[str, str]) -> None:
        """`sources` tells for each source id what it is."""
        self.page = page
        self.marks = marks
        self.sources = sources

    def write(self, why: Why) -> None:
        """Writes an explanation of any kind."""
        if isinstance(why, OptionWhy):
            self._option(why)
        elif isinstance(why, ConclusionWhy):
            self._conclusion(why)
        else:
            self._rule_alone(why)

    # -- options

    def _option(self, why: OptionWhy) -> None:
        page = self.page
        page.title(f"{why.title} is {'' if why.recommended else 'not '}recommended")
        page.item("rank  ", f"{why.rank} of 6", lead_style=FAINT)
        page.item("score ", signed(why.score), lead_style=FAINT)
        page.item("status", why.status, lead_style=FAINT)
        page.item("form  ", f"{why.form}: {why.form_title}", lead_style=FAINT)
        if why.earliest:
            page.item("from  ", day(why.earliest), lead_style=FAINT)
        if why.obstacles:
            page.heading("Why it is not recommended")
            for obstacle in why.obstacles:
                page.item("-", _in_words(obstacle, why))
        if why.steps:
            page.heading("What has to be done first")
            for step in why.steps:
                page.item("-", step)
        self._several("Gates", [gate for gate in why.gates if gate.form in (None, why.form)], self._gate)
        counted_for = [one for one in why.arguments_for if one.counted]
        counted_against = [one for one in why.arguments_against if one.counted]
        self._several(f"What speaks for it{_sum(counted_for, '+')}", counted_for, self._argument("+"))
        self._several(f"What speaks against it{_sum(counted_against, '-')}", counted_against, self._argument("-"))
        self._uncounted(why)
        self._other_forms(why)
        self._silent(why)

    def _several(self, heading: str, items: list[Account], tell: Callable[[Account], None]) -> None:
        if items:
            self.page.heading(heading)
            for item in items:
                tell(item)

    def _gate(self, gate: GateAccount) -> None:
        style = BAD if gate.status == "closed" else WARN
        self._rule(gate.rule, 2, lead_style=style, strong=_gate_in_words(gate))

    def _argument(self, sign: str) -> Callable[[ArgumentAccount], None]:
        def tell(argument: ArgumentAccount) -> None:
            self._rule(argument.rule, 2, f"{sign}{argument.points:g}", GOOD if sign == "+" else BAD)

        return tell

    def _uncounted(self, why: OptionWhy) -> None:
        """Arguments that a stronger one of their ground replaces: named, not told."""
        uncounted = [("for", one) for one in why.arguments_for if not one.counted]
        uncounted += [("against", one) for one in why.arguments_against if not one.counted]
        if uncounted:
            self.page.heading("Not counted, beside a stronger reason of the same ground")
            for side, argument in uncounted:
                self.page.item("-", f"{side}, {argument.strength}: {argument.rule.title} [{argument.rule.rule}]")

    def _other_forms(self, why: OptionWhy) -> None:
        """Gates of forms that were not chosen: named, not told."""
        others = [gate for gate in why.gates if gate.form not in (None, why.form)]
        if others:
            self.page.heading("Gates of its other forms")
            for gate in others:
                self.page.item("-", f"{gate.rule.title} [{gate.rule.rule}]", strong=_gate_in_words(gate))

    def _silent(self, why: OptionWhy) -> None:
        if not why.silent:
            return
        self.page.heading("What would speak for it, and does not")
        for account in why.silent[:SILENT]:
            self.page.item("-", f"{account.title} [{account.rule}]")
            self._in_the_way(account, 6)
        if len(why.silent) > SILENT:
            rest = len(why.silent) - SILENT
            self.page.paragraph(f"and {rest} more; `--format json` has them all", indent=4, style=FAINT)

    # -- findings, diagnoses, rules

    def _conclusion(self, why: ConclusionWhy) -> None:
        page = self.page
        severity = f", {why.severity}" if why.severity else ""
        page.title(f"The {why.kind} {why.name} was {'made' if why.made else 'not made'}{severity}")
        fired = [rule for rule in why.rules if rule.state == FIRED]
        silent = [rule for rule in why.rules if rule.state != FIRED]
        if fired:
            page.heading("Rules that made it")
            for rule in fired:
                self._rule(rule, 2)
        if silent:
            page.heading("Rules that could make it and did not fire")
            for rule in silent:
                self._rule(rule, 2)
        if why.used_by:
            page.heading("What follows from it")
            for name in why.used_by:
                page.item("-", name)

    def _rule_alone(self, why: RuleWhy) -> None:
        account = why.account
        words, style = _STATES[account.state]
        self.page.title(account.title)
        self.page.item("rule     ", f"{account.rule}", lead_style=FAINT)
        self.page.item("state    ", words, lead_style=FAINT, style=style)
        self.page.item("concludes", "; ".join(account.concludes), lead_style=FAINT)
        for source in account.source:
            self.page.item("source   ", f"{source}, {self.sources.get(source, '')}", lead_style=FAINT)
        if account.because:
            self.page.heading("In the words of the case")
            self.page.paragraph(account.because, indent=2)
        self.page.heading("Its condition")
        if account.when is not None:
            self._part(account.when, 2)

    # -- one rule, down to the facts

    def _rule(
        self, account: RuleAccount, indent: int, lead: str = "-", lead_style: Style = PLAIN, strong: str = ""
    ) -> None:
        page = self.page
        name = f"{account.title} [{account.rule}]"
        page.item(lead, name, indent=indent, strong=strong, lead_style=lead_style, style=STRONG)
        inner = indent + 4
        if account.state != FIRED:
            words, style = _STATES[account.state]
            page.paragraph(words, indent=inner, style=style)
        if account.because:
            page.paragraph(account.because, indent=inner)
        if account.source:
            page.paragraph(f"source: {', '.join(account.source)}", indent=inner, style=FAINT)
        if account.when is not None:
            self._part(account.when, inner)
        elif account.in_the_way:
            self._in_the_way(account, inner)
        elif account.state == FIRED:
            page.paragraph("its condition is told above", indent=inner, style=FAINT)

    def _in_the_way(self, account: RuleAccount, indent: int) -> None:
        if account.state == OUT_OF_FORCE:
            self.page.paragraph(_STATES[OUT_OF_FORCE][0], indent=indent, style=FAINT)
        for part in account.in_the_way:
            self._leaf(part, indent)

    def _part(self, part: Part, indent: int) -> None:
        if not part.matters:
            return
        if not part.parts:
            self._leaf(part, indent)
            return
        shown = [one for one in part.parts if one.matters]
        if len(shown) == 1 and len(part.parts) == 1 and part.text != "none":
            self._part(shown[0], indent)
            return
        words = {"all": "all of these", "any": "at least one of these", "none": "none of these"}[part.text]
        self.page.item(self._mark(part), f"{words}:", indent=indent, lead_style=self._style(part))
        for one in _flat(shown, part.text):
            self._part(one, indent + 2)

    def _leaf(self, part: Part, indent: int) -> None:
        found = self._found(part)
        here = "" if part.met is True else f"  {self.marks.here} {'undecided' if part.met is None else 'fails here'}"
        self.page.item(self._mark(part), f"{part.text}{found}{here}", indent=indent, lead_style=self._style(part))
        for reading in part.readings:
            provenance = _provenance(reading)
            if provenance:
                self.page.paragraph(provenance, indent=indent + 4, style=FAINT)
        self._records(part, indent + 4)
        for rule in part.rules:
            self._rule(rule, indent + 2)

    def _found(self, part: Part) -> str:
        """What was found instead of, or in agreement with, what was asked."""
        readings = [reading for reading in part.readings if reading.kind != "list" or reading.value is None]
        if len(readings) == 1 and readings[0].name in part.text:
            return f": {_value(readings[0])}"
        return "".join(f"; {reading.name} is {_value(reading)}" for reading in readings)

    def _records(self, part: Part, indent: int) -> None:
        passing = [record for record in part.records if record.passes is True]
        others = [record for record in part.records if record.passes is not True]
        # Where records that pass are enough to explain the outcome, the others would only distract.
        shown = passing if passing and part.truth is True else passing + others
        for record in shown[:RECORDS]:
            self._record(record, indent)
        if len(shown) > RECORDS:
            self.page.paragraph(f"and {len(shown) - RECORDS} more", indent=indent, style=FAINT)

    def _record(self, record: RecordReading, indent: int) -> None:
        fields = ", ".join(f"{name} {'not known' if value is None else value}" for name, value in record.fields)
        name = record.id if record.label == record.id else f"{record.id}, {record.label}"
        mark = {True: self.marks.holds, False: self.marks.fails, None: self.marks.unknown}[record.passes]
        self.page.item(mark, f"{name}{f' ({fields})' if fields else ''}", indent=indent, style=FAINT)

    def _mark(self, part: Part) -> str:
        return {True: self.marks.holds, False: self.marks.fails, None: self.marks.unknown}[part.truth]

    def _style(self, part: Part) -> Style:
        return {True: GOOD, False: BAD, None: WARN}[part.met]


def _flat(parts: list[Part], block: str) -> list[Part]:
    """The parts of a block, with those of an `all` within an `all` as its own."""
    if block != "all":
        return parts
    return [one for part in parts for one in (_flat([*part.parts], "all") if part.text == "all" else [part])]


def _gate_in_words(gate: GateAccount) -> str:
    of_form = f" for {gate.form}" if gate.form else ""
    date = f", from {day(gate.earliest)}" if gate.earliest else ""
    return f"{gate.status[:1].upper()}{gate.status[1:]}{of_form}{date}:"


def _sum(arguments: list[ArgumentAccount], sign: str) -> str:
    return f" ({sign}{sum(argument.points for argument in arguments):g})" if arguments else ""


def _in_words(obstacle: Obstacle, why: OptionWhy) -> str:
    if obstacle.kind == "closed":
        return f"It is closed: {', '.join(obstacle.rules) or 'none of its forms is open'}."
    if obstacle.kind == STANDS:
        return "Going on unchanged stands by itself: nothing calls for a change, and its score is high enough."
    if obstacle.kind == CHANGE:
        return f"A change is called for, so that going on unchanged is set aside: {', '.join(obstacle.rules)}."
    points = f"{obstacle.points:g} {'point' if obstacle.points == 1 else 'points'}"
    if obstacle.kind == OUTWEIGHED:
        return f"More speaks against going on unchanged than for it: {points} are missing."
    if obstacle.kind == "short of":
        margin = f"by {why.margin:g}" if why.margin else "or equal it"
        return f"It has to lead {obstacle.option}, which is less disruptive, {margin}, and is {points} short of that."
    return f"The recommended option, {obstacle.option}, has {points} more."


def _value(reading: Reading) -> str:
    if reading.value is not None:
        return reading.value
    return f"not known (needs {', '.join(reading.behind)})" if reading.behind else "not known"


def _provenance(reading: Reading) -> str:
    """Where a value comes from and what makes it doubtful; for an unknown one, the question to ask."""
    if reading.value is None:
        return reading.title if reading.kind in ("fact", "list") else ""
    if reading.kind == "list":
        return ""
    parts = [f"from {', '.join(reading.behind)}"] if reading.behind else []
    parts += [reading.source] if reading.source else []
    parts += [f"dated {day(reading.dated)}"] if reading.dated else []
    parts += [f"{reading.confidence} confidence"] if reading.confidence != "high" else []
    parts += ["disputed"] if reading.disputed else []
    return "; ".join(parts)
