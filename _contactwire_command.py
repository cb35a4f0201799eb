"""The command `contactwire`, which Ctrl-C ends without a traceback from the first moment.

This module is outside of the package, since importing the package takes most of the time until the command runs.
"""

from __future__ import annotations

import os
import signal
from typing import Any

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> int:
    """Import the command line, run the command in the arguments of the process, and return its exit status."""
    # An exception would not do: what runs inside an import may turn it into another, or drop it.
    is_usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_usual:
        signal.signal(signal.SIGINT, _leave)
    from contactwire.cli import main as run

    try:
        if is_usual:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return run()
    except KeyboardInterrupt:
        return _INTERRUPTED


def _leave(number: int, _: Any) -> None:
    os._exit(_INTERRUPTED)
