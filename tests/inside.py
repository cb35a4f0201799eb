"""The one door through which tests look inside of the package; all else they import from where users do.

`tests/integration/test_imports.py` holds this. Each group says why its tests cannot use a public door; when code moves,
this is the only place to follow it.
"""

# Keys and percent-coding are small languages of their own, whose laws are held for any text; a codec shows them only
# through the properties of a carrier.
from contactwire.codecs.form.keys import Limits, OpenBracket, last_step, steps
from contactwire.codecs.form.text import pairs, quote, split
from contactwire.codecs.form.tree import SELF, Tree, numbers

# Generated functions have tracebacks and lives of their own, and no codec shows its own.
from contactwire.codecs.shared.generated import made_of

# How long the pieces are that are put together shows in time and memory only.
from contactwire.codecs.xml.write import writers

# How often a string is taken apart, and a code looked at, shows in time only, so the functions that do it are counted.
from contactwire.localization import languages

# How much is copied, compared and spelled shows in time and memory only, so the functions that do it are counted.
from contactwire.patch import containers, difference, merge, moves

# What a round trip found is seen from outside as lines of text; these have its parts.
from contactwire.roundtrip.loss import Loss, body_loss, differences, loss

# When a server stops between the head and the body of a request is a matter of moments, which a test chooses here.
from contactwire.server.incoming import Incoming, SocketEvent

__all__ = [
    "SELF",
    "Incoming",
    "Limits",
    "Loss",
    "OpenBracket",
    "SocketEvent",
    "Tree",
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
    "numbers",
    "pairs",
    "quote",
    "split",
    "steps",
    "writers",
]
