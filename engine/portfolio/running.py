"""The way from what describes alliances to where they stand; many of them are shared out among processes.

However many processes there are, results come in the order of the sources.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from engine.assessment import Prepared
from engine.errors import EngineFault, FactsError, Location, Problem
from engine.portfolio.judging import judge
from engine.portfolio.reading import FactsFile, ReadCase, Source, case_of
from engine.portfolio.standing import Standing, standing
from engine.vocabulary import Vocabulary

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

FEW = 30
"""Up to so many alliances, starting further processes takes longer than it saves."""

MOST_PROCESSES = 8
_CHUNK = 8


class Stood(NamedTuple):
    """An alliance that was judged, and where it is named."""

    standing: Standing
    named_at: Location


class Refused(NamedTuple):
    """An alliance whose facts cannot be used, and why."""

    problems: tuple[Problem, ...]


Outcome = Stood | Refused


def outcomes(
    prepared: Prepared, sources: Sequence[Source], processes: int | None = None
) -> Generator[Outcome, None, None]:
    """One outcome a source, in their order, as they become known. Raises EngineFault for a fault of ours.

    `processes` is how many to use: by default, as many as there are processors, if it is worth it.
    """
    if processes is None:
        processes = 1 if len(sources) <= FEW else min(_processors(), MOST_PROCESSES)
    if processes > 1:
        yield from _shared_out(prepared, sources, processes)
        return
    for source in sources:
        yield from _outcomes(prepared, (source,))


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _outcomes(prepared: Prepared, sources: Sequence[Source]) -> list[Outcome]:
    """The outcomes of some sources, judged together."""
    vocabulary, weighing = prepared.ruleset.vocabulary, prepared.ruleset.weighing
    read = [_read(source, vocabulary) for source in sources]
    answers = iter(judge(prepared, [one.case for one in read if isinstance(one, ReadCase)]))
    return [
        Stood(standing(one.case, next(answers), weighing, _file(source)), one.named_at)
        if isinstance(one, ReadCase)
        else one
        for source, one in zip(sources, read, strict=True)
    ]


def _read(source: Source, vocabulary: Vocabulary) -> ReadCase | Refused:
    try:
        return case_of(source, vocabulary)
    except FactsError as error:
        return Refused(error.problems)


def _file(source: Source) -> str:
    """What a portfolio names as the place of the facts: a file, or a table and the row."""
    return source.file if isinstance(source, FactsFile) else f"{source.file}:{source.number}"


# -- several processes


def _shared_out(prepared: Prepared, sources: Sequence[Source], processes: int) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    chunks = [sources[start : start + _CHUNK] for start in range(0, len(sources), _CHUNK)]
    # Spawned, not forked: a fork would copy the locks of threads that libraries may have started.
    executor = ProcessPoolExecutor(
        min(processes, len(chunks)), get_context("spawn"), _begin, (pickle.dumps(prepared, pickle.HIGHEST_PROTOCOL),)
    )
    try:
        futures = _uninterrupted(lambda: [executor.submit(_work, chunk) for chunk in chunks])
        yield from chain.from_iterable(future.result() for future in futures)
    except BrokenProcessPool:
        raise EngineFault("a process that judged alliances ended before its work was done") from None
    finally:
        _stop(executor)


def _stop(executor: ProcessPoolExecutor) -> None:
    """Ends the processes, each when it is done with what it has begun: a fraction of a second."""
    executor.shutdown(wait=True, cancel_futures=True)


def _uninterrupted(start: Callable[[], list[Future[list[Outcome]]]]) -> list[Future[list[Outcome]]]:
    """Starts processes that hear no interrupt: it is for this one to end them, without a word from each."""
    if not hasattr(signal, "pthread_sigmask"):
        return start()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return start()
    finally:
        # What came meanwhile is raised now.
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_prepared: Prepared | None = None
"""The ruleset of a process that was started here."""


def _begin(pickled: bytes) -> None:
    global _prepared  # noqa: PLW0603 - a process is given its work by name, and has no other place to keep its ruleset
    _prepared = pickle.loads(pickled)  # noqa: S301 - what the process that started this one has written
    # The ruleset stays until the end: no need to look for garbage in it again and again.
    gc.freeze()


def _work(sources: Sequence[Source]) -> list[Outcome]:
    assert _prepared is not None
    return _outcomes(_prepared, sources)
