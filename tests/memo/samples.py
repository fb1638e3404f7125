"""The samples, assessed once for all tests of memos."""

from __future__ import annotations

import re
from functools import cache

import pytest

from engine.assessment import Advisor, Assessment
from engine.case import Case
from engine.decision.verdict import Verdict
from engine.facts_file import load_case
from engine.memo import write_memo
from engine.outcomes import Trace
from engine.parse.ruleset import load_ruleset
from engine.resources import builtin
from engine.rules import Ruleset

SAMPLES = tuple(
    sorted(str(path.parent.relative_to(builtin("facts"))) for path in builtin("facts").glob("*/*/facts.yaml"))
)


@cache
def ruleset() -> Ruleset:
    return load_ruleset(builtin("rulesets") / "alliance")


@cache
def advisor() -> Advisor:
    return Advisor(ruleset())


@cache
def assessed(sample: str) -> Assessment:
    return advisor().assess(load_case(str(builtin("facts") / sample / "facts.yaml"), ruleset().vocabulary))


@cache
def brief(sample: str, fmt: str = "md") -> str:
    return write_memo(assessed(sample), "renegotiation", fmt)


@cache
def memo(sample: str, fmt: str = "md") -> str:
    return write_memo(assessed(sample), "board", fmt)


def before_appendix(markdown: str) -> str:
    return markdown.split("\n# Appendix\n", maxsplit=1)[0]


def unescaped(markdown: str) -> str:
    """Markdown of the memo as the text that a reader sees, near enough."""
    return (
        re.sub(r"\\([^A-Za-z0-9\s])", r"\1", markdown).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    )


def judged_from_now_on(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """The cases that the reference engine is given, as they come; it judges them all the same."""
    judged: list[Case] = []
    honest = Advisor.judge

    def counting(self: Advisor, case: Case) -> tuple[Trace, Verdict]:
        judged.append(case)
        return honest(self, case)

    monkeypatch.setattr(Advisor, "judge", counting)
    return judged
