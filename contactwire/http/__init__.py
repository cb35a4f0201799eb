"""The contract of `/api/v1/Contact/{id}` without I/O, for servers and for clients.

On the server's side, `ContactEndpoint.parse` (`server`) reads the request target (`target`), the header fields (`fields`),
the preconditions (`conditions`, with `dates`) and the body (`documents`) into a `ContactRequest`. That applies the body to
the stored contact, but for what is the server's (`owned`), and builds the answer (`answers`). `host` connects it with a
host's functions, which the adapters (`asgi`, `wsgi`) call each in its way (`calls`). On the client's side, `client` builds
requests and reads answers.

A server parses, loads, applies, saves and responds. Loading and saving are the server's own functions, sync or async::

    request = endpoint.parse(method, path, query, headers, body)
    updated = request.apply(load(request.id))
    response = request.respond(save(updated))

`endpoint.respond_error(error, headers)` turns any `ContactWireError` of these steps into an answer. A client builds a
request, sends it with an HTTP library of its choice, and parses the answer; `contactwire.client` does this with httpx2::

    request = builder.put(contact)
    contact = builder.parse(request, status, headers, body)

| answer | when |
| --- | --- |
| 200 | the contact, as stored after the change; in JSON where the asked format cannot hold it, as XML a control character |
| 201 | POST: the contact, as stored under its new id; `Location` says where |
| 204 | DELETE: the contact is no more |
| 304 | GET, and the client has the answer, by `If-None-Match`, or else by `If-Modified-Since` |
| 400 | no entity in the body, a body that is cut short or no contact, a malformed header or `$select` |
| 401 | the host's `authorize` wants credentials; `WWW-Authenticate` lists the schemes |
| 403 | the host's `authorize` refuses who asks |
| 404 | no such contact, no such path |
| 405 | another method; `Allow` lists those that there are |
| 406 | nothing that `Accept` asks for |
| 409 | a `test` operation found another value, a patch names an item or key that is not there, or the body another's id |
| 412 | the contact is not as `If-Match`, `If-None-Match` or `If-Unmodified-Since` demands |
| 413 | a body over the codec's limits |
| 415 | an unknown `Content-Type`, charset or `Content-Encoding`; `Accept` or `Accept-Encoding` lists those that are read |
| 500 | a host's function failed; its log says how |
| 503 | a host's function raised an OSError, such as a full disk or a lost connection |

Each answer with a contact has a strong entity tag, which tells two changes within one second apart (see `conditions`). Dates
in headers are HTTP-dates and count whole seconds (RFC 9110 §5.6.7). A contact's date that is beyond the year 9999 in UTC
(`9999-12-31T23:59:59-05:00`) counts as the last second of that year. `Last-Modified` is left out while its second lasts. A
precondition whose value is no HTTP-date is ignored, as §13.1.3 and §13.1.4 demand; one that is no list of tags is a 400.
"""

from __future__ import annotations

from contactwire.http.answers import Response
from contactwire.http.calls import Calls, HostFunction, at_once
from contactwire.http.client import Request, RequestBuilder
from contactwire.http.conditions import EntityTag, EntityTags, Precondition
from contactwire.http.dates import format_http_date, parse_http_date
from contactwire.http.documents import Document, default_of
from contactwire.http.fields import Credentials, Headers, Secret
from contactwire.http.host import Application, Host, length_required, read_body, too_large
from contactwire.http.server import ContactEndpoint, ContactRequest

__all__ = [
    "Application",
    "Calls",
    "ContactEndpoint",
    "ContactRequest",
    "Credentials",
    "Document",
    "EntityTag",
    "EntityTags",
    "Headers",
    "Host",
    "HostFunction",
    "Precondition",
    "Request",
    "RequestBuilder",
    "Response",
    "Secret",
    "at_once",
    "default_of",
    "format_http_date",
    "length_required",
    "parse_http_date",
    "read_body",
    "too_large",
]
