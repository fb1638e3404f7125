"""The built-in ruleset on the samples: both engines agree on changes, and what is found is what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import comb
from pathlib import Path
from random import Random

import numpy as np
import pytest

from engine.assessment import Advisor
from engine.bulk import Bulk
from engine.decision.verdict import Verdict
from engine.errors import EngineFault, NotFoundError
from engine.explain.changes import changed, exclude
from engine.explain.levers import all_changes
from engine.explain.phrases import CLAUSES, ENTRIES, ENTRY_NAMES, PLURAL, RECORDS, SUBJECTS
from engine.explain.wording import before_and_after, clauses, condition
from engine.facts_file import load_case, parse_case
from engine.flip.finding import find
from engine.flip.flips import Wanted
from engine.flip.ranks import unranked
from engine.flip.search import NOWHERE, judged
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.rules import OPTIONS
from engine.vocabulary import Kind

FOLDERS = sorted(path.parent for path in builtin("facts").glob("*/*/facts.yaml"))
FEW = [folder for folder in FOLDERS if folder.name in ("suzuki-volkswagen", "gm-psa", "pixar-disney-1996")]
every_sample = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
few_samples = pytest.mark.parametrize("folder", FEW, ids=lambda folder: folder.name)


@pytest.fixture(scope="module")
def advisor() -> Iterator[Advisor]:
    with Advisor(load_ruleset(builtin("rulesets") / "alliance")) as advisor:
        yield advisor


@every_sample
def test_the_engines_agree_on_sets_of_changes(advisor: Advisor, folder: Path) -> None:
    """Forty sets of each size, others for each sample, and half of them of changes to one list."""
    chance = Random(folder.name)
    case = load_case(str(folder / "facts.yaml"), advisor.ruleset.vocabulary)
    changes = all_changes(advisor.graph, advisor.judge(case)[0].situation)
    if folder not in FEW:
        changes = tuple(change for change in changes if chance.random() < 0.4)
    found = judged(case, changes, 3, Bulk(advisor.ruleset))
    for size, options in enumerate(found.by_size, start=1):
        assert len(options) == comb(len(changes), size)
        some = chance.sample(range(len(options)), min(40, len(options)))
        sets = unranked(np.array(some), size, len(changes))
        records = [number for number, change in enumerate(changes) if change.known is not None]
        if len(records) >= size:
            drawn = [sorted(chance.sample(records, size)) for _ in range(40)]
            sets = np.concatenate([sets, np.array(drawn).T], axis=1)
        for numbers, option in zip(sets.T.tolist(), found.options(sets).tolist(), strict=True):
            together = [changes[number] for number in numbers]
            if any(exclude(one, other) for one in together for other in together if one is not other):
                assert option == NOWHERE
                continue
            winner = advisor.judge(changed(case, together, advisor.ruleset.vocabulary))[1].winner
            assert option == (NOWHERE if winner.status == "closed" else OPTIONS.index(winner.option)), together


@every_sample
def test_single_changes_are_the_same_with_and_without_the_bulk_engine(advisor: Advisor, folder: Path) -> None:
    case = load_case(str(folder / "facts.yaml"), advisor.ruleset.vocabulary)
    alone = find(advisor, case, Wanted(most=1, limit=1_000))
    together = find(advisor, case, Wanted(most=2, limit=len(alone.shown) + 5))
    singles = tuple(flip for flip in together.shown if len(flip.changes) == 1)
    assert alone.shown == singles
    assert alone.found == {key: count for key, count in together.found.items() if key[0] == 1}
    assert alone.more == 0


@few_samples
@pytest.mark.parametrize("by", ["us", "partner", "both"])
def test_what_one_party_can_do_is_part_of_what_both_can(advisor: Advisor, folder: Path, by: str) -> None:
    case = load_case(str(folder / "facts.yaml"), advisor.ruleset.vocabulary)
    found = find(advisor, case, Wanted(by=by, limit=50))
    every = find(advisor, case, Wanted(limit=50))
    for change in found.tried:
        assert change in every.tried
        assert by in ("both", change.lever)
    assert all(flip.by == by for flip in found.shown) or by == "both"
    for key, count in found.found.items():
        assert count <= every.found[key]


@few_samples
def test_the_way_to_one_option_is_part_of_the_ways_to_all(advisor: Advisor, folder: Path) -> None:
    case = load_case(str(folder / "facts.yaml"), advisor.ruleset.vocabulary)
    every = find(advisor, case, Wanted(limit=40))
    for option in OPTIONS:
        found = find(advisor, case, Wanted(to=option, limit=40))
        if option == every.now.option:
            assert found.is_there_already
            assert found.shown == ()
            continue
        assert found.found == {key: count for key, count in every.found.items() if key[1] == option}
        here = [flip for flip in every.shown if flip.option == option]
        assert list(found.shown[: len(here)]) == here


def test_the_same_facts_give_the_same_sets_in_the_same_order(advisor: Advisor) -> None:
    case = load_case(str(FEW[0] / "facts.yaml"), advisor.ruleset.vocabulary)
    assert find(advisor, case, Wanted(limit=100)) == find(advisor, case, Wanted(limit=100))


def test_a_set_on_which_the_engines_disagree_is_a_fault(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    case = load_case(str(FEW[0] / "facts.yaml"), advisor.ruleset.vocabulary)
    honest = Advisor.judge
    before = honest(advisor, case)

    def stubborn(self: Advisor, other: object) -> tuple[object, Verdict]:
        return before

    monkeypatch.setattr(Advisor, "judge", stubborn)
    with pytest.raises(EngineFault, match="one engine recommends"):
        find(advisor, case, Wanted(limit=1))


def test_an_unknown_option_is_told(advisor: Advisor) -> None:
    case = parse_case("a.yaml", PROFILE, advisor.ruleset.vocabulary)
    with pytest.raises(NotFoundError, match=r"there is no option `exti`\n  hint: did you mean `exit`\?"):
        find(advisor, case, Wanted(to="exti"))


PROFILE = b"alliance: {name: N, us: We, partner: They, as_of: 2025-06-30}\n"


@pytest.mark.parametrize("most", [1, 2, 3])
def test_where_nothing_is_known_nothing_can_be_changed(advisor: Advisor, most: int) -> None:
    found = find(advisor, parse_case("a.yaml", PROFILE, advisor.ruleset.vocabulary), Wanted(most=most))
    assert (found.tried, found.found, found.shown, found.more) == ((), {}, (), 0)


@every_sample
def test_what_has_happened_is_no_change(advisor: Advisor, folder: Path) -> None:
    case = load_case(str(folder / "facts.yaml"), advisor.ruleset.vocabulary)
    for change in all_changes(advisor.graph, advisor.judge(case)[0].situation):
        if change.site.of == "commitments":
            assert change.record is not None
            assert change.record.value("status") != "met"
        if isinstance(change.value, date):
            assert change.value >= case.as_of, change.path
        assert (change.site.field, change.now) not in {("remediated", "full"), ("escalation", "exhausted")}
        assert (change.path, change.now) != ("contract.closed", True)


def test_what_was_not_kept_can_still_be_delivered(advisor: Advisor) -> None:
    facts = PROFILE + (
        b"commitments: [{id: M1, owner: us, status: late}, {id: M2, owner: us, status: met},"
        b" {id: M3, owner: partner, status: pending}, {id: M4, owner: us, status: missed}]\n"
        b"conflicts: [{id: C1, status: resolved, severity: 4}]\n"
    )
    case = parse_case("a.yaml", facts, advisor.ruleset.vocabulary)
    found: dict[str, set[object]] = {}
    for change in all_changes(advisor.graph, advisor.judge(case)[0].situation):
        found.setdefault(change.path, set()).update((change.value, *change.alike))
    assert found == {
        "commitments.M1.status": {"met", "missed", "pending"},
        "commitments.M3.status": {"met", "late", "missed"},
        "commitments.M4.status": {"met", "late", "pending"},
        "conflicts.C1.status": {"open"},
    }


def test_to_allege_a_breach_is_not_ours(advisor: Advisor) -> None:
    case = parse_case("a.yaml", PROFILE + b"contract: {our_breach: none}\n", advisor.ruleset.vocabulary)
    changes = all_changes(advisor.graph, advisor.judge(case)[0].situation)
    assert {(change.path, change.lever) for change in changes} == {("contract.our_breach", "both")}
    assert find(advisor, case, Wanted(by="us")).tried == ()


# -- in words


def test_every_change_of_the_samples_reads_as_a_clause(advisor: Advisor) -> None:
    for folder in FOLDERS:
        case = load_case(str(folder / "facts.yaml"), advisor.ruleset.vocabulary)
        for change in all_changes(advisor.graph, advisor.judge(case)[0].situation):
            (said,) = clauses([change], case)
            assert "_" not in said.replace(change.site.record, "")
            assert "{" not in said
            assert "(or" not in said
            assert not change.alike or before_and_after(change)[1].count(" or ")
            assert not said.startswith(("the our", "the the", "the partner's the"))
            assert said[0].islower() or change.known is not None


def test_records_to_which_the_same_happens_share_a_clause(advisor: Advisor) -> None:
    facts = PROFILE + (
        b"governance: {escalation_path: none}\n"
        b"commitments:\n"
        b"- {id: M2, owner: partner, status: missed}\n"
        b"- {id: M4, owner: partner, status: missed}\n"
        b"- {id: M5, owner: us, status: missed}\n"
    )
    case = parse_case("a.yaml", facts, advisor.ruleset.vocabulary)
    by_path = {
        (change.path, change.value): change for change in all_changes(advisor.graph, advisor.judge(case)[0].situation)
    }
    escalation = by_path["governance.escalation_path", "followed"]
    m2, m4, m5 = (by_path[f"commitments.{name}.status", "met"] for name in ("M2", "M4", "M5"))
    assert condition([escalation, m2, m4], case) == "the partner delivers M2 and M4 and the escalation path is followed"
    assert condition([m2, m5], case) == "the partner delivers M2 and we deliver M5"
    assert [m2.lever, m5.lever, escalation.lever] == ["partner", "us", "both"]


@pytest.mark.parametrize(
    ("facts", "path", "value", "said", "after"),
    [
        ("contract: {exclusivity: mutual}", "contract.exclusivity", "none",
         "neither is bound to work only within the alliance", "none or binds partner"),
        ("governance: {structure: steering_committee}", "governance.structure", "informal",
         "decisions are taken case by case, without a joint body", "informal or none"),
        ("contract: {exit_routes: [expiry]}", "contract.exit_routes", ("expiry", "sell_to_partner"),
         "selling our part to the partner becomes a way out", "expiry and sell to partner"),
        ("contract: {exit_routes: [expiry]}", "contract.exit_routes", (),
         "letting the term end is no longer a way out", "none of them"),
        ("commitments: [{id: operate, owner: us, status: pending, description: Operation of the cafes}]",
         "commitments.operate.status", "missed", "we miss “Operation of the cafes” (operate)", "missed"),
        ("conflicts: [{id: C1, severity: 4, status: open, description: Price}]", "conflicts.C1.status", "resolved",
         "conflict “Price” (C1) is resolved", "resolved"),
    ],
)  # fmt: skip
def test_clauses(advisor: Advisor, facts: str, path: str, value: object, said: str, after: str) -> None:
    case = parse_case("a.yaml", PROFILE + facts.encode(), advisor.ruleset.vocabulary)
    found = [
        change
        for change in all_changes(advisor.graph, advisor.judge(case)[0].situation)
        if change.path == path and value in (change.value, *change.alike)
    ]
    assert clauses(found, case) == [said]
    assert before_and_after(found[0])[1] == after


def test_phrases_are_of_the_built_in_vocabulary(advisor: Advisor) -> None:
    vocabulary = advisor.ruleset.vocabulary
    for name in (*SUBJECTS, *PLURAL, *CLAUSES, *ENTRIES):
        assert vocabulary.facts[name].lever != "nobody", name
    for name, said in CLAUSES.items():
        known = vocabulary.facts[name].type
        assert set(said) <= ({"yes", "no"} if known.kind is Kind.FLAG else set(known.values)), name
    for name in ENTRIES:
        assert vocabulary.facts[name].type.kind is Kind.CHOICES
    for name, names in ENTRY_NAMES.items():
        assert set(names) <= set(vocabulary.facts[name].type.values)
    for list_name, field, value in RECORDS:
        if field:
            known = vocabulary.lists[list_name].fields[field].type
            assert value in ({"yes", "no"} if known.kind is Kind.FLAG else set(known.values)), (list_name, field)
        else:
            assert list_name in vocabulary.lists
