"""What a facts file means: unknown against no, short against long form, YAML against JSON."""

from __future__ import annotations

import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest

from engine.case import Case, Entry
from engine.errors import FactsError
from engine.facts_file import load_case, parse_case
from engine.parse.fields import Problems
from engine.parse.vocabulary import parse_vocabulary
from engine.sources import parse
from engine.vocabulary import Vocabulary
from tests.small import case, problems_in, vocabulary

TOP = Path(__file__).parents[2]

SHORT = """\
terms:
  rationale: weakening
  exclusive: false
  notice_days: 90
  our_share: 0.6
  trust: 3.5
  balance: -1200
  ends_on: 2025-12-31
  counsel: "Müller & Söhne, «Abt. 7»"
  budget_year: 2025-Q4
  disputes:
    - id: D2
      topic: money
      touches: [people, price]
    - id: D1
      status: open
      severity: 4
      raised_in: 2025-Q1
checks:
  - period: 2025-Q2
    goal_alignment: 4
  - period: 2025-Q1
    roi: -0.1
"""


def test_every_type_of_fact_is_read() -> None:
    one = case(SHORT)
    assert one.value("terms.rationale") == "weakening"
    assert one.value("terms.exclusive") is False
    assert one.value("terms.notice_days") == 90
    assert one.value("terms.our_share") == 0.6
    assert one.value("terms.trust") == 3.5
    assert one.value("terms.balance") == -1200
    assert one.value("terms.ends_on") == date(2025, 12, 31)
    assert one.value("terms.counsel") == "Müller & Söhne, «Abt. 7»"
    assert one.value("terms.budget_year") == "2025-Q4"
    assert one.as_of == date(2025, 6, 30)
    assert (one.us, one.partner) == ("We", "They")
    disputes = one.records("disputes")
    assert disputes is not None
    assert [record.id for record in disputes] == ["D1", "D2"]
    assert disputes[1].value("touches") == ("price", "people")
    assert disputes[0].value("raised_in") == "2025-Q1"


def test_what_is_left_out_or_unknown_is_unknown_and_not_no() -> None:
    one = case("terms: {rationale: unknown, exclusive: {value: unknown, source: letter}, trust: unknown}")
    assert one == case("terms: {}")
    assert one.value("terms.rationale") is None
    assert one.value("terms.exclusive") is None
    assert case("terms: {exclusive: false}").value("terms.exclusive") is False
    assert case("terms: {notice_days: 0}").value("terms.notice_days") == 0


def test_the_word_unknown_means_unknown_in_quotes_too_as_json_must_write_it() -> None:
    assert case('terms: {counsel: "unknown", rationale: "unknown", trust: "unknown", disputes: "unknown"}') == case()
    assert case("terms: {counsel: Unknown & Sons}").value("terms.counsel") == "Unknown & Sons"


def test_an_empty_list_is_known_to_be_empty_and_a_list_left_out_is_unknown() -> None:
    assert case("terms: {disputes: []}").records("disputes") == ()
    assert case("terms: {}").records("disputes") is None
    assert case("terms: {disputes: unknown}").records("disputes") is None
    assert case("checks: []").records("checks") == ()
    assert case("checks: unknown").records("checks") is None
    assert case("terms: {disputes: []}").sha256 != case("terms: {}").sha256


def test_an_empty_list_of_choices_is_known_to_be_empty() -> None:
    one = case("terms: {disputes: [{id: D1, touches: []}, {id: D2, touches: unknown}]}")
    records = one.records("disputes")
    assert records is not None
    assert [record.value("touches") for record in records] == [(), None]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "true", "12:30", "014", "1e3", "2025-06-30"])
def test_words_that_yaml_would_turn_into_something_else_stay_text(word: str) -> None:
    assert case(f"terms: {{counsel: {word}}}").value("terms.counsel") == word


def test_a_number_may_be_written_with_leading_zeros_and_a_sign() -> None:
    assert case("terms: {notice_days: 014, balance: +5}").value("terms.notice_days") == 14
    assert case("terms: {balance: -.5}").value("terms.balance") == -0.5
    assert case("terms: {balance: 1.5e3}").value("terms.balance") == 1500
    assert case("terms: {balance: 9007199254740992}").value("terms.balance") == 2**53


