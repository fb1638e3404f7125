"""The way from what describes alliances to where they stand: in partitions, which one of several engines carries.

Whichever carries them, and however many workers it has, the results are the same and come in the order of the sources.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import chain

from engine.assessment import Prepared
from engine.portfolio.partition import Outcome, Partition, outcomes_of
from engine.portfolio.reading import Source
from engine.processors import usable

PROCESSES, DASK = ENGINES = ("processes", "dask")
"""What can carry partitions: processes of this machine, or Dask, with processes of its own or on a cluster."""

FEW = 100
"""Up to so many alliances, starting further processes takes longer than it saves."""

MOST_PROCESSES = 8

LEAST = 125
"""So many alliances make a partition, where there are as many for each worker: of fewer, each takes longer to judge."""

LARGEST = 500
"""So many alliances make a partition at most: how far the work is can be told after each."""

_TURNS = 4
"""So many partitions a worker, where there are enough alliances: no worker waits long for the slowest."""


def outcomes(
    prepared: Prepared, sources: Sequence[Source], engine: str = PROCESSES, workers: int | None = None
) -> Generator[Outcome, None, None]:
    """One outcome a source, in their order, as they become known. Raises EngineFault for a fault of ours.

    `engine` is one of ENGINES; `workers` how many it has here: by default as many as there are processors, if it is
    worth it. A cluster has its own. Raises AdvisorError where Dask is wanted and cannot be used.
    """
    with closing(_carried(prepared, sources, engine, workers)) as coming:
        yield from chain.from_iterable(coming)


def _carried(
    prepared: Prepared, sources: Sequence[Source], engine: str, workers: int | None
) -> Generator[list[Outcome], None, None]:
    if engine == DASK and sources:
        from engine.portfolio import on_dask

        return on_dask.carried(lambda threads: parted(sources, threads), prepared, workers or _processors())
    if workers is None:
        workers = 1 if len(sources) <= FEW else _processors()
    partitions = parted(sources, workers)
    if workers == 1:
        return _here(partitions, prepared)
    from engine.portfolio import processes

    return processes.carried(partitions, prepared, workers)


def _here(partitions: Sequence[Partition], prepared: Prepared) -> Generator[list[Outcome], None, None]:
    for partition in partitions:
        yield outcomes_of(partition, prepared)


def parted(sources: Sequence[Source], workers: int) -> list[Partition]:
    """All sources, in partitions for so many workers."""
    in_turns, at_once = (-(-len(sources) // share) for share in (workers * _TURNS, workers))
    size = min(LARGEST, max(in_turns, min(LEAST, at_once))) or 1
    return [sources[start : start + size] for start in range(0, len(sources), size)]


def _processors() -> int:
    """The processors that this process may use, as far as more of them help."""
    return min(usable(), MOST_PROCESSES)
