"""The private names that tests use. Tests import all other names from public modules, as users do.

`tests/integration/test_doors.py` holds this. Each group says why its tests cannot use a public module. When code moves,
only this file follows it.
"""

# With these a test changes a file exactly while a command reads it.
from contactwire.cli import batches

# The laws of keys and of percent-coding hold for any text, and a codec reads only the keys of a carrier's properties.
from contactwire.codecs.form.keys import Limits, OpenBracket, last_step, steps
from contactwire.codecs.form.text import pairs, quote, quoted, split
from contactwire.codecs.form.tree import SELF, Tree

# A codec does not show its generated functions, so their tracebacks and lifetimes are tested on others.
from contactwire.codecs.xml.generated import made_of

# The length of the pieces of text that are joined shows in time and memory only, so a test measures the pieces.
from contactwire.codecs.xml.write import Writers

# How often a string is parsed, and a code looked at, shows in time only, so a test counts the calls.
from contactwire.localization import languages

# How much is copied, compared and formatted shows in time and memory only, so a test counts the calls.
from contactwire.patch import containers, difference, merge, moves

# On Linux there are no paths of Windows to look for bodies in, only their names.
from contactwire.roundtrip.folder import name_of

# Public functions give the losses of a round trip as lines of text, and these give their parts.
from contactwire.roundtrip.loss import Loss, body_loss, differences, loss

# With these a test stops a server exactly between the head and the body of a request.
from contactwire.server.incoming import Incoming, SocketEvent

__all__ = [
    "SELF",
    "Incoming",
    "Limits",
    "Loss",
    "OpenBracket",
    "SocketEvent",
    "Tree",
    "Writers",
    "batches",
    "body_loss",
    "containers",
    "difference",
    "differences",
    "languages",
    "last_step",
    "loss",
    "made_of",
    "merge",
    "moves",
    "name_of",
    "pairs",
    "quote",
    "quoted",
    "split",
    "steps",
]