def test_the_long_form_carries_provenance_and_doubt() -> None:
    one = case(
        """\
        terms:
          trust: {value: 2.5, low: 2, high: 3.5, source: "Check, p. 4", confidence: low, dated: 2025-05-01}
          rationale: {value: gone, plausible: [gone, weakening], disputed: true}
          exclusive: {value: true, plausible: [false, true]}
        """
    )
    assert one.facts["terms.trust"] == Entry(
        2.5, low=2, high=3.5, source="Check, p. 4", confidence="low", dated=date(2025, 5, 1)
    )
    assert one.facts["terms.trust"].doubtful
    assert one.facts["terms.rationale"].disputed
    # In the order of the vocabulary, whatever the order in the file.
    assert one.facts["terms.rationale"].plausible == ("weakening", "gone")
    assert one.facts["terms.exclusive"].plausible == ("true", "false")


def test_the_long_form_with_a_value_alone_means_the_same_as_the_short_form() -> None:
    long = case(
        """\
        terms:
          rationale: {value: weakening}
          exclusive: {value: false}
          notice_days: {value: 90}
          our_share: {value: 0.60}
          trust: {value: 3.5, confidence: high, disputed: false, source: ""}
          balance: {value: -1200.0}
          ends_on: {value: 2025-12-31}
          counsel: {value: 'Müller & Söhne, «Abt. 7»'}
          budget_year: {value: 2025-Q4}
          disputes:
            - {id: {value: D1}, status: {value: open}, severity: {value: 4}, raised_in: {value: 2025-Q1}}
            - {id: {value: D2}, topic: {value: money}, touches: {value: [price, people]}}
        checks:
          - {period: {value: 2025-Q1}, roi: {value: -0.10}}
          - {period: {value: 2025-Q2}, goal_alignment: {value: 4.0}}
        """
    )
    assert long == case(SHORT)
    assert long.sha256 == case(SHORT).sha256


AS_JSON = {
    "alliance": {"name": "Test", "us": "We", "partner": "They", "as_of": "2025-06-30"},
    "terms": {
        "rationale": "weakening",
        "exclusive": False,
        "notice_days": 90,
        "our_share": 0.6,
        "trust": 3.5,
        "balance": -1200,
        "ends_on": "2025-12-31",
        "counsel": "Müller & Söhne, «Abt. 7»",
        "budget_year": "2025-Q4",
        "disputes": [
            {"id": "D2", "topic": "money", "touches": ["people", "price"]},
            {"id": "D1", "status": "open", "severity": 4, "raised_in": "2025-Q1"},
        ],
    },
    "checks": [{"period": "2025-Q2", "goal_alignment": 4}, {"period": "2025-Q1", "roi": -0.1}],
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(AS_JSON),
        json.dumps(AS_JSON, ensure_ascii=False),
        json.dumps(AS_JSON, indent=2),
        json.dumps(AS_JSON, indent="\t"),
        json.dumps(AS_JSON, separators=(",", ":")),
        "\n\n" + json.dumps(AS_JSON, indent=1).replace("\n", "\r\n"),
    ],
    ids=["escaped", "plain", "indented", "tabs", "compact", "CRLF"],
)
def test_json_makes_an_equal_case_with_an_equal_hash(text: str) -> None:
    one = parse_case("facts.json", text.encode(), vocabulary())
    assert one == case(SHORT)
    assert one.sha256 == case(SHORT).sha256


def test_escapes_of_json_stand_for_their_characters() -> None:
    name = '"\\ud83d\\ude00 \\u00e9 \\/ \\" \\n"'
    content = f'{{"alliance": {{"name": {name}, "us": "W", "partner": "P", "as_of": "2025-06-30"}}}}'
    one = parse_case("facts.json", content.encode(), vocabulary())
    assert one.value("alliance.name") == '\U0001f600 é / " \n'


def test_columns_count_characters_of_the_file_behind_a_pair_of_escapes() -> None:
    content = '{"terms": {"counsel": "\\ud83d\\ude00\\ud83d\\ude00", "trust": 9}}'
    [*missing, wrong] = problems_in(content.encode())
    assert len(missing) == 4
    assert wrong.message == "`terms.trust` is `9`, expected a number from 1 to 5"
    assert content[wrong.location.column - 1] == "9"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_line_breaks_of_any_system_and_a_byte_order_mark_change_nothing(line_break: str, mark: str) -> None:
    text = (mark + "alliance:\n  name: T\n  us: W\n  partner: P\n  as_of: 2025-06-30\nterms:\n  trust: 9\n").replace(
        "\n", line_break
    )
    assert [str(one) for one in problems_in(text.encode())] == [
        "facts.yaml:7:10: `terms.trust` is `9`, expected a number from 1 to 5"
    ]
    sound = text.replace("9", "4")
    assert case(sound, "") == case(sound.replace(line_break, "\n").removeprefix(mark), "")


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_rare_line_breaks_neither_break_a_line_nor_move_what_follows(char: str) -> None:
    text = f"terms:\n  counsel: one{char}two\n  trust: 9\n"
    assert [str(one) for one in problems_in(text)] == [
        "facts.yaml:4:10: `terms.trust` is `9`, expected a number from 1 to 5"
    ]
    assert case(text.replace("9", "4")).value("terms.counsel") == "one two"


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7*7 }}",
        "<script>alert(1)</script>",
        "[red]x[/red]",
        "\u202eevil\u202c",
        "a\u200bb",
        "\u00a0",
        "%s %(x)s {0}",
    ],
)
def test_text_that_looks_like_something_else_is_text(text: str) -> None:
    assert case(f"terms: {{counsel: '{text}'}}").value("terms.counsel") == text


