"""The health check of the seeds: four indicators that fall over three quarters come out as a decline.

Goal alignment 4.5, 4.0, 3.2; adherence to resources 95, 90, 80 %; joint return 12, 10, 7 %; partner satisfaction 4.2,
3.8, 3.0: each by itself, and each of the four categories of which it is the only indicator that is known.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.facts_file import load_case
from engine.measures import Observations, observe
from engine.parse.fields import Problems
from engine.parse.measures import parse_measures
from engine.parse.vocabulary import parse_vocabulary
from engine.sources import parse
from tests.small import observed

TOP = Path(__file__).parents[2]
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3")
MEASURES = """\
measures:
  goals: {title: T, slope: {of: checks, field: goal_alignment, last: 3}}
  resources: {title: T, slope: {of: checks, field: adherence, last: 3}}
  returns: {title: T, slope: {of: checks, field: roi, last: 3}}
  satisfaction: {title: T, slope: {of: checks, field: satisfaction, last: 3}}
  strategic: {title: T, index_slope: {of: checks, fields: {goal_alignment: [1, 5]}, last: 3}}
  operational: {title: T, index_slope: {of: checks, fields: {adherence: [0.5, 1]}, last: 3}}
  financial: {title: T, index_slope: {of: checks, fields: {roi: [-0.1, 0.2]}, last: 3}}
  relationship: {title: T, index_slope: {of: checks, fields: {satisfaction: [1, 5]}, last: 3}}
  level: {title: T, index: {of: checks, fields: {goal_alignment: [1, 5], satisfaction: [1, 5]}}}
  decline: {title: T, greatest: [strategic, operational, financial, relationship]}
"""
FACTS = """\
checks:
  - {period: 2025-Q3, goal_alignment: 3.2, adherence: 0.80, roi: 0.07, satisfaction: 3.0}
  - {period: 2025-Q1, goal_alignment: 4.5, adherence: 0.95, roi: 0.12, satisfaction: 4.2}
  - {period: 2025-Q2, goal_alignment: 4.0, adherence: 0.90, roi: 0.10, satisfaction: 3.8}
"""


@pytest.mark.parametrize(
    ("measure", "slope"),
    [
        ("goals", -0.65),
        ("resources", -0.075),
        ("returns", -0.025),
        ("satisfaction", -0.6),
        ("strategic", -0.1625),
        ("operational", -0.15),
        ("financial", -0.083333333),
        ("relationship", -0.15),
    ],
)
def test_each_indicator_and_each_category_declines(measure: str, slope: float) -> None:
    observation = observed(MEASURES, FACTS).known[measure]
    assert observation.value == slope
    assert observation.records == tuple(f"checks:{quarter}" for quarter in QUARTERS)


def test_the_slowest_decline_is_a_decline_and_the_level_is_that_of_the_last_quarter() -> None:
    found = observed(MEASURES, FACTS)
    assert found.value("decline") == -0.083333333
    assert found.value("level") == 0.525
    assert found.known["level"].records == ("checks:2025-Q3",)


def test_a_quarter_that_is_left_out_is_no_zero_and_counts_as_a_step() -> None:
    without = "\n".join(line for line in FACTS.split("\n") if "Q2" not in line)
    assert observed(MEASURES, without).value("goals") == -0.65
    unscored = FACTS.replace("goal_alignment: 4.0, ", "")
    assert observed(MEASURES, unscored).value("goals") == -0.65


# The built-in ruleset


def alliance(facts: Path) -> Observations:
    """The measures of the built-in ruleset on a case."""
    found = Problems()
    folder = TOP / "rulesets" / "alliance"
    paths = sorted((folder / "vocabulary").glob("*.yaml"))
    vocabulary = parse_vocabulary([parse(path.name, path.read_bytes()) for path in paths], (), found)
    declared = parse_measures([parse("measures.yaml", (folder / "measures.yaml").read_bytes())], vocabulary, found)
    assert not found.found, [str(problem) for problem in found.found]
    return observe([one for one in declared.values() if one is not None], load_case(str(facts), vocabulary))


SEED = TOP / "facts" / "seeds" / "health-check-decline" / "facts.yaml"


@pytest.mark.parametrize(
    ("measure", "slope"),
    [
        ("goal_alignment_slope", -0.65),
        ("resource_adherence_slope", -0.075),
        ("joint_roi_slope", -0.025),
        ("partner_satisfaction_slope", -0.6),
        ("health_strategic_slope", -0.1625),
        ("health_operational_slope", -0.15),
        ("health_financial_slope", -0.083333333),
        ("health_relationship_slope", -0.15),
    ],
)
def test_the_built_in_ruleset_sees_the_decline_of_each_indicator_and_category(measure: str, slope: float) -> None:
    observation = alliance(SEED).known[measure]
    assert observation.value == slope
    assert observation.records == tuple(f"scorecard:{quarter}" for quarter in QUARTERS)


def test_the_built_in_ruleset_sees_the_whole_decline_and_its_latest_figures() -> None:
    found = alliance(SEED)
    slope = found.value("health_slope")
    assert isinstance(slope, float)
    assert slope < -0.05
    latest = {name: found.value(f"{name}_latest") for name in ("goal_alignment", "resource_adherence", "joint_roi")}
    assert latest == {"goal_alignment": 3.2, "resource_adherence": 0.8, "joint_roi": 0.07}
