"""The server's side of the contract: `ContactEndpoint` parses a request, `ContactRequest` changes a contact and answers.

An answer takes these steps in order: the dates move into the request's time zone, texts into its language and culture,
`$select` picks the properties, and the codec of the negotiated media type writes them.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from datetime import tzinfo
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

import attrs

from contactwire.builtins import MAX_DEPTH, check_path, is_a
from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs import Codec, CodecRegistry, default_registry, encode, options_of
from contactwire.codecs.patches import PATCH_TYPES
from contactwire.errors import (
    BadRequest,
    Conflict,
    ContactWireError,
    EncodeError,
    HeaderError,
    MethodNotAllowed,
    NotFound,
    NotModified,
    UnsupportedMediaType,
    shorten,
)
from contactwire.http.answers import STALE_AT_ONCE, VARY, Response, error_response
from contactwire.http.conditions import Precondition, entity_tag, sent_last_modified
from contactwire.http.dates import format_http_date
from contactwire.http.documents import Document, created, merged, replaced
from contactwire.http.fields import Credentials, Headers
from contactwire.http.target import METHODS, Methods, Resource, selection_of, split_target
from contactwire.localization import (
    LanguagePreference,
    TimeZonePreference,
    change_in_language,
    check_base,
    localize,
    parse_time_zone,
    to_answer,
)
from contactwire.negotiation import RESPONSE_TYPES, negotiate
from contactwire.projection import Selection
from contactwire.wire import UNSET, Carrier, entity_name, key_of

__all__ = ["ContactEndpoint", "ContactRequest"]

_READING = ("GET", "HEAD")
_JSON = "application/json"
_WITH_DOCUMENT = ("PATCH", "POST", "PUT")


def _decoded(path: str) -> str:
    check_path(path, ends="")
    return unquote(path)


@attrs.frozen(kw_only=True)
class ContactEndpoint:
    """The endpoint `/api/v1/Contact/{id}` without I/O: `parse` a request, and turn errors into answers.

    `path` is the path before the id, percent-encoded or not, `type` the carrier class of stored contacts and answers,
    `registry` the codecs, and `base_time_zone` the zone of stored dates: a `tzinfo`, or a name on the CRM's list such as
    `NO`. `id` is the attribute with the primary key, by default that of the property `Id`, or of the class's name with `Id`.
    `name` is what error messages call an entity, by default the class's name without `Entity`.

    Raises TypeError for a `type` that is no carrier class, or that has no integer property `id`, for a `registry` that is
    none, and for a zone that is neither; ValueError for a zone that is not on the list, and a `path` without a slash first.

    A PATCH may say `"3"` for 3, as to the CRM. With `registry=default_registry.copy(coerce=True)`, PUT and POST may, too.
    With `copy(unknown="error")` an unknown member is a fault in every format, and so in every patch.
    """

    path: str = attrs.field(default="/api/v1/Contact", converter=_decoded)
    type: builtins.type[Carrier] = ContactEntityWithLinks
    id: str = ""
    name: str = ""
    registry: CodecRegistry = attrs.field(default=default_registry, validator=is_a(CodecRegistry))
    base_time_zone: tzinfo | str = "UTC"

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "id", key_of(self.type, self.id)[0].attribute)
        object.__setattr__(self, "name", self.name or entity_name(self.type))
        check_base(self.base_time_zone)

    def parse(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> ContactRequest:
        """Parse a request with its body: `parse_head`, then `ContactRequest.with_body` where the method has a document."""
        request = self.parse_head(method, path, query, headers)
        return request.with_body(body) if request.takes_body else request

    def parse_head(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        *,
        mount: str = "",
        methods: Methods = METHODS,
    ) -> ContactRequest:
        """Parse a request without its body, so that a server may refuse it before it reads the body.

        `path` and `query` are percent-encoded, as in the request line; `headers` are pairs or a mapping. `mount` is what the
        client's path has in front of `path`, and `methods` the methods that each resource supports. Raises a
        `ContactWireError` for a request with a fault; `respond_error` turns that into the answer.
        """
        fields = headers if isinstance(headers, Headers) else Headers(headers)
        _, kind = key_of(self.type, self.id)
        assert kind.maximum is not None
        target = split_target(path, self.path, kind.maximum)
        if method not in (allowed := methods[target.resource]):
            taken = " or ".join(allowed) or "no method"
            raise MethodNotAllowed(f"the resource takes {taken}, not {shorten(method)}", allowed=allowed)
        # RFC 9110 §14.5: such a body is a part, which must not replace the whole.
        if method == "PUT" and "Content-Range" in fields:
            raise HeaderError("Content-Range", "belongs to a part of a document, and a PUT replaces all of it")
        return ContactRequest(
            endpoint=self,
            method=method,
            resource=target.resource,
            id=target.id,
            mount=mount,
            selection=selection_of(query, self.type),
            media_type=negotiate(fields.get("Accept"), self._offered()),
            content_type=fields.content_type() if method in _WITH_DOCUMENT else "",
            precondition=Precondition.from_headers(fields),
            languages=LanguagePreference.from_headers(
                fields.get("Accept-Language"), fields.get("SO-Language"), fields.get("SO-Culture")
            ),
            time_zone=parse_time_zone(fields.get("SO-TimeZone", "")),
            credentials=Credentials.from_headers(fields),
        )

    def _offered(self) -> tuple[str, ...]:
        known = self.registry.media_types
        added = [name for name in known if name not in RESPONSE_TYPES and name != "application/x-www-form-urlencoded"]
        return (*(name for name in RESPONSE_TYPES if name in known), *added)

    def respond_error(
        self, error: ContactWireError, headers: Mapping[str, str] | Iterable[tuple[str, str]] = (), *, method: str = "GET"
    ) -> Response:
        """The answer for an error: its status, and a body that says what is wrong, in JSON or XML as `Accept` asks.

        `headers` and `method` are the request's.
        """
        return error_response(error, headers, method)


@attrs.frozen(kw_only=True)
class ContactRequest:
    """A parsed request.

    `resource` says what the path names: one "entity", whose number is `id`, all "entities", or the "default". `mount` is
    what the client's path has in front of the endpoint's. `selection` is `$select`, or None for everything. `media_type` is
    the format of the answer. `content_type` is that of the body, and `document` what the body of a PUT, PATCH or POST holds,
    once `with_body` has read it. `precondition`, `languages` (with the culture), `time_zone` and `credentials` come from the
    header fields. `user` is what a host's `authorize` returned.
    """

    endpoint: ContactEndpoint = attrs.field(repr=False)
    method: str
    resource: Resource
    id: int | None
    mount: str
    selection: Selection | None
    media_type: str
    content_type: str
    precondition: Precondition
    languages: LanguagePreference
    time_zone: TimeZonePreference | None
    credentials: Credentials
    document: Document | None = None
    user: Any = None

    @property
    def takes_body(self) -> bool:
        """Whether the request must have a document as its body."""
        return self.method in _WITH_DOCUMENT

    def with_body(self, body: bytes) -> ContactRequest:
        """The request with the document in its body.

        Raises `BadRequest` for an empty body, what the codec raises, and `UnsupportedMediaType` for a POST of a patch.
        """
        if not body.strip():
            raise BadRequest("the body holds no entity")
        endpoint = self.endpoint
        partial = self.method == "PATCH"
        try:
            document = Document.decode(body, self.content_type, endpoint.type, endpoint.registry, partial=partial)
        except UnsupportedMediaType as error:
            raise UnsupportedMediaType(error.media_type, self._taken) from None
        if self.method == "POST" and document.is_patch:
            raise UnsupportedMediaType(self.content_type, self._taken)
        return attrs.evolve(self, document=document)

    @property
    def _taken(self) -> tuple[str, ...]:
        """The media types that the document may have: any that has a codec, but for a POST those of patches."""
        refused = PATCH_TYPES.values() if self.method == "POST" else ()
        return tuple(name for name in self.endpoint.registry.media_types if name not in refused)

    def apply(self, stored: Any | None) -> Any:
        """The updated contact. `stored` is the contact with the request's id, or None; it is not changed.

        A PUT replaces every property. One that the body does not name gets the default of its class. If that is UNSET, it
        gets .NET's, as in the CRM's server: 0, false, the first date or member of an enumeration, else null; where its class
        refuses that, it stays absent. A property of yours that shall be null then has None as its default. A PATCH changes
        the properties that it names, and so does a PUT whose body is a patch. All see the contact in the request's languages
        and time zone. They leave other languages of a text alone, and a date that is as it was shown. None changes what only
        the server sets: who created and changed a contact, when, its rights and its links. For a GET, HEAD or DELETE the
        result is `stored`.

        For a POST, `stored` is None, or the new contact that a GET of the default shows. Its texts and dates are stored as
        they are there where the body has them as they were shown. The result is the contact to store, without an id.

        Raises `NotFound` where `stored` is None, `PreconditionFailed`, `PatchConflict`, `ValidationError` for a result that
        is no contact, and `Conflict` where the body holds another contact's id.
        """
        if self.resource == "entities":
            languages = None if stored is None else self.languages
            return self._with_id(self._changed(created, stored, languages), 0)
        self.check(stored)
        if self.document is None:
            return stored
        return self._with_id(self._changed(merged if self.document.is_patch else replaced, stored, self.languages), self.id)

    def _changed(self, change: Callable[..., Any], stored: Any, languages: LanguagePreference | None) -> Any:
        apply = partial(change, self.document, zone=self.time_zone, base=self.endpoint.base_time_zone)
        return change_in_language(stored, apply, languages)

    def _with_id(self, contact: Any, number: int | None) -> Any:
        found = getattr(contact, self.endpoint.id)
        if found not in (UNSET, None, 0, number):
            named = f"names {self._noun} {number}" if number else "names none"
            raise Conflict(f"the body holds {self._noun} {found}, the path {named}")
        # A validator of the class's own may refuse the 0 of a new entity, whose key then stays absent or null.
        with nullcontext() if number else suppress(Exception):
            setattr(contact, self.endpoint.id, number)
        return contact

    @property
    def _noun(self) -> str:
        return self.endpoint.name.lower()

    def check(self, stored: Any | None) -> None:
        """Raise `NotFound` where nothing is stored, and `PreconditionFailed` where the preconditions do not hold.

        The preconditions are `If-Match` and `If-None-Match`, or else dates (RFC 9110 §13.1). An HTTP-date has whole seconds,
        so only tags tell two changes within one second apart.
        """
        if stored is None:
            raise NotFound(f"{self.endpoint.name} id {self.id} not found")
        self.precondition.check(stored, f"{self._noun} {self.id}", reading=self.method in _READING)

    def respond(self, saved: Any = None) -> Response:
        """The answer with a contact, as saved or loaded.

        It is 200, or 304 for a GET where the client has the answer already, 201 for a POST, and 204 for a DELETE, which
        needs no contact.
        """
        if self.method == "DELETE":
            return Response.to(self.method, 204, ())
        only = None if self.selection is None else self.selection.attributes
        answer = to_answer(saved, self.time_zone, self.endpoint.base_time_zone, only)
        answer = localize(answer, self.languages, only=only)
        media_type, body = self._written(answer)
        headers = [("Vary", VARY), *self._place(saved)]
        if self.method in _READING:
            headers.append(("Cache-Control", STALE_AT_ONCE))
        if self.resource != "default":
            tag, changed = entity_tag(saved, media_type, body), sent_last_modified(saved)
            headers.append(("ETag", str(tag)))
            if changed is not None:
                headers.append(("Last-Modified", format_http_date(changed)))
            if self.method in _READING and self.precondition.is_fresh(tag, changed):
                return Response.to(self.method, NotModified.status, headers)
        headers.append(("Content-Type", f"{media_type}; charset=utf-8"))
        return Response.to(self.method, 201 if self.method == "POST" else 200, headers, body)

    def _written(self, answer: Any) -> tuple[str, bytes]:
        """The media type and the bytes of an answer; JSON, where the asked format cannot hold it, as XML U+0001 in a text.

        The contact may be stored by now, so that an error would not be true. RFC 9110 §12.5.1 allows to "disregard the
        `Accept` header field".
        """
        try:
            return self.media_type, encode(answer, self._writer(self.media_type), select=self.selection)
        except EncodeError:
            if self.media_type == _JSON or _JSON not in self.endpoint.registry.media_types:
                raise
            return _JSON, encode(answer, self._writer(_JSON), select=self.selection)

    def _writer(self, media_type: str) -> Codec:
        """The codec that writes an answer; a `max_depth` below the default limits what may come, not what is stored."""
        codec: Any = self.endpoint.registry.find(media_type)
        is_low = getattr(codec, "max_depth", MAX_DEPTH) < MAX_DEPTH and "max_depth" in options_of(type(codec))
        writer: Codec = attrs.evolve(codec, max_depth=MAX_DEPTH) if is_low else codec
        return writer

    def _place(self, saved: Any) -> list[tuple[str, str]]:
        """Where the contact of an answer to a change is.

        Content-Location says that the answer is the changed contact itself, and so what the entity tag stands for (RFC 9110
        §8.7, §9.3.4).
        """
        if self.method in _READING:
            return []
        number = getattr(saved, self.endpoint.id) if self.id is None else self.id
        path = f"{self.mount}{quote(self.endpoint.path.rstrip('/'))}/{number}"
        if self.method == "POST":
            return [("Location", path)]
        # With a selection the answer is less than the contact.
        return [("Content-Location", path)] if self.selection is None else []
