"""Property paths: RFC 6901 JSON Pointers, the server's relaxed form of them, and where they lead in a carrier.

A parsed path is a tuple of reference tokens, unescaped: `("Category", "Id")`. `parse_pointer` reads the standard's text to
the letter, `parse_relaxed` what clients send to the server, and `resolve` walks the plans along the tokens, finds properties
in any letter case and gives them back as the wire spells them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import attrs

from contactwire.errors import PathError, shorten
from contactwire.wire import CarrierPlan, DictionaryKind, FieldPlan, Kind, ListKind, NestedKind, fold, plan_of

__all__ = [
    "APPEND",
    "Place",
    "ResolvedPath",
    "array_index",
    "escape",
    "find_property",
    "format_pointer",
    "item_kind",
    "parse_pointer",
    "parse_relaxed",
    "pointer_of_place",
    "resolve",
    "suggest",
    "token_position",
    "unescape",
]

Place = tuple["Place", Any] | None
"""The way to a value: the way to what holds it, and its name, key or index there; None for the document.

It costs little to pass along, and becomes a pointer only where something is wrong.
"""

APPEND = "-"
"""The token for the place behind a list's last item (RFC 6901 §4)."""

# Beyond this a name is no misspelling of a property, and comparing is quadratic in its length.
_LONGEST_NAME = 64
# More digits than any list has items; Python refuses to read some 4,300 of them.
_LONGEST_INDEX = 18


def escape(token: str) -> str:
    """One reference token as a pointer spells it: `~` becomes `~0` and `/` becomes `~1` (RFC 6901 §3)."""
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def unescape(token: str) -> str:
    """The reference token that a pointer spells: `~1` becomes `/`, then `~0` becomes `~` (RFC 6901 §4)."""
    return token.replace("~1", "/").replace("~0", "~") if "~" in token else token


def parse_pointer(text: str) -> tuple[str, ...]:
    """The tokens of a JSON Pointer (RFC 6901 §3, §5): `/a/b~1c` is `("a", "b/c")`, the empty text the whole document.

    Raises `PathError` for text that does not start with a slash, and for a `~` before anything but 0 and 1.
    """
    if text and text[0] != "/":
        raise PathError("a JSON Pointer starts with /", text, 0, f"/{text}" if len(text) <= _LONGEST_NAME else "")
    return parse_relaxed(text)


def parse_relaxed(text: str) -> tuple[str, ...]:
    """The tokens of a path in the server's form, where the leading slash may be missing: `Category/Id`.

    Escapes are those of RFC 6901, and any of its pointers means the same here. Raises `PathError` for a `~` before anything
    but 0 and 1.
    """
    if not text:
        return ()
    tokens = (text[1:] if text[0] == "/" else text).split("/")
    if "~" not in text:
        return tuple(tokens)
    wrong = _bad_escape(text)
    if wrong >= 0:
        raise PathError("~ is followed by neither 0 nor 1", text, wrong)
    return tuple(map(unescape, tokens))


def _bad_escape(text: str) -> int:
    at = text.find("~")
    while at >= 0 and text[at + 1 : at + 2] in ("0", "1"):
        at = text.find("~", at + 2)
    return at


def format_pointer(tokens: Iterable[str]) -> str:
    """The JSON Pointer of some tokens (RFC 6901 §3); of none, the empty text."""
    return "".join(["/" + escape(token) for token in tokens])


def pointer_of_place(place: Place) -> str:
    """The JSON Pointer of a place."""
    tokens = []
    while place is not None:
        place, token = place
        tokens.append(str(token))
    return format_pointer(reversed(tokens))


def token_position(text: str, index: int) -> int:
    """Where in the text of a path, in either form, its token number `index` starts; for a token beyond it, its length."""
    position = 1 if text[:1] == "/" else 0
    for _ in range(index):
        position = text.find("/", position) + 1
        if position == 0:
            return len(text)
    return position


