"""The HTML memo is one sound file: well-formed, self-contained, accessible."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tests.memo.samples import SAMPLES, assessed, memo

VOID = {"meta", "link", "br", "hr", "img", "input"}
every_sample = pytest.mark.parametrize("sample", SAMPLES)


class Checker(HTMLParser):
    """Every element that is opened is closed, in turn; what was seen is kept."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) < len(attrs):
            self.faults.append(f"an attribute twice in {tag}")
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} closed out of turn at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def check(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    checker.close()
    return checker


@every_sample
def test_well_formed(sample: str) -> None:
    checker = check(memo(sample, "html"))
    assert checker.faults == []
    assert checker.open == []
    assert memo(sample, "html").startswith("<!DOCTYPE html>\n")


@every_sample
def test_self_contained(sample: str) -> None:
    checker = check(memo(sample, "html"))
    assert not {tag for tag, _ in checker.elements} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "a",
        "base",
        "use",
    }
    for _tag, attributes in checker.elements:
        assert not {"src", "href", "xlink:href", "style", "srcset"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
    style = memo(sample, "html").split("<style>")[1].split("</style>")[0]
    assert not re.search(r"url\(|@import|expression", style)


@every_sample
def test_policy_permits_the_stylesheet_and_nothing_else(sample: str) -> None:
    html = memo(sample, "html")
    style = html.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    (policy,) = (a["content"] for _, a in check(html).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@every_sample
def test_accessible(sample: str) -> None:
    elements = check(memo(sample, "html")).elements
    assert ("html", {"lang": "en-GB"}) in elements
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in elements if tag == "th")
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    pictures = [attributes for tag, attributes in elements if tag == "svg"]
    assert pictures
    for picture in pictures:
        assert picture["role"] == "img"
        assert set(str(picture["aria-labelledby"]).split()) <= set(ids)


@every_sample
def test_health_record_is_drawn_where_there_is_one(sample: str) -> None:
    html = memo(sample, "html")
    records = assessed(sample).case.records("scorecard")
    assert ("No scorecard has been kept" in html) is not bool(records)
    assert ('id="health-' in html) is bool(records)
    assert 'id="points-desc"' in html


def test_decline_is_shown_indicator_by_indicator_and_category_by_category() -> None:
    for fmt in ("md", "html"):
        text = memo("seeds/health-check-decline", fmt)
        for change in ("4.5 to 3.2: worse", "95% to 80%: worse", "12% to 7%: worse", "4.2 to 3: worse"):
            assert change in text
        for category in (
            "Strategic alignment",
            "Operational efficiency",
            "Relationship quality",
            "Financial performance",
        ):
            assert f"{category} is declining" in text
        assert "The health check as a whole is declining." in text


def test_colours_of_text_have_contrast() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    style = memo("seeds/health-check-decline", "html").split("<style>")[1].split("</style>")[0]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
    for name in ("ink", "soft", "for", "against"):
        for ground in ("#ffffff", colours["pale"]):
            assert (luminance(ground) + 0.05) / (luminance(colours[name]) + 0.05) >= 4.5
