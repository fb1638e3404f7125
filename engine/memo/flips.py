"""Sets of changes that lead to another option, in words and in groups, for whoever negotiates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engine.assessment import Advisor, Assessment
from engine.explain.changes import Change
from engine.explain.phrases import SUBJECTS
from engine.explain.wording import before_and_after, condition, fact_in_words
from engine.extras import has_bulk
from engine.flip.finding import find
from engine.flip.flips import Flip, FlipKind, Flips, Wanted
from engine.memo.words import count
from engine.report import small
from engine.rules import OPTIONS

View = dict[str, Any]

OF_EACH = 6
"""So many sets of each kind are looked at again, and can be shown."""

SIDES = ("partner", "both", "us")
"""Who has to act, in the order in which a brief speaks of them."""


TRIPLES_UP_TO = 250
"""Among more changes no three are looked at together: a memo takes no longer than a few seconds."""

WANTED = Wanted(limit=OF_EACH, of_each=True, triples_up_to=TRIPLES_UP_TO)
HANDS = {"us": "us", "partner": "the partner", "both": "both sides together"}
"""With whom it lies, in words."""


def flips_of(assessment: Assessment, wanted: Wanted = WANTED, progress: Callable[[str], None] | None = None) -> Flips:
    """The first sets of each kind, each judged again; single changes alone without the bulk engine."""
    with Advisor(assessment.prepared) as advisor:
        return find(advisor, assessment.case, wanted if has_bulk() else wanted._replace(most=1), progress)


class Groups:
    """The sets that were found, by what kind they are."""

    def __init__(self, assessment: Assessment, found: Flips) -> None:
        self._assessment = assessment
        self._found = found
        self._here = OPTIONS.index(assessment.recommended.option)
        self._taken: set[int] = set()

    def closer(self, worse: bool) -> list[FlipKind]:
        """The kinds of sets that lead to a less disruptive option than the recommended one."""
        return [one for one in self._found.kinds if OPTIONS.index(one.option) < self._here and one.worse is worse]

    def further(self, worse: bool) -> list[FlipKind]:
        """The kinds of sets that lead to a more disruptive option than the recommended one."""
        return [one for one in self._found.kinds if OPTIONS.index(one.option) > self._here and one.worse is worse]

    def number(self, kinds: Iterable[FlipKind]) -> int:
        """How many sets are of these kinds."""
        return sum(self._found.kinds[kind] for kind in kinds)

    def reached(self, kinds: Sequence[FlipKind]) -> list[View]:
        """The options that these kinds lead to, the least disruptive first, with the number of sets."""
        found = []
        for option in OPTIONS:
            number = self.number(kind for kind in kinds if kind.option == option)
            if number:
                title = title_of(option, self._assessment)
                said = f"{count(number, 'set')} of changes {'leads' if number == 1 else 'lead'} to {title}"
                found.append({"option": option, "title": title, "number": number, "said": said})
        return found

    def by_side(self, kinds: Sequence[FlipKind], of_each: int, most: int) -> list[View]:
        """These kinds in groups by who has to act, with the first sets of each: the smallest and most plausible.

        A group holds so many sets at most, and so many of each kind.
        """
        groups = []
        for by in SIDES:
            own = [kind for kind in kinds if kind.by == by]
            if own:
                sets = [in_words(flip, self._assessment) for flip in self._take(own, of_each, most)]
                groups.append({"by": by, "sets": sets, "more": self.number(own) - len(sets)})
        return groups

    def rest(self) -> list[View]:
        """The sets that were looked at again and are in no group that was asked for."""
        left = (flip for place, flip in enumerate(self._found.shown) if place not in self._taken)
        return [in_words(flip, self._assessment) for flip in left]

    def _take(self, kinds: Iterable[FlipKind], of_each: int, most: int) -> list[Flip]:
        left = dict.fromkeys(kinds, of_each)
        flips: list[Flip] = []
        for place, flip in enumerate(self._found.shown):
            if left.get(flip.kind) and len(flips) < most:
                left[flip.kind] -= 1
                self._taken.add(place)
                flips.append(flip)
        return flips


def in_words(flip: Flip, assessment: Assessment) -> View:
    """A set of changes as a condition and as a sentence, with who has to act and what it is like today."""
    said = condition(flip.changes, assessment.case)
    title = title_of(flip.option, assessment)
    return {
        "condition": said,
        "sentence": f"If {said}, {title} becomes the answer.",
        "option": flip.option,
        "title": title,
        "by": flip.by,
        "hands": HANDS[flip.by],
        "worse": flip.worse,
        "today": _today(flip.changes),
        "plausible": all(change.named for change in flip.changes),
        "changes": [_change(change) for change in flip.changes],
    }


def _today(changes: Iterable[Change]) -> str:
    """What is changed, as it is today, in short and in the order of the condition, which says what each record is."""
    said = []
    for change in sorted(changes, key=lambda one: one.known is None):
        site = change.site
        what = f"{site.record} {site.field.replace('_', ' ')}".strip()
        if change.known is None:
            what = SUBJECTS.get(site.of, fact_in_words(site.of)).removeprefix("the ")
        said.append(f"{what}: {before_and_after(change)[0]}")
    return "; ".join(dict.fromkeys(said))


def _change(change: Change) -> View:
    now, value = before_and_after(change)
    return {
        "fact": change.path,
        "now": now,
        "value": value,
        "record": change.site.record,
        "lever": change.lever,
        "plausible": change.named,
    }


def title_of(option: str, assessment: Assessment) -> str:
    """What an option is called within a sentence."""
    return small(assessment.ruleset.weighing.options[option].title)
