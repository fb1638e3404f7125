from __future__ import annotations

import re
from pathlib import Path

from tests.small import problems_in

FILE = Path(__file__).with_name("thirty-mistakes.yaml")


def test_a_file_with_thirty_mistakes_reports_exactly_those_thirty() -> None:
    expected = [
        (number, int(found[1]), found[2])
        for number, line in enumerate(FILE.read_text().splitlines(), 1)
        if (found := re.search(r"  # (\d+) (.+)", line))
    ]
    assert len(expected) == 30
    found_problems = problems_in(FILE.read_bytes())
    assert [(one.location.line, one.location.column, one.message) for one in found_problems] == expected
    assert len({one.message for one in found_problems}) == 30
