"""The text of a `$select`: splitting it into paths, reading the escapes in them, and resolving the properties they name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contactwire.builtins import MAX_DEPTH
from contactwire.errors import PathError
from contactwire.paths import resolve
from contactwire.wire import NestedKind

__all__ = ["BLANKS", "EVERYTHING", "NOTHING", "entries", "escape_token", "resolved", "tokens_of"]

BLANKS = " \t\r\n"
"""The characters that are ignored around a comma."""

EVERYTHING = "*"
"""The path that selects everything, for a carrier that has no property of this name."""

NOTHING = ","
"""The text that selects nothing."""

_ESCAPES = dict(zip("0123456", "~/," + BLANKS, strict=True))
_ESCAPE = re.compile("~(.?)", re.DOTALL)
_SPELLED_WITH_BLANKS = {ord(character): f"~{digit}" for digit, character in _ESCAPES.items()}
_SPELLED = {code: spelled for code, spelled in _SPELLED_WITH_BLANKS.items() if chr(code) not in BLANKS}


def entries(text: str) -> Iterator[tuple[int, str]]:
    """Yield each path of a text, without the blanks around it, after its position."""
    position = 0
    for entry in [] if text.strip(BLANKS) == NOTHING else text.split(","):
        yield position + len(entry) - len(entry.lstrip(BLANKS)), entry.strip(BLANKS)
        position += len(entry) + 1


def resolved(entry: str, carrier: type, indexes: bool) -> tuple[str, ...]:
    """The tokens of one path, with wire names; an index, where `indexes` are allowed, is an `Index`.

    Raises `PathError`, whose position counts from the start of the path.
    """
    if not entry:
        raise PathError("expected the path of a property between the commas", entry)
    return resolve(NestedKind(carrier), tokens_of(entry), path=entry, through_lists=True, indexes=indexes).tokens


def tokens_of(entry: str) -> list[str]:
    """The tokens of one path, without escapes. Raises `PathError` for a wrong escape, and for too many tokens."""
    for escape in _ESCAPE.finditer(entry):
        if escape[1] not in _ESCAPES:
            raise PathError(f"~ is not followed by a digit from 0 to {len(_ESCAPES) - 1}", entry, escape.start())
    tokens = [_ESCAPE.sub(lambda escape: _ESCAPES[escape[1]], token) for token in entry.removeprefix("/").split("/")]
    if len(tokens) > MAX_DEPTH:
        raise PathError(f"the path has {len(tokens)} tokens, more than {MAX_DEPTH}", entry)
    return tokens


def escape_token(token: str) -> str:
    """A token with the escapes that a selection's text needs: blanks are escaped if the token begins or ends with one."""
    if token.isalnum():
        return token
    return token.translate(_SPELLED if token.strip(BLANKS) == token else _SPELLED_WITH_BLANKS)
