"""All that shares out work shares it out to the processors that the process may use."""

from __future__ import annotations

import os
import threading

import pytest

from engine import processors
from engine.bulk import Bulk
from engine.portfolio import running
from tests.parity.world import ruleset


@pytest.fixture
def one_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with many processors, of which this process may use one."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {5}, raising=False)


@pytest.mark.usefixtures("one_of_many")
def test_the_affinity_counts_and_not_the_machine() -> None:
    assert processors.usable() == 1
    assert running._processors() == 1
    ran: list[int] = []
    Bulk(ruleset(())).in_threads(lambda _piece: ran.append(threading.get_ident()), range(20))
    assert ran == [threading.get_ident()] * 20


def test_where_there_is_no_affinity_the_machine_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for known, used in ((6, 6), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda known=known: known)
        assert processors.usable() == used
