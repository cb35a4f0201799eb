"""Bodies of a host's own routes, in any framework: read as the type that a route wants, and written for its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from contactwire.codecs import default_registry, encode
from contactwire.codecs.patches import PATCH_TYPES
from contactwire.errors import UnsupportedMediaType
from contactwire.http import Headers, length_required
from contactwire.patch import JsonPatch, MergePatch
from contactwire.wire import Carrier, is_carrier

__all__ = ["JSON", "PATCH_TYPES", "T", "is_document", "read_body", "write_body"]

T = TypeVar("T", bound=Carrier | list[Any] | JsonPatch | MergePatch)
"""The class of the document in a body."""

JSON = "application/json"
"""The media type of a body that names none."""


def is_document(type: Any) -> bool:
    """Whether a body can hold a type by itself: a carrier class or a patch class."""
    return is_carrier(type) or type in PATCH_TYPES


def read_body(body: bytes, headers: Mapping[str, str] | Iterable[tuple[str, str]], type: type[T]) -> T:
    """The document in the body of a request: of a carrier class, a `list[Carrier]`, `JsonPatch` or `MergePatch`.

    `headers` are the request's, a mapping as frameworks have it, or pairs. Without a `Content-Type` a body is JSON. A patch
    may come as plain JSON, as clients send it. Raises what `decode` raises, `UnsupportedMediaType` for a patch where a
    carrier is wanted, and the other way round, `UnsupportedContentCoding` for a body with a content coding, and an
    `HttpError` of status 411 for one in chunks that the framework has not read.
    """
    fields = Headers(headers)
    if not body and "Transfer-Encoding" in fields:
        # Django and Flask give no body where the server does not say that it reads chunks, and a form may be empty.
        raise length_required()
    content_type = fields.content_type() or JSON
    codec = default_registry.find(content_type)
    wanted = PATCH_TYPES.get(type)
    if wanted is not None and JSON in codec.media_types:
        codec = default_registry.find(wanted)
    others = set(PATCH_TYPES.values()) - {wanted}
    if others.intersection(codec.media_types) or (wanted is not None and wanted not in codec.media_types):
        offered = (JSON, wanted) if wanted else tuple(each for each in default_registry.media_types if each not in others)
        raise UnsupportedMediaType(content_type, offered)
    found: T = codec.decode(body, type)
    return found


def write_body(value: Carrier | list[Any] | JsonPatch | MergePatch, media_type: str = JSON) -> bytes:
    """The body of a carrier, or a list of carriers, in a media type; of a patch, in its own. Raises `EncodeError`."""
    return encode(value, PATCH_TYPES.get(type(value), media_type))
