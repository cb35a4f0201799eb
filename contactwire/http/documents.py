"""The body of a PUT or PATCH: `Document.decode` reads it, and `replaced` or `merged` applies it to the stored contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import attrs

from contactwire.builtins import to_builtins
from contactwire.carriers import RightsCarrier
from contactwire.codecs import CodecRegistry
from contactwire.localization import TimeZonePreference, change_in_zone, to_storage
from contactwire.negotiation import parse_media_type
from contactwire.patch import JsonPatch, MergePatch
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, EnumerationKind, Kind, ScalarKind, plan_of

__all__ = ["Document", "merged", "replaced"]

_JSON = ("application/json", "text/json")
_JSON_PATCH, _MERGE_PATCH = "application/json-patch+json", "application/merge-patch+json"

# .NET's defaults for members of value types that a body does not name; members of reference types become null.
_DEFAULTS: Mapping[str, Any] = {
    "boolean": False,
    "double": 0.0,
    "int32": 0,
    "int64": 0,
    "date-time": Timestamp.parse("0001-01-01T00:00:00"),
}

# The server sets these, and the rights and links of a contact; a PUT does not change them.
_SERVERS_OWN = frozenset({"created_by", "created_date", "updated_by", "updated_date", "links"})


@attrs.frozen
class Document:
    """The document in a request's body: `value` is a carrier, a `JsonPatch` or a `MergePatch`; `is_patch` tells which."""

    value: Any
    is_patch: bool

    @classmethod
    def decode(cls, body: bytes, content_type: str, type: Any, registry: CodecRegistry, *, partial: bool) -> Document:
        """The document in a body of a media type.

        With `partial` (for PATCH) the document is always a patch: in plain JSON an array is a JSON Patch and an object a
        merge patch, and a contact in another format changes only the properties that it has. Raises what the codec raises,
        and `UnsupportedMediaType` for a media type without a codec.
        """
        codec = registry.find(content_type)
        if partial and not {_JSON_PATCH, _MERGE_PATCH}.intersection(codec.media_types):
            if parse_media_type(content_type).essence in _JSON:
                patch_type = _JSON_PATCH if body.lstrip()[:1] == b"[" else _MERGE_PATCH
                return cls(registry.find(patch_type).decode(body, type), True)
            return cls(MergePatch.parse(to_builtins(codec.decode(body, type))), True)
        value = codec.decode(body, type)
        return cls(value, isinstance(value, (JsonPatch, MergePatch)))


def replaced(document: Document, stored: Any, zone: TimeZonePreference | None, base: tzinfo | str) -> Any:
    """The contact to store for a PUT: the body's properties, defaults for absent ones, and the server's own as stored.

    `zone` is the time zone of the body's dates, `base` that of stored dates.
    """
    sent = document.value if zone is None else to_storage(document.value, zone, base)
    own = _SERVERS_OWN.union(plan_of(RightsCarrier).by_attribute)
    contact = type(stored)()
    for field in plan_of(type(stored)).fields:
        name = field.attribute
        value = getattr(stored if name in own else sent, name, UNSET)
        setattr(contact, name, _default(field.kind) if value is UNSET and name not in own else value)
    contact.extras = dict(sent.extras)
    return contact


def _default(kind: Kind) -> Any:
    if isinstance(kind, EnumerationKind):
        return next(iter(kind.members), None)
    return _DEFAULTS.get(kind.name) if isinstance(kind, ScalarKind) else None


def merged(document: Document, stored: Any, zone: TimeZonePreference | None, base: tzinfo | str) -> Any:
    """The stored contact with a patch applied; the patch reads and writes dates in the request's time zone."""
    return change_in_zone(stored, document.value.apply, zone, base)
