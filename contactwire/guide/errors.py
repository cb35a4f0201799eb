"""Errors: which ones there are, by the HTTP status that answers them.

`ContactWireError.status` is the status (RFC 9110 §15). The documentation of `contactwire.errors` draws the tree of classes,
and says what each one means.

| status | errors |
| --- | --- |
| 304 | `NotModified` |
| 400 | `DecodeError`, `ValidationError`, `PathError`, `SelectionError`, `BadRequest`, `HeaderError` |
| 401 | `Unauthorized` |
| 403 | `Forbidden` |
| 404 | `NotFound` |
| 405 | `MethodNotAllowed` |
| 406 | `NotAcceptable` |
| 409 | `Conflict`, `MissingPlace`, `PatchConflict`, `UpdateConflict` |
| 412 | `PreconditionFailed` |
| 413 | `ContentTooLarge` |
| 415 | `UnsupportedMediaType`, `UnsupportedContentCoding`, `MediaTypeRefused` |
| 429 | `TooManyRequests` |
| 500 | `EncodeError` |
| 502 | `NoAnswer`, `BadAnswer` |
| 503 | `ServiceUnavailable` |
| 504 | `TimedOut` |

`UpdateConflict`, `NoAnswer`, `TimedOut` and `BadAnswer` are what `contactwire.client` raises; the status is for a server
that asks another one. An `HttpError` with a status that is not in the table has that status. `EncodeError` is the fault of
the caller, all others are the sender's, or the answer's. `to_body()` and `to_xml()` are the error as the server words it.

A `ValidationError` lists every fault of a document. The validators of your own classes get a whole carrier, so they are
asked once all of its properties are right: their faults do not come together with others of the same carrier.
"""
