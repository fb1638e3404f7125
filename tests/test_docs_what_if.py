"""The page about changes: its commands run, and its options are those of the command."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from engine.cli.flip import MOST_SHOWN, SHOWN, SHOWN_AS_JSON, flip
from engine.resources import builtin
from tests.cli.running import SAMPLE, advisor
from tests.fresh_machine import TOP

PAGE = (TOP / "docs" / "what-if.md").read_text(encoding="utf-8")
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line
]


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_run(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = (builtin("facts") / "seeds" / "starbucks-barnes-noble" / "facts.yaml").read_text(encoding="utf-8")
    (tmp_path / "my-alliance.yaml").write_text(sample, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = advisor(*shlex.split(command)[1:])
    assert ran.code == 0, ran.err


def test_its_options_are_those_of_the_command() -> None:
    options = {one.opts[0] for one in flip.params if isinstance(one, click.Option)}
    told = set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE))
    assert told == options - {"--ruleset", "--verbose", "--debug", "-v"}
    assert f"{SHOWN} unless it is given, as JSON {SHOWN_AS_JSON}, at most {MOST_SHOWN:,}" in PAGE


def test_its_keys_are_those_of_whatif() -> None:
    found = json.loads(advisor("whatif", SAMPLE, "--set", "strategy.rationale=gone", "--format", "json").out)
    table = PAGE[PAGE.index("| key | meaning |") :].partition("\n\n")[0]
    keys = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert keys == set(found) - {"schema", "facts_sha256", "ruleset"}
