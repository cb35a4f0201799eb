"""`contactwire completion`: a script for a shell, made by shtab of the same parser that reads the arguments."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from contactwire.cli.inputs import Unreadable

__all__ = ["script"]

_FILES = ("FILE", "A", "B", "PATCH")


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The script that completes the commands, options and files of `parser` in a shell.

    Raises `Unreadable` where shtab is not installed.
    """
    try:
        import shtab
    except ImportError:
        raise Unreadable("completion needs shtab: pip install 'contactwire[completion]'") from None
    for action in _actions(parser):
        if action.metavar in (*_FILES, "FOLDER"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    text: str = shtab.complete(parser, shell)
    return text


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
