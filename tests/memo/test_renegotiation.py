"""The renegotiation brief: its agenda is what `flip` finds, and it is right whatever the recommendation is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.assessment import Advisor
from engine.errors import TemplateError
from engine.explain.changes import changed
from engine.explain.wording import condition
from engine.facts_file import parse_case
from engine.flip.finding import find
from engine.flip.flips import Flip, Flips, Wanted
from engine.memo import context as context_module
from engine.memo import flips as flips_module
from engine.memo import talks as talks_module
from engine.memo import together as together_module
from engine.memo import write_memo
from engine.memo.context import memo_context
from engine.memo.flips import SIDES, flips_of
from engine.memo.talks import AGENDA, FURTHER
from engine.rules import OPTIONS
from tests.fresh_machine import TOP
from tests.memo.samples import SAMPLES, advisor, assessed, brief, judged_from_now_on, unescaped
from tests.memo.test_html import check
from tests.small import case as small_case
from tests.small import ruleset as small_ruleset
from tests.without_bulk import without_bulk

HEADINGS = [
    "1. Where things stand",
    "2. The agenda",
    "3. What the talks must settle",
    "4. If the talks fail",
    "5. What not to put at risk",
    "6. What to find out before the meeting",
    "7. Dates",
    "8. For counsel to confirm",
]
APPENDIX = ["A. Further sets of changes", "B. Rules behind this brief", "C. Sources cited", "Record of this assessment"]

every_sample = pytest.mark.parametrize("sample", SAMPLES)


@cache
def every_flip(sample: str) -> Flips:
    """What `advisor flip` finds, more than any brief shows."""
    return find(advisor(), assessed(sample).case, Wanted(limit=300))


@cache
def talks(sample: str) -> dict[str, object]:
    return dict(memo_context(assessed(sample))["talks"])


def part(sample: str, number: int) -> str:
    return brief(sample).split(f"\n## {number}. ")[1].split("\n## ")[0].split("\n# Appendix")[0]


def recommended(sample: str) -> str:
    return assessed(sample).recommended.option


def closer(flip: Flip, sample: str) -> bool:
    return OPTIONS.index(flip.option) < OPTIONS.index(recommended(sample))


def first_of_each(flips: list[Flip], of_each: int, most: int) -> list[Flip]:
    """What one group of a brief is to hold."""
    taken: Counter[tuple[object, ...]] = Counter()
    first: list[Flip] = []
    for flip in flips:
        if taken[flip.kind] < of_each and len(first) < most:
            taken[flip.kind] += 1
            first.append(flip)
    return first


# -- the document


@every_sample
def test_parts_stand_in_their_order(sample: str) -> None:
    found = re.findall(r"^## (.*)$", brief(sample), re.MULTILINE)
    assert found == [*HEADINGS, *APPENDIX]
    html = [re.sub(r"<[^>]*>", "", one) for one in re.findall(r"<h2>(.*)</h2>", brief(sample, "html"))]
    assert html == [*HEADINGS, "Appendix"]


@every_sample
def test_the_page_is_sound(sample: str) -> None:
    checker = check(brief(sample, "html"))
    assert checker.faults == []
    assert checker.open == []
    assert not {tag for tag, _ in checker.elements} & {"script", "link", "img", "iframe", "a", "base"}
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in checker.elements if tag == "th")
    levels = [int(tag[1]) for tag, _ in checker.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@every_sample
def test_markdown_tables_are_well_formed(sample: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", brief(sample), re.MULTILINE):
        lines = block.strip().split("\n")
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1, lines[0]
        assert re.fullmatch(r"\|( -+:? \|)+", lines[1]), lines[0]
        assert len(lines) > 2, lines[0]


@every_sample
def test_length_before_the_appendix_is_two_to_three_pages(sample: str) -> None:
    # A printed page of the brief holds about 500 words.
    assert 350 <= len(re.findall(r"\w+", unescaped(brief(sample).split("\n# Appendix\n")[0]))) <= 1600


@every_sample
def test_both_formats_say_the_same(sample: str) -> None:
    """Every line of the agenda and of the risks stands in both; so does the account of what was found."""
    page = " ".join(" ".join(check(brief(sample, "html")).text).split())
    sets = [one for name in ("agenda", "openings", "risks") for group in talks(sample)[name] for one in group["sets"]]  # type: ignore[attr-defined]
    for one in sets:
        assert " ".join(one["condition"].split()) in page
        assert one["condition"] in unescaped(brief(sample))
        assert one["today"] in page
        assert one["today"] in unescaped(brief(sample))
    (found,) = re.findall(r"^.*, with nothing getting worse\.$", part(sample, 2), re.MULTILINE) or [""]
    assert found in page


def test_other_processes_give_the_same_bytes() -> None:
    sample = "cases/suzuki-volkswagen"
    program = (
        "import sys\n"
        "from tests.memo.samples import brief\n"
        f"sys.stdout.buffer.write((brief({sample!r}) + brief({sample!r}, 'html')).encode())\n"
    )
    for seed in ("1", "4242"):
        command = [sys.executable, "-c", program]
        seeded = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, cwd=TOP, env=seeded, capture_output=True, check=True)
        assert done.stdout == (brief(sample) + brief(sample, "html")).encode()


# -- what the agenda holds


@every_sample
def test_the_groups_are_what_flip_finds(sample: str) -> None:
    found, case = every_flip(sample), assessed(sample).case
    for name, is_closer, worse, (of_each, most) in (
        ("agenda", True, False, AGENDA),
        ("openings", False, False, FURTHER),
        ("risks", False, True, FURTHER),
    ):
        groups = talks(sample)[name]
        assert isinstance(groups, list)
        kinds = {kind: count for kind, count in found.kinds.items() if kind.worse is worse}
        kinds = {
            kind: count
            for kind, count in kinds.items()
            if (OPTIONS.index(kind.option) < OPTIONS.index(recommended(sample))) is is_closer
        }
        assert [group["by"] for group in groups] == [by for by in SIDES if any(kind.by == by for kind in kinds)]
        for group in groups:
            total = sum(count for kind, count in kinds.items() if kind.by == group["by"])
            assert len(group["sets"]) + group["more"] == total
            wanted = [
                flip
                for flip in found.shown
                if (flip.by, flip.worse, closer(flip, sample)) == (group["by"], worse, is_closer)
            ]
            shown = [(one["condition"], one["option"]) for one in group["sets"]]
            if len(wanted) == total:  # the list of `flip` is long enough to compare with
                assert shown == [(condition(f.changes, case), f.option) for f in first_of_each(wanted, of_each, most)]
            sizes = [len(one["changes"]) for one in group["sets"]]
            assert sizes == sorted(sizes)


def flip_key(shown: dict[str, Any]) -> tuple[object, ...]:
    """What tells one set of changes from all others, from what the brief shows of it."""
    return shown["option"], *((change["fact"], change["value"]) for change in shown["changes"])


@every_sample
def test_every_set_that_was_found_is_listed_or_counted(sample: str) -> None:
    values = talks(sample)
    groups = [group for name in ("agenda", "openings", "risks") for group in values[name]]  # type: ignore[attr-defined]
    listed = [flip_key(one) for group in groups for one in group["sets"]]
    rest = [flip_key(one) for one in values["rest"]]  # type: ignore[attr-defined]
    assert len({*listed, *rest}) == len(listed) + len(rest)
    assert len(listed) + len(rest) + values["more_rest"] == sum(every_flip(sample).found.values())  # type: ignore[operator]


@every_sample
def test_each_set_leads_where_it_says_and_never_to_a_closed_option(sample: str) -> None:
    """Judged here once more by the reference engine, from the values that the brief shows."""
    found = flips_of(assessed(sample))
    shown = {
        (one["condition"], one["option"])
        for name in ("agenda", "openings", "risks")
        for group in talks(sample)[name]  # type: ignore[attr-defined]
        for one in group["sets"]
    }
    case, vocabulary = assessed(sample).case, assessed(sample).ruleset.vocabulary
    again = set()
    for flip in found.shown:
        key = (condition(flip.changes, case), flip.option)
        if key in shown:
            winner = advisor().judge(changed(case, flip.changes, vocabulary))[1].winner
            assert winner.option == flip.option
            assert winner.status != "closed"
            again.add(key)
    assert again == shown


def test_each_set_is_judged_by_the_reference_engine_before_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = judged_from_now_on(monkeypatch)
    found = flips_of(assessed("cases/gm-psa"))
    cases = [changed(found.case, flip.changes, found.ruleset.vocabulary) for flip in found.shown]
    assert judged[1:] == cases


@every_sample
def test_nothing_on_the_agenda_gets_worse(sample: str) -> None:
    for group in talks(sample)["agenda"]:  # type: ignore[attr-defined]
        for one in group["sets"]:
            assert not one["worse"]
            for change in one["changes"]:
                assert (change["now"], change["value"]) not in {("met", "missed"), ("committed", "uncommitted")}


# -- what it says of the recommendation


def test_samples_cover_what_a_brief_is_about() -> None:
    assert {recommended(sample) for sample in SAMPLES} >= {"continue", "renegotiate", "modularise", "exit"}


@every_sample
def test_it_says_plainly_what_the_recommendation_is(sample: str) -> None:
    text = unescaped(part(sample, 1))
    winner = assessed(sample).recommended
    options = assessed(sample).ruleset.weighing.options
    assert f"The recommendation is to {options[winner.option].title.lower()}" in text
    assert ("No new terms are called for" in text) is (winner.option == "continue")
    assert ("what would make continuing unchanged the answer" in text) is (winner.option == "renegotiate")
    assert ("It is not to renegotiate" in text) is (winner.option not in ("continue", "renegotiate"))


@every_sample
def test_where_nothing_leads_to_new_terms_it_says_so(sample: str) -> None:
    reached = [one["option"] for one in talks(sample)["reached"]]  # type: ignore[attr-defined]
    text = part(sample, 2)
    beyond = recommended(sample) not in ("continue", "renegotiate")
    assert ("None makes renegotiate the answer." in text) is (beyond and "renegotiate" not in reached)
    back = recommended(sample) == "renegotiate" and "continue" not in reached
    assert ("Nothing that was tried takes us back to continuing" in text) is back


def test_both_are_met_in_the_samples() -> None:
    texts = [part(sample, 2) for sample in SAMPLES]
    assert any("None makes renegotiate the answer." in text for text in texts)
    assert any("Nothing that was tried takes us back to continuing" in text for text in texts)
    assert any("Nothing has to change at the table" in text for text in texts)


@every_sample
def test_the_way_out_is_open_and_is_the_recommendation_or_the_best_other(sample: str) -> None:
    fallback = talks(sample)["fallback"]
    assert isinstance(fallback, dict)
    assert fallback["status"] != "closed"
    assert fallback["recommended"] is (recommended(sample) != "renegotiate")
    if recommended(sample) == "renegotiate":
        left = [one for one in assessed(sample).verdict.standings[1:] if one.status != "closed" and not one.set_aside]
        assert fallback["option"] == left[0].option


@every_sample
def test_open_matters_are_those_of_the_facts(sample: str) -> None:
    case = assessed(sample).case
    values = talks(sample)
    for name, is_open in (
        ("conflicts", lambda record: record.value("status") != "resolved"),
        ("commitments", lambda record: record.value("status") in ("late", "missed")),
    ):
        ids = {record.id for record in case.records(name) or () if is_open(record)}
        shown = [one["id"] for one in values[name]]  # type: ignore[attr-defined]
        assert set(shown) <= ids
        assert len(shown) + values[f"more_{name}"] == len(ids)  # type: ignore[operator]


@every_sample
def test_every_rule_that_is_named_has_its_sources_below(sample: str) -> None:
    values = talks(sample)
    fired = assessed(sample).judgement.fired | assessed(sample).plan.fired
    cited = {id_ for one in values["rules"] for id_ in one["source"]}  # type: ignore[attr-defined]
    assert {one["rule"] for one in values["rules"]} <= fired  # type: ignore[attr-defined]
    assert {one["id"] for one in values["sources"]} == cited  # type: ignore[attr-defined]


def test_where_nothing_can_be_changed_it_says_so() -> None:
    profile = b"alliance: {name: N, us: We, partner: They, as_of: 2025-06-30}\n"
    assessment = advisor().assess(parse_case("a.yaml", profile, advisor().ruleset.vocabulary))
    for fmt in ("md", "html"):
        text = write_memo(assessment, "renegotiation", fmt)
        told = "No change was tried: nothing that somebody could change is known. Part 6 says what to find out first."
        assert told in text
        assert "0 change" not in text
        assert assessment.verdict.lead == 0
        for template in ("renegotiation", "board"):
            text = unescaped(write_memo(assessment, template, fmt))
            assert "0 points" not in text
            assert "Any point that moved could make another option the answer." in text


# -- only where it is asked for, and with what there is


def test_other_memos_look_for_no_flips(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def never(*_: object, **__: object) -> Flips:
        raise AssertionError

    monkeypatch.setattr(talks_module, "flips_of", never)
    monkeypatch.setattr(together_module, "flips_of", never)
    own = tmp_path / "own.md.j2"
    own.write_text("{{ summary[0] }}{{ changes | length }}", encoding="utf-8")
    assert write_memo(assessed("cases/gm-psa"), str(own), "md")
    for name in ("talks", "together"):
        own.write_text(f"{{{{ summary[0] }}}}{{{{ {name}.tried }}}}", encoding="utf-8")
        with pytest.raises(AssertionError):
            write_memo(assessed("cases/gm-psa"), str(own), "md")


def test_they_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def counting(assessment: object, **_: object) -> Flips:
        asked.append(assessment)
        return flips_of(assessed("cases/gm-psa"))

    monkeypatch.setattr(talks_module, "flips_of", counting)
    write_memo(assessed("cases/gm-psa"), "renegotiation", "html")
    assert len(asked) == 1


def test_a_wrong_name_is_located_with_the_nearest(tmp_path: Path) -> None:
    own = tmp_path / "own.md.j2"
    for text, line, column, message, hint in (
        ("A\n{{ talks.agnda }}", 2, 10, "there is no `agnda` in the value named before it", "did you mean `agenda`?"),
        ("{% for one in talks.agenda %}\n{{ one.sts }}{% endfor %}", 2, 8, "there is no `sts`", "did you mean `sets`?"),
        ("{{ talk.agenda }}", 1, 4, "there is nothing called `talk`", "did you mean `talks`?"),
        ("{{ talks.agenda | number }}", 1, 1, "this cannot be written", ""),
    ):  # fmt: skip
        own.write_text(text, encoding="utf-8")
        with pytest.raises(TemplateError) as caught:
            write_memo(assessed("cases/gm-psa"), str(own), "md")
        (problem,) = caught.value.problems
        assert (problem.location.line, problem.location.column) == (line, column)
        assert problem.message.startswith(message)
        assert problem.hint == hint


SINGLE = "Only single changes were looked at: pairs and threes need what"


def test_without_the_bulk_engine_it_has_single_changes_and_says_so() -> None:
    done = without_bulk("memo", "sample:cases/hmrc-capgemini", "--template", "renegotiation")
    assert done.returncode == 0, done.stderr
    assert f"{SINGLE} `pip install 'alliance-advisor[bulk]'` brings." in done.stdout
    assert "changes were tried, one at a time," in done.stdout
    assert "the fit of the type of agreement is partial" in done.stdout
    assert SINGLE not in brief("cases/hmrc-capgemini")


def test_its_groups_are_then_those_of_single_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flips_module, "has_bulk", lambda: False)
    for sample in ("cases/hmrc-capgemini", "cases/jal-american-2010"):
        values = memo_context(assessed(sample))["talks"]
        together = every_flip(sample)
        assert values["most"] == 1
        groups = [group for name in ("agenda", "openings", "risks") for group in values[name]]
        assert all(len(one["changes"]) == 1 for group in groups for one in group["sets"])
        counted = sum(len(group["sets"]) + group["more"] for group in groups) + values["for_the_worse"]
        assert counted == sum(count for (size, _), count in together.found.items() if size == 1)
        # Where there is no agenda, what would lead away from going on is what was looked for.
        assert SINGLE in " ".join(check(write_memo(assessed(sample), "renegotiation", "html")).text)


def test_among_many_changes_it_has_no_threes_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any("There are too many" in brief("cases/hmrc-capgemini", fmt) for fmt in ("md", "html"))
    few = flips_module.WANTED._replace(triples_up_to=20)
    monkeypatch.setattr(talks_module, "flips_of", lambda assessment, **_: flips_of(assessment, few))
    assessment = assessed("cases/hmrc-capgemini")
    found = find(advisor(), assessment.case, Wanted(most=2, limit=300))
    values = memo_context(assessment)["talks"]
    assert values["most"] == 2
    groups = [group for name in ("agenda", "openings", "risks") for group in values[name]]
    assert {len(one["changes"]) for group in groups for one in group["sets"]} == {1, 2}
    listed = sum(len(group["sets"]) for group in groups) + len(values["rest"])
    assert listed + values["more_rest"] == sum(found.found.values())
    for fmt in ("md", "html"):
        text = write_memo(assessment, "renegotiation", fmt)
        assert "changes were tried, alone and in pairs, and each" in text
        assert "There are too many for threes in a brief:" in text


def test_a_ruleset_of_ones_own() -> None:
    """It has neither conflicts nor commitments, nor the facts of the built-in one."""
    with Advisor(small_ruleset()) as own:
        assessment = own.assess(small_case("terms: {rationale: gone}"))
    for fmt in ("md", "html"):
        text = write_memo(assessment, "renegotiation", fmt)
        assert "No conflict is recorded as open." in text
        assert "The recommendation is to" in text
    assert context_module.memo_context(assessment)["talks"]["conflicts"] == []
