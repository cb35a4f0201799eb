"""The command line: `contactwire convert`, `validate`, `diff`, `patch`, `select`, `schema`, `roundtrip` and `serve`.

`commands` reads the arguments and runs one command. `documents` reads a file by its format, and finds the line of each
fault. `stream` converts sequences of contacts record by record. `roundtrip` reports what codecs would lose of recorded
bodies.
"""

from contactwire.cli.commands import main

__all__ = ["main"]
