"""The command line: `contactwire validate`, `convert`, `select`, `patch` and the others, each in a process of its own."""

from __future__ import annotations

from contactwire.cli.commands import main

__all__ = ["main"]
