"""JSON: `application/json` and `text/json` (RFC 8259)."""

from __future__ import annotations

from contactwire.codecs.json.codec import JsonCodec
from contactwire.codecs.shared.records import BadRecord

__all__ = ["BadRecord", "JsonCodec"]
