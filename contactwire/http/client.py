"""The client's side of the contract: `RequestBuilder` turns contacts into requests, and answers into contacts or errors."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, cast
from urllib.parse import quote

import attrs

from contactwire.builtins import Policy, check_path, explain, is_a
from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs import Codec, CodecRegistry, default_registry, encode
from contactwire.codecs.json import JsonCodec
from contactwire.codecs.patches import PATCH_TYPES
from contactwire.errors import ContactWireError, DecodeError, HeaderError, HttpError, ValidationError, shorten
from contactwire.http.dates import format_http_date
from contactwire.http.fields import Credentials, Headers
from contactwire.localization import TimeZonePreference
from contactwire.patch import JsonPatch, MergePatch, diff, diff_part
from contactwire.projection import Selection
from contactwire.wire import UNSET, Carrier, Maybe, blank, is_akin, is_view, keep_tag, key_of, kind_of, mark_view, tag_of

if TYPE_CHECKING:
    # Type checkers know it without the package; at run time nobody asks for the default.
    from typing_extensions import TypeVar

    T = TypeVar("T", bound=Carrier, default=ContactEntityWithLinks)
    R_co = TypeVar("R_co", covariant=True, default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")
    R_co = TypeVar("R_co", covariant=True)

__all__ = ["Request", "RequestBuilder"]

Instant = datetime | None

# An error's words are short; what is longer is a page for people.
_LONGEST_WORDS = 2**16
# Where others say what is wrong: RFC 9457 §3.1, and Web API's errors. So .NET's frameworks refuse what the CRM never sees.
_OTHER_WORDS = ("detail", "title", "Message")
# XML 1.0 §2.3: white space; appendix F.1: a byte order mark.
_BEFORE_XML = b" \t\r\n\xef\xbb\xbf"


class _ServerError(Carrier, name="ServerError"):
    """The body of an answer that reports an error; other members are unknown ones."""

    error_type: Maybe[str] = UNSET
    error_message: Maybe[str] = UNSET
    error_source: Maybe[str] = UNSET


@attrs.frozen
class Request(Generic[R_co]):
    """A request to send: `method`, `target` (path and query, percent-encoded), `headers` as pairs, and `body`.

    `selection` is what the target's `$select` asks for, or None for everything. The repr leaves out the body and the values
    of headers, which may be secret. For type checkers, `Request[X]` is one whose answer `RequestBuilder.parse` reads as X.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = attrs.field(repr=lambda headers: f"<{', '.join(name for name, _ in headers)}>")
    body: bytes = attrs.field(default=b"", repr=lambda body: f"<{len(body)} bytes>")
    selection: Selection | None = None


