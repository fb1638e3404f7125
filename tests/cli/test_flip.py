"""`advisor flip`: what would change the answer, in the terminal and as JSON, and what is wrong with being asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.assessment import Advisor
from engine.case import Case
from engine.cli.flip import MOST_SHOWN
from engine.cli.text.flip import flips_view
from engine.facts_changes import changed_case
from engine.facts_file import parse_case
from engine.flip.finding import find
from engine.flip.flips import Flip, Wanted
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.rules import OPTIONS
from tests.cli.running import advisor
from tests.fresh_machine import TOP
from tests.without_bulk import without_bulk

SAMPLE = "sample:cases/gm-psa"
PROFILE = "alliance: {name: Test, us: We, partner: They, as_of: 2025-06-30}\n"


def view(*arguments: object) -> dict[str, Any]:
    ran = advisor("flip", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert isinstance(found, dict)
    return found


FOLDERS = sorted(path.parent for path in builtin("facts").glob("*/*/facts.yaml"))
EACH = 3


@pytest.fixture(scope="module")
def judge() -> Iterator[Advisor]:
    with Advisor(load_ruleset(builtin("rulesets") / "alliance")) as judge:
        yield judge


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_set_does_what_it_says_by_whatif(judge: Advisor, folder: Path) -> None:
    """The paths and values are those of the command `whatif`, which is another way to the same answer.

    Of each sample every single change that is shown, and some of the pairs and triples; a few by the command itself.
    """
    sample = f"sample:{folder.parent.name}/{folder.name}"
    found = view(sample)
    said = json.loads(advisor("assess", sample, "--format", "json").out)
    assert found["recommendation"]["option"] == said["recommendation"]["option"]
    name, content = str(folder / "facts.yaml"), (folder / "facts.yaml").read_bytes()
    chance = Random(folder.name)
    some = []
    for size in (1, 2, 3):
        own = [one for one in found["sets"] if len(one["changes"]) == size]
        some += own if size == 1 else chance.sample(own, min(8, len(own)))
    # What is taken away is what `whatif` could refuse.
    some += [one for one in found["sets"] if any(change["taken_away"] for change in one["changes"])][:8]
    for one in some:
        after = changed_case(name, content, sets_of(one), judge.ruleset.vocabulary).case
        assert judge.judge(after)[1].winner.option == one["option"], one["sentence"]
    for one in chance.sample(some, min(2, len(some))):
        options = [part for path, value in sets_of(one) for part in ("--set", f"{path}={value}")]
        after_all = json.loads(advisor("whatif", sample, *options, "--format", "json").out)
        assert after_all["after"]["option"] == one["option"], one["sentence"]
        told = {change["path"]: change["after"] for change in after_all["changes"]}
        assert told == {change["path"]: change["after"] for change in one["changes"]}


def test_entries_of_one_list_give_the_list_as_it_is_after_all_changes(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(f"{PROFILE}contract: {{exit_routes: [expiry]}}\n", encoding="utf-8")
    with Advisor(load_ruleset(builtin("rulesets") / "alliance")) as judge:
        case = parse_case("a.yaml", path.read_bytes(), judge.ruleset.vocabulary)
        found = find(judge, case, Wanted(most=1))
        more = [change for change in found.tried if change.site.entry in ("expiry", "spin_off")]
        told = flips_view(found._replace(shown=(Flip(tuple(more), "exit", worse=False),)))["sets"][0]
    assert [change["after"] for change in told["changes"]] == [["spin_off"], ["spin_off"]]
    assert told["sentence"].startswith(
        "If letting the term end is no longer a way out and setting up the business on its"
    )
    assert {change["after_in_words"] for change in told["changes"]} == {"spin off"}


def sets_of(one: dict[str, Any]) -> list[tuple[str, str]]:
    """A set as `whatif` takes it: of a list of choices that has several entries changed, the path once."""
    return list(dict.fromkeys((change["path"], written(change)) for change in one["changes"]))


def written(change: dict[str, Any]) -> str:
    return "unknown" if change["taken_away"] else json.dumps(change["after"])


def test_the_first_way_to_each_option_is_shown() -> None:
    sample = "sample:cases/pixar-disney-1996"
    found = view(sample, "--limit", 10)
    options = [one["option"] for one in found["found"]]
    assert len(options) == 5
    assert {one["option"] for one in found["sets"]} == set(options)
    assert [len(one["changes"]) for one in found["sets"]] == sorted(len(one["changes"]) for one in found["sets"])
    for option in options:
        (first, *_) = view(sample, "--limit", 1, "--to", option)["sets"]
        assert next(one for one in found["sets"] if one["option"] == option) == first
    assert len(view(sample, "--limit", 3)["sets"]) == 3
    assert len({one["option"] for one in view(sample, "--limit", 3)["sets"]}) == 3
    alone = view(sample, "--limit", 2, "--max-changes", 1)["sets"]
    assert {one["option"] for one in alone} == {"continue", "de-scope"}


def test_the_page_says_what_json_says() -> None:
    found, page = view(SAMPLE, "--limit", 10), advisor("flip", SAMPLE)
    assert page.code == 0
    for one in found["sets"]:
        assert one["sentence"] in page.text
        for change in one["changes"]:
            assert f"{change['path']}: {change['before_in_words']} → {change['after_in_words']}" in page.text
    assert f"{found['changes_tried']} changes were tried, alone, in pairs and in triples." in page.text
    told = "`--limit NUMBER` shows more, `--to OPTION` only those that lead to one option."
    assert f"{found['more']} more sets are not shown: {told}" in page.text
    assert max(map(len, page.out.splitlines())) <= 80


def test_counts_are_of_all_that_was_found() -> None:
    found = view(SAMPLE)
    assert found["more"] == 0
    counted = {
        (one["option"], size): count for one in found["found"] for size, count in enumerate(one["by_changes"], 1)
    }
    for (option, size), count in counted.items():
        assert count == sum(one["option"] == option and len(one["changes"]) == size for one in found["sets"])
    assert [len(one["changes"]) for one in found["sets"]] == sorted(len(one["changes"]) for one in found["sets"])
    few = view(SAMPLE, "--limit", 3)
    assert few["found"] == found["found"]
    assert len(few["sets"]) == 3
    assert all(one in found["sets"] for one in few["sets"])
    assert few["more"] == len(found["sets"]) - 3


def test_the_same_command_gives_the_same_bytes() -> None:
    assert advisor("flip", SAMPLE).out == advisor("flip", SAMPLE).out
    assert advisor("flip", SAMPLE, "--format", "json").out == advisor("flip", SAMPLE, "--format", "json").out


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_set_has_more_changes_than_asked_for(most: int) -> None:
    found = view(SAMPLE, "--max-changes", most)
    assert max(len(one["changes"]) for one in found["sets"]) == most
    assert all(len(one["by_changes"]) == most for one in found["found"])
    every = view(SAMPLE)
    assert found["sets"] == [one for one in every["sets"] if len(one["changes"]) <= most]


@pytest.mark.parametrize("by", ["us", "partner"])
def test_one_party_alone(by: str) -> None:
    found = view("sample:cases/pixar-disney-1996", "--by", by, "--limit", 20)
    assert found["sets"]
    for one in found["sets"]:
        assert one["by"] == by
        assert {change["lever"] for change in one["changes"]} == {by}


def test_one_option_alone() -> None:
    found = view(SAMPLE, "--to", "renegotiate")
    assert found["sets"]
    assert {one["option"] for one in found["sets"]} == {"renegotiate"}
    assert [one["option"] for one in found["found"]] == ["renegotiate"]


def test_the_option_that_is_the_answer_already() -> None:
    ran = advisor("flip", SAMPLE, "--to", "de-scope")
    assert ran.code == 0
    assert "It is the option that was asked for, so that nothing has to change." in ran.text
    found = view(SAMPLE, "--to", "de-scope")
    assert (found["is_there_already"], found["sets"], found["more"], found["sets_judged"]) == (True, [], 0, 0)


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    return path


def test_nothing_to_change(nothing: Path) -> None:
    ran = advisor("flip", nothing)
    assert ran.code == 0
    told = "could change and that a rule looks at: `advisor assess` lists the unknown facts that could lead to another"
    assert ran.text.endswith(f"Nothing is known that somebody {told} option.")
    assert advisor("flip", nothing, "--by", "us").text.endswith(f"Nothing is known that we alone {told} option.")
    assert view(nothing)["sets"] == []
    assert json.loads(advisor("assess", nothing, "--format", "json").out)["missing"]


def test_nothing_that_leads_elsewhere(nothing: Path) -> None:
    nothing.write_text(f"{PROFILE}culture: {{communication: 3}}\n", encoding="utf-8")
    ran = advisor("flip", nothing, "--to", "exit")
    assert ran.code == 0
    assert "None of them leads to exit." in ran.text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([SAMPLE, "--to", "exti"], 1, "there is no option `exti`\n  hint: did you mean `exit`?"),
        ([SAMPLE, "--to", "zzz"], 1, "hint: the options are `continue`, `renegotiate`"),
        (["nowhere.yaml"], 1, "there is no file `nowhere.yaml`"),
        ([SAMPLE, "--ruleset", "nowhere"], 1, "there is no ruleset folder `nowhere`"),
        ([SAMPLE, "--max-changes", "4"], 2, "4 is not in the range 1<=x<=3."),
        ([SAMPLE, "--max-changes", "0"], 2, "0 is not in the range 1<=x<=3."),
        ([SAMPLE, "--max-changes", "two"], 2, "'two' is not a valid integer range."),
        ([SAMPLE, "--limit", "0"], 2, "0 is not in the range"),
        ([SAMPLE, "--limit", str(MOST_SHOWN + 1)], 2, "is not in the range"),
        ([SAMPLE, "--by", "nobody"], 2, "'nobody' is not one of 'us', 'partner', 'both'."),
        ([SAMPLE, "--format", "markdown"], 2, "'markdown' is not one of 'text', 'json'."),
        ([], 2, "Missing argument 'FACTS'."),
    ],
)
def test_what_cannot_be_asked(arguments: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    ran = advisor("flip", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_facts_with_errors_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(f"{PROFILE}strategy: {{fit: gret, rationle: gone}}\n", encoding="utf-8")
    ran = advisor("flip", path)
    assert (ran.code, ran.out) == (1, "")
    assert f"{path}:2:17: `strategy.fit` is `gret`" in ran.err
    assert f"{path}:2:23: unknown fact `strategy.rationle`" in ran.err


def test_a_disagreement_of_the_engines_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Advisor.judge
    first: list[Any] = []

    def stubborn(self: Advisor, case: Case) -> Any:
        first.append(honest(self, case))
        return first[0]

    monkeypatch.setattr(Advisor, "judge", stubborn)
    ran = advisor("flip", SAMPLE, "--limit", 1)
    assert (ran.code, ran.out) == (3, "")
    assert "a fault of the advisor, not of your files: with " in ran.err


def test_hostile_text_comes_out_as_text(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(
        "alliance: {name: N, us: We, partner: They, as_of: 2025-06-30}\n"
        "conflicts:\n"
        '- {id: "C\\e[31m{{7*7}}", description: "{owner} %s \\u202e {{x}}", status: open, severity: 5}\n'
        "commitments:\n"
        '- {id: "{is}", owner: partner, description: "{records}", status: missed, materiality: 5}\n'
        "strategy: {rationale: valid, fit: strong, goal_alignment: 4}\n",
        encoding="utf-8",
    )
    for form in ("text", "json"):
        ran = advisor("flip", path, "--format", form)
        assert ran.code == 0, ran.err
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out


# -- without what is optional


@pytest.mark.parametrize("arguments", [(), ("--max-changes", "2"), ("--to", "exit")])
def test_several_changes_need_the_bulk_engine(arguments: tuple[str, ...]) -> None:
    done = without_bulk("flip", SAMPLE, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'alliance-advisor[bulk]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_single_changes_do_not() -> None:
    done = without_bulk("flip", SAMPLE, "--max-changes", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout == advisor("flip", SAMPLE, "--max-changes", 1).out


def test_every_option_has_a_name() -> None:
    titles = {one["option"]: one["title"] for one in view("sample:cases/honda-hero", "--limit", 1)["found"]}
    assert set(titles) <= set(OPTIONS)
    assert len(titles) > 2
