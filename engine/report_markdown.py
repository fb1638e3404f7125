"""The report of an assessment as a short document in Markdown, for a wiki, a ticket or a message.

It says what the terminal says. All text is escaped: nothing in the facts can become a heading, a link, a table or HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.escape import for_markdown
from engine.explain.because import either
from engine.report import AFTERWARDS, WHO_OBTAINS, day, signed

View = dict[str, Any]

_READINESS: Mapping[str, str] = {
    "decide": "ready to decide",
    "hold": "hold the decision",
    "suspend": "suspend, and call counsel",
}


def markdown(report: View) -> str:
    """The document, ending with a line break."""
    parts = (_head, _before_deciding, _options, _reasons, _missing, _actions, _foot)
    return "\n".join(line for part in parts for line in part(report)).rstrip("\n") + "\n"


def _head(report: View) -> Iterable[str]:
    alliance, recommendation = report["alliance"], report["recommendation"]
    title, form = _text(recommendation["title"]), _text(recommendation["form_title"])
    yield f"# {_text(alliance['name'])}"
    yield ""
    yield f"{_text(alliance['us'])} with {_text(alliance['partner'])}, as of {day(alliance['as_of'])}"
    yield ""
    yield "## Recommendation"
    yield ""
    yield f"**{title}**, {form}"
    yield ""
    yield f"- Readiness: {_READINESS[recommendation['readiness']]}"
    yield f"- Confidence: {_text(recommendation['confidence'])}"
    yield f"- Review on: {day(recommendation['review_on'])}"
    yield ""
    yield _text(recommendation["summary"])
    yield ""


def _before_deciding(report: View) -> Iterable[str]:
    readiness = report["readiness"]
    if readiness["state"] == "decide":
        return
    yield "## Before deciding"
    yield ""
    for rule in readiness["rules"]:
        yield f"- {_text(rule['because'])}"
    if readiness["too_little_known"]:
        yield "- Too little is known about the alliance to decide."
    for doubt in readiness["doubts"]:
        state = "is not known" if doubt["missing"] else "is in doubt"
        yield f"- `{doubt['fact']}` {state}; it could lead to {either(doubt['could_lead_to'])}."
    for one in readiness["obtain"]:
        yield f"- To obtain: {_text(one['question'])} (`{one['fact']}`)"
    yield ""


def _options(report: View) -> Iterable[str]:
    yield "## Options"
    yield ""
    yield "| rank | option | score | status | earliest date |"
    yield "| ---: | --- | ---: | --- | --- |"
    for option in report["options"]:
        cells = (
            str(option["rank"]),
            _text(option["title"]),
            signed(option["score"]),
            _text(option["status"]),
            option["earliest_date"] or "",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _reasons(report: View) -> Iterable[str]:
    option = report["options"][0]
    for side, heading, sign in (("for", "Reasons for it", "+"), ("against", "Reasons against it", "-")):
        yield f"## {heading}"
        yield ""
        counted = [argument for argument in option[side] if argument["counted"]]
        for argument in counted:
            ground, points = _text(argument["ground_title"]), f"{sign}{argument['points']:g}"
            yield f"- **{ground}** ({points}): {_text(argument['because'])}"
        if not counted:
            yield "None of weight."
        yield ""


def _missing(report: View) -> Iterable[str]:
    yield "## What is missing"
    yield ""
    for one in report["missing"]:
        yield f"- {_text(one['question'])} (`{one['fact']}`; could lead to {either(one['could_lead_to'])})"
    if not report["missing"]:
        yield "No unknown fact could, by itself, change the recommendation."
    yield ""


def _actions(report: View) -> Iterable[str]:
    state = report["readiness"]["state"]
    wanted = report["readiness"]["obtain"] if state == "hold" else []
    yield "## What to do next"
    yield ""
    if wanted or report["next"]:
        yield from _HEAD_OF_STEPS
        for one in wanted:
            yield f"|  | {WHO_OBTAINS} | Obtain: {_text(one['question'])} (`{one['fact']}`) |"
        yield from _steps(report["next"])
    else:
        yield "The ruleset names no step that is due now." if report["actions"] else "The ruleset names no action."
    yield ""
    if report["afterwards"]:
        yield f"## {AFTERWARDS[state]}"
        yield ""
        yield from _HEAD_OF_STEPS
        yield from _steps(report["afterwards"])
        yield ""


_HEAD_OF_STEPS = ("| due | who | what |", "| --- | --- | --- |")


def _steps(actions: Iterable[View]) -> Iterable[str]:
    return (f"| {one['due']} | {_text(one['owner'])} | {_text(one['action'])} |" for one in actions)


def _foot(report: View) -> Iterable[str]:
    ruleset = report["ruleset"]
    name, version = _text(ruleset["name"]), _text(ruleset["version"])
    yield "---"
    yield ""
    yield (
        f"Ruleset {name} {version} ({ruleset['sha256'][:12]}), facts {report['facts_sha256'][:12]}. This is advice and"
        " not law: counsel confirms rights and deadlines."
    )


def _text(text: str) -> str:
    return for_markdown(text)
