"""`advisor robustness`: what it shows, that the same facts give the same bytes, and what bad input gets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engine.cli.terminal import Page
from engine.cli.text.robustness import _rounded, robustness_page, robustness_view, share_in_words
from engine.explain.variation import RuleGraph
from engine.robustness.finding import find
from engine.rules import OPTIONS
from tests import small
from tests.cli.running import ADVISOR, advisor
from tests.without_bulk import without_bulk

FACTS = """\
alliance:
  name: Test
  us: We
  partner: They
  as_of: {value: 2025-06-30, low: 2025-06-01, high: 2025-07-30}
  started: {value: 2020-06-30, confidence: low}
strategy:
  rationale: {value: weakening, plausible: [gone, weakening, valid], confidence: low}
  goal_alignment: {value: 2.5, low: 2, high: 3, source: "Health check of June, page 4"}
contract:
  ends_on: {value: 2026-06-30, low: 2025-07-30, high: 2027-09-30}
  auto_renews: {value: false, disputed: true}
  exit_routes: {value: [expiry], confidence: low}
relationship:
  power: {value: balanced, disputed: true}
conflicts:
  - id: C1
    description: Who pays for the grid
    severity: {value: 4, low: 2, high: 5}
    status: {value: open, confidence: low}
    workstream: {value: W1, disputed: true}
workstreams:
  - {id: W1, name: grid}
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, encoding="utf-8")
    return path


