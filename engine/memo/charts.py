"""Numbers to the geometry of charts, as values; macros in `report_templates/charts.svg.j2` draw them.

Coordinates are in the units of a chart's own box, from its upper left corner, rounded to a tenth, so that the same
numbers give the same picture on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.assessment import Assessment
from engine.case import Case
from engine.explain.because import in_words
from engine.measures import Index, IndexSlope, Scale
from engine.rules import OPTIONS
from engine.vocabulary import Fact, Kind, RecordList, Value

STEADY = 0.005
"""A category whose index changes by less than this a period, on its scale from 0 to 1, counts as steady."""

_WIDTH, _LEFT, _RIGHT, _UPPER, _BOTTOM = 220.0, 34.0, 212.0, 20.0, 82.0
"""A panel's box, and the ends of the area in it where the line is drawn."""

_BARS, _LABELS, _SCORES, _GAP, _ROW, _TOP = 440.0, 124.0, 78.0, 24.0, 28.0, 26.0
"""The width of the chart of bars, of its two columns of text and of the gap beside the bars; its rows."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One value of an indicator: where it stands, and what is written at it."""

    x: float
    y: float
    period: str
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator of the health record as a line over the periods; `paths` has gaps where a value is unknown.

    `top` and `bottom` are the values at the ends of the scale. `change` says in words what became of it, and
    `better` which direction is good.
    """

    id: str
    title: str
    dots: tuple[Dot, ...]
    paths: tuple[str, ...]
    top: str
    bottom: str
    change: str
    better: str
    cells: tuple[str, ...]

    width: float = _WIDTH
    height: float = _BOTTOM + 22
    left: float = _LEFT
    right: float = _RIGHT
    upper: float = _UPPER
    lower: float = _BOTTOM


@dataclass(frozen=True, slots=True)
class Category:
    """Indicators of one kind, and where they go together: `improving`, `steady`, `declining` or empty."""

    title: str
    course: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class HealthRecord:
    """The scorecard as small charts. `course` is that of the whole."""

    periods: tuple[str, ...]
    categories: tuple[Category, ...]
    course: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The points for and against one option."""

    option: str
    title: str
    recommended: bool
    closed: bool
    points_for: float
    points_against: float
    score: float
    y: float
    for_width: float
    against_x: float
    against_width: float


@dataclass(frozen=True, slots=True)
class Balance:
    """The points of all options as bars on both sides of a line at `zero`, least disruptive option first."""

    bars: tuple[Bar, ...]
    zero: float
    height: float
    width: float = _BARS
    bar_height: float = 16


# -- the health record


def health_record(assessment: Assessment) -> HealthRecord | None:
    """The charts of the scorecard, or None where it holds no indicator."""
    periods, known = _health(assessment.case)
    if not known:
        return None
    vocabulary = assessment.ruleset.vocabulary.lists["scorecard"]
    indexes = _indexes(assessment)
    whole = max(indexes, key=lambda one: len(one[1]), default=("", ()))
    categories = []
    left = [name for name in vocabulary.fields if name in known]
    for title, scales in indexes:
        names = {scale.field: scale for scale in scales}
        own = [name for name in left if name in names] if (title, scales) != whole else []
        if own:
            panels = tuple(_panel(vocabulary, name, periods, known[name], names[name]) for name in own)
            categories.append(Category(title, _course(assessment, names), panels))
            left = [name for name in left if name not in names]
    if left:
        panels = tuple(_panel(vocabulary, name, periods, known[name], None) for name in left)
        categories.append(Category("Other indicators", "", panels))
    return HealthRecord(tuple(periods), tuple(categories), _course(assessment, [scale.field for scale in whole[1]]))


def _indexes(assessment: Assessment) -> list[tuple[str, tuple[Scale, ...]]]:
    """What the ruleset counts together, as the title of a category and its fields with their scales."""
    return [
        (measure.title.removeprefix("Level of ").capitalize(), measure.form.scales)
        for measure in assessment.ruleset.measures
        if isinstance(measure.form, Index) and measure.form.records == "scorecard"
    ]


def _course(assessment: Assessment, names: Iterable[str]) -> str:
    """Where the slope over the same fields goes."""
    fields = set(names)
    for measure in assessment.ruleset.measures:
        if isinstance(measure.form, IndexSlope) and {scale.field for scale in measure.form.scales} == fields:
            slope = assessment.judgement.situation.observations.value(measure.id)
            if isinstance(slope, (int, float)):
                return "steady" if abs(slope) < STEADY else "improving" if slope > 0 else "declining"
    return ""


