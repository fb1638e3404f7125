from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.escape import for_json, for_markdown, for_terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Société Générale & Töchter", "Société Générale & Töchter"),
        ("日本航空　株式会社", "日本航空　株式会社"),
        ("non\u00a0breaking", "non\u00a0breaking"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b31m", r"\x9b31m"),
        ("a\x07b\x00c\x7f", r"a\x07b\x00c\x7f"),
        ("over\rwritten", r"over\x0dwritten"),
        ("two\nlines\tand\r\nmore", "two lines and more"),
        ("safe\u202eexe.txt", r"safe\u202eexe.txt"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("\u2028", r"\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("[red]{{ 7*7 }}<script>", "[red]{{ 7*7 }}<script>"),
    ],
)
def test_a_terminal_gets_visible_text_alone(text: str, shown: str) -> None:
    assert for_terminal(text) == shown


@given(st.text())
def test_no_control_character_reaches_a_terminal(text: str) -> None:
    shown = for_terminal(text)
    assert all(one.isprintable() or one.isspace() for one in shown)
    assert not set(shown) & {"\n", "\r", "\t", "\x1b", "\x0b", "\x0c", "\x85"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Starbucks and Barnes & Noble", "Starbucks and Barnes & Noble"),
        ("a well-known 3.5-year deal (2025)", "a well-known 3.5-year deal (2025)"),
        ("{{ 7*7 }}", r"{{ 7\*7 }}"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&lt;b&gt; &#60;", "&amp;lt;b&amp;gt; &amp;#60;"),
        ("[red](http://a.b)", r"\[red\](http\://a.b)"),
        ("see www.example.org or a@b.org", r"see www\.example.org or a\@b.org"),
        ("# heading", r"\# heading"),
        ("no\n# heading", r"no \# heading"),
        ("- item", r"\- item"),
        ("-", r"\-"),
        ("---", r"\---"),
        ("===", r"\==="),
        ("+ item", r"\+ item"),
        ("-5", "-5"),
        ("1. item", r"1\. item"),
        ("2025) item", r"2025\) item"),
        ("point 1) item", r"point 1\) item"),
        ("in 2025. Then", "in 2025. Then"),
        ("a | b", r"a \| b"),
        ("```\ncode", r"\`\`\` code"),
        ("    code", "code"),
        ("_x_ *y* ~~z~~ $5$", r"\_x\_ \*y\* \~\~z\~\~ \$5\$"),
        ("\\*x", r"\\\*x"),
        ("\x1b[2J", r"\\x1b\[2J"),
        ("> quoted", "&gt; quoted"),
    ],
)
def test_markdown_shows_data_as_text(text: str, shown: str) -> None:
    assert for_markdown(text) == shown


@given(st.text())
def test_json_keeps_its_meaning_and_hides_nothing(text: str) -> None:
    plain = json.dumps({"name": text}, ensure_ascii=False, indent=2)
    shown = for_json(plain)
    assert json.loads(shown) == json.loads(plain)
    assert all(one.isprintable() or one.isspace() for one in shown)
    assert not set(shown) & {"\x1b", "\x7f", "\x85", "\x9b", "\u202e"}
