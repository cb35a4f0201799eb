"""Work on batches of records, in this process or in several, in order and in bounded memory."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from contactwire.codecs import Record

__all__ = ["in_batches", "worked"]

_RECORDS = 64
_BYTES = 2**20


def in_batches(records: Iterable[tuple[int, Record]]) -> Iterator[list[tuple[int, Record]]]:
    """The records in batches, each of which ends where it has many records or bytes."""
    batch, size = [], 0
    for index, record in records:
        batch.append((index, record))
        size += len(record.document)
        if len(batch) >= _RECORDS or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def worked(run: Callable[[Any], Any], batches: Iterable[Any], workers: int) -> Generator[Any, None, None]:
    """`map` on a number of processes, in order, with at most two batches for each process waiting at any time."""
    if workers < 2:
        yield from map(run, batches)
        return
    waiting: deque[Future[Any]] = deque()
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawned, initializer=_leave_interrupts) as pool:
        for batch in batches:
            waiting.append(pool.submit(run, batch))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _leave_interrupts() -> None:
    """Have Ctrl-C, which a terminal sends to all processes, end the first one only, which then ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