def array_index(token: str, length: int | None, *, append: bool = False) -> int:
    """The place in a list of `length` items that a token names (RFC 6901 §4): ASCII digits without leading zeros.

    With `append` the place behind the last item counts too, also as `-`: that is where an item can be added. Without a
    `length` any index will do, and `-` is 0. Raises `PathError` for everything else.
    """
    if append and token == APPEND:
        return length or 0
    if not (token.isascii() and token.isdigit()) or (token[0] == "0" and token != "0"):
        choice = " or -" if append else ""
        raise PathError(f"expected the index of an item{choice}, received {shorten(token)}", token)
    index = int(token) if len(token) <= _LONGEST_INDEX else 10**_LONGEST_INDEX
    if length is not None and index >= length + append:
        raise PathError(f"index {shorten(token)} is out of range: the list has {_items(length)}", token)
    return index


def _items(length: int) -> str:
    return "1 item" if length == 1 else f"{length} items"


def find_property(plan: CarrierPlan, token: str) -> FieldPlan:
    """The property of a carrier that a token names, in any letter case.

    Raises `PathError`, with the nearest property as suggestion, where there is none.
    """
    field = plan.find(token)
    if field is None:
        raise PathError(f"{plan.name} has no property {shorten(token)}", token, 0, suggest(token, plan.by_name))
    return field


def suggest(name: str, candidates: Iterable[str]) -> str:
    """The candidate that `name` most likely means, whatever the letter case, or "" where none is close."""
    if len(name) > _LONGEST_NAME:
        return ""
    import difflib  # needed only where something is wrong

    folded = {fold(candidate): candidate for candidate in candidates}
    nearest = difflib.get_close_matches(fold(name), folded, n=1)
    return folded[nearest[0]] if nearest else ""


@attrs.frozen
class ResolvedPath:
    """Where a path leads: its `tokens` as the wire spells them, and the `kind` of what stands there.

    `kind` is None for an unknown property and all below it. `nullable` says whether null may stand there.
    """

    tokens: tuple[str, ...]
    kind: Kind | None
    nullable: bool = False

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer, `/Category/Id`."""
        return format_pointer(self.tokens)


def resolve(
    kind: Kind,
    tokens: Sequence[str],
    *,
    path: str | None = None,
    unknown: Literal["error", "keep"] = "error",
    through_lists: bool = False,
) -> ResolvedPath:
    """Where `tokens` lead in a value of some kind: a carrier by property, a list by index or `-`, a dictionary by key.

    Properties are found in any letter case; keys are taken as they are. `path` is the text that errors show and count
    positions in, by default the tokens as a pointer. With `unknown="keep"` a property that a carrier does not have leads to
    a place of unknown kind, as `extras` have it. With `through_lists` a list has no token of its own: the path means all
    its items. Raises `PathError` for a property that a carrier does not have, for a token that is no index of a list, and
    for a step into a single value.
    """
    canonical: list[str] = []
    nullable = False
    for index, token in enumerate(tokens):
        try:
            kind = item_kind(kind) if through_lists else kind
            if unknown == "keep" and isinstance(kind, NestedKind) and plan_of(kind.carrier).find(token) is None:
                return ResolvedPath((*canonical, *tokens[index:]), None, True)
            token, kind, nullable = _step(kind, token)
        except PathError as error:
            shown = format_pointer(tokens) if path is None else path
            raise PathError(error.message, shown, token_position(shown, index), error.suggestion) from None
        canonical.append(token)
    return ResolvedPath(tuple(canonical), kind, nullable)


def item_kind(kind: Kind) -> Kind:
    """The kind of the items of a list, of the lists in it, and so on; any other kind itself."""
    while isinstance(kind, ListKind):
        kind = kind.item
    return kind


def _step(kind: Kind, token: str) -> tuple[str, Kind, bool]:
    """One token as the wire spells it, the kind that it leads to, and whether null may stand there."""
    match kind:
        case NestedKind():
            field = find_property(plan_of(kind.carrier), token)
            return field.name, field.kind, True
        case ListKind():
            array_index(token, None, append=True)
            return token, kind.item, kind.nullable
        case DictionaryKind():
            return token, kind.item, kind.nullable
    raise PathError(f"nothing stands below a value of kind {kind.expected}", token)
