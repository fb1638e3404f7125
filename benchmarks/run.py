"""Benchmarks, all or those named: see README.md beside this file.

python benchmarks/run.py [PART …] [--write PAGE]
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from benchmarks.machine import described  # noqa: E402
from benchmarks.page import without_place, write  # noqa: E402
from benchmarks.parts.bulk import bulk  # noqa: E402
from benchmarks.parts.engines import engines  # noqa: E402
from benchmarks.parts.flip import flip  # noqa: E402
from benchmarks.parts.growth import growth  # noqa: E402
from benchmarks.parts.memory import memory  # noqa: E402
from benchmarks.parts.mistakes import mistakes  # noqa: E402
from benchmarks.parts.portfolio import portfolio  # noqa: E402
from benchmarks.parts.robustness import robustness  # noqa: E402
from benchmarks.parts.rules import rules  # noqa: E402
from benchmarks.parts.start import start  # noqa: E402

PARTS: Mapping[str, Callable[[], str]] = {
    "machine": described,
    "engines": engines,
    "rules": rules,
    "bulk": bulk,
    "start": start,
    "flip": flip,
    "robustness": robustness,
    "portfolio": portfolio,
    "growth": growth,
    "memory": memory,
    "mistakes": mistakes,
}


def main() -> None:
    """Prints each part as it is done; a page is written when all are."""
    parser = ArgumentParser(description="Measures the advisor and prints what it found as Markdown.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of: {', '.join(PARTS)} (all of them)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the results between the markers of this page")
    given = parser.parse_args()
    wanted = given.parts or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; the parts are {', '.join(PARTS)}")
    homeless = without_place(given.write, wanted) if given.write else []
    if homeless:
        parser.error(f"{given.write} has no markers for {', '.join(homeless)}")
    found = {}
    # Each in a new process, so that no part finds what another has left.
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in wanted:
            found[name] = pool.apply(PARTS[name])
            print(f"## {name}\n\n{found[name]}\n", flush=True)
    if given.write:
        write(given.write, found)


if __name__ == "__main__":
    main()
