"""What the advisor recommends against what was decided: a folder of cases with known outcomes.

    python benchmarks/outcomes.py [--ruleset FOLDER] [--against FOLDER] [FOLDER …]

Each case is a folder with `facts.yaml` and `outcome.yaml` (`actual_outcome` or `expected_option`, `acceptable`).
Without a folder the samples in facts/ are taken. Printed are a table of decided against recommended; each case with
the points by which its answer leads, its readiness, and what the option which was decided lacks; and for every case
that came out otherwise the two strongest reasons each way. The samples were at hand when the rules were written: on
them the table shows where the rules lean, not how well they judge new cases.

`--against` names another ruleset folder, such as an older version of the rules, or one without the rules that were
written with a case in view. Printed instead is each case under both, and for those that differ what does: the scores
that moved, and the rules that fire under one of the two alone.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

from engine.assessment import Advisor, Assessment  # noqa: E402
from engine.decision.verdict import CHANGE, OUTWEIGHED, STANDS  # noqa: E402
from engine.errors import AdvisorError, FactsError, NotFoundError  # noqa: E402
from engine.explain.why import Obstacle, why_option  # noqa: E402
from engine.facts_file import load_case  # noqa: E402
from engine.parse.fields import Fields, Problems  # noqa: E402
from engine.parse.ruleset import load_ruleset  # noqa: E402
from engine.resources import builtin  # noqa: E402
from engine.rules import OPTIONS  # noqa: E402
from engine.sources import Mapping, Node, Scalar, describe, parse, read  # noqa: E402


class Outcome(NamedTuple):
    """What was decided in one case, and what else would have been sensible; `folder` holds its facts."""

    folder: Path
    decided: str
    acceptable: tuple[str, ...]


class Judged(NamedTuple):
    """One case, and what the advisor says of it."""

    outcome: Outcome
    assessment: Assessment

    @property
    def name(self) -> str:
        """The name of the case."""
        return self.outcome.folder.name

    @property
    def decided(self) -> str:
        """The option that was decided."""
        return self.outcome.decided

    @property
    def recommended(self) -> str:
        """The option that the advisor recommends."""
        return self.assessment.recommended.option

    @property
    def lacking(self) -> str:
        """What keeps the option which was decided from being recommended; empty where it is."""
        if self.recommended == self.decided:
            return ""
        obstacles = why_option(self.assessment, self.decided).obstacles
        # The first is what comes first: a gate, then being set aside, then points.
        return self._in_the_way(obstacles[0]) if obstacles else f"as many points as {self.recommended}, no more"

    def _in_the_way(self, obstacle: Obstacle) -> str:
        if obstacle.kind == "closed":
            return f"closed by {', '.join(obstacle.rules)}"
        if obstacle.kind == CHANGE:
            return f"barred by {', '.join(obstacle.rules)}"
        if obstacle.kind == OUTWEIGHED:
            return f"lacks {obstacle.points:g} to stand by itself"
        verdict = self.assessment.verdict
        if obstacle.kind == STANDS:
            # A fall to the least score would not do: there it still stands.
            return f"{obstacle.option} would have to fall by more than {verdict.lead:g}"
        behind = verdict.winner.score - verdict.standing(self.decided).score
        assert obstacle.points is not None
        if behind > obstacle.points:
            return f"lacks {behind:g} against {self.recommended}"
        return f"lacks {obstacle.points:g} against {obstacle.option}"

    @property
    def result(self) -> str:
        """Whether that is what was decided, another acceptable option, or neither."""
        if self.recommended == self.decided:
            return "decided"
        return "acceptable" if self.recommended in self.outcome.acceptable else "otherwise"


def outcomes(folders: list[Path]) -> list[Outcome]:
    """The outcomes of all cases below the folders. Raises AdvisorError where there is none, or one is malformed."""
    problems = Problems()
    found = [_outcome(path, problems) for path in sorted(path for one in folders for path in one.rglob("outcome.yaml"))]
    if problems.found:
        # Each on one line: whoever writes outcomes reads this page, and needs no hint.
        raise FactsError(problem._replace(hint="") for problem in problems.found)
    if not found:
        raise NotFoundError(f"no outcome.yaml below {', '.join(map(str, folders))}")
    return found


def _outcome(path: Path, problems: Problems) -> Outcome:
    document = parse(*read(str(path)))
    problems.found.extend(document.problems)
    root = document.root
    if not isinstance(root, Mapping):
        if root is not None:
            problems.add(root.location, f"expected `actual_outcome: …`, found {describe(root)}")
        return Outcome(path.parent, "", ())
    fields = Fields(root, "an outcome", problems)
    key = "actual_outcome" if "actual_outcome" in root.entries else "expected_option"
    node = fields.node_of(key)
    if node is None:
        problems.add(root.location, "an outcome needs `actual_outcome` or `expected_option`")
    decided = _option(key, node, problems) if node is not None else ""
    acceptable = tuple(_option("acceptable", one, problems) for one in fields.sequence("acceptable"))
    return Outcome(path.parent, decided, acceptable)


def _option(key: str, node: Node, problems: Problems) -> str:
    option = node.text.replace("_", "-") if isinstance(node, Scalar) else ""
    if option not in OPTIONS:
        problems.add(node.location, f"`{key}` is {describe(node)}, expected one of {', '.join(OPTIONS)}")
    return option


def judge(found: list[Outcome], ruleset_folder: Path) -> list[Judged]:
    """Assesses every case. Raises AdvisorError where its facts or the ruleset are at fault, with the ruleset's name."""
    try:
        ruleset = load_ruleset(ruleset_folder)
        cases = [load_case(str(one.folder / "facts.yaml"), ruleset.vocabulary) for one in found]
    except AdvisorError as error:
        raise AdvisorError(f"under the ruleset {ruleset_folder}:\n{error}") from None
    with Advisor(ruleset) as advisor:
        return [Judged(one, advisor.assess(case)) for one, case in zip(found, cases, strict=True)]


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
    print("| case | decided | recommended | result | lead | readiness | confidence | what was decided |")
    print("| --- | --- | --- | --- | ---: | --- | --- | --- |")
    for case in cases:
        found = case.assessment
        lead = "" if found.verdict.lead is None else f"{found.verdict.lead:g}"
        row = [case.name, case.decided, case.recommended, case.result, lead]
        row += [found.readiness.state, found.confidence, case.lacking]
        print(f"| {' | '.join(row)} |")
    for case in cases:
        if case.result == "decided":
            continue
        print(f"\n{case.name}: {case.recommended} instead of {case.decided}, which is held off: {case.lacking}")
        for option in (case.recommended, case.decided):
            standing = case.assessment.verdict.standing(option)
            for sign, arguments in (("+", standing.arguments_for), ("-", standing.arguments_against)):
                for argument in [one for one in arguments if one.counted][:2]:
                    print(f"  {option} {sign}{argument.points:g} {argument.rule.title} ({argument.rule.id})")


