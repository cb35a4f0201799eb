"""The server's side of the contract: `ContactEndpoint` parses a request, `ContactRequest` changes a contact and answers.

An answer takes these steps in order: the dates move into the request's time zone, texts into its language and culture,
`$select` picks the properties, and the codec of the negotiated media type writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any
from urllib.parse import parse_qsl, unquote

import attrs

from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs import CodecRegistry, default_registry, encode
from contactwire.errors import (
    BadRequest,
    ContactWireError,
    HeaderError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    NotModified,
    PreconditionFailed,
    UnsupportedMediaType,
)
from contactwire.http.conditions import Precondition, last_modified
from contactwire.http.documents import Document, merged, replaced
from contactwire.http.fields import Credentials, Headers, format_http_date
from contactwire.localization import LanguagePreference, TimeZonePreference, localize, parse_time_zone, to_answer
from contactwire.negotiation import RESPONSE_TYPES, negotiate
from contactwire.projection import Selection
from contactwire.wire import UNSET

__all__ = ["ContactEndpoint", "ContactRequest", "Response"]

_READING, _WRITING = ("GET", "HEAD"), ("PATCH", "PUT")
ALLOWED = tuple(sorted(_READING + _WRITING))
_ID = re.compile(r"[0-9]{1,10}", re.ASCII)
_VARY = "Accept, Accept-Language, SO-Language, SO-Culture, SO-TimeZone"
_ERROR_TYPES = ("application/json", "text/json", "application/xml", "text/xml")


@attrs.frozen
class Response:
    """An answer: `status`, `headers` as pairs, and `body`. The sender adds Content-Length."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = attrs.field(default=b"", repr=lambda body: f"<{len(body)} bytes>")


