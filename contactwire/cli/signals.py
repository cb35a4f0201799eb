"""Ctrl-C and SIGTERM: when they interrupt a command, and when they wait.

Signals come to the main thread only, and whoever calls `main` may have handlers of its own. Nothing is done then.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["handled", "held_interrupts", "interrupted_by_sigterm", "uninterrupted"]


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Have SIGTERM, by which `timeout` and containers stop a process, do inside what Ctrl-C does."""
    if not _interrupts_raise() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def interrupt(*_: Any) -> None:
        # `timeout` sends two at once, and the second of two interrupts does not wait for a batch.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.raise_signal(signal.SIGINT)

    with handled(signal.SIGTERM, interrupt):
        yield


def _interrupts_raise() -> bool:
    main = threading.current_thread() is threading.main_thread()
    return main and signal.getsignal(signal.SIGINT) is signal.default_int_handler


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Have Ctrl-C wait for what is inside; a second one does not wait."""
    if not _interrupts_raise():
        yield
        return
    caught: list[int] = []

    def remember(number: int, _: Any) -> None:
        if caught:
            raise KeyboardInterrupt
        caught.append(number)

    with handled(signal.SIGINT, remember):
        yield
    if caught:
        raise KeyboardInterrupt


@contextmanager
def held_interrupts() -> Iterator[None]:
    """Have Ctrl-C wait; a process that is started inside never sees it, so that it does not die of it half way."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows has neither that nor its constants
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def handled(number: int, handler: Any) -> Iterator[None]:
    """Have a signal handled inside by `handler`; in another thread than the main one, this does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
