"""Property paths: JSON Pointers (RFC 6901), the server's relaxed form of them, and the places in carriers that they name.

A parsed path is a tuple of unescaped reference tokens: `/Category/Id` is `("Category", "Id")`. `parse_pointer` reads the
standard's syntax, `parse_relaxed` what clients send to the server. `resolve` follows the tokens through the plans. It finds
properties in any letter case, and gives the tokens back with their wire names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from msgspec import Struct

from contactwire.errors import MissingPlace, PathError, shorten
from contactwire.patterns import pattern
from contactwire.wire import CarrierPlan, DictionaryKind, FieldPlan, Kind, ListKind, NestedKind, fold, plan_of

__all__ = [
    "APPEND",
    "Index",
    "Place",
    "PlacePointer",
    "ResolvedPath",
    "Unknown",
    "array_index",
    "escape",
    "find_property",
    "format_pointer",
    "is_index",
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
"""The path to a value as a linked list: the place of its container, and its name, key or index there; None for the document.

`/Emails/0` is `((None, "Emails"), 0)`. A walk passes it down at little cost, and only a fault turns it into a pointer.
"""

Unknown = Literal["error", "keep"]
"""What a path's name is that no property has: an error, or the name of an unknown member."""

APPEND = "-"
"""The token for the place behind a list's last item (RFC 6901 §4)."""

_BAD_ESCAPE = pattern("~(?![01])")
# A longer name is no misspelling of a property, and difflib takes time quadratic in its length.
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
    """The tokens of a JSON Pointer (RFC 6901 §3, §5): `/a/b~1c` gives `("a", "b/c")`; the empty text, `()`.

    Raises `PathError` for text that does not start with a slash, and for a `~` before anything but 0 and 1.
    """
    if text and text[0] != "/":
        raise PathError("a JSON Pointer starts with /", text, 0, f"/{text}" if len(text) <= _LONGEST_NAME else "")
    return parse_relaxed(text)


def parse_relaxed(text: str) -> tuple[str, ...]:
    """The tokens of a path in the server's form, where the leading slash may be missing: `Category/Id`.

    Escapes are those of RFC 6901, and every JSON Pointer that starts with a slash means the same here. Raises `PathError`
    for a `~` before anything but 0 and 1.
    """
    if not text:
        return ()
    tokens = (text[1:] if text[0] == "/" else text).split("/")
    if "~" not in text:
        return tuple(tokens)
    if wrong := _BAD_ESCAPE.search(text):
        raise PathError("~ is followed by neither 0 nor 1", text, wrong.start())
    return tuple(map(unescape, tokens))


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


class PlacePointer(Struct, frozen=True):
    """The JSON Pointer of a place, which `str` joins.

    The faults at many places below one long key share that key, and only one pointer at a time is joined (`Issue.under`).
    """

    place: Any

    def __str__(self) -> str:
        return pointer_of_place(self.place)


def token_position(text: str, index: int) -> int:
    """The position in the text of a path, in either form, at which token number `index` starts.

    For a token beyond the last one it is the length of the text.
    """
    position = 1 if text[:1] == "/" else 0
    for _ in range(index):
        position = text.find("/", position) + 1
        if position == 0:
            return len(text)
    return position


def is_index(token: str) -> bool:
    """Whether a token is the index of an item (RFC 6901 §4): ASCII digits without leading zeros, of any number."""
    return token.isascii() and token.isdigit() and (token[0] != "0" or token == "0")


def array_index(token: str, length: int | None, *, append: bool = False) -> int:
    """The index that a token names in a list of `length` items (RFC 6901 §4): ASCII digits without leading zeros.

    `append` also allows the place behind the last item, as its index or as `-`, for an item to be added there. Without a
    `length` every index is allowed, and `-` gives 0. Raises `MissingPlace` for an index out of range, and `PathError` for
    any other token.
    """
    if append and token == APPEND:
        return length or 0
    if not is_index(token):
        choice = " or -" if append else ""
        raise PathError(f"expected the index of an item{choice}, received {shorten(token)}", token)
    index = int(token) if len(token) <= _LONGEST_INDEX else 10**_LONGEST_INDEX
    if length is not None and index >= length + append:
        raise MissingPlace(f"index {shorten(token)} is out of range: the list has {_items(length)}", token)
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


def suggest(name: str, candidates: Iterable[Any]) -> str:
    """The candidate that `name` most likely means, whatever the letter case, or "" where none is close.

    A candidate that is no string, such as a key that only a caller can make, is passed over.
    """
    if len(name) > _LONGEST_NAME:
        return ""
    import difflib  # needed only where something is wrong

    folded = {fold(candidate): candidate for candidate in candidates if isinstance(candidate, str)}
    nearest = difflib.get_close_matches(fold(name), folded, n=1)
    return folded[nearest[0]] if nearest else ""


class Index(str):
    """A token that is the index of an item, in a path for which lists take no token but may have one."""

    __slots__ = ()


class ResolvedPath(Struct, frozen=True):
    """A path that has been followed through the plans: its `tokens`, with wire names, and the `kind` of its place.

    `kind` is None for an unknown member and every place inside one. `nullable` says whether null is allowed there.
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
    unknown: Unknown = "error",
    through_lists: bool = False,
    indexes: bool = False,
) -> ResolvedPath:
    """Follow `tokens` from a value of some kind: into a carrier by property, a list by index or `-`, a dictionary by key.

    Properties are found in any letter case; keys are taken as they are. Errors show `path`, and count positions in it; by
    default that is the tokens as a pointer. With `unknown="keep"`, a token that names no property of a carrier names an
    unknown member, whose kind is None. With `through_lists`, lists take no token, and the path means all their items. With
    `indexes`, an index behind a list whose items have nothing of that name means one item, and is given back as an `Index`.

    Raises `PathError` for a token that names no property, for one that is no index of a list, and for a token inside a
    single value.
    """
    canonical: list[str] = []
    nullable = False
    for index, token in enumerate(tokens):
        try:
            if indexes and isinstance(kind, ListKind) and _is_index(kind, token):
                canonical.append(Index(token))
                nullable, kind = kind.nullable, kind.item
                continue
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


def _is_index(kind: ListKind, token: str) -> bool:
    """Whether a token after a list is an index: the items are no dictionaries, and have no property of that name."""
    item = item_kind(kind)
    if isinstance(item, DictionaryKind) or (isinstance(item, NestedKind) and plan_of(item.carrier).find(token) is not None):
        return False
    return is_index(token) and len(token) <= _LONGEST_INDEX


def _step(kind: Kind, token: str) -> tuple[str, Kind, bool]:
    """One token, with its wire name, the kind of the place that it names, and whether null is allowed there."""
    match kind:
        case NestedKind():
            field = find_property(plan_of(kind.carrier), token)
            return field.name, field.kind, True
        case ListKind():
            array_index(token, None, append=True)
            return token, kind.item, kind.nullable
        case DictionaryKind():
            return token, kind.item, kind.nullable
    raise PathError(f"a value of kind {kind.expected} has nothing inside it", token)
