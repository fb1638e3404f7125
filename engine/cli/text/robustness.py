"""How far the answer holds: as plain values, and as a page for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.case import Record
from engine.cli.terminal import FAINT, PLAIN, STRONG, WARN, Cell, Page
from engine.cli.text.assessment import STATUS_STYLES, led_to
from engine.explain.because import either, label, number_in_words
from engine.explain.reached import plain, value_in_words
from engine.report import alliance_view, day, missing_view, ruleset_view, small
from engine.robustness.doubts import Doubt
from engine.robustness.robustness import EVERY_CLOSED, Effect, Robustness, Turn
from engine.rules import OPTIONS, READINESS
from engine.sources import shorten
from engine.vocabulary import Kind, Value

View = dict[str, Any]
Records = Mapping[tuple[str, str], Record]
"""The records of a case, by the name of their list and their id."""

EFFECTS = 8
MISSING = 5
UNNAMED = 5
_DIGITS = 9
_LEAST = 10.0**-_DIGITS
_MANY = 10**9
_FEW = 1_000
"""A sample of fewer worlds leaves too much to chance to be relied on."""
_EXACT = 2**53
"""Up to here every program reads an integer of JSON as it is written."""
_LONGEST_NAME = 60
_EVERY_CLOSED = "Every option closed"
_READINESS = {"decide": "decide", "hold": "hold the decision", "suspend": "suspend, and call counsel"}


def robustness_view(found: Robustness) -> View:
    """All that was found as plain values."""
    case, ruleset = found.case, found.ruleset
    now = ruleset.weighing.options[found.now.option]
    records = {(name, one.id): one for name, those in case.lists.items() for one in those}
    return {
        "schema": 1,
        "alliance": alliance_view(case),
        "recommendation": {
            "option": found.now.option,
            "form": found.now.form,
            "title": now.title,
            "form_title": now.forms[found.now.form],
            "status": found.now.status,
        },
        "worlds": {
            "number": _whole(found.worlds, found),
            "looked_at": _whole(found.looked_at, found),
            "complete": found.complete,
            "seed": None if found.complete else found.wanted.seed,
            "left_to_chance": _rounded(found.left_to_chance),
        },
        "holds": _rounded(found.holds),
        "options": [_option(found, option) for option in sorted(OPTIONS, key=lambda one: -found.wins[one])],
        EVERY_CLOSED: _rounded(found.wins[EVERY_CLOSED]),
        "readiness": {state: _rounded(found.readiness[state]) for state in READINESS},
        "doubts": [_effect(found, one, records) for one in found.effects],
        "turns": [_turn(found, one, records) for one in found.turns],
        "missing": [missing_view(one) for one in found.missing],
        "not_varied": {
            "alike": [_place(found, one, records) for one in found.doubts.alike],
            "unnamed": [_place(found, one, records) for one in found.doubts.unnamed],
            "fixed": [_place(found, one, records) for one in found.doubts.fixed],
        },
        "facts_sha256": case.sha256,
        "ruleset": ruleset_view(ruleset),
    }


def _rounded(share: float) -> float:
    """A share that is all or none only where it is all or none."""
    return round(min(max(share, _LEAST), 1 - _LEAST), _DIGITS) if 0 < share < 1 else share


def _whole(number: int, found: Robustness) -> int | View:
    """A number of worlds; where it is all of them and more than can be read back, the power of ten that it reaches."""
    return number if number <= _EXACT else {"power_of_ten": found.power_of_ten}


def _option(found: Robustness, option: str) -> View:
    statuses = found.statuses[option]
    return {
        "option": option,
        "title": found.ruleset.weighing.options[option].title,
        "share": _rounded(found.wins[option]),
        **{status: _rounded(share) for status, share in statuses.items()},
    }


def _place(found: Robustness, doubt: Doubt, records: Records) -> View:
    """Where a doubt is, and what is given there."""
    place, entry = doubt.place, doubt.entry
    record = records.get((place.records, place.record))
    known = found.ruleset.vocabulary.lists[place.records] if place.records else None
    return {
        "path": place.fact.name if known is None else f"{known.path}.{place.record}.{place.fact.name}",
        "fact": place.fact.name if known is None else None,
        "list": None if known is None else known.path,
        "record": place.record or None,
        "field": None if known is None else place.fact.name,
        "label": None if known is None or record is None else label(record, known),
        "value": plain(entry.value),
        "value_in_words": value_in_words(entry.value, place.fact),
        "disputed": entry.disputed,
        "confidence": entry.confidence,
    }


def _effect(found: Robustness, effect: Effect, records: Records) -> View:
    doubt = effect.doubt
    return {
        **_place(found, doubt, records),
        "swing": _rounded(effect.swing),
        "leads_to": effect.leads_to,
        "values": [
            {
                "values": [plain(value) for value in sort],
                "in_words": sort_in_words(doubt, number),
                "given": number == 0,
                "shares": {answer: _rounded(share) for answer, share in shares.items()},
            }
            for number, (sort, shares) in enumerate(zip(doubt.sorts, effect.shares, strict=True))
        ],
    }


def _turn(found: Robustness, turn: Turn, records: Records) -> View:
    return {
        **_place(found, turn.doubt, records),
        "values": [plain(value) for value in turn.doubt.sorts[turn.sort]],
        "in_words": sort_in_words(turn.doubt, turn.sort),
        "option": turn.answer,
        "title": _title(found, turn.answer),
    }


def _title(found: Robustness, answer: str) -> str:
    return _EVERY_CLOSED if answer == EVERY_CLOSED else found.ruleset.weighing.options[answer].title


def sort_in_words(doubt: Doubt, number: int) -> str:
    """The values of one sort: numbers and dates from the first to the last, unless others lie between them."""
    sort, fact = doubt.sorts[number], doubt.place.fact
    if len(sort) > 1 and (fact.type.kind.is_number or fact.type.kind is Kind.DATE):
        ends = sorted(sort, key=_ordinal)
        low, high = _ordinal(ends[0]), _ordinal(ends[-1])
        others = [value for place, other in enumerate(doubt.sorts) if place != number for value in other]
        if not any(low < _ordinal(value) < high for value in others):
            return f"{value_in_words(ends[0], fact)} to {value_in_words(ends[-1], fact)}"
    return either([value_in_words(value, fact) for value in sort])


def _ordinal(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else value.toordinal()  # type: ignore[union-attr]


def robustness_page(view: View, page: Page) -> None:
    """Writes what was found onto a page."""
    alliance = view["alliance"]
    page.title(alliance["name"])
    page.paragraph(f"{alliance['us']} with {alliance['partner']}, as of {day(alliance['as_of'])}", style=FAINT)
    _holds(view, page)
    _options(view, page)
    if view["doubts"]:
        _matter(view, page)
        _turns(view, page)
        _readiness(view, page)
    _missing(view["missing"], page)
    _not_varied(view["not_varied"], page)


def _holds(view: View, page: Page) -> None:
    page.heading("Does the answer hold")
    now, worlds, doubts = view["recommendation"], view["worlds"], view["doubts"]
    if _here(now) == EVERY_CLOSED:
        page.item("", "as things are: there is no option to recommend.", strong=f"{_EVERY_CLOSED},")
    else:
        page.item("", f"{now['form_title']}, is the answer as things are.", strong=f"{now['title']},")
    if not doubts:
        page.paragraph("Nothing that could be otherwise is in doubt: there is one world, and there it holds.", indent=2)
        return
    some = "" if worlds["complete"] else "a sample of "
    told = (
        f"It holds in {share_in_words(view['holds'])} of {some}the worlds that the doubt in the facts leaves possible."
    )
    page.paragraph(told, indent=2, style=STRONG)
    if not worlds["complete"] and worlds["looked_at"] < _FEW:
        sample = f"A sample of {_count(worlds['looked_at'])} says little of so many worlds"
        told = f"{sample}: judge {_FEW:,} at least with `--worlds`, or leave it out."
        page.paragraph(told, indent=2, style=WARN)
    varied = "1 doubtful value was" if len(doubts) == 1 else f"{_count(len(doubts))} doubtful values were"
    if worlds["complete"]:
        looked = f"all {_count(worlds['number'])} worlds were judged."
    else:
        looked = (
            f"of {_count(worlds['number'])} worlds an even sample of {_count(worlds['looked_at'])} was judged"
            f" (seed {worlds['seed']})."
        )
    told = f"{varied} varied; {looked} All worlds count the same: these are shares of worlds, not probabilities."
    page.paragraph(told, indent=2, style=FAINT)


def _options(view: View, page: Page) -> None:
    if not view["doubts"]:
        return
    page.heading("Options")
    here, of = _here(view["recommendation"]), "" if view["worlds"]["complete"] else "of sample"
    answers = [*view["options"]]
    if view[EVERY_CLOSED]:
        none = {"option": EVERY_CLOSED, "title": _EVERY_CLOSED, "conditional": 0, "closed": 0}
        answers.append({**none, "share": view[EVERY_CLOSED]})
    rows = [
        [
            Cell(one["title"], STRONG if one["option"] == here else PLAIN),
            Cell(share_in_words(one["share"], of), right=True),
            Cell(_unless_none(one["conditional"], of), STATUS_STYLES["conditional"], right=True),
            Cell(_unless_none(one["closed"], of), STATUS_STYLES["closed"], right=True),
            Cell("as things are" if one["option"] == here else "", FAINT),
        ]
        for one in answers
    ]
    page.table(["option", "wins in", "conditional in", "closed in", ""], rows)


def _matter(view: View, page: Page) -> None:
    page.heading("Doubts that matter most")
    telling = [one for one in view["doubts"] if one["swing"] > view["worlds"]["left_to_chance"]]
    for number, one in enumerate(telling[:EFFECTS], start=1):
        page.item(f"{number}.", _named(one), strong=one["path"])
        page.paragraph(_moves(one, view), indent=5, style=FAINT)
    if len(telling) > EFFECTS:
        page.paragraph(f"and {_count(len(telling) - EFFECTS)} more", indent=5, style=FAINT)
    if not telling:
        more = "" if view["worlds"]["complete"] else " by more than a sample of this size leaves to chance"
        page.paragraph(f"None moves the answer{more}.", indent=2)


def _here(now: View) -> str:
    """The present answer among those that have shares."""
    return EVERY_CLOSED if now["status"] == "closed" else str(now["option"])


def _moves(effect: View, view: View) -> str:
    now, of = view["recommendation"], "" if view["worlds"]["complete"] else "of the sample"
    here = _here(now)
    shares = sorted(effect["values"], key=lambda one: -one["shares"][here])
    parts = [f"{share_in_words(one['shares'][here], of)} where it is {one['in_words']}" for one in shares]
    gains = f"; else {effect['leads_to']} gains most" if effect["leads_to"] else ""
    if effect["leads_to"] == EVERY_CLOSED:
        gains = f"; else {small(_EVERY_CLOSED)} gains most"
    told = f"{small(_EVERY_CLOSED)} in" if here == EVERY_CLOSED else f"{small(now['title'])} wins in"
    return f"{told} {', '.join(parts)}{gains}"


def _turns(view: View, page: Page) -> None:
    page.heading("Doubts that would turn the answer by themselves")
    for one in view["turns"]:
        told = f"{one['in_words']}, not {one['value_in_words']} → {one['title']}"
        page.item("-", told, strong=f"{one['path']}:")
        if _named(one):
            page.paragraph(_named(one), indent=4, style=FAINT)
    if not view["turns"]:
        page.paragraph("None, where all else is as it is given.", indent=2)


def _named(place: View) -> str:
    return f"“{shorten(place['label'], _LONGEST_NAME)}”" if place["label"] not in (None, place["record"]) else ""


def _readiness(view: View, page: Page) -> None:
    page.heading("Readiness, were every doubt settled")
    every = "every world" if view["worlds"]["complete"] else "every world of the sample"
    told = [
        f"{_READINESS[state]} in {every if share == 1 else f'{share_in_words(share)} of worlds'}"
        for state, share in view["readiness"].items()
        if share
    ]
    page.paragraph(f"By the rules: {'; '.join(told)}.", indent=2)


def _missing(missing: list[View], page: Page) -> None:
    page.heading("Not known, and able to change the answer")
    for number, one in enumerate(missing[:MISSING], start=1):
        page.item(f"{number}.", one["question"])
        page.paragraph(f"{one['fact']}; could lead to {led_to(one)}", indent=5, style=FAINT)
    if len(missing) > MISSING:
        page.paragraph(f"and {_count(len(missing) - MISSING)} more", indent=5, style=FAINT)
    if not missing:
        page.paragraph("No unknown fact could, by itself.", indent=2)


def _not_varied(left: View, page: Page) -> None:
    if not any(left.values()):
        return
    page.heading("In doubt, and left as given")
    if left["unnamed"]:
        paths = [one["path"] for one in left["unnamed"]]
        more = f" and {_count(len(paths) - UNNAMED)} more" if len(paths) > UNNAMED else ""
        page.item("-", f"{', '.join(paths[:UNNAMED])}{more}", strong="No other value is named:")
        page.paragraph("give `plausible` values, or `low` and `high`", indent=4, style=FAINT)
    if left["alike"]:
        number = len(left["alike"])
        values = "1 value" if number == 1 else f"{_count(number)} values"
        page.item("-", f"{values}, since no rule tells apart what {'it' if number == 1 else 'each'} may be")
    if left["fixed"]:
        paths = [one["path"] for one in left["fixed"]]
        page.item("-", f"{', '.join(paths)}: the date of the case, and what identifies records, are never varied")


def share_in_words(share: float, of: str = "") -> str:
    """A share of worlds; all and none only where it is all or none, of which it is said `of` what."""
    if share in (0, 1):
        return f"{'all' if share else 'none'} {of}".strip()
    if share < 0.001:
        return "under 0.1%"
    return "over 99.9%" if share > 0.999 else f"{share * 100:.1f}%"


def _unless_none(share: float, of: str) -> str:
    return share_in_words(share, of) if share else ""


def _count(number: int | View) -> str:
    if isinstance(number, int):
        return number_in_words(number) if number < _MANY else f"more than 10^{len(str(number)) - 1}"
    return f"more than 10^{number['power_of_ten']}"
