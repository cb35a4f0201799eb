"""What is known of standard output and standard error: whether one is a terminal, and whether nobody reads it any more."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

__all__ = ["encodable", "has_no_reader", "obeys_escapes"]

# ENABLE_VIRTUAL_TERMINAL_PROCESSING, of SetConsoleMode.
_ESCAPES = 4


def has_no_reader(error: BaseException | None) -> bool:
    """Whether an error says that the reader of a pipe has closed it, for which Windows has no error of its own."""
    return isinstance(error, BrokenPipeError) or (
        sys.platform == "win32" and isinstance(error, OSError) and error.errno == errno.EINVAL
    )


def obeys_escapes(stream: Any) -> bool:
    """Whether a stream is a terminal that obeys escape sequences (ECMA-48), as for colours; None is no terminal."""
    if stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return False
    return sys.platform != "win32" or _console_obeys(stream)


def _console_obeys(stream: Any) -> bool:
    """Have a console of Windows obey escape sequences, which those before Windows 10 do not; whether it does."""
    import ctypes
    import msvcrt

    windows: Any = ctypes
    system: Any = msvcrt
    kernel, mode = windows.windll.kernel32, ctypes.c_ulong()
    handle = ctypes.c_void_p(system.get_osfhandle(stream.fileno()))
    return bool(kernel.GetConsoleMode(handle, ctypes.byref(mode)) and kernel.SetConsoleMode(handle, mode.value | _ESCAPES))


def encodable(text: str, stream: Any) -> str:
    """The text as a stream shows it: with an escape for each character that its encoding has not."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
