"""Facts that do not fit the vocabulary: each is reported at its place, with what was expected and the nearest name."""

from __future__ import annotations

import pytest

from tests.small import PROFILE, problems_in, the_problem

LONG_FORM = "value, low, high, source, confidence, disputed, plausible, dated"
DISPUTE = "id, description, topic, status, severity, attempts, opened, cost, contested, admitted, touches, raised_in"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("term: {}", "2:1: unknown section `term`\n  hint: did you mean `terms`?"),
        ("xyz: {}", "2:1: unknown section `xyz`\n  hint: the sections are alliance, checks, terms"),
        ("trust: 3", "2:1: unknown section `trust`\n  hint: `trust` belongs to a section: `terms.trust`"),
        ("disputes: []", "2:1: unknown section `disputes`\n  hint: `disputes` belongs to a section: `terms.disputes`"),
        ("terms: {rational: gone}", "2:9: unknown fact `terms.rational`\n  hint: did you mean `rationale`?"),
        ("terms: {purposes: [cost]}", "2:9: unknown fact `terms.purposes`\n  hint: did you mean `alliance.purposes`?"),
        ("terms: {dispute: []}", "2:9: unknown fact `terms.dispute`\n  hint: did you mean `disputes`?"),
        (
            "terms: {<<: {trust: 3}}",
            "2:9: unknown fact `terms.<<`\n  hint: `terms` has rationale, exclusive, notice_days, our_share, trust, "
            "exit_fee, balance, ends_on, counsel, budget_year, disputes",
        ),
        (
            "terms: {disputes: [{id: D1, seriousness: 3}]}",
            f"2:29: unknown field `seriousness` of a dispute\n  hint: a dispute has {DISPUTE}",
        ),
        (
            "terms: {disputes: [{id: D1, severty: 3}]}",
            "2:29: unknown field `severty` of a dispute\n  hint: did you mean `severity`?",
        ),
        (
            "terms: {trust: {value: 3, confidenc: low}}",
            "2:27: unknown key `confidenc` in the long form of `terms.trust`\n  hint: did you mean `confidence`?",
        ),
        (
            "terms: {trust: {value: 3, why: x}}",
            f"2:27: unknown key `why` in the long form of `terms.trust`\n  hint: the long form has {LONG_FORM}",
        ),
        (
            "terms: {trust: {low: 3}}",
            "2:16: the long form of `terms.trust` needs `value`\n  hint: terms.trust: {value: …, source: …}",
        ),
        (
            "terms: {trust: 3, trust: 4}",
            "2:19: `trust` is given twice; the first is at line 2\n  hint: keep one of the two",
        ),
    ],
)
def test_an_unknown_name_comes_with_the_nearest_one(facts: str, expected: str) -> None:
    assert the_problem(facts) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("rationale: gon", "`terms.rationale` is `gon`, expected `valid`, `weakening` or `gone`\n  hint: did you mean `gone`?"),
        ("rationale: [gone]", "`terms.rationale` is a list, expected `valid`, `weakening` or `gone`"),
        ("rationale: Gone", "`terms.rationale` is `Gone`, expected `valid`, `weakening` or `gone`\n  hint: did you mean `gone`?"),
        ("exclusive: yes", "`terms.exclusive` is `yes`, expected `true` or `false`\n  hint: write `true`"),
        ("exclusive: NO", "`terms.exclusive` is `NO`, expected `true` or `false`\n  hint: write `false`"),
        ('exclusive: "true"', "`terms.exclusive` is `true`, expected `true` or `false`\n  hint: write `true` without quotes"),
        ("exclusive: 1", "`terms.exclusive` is `1`, expected `true` or `false`"),
        ("notice_days: 1.5", "`terms.notice_days` is `1.5`, expected a whole number of at least 0"),
        ("notice_days: -1", "`terms.notice_days` is `-1`, expected a whole number of at least 0"),
        ("notice_days: true", "`terms.notice_days` is `true`, expected a whole number of at least 0"),
        ("notice_days: 1e2", "`terms.notice_days` is `1e2`, expected a whole number of at least 0"),
        (
            'notice_days: "90"',
            "`terms.notice_days` is `90`, expected a whole number of at least 0\n  hint: write the number without quotes",
        ),
        (
            "notice_days: 90 days",
            "`terms.notice_days` is `90 days`, expected a whole number of at least 0"
            "\n  hint: write the digits without spaces or underlines",
        ),
        ("our_share: 60%", "`terms.our_share` is `60%`, expected a number from 0 to 1\n  hint: a share of 40 % is written 0.4"),
        ("our_share: 60", "`terms.our_share` is `60`, expected a number from 0 to 1\n  hint: a share of 40 % is written 0.4"),
        ("our_share: 1.0000001", "`terms.our_share` is `1.0000001`, expected a number from 0 to 1\n  hint: a share of 40 % is written 0.4"),
        ("our_share: -0.1", "`terms.our_share` is `-0.1`, expected a number from 0 to 1"),
        ("trust: 0.9", "`terms.trust` is `0.9`, expected a number from 1 to 5"),
        ("trust: 5.1", "`terms.trust` is `5.1`, expected a number from 1 to 5"),
        ("trust: high", "`terms.trust` is `high`, expected a number from 1 to 5"),
        ("trust: .nan", "`terms.trust` is `.nan`, expected a number from 1 to 5"),
        ("trust: NaN", "`terms.trust` is `NaN`, expected a number from 1 to 5"),
        ("balance: .inf", "`terms.balance` is `.inf`, expected a number"),
        ("balance: -Infinity", "`terms.balance` is `-Infinity`, expected a number"),
        ("balance: 1e999", "`terms.balance` is `1e999`, expected a number\n  hint: the number is too large"),
        (f"balance: {'9' * 400}", f"`terms.balance` is `{'9' * 59}…`, expected a number\n  hint: the number is too large"),
        (
            "balance: 1.234,5",
            "`terms.balance` is `1.234,5`, expected a number"
            "\n  hint: write decimals with a point, and no separators between thousands",
        ),
        (
            "balance: 1 000 000",
            "`terms.balance` is `1 000 000`, expected a number\n  hint: write the digits without spaces or underlines",
        ),
        (
            "balance: 1_000",
            "`terms.balance` is `1_000`, expected a number\n  hint: write the digits without spaces or underlines",
        ),
        ("balance: 0x1F", "`terms.balance` is `0x1F`, expected a number"),
        ("balance: ١٢", "`terms.balance` is `١٢`, expected a number"),
        ("exit_fee: -1", "`terms.exit_fee` is `-1`, expected a number of at least 0"),
        ("ends_on: 2025-02-29", "`terms.ends_on` is `2025-02-29`, expected a date that exists\n  hint: check the month and the day"),
        ("ends_on: 2025-13-01", "`terms.ends_on` is `2025-13-01`, expected a date that exists\n  hint: check the month and the day"),
        ("ends_on: 0000-01-01", "`terms.ends_on` is `0000-01-01`, expected a date that exists\n  hint: check the month and the day"),
        ("ends_on: 30.06.2025", "`terms.ends_on` is `30.06.2025`, expected a date such as `2025-06-30`"),
        ("ends_on: 2025-6-3", "`terms.ends_on` is `2025-6-3`, expected a date such as `2025-06-30`"),
        ("ends_on: 2025-06-30T12:00:00Z", "`terms.ends_on` is `2025-06-30T12:00:00Z`, expected a date such as `2025-06-30`"),
        ("ends_on: ٢٠٢٥-٠٦-٣٠", "`terms.ends_on` is `٢٠٢٥-٠٦-٣٠`, expected a date such as `2025-06-30`"),
        ("budget_year: 2025-Q5", "`terms.budget_year` is `2025-Q5`, expected a period such as `2025-Q3`, `2025-09` or `2025`"),
        ("budget_year: 2025-13", "`terms.budget_year` is `2025-13`, expected a period such as `2025-Q3`, `2025-09` or `2025`"),
        ("budget_year: 25", "`terms.budget_year` is `25`, expected a period such as `2025-Q3`, `2025-09` or `2025`"),
        ("counsel: [a, b]", "`terms.counsel` is a list, expected text"),
        ("counsel: {value: {a: b}}", "`terms.counsel` is a group of names and values, expected text"),
        ("trust:", "`terms.trust` has no value\n  hint: expected a number from 1 to 5; write `unknown` or leave it out"),
        ("counsel: null", "`terms.counsel` has no value\n  hint: expected text; write `unknown` or leave it out"),
        ("counsel: ~", "`terms.counsel` has no value\n  hint: expected text; write `unknown` or leave it out"),
        (
            'rationale: ""',
            "`terms.rationale` is nothing, expected `valid`, `weakening` or `gone`",
        ),
        (
            'rationale: "\\u202egone"',
            "`terms.rationale` is ` gone`, expected `valid`, `weakening` or `gone`\n  hint: did you mean `gone`?",
        ),
        (
            'rationale: "\\e[31mgone"',
            "`terms.rationale` is ` [31mgone`, expected `valid`, `weakening` or `gone`\n  hint: did you mean `gone`?",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_says_what_was_expected(value: str, expected: str) -> None:
    found = problems_in(f"terms:\n  {value}\n")
    column = 5 + value.index(":") + (8 if "{value" in value else 0)
    place = f"facts.yaml:3:{column}: " if not value.endswith(":") else f"facts.yaml:3:{column - 1}: "
    assert [str(one) for one in found] == [place + expected]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("terms: rationale", "2:8: `terms` holds names and values, found `rationale`"),
        ("terms:\n- rationale: gone", "3:1: `terms` holds names and values, found a list"),
        ("terms:", "2:7: `terms` holds names and values, found nothing"),
        (
            "checks: {period: 2025}",
            "2:9: `checks` is a list of records, found a group of names and values"
            "\n  hint: begin each check with `- period: …`; write `[]` where there is none",
        ),
        (
            "checks:",
            "2:8: `checks` is a list of records, found nothing"
            "\n  hint: begin each check with `- period: …`; write `[]` where there is none",
        ),
        (
            "terms: {disputes: none}",
            "2:19: `terms.disputes` is a list of records, found `none`"
            "\n  hint: begin each dispute with `- id: …`; write `[]` where there is none",
        ),
        ("checks: [2025]", "2:10: expected a check with `period: …`, found `2025`"),
        ("checks: [[]]", "2:10: expected a check with `period: …`, found a list"),
        ("checks: [unknown]", "2:10: expected a check with `period: …`, found `unknown`"),
        ("checks: [{roi: 0.1}]", "2:10: a check needs `period`"),
        ("terms: {disputes: [{id: unknown}]}", "2:25: `disputes.id` must be known\n  hint: expected text"),
        ("terms: {disputes: [{id: {value: unknown}}]}", "2:33: `disputes.id` must be known\n  hint: expected text"),
        ('terms: {disputes: [{id: ""}]}', "2:25: `disputes.id` is empty, expected text"),
        ('terms: {disputes: [{id: "  "}]}', "2:25: `disputes.id` is empty, expected text"),
        (
            "terms: {disputes: [{id: }]}",
            "2:25: `disputes.id` has no value\n  hint: expected text; write `unknown` or leave it out",
        ),
        (
            "terms: {disputes: [{id: D1}, {id: D2}, {id: D1}]}",
            "2:45: dispute `D1` is given twice\n  hint: each needs its own id",
        ),
        (
            "checks: [{period: 2025}, {period: {value: 2025}}]",
            "2:35: check `2025` is given twice\n  hint: each needs its own id",
        ),
        (
            "terms: {disputes: [{id: D1, raised_in: 2025-Q1}]}\nchecks: [{period: 2025-Q2}, {period: 2025-Q3}]",
            "2:40: there is no check `2025-Q1`\n  hint: did you mean `2025-Q3`?",
        ),
        (
            "terms: {disputes: [{id: D1, raised_in: {value: x, source: y}}]}\nchecks: [{period: 2025-Q2}, {period: 2025-Q3}]",
            "2:48: there is no check `x`\n  hint: the ids are 2025-Q2, 2025-Q3",
        ),
        (
            "terms: {disputes: [{id: D1, raised_in: x}]}\nchecks: []",
            "2:40: there is no check `x`\n  hint: `checks` is empty",
        ),
        (
            "terms: {disputes: [{id: D1, raised_in: x}]}",
            "2:40: there is no check `x`\n  hint: `checks` is left out",
        ),
    ],
)
def test_a_list_or_group_in_the_wrong_place_is_reported_once(facts: str, expected: str) -> None:
    assert the_problem(facts) == expected


