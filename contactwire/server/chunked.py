r"""Bodies in chunks (RFC 9112 §7.1): clients send them that do not know the length beforehand, such as .NET's `JsonContent`.

::

    5\r\nhello\r\n0\r\n\r\n
"""

from __future__ import annotations

import re
from io import BufferedIOBase

from contactwire.errors import BadRequest
from contactwire.http import too_large

__all__ = ["read_chunked"]

# chunk-size [ chunk-ext ] CRLF. §7.1.1: "A recipient MUST ignore unrecognized chunk extensions", and may limit their length.
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[^\r\n]*)?\r\n")
_LONGEST_LINE = 256
_LONGEST_TRAILERS = 2**14


def read_chunked(stream: BufferedIOBase, limit: int) -> bytes:
    """The body at the beginning of a stream, up to the end of its trailers, which are dropped.

    Raises `ContentTooLarge` for more than `limit` bytes, before it reads them, and `BadRequest` for what is no chunk, and
    for a body that ends early.
    """
    body = bytearray()
    while size := _size(stream.readline(_LONGEST_LINE)):
        end = len(body) + size
        if end > limit:
            raise too_large(limit)
        body += stream.read(size)
        if len(body) < end or stream.read(2) != b"\r\n":
            raise BadRequest(f"a chunk does not end after {size} bytes")
    _pass_trailers(stream)
    return bytes(body)


def _size(line: bytes) -> int:
    found = _SIZE.fullmatch(line)
    if found is None:
        raise BadRequest("the body comes in chunks, and one has no size")
    return int(found[1], 16)


def _pass_trailers(stream: BufferedIOBase) -> None:
    size = 0
    while (line := stream.readline(_LONGEST_TRAILERS)) != b"\r\n":
        size += len(line)
        if not line.endswith(b"\r\n") or size > _LONGEST_TRAILERS:
            raise BadRequest("the fields behind the chunks do not end")
