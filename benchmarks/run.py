"""All benchmarks, or the one named on the command line: see README.md beside this file."""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from generated import case_of, ruleset_of  # noqa: E402

from engine.assessment import Advisor, prepare  # noqa: E402
from engine.errors import FactsError  # noqa: E402
from engine.facts_file import load_case, parse_case  # noqa: E402
from engine.parse.ruleset import load_ruleset  # noqa: E402
from engine.resources import builtin  # noqa: E402

SAMPLE = builtin("facts") / "cases" / "suzuki-volkswagen" / "facts.yaml"
RULESET = load_ruleset(builtin("rulesets") / "alliance")


def start() -> None:
    """Whole processes, one of each in turn, so that a busy moment hits all alike."""
    with tempfile.TemporaryDirectory() as store:
        environment = {**os.environ, "ADVISOR_CACHE": store, "PYTHONPATH": str(HERE.parent)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        advisor = [sys.executable, "-c", "from engine.cli.main import main; main()"]
        assess = [*advisor, "assess", str(SAMPLE)]
        commands = {
            "import click, yaml, jinja2": ([sys.executable, "-c", "import click, yaml, jinja2"], environment),
            "advisor assess": (assess, environment),
            "advisor assess, nothing stored": (assess, {**environment, "ADVISOR_CACHE": "off"}),
            "advisor facts check": ([*advisor, "facts", "check", str(SAMPLE)], environment),
            "advisor --help": ([*advisor, "--help"], environment),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(23):
            for name, (command, variables) in commands.items():
                begun = time.perf_counter()
                output = subprocess.run(
                    command, env=variables, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                ).stdout
                took = time.perf_counter() - begun
                # A command that says nothing has not run.
                assert output or name.startswith("import"), name
                if turn >= 3:
                    times[name].append(took)
    base = statistics.median(times["import click, yaml, jinja2"])
    print("| process | median ms | times the imports |\n| --- | --- | --- |")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"| {name} | {middle * 1000:.0f} | {middle / base:.2f} |")


def _milliseconds(work: Callable[[], object], runs: int = 60) -> float:
    work()
    found = []
    gc.collect()
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return statistics.median(found) * 1000


def growth() -> None:
    """One assessment in a running process."""
    print("| rules | facts known | ms | against 100 rules, all facts |\n| --- | --- | --- | --- |")
    rows = []
    for size in (50, 100, 200, 400, 800):
        with Advisor(prepare(ruleset_of(size, RULESET))) as advisor:
            case = case_of(1.0, RULESET)
            rows.append((size, 1.0, _milliseconds(partial(advisor.assess, case))))
    # The less is known, the more values of unknown facts are tried.
    for size, share in ((100, 0.5), (100, 0.25), (400, 0.5), (400, 0.25)):
        with Advisor(prepare(ruleset_of(size, RULESET))) as advisor:
            case = case_of(share, RULESET)
            rows.append((size, share, _milliseconds(partial(advisor.assess, case))))
    reference = next(ms for size, share, ms in rows if size == 100 and share == 1.0)
    for size, share, ms in rows:
        print(f"| {size} | {share:.0%} | {ms:.2f} | {ms / reference:.2f} |")
    with Advisor(RULESET) as advisor:
        case = load_case(str(SAMPLE), RULESET.vocabulary)
        print(f"| {len(RULESET.rules)} (built-in) | a sample | {_milliseconds(partial(advisor.assess, case)):.2f} | |")


def memory() -> None:
    """Resident memory before and after ten thousand assessments of different samples."""
    cases = [load_case(str(path), RULESET.vocabulary) for path in sorted(builtin("facts").glob("*/*/facts.yaml"))]
    with Advisor(prepare(ruleset_of(100, RULESET))) as advisor:
        for case in cases:
            advisor.assess(case)
        before = _resident()
        for number in range(10_000):
            advisor.assess(cases[number % len(cases)])
        after = _resident()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory after 10,000 assessments: {after - before:+.1f} MB (from {before:.1f} MB, peak {peak:.1f} MB)")


def _resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def mistakes() -> None:
    """How many of the mistakes in one file are reported."""
    path = HERE / "thirty_mistakes.yaml"
    content = path.read_bytes()
    made = content.count(b"# mistake")
    try:
        parse_case(path.name, content, RULESET.vocabulary)
        found = 0
    except FactsError as error:
        found = len(error.problems)
        lines = {problem.location.line for problem in error.problems}
        missed = [
            number
            for number, line in enumerate(content.splitlines(), 1)
            if b"# mistake" in line and number not in lines
        ]
        print(f"lines with a mistake that is not reported: {missed or 'none'}")
    print(f"{made} mistakes made, {found} reported")


def portfolio() -> None:
    """A thousand facts files, copies of the real cases in which trust differs, as a whole process."""
    cases = sorted(builtin("facts").glob("cases/*/facts.yaml"))
    with tempfile.TemporaryDirectory() as top:
        for number in range(1_000):
            text = cases[number % len(cases)].read_text(encoding="utf-8")
            text = re.sub("^  name: .*$", f"  name: Alliance {number}", text, count=1, flags=re.MULTILINE)
            trust = f"trust: {{value: {1 + number * 7 % 41 / 10:g}, low: 1, high: 5"
            text = re.sub(r"trust: \{value: [\d.]+, low: [\d.]+, high: [\d.]+", trust, text)
            (Path(top) / f"{number}.yaml").write_text(text, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        program = [sys.executable, "-c", "from engine.cli.main import main; main()", "portfolio", top]
        begun, before = time.perf_counter(), os.times()
        subprocess.run([*program, "-o", f"{top}/portfolio.csv"], env=environment, check=True)
        took, after = time.perf_counter() - begun, os.times()
        rows = len((Path(top) / "portfolio.csv").read_text(encoding="utf-8").splitlines()) - 1
    busy = after.children_user - before.children_user
    print(f"{rows} alliances in {took:.1f} s on {os.cpu_count()} processors, {busy:.1f} s of their time")


def bulk() -> None:
    """Random cases judged at once, each number of rows and kind of table in a process of its own."""
    print("| rows | record lists | first, s | again, s | rows a second | µs a row | peak MB |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for rows, drawn in ((10_000, 2_000), (100_000, 2_000), (1_000_000, 2_000), (100_000, 100_000)):
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        command = [sys.executable, str(HERE / "bulk.py"), str(rows), str(drawn)]
        print(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout, end="")


def robustness() -> None:
    """A sample of 100,000 worlds of each of three alliances, as whole processes, the median of seven."""
    print("| alliance | doubtful values | worlds judged | median s |\n| --- | ---: | ---: | ---: |")
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in ("daimlerchrysler-hyundai", "honda-hero", "suzuki-volkswagen"):
        command = [
            sys.executable,
            "-c",
            "from engine.cli.main import main; main()",
            "robustness",
            f"sample:cases/{name}",
        ]
        said = subprocess.run([*command, "--format", "json"], env=environment, check=True, capture_output=True).stdout
        found, times = json.loads(said), []
        for _ in range(7):
            begun = time.perf_counter()
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - begun)
        doubts, worlds = len(found["doubts"]), found["worlds"]["looked_at"]
        print(f"| {name} | {doubts} | {worlds:,} | {statistics.median(times):.2f} |")


BENCHMARKS = {
    "start": start,
    "growth": growth,
    "memory": memory,
    "mistakes": mistakes,
    "portfolio": portfolio,
    "bulk": bulk,
    "robustness": robustness,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"## {name}\n")
        BENCHMARKS[name]()
        print()
