"""A comparison of two answers: as plain values, and as a page for the terminal."""

from __future__ import annotations

from typing import Any

from engine.case import Case
from engine.cli.terminal import BAD, FAINT, GOOD, PLAIN, STRONG, Cell, Page
from engine.comparison import Comparison, OptionChange
from engine.decision.weighing import WeighedArgument
from engine.explain.because import in_words
from engine.report import signed
from engine.rules import Ruleset

View = dict[str, Any]


def comparison_view(found: Comparison, paths: list[str]) -> View:
    """The comparison as plain values; `paths` are what was changed."""
    ruleset = found.before.ruleset
    return {
        "schema": 1,
        "changes": [_change(path, found) for path in paths],
        "before": _answer(found, before=True),
        "after": _answer(found, before=False),
        "other_answer": found.other_answer,
        "options": [_option(one, ruleset.weighing.options[one.option].title) for one in found.options],
        "arguments": _arguments(found),
        "fired": list(found.fired),
        "silenced": list(found.silenced),
        "facts_sha256": {"before": found.before.case.sha256, "after": found.after.case.sha256},
        "ruleset": {"name": ruleset.name, "version": ruleset.version, "sha256": ruleset.sha256},
    }


def comparison_page(view: View, page: Page) -> None:
    """Writes a comparison onto a page."""
    page.heading("What if")
    for one in view["changes"]:
        page.item("-", f"{one['before']} → {one['after']}{_beside(one)}", strong=f"{one['path']}:")
    page.heading("The answer")
    for when in ("before", "after"):
        answer = view[when]
        page.item(when.ljust(6), f"{answer['form_title']}", strong=f"{answer['title']},", lead_style=FAINT)
        page.item("      ", f"{answer['readiness']}, confidence {answer['confidence']}", style=FAINT)
    if not view["other_answer"]:
        page.paragraph("The same option and form come out.", indent=2)
    page.heading("Options")
    rows = [
        [
            Cell(one["title"], STRONG if one["rank_after"] == 1 else PLAIN),
            Cell(signed(one["score_before"]), right=True),
            Cell(signed(one["score_after"]), right=True),
            Cell(_moved(one["score_after"] - one["score_before"]), right=True),
            Cell(_both(one["status_before"], one["status_after"])),
            Cell(_both(f"{one['rank_before']}", f"{one['rank_after']}")),
        ]
        for one in view["options"]
    ]
    page.table(["option", "before", "after", "change", "status", "rank"], rows)
    for kind, style in (("gained", GOOD), ("lost", BAD)):
        page.heading(f"Arguments {kind}")
        for one in view["arguments"][kind]:
            page.item("-", f"{one['title']} [{one['rule']}]", style=PLAIN, lead_style=style)
            page.paragraph(", ".join(one["effects"]), indent=4, style=FAINT)
        if not view["arguments"][kind]:
            page.paragraph("None.", indent=2)


def _beside(change: View) -> str:
    """What has to be said beside a change of which both sides read the same."""
    if not change["changed"]:
        return ", no change"
    return ", with another content or evidence" if change["before"] == change["after"] else ""


def _change(path: str, found: Comparison) -> View:
    """What a path held before and after in words, and whether it holds anything else at all."""
    ruleset = found.before.ruleset
    (before, said_before), (after, said_after) = (_held(path, one.case, ruleset) for one in (found.before, found.after))
    return {"path": path, "before": said_before, "after": said_after, "changed": before != after}


def _held(path: str, case: Case, ruleset: Ruleset) -> tuple[object, str]:
    """All that a case holds at a path, with its evidence; and the same in words."""
    fact = ruleset.vocabulary.facts.get(path)
    if fact is not None:
        return case.facts.get(path), in_words(case.value(path), fact.type.kind)
    for list_path, known in ruleset.vocabulary.list_paths.items():
        records = case.records(known.name)
        if path == list_path:
            words = "unknown" if records is None else "1 record" if len(records) == 1 else f"{len(records)} records"
            return records, words
        if path.startswith(f"{list_path}."):
            wanted, _, field = path.removeprefix(f"{list_path}.").partition(".")
            record = next((one for one in records or () if one.id == wanted), None)
            if record is None or not field:
                return record, "no record" if record is None else "a record"
            return record.entries.get(field), in_words(record.value(field), known.fields[field].type.kind)
    return None, "unknown"


def _answer(found: Comparison, before: bool) -> View:
    one = found.before if before else found.after
    winner = one.recommended
    option = one.ruleset.weighing.options[winner.option]
    return {
        "option": winner.option,
        "form": winner.form,
        "title": option.title,
        "form_title": option.forms[winner.form],
        "readiness": one.readiness.state,
        "confidence": one.confidence,
        "lead": one.verdict.lead,
    }


def _option(one: OptionChange, title: str) -> View:
    return {
        "option": one.option,
        "title": title,
        "score_before": one.before.score,
        "score_after": one.after.score,
        "status_before": one.before.status,
        "status_after": one.after.status,
        "rank_before": one.before.rank,
        "rank_after": one.after.rank,
    }


def _arguments(found: Comparison) -> View:
    """The arguments that came and went, each rule once, with what it does to which options."""
    kinds: View = {"gained": [], "lost": []}
    for kind in kinds:
        by_rule: dict[str, list[tuple[str, WeighedArgument]]] = {}
        for option in found.options:
            for argument in option.gained if kind == "gained" else option.lost:
                by_rule.setdefault(argument.rule.id, []).append((option.option, argument))
        for rule, arguments in by_rule.items():
            effects = [
                f"{option} {'+' if one.side == 'for' else '-'}{one.points:g}{'' if one.counted else ' (not counted)'}"
                for option, one in arguments
            ]
            kinds[kind].append({"rule": rule, "title": arguments[0][1].rule.title, "effects": effects})
    return kinds


def _moved(points: float) -> str:
    return signed(points) if points else ""


def _both(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"