def view(*arguments: object) -> dict[str, Any]:
    ran = advisor("robustness", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    assert not ran.err
    found = json.loads(ran.out)
    assert isinstance(found, dict)
    return found


def test_all_worlds(facts: Path) -> None:
    found = view(facts)
    number = 1
    for one in found["doubts"]:
        number *= len(one["values"])
        assert one["values"][0]["given"] is True
        assert [value["given"] for value in one["values"]].count(True) == 1
        for value in one["values"]:
            assert sum(value["shares"].values()) == pytest.approx(1, abs=1e-5)
    assert found["worlds"] == {
        "number": number,
        "looked_at": number,
        "complete": True,
        "seed": None,
        "left_to_chance": 0,
    }
    here = found["recommendation"]["option"]
    options = {one["option"]: one for one in found["options"]}
    assert found["holds"] == options[here]["share"]
    for one in options.values():
        assert one["open"] + one["conditional"] + one["closed"] == pytest.approx(1, abs=1e-5)
    shares = [found["every_option_closed"], *(one["share"] for one in options.values())]
    assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert sum(found["readiness"].values()) == pytest.approx(1, abs=1e-5)
    swings = [one["swing"] for one in found["doubts"]]
    assert swings == sorted(swings, reverse=True)


def test_it_says_what_assess_says_of_the_case_as_it_is(facts: Path) -> None:
    found, said = view(facts), json.loads(advisor("assess", facts, "--format", "json").out)
    assert found["recommendation"]["option"] == said["recommendation"]["option"]
    assert found["recommendation"]["form"] == said["recommendation"]["form"]
    assert found["missing"] == said["missing"]
    assert found["facts_sha256"] == said["facts_sha256"]
    assert found["ruleset"] == said["ruleset"]
    assert found["alliance"] == said["alliance"]


def test_a_doubt_that_turns_the_answer_does_so_with_whatif(facts: Path) -> None:
    """A path and value of the one command are those of the other."""
    turns = view(facts)["turns"]
    assert turns
    for one in turns:
        for value in one["values"]:
            change = f"{one['path']}={str(value).lower() if isinstance(value, bool) else value}"
            # The range has to hold the value, so that the long form gives way to the plain one.
            ran = advisor("whatif", facts, "--set", change, "--format", "json")
            assert ran.code == 0, ran.err
            assert json.loads(ran.out)["after"]["option"] == one["option"]


def test_what_is_not_varied(facts: Path) -> None:
    left = {kind: [one["path"] for one in those] for kind, those in view(facts)["not_varied"].items()}
    assert left["fixed"] == ["alliance.as_of", "conflicts.C1.workstream"]
    assert set(left["unnamed"]) >= {"contract.exit_routes", "relationship.power"}
    ran = advisor("robustness", facts)
    assert "alliance.as_of, conflicts.C1.workstream: the date of the case, and what identifies records" in ran.text
    assert "No other value is named:" in ran.text


def test_the_page(facts: Path) -> None:
    ran = advisor("robustness", facts)
    assert ran.code == 0
    for part in (
        "DOES THE ANSWER HOLD",
        "worlds were judged",
        "these are shares of worlds, not probabilities",
        "OPTIONS",
        "wins in",
        "DOUBTS THAT MATTER MOST",
        "1. strategy.rationale",
        "DOUBTS THAT WOULD TURN THE ANSWER BY THEMSELVES",
        "READINESS, WERE EVERY DOUBT SETTLED",
        "NOT KNOWN, AND ABLE TO CHANGE THE ANSWER",
    ):
        assert part in ran.text
    assert max(map(len, ran.out.splitlines())) <= 80


def test_records_are_told_by_path_and_name() -> None:
    found = view("sample:cases/lego-shell", "--worlds", 2000)
    (one,) = [one for one in found["doubts"] if one["path"] == "reputation.incidents.I1.attributed_to"]
    assert (one["list"], one["record"], one["field"]) == ("reputation.incidents", "I1", "attributed_to")
    ran = advisor("robustness", "sample:cases/lego-shell", "--worlds", 2000)
    assert "reputation.incidents.I1.attributed_to: third party, not partner → Continue" in ran.text
    assert "“Greenpeace world campaign" in ran.text


def test_nothing_in_doubt(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("alliance: {name: T, us: W, partner: P, as_of: 2025-06-30}\n", encoding="utf-8")
    found = view(path)
    assert found["worlds"] == {"number": 1, "looked_at": 1, "complete": True, "seed": None, "left_to_chance": 0}
    assert found["holds"] == 1
    assert found["doubts"] == found["turns"] == []
    assert "Nothing that could be otherwise is in doubt: there is one world" in advisor("robustness", path).text


def test_a_sample_says_so() -> None:
    found = view("sample:cases/gm-psa", "--worlds", 500, "--seed", 7)
    assert found["worlds"]["complete"] is False
    assert found["worlds"]["looked_at"] == 500
    assert found["worlds"]["seed"] == 7
    assert found["worlds"]["number"] > 10**9
    assert found["worlds"]["left_to_chance"] == pytest.approx(3 / 500**0.5, abs=1e-6)
    text = advisor("robustness", "sample:cases/gm-psa", "--worlds", 500, "--seed", 7).text
    assert "of a sample of the worlds that the doubt in the facts leaves possible" in text
    assert "an even sample of 500 was judged (seed 7)" in text


@pytest.mark.parametrize(("worlds", "few"), [(1, True), (999, True), (1000, False)])
def test_a_small_sample_is_said_to_say_little(worlds: int, few: bool, facts: Path) -> None:
    text = advisor("robustness", "sample:cases/gm-psa", "--worlds", worlds).text
    told = f"A sample of {worlds} says little of so many worlds: judge 1,000 at least with `--worlds`, or leave it out."
    assert (told in text) is few
    # Where there are no more worlds, few are all.
    assert "says little" not in advisor("robustness", facts, "--worlds", 1000).text


def test_of_a_sample_none_and_all_are_said_of_the_sample() -> None:
    """Renegotiate wins in worlds that a small sample leaves out."""
    arguments = ("sample:cases/gm-psa", "--worlds", 1000)
    told = {one["option"]: one for one in view(*arguments)["options"]}
    assert told["renegotiate"]["share"] == 0
    ran = advisor("robustness", *arguments)
    (line,) = [line for line in ran.out.splitlines() if line.startswith("  Renegotiate ")]
    assert line.split(maxsplit=1)[1].rstrip() == "none of sample"
    (line,) = [line for line in ran.out.splitlines() if line.startswith("  Exit ")]
    assert line.split(maxsplit=1)[1] == "none of sample   all of sample"
    assert "in every world of the sample" in ran.text
    assert max(map(len, ran.out.splitlines())) <= 80


def test_of_a_sample_a_doubt_moves_the_answer_within_the_sample(facts: Path) -> None:
    found = view(facts)
    (first, *_) = found["doubts"]
    here = found["recommendation"]["option"]
    for number, one in enumerate(first["values"]):
        one["shares"] = {**dict.fromkeys(one["shares"], 0.0), (here if number else "modularise"): 1.0}
    for complete, told in ((False, " of the sample"), (True, "")):
        page = Page()
        robustness_page({**found, "worlds": {**found["worlds"], "complete": complete}}, page)
        text = " ".join(page.text.split())
        assert f"all{told} where it is" in text
        assert f"none{told} where it is" in text


def test_more_worlds_than_a_number_can_tell_are_told_by_their_power_of_ten() -> None:
    case = small.case("terms: {rationale: {value: weakening, plausible: [weakening, gone]}}")
    found = find(RuleGraph(small.ruleset()), case)
    (one,) = found.doubts.varied
    for number, told in ((2**53, 2**53), (2**54, {"power_of_ten": 16}), (2**60_000, {"power_of_ten": 18_061})):
        varied = (one,) * (number.bit_length() - 1)
        many = found._replace(worlds=number, looked_at=number, doubts=found.doubts._replace(varied=varied))
        shown = robustness_view(many)
        assert (shown["worlds"]["number"], shown["worlds"]["looked_at"]) == (told, told)
        json.dumps(shown)
        page = Page()
        robustness_page(shown, page)
        power = told["power_of_ten"] if isinstance(told, dict) else 15
        assert f"all more than 10^{power} worlds were judged" in " ".join(page.text.split())


def test_numbers_are_all_written_alike() -> None:
    case = small.case("terms: {rationale: {value: weakening, plausible: [weakening, gone]}}")
    shown = robustness_view(find(RuleGraph(small.ruleset()), case))
    doubt = {**shown["doubts"][0], "swing": 0.5}
    left = {"alike": [doubt] * 2222, "unnamed": [doubt] * 3333, "fixed": []}
    missing = [
        {"question": "Why?", "fact": "terms.rationale", "values": [{"option": "exit", "in_words": ["gone"]}]}
    ] * 4444
    page = Page()
    robustness_page({**shown, "doubts": [doubt] * 5555, "not_varied": left, "missing": missing}, page)
    text = " ".join(page.text.split())
    assert "5,555 doubtful values were varied" in text
    assert "and 5,547 more" in text
    assert "2,222 values, since no rule" in text
    assert "and 3,328 more" in text
    assert "and 4,439 more" in text


CLOSING = "".join(
    f"""  - id: close-{option}
    title: Nothing can be done
    when: [terms.exclusive is true]
    then: {{gate: {option}, status: closed}}
    because: We are bound in all.
    source: [N3]
"""
    for option in OPTIONS
)


@pytest.mark.parametrize("bound", ["false", "true"])
def test_worlds_without_an_open_option_have_a_share_of_their_own(tmp_path: Path, bound: str) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(small.FOLDER, rules)
    with (rules / "rules" / "arguments.yaml").open("a", encoding="utf-8") as file:
        file.write(CLOSING)
    path = tmp_path / "facts.yaml"
    path.write_text(f"{small.PROFILE}terms: {{exclusive: {{value: {bound}, disputed: true}}}}\n", encoding="utf-8")
    found = view(path, "--ruleset", rules)
    shares = {one["option"]: one["share"] for one in found["options"]}
    assert found["every_option_closed"] == found["holds"] == sum(shares.values()) == 0.5
    assert (found["recommendation"]["status"] == "closed") is (bound == "true")
    (turn,) = found["turns"]
    (doubt,) = found["doubts"]
    assert turn["option"] == doubt["leads_to"] == ("continue" if bound == "true" else "every_option_closed")
    assert [one["shares"]["every_option_closed"] for one in doubt["values"]] == ([1, 0] if bound == "true" else [0, 1])
    text = advisor("robustness", path, "--ruleset", rules).text
    assert "Every option closed 50.0%" in text
    if bound == "true":
        assert "Every option closed, as things are: there is no option to recommend." in text
        assert "every option closed in all where it is yes, none where it is no; else continue gains most" in text
    else:
        assert "no → Every option closed" in text or "yes, not no → Every option closed" in text
        assert "; else every option closed gains most" in text


def test_the_same_bytes_in_every_process_and_order(facts: Path, tmp_path: Path) -> None:
    """Whatever Python's hashes are, and however many processors share the work."""
    sections = FACTS.split("\nrelationship:")
    turned = tmp_path / "turned.yaml"
    turned.write_text(f"relationship:{sections[1]}{sections[0]}\n", encoding="utf-8")
    for arguments in (["sample:cases/gm-psa", "--worlds", "3000", "--seed", "1"], [str(facts)], [str(turned)]):
        outputs = []
        for seed in ("0", "1"):
            environment = {**os.environ, "PYTHONHASHSEED": seed}
            command = [*ADVISOR, "robustness", *arguments, "--format", "json"]
            outputs.append(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
        assert outputs[0] == outputs[1]
    assert advisor("robustness", facts).out == advisor("robustness", turned).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--worlds", "0"], "Invalid value for '--worlds': 0 is not in the range 1<=x<=1000000."),
        (["--worlds", "1000001"], "Invalid value for '--worlds': 1000001 is not in the range 1<=x<=1000000."),
        (["--worlds", "many"], "Invalid value for '--worlds': 'many' is not a valid integer range."),
        (["--worlds", "9" * 40], "Invalid value for '--worlds'"),
        (["--seed", "-1"], "Invalid value for '--seed': -1 is not in the range 0<=x<=4294967295."),
        (["--format", "xml"], "Invalid value for '--format'"),
    ],
)
def test_a_wrong_command_line(facts: Path, arguments: list[str], said: str) -> None:
    ran = advisor("robustness", facts, *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert not ran.out


def test_facts_with_errors(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS.replace("value: weakening", "value: fading").replace("high: 3,", "high: 2.2,"), "utf-8")
    ran = advisor("robustness", path)
    assert ran.code == 1
    assert f"{path}:8:22: `strategy.rationale` is `fading`" in ran.err
    assert f"{path}:9:" in ran.err
    assert not ran.out


def test_no_such_file_or_ruleset(facts: Path, tmp_path: Path) -> None:
    assert advisor("robustness", tmp_path / "none.yaml").code == 1
    assert advisor("robustness", facts, "--ruleset", tmp_path / "none").code == 1


def test_without_the_libraries_it_says_how_to_install_them(facts: Path) -> None:
    ran = without_bulk("robustness", str(facts))
    assert ran.returncode == 1
    assert ran.stderr == (
        "judging many cases at once needs Polars and NumPy, which are not installed\n"
        "  hint: pip install 'alliance-advisor[bulk]'\n"
    )
    assert not ran.stdout


def test_hostile_text_is_shown_as_text(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    hostile = FACTS.replace("Who pays for the grid", '"\\e[31m{{ us }}\\u202e"')
    path.write_text(hostile, encoding="utf-8")
    ran = advisor("robustness", path)
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "\u202e" not in advisor("robustness", path, "--format", "json").out


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1.0, "all"),
        (0.0, "none"),
        (1e-12, "under 0.1%"),
        (0.0009, "under 0.1%"),
        (0.001, "0.1%"),
        (0.5, "50.0%"),
        (0.999, "99.9%"),
        (0.9991, "over 99.9%"),
        (1 - 1e-12, "over 99.9%"),
    ],
)
def test_all_and_none_are_said_of_all_and_none_alone(share: float, words: str) -> None:
    assert share_in_words(_rounded(share)) == words
