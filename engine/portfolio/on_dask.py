"""Partitions carried by Dask: by processes that it starts on this machine, or by the workers of a cluster.

The ruleset is sent to each worker once. A worker needs this package in the same version; where it has the extra `bulk`
as well, it judges a column at a time. Nothing else is shared: facts go out as they were read, and answers come back.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from tempfile import TemporaryDirectory
from typing import Any

from engine import __version__
from engine.assessment import Prepared
from engine.errors import AdvisorError, EngineFault
from engine.extras import library
from engine.portfolio.interrupts import held_back
from engine.portfolio.partition import Outcome, Partition, outcomes_of

_AHEAD = 2
"""So many partitions a thread are sent out before they are asked for: they keep it busy, and the rest stays here."""

_SILENT = {"distributed.admin.large-graph-warning-threshold": "1 PB"}
"""Dask warns of much data in one piece of work. Sent with its work, it is there again where a worker ends."""

DISTRIBUTION = "alliance-advisor"
"""The name under which this package is installed."""

_EVERYWHERE = f"install version {__version__} on every worker"

_PATIENCE = 10
"""Seconds for which a scheduler may not answer."""


def carried(
    parted: Callable[[int], Sequence[Partition]], prepared: Prepared, workers: int
) -> Generator[list[Outcome], None, None]:
    """The outcomes of each partition, in their order.

    `parted` gives the partitions for so many threads: those of the cluster that Dask's own setting
    `scheduler-address` names (DASK_SCHEDULER_ADDRESS in the environment), or `workers` processes of this machine.
    Raises AdvisorError where Dask is not installed or a cluster cannot be used, EngineFault where one ends before its
    work.
    """
    distributed = library("distributed", "the engine `dask`", extra="dask")
    dask = library("dask", "the engine `dask`", extra="dask")
    lost = (distributed.scheduler.KilledWorker, distributed.client.CancelledError, distributed.comm.CommClosedError)
    with _client(distributed, workers) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise AdvisorError("the Dask cluster has no worker")
        _check(client)
        waiting: deque[Any] = deque()
        try:
            ruleset = client.scatter(prepared, broadcast=True, hash=False)
            for partition in parted(threads):
                # Not pure: Dask would read every partition to tell whether it has seen it before.
                with dask.config.set(_SILENT):
                    waiting.append(client.submit(_work, partition, ruleset, __version__, pure=False))
                if len(waiting) > threads * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except lost:
            raise EngineFault("the Dask workers that judged alliances ended before their work was done") from None


def _work(partition: Partition, prepared: Prepared, wanted: str) -> list[Outcome]:
    """What a worker does."""
    if wanted != __version__:
        raise AdvisorError(
            f"a Dask worker has version {__version__} of {DISTRIBUTION}, and this is version {wanted}"
            f"\n  hint: {_EVERYWHERE}"
        )
    return outcomes_of(partition, prepared)


@contextmanager
def _client(distributed: Any, workers: int) -> Iterator[Any]:
    """A client of the cluster that Dask's settings name, or of one on this machine that lives as long as the client."""
    address = library("dask", "the engine `dask`", extra="dask").config.get("scheduler-address", None)
    with ExitStack() as stack:
        stack.enter_context(_silence())
        with held_back():
            if address:
                try:
                    client = distributed.Client(address, timeout=_PATIENCE)
                except (OSError, TimeoutError, ValueError) as error:
                    raise AdvisorError(f"the Dask scheduler at `{address}` does not answer: {error}") from None
            else:
                cluster = distributed.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    dashboard_address=":0",
                    silence_logs=logging.CRITICAL,
                    local_directory=stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)),
                    env={"POLARS_MAX_THREADS": "1"},
                )
                client = distributed.Client(stack.enter_context(cluster))
            stack.enter_context(client)
        yield client


@contextmanager
def _silence() -> Iterator[None]:
    """Keeps Dask's log from people: what goes wrong they are told as an error, and an interrupt is nothing wrong."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("asyncio", "distributed")]
    before = [(logger, logger.level) for logger in map(logging.getLogger, names)]
    for logger, _ in before:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in before:
            logger.setLevel(level)


def _check(client: Any) -> None:
    """Raises AdvisorError unless every worker has this package; each piece of work compares the versions."""
    # A function of Python's own, which can be sent to a worker that has nothing of ours.
    for worker, found in client.run(version, DISTRIBUTION, on_error="return").items():
        if isinstance(found, Exception):
            raise AdvisorError(f"the Dask worker at `{worker}` does not have {DISTRIBUTION}\n  hint: {_EVERYWHERE}")
