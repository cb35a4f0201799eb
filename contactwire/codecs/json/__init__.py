"""JSON: `application/json` and `text/json` (RFC 8259).

`JsonCodec` (`codec`) checks the size of a body. `read` then has msgspec construct the carriers in one step. A body for which
that fails, such as one with unknown members, becomes builtins first, which `contactwire.builtins` assembles or explains.
Only if the body is wrong, `text` scans it for the line and column of the fault. `write` has msgspec write the carriers, and
puts the text of unknown members in. `stream` cuts NDJSON and arrays into records, which the codec decodes one by one.
"""

from __future__ import annotations

from contactwire.codecs.json.codec import JsonCodec
from contactwire.codecs.json.text import locate_in_json, parse_json, raw_text, repeated_members
from contactwire.codecs.shared import BadRecord

__all__ = ["BadRecord", "JsonCodec", "locate_in_json", "parse_json", "raw_text", "repeated_members"]
