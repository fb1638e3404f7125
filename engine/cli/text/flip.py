"""What would change the answer: as plain values, and as a page for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from math import comb
from typing import Any

from engine.cli.terminal import FAINT, STRONG, Cell, Page
from engine.explain.because import number_in_words
from engine.explain.changes import Change, turned
from engine.explain.wording import before_and_after, clauses, condition, record_in_words
from engine.flip.flips import Flip, Flips
from engine.report import alliance_view, ruleset_view, small
from engine.rules import OPTIONS
from engine.vocabulary import Value

View = dict[str, Any]

_SIZES = ("single changes", "pairs", "triples")
_WHOSE = {"us": "ours", "partner": "the partner's", "both": "needs both"}
_WHO = {"us": "we alone", "partner": "the partner alone", "both": "somebody"}
_BY = {"us": " that we can make alone", "partner": " that the partner can make alone", "both": ""}


def flips_view(found: Flips) -> View:
    """All that was found as plain values."""
    case, ruleset = found.case, found.ruleset
    sizes = range(1, found.wanted.most + 1)
    return {
        "schema": 1,
        "alliance": alliance_view(case),
        "recommendation": {"option": found.now.option, "title": _title(found, found.now.option)},
        "to": found.wanted.to,
        "to_title": None if found.wanted.to is None else _title(found, found.wanted.to),
        "is_there_already": found.is_there_already,
        "by": found.wanted.by,
        "max_changes": found.wanted.most,
        "changes_tried": len(found.tried),
        "sets_judged": 0 if found.is_there_already else sum(comb(len(found.tried), size) for size in sizes),
        "found": [
            {
                "option": option,
                "title": _title(found, option),
                "by_changes": [found.found.get((size, option), 0) for size in sizes],
            }
            for option in OPTIONS
            if any((size, option) in found.found for size in sizes)
        ],
        "sets": [_flip(found, one) for one in found.shown],
        "more": found.more,
        "facts_sha256": case.sha256,
        "ruleset": ruleset_view(ruleset),
    }


def flips_page(view: View, page: Page) -> None:
    """Writes what was found onto a page."""
    now = view["recommendation"]
    page.heading("What would change the answer")
    page.item("", f"is the answer as things are. {_tried(view)}", strong=f"{now['title']}")
    if view["is_there_already"]:
        page.paragraph("It is the option that was asked for, so that nothing has to change.", indent=2)
        return
    if not view["changes_tried"]:
        return
    if not view["found"]:
        to = "another option" if view["to"] is None else small(view["to_title"])
        page.paragraph(f"None of them leads to {to}.", indent=2)
        return
    _counts(view, page)
    for size, heading in enumerate(("By one change", "By two changes", "By three changes"), start=1):
        shown = [one for one in view["sets"] if len(one["changes"]) == size]
        if shown:
            page.heading(heading)
        for one in shown:
            page.item("-", one["sentence"])
            for change in one["changes"]:
                page.paragraph(_detail(change), indent=4, style=FAINT)
    page.blank()
    if any(change["named_as_possible"] for one in view["sets"] for change in one["changes"]):
        page.paragraph("plausible: the facts themselves name it as possible.", style=FAINT)
    if view["more"]:
        one = view["more"] == 1
        page.paragraph(
            f"{number_in_words(view['more'])} more {'set is' if one else 'sets are'} not shown: `--limit NUMBER` shows"
            " more, `--to OPTION` only those that lead to one option."
        )


def _counts(view: View, page: Page) -> None:
    page.blank()
    rows = []
    for one in view["found"]:
        counts = [Cell(number_in_words(count), right=True) for count in one["by_changes"]]
        rows.append([Cell(one["title"], STRONG), *counts, Cell("")])
    page.table(["leads to", *_SIZES[: view["max_changes"]], ""], rows)


def _tried(view: View) -> str:
    tried, by = view["changes_tried"], _BY[view["by"]]
    if not tried:
        return (
            f"Nothing is known that {_WHO[view['by']]} could change and that a rule looks at:"
            " `advisor assess` lists the unknown facts that could lead to another option."
        )
    if view["is_there_already"]:
        return ""
    together = ("", ", alone and in pairs", ", alone, in pairs and in triples")[view["max_changes"] - 1]
    some = "1 change" if tried == 1 else f"{number_in_words(tried)} changes"
    return f"{some}{by} {'was' if tried == 1 else 'were'} tried{together}."


def _flip(found: Flips, flip: Flip) -> View:
    title = _title(found, flip.option)
    parts = condition(flip.changes, found.case)
    together = [_with_others(one, flip.changes) for one in flip.changes]
    return {
        "option": flip.option,
        "title": title,
        "by": flip.by,
        "effort": flip.effort,
        "sentence": f"If {parts}, {small(title)} becomes the answer.",
        "changes": [_change(found, one) for one in together],
    }


def _with_others(change: Change, changes: Iterable[Change]) -> Change:
    """A change of one entry of a list of choices with the list as it is after all changes of its entries."""
    value = change.value
    for other in changes:
        if other.site.entry and other.path == change.path and other.site != change.site:
            assert isinstance(value, tuple) and other.fact is not None
            value = turned(value, other.site.entry, other.fact)
    return change._replace(value=value)


def _change(found: Flips, change: Change) -> View:
    before, after = before_and_after(change)
    known, record = change.known, change.record
    return {
        "path": change.path,
        "fact": change.site.of if known is None else None,
        "list": None if known is None else known.path,
        "record": change.site.record or None,
        "label": None if known is None or record is None else record_in_words(record, known),
        "field": change.site.field or None,
        "entry": change.site.entry or None,
        "taken_away": change.fact is None,
        "before": _plain(change.now),
        "after": _plain(change.value),
        "or": [_plain(one) for one in change.alike],
        "before_in_words": before,
        "after_in_words": after,
        "clause": clauses([change], found.case)[0],
        "lever": change.lever,
        "steps": change.steps,
        "named_as_possible": change.named,
    }


def _detail(change: View) -> str:
    told = _WHOSE[change["lever"]] + ", plausible" * change["named_as_possible"]
    return f"{change['path']}: {change['before_in_words']} → {change['after_in_words']} ({told})"


def _plain(value: Value | None) -> object:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return list(value) if isinstance(value, tuple) else value.isoformat()


def _title(found: Flips, option: str) -> str:
    return found.ruleset.weighing.options[option].title
