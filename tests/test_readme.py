"""What the README promises: its two commands, its example, its commands and its links."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import COMMANDS, FACTS, RULES
from tests.fresh_machine import TOP, clean_environment, copy_checkout, run

README = (TOP / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md"), *TOP.glob("*/README.md")])
NAMED_COMMANDS = re.findall(r"^\| `advisor ([a-z]+(?: [a-z]+)?)", README, re.MULTILINE)
ADVISOR = [sys.executable, "-c", "from engine.cli.main import main; main()"]


def marked_block(marker: str) -> str:
    """The content of the code block below an HTML comment."""
    found = re.search(rf"^<!-- {re.escape(marker)} -->\n+```\w*\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found, f"README.md has no code block below <!-- {marker} -->"
    return found[1].strip("\n")


@pytest.mark.parametrize("name", ["try", "test"])
def test_command_is_one_line_that_makes_its_own_environment_and_installs(name: str) -> None:
    command = marked_block(f"command: {name}")
    assert "\n" not in command
    steps = command.split(" && ")
    assert len(steps) == 3
    assert steps[0] == "python3 -m venv .venv"
    assert steps[1].startswith(".venv/bin/pip install ")
    assert steps[2].startswith(".venv/bin/")


@pytest.mark.slow
def test_first_command_writes_a_memo_on_a_fresh_machine(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    copy_checkout(checkout)
    variables = clean_environment(tmp_path / "bin")
    run(["sh", "-c", marked_block("command: try")], checkout, variables)

    facts = "facts/cases/daimlerchrysler-hyundai/facts.yaml"
    assert facts in marked_block("command: try")
    memo = (checkout / "board-memo.html").read_text(encoding="utf-8")
    assert memo.lower().startswith("<!doctype html>")
    assert memo.rstrip().endswith("</html>")
    answer = json.loads(run([".venv/bin/advisor", "assess", facts, "--format", "json"], checkout, variables))
    assert in_words(answer["recommendation"]["option"]) in in_words(memo)


def test_second_command_runs_all_tests_with_what_they_need() -> None:
    _, install, test = marked_block("command: test").split(" && ")
    assert test == ".venv/bin/python -m pytest"
    extras = re.findall(r"\.\[(.*?)\]", install)
    assert extras == ["test"]
    project = (TOP / "pyproject.toml").read_text(encoding="utf-8")
    section = project.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    assert set(extras) < set(re.findall(r"^(\w+) = \[$", section, re.MULTILINE))


def test_ci_runs_the_second_command() -> None:
    variables = {"PATH": os.environ["PATH"]}
    assert run([str(TOP / ".ci" / "run"), "--command"], TOP, variables) == marked_block("command: test") + "\n"


def test_example_is_what_the_advisor_prints() -> None:
    first, *lines = marked_block("assess example").splitlines()
    command = first.removeprefix("$ advisor ").split()
    printed = advisor(*command).splitlines()
    place = 0
    for line in filter(str.strip, lines):
        if line.strip() == "[…]":
            continue
        assert line in printed[place:]
        place = printed.index(line, place) + 1
    assert place


def test_the_table_names_every_command() -> None:
    groups = {"facts": FACTS, "rules": RULES}
    leaves = {command for command in COMMANDS if command not in groups}
    leaves.update(f"{group} {command}" for group, commands in groups.items() for command in commands)
    assert set(NAMED_COMMANDS) == leaves


@pytest.mark.parametrize("command", NAMED_COMMANDS)
def test_every_command_in_the_table_exists(command: str) -> None:
    usage = advisor(*command.split(), "--help").splitlines()[0]
    assert command in usage


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, heading in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", page.read_text(encoding="utf-8")):
        file = page.parent / target if target else page
        assert file.exists(), f"{page.name} links to {target}"
        if heading:
            assert heading in anchors(file), f"{page.name} links to {target}#{heading}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def advisor(*arguments: str) -> str:
    variables = {**os.environ, "COLUMNS": "100", "ADVISOR_CACHE": "off"}
    done = subprocess.run(
        [*ADVISOR, *arguments], cwd=TOP, env=variables, check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_words(text: str) -> str:
    return text.replace("-", " ").casefold()
