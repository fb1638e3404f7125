"""The table of decided against recommended: what an option lacks, what differs under another ruleset, and bad input."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.resources import builtin
from tests.fresh_machine import TOP

PROGRAM = TOP / "benchmarks" / "outcomes.py"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROGRAM, *map(str, arguments)], check=False, capture_output=True, encoding="utf-8"
    )


def program() -> Any:
    spec = importlib.util.spec_from_file_location("outcomes", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def case(folder: Path, sample: str, outcome: str) -> Path:
    folder.mkdir()
    shutil.copy(builtin("facts") / sample / "facts.yaml", folder)
    (folder / "outcome.yaml").write_text(outcome, encoding="utf-8")
    return folder


def lacking(folder: Path, sample: str, decided: str) -> str:
    module = program()
    found = module.outcomes([case(folder, sample, f"actual_outcome: {decided}\n")])
    (judged,) = module.judge(found, builtin("rulesets") / "alliance")
    return str(judged.lacking)


def test_where_going_on_is_barred_the_rules_are_named(tmp_path: Path) -> None:
    said = lacking(tmp_path / "case", "seeds/healthcare-jv-committee-of-15", "continue")
    assert said.startswith("barred by ")
    assert "change" in said


def test_where_going_on_stands_its_fall_is_told(tmp_path: Path) -> None:
    said = lacking(tmp_path / "case", "cases/safran-ge-cfm-2021", "exit")
    assert said.startswith("continue would have to fall by more than ")


def test_otherwise_points_are_told_and_nothing_where_nothing_lacks(tmp_path: Path) -> None:
    assert lacking(tmp_path / "points", "cases/suzuki-volkswagen", "renegotiate").startswith("lacks ")
    assert lacking(tmp_path / "nothing", "cases/suzuki-volkswagen", "exit") == ""


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("", ":1:1: the file is empty"),
        ("- exit\n", ":1:1: expected `actual_outcome: …`, found a list"),
        ("actual_outcome: [exit\n", ":2:1: this is not valid YAML: `,` or `]` is missing before this"),
        ("actual_outcome: leave\n", ":1:17: `actual_outcome` is `leave`, expected one of continue, "),
        ("what_happened: little\n", ":1:1: an outcome needs `actual_outcome` or `expected_option`"),
        ("actual_outcome: exit\nacceptable: renegotiate\n", ":2:13: `acceptable` is `renegotiate`, expected a list"),
        ("actual_outcome: exit\nacceptable: [stay]\n", ":2:14: `acceptable` is `stay`, expected one of continue, "),
    ],
)
def test_a_malformed_outcome_is_one_line(tmp_path: Path, outcome: str, said: str) -> None:
    folder = case(tmp_path / "case", "cases/gm-psa", outcome)
    ran = run(folder)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.count("\n") == 1
    assert f"{folder / 'outcome.yaml'}{said}" in ran.stderr


def test_another_ruleset_is_compared_case_by_case(tmp_path: Path) -> None:
    built_in = builtin("rulesets") / "alliance"
    other = Path(shutil.copytree(built_in, tmp_path / "other"))
    weighing = other / "weighing.yaml"
    text = weighing.read_text(encoding="utf-8")
    weighing.write_text(text.replace("slight: 1,", "slight: 0.5,"), encoding="utf-8")
    folder = case(tmp_path / "case", "cases/gm-psa", "actual_outcome: de-scope\n")
    same = run("--against", built_in, folder)
    assert same.returncode == 0, same.stderr
    assert same.stdout.endswith("1 of 1 with the same answer, scores and rules under both\n")
    ran = run("--against", other, folder)
    assert ran.returncode == 0, ran.stderr
    assert "0 of 1 with the same answer" in ran.stdout
    assert "  de-scope +" in ran.stdout


def test_what_is_wrong_under_the_other_ruleset_is_told_with_its_name(tmp_path: Path) -> None:
    folder = case(tmp_path / "case", "cases/gm-psa", "actual_outcome: de-scope\n")
    ran = run("--against", tmp_path, folder)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"under the ruleset {tmp_path}:\n")
    assert "Traceback" not in ran.stderr
