"""What the codecs of several formats use.

In the order in which a codec uses them: `bodies` checks the type and size of a body, and builds errors with line and column.
`charsets` finds the encoding that a name means. `feeding` reads streams, sync and async, and `records` decodes and encodes
them record by record, for JSON and XML. `documents` applies a selection to what a codec is to write.
"""

from contactwire.codecs.shared.bodies import (
    END_OF_TEXT,
    MAX_BYTES,
    Body,
    error_at,
    place_behind,
    places_in,
    text_to_bytes,
    to_bytes,
    too_many_objects,
    without_mark,
)
from contactwire.codecs.shared.charsets import encoding_named
from contactwire.codecs.shared.documents import T, selected
from contactwire.codecs.shared.feeding import MORE, Asking, AsyncStream, More, Stream, afeed_from, feed_from
from contactwire.codecs.shared.records import (
    BadRecord,
    Frame,
    Joiner,
    OnError,
    Record,
    aencode_each,
    decode_records,
    encode_each,
    found_records,
)

__all__ = [
    "END_OF_TEXT",
    "MAX_BYTES",
    "MORE",
    "Asking",
    "AsyncStream",
    "BadRecord",
    "Body",
    "Frame",
    "Joiner",
    "More",
    "OnError",
    "Record",
    "Stream",
    "T",
    "aencode_each",
    "afeed_from",
    "decode_records",
    "encode_each",
    "encoding_named",
    "error_at",
    "feed_from",
    "found_records",
    "place_behind",
    "places_in",
    "selected",
    "text_to_bytes",
    "to_bytes",
    "too_many_objects",
    "without_mark",
]
