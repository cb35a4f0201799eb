"""The body of a request: `Document.decode` reads it.

`replaced` applies it to the stored contact for a PUT, `merged` for a PATCH, and `created` makes the contact of a POST.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from contactwire.builtins import MAX_DEPTH, Policy, check_depth, read_kind, to_builtins
from contactwire.codecs import Codec, CodecRegistry
from contactwire.codecs.patches import PATCH_TYPES
from contactwire.errors import MAX_FAULTS
from contactwire.http.owned import keep_owned
from contactwire.localization import TimeZonePreference, change_in_zone, to_storage
from contactwire.negotiation import parse_media_type
from contactwire.patch import JsonPatch, MergePatch
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, EnumerationKind, Kind, ScalarKind, evolve, kind_of, plan_of

__all__ = ["Document", "created", "default_of", "merged", "replaced"]

_JSON = ("application/json", "text/json")
# RFC 8259 §2: white space; §8.1: a byte order mark.
_BEFORE_JSON = b" \t\r\n\xef\xbb\xbf"

# .NET's defaults for members of value types that a body does not name; members of reference types become null.
_DEFAULTS: Mapping[str, Any] = {
    "boolean": False,
    "double": 0.0,
    "int32": 0,
    "int64": 0,
    "decimal": Decimal(0),
    "date-time": Timestamp.parse("0001-01-01T00:00:00"),
    "date": date.min,
    "uuid": UUID(int=0),
}


@attrs.frozen
class Document:
    """The document in a request's body: `value` is a carrier, a `JsonPatch` or a `MergePatch`; `is_patch` tells which.

    `max_faults` is how many faults an error lists.
    """

    value: Any
    is_patch: bool
    max_faults: int = MAX_FAULTS

    @classmethod
    def decode(cls, body: bytes, content_type: str, type: Any, registry: CodecRegistry, *, partial: bool) -> Document:
        """The document in a body of a media type.

        With `partial` (for PATCH) the document is always a patch: in plain JSON an array is a JSON Patch and an object a
        merge patch, and a contact in another format changes only the properties that it has. Raises what the codec raises,
        `UnsupportedMediaType` for a media type without a codec, and `ContentTooLarge` for a contact that nests deeper than
        patches, tags and answers follow, whatever the codec allows.
        """
        codec = registry.find(content_type)
        # A codec of another package may list all faults.
        max_faults = getattr(codec, "max_faults", MAX_FAULTS)
        if partial and set(PATCH_TYPES.values()).isdisjoint(codec.media_types):
            if parse_media_type(content_type).essence in _JSON:
                patch_type = PATCH_TYPES[JsonPatch if body.lstrip(_BEFORE_JSON)[:1] == b"[" else MergePatch]
                return cls(registry.find(patch_type).decode(body, type), True)
            return cls(MergePatch.parse(_written(codec, body, type), max_faults=max_faults), True)
        value = codec.decode(body, type)
        if getattr(codec, "max_depth", MAX_DEPTH) > MAX_DEPTH:
            check_depth(value, MAX_DEPTH)
        return cls(value, isinstance(value, (JsonPatch, MergePatch)), max_faults)


def _written(codec: Codec, body: bytes, type: Any) -> Any:
    """The builtins of a body: what it says, where the codec can tell that from what the class adds, such as defaults."""
    read = getattr(codec, "read", None)
    return to_builtins(codec.decode(body, type)) if read is None else read(body, type)


def replaced(document: Document, stored: Any, zone: TimeZonePreference | None, base: tzinfo | str) -> Any:
    """The contact to store for a PUT: the body's properties, defaults for absent ones, and the server's own as stored.

    `zone` is the time zone of the body's dates, `base` that of stored dates. A date that is as a GET in that zone shows it
    keeps its stored value. Raises `ValidationError` where the host stores another class, which the body does not fit.
    """
    complete = _complete(_of_class(type(stored), document))
    return keep_owned(change_in_zone(stored, lambda shown: complete, zone, base), stored)


def created(document: Document, default: Any, zone: TimeZonePreference | None, base: tzinfo | str) -> Any:
    """The contact to store for a POST: the body's properties, and defaults for absent ones; the server's own are absent.

    `default` is what a GET of the default shows, or None where it is not known. A date that is as it is shown there is
    stored as it is in the default. `change_in_language` does the same for texts.
    """
    complete = _complete(document.value)
    if default is not None:
        complete = change_in_zone(default, lambda shown: complete, zone, base)
    elif zone is not None:
        complete = to_storage(complete, zone, base)
    return keep_owned(complete, UNSET)


def _of_class(cls: type, document: Document) -> Any:
    """What was sent as a carrier of a class that a host stores, such as a derived one, whose own properties are unknown."""
    if type(document.value) is cls:
        return document.value
    # As a patch is read: in another format than JSON, unknown members are texts.
    policy = Policy(coerce=True, max_faults=document.max_faults)
    return read_kind(to_builtins(document.value), kind_of(cls), policy)


def _complete(sent: Any) -> Any:
    """A copy of a carrier with .NET's defaults for absent properties, as far as its class takes them."""
    complete = copy.copy(sent)
    has_rule = hasattr(sent, "__attrs_post_init__")
    for field in plan_of(type(sent)).fields:
        if getattr(sent, field.attribute) is UNSET and ((value := default_of(field.kind)) is not None or field.allows(None)):
            # A hook of the class's own may raise anything, to say that it wants another value.
            with suppress(Exception):
                if has_rule:
                    complete = evolve(complete, **{field.attribute: value})
                else:
                    setattr(complete, field.attribute, value)
    return complete


def default_of(kind: Kind) -> Any:
    """.NET's default of a property of a kind: None but for value types."""
    if isinstance(kind, EnumerationKind):
        return next(iter(kind.members), None)
    return _DEFAULTS.get(kind.name) if isinstance(kind, ScalarKind) else None


def merged(document: Document, stored: Any, zone: TimeZonePreference | None, base: tzinfo | str) -> Any:
    """The stored contact with a patch applied, but for what is the server's, which stays as stored.

    The patch reads and writes dates in the request's time zone. A `test` operation sees what is the server's, too.
    """
    patch = document.value
    only = None if zone is None else patch.touches(type(stored))
    return keep_owned(change_in_zone(stored, patch.apply, zone, base, only), stored)