def test_escaped_control_characters_are_text() -> None:
    assert case('terms: {counsel: "\\e[31m\\0\\u202e"}').value("terms.counsel") == "\x1b[31m\0\u202e"


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "alliance: {name: T, us: W, partner: P, as_of: 2025-06-30}\nterms: {trust: 9}\n"

    class Input:
        buffer = io.BytesIO(text.encode())

    monkeypatch.setattr(sys, "stdin", Input)
    with pytest.raises(FactsError) as caught:
        load_case("-", vocabulary())
    assert str(caught.value) == "<standard input>:2:16: `terms.trust` is `9`, expected a number from 1 to 5"


def test_the_order_of_facts_and_records_changes_nothing() -> None:
    other = """\
checks:
  - {roi: -0.1, period: 2025-Q1}
  - {goal_alignment: 4.0, period: 2025-Q2}
terms:
  disputes:
    - {raised_in: 2025-Q1, severity: 4, status: open, id: D1}
    - {touches: [price, people], topic: money, id: D2}
  budget_year: 2025-Q4
  counsel: "Müller & Söhne, «Abt. 7»"
  ends_on: 2025-12-31
  balance: -1200
  trust: 3.50
  our_share: .6
  notice_days: 90
  exclusive: false
  rationale: weakening
alliance: {as_of: 2025-06-30, partner: They, us: We, name: Test}
"""
    first, second = case(SHORT), case(other, "")
    assert first == second
    assert first.sha256 == second.sha256
    assert list(first.facts) == list(second.facts)
    assert list(first.lists) == list(second.lists)
    assert first.canonical() == second.canonical()


def test_every_difference_in_meaning_changes_the_hash() -> None:
    variants = [
        "",
        "terms: {trust: 3}",
        "terms: {trust: 4}",
        "terms: {trust: {value: 3, low: 2}}",
        "terms: {trust: {value: 3, high: 4}}",
        "terms: {trust: {value: 3, source: x}}",
        "terms: {trust: {value: 3, confidence: medium}}",
        "terms: {trust: {value: 3, disputed: true}}",
        "terms: {trust: {value: 3, dated: 2025-01-01}}",
        "terms: {rationale: gone}",
        "terms: {rationale: {value: gone, plausible: [valid]}}",
        "terms: {disputes: []}",
        "terms: {disputes: [{id: a}]}",
        "terms: {disputes: [{id: b}]}",
        "terms: {counsel: '3'}",
    ]
    assert len({case(facts).sha256 for facts in variants}) == len(variants)


def test_records_stand_in_the_order_of_their_key_and_periods_in_the_order_of_time() -> None:
    one = case("checks: [{period: 2025-Q3}, {period: 2025-10}, {period: 2024}, {period: 2025-02}, {period: 2025-Q1}]")
    records = one.records("checks")
    assert records is not None
    assert [record.id for record in records] == ["2024", "2025-02", "2025-Q1", "2025-Q3", "2025-10"]


def test_a_case_can_be_changed_in_one_fact() -> None:
    one = case("terms: {trust: {value: 3, source: x}}")
    assert one.with_value("terms.trust", 4).facts["terms.trust"].source == "x"
    assert one.with_value("terms.trust", None).value("terms.trust") is None
    assert one.with_value("terms.rationale", "gone").value("terms.rationale") == "gone"
    assert one.value("terms.trust") == 3


def alliance_vocabulary() -> Vocabulary:
    found = Problems()
    paths = sorted((TOP / "rulesets" / "alliance" / "vocabulary").glob("*.yaml"))
    one = parse_vocabulary([parse(path.name, path.read_bytes()) for path in paths], (), found)
    assert not found.found
    return one


SAMPLES = sorted((TOP / "facts").glob("*/*/facts.yaml"))


@pytest.mark.parametrize("path", SAMPLES, ids=[path.parent.name for path in SAMPLES])
def test_every_sample_is_read(path: Path) -> None:
    one = load_case(str(path), alliance_vocabulary())
    assert isinstance(one, Case)
    assert len(one.facts) > 30
