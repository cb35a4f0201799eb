"""What the codecs of several formats use.

In the order in which a codec uses them: `bodies` checks the type and size of a body, and builds errors with line and column.
`text_values` turns the text of a scalar into builtins and back, for XML and forms. `feeding` reads streams, sync and async,
and `records` decodes and encodes them record by record, for JSON and XML. `selected` applies a selection to what a codec is
to write. `generated` compiles generated source, for writing XML.
"""

from contactwire.codecs.shared.bodies import (
    END_OF_TEXT,
    MAX_BYTES,
    Body,
    error_at,
    place_behind,
    places_in,
    to_bytes,
    too_many_objects,
    without_mark,
)
from contactwire.codecs.shared.charsets import encoding_named
from contactwire.codecs.shared.feeding import MORE, Asking, AsyncStream, More, Stream, afeed_from, feed_from
from contactwire.codecs.shared.generated import made_of
from contactwire.codecs.shared.records import (
    BadRecord,
    OnError,
    Record,
    aencode_each,
    decode_records,
    encode_each,
    found_records,
)
from contactwire.codecs.shared.selected import selected
from contactwire.codecs.shared.text_values import loose_text, takes_empty_text, text_converter, text_writer, with_blanks

__all__ = [
    "END_OF_TEXT",
    "MAX_BYTES",
    "MORE",
    "Asking",
    "AsyncStream",
    "BadRecord",
    "Body",
    "More",
    "OnError",
    "Record",
    "Stream",
    "aencode_each",
    "afeed_from",
    "decode_records",
    "encode_each",
    "encoding_named",
    "error_at",
    "feed_from",
    "found_records",
    "loose_text",
    "made_of",
    "place_behind",
    "places_in",
    "selected",
    "takes_empty_text",
    "text_converter",
    "text_writer",
    "to_bytes",
    "too_many_objects",
    "with_blanks",
    "without_mark",
]