@attrs.frozen(kw_only=True)
class RequestBuilder(Generic[T]):
    """Builds requests to `/api/v1/Contact/{id}` and reads the answers, without I/O; `contactwire.client` adds that.

    `path` is the path before the id; if it begins with a scheme and a host, each `Request.target` does. `media_type` is the
    format of the contacts that are sent, `accept` the `Accept` field. `language`, `culture` and `time_zone` are the fields
    `SO-Language`, `SO-Culture` and `SO-TimeZone`, `user_agent` is `User-Agent`, and `credentials` say who asks. `registry`
    has the codecs, `type` is the carrier class of answers, and `id` the attribute with its primary key, by default as for
    `ContactEndpoint`.

    Raises `HeaderError` for a value that its header field cannot hold, such as one with a line break, ValueError for a
    `path` with a query, and TypeError for a `type` that is no carrier class or has no integer property `id`, and for
    `credentials` and a `registry` that are none. Each method raises `SelectionError` for a `select` with faults, and
    TypeError for a selection from another class than `type`, and for what is no contact.
    """

    path: str = "/api/v1/Contact"
    media_type: str = "application/json"
    accept: str = "application/json"
    language: str | None = None
    culture: str | None = None
    time_zone: TimeZonePreference | str | None = None
    user_agent: str | None = None
    credentials: Credentials = attrs.field(factory=Credentials, validator=is_a(Credentials))
    registry: CodecRegistry = attrs.field(default=default_registry, validator=is_a(CodecRegistry))
    type: builtins.type[T] = ContactEntityWithLinks  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
    id: str = ""

    def __attrs_post_init__(self) -> None:
        check_path(self.path, starts=("",))  # such as that of a server
        object.__setattr__(self, "id", key_of(self.type, self.id)[0].attribute)
        for name, value in Headers(self._preferences()).items():
            if not value.isascii():
                raise HeaderError(name, "holds a character that is not ASCII", value)

    def get(self, id: Carrier | int, *, select: Selection | str | None = None, modified_since: Instant = None) -> Request[T]:
        """A GET of the contact with that id, or with the id of a contact, of the properties in `select`, or of all.

        With `modified_since` (a naive datetime is UTC) the answer may be 304, for which `parse` raises `NotModified`.
        """
        condition = [("If-Modified-Since", format_http_date(modified_since))] if modified_since is not None else []
        return self._request("GET", self.id_of(id), select, condition)

    def default(self, *, select: Selection | str | None = None) -> Request[T]:
        """A GET of a contact with the server's defaults, to fill in and `create`."""
        return self._request("GET", "default", select)

    def put(
        self,
        contact: Carrier,
        *,
        select: Selection | str | None = None,
        unconditional: bool = False,
        unchanged: Carrier | None = None,
    ) -> Request[T]:
        """A PUT of a contact, which must have its `contact_id`.

        Unless `unconditional`, the PUT demands that nobody else has changed the contact: by `If-Match`, if it came with an
        entity tag, else by its `updated_date` in `If-Unmodified-Since`, if it has one. The tag and the date are those of
        `unchanged`, the contact as it was read, where that is given. `select` says which properties the answer holds, not
        which are saved.

        Raises ValueError for a contact without an id, and for one that came in an answer to a `$select`: a PUT would clear
        what was not selected. Raises `EncodeError` for a contact that cannot be written.
        """
        if is_view(_checked(contact)):
            raise ValueError("the contact holds only what was selected, and a PUT would clear all else: use patch")
        condition = [] if unconditional else _unchanged(contact if unchanged is None else unchanged)
        return self._request("PUT", self.id_of(contact), select, condition, contact, self.media_type)

    def create(self, contact: Carrier, *, select: Selection | str | None = None) -> Request[T]:
        """A POST of a new contact; the answer has its `contact_id`. Raises `EncodeError` for one that cannot be written.

        The server refuses a contact that has an id. To copy one, send `evolve(contact, contact_id=UNSET)`.
        """
        return self._request("POST", "", select, [], _checked(contact), self.media_type)

    def delete(self, contact: Carrier | int, *, unconditional: bool = False) -> Request[None]:
        """A DELETE of a contact, or of the contact with that id; `parse` gives None for its answer.

        Of a contact, it is conditional as a PUT is, unless `unconditional`. Raises ValueError for a contact without an id.
        """
        id = self.id_of(contact)
        condition = [] if unconditional or isinstance(contact, int) else _unchanged(contact)
        return cast("Request[None]", self._request("DELETE", id, None, condition))

    def patch(
        self,
        before: Carrier | int,
        change: Carrier | JsonPatch | MergePatch,
        *,
        select: Selection | str | None = None,
        unconditional: bool = False,
        unchanged: Carrier | None = None,
    ) -> Request[T]:
        """A PATCH of the contact `before`.

        `change` is a patch, or the contact as it should be; then `difference` is sent. `before` may be an id if `change` is
        a patch. Unless `unconditional`, the PATCH of a contact is conditional as a PUT is, and that of an id if `unchanged`
        is given.

        Raises TypeError for a `change` that is neither, or is a contact beside an id, `EncodeError` for a change that cannot
        be written, and ValueError for a contact without an id, and for a `change` that holds only what was selected of a
        whole contact.
        """
        id, contact = self.id_of(before), None if isinstance(before, int) else before
        if not isinstance(change, (JsonPatch, MergePatch)):
            if not isinstance(change, Carrier):
                raise TypeError(f"a change is a patch or a contact, not of class {builtins.type(change).__name__}")
            if contact is None:
                raise TypeError("the difference of two contacts needs both of them")
            change = self.difference(contact, change)
        read = contact if unchanged is None else unchanged
        condition = [] if unconditional or read is None else _unchanged(read)
        return self._request("PATCH", id, select, condition, change, PATCH_TYPES[builtins.type(change)])

    def difference(self, before: Carrier, after: Carrier) -> JsonPatch:
        """The JSON Patch that turns one contact into another on the server; it is empty if nothing has changed.

        Where `before` holds only what was selected, all else stays as it is on the server. Raises `EncodeError` for a change
        that cannot be written, such as another order of items of which only a part was selected, and ValueError for an
        `after` that holds only what was selected of a whole contact.
        """
        is_part = is_view(_checked(before))
        if is_view(_checked(after)) and not is_part:
            raise ValueError("the changed contact holds only what was selected: a patch would remove all else")
        return diff_part(before, after) if is_part else diff(before, after, dialect="server")

    def _preferences(self) -> list[tuple[str, str]]:
        chosen = [
            ("Accept", self.accept),
            ("SO-Language", self.language),
            ("SO-Culture", self.culture),
            ("SO-TimeZone", None if self.time_zone is None else str(self.time_zone)),
            ("User-Agent", self.user_agent),
        ]
        return [(name, value) for name, value in chosen if value is not None]

    def _request(
        self,
        method: str,
        id: int | str,
        select: Selection | str | None = None,
        condition: Iterable[tuple[str, str]] = (),
        document: Any = None,
        media_type: str = "",
    ) -> Request[T]:
        headers = [*self._preferences(), *condition, *self.credentials.to_headers()]
        body = b""
        if document is not None:
            body = encode(document, media_type, registry=self.registry)
            headers.append(("Content-Type", media_type))
        target = f"{self.path.rstrip('/')}/{id}{_query(select)}"
        return Request(method, target, tuple(headers), body, self._selection(select))

    def _selection(self, select: Selection | str | None) -> Selection | None:
        if select is None:
            return None
        found = select if isinstance(select, Selection) else Selection.parse(select, self.type, indexes=False)
        if found.tree is None:
            return None
        if not is_akin(self.type, found.carrier):
            raise TypeError(f"a selection from {found.carrier.__name__} does not apply to {self.type.__name__}")
        return found

    def parse(
        self,
        request: Request[R_co],
        status: int,
        headers: Mapping[str, str] | Iterable[tuple[str, str]],
        body: bytes,
        *,
        base: Carrier | None = None,
    ) -> R_co:
        """The contact in the answer to `request`, or None for that to a DELETE.

        The contact remembers the answer's entity tag. If the request has a `$select`, the contact remembers that it is
        partial; what was not selected is UNSET, whatever the server sent for it. If the answer is a patch, it is applied to
        `base`, or to a contact without any property.

        For any status that is no success it raises the `HttpError` for that status (`NotModified`, `NotFound`,
        `PreconditionFailed`, …) with the server's message and the answer's headers; the message may come in problem details
        (RFC 9457). It raises `DecodeError` or `ValidationError` for a body that is no contact, and where there is none
        though one is due, `UnsupportedMediaType` for an unknown format.
        """
        fields = headers if isinstance(headers, Headers) else Headers(headers)
        if not 200 <= status < 300:
            raise _error_of(request, status, fields, body)
        return cast("R_co", None if request.method == "DELETE" else self._contact(request, fields, body, base))

    def _contact(self, request: Request[Any], fields: Headers, body: bytes, base: Carrier | None) -> Any:
        if not body:
            raise DecodeError("the answer has no content", expected="a contact")
        contact = self._decoded(self.registry.find(fields.get("Content-Type", "")), body, request.selection is not None)
        if isinstance(contact, (JsonPatch, MergePatch)):
            contact = contact.apply(blank(self.type) if base is None else base)
        if request.selection is not None:
            contact = request.selection.apply(contact, unselected="omit")
            mark_view(contact)
        keep_tag(contact, fields.get("ETag", ""))
        return contact

    def _decoded(self, codec: Codec, body: bytes, is_partial: bool) -> Any:
        try:
            return codec.decode(body, self.type)
        except ValidationError:
            # A server writes null for what was not selected, also where the class demands a value.
            if not is_partial or not hasattr(codec, "read"):
                raise
            return explain(codec.read(body, self.type), kind_of(self.type), Policy(view=True))

    def id_of(self, contact: Carrier | int) -> int:
        """The id of a contact, or that id itself.

        Raises ValueError for a contact without one, and for an integer below 1; TypeError for what is neither.
        """
        if isinstance(contact, int) and not isinstance(contact, bool):
            if contact <= 0:
                raise ValueError(f"an id is 1 or more, not {shorten(contact)}")
            return contact
        found = getattr(_checked(contact, "a contact or its id"), self.id, None)
        if not isinstance(found, int) or found <= 0:
            raise ValueError(f"the contact has no {self.id}, which the path of the request needs")
        return found


