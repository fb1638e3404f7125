"""What the advisor recommends against what was decided: a folder of cases with known outcomes.

    python benchmarks/outcomes.py [--ruleset FOLDER] [FOLDER …]

Each case is a folder with `facts.yaml` and `outcome.yaml` (`actual_outcome` or `expected_option`, `acceptable`).
Without a folder the samples in facts/ are taken. Printed are a table of decided against recommended; each case with
the points by which its answer leads, its readiness, and the points that the option which was decided lacks; and for
every case that came out otherwise the two strongest reasons each way. The samples were at hand when the rules were
written: on them the table shows where the rules lean, not how well they judge new cases.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import yaml

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

from engine.assessment import Advisor, Assessment  # noqa: E402
from engine.facts_file import load_case  # noqa: E402
from engine.parse.ruleset import load_ruleset  # noqa: E402
from engine.resources import builtin  # noqa: E402
from engine.rules import OPTIONS  # noqa: E402


class Judged(NamedTuple):
    """One case: what was decided, what else would have been sensible, and what the advisor says."""

    name: str
    decided: str
    acceptable: tuple[str, ...]
    assessment: Assessment

    @property
    def recommended(self) -> str:
        """The option that the advisor recommends."""
        return self.assessment.recommended.option

    @property
    def lacking(self) -> float:
        """The points that the option which was decided lacks to be recommended; 0 where it is."""
        verdict = self.assessment.verdict
        standing = verdict.standing(self.decided)
        if standing.rank == 1:
            return 0.0
        behind = verdict.winner.score - standing.score
        return max(behind, standing.short_of[1] if standing.short_of is not None else 0.0)

    @property
    def result(self) -> str:
        """Whether that is what was decided, another acceptable option, or neither."""
        if self.recommended == self.decided:
            return "decided"
        return "acceptable" if self.recommended in self.acceptable else "otherwise"


def judge(folders: list[Path], ruleset_folder: Path) -> list[Judged]:
    """Assesses every case below the folders. Raises SystemExit where there is none, or an outcome is no option."""
    ruleset = load_ruleset(ruleset_folder)
    found = []
    with Advisor(ruleset) as advisor:
        for path in sorted(path for folder in folders for path in folder.rglob("outcome.yaml")):
            outcome = yaml.safe_load(path.read_text(encoding="utf-8"))
            decided = _option(outcome.get("actual_outcome") or outcome.get("expected_option"), path)
            acceptable = tuple(_option(one, path) for one in outcome.get("acceptable") or ())
            case = load_case(str(path.with_name("facts.yaml")), ruleset.vocabulary)
            found.append(Judged(path.parent.name, decided, acceptable, advisor.assess(case)))
    if not found:
        raise SystemExit(f"no outcome.yaml below {', '.join(map(str, folders))}")
    return found


def _option(name: object, path: Path) -> str:
    option = str(name).replace("_", "-")
    if option not in OPTIONS:
        raise SystemExit(f"{path}: `{name}` is not an option, expected one of {', '.join(OPTIONS)}")
    return option


def print_table(cases: list[Judged]) -> None:
    """Decided (rows) against recommended (columns)."""
    counts = Counter((case.decided, case.recommended) for case in cases)
    print(f"| decided \\ recommended | {' | '.join(OPTIONS)} |")
    print(f"| --- |{' ---: |' * len(OPTIONS)}")
    for decided in OPTIONS:
        print(f"| {decided} | {' | '.join(str(counts[decided, option] or '·') for option in OPTIONS)} |")
    results = Counter(case.result for case in cases)
    print(f"\n{len(cases)} cases: {results['decided']} as decided, {results['acceptable']} acceptable,", end=" ")
    print(f"{results['otherwise']} otherwise\n")


def print_cases(cases: list[Judged]) -> None:
    """Each case with its lead; the reasons where it came out otherwise."""
    print("| case | decided | recommended | result | lead | lacking | readiness | confidence |")
    print("| --- | --- | --- | --- | ---: | ---: | --- | --- |")
    for case in cases:
        found = case.assessment
        lead = "" if found.verdict.lead is None else f"{found.verdict.lead:g}"
        lacking = f"{case.lacking:g}" if case.lacking else ""
        row = [case.name, case.decided, case.recommended, case.result, lead, lacking]
        row += [found.readiness.state, found.confidence]
        print(f"| {' | '.join(row)} |")
    for case in cases:
        if case.result == "decided":
            continue
        lacks = f"which lacks {case.lacking:g} points"
        if case.assessment.verdict.standing(case.decided).status == "closed":
            lacks = "which is closed"
        print(f"\n{case.name}: {case.recommended} instead of {case.decided}, {lacks}")
        for option in (case.recommended, case.decided):
            standing = case.assessment.verdict.standing(option)
            for sign, arguments in (("+", standing.arguments_for), ("-", standing.arguments_against)):
                for argument in [one for one in arguments if one.counted][:2]:
                    print(f"  {option} {sign}{argument.points:g} {argument.rule.title} ({argument.rule.id})")


if __name__ == "__main__":
    arguments = ArgumentParser(description="What the advisor recommends against what was decided.")
    arguments.add_argument("folders", nargs="*", type=Path, default=[builtin("facts")])
    arguments.add_argument("--ruleset", type=Path, default=builtin("rulesets") / "alliance")
    given = arguments.parse_args()
    judged = judge(given.folders, given.ruleset)
    print_table(judged)
    print_cases(judged)
