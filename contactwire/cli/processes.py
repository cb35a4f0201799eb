"""Work on batches, in this process or in several, in order and in bounded memory."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from contactwire.cli.inputs import Unreadable
from contactwire.cli.signals import handled, held_interrupts

__all__ = ["has_broken", "worked"]

_MOST_ON_WINDOWS = 61


def worked(
    run: Callable[[Any], Any], batches: Iterable[Any], workers: int, prepare: Callable[[], Any]
) -> Generator[Any, None, None]:
    """`map` on a number of processes, in order, with at most two batches for each process waiting at any time.

    Each process calls `prepare` before it gets `run`, which may need what that imports. Raises `Unreadable` where the system
    cannot start processes, or not as many.
    """
    if workers < 2:
        yield from map(run, batches)
        return
    waiting: deque[Any] = deque()
    with _told():
        pool = _pool(workers, prepare)
    try:
        for batch in batches:
            with held_interrupts(), _told():
                waiting.append(pool.submit(run, batch))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Interrupted while it ends the processes, the pool would wait for them for ever.
        with handled(signal.SIGINT, signal.SIG_IGN):
            pool.shutdown(cancel_futures=True)


def _pool(workers: int, prepare: Callable[[], Any]) -> Any:
    # Both take long to import, and few runs need them.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context(_start_method())
    # Windows waits for 63 things at once at most, of which the pool needs two itself.
    most = _MOST_ON_WINDOWS if sys.platform == "win32" else workers
    return ProcessPoolExecutor(min(workers, most), mp_context=context, initializer=_begin, initargs=(prepare,))


@contextmanager
def _told() -> Iterator[None]:
    """Raise `Unreadable` where a process cannot be started inside: a container may have no semaphores, or a limit."""
    try:
        yield
    except (ImportError, NotImplementedError, OSError) as error:
        raise Unreadable(f"--workers: this system cannot start the processes: {error}") from None


def has_broken(error: BaseException | None) -> bool:
    """Whether an error of `worked` says that one of the processes has ended unexpectedly."""
    if error is None:
        return False
    from concurrent.futures import BrokenExecutor

    return isinstance(error, BrokenExecutor)


def _start_method() -> str:
    """How a process is started: as a copy of this one, which has imported all, where that is safe.

    It is not where a thread may hold a lock at that moment, nor on macOS, whose libraries have threads of their own. Linux
    tells of threads in /proc, which a container need not have.
    """
    is_alone = False
    with suppress(OSError):
        is_alone = sys.platform == "linux" and len(list(Path("/proc/self/task").iterdir())) == 1
    return "fork" if is_alone else "spawn"


def _begin(prepare: Callable[[], Any]) -> None:
    """Have Ctrl-C, which a terminal sends to all processes, end the first one only, which then ends this one.

    This process also ends where the first one was killed, which then cannot end it. SIGTERM, by which the pool ends it, does
    so at once; a copy of the first process would take it for Ctrl-C.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_first, daemon=True).start()
    prepare()


def _end_with_first() -> None:
    from multiprocessing import parent_process

    first: Any = parent_process()
    first.join()
    os._exit(1)