def test_references_into_a_list_that_cannot_be_read_are_not_reported_as_well() -> None:
    found = the_problem("terms: {disputes: [{id: D1, raised_in: 2025}]}\nchecks: {period: 2025}")
    assert found.startswith("3:9: `checks` is a list of records, found a group of names and values")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("alliance: {purposes: cost}", "1:22: `alliance.purposes` is `cost`, expected a list of {}\n  hint: write `[cost]`"),
        ("alliance: {purposes: [costs]}", "1:23: `alliance.purposes` is `costs`, expected {}\n  hint: did you mean `cost`?"),
        ("alliance: {purposes: [[cost]]}", "1:23: `alliance.purposes` is a list, expected {}"),
        ("alliance: {purposes: [cost, market, cost]}", "1:37: `cost` stands twice in `alliance.purposes`"),
        (
            "alliance: {purposes: [unknown]}",
            "1:23: `unknown` stands in the list `alliance.purposes`\n  hint: write `alliance.purposes: unknown`",
        ),
        ("alliance: {purposes: [cost, ]}", ""),
        (
            "alliance: {purposes: [cost, null]}",
            "1:29: `alliance.purposes` has no value\n  hint: expected {}; write `unknown` or leave it out",
        ),
    ],
)
def test_a_list_of_choices_holds_each_value_once(facts: str, expected: str) -> None:
    whole = facts.replace("{", "{name: T, us: W, partner: P, as_of: 2025-06-30, ", 1).encode()
    moved = len("name: T, us: W, partner: P, as_of: 2025-06-30, ")
    found = [str(one).removeprefix("facts.yaml:") for one in problems_in(whole)]
    if not expected:
        assert not found
        return
    line, column, rest = expected.format("`market`, `technology` or `cost`").split(":", 2)
    assert len(found) == 1
    assert found[0].startswith(f"{line}:{int(column) + moved}:{rest}")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("trust: {value: 3, low: 4}", "3:26: `low` of `terms.trust` lies above its value"),
        ("trust: {value: 3, high: 2}", "3:27: `high` of `terms.trust` lies below its value"),
        ("trust: {value: unknown, low: 4, high: 2}", "3:32: `low` of `terms.trust` lies above `high`"),
        ("trust: {value: 3, low: 0}", "3:26: `terms.trust.low` is `0`, expected a number from 1 to 5"),
        ("trust: {value: 3, low: some}", "3:26: `terms.trust.low` is `some`, expected a number from 1 to 5"),
        ("ends_on: {value: 2025-01-01, high: 2024-01-01}", "3:38: `high` of `terms.ends_on` lies below its value"),
        (
            "rationale: {value: gone, low: 2}",
            "3:28: `low` is for numbers and dates; `terms.rationale` takes `valid`, `weakening` or `gone`"
            "\n  hint: use `plausible`",
        ),
        (
            "counsel: {value: A, high: 2}",
            "3:23: `high` is for numbers and dates; `terms.counsel` takes text\n  hint: use `plausible`",
        ),
        (
            "trust: {value: 3, plausible: [2]}",
            "3:21: `plausible` is for choices; `terms.trust` takes a number from 1 to 5\n  hint: use `low` and `high`",
        ),
        ("counsel: {value: A, plausible: [B]}", "3:23: `plausible` is for choices; `terms.counsel` takes text"),
        (
            "rationale: {value: gone, plausible: gone}",
            "3:39: `terms.rationale.plausible` is `gone`, expected a list of `valid`, `weakening` or `gone`"
            "\n  hint: write `[gone]`",
        ),
        (
            "rationale: {value: gone, plausible: [gon]}",
            "3:40: `terms.rationale.plausible` is `gon`, expected `valid`, `weakening` or `gone`"
            "\n  hint: did you mean `gone`?",
        ),
        ("rationale: {value: gone, plausible: [gone, gone]}", "3:46: `gone` stands twice in `terms.rationale.plausible`"),
        (
            "rationale: {value: gone, plausible: [unknown]}",
            "3:40: `unknown` stands in the list `terms.rationale.plausible`"
            "\n  hint: write `terms.rationale.plausible: unknown`",
        ),
        ("trust: {value: 3, confidence: hig}", "3:33: `confidence` is `hig`, expected `high`, `medium` or `low`\n  hint: did you mean `high`?"),
        ("trust: {value: 3, confidence: [low]}", "3:33: `confidence` is a list, expected `high`, `medium` or `low`"),
        ("trust: {value: 3, disputed: yes}", "3:31: `disputed` is `yes`, expected `true` or `false`\n  hint: write `true`"),
        ("trust: {value: 3, dated: 2025-02-30}", "3:28: `dated` is `2025-02-30`, expected a date that exists\n  hint: check the month and the day"),
        ("trust: {value: 3, source: [a]}", "3:29: `source` is a list, expected text\n  hint: put text with colons in quotes"),
        ("trust: {value: 3, source: }", "3:29: `source` has no value\n  hint: expected text; write it or leave it out"),
        (
            "trust: {value: 3,5}",
            "3:20: unknown key `5` in the long form of `terms.trust`"
            "\n  hint: between braces, put text with commas in quotes and write decimals with a point",
        ),
        (
            "trust: {value: 3, source: Report, page 4}",
            "3:37: unknown key `page 4` in the long form of `terms.trust`"
            "\n  hint: between braces, put text with commas in quotes and write decimals with a point",
        ),
    ],
)
def test_doubt_that_makes_no_sense_is_refused_at_its_place(form: str, expected: str) -> None:
    found = [str(one).removeprefix("facts.yaml:") for one in problems_in(f"terms:\n  {form}\n")]
    assert found == [expected]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("terms: {}\n", ["1:1: `alliance.name`", "1:1: `alliance.us`", "1:1: `alliance.partner`", "1:1: `alliance.as_of`"]),
        ("alliance: {}\n", ["1:11: `alliance.name`", "1:11: `alliance.us`", "1:11: `alliance.partner`", "1:11: `alliance.as_of`"]),
    ],
)
def test_the_four_that_every_case_needs_are_asked_for(profile: str, expected: list[str]) -> None:
    found = [str(one) for one in problems_in(profile.encode())]
    assert [one.split("\n")[0] for one in found] == [f"facts.yaml:{one} is missing" for one in expected]
    assert found[3].endswith("\n  hint: expected a date such as `2025-06-30`")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("unknown", "1:47: `alliance.as_of` must be known\n  hint: expected a date such as `2025-06-30`"),
        ("{value: unknown}", "1:55: `alliance.as_of` must be known\n  hint: expected a date such as `2025-06-30`"),
        ('"unknown"', "1:47: `alliance.as_of` must be known\n  hint: expected a date such as `2025-06-30`"),
        (
            "",
            "1:47: `alliance.as_of` has no value\n  hint: expected a date such as `2025-06-30`; "
            "write `unknown` or leave it out",
        ),
        ("soon", "1:47: `alliance.as_of` is `soon`, expected a date such as `2025-06-30`"),
    ],
)
def test_a_needed_fact_is_asked_for_once_however_it_is_missing(as_of: str, expected: str) -> None:
    assert the_problem(f"alliance: {{name: A, us: B, partner: C, as_of: {as_of}}}".encode()) == expected


def test_an_empty_name_is_no_name() -> None:
    profile = PROFILE.replace("name: Test", 'name: " "')
    assert the_problem("", profile) == "1:18: `alliance.name` is empty, expected text"


def test_a_section_that_is_no_group_is_reported_once_not_with_all_that_it_lacks() -> None:
    assert the_problem(b"alliance: Test\n") == "1:11: `alliance` holds names and values, found `Test`"
