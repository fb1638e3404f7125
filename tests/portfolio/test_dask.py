"""Dask carries a portfolio: partition by partition, the outcomes are those of this process."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import LocalCluster

from engine import __version__
from engine.errors import AdvisorError
from engine.portfolio import on_dask
from engine.portfolio.partition import Refused, Stood, outcomes_of
from engine.portfolio.reading import FactsFile, Source, gather
from engine.portfolio.running import DASK, outcomes, parted
from tests.cli.running import advisor
from tests.portfolio.rows import FACTS, cases, prepared, row_of, vocabulary, write_csv


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """One that was there before, with two threads in one worker of a process of its own."""
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=":0") as cluster:
        yield cluster


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Source, ...]:
    """Facts files, one that is wrong, and the rows of a table."""
    table = tmp_path / "table.csv"
    write_csv(table, [{**row_of(case), "alliance.name": f"Row {place}"} for place, case in enumerate(cases() * 3)])
    bad = tmp_path / "bad.yaml"
    bad.write_text("alliance: {name: Bad, us: We, partner: They, as_of: 2025-02-30}\n", encoding="utf-8")
    return gather([*FACTS, str(table), str(bad)], vocabulary()).sources


def test_partition_by_partition_they_are_the_outcomes_of_this_process(sources: tuple[Source, ...]) -> None:
    given = []

    def cut(threads: int) -> list[Any]:
        given.append(threads)
        return list(parted(sources, threads))

    carried = list(on_dask.carried(cut, prepared(), 2))
    assert given == [2]
    partitions = parted(sources, 2)
    assert len(partitions) == len(carried) == 2
    for partition, found in zip(partitions, carried, strict=True):
        assert found == outcomes_of(partition, prepared())
    every = [one for found in carried for one in found]
    assert sum(isinstance(one, Stood) for one in every) == len(sources) - 1
    assert sum(isinstance(one, Refused) for one in every) == 1


def test_a_cluster_that_is_there_is_used(
    cluster: Any, sources: tuple[Source, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distributed.LocalCluster", None)
    with dask.config.set({"scheduler-address": cluster.scheduler_address}):
        found = list(outcomes(prepared(), sources, DASK))
    assert found == outcomes_of(sources, prepared())


def test_of_the_size_of_what_is_sent_dask_says_nothing(cluster: Any, sources: tuple[Source, ...]) -> None:
    settings = {
        "scheduler-address": cluster.scheduler_address,
        "distributed.admin.large-graph-warning-threshold": "1 B",
    }
    with dask.config.set(settings):
        assert len(list(outcomes(prepared(), sources, DASK))) == len(sources)


def test_no_alliance_is_no_work(cluster: Any) -> None:
    with dask.config.set({"scheduler-address": cluster.scheduler_address}):
        assert list(outcomes(prepared(), (), DASK)) == []


def test_what_is_asked_for_no_more_is_sent_out_no_more(cluster: Any) -> None:
    """The partitions that are on their way are few, however many there are."""
    sent: list[int] = []
    one = FactsFile("a.yaml", b"")

    def cut(threads: int) -> Any:
        class Endless(list):  # type: ignore[type-arg]
            def __iter__(self) -> Iterator[Any]:
                for number in range(10**9):
                    sent.append(number)
                    yield [one]

        return Endless()

    with dask.config.set({"scheduler-address": cluster.scheduler_address}):
        carried = on_dask.carried(cut, prepared(), 1)
        for _ in range(3):
            assert isinstance(next(carried)[0], Refused)
        carried.close()
    assert len(sent) <= 3 + 2 * 2 + 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:1", "does not answer: Timed out trying to connect to tcp://127.0.0.1:1 after 1 s"),
        ("gopher://there", "does not answer: unknown address scheme 'gopher'"),
    ],
)
def test_a_scheduler_that_does_not_answer(
    address: str, said: str, sources: tuple[Source, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "_PATIENCE", 1)
    with (
        dask.config.set({"scheduler-address": address}),
        pytest.raises(AdvisorError, match=re.escape(f"the Dask scheduler at `{address}` {said}")),
    ):
        list(outcomes(prepared(), sources, DASK))


def test_a_cluster_without_workers(sources: tuple[Source, ...]) -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        dask.config.set({"scheduler-address": empty.scheduler_address}),
        pytest.raises(AdvisorError, match="the Dask cluster has no worker"),
    ):
        list(outcomes(prepared(), sources, DASK))


def test_a_worker_with_another_version_is_told(
    cluster: Any, sources: tuple[Source, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "__version__", "0.0.1")
    with (
        dask.config.set({"scheduler-address": cluster.scheduler_address}),
        pytest.raises(AdvisorError, match=rf"has version {re.escape(__version__)} .* this is version 0\.0\.1\n  hint:"),
    ):
        list(outcomes(prepared(), sources, DASK))


def test_a_worker_without_the_advisor_is_told(
    cluster: Any, sources: tuple[Source, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "DISTRIBUTION", "no-such-distribution")
    (worker,) = cluster.scheduler_info["workers"]
    with (
        dask.config.set({"scheduler-address": cluster.scheduler_address}),
        pytest.raises(
            AdvisorError, match=rf"worker at `{re.escape(worker)}` does not have no-such-distribution\n  hint:"
        ),
    ):
        list(outcomes(prepared(), sources, DASK))


def test_the_log_of_dask_is_as_it_was_afterwards(cluster: Any, sources: tuple[Source, ...]) -> None:
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "asyncio")]
    before = [logger.level for logger in loggers]
    with dask.config.set({"scheduler-address": cluster.scheduler_address}):
        coming = outcomes(prepared(), sources, DASK)
        next(coming)
        assert {logger.level for logger in loggers} == {logging.CRITICAL}
        coming.close()
    assert [logger.level for logger in loggers] == before


def test_a_worker_that_ends_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It takes three workers with it before Dask gives up."""
    deadly = tmp_path / "deadly.py"
    deadly.write_text("import os\ndef end(*_): os._exit(1)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import deadly as module  # type: ignore[import-not-found]

    monkeypatch.setattr(on_dask, "_work", module.end)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(AdvisorError, match="the Dask workers that judged alliances ended before"):
        list(outcomes(prepared(), [FactsFile("a.yaml", b"")], DASK, 1))


def test_the_command_writes_what_processes_write(sources: tuple[Source, ...], tmp_path: Path) -> None:
    paths = [*FACTS, tmp_path / "table.csv", tmp_path / "bad.yaml"]
    ran = [
        advisor("portfolio", *paths, "--engine", engine, "-o", tmp_path / f"{engine}.json")
        for engine in ("processes", "dask")
    ]
    assert ran[0].code == ran[1].code == 1
    assert ran[0].err.replace("processes.json", "dask.json") == ran[1].err
    assert "bad.yaml:1:53: " in ran[0].err
    assert (tmp_path / "dask.json").read_bytes() == (tmp_path / "processes.json").read_bytes()


def test_without_dask_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = advisor("portfolio", FACTS[0], "--engine", "dask")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "the engine `dask` needs the library `distributed`, which is not installed\n"
        "  hint: pip install 'alliance-advisor[dask]'\n"
    )
