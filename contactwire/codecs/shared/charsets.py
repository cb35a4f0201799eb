"""The character encodings that a body may be in, by the names that a sender gives them.

Python's `codecs.lookup` remembers each name that it was ever asked for, known or not, and each spelling of it. So a sender's
name is looked for in a closed table here, and `codecs.lookup` is asked for the entries of that table only.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from contactwire.patterns import pattern

__all__ = ["encoding_named"]

# RFC 2978 §2.3 and the IANA's registry: at most 40 characters.
_NAME = pattern(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}", re.ASCII)
_SEPARATORS = pattern(r"[_:+-]+")


def encoding_named(name: str) -> str | None:
    """Python's name of the encoding that a `charset` or an XML declaration names, or None for an unknown one.

    `Latin-1` gives `iso8859-1`. Letter case, white space around the name, and which signs separate its parts do not matter.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name := name.strip(" \t")):
        return None
    normal = _SEPARATORS.sub("_", name.lower()).rstrip("_")
    known = _known().get(normal) or _known().get(normal.replace(".", "_"))
    try:
        return None if known is None else codecs.lookup(known).name
    except LookupError:  # an encoding of another operating system
        return None


@cache
def _known() -> dict[str, str]:
    """The module of each encoding that comes with Python, by its normalised names."""
    import encodings
    import pkgutil
    from encodings.aliases import aliases

    modules = [module.name for module in pkgutil.iter_modules(encodings.__path__)] + list(aliases.values())
    return {**{name: name for name in modules}, **aliases}
