"""Installed from a wheel, the advisor works from any folder with all that is built in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from tests.fresh_machine import TOP, clean_environment, copy_checkout, run

pytestmark = pytest.mark.slow

SAMPLE = "sample:seeds/starbucks-barnes-noble"


class Installed(NamedTuple):
    """A wheel, installed with its dependencies into an environment of its own."""

    checkout: Path
    wheel: Path
    advisor: str
    variables: dict[str, str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("wheel")
    variables = clean_environment(place / "bin")
    copy_checkout(place / "checkout")
    run(["python3", "-m", "venv", "environment"], place, variables)
    pip = str(place / "environment" / "bin" / "pip")
    run([pip, "wheel", "--no-deps", "--wheel-dir", "wheels", "./checkout"], place, variables)
    (wheel,) = (place / "wheels").glob("*.whl")
    run([pip, "install", str(wheel)], place, variables)
    return Installed(place / "checkout", wheel, str(place / "environment" / "bin" / "advisor"), variables)


def test_every_built_in_file_travels_and_nothing_else(installed: Installed) -> None:
    names = {name for name in ZipFile(installed.wheel).namelist() if ".dist-info/" not in name}
    packed = {name.removeprefix("engine/data/") for name in names if name.startswith("engine/data/")}
    kept = {
        file.relative_to(installed.checkout).as_posix()
        for kind in ("facts", "report_templates", "rulesets")
        for file in (installed.checkout / kind).rglob("*")
        if file.is_file()
    }
    assert packed == kept
    assert all(name.startswith("engine/") for name in names)


def test_assess_of_a_built_in_sample(installed: Installed, tmp_path: Path) -> None:
    answer = json.loads(run([installed.advisor, "assess", SAMPLE, "--format", "json"], tmp_path, installed.variables))
    assert answer["recommendation"]["option"] == "continue"
    assert len(answer["options"]) == 6


def test_assess_of_a_file_of_ones_own(installed: Installed, tmp_path: Path) -> None:
    sample = TOP / "facts" / "seeds" / "starbucks-barnes-noble" / "facts.yaml"
    (tmp_path / "own.yaml").write_bytes(sample.read_bytes())
    outputs = {
        run([installed.advisor, "assess", facts, "--format", "json"], tmp_path, installed.variables)
        for facts in ("own.yaml", SAMPLE)
    }
    assert len(outputs) == 1


def test_rules_check_of_the_built_in_ruleset(installed: Installed, tmp_path: Path) -> None:
    run([installed.advisor, "rules", "check"], tmp_path, installed.variables)


def test_memo_of_a_built_in_sample(installed: Installed, tmp_path: Path) -> None:
    run([installed.advisor, "memo", SAMPLE, "-o", "memo.html"], tmp_path, installed.variables)
    assert [file.name for file in tmp_path.iterdir()] == ["memo.html"]
    assert (tmp_path / "memo.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
