"""The geometry of charts."""

from __future__ import annotations

import pytest

from engine.facts_file import parse_case
from engine.memo.charts import HealthRecord, balance, health_record
from tests.memo.samples import SAMPLES, advisor, assessed, ruleset

HEAD = "alliance: {name: N, us: We, partner: They, as_of: 2025-06-30}\n"


def drawn(scorecard: str) -> HealthRecord | None:
    return health_record(advisor().assess(parse_case("a.yaml", (HEAD + scorecard).encode(), ruleset().vocabulary)))


@pytest.mark.parametrize("sample", SAMPLES)
def test_bars_stay_within_the_picture_and_add_up(sample: str) -> None:
    chart = balance(assessed(sample))
    assert len(chart.bars) == 6
    assert [bar.recommended for bar in chart.bars].count(True) == 1
    for bar in chart.bars:
        assert bar.score == bar.points_for - bar.points_against
        assert bar.against_x + bar.against_width == pytest.approx(chart.zero, abs=0.2)
        assert 124 <= bar.against_x <= chart.zero <= chart.zero + bar.for_width <= chart.width - 78
        assert 0 <= bar.y <= chart.height - chart.bar_height


def test_no_scorecard_no_chart() -> None:
    assert drawn("") is None
    assert drawn("scorecard: []\n") is None
    assert drawn("scorecard:\n  - {period: 2025-Q1}\n") is None


def test_lines_break_where_a_value_is_unknown() -> None:
    record = drawn(
        "scorecard:\n  - {period: 2024-Q1, trust: 2}\n  - {period: 2024-Q2, trust: 3}\n"
        "  - {period: 2024-Q3, joint_roi: 0.1}\n  - {period: 2024-Q4, trust: 4}\n"
        "  - {period: 2025-Q1, trust: 5}\n"
    )
    assert record is not None
    (trust,) = (panel for category in record.categories for panel in category.panels if panel.id == "trust")
    assert len(trust.dots) == 4
    assert len(trust.paths) == 2
    assert trust.cells == ("2", "3", "\N{EN DASH}", "4", "5")
    assert trust.change == "2 to 5: better"


def test_lower_is_better_where_the_vocabulary_says_so() -> None:
    record = drawn("scorecard:\n  - {period: 2024-Q1, decision_days: 9}\n  - {period: 2024-Q2, decision_days: 45}\n")
    assert record is not None
    (panel,) = record.categories[0].panels
    assert panel.title == "Decision days (days)"
    assert panel.change == "9 to 45: worse"
    assert panel.better == "lower is better"
    for dot in panel.dots:
        assert panel.left <= dot.x <= panel.right
        assert panel.upper <= dot.y <= panel.lower


def test_one_period_is_a_dot() -> None:
    record = drawn("scorecard:\n  - {period: 2024, trust: 2}\n")
    assert record is not None
    (panel,) = record.categories[0].panels
    assert len(panel.dots) == 1
    assert panel.paths == ()
    assert panel.change == "one period only"
