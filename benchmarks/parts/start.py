"""How long every command takes to start and to answer, against the imports that none can do without."""

from __future__ import annotations

import statistics
import sys
import tempfile

from benchmarks.alliances import SAMPLE, SAMPLES
from benchmarks.page import Bound, bounds, table
from benchmarks.processes import ADVISOR, environment, seconds

_IMPORTS = "import click, yaml, jinja2"
_MOST = 2.5
_TURNS = 13
_SAMPLE = str(SAMPLE)
_COMMANDS = {
    "--version": ("--version",),
    "--help": ("--help",),
    "assess": ("assess", _SAMPLE),
    "assess, nothing stored": ("assess", _SAMPLE),
    "explain --option exit": ("explain", _SAMPLE, "--option", "exit"),
    "whatif": ("whatif", _SAMPLE, "--set", "strategy.goal_alignment=2"),
    "flip --max-changes 1": ("flip", _SAMPLE, "--max-changes", "1"),
    "flip": ("flip", _SAMPLE),
    "robustness": ("robustness", _SAMPLE),
    "memo, Markdown": ("memo", _SAMPLE),
    "memo, HTML": ("memo", _SAMPLE, "-o", "{folder}/memo.html"),
    "memo --template renegotiation": ("memo", _SAMPLE, "--template", "renegotiation"),
    f"portfolio of {len(SAMPLES)} samples": ("portfolio", *map(str, SAMPLES)),
    "facts check": ("facts", "check", _SAMPLE),
    "facts new": ("facts", "new"),
    "rules check": ("rules", "check"),
    "rules test --rule, of one rule": ("rules", "test", "--rule", "form-continue-as-is"),
}
_SILENT = ("memo, HTML",)
_UNSTORED = ("assess, nothing stored",)


def start() -> str:
    """Whole processes, one of each in turn, so that a busy moment hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in (_IMPORTS, *_COMMANDS)}
    with tempfile.TemporaryDirectory() as folder:
        stored, bare = environment(ADVISOR_CACHE=folder), environment(ADVISOR_CACHE="off")
        for _ in range(_TURNS):
            times[_IMPORTS].append(seconds([sys.executable, "-c", _IMPORTS], stored, silent=True))
            for name, arguments in _COMMANDS.items():
                command = [*ADVISOR, *(one.format(folder=folder) for one in arguments)]
                variables = bare if name in _UNSTORED else stored
                times[name].append(seconds(command, variables, silent=name in _SILENT))
    # The first turns fill the store and compile to bytecode.
    medians = {name: statistics.median(found[2:]) for name, found in times.items()}
    base = medians[_IMPORTS]
    lines = [(f"`{name}`", f"{middle * 1000:.0f}", f"{middle / base:.2f}") for name, middle in medians.items()]
    assess = medians["assess"] / base
    met = bounds([Bound(f"`assess` at most {_MOST} times the imports", f"{assess:.2f} times", assess <= _MOST)])
    return f"{table(('process', 'ms', 'times the imports'), lines)}\n\n{met}"