def _panel(
    vocabulary: RecordList, name: str, periods: Sequence[str], values: Sequence[Value | None], scale: Scale | None
) -> Panel:
    fact = vocabulary.fields[name]
    numbers = [value if isinstance(value, (int, float)) else None for value in values]
    known = [number for number in numbers if number is not None]
    ends = (
        [scale.worst, scale.best]
        if scale
        else [end for end in (fact.type.minimum, fact.type.maximum) if end is not None]
    )
    low, high = min([*known, *ends]), max([*known, *ends])
    step = (_RIGHT - _LEFT - 16) / max(len(periods) - 1, 1)
    height = _BOTTOM - _UPPER
    dots: list[Dot | None] = [
        None
        if number is None
        else Dot(
            round(_LEFT + 8 + step * position if len(periods) > 1 else (_LEFT + _RIGHT) / 2, 1),
            round(_BOTTOM - height * ((number - low) / (high - low) if high > low else 0.5), 1),
            periods[position],
            in_words(number, fact.type.kind),
        )
        for position, number in enumerate(numbers)
    ]
    return Panel(
        id=name,
        title=_title(fact),
        dots=tuple(dot for dot in dots if dot is not None),
        paths=_paths(dots),
        top=in_words(high, fact.type.kind),
        bottom=in_words(low, fact.type.kind),
        change=_change(fact, known),
        better="lower is better" if fact.better == "low" else "higher is better",
        cells=tuple(dot.text if dot else "\N{EN DASH}" for dot in dots),
    )


def _title(fact: Fact) -> str:
    words = fact.name.replace("_", " ").replace("roi", "return on investment").replace(" vs ", " against ")
    unit = fact.unit if fact.type.kind is not Kind.SHARE else ""
    return f"{words[:1].upper()}{words[1:]}{f' ({unit})' if unit else ''}"


def _change(fact: Fact, known: Sequence[float]) -> str:
    if len(known) < 2:
        return "one period only"
    first, last = (in_words(number, fact.type.kind) for number in (known[0], known[-1]))
    if known[0] == known[-1]:
        return f"{first} to {last}: unchanged"
    better = (known[-1] > known[0]) is (fact.better != "low")
    return f"{first} to {last}: {'better' if better else 'worse'}"


def _paths(dots: Sequence[Dot | None]) -> tuple[str, ...]:
    """The runs of known values, each as the data of an SVG path."""
    runs: list[list[Dot]] = [[]]
    for dot in dots:
        if dot is None:
            runs.append([])
        else:
            runs[-1].append(dot)
    return tuple("M" + " L".join(f"{dot.x:g} {dot.y:g}" for dot in run) for run in runs if len(run) > 1)


# -- points for and against


def balance(assessment: Assessment) -> Balance:
    """The points for and against each option, on one scale."""
    standings = [assessment.verdict.standing(option) for option in OPTIONS]
    sides = [
        [
            sum(one.points for one in side if one.counted)
            for side in (standing.arguments_for, standing.arguments_against)
        ]
        for standing in standings
    ]
    most_for, most_against = (max(side[place] for side in sides) for place in (0, 1))
    room = _BARS - _LABELS - _SCORES - 2 * _GAP
    unit = room / (most_for + most_against) if most_for + most_against else 0
    zero = round(_LABELS + _GAP + unit * most_against, 1)
    bars = tuple(
        Bar(
            option=standing.option,
            title=assessment.ruleset.weighing.options[standing.option].title,
            recommended=standing.rank == 1,
            closed=standing.status == "closed",
            points_for=points_for,
            points_against=points_against,
            score=standing.score,
            y=round(_TOP + _ROW * row, 1),
            for_width=round(unit * points_for, 1),
            against_x=round(zero - unit * points_against, 1),
            against_width=round(unit * points_against, 1),
        )
        for row, (standing, (points_for, points_against)) in enumerate(zip(standings, sides, strict=True))
    )
    return Balance(bars, zero, _TOP + _ROW * len(bars))


def _health(case: Case) -> tuple[list[str], dict[str, list[Value | None]]]:
    """The periods of the scorecard, and each indicator that is known in one of them, None where it is not."""
    records = case.records("scorecard") or ()
    names = dict.fromkeys(name for record in records for name in record.entries if name != "period")
    return [record.id for record in records], {name: [record.value(name) for record in records] for name in names}