def print_comparison(here: list[Judged], there: list[Judged]) -> None:
    """Each case under two rulesets, and what differs between them."""
    print("| case | decided | here | there | result here | result there |")
    print("| --- | --- | --- | --- | --- | --- |")
    for one, other in zip(here, there, strict=True):
        row = [one.name, one.decided, _answer(one), _answer(other), one.result, other.result]
        print(f"| {' | '.join(row)} |")
    same = [one.name for one, other in zip(here, there, strict=True) if not _differences(one, other)]
    print(f"\n{len(same)} of {len(here)} with the same answer, scores and rules under both")
    for one, other in zip(here, there, strict=True):
        differences = _differences(one, other)
        if differences:
            print(f"\n{one.name}: {_answer(one)} here, {_answer(other)} there")
            for difference in differences:
                print(f"  {difference}")


def _answer(case: Judged) -> str:
    found = case.assessment
    return f"{case.recommended}/{found.recommended.form} ({found.readiness.state}, {found.confidence})"


def _differences(one: Judged, other: Judged) -> list[str]:
    """What differs between a case here and there; empty where nothing does."""
    found = [] if _answer(one) == _answer(other) else ["the answer differs"]
    for option in OPTIONS:
        here, there = (case.assessment.verdict.standing(option) for case in (one, other))
        sides = [
            f"{standing.score:+g}{f' {standing.status}' if here.status != there.status else ''}"
            for standing in (here, there)
        ]
        if sides[0] != sides[1]:
            found.append(f"{option} {sides[0]} here, {sides[1]} there")
    here_fired, there_fired = (case.assessment.judgement.fired | case.assessment.plan.fired for case in (one, other))
    for rules, where in ((here_fired - there_fired, "here"), (there_fired - here_fired, "there")):
        if rules:
            found.append(f"only {where}: {', '.join(sorted(rules))}")
    return found


def main() -> None:
    """Reads the command line, and prints. What is at fault goes to standard error, with exit code 1."""
    parser = ArgumentParser(description="What the advisor recommends against what was decided.")
    parser.add_argument("folders", nargs="*", type=Path, default=[builtin("facts")])
    parser.add_argument("--ruleset", type=Path, default=builtin("rulesets") / "alliance")
    parser.add_argument("--against", type=Path, help="another ruleset folder, to compare the answers with")
    given = parser.parse_args()
    try:
        found = outcomes(given.folders)
        judged = judge(found, given.ruleset)
        other = judge(found, given.against) if given.against is not None else None
    except AdvisorError as error:
        raise SystemExit(str(error)) from None
    if other is not None:
        print_comparison(judged, other)
        return
    print_table(judged)
    print_cases(judged)


if __name__ == "__main__":
    main()
