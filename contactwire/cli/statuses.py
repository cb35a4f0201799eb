"""The exit statuses of the command line."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Status"]


class Status(IntEnum):
    """What a command ends with; `contactwire.guide.command_line` says when."""

    FINE = 0
    INVALID = 1
    USAGE = 2
    UNREADABLE = 3
    INTERRUPTED = 130
