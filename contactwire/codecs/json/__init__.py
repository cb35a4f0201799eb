"""JSON: `application/json` and `text/json` (RFC 8259)."""

from __future__ import annotations

from contactwire.codecs.json.codec import JsonCodec
from contactwire.codecs.json.text import check_objects, locate_in_json, parse_json
from contactwire.codecs.shared import BadRecord

__all__ = ["BadRecord", "JsonCodec", "check_objects", "locate_in_json", "parse_json"]
