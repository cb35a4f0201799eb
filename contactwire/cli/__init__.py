"""The command line: `contactwire convert`, `validate`, `diff`, `patch`, `select`, `schema`, `roundtrip`, `serve` and more.

`arguments` has the arguments of each command, and `commands` runs them. `inputs` opens a file, compressed or not;
`documents` reads a whole document by its format, and finds the line of each fault, and `reports` lists faults. `run` reads
sequences record by record: in `batches`, with what `works` say, by `processes`, into `output`, and shows `progress`;
`terminals` knows what it is shown on, and `signals` what may interrupt it. `roundtrip` reports what codecs would lose of
recorded bodies, `table` writes tables, `completion` writes scripts for shells, and `classes` finds the class of `--carrier`.
"""

from contactwire.cli.commands import main
from contactwire.cli.run import Status

__all__ = ["Status", "main"]