def _checked(contact: Any, needed: str = "a contact") -> Carrier:
    if not isinstance(contact, Carrier):
        raise TypeError(f"{needed} is needed, not a value of class {type(contact).__name__}")
    return contact


def _unchanged(contact: Carrier) -> list[tuple[str, str]]:
    """The precondition that nobody has changed a contact since it was read (RFC 9110 §13.1.1, §13.1.4)."""
    # A weak tag never matches (§13.1.1).
    if (tag := tag_of(_checked(contact))) and not tag.startswith("W/"):
        return [("If-Match", tag)]
    moment = getattr(contact, "updated_date", None)
    # Another entity may have a text or a plain date of that name.
    if not isinstance(moment, datetime) or moment.year == 1:
        return []
    return [("If-Unmodified-Since", format_http_date(moment))]


def _query(select: Selection | str | None) -> str:
    return f"?$select={quote(str(select), safe=',/:')}" if select is not None and str(select) else ""


def _error_of(request: Request[Any], status: int, headers: Headers, body: bytes) -> HttpError:
    said = _words(body)
    message, error_type, source = _message(said), said.error_type, said.error_source
    fallback = f"the server answered {status} to {request.method} {request.target.partition('?')[0]}"
    if 300 <= status < 400 and "Location" in headers:
        fallback += f", which leads to {shorten(headers['Location'], 200)}: no redirect is followed"
    error = HttpError.of_status(status, message or fallback, error_type or "", source or "", headers=headers)
    error.error_type = error_type or builtins.type(error).__name__
    error.headers = Headers({name: value for name, value in headers.items() if name.lower() != "set-cookie"})
    return error


def _message(said: _ServerError) -> str:
    """The message of an error in the CRM's words, else in those of what stands in front of it; "" without any."""
    texts = [said.error_message, *(said.extras.get(name) for name in _OTHER_WORDS)]
    return next((text for text in texts if isinstance(text, str) and text), "")


def _words(body: bytes) -> _ServerError:
    """What the body of an error says; a body that is none, such as an HTML page, says nothing."""
    try:
        codec: Codec = JsonCodec(max_bytes=_LONGEST_WORDS)
        if body.lstrip(_BEFORE_XML)[:1] == b"<":
            from contactwire.codecs.xml import XmlCodec

            codec = XmlCodec(max_bytes=_LONGEST_WORDS)
        said: _ServerError = codec.decode(body, _ServerError)
        return said
    except ContactWireError:
        return _ServerError()
