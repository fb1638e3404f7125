"""The page of a portfolio is one sound file, says what it must, and draws each alliance where it belongs."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from hashlib import sha256
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.portfolio.chart import amount, charts, importance_chart, value_chart
from engine.portfolio.page import page, page_context
from engine.portfolio.urgency import Ranked, ranked
from engine.portfolio.whole import Portfolio
from engine.resources import builtin
from tests.memo.samples import ruleset
from tests.memo.test_html import check
from tests.portfolio.rows import FACTS, portfolio_of
from tests.portfolio.test_order import ANSWER, stand

LEVELS = ("low", "moderate", "high", "critical")


@pytest.fixture(scope="module")
def samples() -> Portfolio:
    return portfolio_of(*FACTS).portfolio


@pytest.fixture(scope="module")
def html(samples: Portfolio) -> str:
    return page(samples)


def test_well_formed_and_self_contained(html: str) -> None:
    found = check(html)
    assert (found.faults, found.open) == ([], [])
    assert html.startswith("<!DOCTYPE html>\n")
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "a", "base", "use"}
    for _, attributes in found.elements:
        assert not {"src", "href", "xlink:href", "style", "srcset"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]


def test_the_policy_permits_the_two_stylesheets_and_nothing_else(html: str) -> None:
    sheets = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(sheets) == 2
    sources = " ".join(f"'sha256-{b64encode(sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets)
    (policy,) = (a["content"] for _, a in check(html).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src {sources}; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|expression", "".join(sheets))


def test_accessible(html: str) -> None:
    elements = check(html).elements
    assert ("html", {"lang": "en-GB"}) in elements
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h[1-6]", tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(attributes.get("scope") in ("col", "row", "rowgroup") for tag, attributes in elements if tag == "th")
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for picture in (attributes for tag, attributes in elements if tag == "svg"):
        assert picture["role"] == "img"
        assert set(str(picture["aria-labelledby"]).split()) <= set(ids)


def test_it_tells_every_alliance_with_its_recommendation(samples: Portfolio, html: str) -> None:
    text = " ".join(check(html).text)
    for one in samples.alliances:
        standing = one.standing
        assert standing.name in text
        assert standing.form_title in text
        assert standing.facts_sha256 in text
        assert all(deadline.what[1:] in text for deadline in standing.deadlines)
    assert "not complete" not in text
    assert "2 inputs with errors: this page is not complete" in " ".join(check(page(samples._replace(left_out=2))).text)


def test_the_calendar_has_every_date_by_month(samples: Portfolio) -> None:
    calendar = page_context(samples)["calendar"]
    dates = [entry["date"] for month in calendar for entry in month["entries"]]
    assert dates == sorted(dates)
    assert len(dates) == sum(len(one.standing.deadlines) for one in samples.alliances)
    assert len({month["month"] for month in calendar}) == len(calendar)


def test_hostile_text_comes_out_as_text(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} {% for %} \x1b[31m \u202e </title></style> &lt; \"'"
    facts = {
        "alliance": {"name": hostile, "us": hostile, "partner": hostile, "as_of": "2025-06-30", "importance": "high"},
        "financials": {"currency": hostile, "annual_benefit": 5},
        "relationship": {"trust": 3},
        "workstreams": [{"id": "a", "name": hostile, "decision_by": "2025-08-01"}],
    }
    file = tmp_path / f"{hostile.replace('/', '-')}.json"
    file.write_text(json.dumps(facts), encoding="utf-8")
    html = page(portfolio_of(file).portfolio)
    found = check(html)
    assert (found.faults, found.open) == ([], [])
    assert "<script" not in html.lower()
    assert html.count("</title>") == html.count("<title")
    assert all(one.isprintable() or one == "\n" for one in html)
    assert "{{ 7*7 }}" in html
    assert "\\u202e" in html


def test_a_portfolio_of_one_that_says_little_can_be_written() -> None:
    html = page(Portfolio(ranked([stand()]), 0, ruleset()))
    assert "so that nothing can be drawn" in html
    assert "No date ahead is known of any alliance" in html
    assert check(html).faults == []


def test_a_large_portfolio_can_be_written() -> None:
    many = [
        stand(
            name=f"A{number}",
            days=number,
            alliance__importance=LEVELS[number % 4],
            relationship__trust=1 + number % 5,
            financials__annual_benefit=number * 1000,
            financials__currency="EUR" if number % 3 else "USD",
        )
        for number in range(400)
    ]
    html = page(Portfolio(ranked(many), 0, ruleset()))
    assert check(html).faults == []
    assert "122 more: in USD, not in EUR" in html
    assert html.count("<circle") > 400


# -- the charts


def alliances(*facts: dict[str, object]) -> tuple[Ranked, ...]:
    return ranked([stand(name=f"A{number:02d}", **one) for number, one in enumerate(facts)])  # type: ignore[arg-type]


def worth(amount: float, currency: str = "EUR", trust: float = 3) -> dict[str, object]:
    return {"financials__annual_benefit": amount, "financials__currency": currency, "relationship__trust": trust}


def test_one_currency_is_drawn_and_the_others_are_named_beside() -> None:
    chart = value_chart(alliances(worth(5), worth(6, "USD"), worth(7), {"relationship__trust": 3}, worth(1, "")))
    assert chart is not None
    assert chart.axis == "EUR"
    assert [mark.number for mark in chart.marks] == ["1", "3"]
    assert [(one.rank, one.why) for one in chart.aside] == [
        (2, "in USD, not in EUR"),
        (4, "value unknown"),
        (5, "currency not stated"),
    ]


def test_of_currencies_that_are_as_frequent_the_first_by_name_is_drawn() -> None:
    chart = value_chart(alliances(worth(5, "USD"), worth(6, "EUR")))
    assert chart is not None
    assert chart.axis == "EUR"


def test_nothing_is_drawn_without_health_or_value() -> None:
    assert value_chart(alliances({}, {"relationship__trust": 3})) is None
    assert importance_chart(alliances({}, {"alliance__importance": "high"}), LEVELS) is None
    assert importance_chart(alliances({"alliance__importance": "huge", "relationship__trust": 3}), LEVELS) is None
    assert charts((), LEVELS) == ()


def test_health_lies_across_and_value_upward() -> None:
    chart = value_chart(alliances(worth(0, trust=1), worth(50, trust=3), worth(100, trust=5)))
    assert chart is not None
    low, middle, high = chart.marks
    assert low.x < middle.x < high.x
    assert middle.x == pytest.approx((low.x + high.x) / 2)
    assert low.y > middle.y > high.y
    assert [tick.text for tick in chart.upward] == ["0", "20", "40", "60", "80", "100"]
    assert (low.x, high.x) == (chart.across[0].at, chart.across[-1].at)
    assert (low.y, high.y) == (chart.upward[0].at, chart.upward[-1].at)


def test_amounts_far_apart_stand_on_a_scale_of_powers() -> None:
    chart = value_chart(alliances(worth(2e3), worth(5e9)))
    assert chart is not None
    assert chart.powers
    assert chart.axis == "EUR billion"
    steps = [before.at - after.at for before, after in pairwise(chart.upward)]
    assert max(steps) - min(steps) < 0.2
    assert not_powers(worth(0), worth(5e9))
    assert not_powers(worth(-3), worth(5e9))


def not_powers(*facts: dict[str, object]) -> bool:
    chart = value_chart(alliances(*facts))
    return chart is not None and not chart.powers


@pytest.mark.parametrize("amounts", [(0,), (-5,), (7,), (-5, 5), (1e-9,), (9e15, -9e15), (3, 3, 3)])
def test_every_mark_lies_within_the_chart(amounts: tuple[float, ...]) -> None:
    chart = value_chart(alliances(*map(worth, amounts)))
    assert chart is not None
    for mark in chart.marks:
        assert chart.left + chart.radius <= mark.x <= chart.right - chart.radius
        assert chart.top + chart.radius <= mark.y <= chart.bottom - chart.radius
    assert len(chart.upward) >= 2


def test_marks_do_not_cover_each_other() -> None:
    facts = {"alliance__importance": "high", "relationship__trust": 3, **worth(5)}
    for chart in charts(alliances(*[facts] * 12), LEVELS):
        for one, other in combinations(chart.marks, 2):
            assert math.dist(one[:2], other[:2]) >= 2 * chart.radius


def test_each_chart_says_of_itself_whether_it_has_numbers_and_whether_marks_are_moved() -> None:
    """A large chart beside a small one, whichever comes first."""
    few = [worth(amount) for amount in (5, 5, 9)]
    many = [{"alliance__importance": "high", "relationship__trust": 1 + number % 5} for number in range(70)]
    html = page(Portfolio(alliances(*few, *many), 0, ruleset()))
    importance, value = re.findall(r"<figcaption>(.*?)</figcaption>", html)
    assert "Numbers are those of the list above" not in importance
    assert "70 alliances, too close to each other for the numbers of the list" in importance
    assert "A number beside a mark says how many stand there" in importance
    assert "Numbers are those of the list above. Marks that would cover each other are moved apart" in value
    assert "moved apart" not in page(Portfolio(alliances(worth(5), worth(9)), 0, ruleset()))


def test_no_mark_is_moved_far_from_its_value() -> None:
    chart = value_chart(alliances(*[worth(840e6)] * 15, worth(0)))
    assert chart is not None
    assert chart.numbered
    assert chart.moved
    (place,) = {mark.y for mark in value_chart(alliances(worth(840e6), worth(0))).marks[:1]}  # type: ignore[union-attr]
    assert all(abs(mark.y - place) <= 20 for mark in chart.marks[:-1])
    assert not chart.crowds


def test_where_marks_crowd_they_stand_at_their_place_and_are_counted() -> None:
    chart = value_chart(alliances(*[worth(840e6)] * 47, *[worth(100e6)] * 2, worth(0)))
    assert chart is not None
    assert not chart.numbered
    assert not chart.moved
    assert len({mark.y for mark in chart.marks}) == 3
    assert {mark.number for mark in chart.marks} == {""}
    assert [crowd.number for crowd in chart.crowds] == [47, 2]


def test_numbers_of_crowds_do_not_cover_each_other() -> None:
    facts = [{"alliance__importance": "high", "relationship__trust": 1 + number / 400} for number in range(1_600)]
    chart = importance_chart(alliances(*facts), LEVELS)
    assert chart is not None
    assert sum(crowd.number for crowd in chart.crowds) == 1_600
    for before, after in pairwise(chart.crowds):
        assert after.x - before.x >= 6 * len(str(before.number))


def test_of_many_without_a_place_some_are_named_and_the_rest_counted_by_reason() -> None:
    others = [worth(1, f"C{number % 8}") for number in range(20)]
    chart = value_chart(alliances(*[{}] * 30, *others, *[worth(5)] * 5))
    assert chart is not None
    assert [one.rank for one in chart.aside] == list(range(1, 13))
    assert [(rest.number, rest.why) for rest in chart.rest][:2] == [
        (18, "value and health unknown"),
        (3, "in C0, not in EUR"),
    ]
    assert len(chart.rest) == 7
    assert chart.rest[-1].why == "for other reasons"
    assert len(chart.aside) + sum(rest.number for rest in chart.rest) == 50
    assert '<li class="more">18 more: value and health unknown</li>' in page(
        Portfolio(alliances(*[{}] * 30, *others, *[worth(5)] * 5), 0, ruleset())
    )


def test_a_long_name_without_blanks_may_be_broken_anywhere() -> None:
    sheet = (builtin("report_templates") / "portfolio" / "portfolio.css").read_text(encoding="utf-8")
    broken = re.findall(r"^(.*?) \{[^}]*overflow-wrap: anywhere", sheet, re.MULTILINE)
    for place in (".portfolio th", ".portfolio td", ".asked-for td", ".dates td", ".aside li", ".record td"):
        assert any(place in selectors.split(", ") for selectors in broken)


def test_marks_say_what_value_and_health_rest_on() -> None:
    stake: dict[str, Any] = {"financials__stake_value": 5, "financials__currency": "EUR"}
    scored = stand(ANSWER._replace(health=0.4), name="scored", **stake)
    chart = value_chart(ranked([scored, stand(name="unscored", **worth(4))]))  # type: ignore[arg-type]
    assert chart is not None
    first, second = chart.marks
    assert (first.square, first.hollow, second.square, second.hollow) == (True, False, False, True)
    assert first.title == "1. scored: Renegotiate; health 40% (scorecard); value of our stake EUR 5"
    assert second.title == "2. unscored: Renegotiate; health 50% (from trust); annual benefit EUR 4"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "EUR 0"),
        (999, "EUR 999"),
        (1_500, "EUR 1.5 thousand"),
        (840e6, "EUR 840 million"),
        (-4.6e9, "EUR -4.6 billion"),
    ],
)
def test_amounts_in_words(value: float, words: str) -> None:
    assert amount(stand(financials__annual_benefit=value, financials__currency="EUR")) == words


def test_marks_have_contrast() -> None:
    template = (builtin("report_templates") / "portfolio" / "portfolio.svg.j2").read_text(encoding="utf-8")
    colours = re.findall(r'": "(#[0-9a-f]{6})"', template)
    assert len(set(colours)) == 6
    for colour in colours:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        assert 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05) >= 4.5
