"""The contract of `PUT`, `PATCH` and `GET /api/v1/Contact/{id}` without I/O, for servers and for clients.

A server parses, loads, applies, saves and responds; loading and saving are its own, sync or async::

    request = endpoint.parse(method, path, query, headers, body)
    updated = request.apply(load(request.id))
    response = request.respond(save(updated))

and turns any `ContactWireError` on the way into an answer with `endpoint.respond_error(error, headers)`. A client builds a
request, sends it with whatever it uses, and parses the answer::

    request = client.put(contact)
    contact = client.parse(status, headers, body)

| answer | when |
| --- | --- |
| 200 | the contact, as stored after the change |
| 304 | GET, and the contact has not changed since `If-Modified-Since` |
| 400 | no entity in the body, a body that is no contact, another contact's id in it, a malformed header or `$select` |
| 404 | no such contact, no such path |
| 405 | another method; `Allow` lists those that there are |
| 406 | nothing that `Accept` asks for |
| 409 | a `test` operation found another value |
| 412 | the contact changed after `If-Unmodified-Since` |
| 413 | a body over the codec's limits |
| 415 | an unknown `Content-Type`, charset or `Content-Encoding` |

Dates in headers are HTTP-dates and count whole seconds (RFC 9110 §5.6.7); those that are none are ignored, as §13.1.4 says.
"""

from __future__ import annotations

from contactwire.http.client import ContactClient, Request
from contactwire.http.conditions import Precondition
from contactwire.http.documents import Document
from contactwire.http.fields import Credentials, Headers, Secret, format_http_date, parse_http_date
from contactwire.http.host import Application, Host, too_large
from contactwire.http.server import ContactEndpoint, ContactRequest, Response

__all__ = [
    "Application",
    "ContactClient",
    "ContactEndpoint",
    "ContactRequest",
    "Credentials",
    "Document",
    "Headers",
    "Host",
    "Precondition",
    "Request",
    "Response",
    "Secret",
    "format_http_date",
    "parse_http_date",
    "too_large",
]
