"""Work on batches, in this process or in several, in order and in bounded memory."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Any

__all__ = ["worked"]


def worked(run: Callable[[Any], Any], batches: Iterable[Any], workers: int) -> Generator[Any, None, None]:
    """`map` on a number of processes, in order, with at most two batches for each process waiting at any time."""
    if workers < 2:
        yield from map(run, batches)
        return
    # Both take long to import, and few runs need them.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    waiting: deque[Any] = deque()
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
