"""How far a long run is, on a terminal: records, bytes, rate and time left."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from contactwire.cli.inputs import Input
from contactwire.cli.terminals import encodable, obeys_escapes

__all__ = ["Progress"]

_BAR = 20
_BLOCKS = "█", "░"
_PAUSE = 0.1
_UNITS = ("B", "kB", "MB", "GB", "TB")


class Progress:
    """A line on a terminal that is written anew, ten times a second at most; on any other stream, nothing.

    Where the terminal is closed meanwhile, nothing is written any more.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._is_terminal = obeys_escapes(stream)
        self._bar = _BLOCKS if self._is_terminal and encodable("".join(_BLOCKS), stream) == "".join(_BLOCKS) else ("#", ".")
        self._is_shown = False
        self._start = self._last = time.monotonic()

    def show(self, source: Input, count: int) -> None:
        """Say how much of the source was read, and how many records were done since the progress was made."""
        if not self._is_terminal or (now := time.monotonic()) - self._last < _PAUSE:
            return
        self._last = now
        passed = now - self._start
        parts = [f"{count:,} records", _size(source.position), f"{count / passed:,.0f}/s"]
        if source.size:
            done = min(1.0, source.position / source.size)
            full, empty = self._bar
            bar = full * int(_BAR * done)
            parts = [f"{bar:{empty}<{_BAR}} {done:4.0%}", *parts, f"{_clock(passed / max(done, 1e-9) - passed)} left"]
        self._is_shown = True
        self._write("\r\x1b[K" + "  ".join(parts))

    def clear(self) -> None:
        """Erase the line."""
        if self._is_shown:
            self._is_shown = False
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._is_terminal = False
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
            self._is_terminal = True


def _size(count: float) -> str:
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.{1 if unit else 0}f} {_UNITS[unit]}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