@attrs.frozen(kw_only=True)
class ContactEndpoint:
    """The endpoint `/api/v1/Contact/{id}` without I/O: `parse` a request, and turn errors into answers.

    `path` is the path before the id, `type` the carrier class of stored contacts and answers, `registry` the codecs, and
    `base_time_zone` the zone of stored dates: a `tzinfo`, or a name on the CRM's list such as `NO`.
    """

    path: str = "/api/v1/Contact"
    type: Any = ContactEntityWithLinks
    registry: CodecRegistry = default_registry
    base_time_zone: tzinfo | str = "UTC"

    def parse(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> ContactRequest:
        """Parse a request.

        `path` and `query` are percent-encoded, as in the request line; `headers` are pairs or a mapping. Raises a
        `ContactWireError` for a request with a fault; `respond_error` turns that into the answer.
        """
        fields = headers if isinstance(headers, Headers) else Headers(headers)
        contact_id = self._id_of(path)
        if method not in ALLOWED:
            raise MethodNotAllowed(f"{method} is not among {', '.join(ALLOWED)}", allowed=ALLOWED)
        zone = fields.get("SO-TimeZone")
        return ContactRequest(
            endpoint=self,
            method=method,
            id=contact_id,
            selection=self._selection_of(query),
            media_type=negotiate(fields.get("Accept"), self._offered()),
            document=None if method in _READING else self._document_of(method, fields, body),
            precondition=Precondition.from_headers(fields),
            languages=LanguagePreference.from_headers(
                fields.get("Accept-Language"), fields.get("SO-Language"), fields.get("SO-Culture")
            ),
            time_zone=None if zone is None else parse_time_zone(zone),
            credentials=Credentials.from_headers(fields),
        )

    def _offered(self) -> tuple[str, ...]:
        known = self.registry.media_types
        added = [name for name in known if name not in RESPONSE_TYPES and name != "application/x-www-form-urlencoded"]
        return (*(name for name in RESPONSE_TYPES if name in known), *added)

    def _id_of(self, path: str) -> int:
        prefix, _, last = unquote(path).rstrip("/").rpartition("/")
        # Routes match in any letter case, as ASP.NET's do.
        if prefix.lower() != self.path.rstrip("/").lower() or not _ID.fullmatch(last) or int(last) >= 2**31:
            raise NotFound("there is no such resource", "SoNotFoundException")
        return int(last)

    def _selection_of(self, query: str) -> Selection | None:
        try:
            parameters = parse_qsl(query, keep_blank_values=True, errors="strict")
        except ValueError:
            raise BadRequest("the query is no UTF-8") from None
        found = [value for name, value in parameters if name.lower() == "$select"]
        if len(found) > 1:
            raise BadRequest("$select comes twice in the query")
        return Selection.parse(found[0], self.type) if found and found[0].strip() else None

    def _document_of(self, method: str, headers: Headers, body: bytes) -> Document:
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType(f"Content-Encoding: {headers['Content-Encoding']}", ("identity",))
        if not body.strip():
            raise BadRequest("the body holds no entity")
        return Document.decode(body, headers.get("Content-Type", ""), self.type, self.registry, partial=method == "PATCH")

    def respond_error(
        self, error: ContactWireError, headers: Mapping[str, str] | Iterable[tuple[str, str]] = (), *, method: str = "GET"
    ) -> Response:
        """The answer for an error: its status, and a body that says what is wrong, in JSON or XML as `Accept` asks.

        `headers` and `method` are the request's.
        """
        if error.status == NotModified.status:
            return Response(error.status, (("Vary", _VARY),))
        try:
            fields = headers if isinstance(headers, Headers) else Headers(headers)
            media_type = negotiate(fields.get("Accept"), _ERROR_TYPES)
        except (NotAcceptable, HeaderError):
            media_type = _ERROR_TYPES[0]
        body = error.to_body() if media_type.endswith("json") else error.to_xml()
        answer = [("Content-Type", f"{media_type}; charset=utf-8"), ("Vary", _VARY)]
        if isinstance(error, MethodNotAllowed):
            answer.append(("Allow", ", ".join(error.allowed)))
        if isinstance(error, UnsupportedMediaType):
            answer.append(("Accept", ", ".join(error.offered)))
        return Response(error.status, tuple(answer), b"" if method == "HEAD" else body)


@attrs.frozen(kw_only=True)
class ContactRequest:
    """A parsed request.

    `id` is the contact's id, from the path. `selection` is `$select`, or None for everything. `media_type` is the format of
    the answer. `document` is the body of a PUT or PATCH, else None. `precondition`, `languages` (with the culture),
    `time_zone` and `credentials` come from the header fields.
    """

    endpoint: ContactEndpoint = attrs.field(repr=False)
    method: str
    id: int
    selection: Selection | None
    media_type: str
    document: Document | None
    precondition: Precondition
    languages: LanguagePreference
    time_zone: TimeZonePreference | None
    credentials: Credentials

    def apply(self, stored: Any | None) -> Any:
        """The updated contact. `stored` is the contact with the request's id, or None; it is not changed.

        A PUT replaces every property, and one that the body does not name gets its default. Only the server changes who
        created and changed a contact, when, its rights and its links, so these stay. A PATCH changes the properties that it
        names. For a GET the result is `stored`.

        Raises `NotFound` where `stored` is None, `PreconditionFailed`, `PatchConflict`, `ValidationError` for a result that
        is no contact, and `BadRequest` where the body holds another contact's id.
        """
        if stored is None:
            raise NotFound(f"Contact id {self.id} not found", "SoNotFoundException")
        self.check(stored)
        if self.document is None:
            return stored
        change = merged if self.document.is_patch else replaced
        updated = change(self.document, stored, self.time_zone, self.endpoint.base_time_zone)
        if updated.contact_id not in (UNSET, None, 0, self.id):
            raise BadRequest(f"the body holds contact {updated.contact_id}, the path names contact {self.id}")
        updated.contact_id = self.id
        return updated

    def check(self, stored: Any) -> None:
        """Raise `PreconditionFailed` if `stored` changed after `If-Unmodified-Since` (RFC 9110 §13.1.4).

        An HTTP-date has whole seconds, so a host should date two changes of a contact at least one second apart.
        """
        since, changed = self.precondition.if_unmodified_since, last_modified(stored)
        if since is not None and changed is not None and changed > since:
            raise PreconditionFailed(f"contact {self.id} changed at {format_http_date(changed)}")

    def respond(self, saved: Any) -> Response:
        """The answer with a contact, as saved or loaded: 200, or 304 for a GET of one that has not changed."""
        changed = last_modified(saved)
        headers = [("Vary", _VARY)]
        if changed is not None:
            headers.append(("Last-Modified", format_http_date(changed)))
        since = self.precondition.if_modified_since
        if self.method in _READING and since is not None and changed is not None and changed <= since:
            return Response(NotModified.status, tuple(headers))
        answer = localize(to_answer(saved, self.time_zone, self.endpoint.base_time_zone), self.languages)
        body = encode(answer, self.media_type, select=self.selection, registry=self.endpoint.registry)
        headers.append(("Content-Type", f"{self.media_type}; charset=utf-8"))
        return Response(200, tuple(headers), b"" if self.method == "HEAD" else body)
