"""The command line: `contactwire convert`, `validate`, `diff`, `patch`, `select`, `schema`, `roundtrip`, `serve` and more.

`arguments` has the arguments of each command, and `commands` runs them. `documents` reads a file by its format, and finds
the line of each fault. `stream` converts sequences of contacts record by record. `roundtrip` reports what codecs would lose
of recorded bodies, and `completion` writes scripts for shells.
"""

from contactwire.cli.commands import main
from contactwire.cli.statuses import Status

__all__ = ["Status", "main"]
