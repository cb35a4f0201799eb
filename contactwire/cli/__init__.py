"""The command line: `contactwire validate`, `convert`, `select`, `patch` and the others.

`commands` reads the arguments and runs one command; `documents` reads files by their formats and lists faults by line;
`stream` converts sequences record by record; `roundtrip` reports what codecs would lose.
"""

from contactwire.cli.commands import main

__all__ = ["main"]
