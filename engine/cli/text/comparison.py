"""A comparison of two answers: as plain values, and as a page for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from engine.case import Case, Entry, Record
from engine.cli.terminal import BAD, FAINT, GOOD, PLAIN, STRONG, Cell, Page
from engine.comparison import Comparison, OptionChange
from engine.decision.weighing import WeighedArgument
from engine.explain.reached import plain, value_in_words
from engine.facts_changes import LetGo, record_and_field
from engine.report import ruleset_view, signed
from engine.rules import Ruleset
from engine.vocabulary import Fact

View = dict[str, Any]


def comparison_view(found: Comparison, paths: list[str], let_go: Iterable[LetGo]) -> View:
    """The comparison as plain values; `paths` are what was changed, `let_go` what refers to nothing for that."""
    ruleset = found.before.ruleset
    return {
        "schema": 1,
        "changes": [_change(path, found) for path in paths],
        "let_go": [{"path": one.path, "referred_to": one.referred_to} for one in let_go],
        "before": _answer(found, before=True),
        "after": _answer(found, before=False),
        "other_answer": found.other_answer,
        "options": [_option(one, ruleset.weighing.options[one.option].title) for one in found.options],
        "arguments": _arguments(found),
        "fired": list(found.fired),
        "silenced": list(found.silenced),
        "facts_sha256": {"before": found.before.case.sha256, "after": found.after.case.sha256},
        "ruleset": ruleset_view(ruleset),
    }


def comparison_page(view: View, page: Page) -> None:
    """Writes a comparison onto a page."""
    page.heading("What if")
    for one in view["changes"]:
        page.item("-", _told(one), strong=f"{one['path']}:")
    for one in view["let_go"]:
        page.item("-", f"refers to nothing, since {one['referred_to']} is taken away", strong=f"{one['path']}:")
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
            page.paragraph(", ".join(map(_effect, one["effects"])), indent=4, style=FAINT)
        if not view["arguments"][kind]:
            page.paragraph("None.", indent=2)


def _told(change: View) -> str:
    """What became of one path."""
    before, after, note = change["before_in_words"], change["after_in_words"], change["note"]
    if change["changed"] and change["before"] == change["after"]:
        return f"{after} stays; {note}"
    return f"{before} → {after}{note and f', {note}'}"


class _Held(NamedTuple):
    """What a case holds at a path: all of it, the values as JSON has them, and what it is in words."""

    content: object
    value: object
    words: str


def _change(path: str, found: Comparison) -> View:
    """What a path held before and after, and whether it holds anything else at all."""
    ruleset = found.before.ruleset
    ids = {name: [one.id for one in records] for name, records in found.before.case.lists.items()}
    before, after = (_held(path, one.case, ids, ruleset) for one in (found.before, found.after))
    return {
        "path": path,
        "before": before.value,
        "after": after.value,
        "before_in_words": before.words,
        "after_in_words": after.words,
        "changed": before.content != after.content,
        "note": _note(before, after),
    }


def _note(before: _Held, after: _Held) -> str:
    """What has to be said beside a change of which both sides read the same."""
    if before.content == after.content:
        return "no change"
    if before.words != after.words:
        return ""
    if before.value != after.value:
        return "with other content"
    if isinstance(before.content, Entry) and after.content == Entry(before.content.value):
        had = before.content
        doubt = had._replace(source="", dated=None) != Entry(had.value)
        kinds = [kind for kind, is_there in (("evidence", had.source or had.dated), ("doubt", doubt)) if is_there]
        return f"its {' and '.join(kinds)} {'is' if len(kinds) == 1 else 'are'} dropped"
    return "its evidence or doubt is another"


def _held(path: str, case: Case, ids: Mapping[str, list[str]], ruleset: Ruleset) -> _Held:
    """What a case holds at a path, which may lead on into the long form of a value; `ids` are what it may name."""
    vocabulary = ruleset.vocabulary
    for list_path, known in vocabulary.list_paths.items():
        records = case.records(known.name)
        if path == list_path:
            if records is None:
                return _Held(None, None, "unknown")
            words = "1 record" if len(records) == 1 else f"{len(records)} records"
            return _Held(records, [_values(one) for one in records], words)
        if path.startswith(f"{list_path}."):
            by_id = {one.id: one for one in records or ()}
            wanted, field = record_and_field(path.removeprefix(f"{list_path}."), ids.get(known.name, ()))
            record = by_id.get(wanted)
            if field:
                name = field.partition(".")[0]
                return _of_entry(record.entries.get(name) if record else None, known.fields[name])
            return _Held(record, record and _values(record), "no record" if record is None else "a record")
    if path in vocabulary.sections:
        some = {fact.name: case.facts.get(fact.name) for fact in vocabulary.sections[path].facts}
        entries = {name: entry for name, entry in some.items() if entry is not None}
        words = "1 fact" if len(entries) == 1 else f"{len(entries)} facts"
        return _Held(entries, {name: plain(entry.value) for name, entry in entries.items()}, words)
    name = ".".join(path.split(".")[:2])
    return _of_entry(case.facts.get(name), vocabulary.facts[name])


def _of_entry(entry: Entry | None, fact: Fact) -> _Held:
    if entry is None:
        return _Held(None, None, "unknown")
    return _Held(entry, plain(entry.value), value_in_words(entry.value, fact))


def _values(record: Record) -> Mapping[str, object]:
    """The values of a record by field, its id among them."""
    return {name: plain(entry.value) for name, entry in record.entries.items()}


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
                {"option": option, "side": one.side, "points": one.points, "counted": one.counted}
                for option, one in arguments
            ]
            kinds[kind].append({"rule": rule, "title": arguments[0][1].rule.title, "effects": effects})
    return kinds


def _effect(effect: View) -> str:
    """What an argument does to an option: `exit +8`."""
    sign = "+" if effect["side"] == "for" else "-"
    return f"{effect['option']} {sign}{effect['points']:g}{'' if effect['counted'] else ' (not counted)'}"


def _moved(points: float) -> str:
    return signed(points) if points else ""


def _both(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"
