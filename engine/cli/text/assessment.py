"""The report of an assessment as a page: the recommendation first, then what it rests on and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.cli.terminal import BAD, FAINT, GOOD, PLAIN, STRONG, WARN, Cell, Page, Style
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS
from engine.report import AFTERWARDS, day, signed

if TYPE_CHECKING:
    from engine.assessment import Assessment

View = dict[str, Any]

REASONS = 3
CAUSES = 4
MISSING = 5
BRIEF = 70
NEXT_ACTIONS = 5

STATUS_STYLES: Mapping[str, Style] = {"open": GOOD, "conditional": WARN, "closed": BAD}
SET_ASIDE: Mapping[str, str] = {
    STANDS: "going on unchanged stands by itself",
    CHANGE: "set aside: a change is called for",
    OUTWEIGHED: "set aside: more speaks against it",
}
READINESS: Mapping[str, tuple[str, Style]] = {
    "decide": ("ready to decide", GOOD),
    "hold": ("hold the decision", WARN),
    "suspend": ("suspend, and call counsel", BAD),
}


def rules_shown(assessment: Assessment) -> frozenset[str]:
    """The rules whose reasons the page shows."""
    winner = assessment.recommended
    sides = (winner.arguments_for, winner.arguments_against)
    counted = [[argument.rule.id for argument in side if argument.counted] for side in sides]
    strongest = [id_ for side in counted for id_ in side[:REASONS]]
    return frozenset([*strongest, *(rule.id for rule in assessment.readiness.rules)])


def assessment_page(report: View, page: Page) -> None:
    """Writes a report onto a page."""
    _head(report, page)
    _recommendation(report["recommendation"], page)
    _causes(report["diagnoses"], page)
    _before_deciding(report["readiness"], page)
    _options(report["options"], page)
    _reasons(report["options"][0], page)
    _missing(report["missing"], page)
    _next(report, page)
    _foot(report, page)


def _head(report: View, page: Page) -> None:
    alliance = report["alliance"]
    page.title(alliance["name"])
    page.paragraph(f"{alliance['us']} with {alliance['partner']}, as of {day(alliance['as_of'])}", style=FAINT)


def _recommendation(recommendation: View, page: Page) -> None:
    page.heading("Recommendation")
    page.item("", f"{recommendation['form_title']}", strong=f"{recommendation['title']},")
    words, style = READINESS[recommendation["readiness"]]
    page.item("readiness  ", words, lead_style=FAINT, style=style)
    page.item("confidence ", recommendation["confidence"], lead_style=FAINT)
    page.item("review on  ", day(recommendation["review_on"]), lead_style=FAINT)
    page.blank()
    page.paragraph(recommendation["summary"], indent=2)


def _causes(diagnoses: list[View], page: Page) -> None:
    """Where the cause lies, in the titles of what was diagnosed; not the steps of the reasoning."""
    told = [one for one in diagnoses if not one["step"]]
    if told:
        page.heading("Diagnosis")
        for one in told[:CAUSES]:
            page.item("-", one["title"])
        _more(len(told) - CAUSES, page)


def _before_deciding(readiness: View, page: Page) -> None:
    if readiness["state"] == "decide":
        return
    page.heading("Before deciding")
    for rule in readiness["rules"]:
        page.item("-", rule["because"])
    if readiness["too_little_known"]:
        page.item("-", "Too little is known about the alliance to decide.")
    for doubt in readiness["doubts"]:
        state = "is not known" if doubt["missing"] else "is in doubt"
        page.item("-", f"{doubt['fact']} {state}; it could lead to {_or(doubt['could_lead_to'])}.")
    if readiness["obtain"]:
        page.paragraph("Obtain:", indent=2)
    for one in readiness["obtain"][:MISSING]:
        page.item("-", f"{one['question']} ({one['fact']})", indent=4)
    _more(len(readiness["obtain"]) - MISSING, page, indent=4)


def _options(options: list[View], page: Page) -> None:
    page.heading("Options")
    rows = [
        [
            Cell(str(option["rank"]), right=True),
            Cell(option["title"], STRONG if option["rank"] == 1 else PLAIN),
            Cell(signed(option["score"]), right=True),
            Cell(option["status"], STATUS_STYLES[option["status"]]),
            Cell(option["earliest_date"] or ""),
            Cell(_standing(option, options[0]), FAINT),
        ]
        for option in options
    ]
    page.table(["", "option", "score", "status", "earliest", "standing"], rows)


def _standing(option: View, winner: View) -> str:
    """Why an option has its rank, in a few words."""
    if option["rank"] == 1:
        return "recommended"
    if option["status"] == "closed":
        closing = [gate for gate in option["gates"] if gate["status"] == "closed"]
        whole = [gate for gate in closing if gate["form"] is None] or closing
        return whole[0]["title"] if whole else "no form of it is open"
    if option["set_aside"] and not (option["set_aside"] == STANDS and option["score"] < winner["score"]):
        return SET_ASIDE[option["set_aside"]]
    if option["short_of"]:
        short = option["short_of"]
        return f"lacks {_points(short['points'])} against {short['option']}"
    return f"{_points(winner['score'] - option['score'])} behind" if winner["score"] > option["score"] else "as strong"


def _reasons(option: View, page: Page) -> None:
    for side, heading, sign in (
        ("for", "Strongest reasons for it", "+"),
        ("against", "Strongest reasons against it", "-"),
    ):
        counted = [argument for argument in option[side] if argument["counted"]]
        page.heading(heading)
        for argument in counted[:REASONS]:
            lead = f"{sign}{argument['points']:g}"
            style = GOOD if side == "for" else BAD
            page.item(lead, argument["because"], strong=f"{argument['ground_title']}:", lead_style=style)
        _more(len(counted) - REASONS, page)
        if not counted:
            page.paragraph("None of weight.", indent=2)


def _missing(missing: list[View], page: Page) -> None:
    page.heading("What is missing")
    if not missing:
        page.paragraph("No unknown fact could, by itself, change the recommendation.", indent=2)
    for number, one in enumerate(missing[:MISSING], start=1):
        page.item(f"{number}.", one["question"])
        page.paragraph(f"{one['fact']}; could lead to {led_to(one)}", indent=5, style=FAINT)
    _more(len(missing) - MISSING, page, indent=5)


def led_to(missing: View) -> str:
    """The options that an unknown fact could lead to, each with the values that do: `exit (gone or weakening)`."""
    return _or([f"{one['option']} ({_in_brief(one['in_words'])})" for one in missing["values"]])


def _in_brief(words: str) -> str:
    return words if len(words) <= BRIEF else f"{words[: words.rfind(' ', 0, BRIEF)].rstrip(',')} …"


def _next(report: View, page: Page) -> None:
    page.heading("What to do next")
    readiness, steps, afterwards = report["readiness"], report["next"], report["afterwards"]
    wanted = readiness["obtain"] if readiness["state"] != "decide" else []
    if wanted:
        facts = [one["fact"] for one in wanted[:MISSING]]
        more = f" and {len(wanted) - MISSING} more" if len(wanted) > MISSING else ""
        page.item("first     ", f"{', '.join(facts)}{more}", strong="Obtain:", lead_style=STRONG)
    for action in steps[:NEXT_ACTIONS]:
        page.item(action["due"], action["action"], strong=f"{capital(action['owner'])}:", lead_style=STRONG)
    _more(len(steps) - NEXT_ACTIONS, page, indent=13)
    if afterwards:
        number = "1 step" if len(afterwards) == 1 else f"{len(afterwards)} steps"
        when = AFTERWARDS.get(readiness["state"], "Afterwards")
        page.paragraph(f"{when}: {number} (`advisor memo` lists them).", indent=2)
    if not (wanted or steps or afterwards):
        page.paragraph("The ruleset names no action for this case.", indent=2)


def _foot(report: View, page: Page) -> None:
    ruleset = report["ruleset"]
    page.blank()
    version = f"{ruleset['name']} {ruleset['version']} ({ruleset['sha256'][:12]})"
    page.paragraph(
        f"Ruleset {version}, facts {report['facts_sha256'][:12]}."
        " `advisor explain` follows each reason to rules and facts. This is advice and not law: counsel confirms rights"
        " and deadlines.",
        style=FAINT,
    )


def _more(number: int, page: Page, indent: int = 5) -> None:
    if number > 0:
        page.paragraph(f"and {number} more", indent=indent, style=FAINT)


def _points(points: float) -> str:
    return f"{points:g} point" if points == 1 else f"{points:g} points"


def capital(text: str) -> str:
    """The text with its first letter as a capital; the others stay as they are."""
    return text[:1].upper() + text[1:]


def _or(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"
