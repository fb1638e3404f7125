"""Two or three changes that lead to another option only together, for a reader who is told of single ones already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from engine.assessment import Assessment
from engine.explain.because import joined, number_in_words
from engine.extras import has_bulk
from engine.flip.flips import Flips, Wanted, first_of
from engine.memo.flips import TRIPLES_UP_TO, flips_of, in_words, title_of
from engine.memo.when_asked import WhenAsked
from engine.memo.words import count
from engine.rules import OPTIONS

View = dict[str, Any]

SETS = 3
"""So many sets are shown, or as many as there are options that are reached, where these are more."""

WANTED = Wanted(least=2, limit=SETS, of_each=True, triples_up_to=TRIPLES_UP_TO)


def together(assessment: Assessment, progress: Callable[[str], None] | None = None) -> WhenAsked:
    """What is found, when a template asks for it; `progress` is told the steps of finding it."""
    return WhenAsked(lambda: _values(assessment, progress))


def _values(assessment: Assessment, progress: Callable[[str], None] | None) -> View:
    if not has_bulk():
        return {"most": 1, "tried": 0, "number": 0, "said": "", "sets": [], "more": 0}
    found = flips_of(assessment, WANTED, progress)
    options = {flip.option for flip in found.shown}
    shown = [in_words(flip, assessment) for flip in first_of(found.shown, max(SETS, len(options)))]
    number = sum(_by_option(found).values())
    return {
        "most": found.wanted.most,
        "tried": len(found.tried),
        "number": number,
        "said": _said(found, assessment) if number else "",
        "sets": shown,
        "more": number - len(shown),
    }


def _by_option(found: Flips) -> Counter[str]:
    numbers: Counter[str] = Counter()
    for (size, option), number in found.found.items():
        numbers[option] += number if size >= found.wanted.least else 0
    return +numbers


def _said(found: Flips, assessment: Assessment) -> str:
    """How many there are, and where they lead: `25 pairs and 65 threes; 80 lead to renegotiate, 10 to exit`."""
    sizes = [sum(number for (size, _), number in found.found.items() if size == some) for some in (2, 3)]
    names = ("pair", "pairs"), ("three", "threes")
    how_many = joined([count(number, *name) for number, name in zip(sizes, names, strict=True) if number])
    leads: list[str] = []
    for option, number in sorted(_by_option(found).items(), key=lambda one: OPTIONS.index(one[0])):
        verb = "" if leads else "leads " if number == 1 else "lead "
        leads.append(f"{number_in_words(number)} {verb}to {title_of(option, assessment)}")
    return f"{how_many}; {', '.join(leads)}"
