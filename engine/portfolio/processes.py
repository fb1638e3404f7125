"""Partitions carried by processes of this machine."""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context

from engine.assessment import Prepared
from engine.errors import EngineFault
from engine.portfolio.interrupts import held_back
from engine.portfolio.partition import Outcome, Partition, outcomes_of


def carried(
    partitions: Sequence[Partition], prepared: Prepared, processes: int
) -> Generator[list[Outcome], None, None]:
    """The outcomes of each partition, in their order. Raises EngineFault where a process ends before its work."""
    others = active_children()
    # Spawned, not forked: a fork would copy the locks of threads that libraries may have started.
    executor = ProcessPoolExecutor(
        min(processes, len(partitions)) or 1,
        get_context("spawn"),
        _begin,
        (pickle.dumps(prepared, pickle.HIGHEST_PROTOCOL),),
    )
    try:
        with held_back():
            futures = [executor.submit(_work, partition) for partition in partitions]
        for future in futures:
            yield future.result()
    except BrokenProcessPool:
        raise EngineFault("a process that judged alliances ended before its work was done") from None
    except BaseException:
        # Nobody waits for what they have begun.
        for process in active_children():
            if process not in others:
                process.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


_prepared: Prepared | None = None
"""The ruleset of a process that was started here."""


def _begin(pickled: bytes) -> None:
    global _prepared  # noqa: PLW0603 - a process is given its work by name, and has no other place to keep its ruleset
    # Each process has one processor to itself, more or less.
    os.environ["POLARS_MAX_THREADS"] = "1"
    _prepared = pickle.loads(pickled)  # noqa: S301 - what the process that started this one has written
    # The ruleset stays until the end: no need to look for garbage in it again and again.
    gc.freeze()


def _work(partition: Partition) -> list[Outcome]:
    assert _prepared is not None
    return outcomes_of(partition, _prepared)
