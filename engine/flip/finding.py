"""From a case to the sets of changes that would lead to another option, each judged again before it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from engine.assessment import Advisor
from engine.case import Case
from engine.errors import EngineFault, NotFoundError, did_you_mean, one_of
from engine.explain.because import number_in_words
from engine.explain.changes import HANDS, Change, changed
from engine.explain.counterfactual import telling
from engine.explain.levers import all_changes
from engine.explain.variation import Variations
from engine.explain.worsening import worsens
from engine.flip.flips import Flip, FlipKind, Flips, Found, Wanted, first_of
from engine.rules import OPTIONS
from engine.sources import shorten


def find(advisor: Advisor, case: Case, wanted: Wanted, progress: Callable[[str], None] | None = None) -> Flips:
    """Looks for all minimal sets of changes.

    A set is minimal where no part of it leads to the same option, and no change in it could stop at a nearer value on
    the same side; that a part leads to a third option does not count against it. Raises NotFoundError for an unknown
    option, NotInstalledError where more than one change is asked for and the bulk engine is missing, EngineFault where
    the two engines disagree.
    """
    if wanted.to is not None and wanted.to not in OPTIONS:
        hint = did_you_mean(wanted.to, OPTIONS, f"the options are {one_of(OPTIONS)}")
        raise NotFoundError(f"there is no option `{shorten(wanted.to)}`\n  hint: {hint}")
    tell = progress or (lambda _step: None)
    tell("judging the case as it is")
    trace, verdict = advisor.judge(case)
    tell("looking for what can be changed")
    allowed = HANDS[wanted.by]
    tried = tuple(change for change in all_changes(advisor.graph, trace.situation) if change.lever in allowed)
    if wanted.triples_up_to is not None and len(tried) > wanted.triples_up_to:
        wanted = wanted._replace(most=min(wanted.most, 2))
    none = Flips(case, advisor.ruleset, verdict.winner, wanted, tried, {}, {}, ())
    if none.is_there_already:
        return none
    variations = Variations(advisor.graph, trace, verdict)
    worse = tuple(worsens(change, variations) for change in tried)
    if wanted.most == 1:
        tell(f"judging each of {number_in_words(len(tried))} changes")
        found = _singles(variations, tried, worse, wanted)
    else:
        from engine.bulk import Bulk  # it needs what not everybody has installed, and says so first
        from engine.flip.sets import sets_of_changes

        tell(f"judging every set of up to {wanted.most} of {number_in_words(len(tried))} changes")
        bulk = Bulk(advisor.ruleset, graph=advisor.graph)
        found = sets_of_changes(case, tried, worse, verdict.winner.option, wanted, bulk)
    tell(f"judging {number_in_words(len(found.first))} of the sets again, one by one")
    for flip in found.first:
        _verify(flip, advisor, case)
    return none._replace(found=found.counts, kinds=found.kinds, shown=tuple(found.first))


def _singles(variations: Variations, tried: tuple[Change, ...], worse: tuple[bool, ...], wanted: Wanted) -> Found:
    """Single changes, one after another: without the bulk engine."""
    is_worse = {(change.site, change.value): bad for change, bad in zip(tried, worse, strict=True)}
    flips = [
        Flip((change,), option, is_worse[change.site, change.value])
        for change, option in telling(variations, tried)
        if wanted.to in (None, option)
    ]
    counts = Counter((1, flip.option) for flip in flips)
    kinds = Counter(flip.kind for flip in flips)
    # The sort is stable: of equals, the first in the order of the vocabulary.
    flips.sort(key=lambda flip: (flip.effort, flip.by == "both"))
    return Found(counts, kinds, (_first_of_each if wanted.of_each else first_of)(flips, wanted.limit))


def _first_of_each(flips: list[Flip], limit: int) -> list[Flip]:
    taken: Counter[FlipKind] = Counter()
    first = []
    for flip in flips:
        if taken[flip.kind] < limit:
            taken[flip.kind] += 1
            first.append(flip)
    return first


def _verify(flip: Flip, advisor: Advisor, case: Case) -> None:
    """Runs the reference engine on the changed case."""
    _, verdict = advisor.judge(changed(case, flip.changes, advisor.ruleset.vocabulary))
    if verdict.winner.option != flip.option or verdict.winner.status == "closed":
        paths = ", ".join(change.path for change in flip.changes)
        raise EngineFault(
            f"with {paths} changed, one engine recommends {flip.option} and the other {verdict.winner.option}"
        )
