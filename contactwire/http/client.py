"""The client's side of the contract: `ContactClient` turns contacts into requests, and answers into contacts or errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import attrs

from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.codecs import CodecRegistry, default_registry, encode
from contactwire.errors import ContactWireError, HttpError
from contactwire.http.dates import format_http_date
from contactwire.http.fields import Credentials, Headers
from contactwire.localization import TimeZonePreference
from contactwire.patch import JsonPatch, MergePatch, diff
from contactwire.projection import Selection
from contactwire.wire import UNSET, is_view, keep_tag, mark_view, tag_of

__all__ = ["ContactClient", "Request"]

Instant = datetime | None

_PATCH_TYPES = {JsonPatch: "application/json-patch+json", MergePatch: "application/merge-patch+json"}
_MEMBER = re.compile(r"<(Error|ErrorType|ErrorMessage|ErrorSource)>([^<]*)</\1>")


@attrs.frozen
class Request:
    """A request to send: `method`, `target` (path and query, percent-encoded), `headers` as pairs, and `body`.

    `selection` is what the target's `$select` asks for, or None for everything. The repr leaves out the body and the values
    of headers, which may be secret.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = attrs.field(repr=lambda headers: f"<{', '.join(name for name, _ in headers)}>")
    body: bytes = attrs.field(default=b"", repr=lambda body: f"<{len(body)} bytes>")
    selection: Selection | None = None


@attrs.frozen(kw_only=True)
class ContactClient:
    """Builds requests to `/api/v1/Contact/{id}` and reads the answers, without I/O.

    `path` is the path before the id; if it begins with a scheme and a host, each `Request.target` does. `media_type` is the
    format of the contacts that are sent, `accept` the `Accept` field. `language`, `culture` and `time_zone` are the fields
    `SO-Language`, `SO-Culture` and `SO-TimeZone`. `registry` has the codecs, `type` is the carrier class of answers, and
    `id` the attribute with its primary key.
    """

    path: str = "/api/v1/Contact"
    media_type: str = "application/json"
    accept: str = "application/json"
    language: str | None = None
    culture: str | None = None
    time_zone: TimeZonePreference | str | None = None
    credentials: Credentials = attrs.field(factory=Credentials)
    registry: CodecRegistry = default_registry
    type: Any = ContactEntityWithLinks
    id: str = "contact_id"

    def get(self, id: int, *, select: Selection | str | None = None, modified_since: Instant = None) -> Request:
        """A GET of the contact with that id, of the properties in `select`, or of all.

        With `modified_since` (a naive datetime is UTC) the answer may be 304, for which `parse` raises `NotModified`.
        """
        condition = [("If-Modified-Since", format_http_date(modified_since))] if modified_since else []
        return self._request("GET", id, select, condition)

    def default(self, *, select: Selection | str | None = None) -> Request:
        """A GET of a contact with the server's defaults, to fill in and `create`."""
        return self._request("GET", "default", select)

    def put(self, contact: ContactEntity, *, select: Selection | str | None = None, unconditional: bool = False) -> Request:
        """A PUT of a contact, which must have its `contact_id`.

        Unless `unconditional`, the PUT demands that nobody else has changed the contact: by `If-Match`, if it came with an
        entity tag, else by its `updated_date` in `If-Unmodified-Since`, if it has one. `select` says which properties the
        answer holds, not which are saved.

        Raises ValueError for a contact without an id, and for one that came in an answer to a `$select`: a PUT would clear
        what was not selected. Raises `EncodeError` for a contact that cannot be written.
        """
        if is_view(contact):
            raise ValueError("the contact holds only what was selected, and a PUT would clear all else: use patch")
        condition = [] if unconditional else _unchanged(contact)
        return self._request("PUT", self._id_of(contact), select, condition, contact, self.media_type)

    def create(self, contact: ContactEntity, *, select: Selection | str | None = None) -> Request:
        """A POST of a new contact; the answer has its `contact_id`. Raises `EncodeError` for one that cannot be written."""
        return self._request("POST", "", select, [], contact, self.media_type)

    def delete(self, contact: ContactEntity | int, *, unconditional: bool = False) -> Request:
        """A DELETE of a contact, or of the contact with that id; `parse` gives None for its answer.

        Of a contact, it is conditional as a PUT is, unless `unconditional`. Raises ValueError for a contact without an id.
        """
        if isinstance(contact, int):
            return self._request("DELETE", contact)
        return self._request("DELETE", self._id_of(contact), None, [] if unconditional else _unchanged(contact))

    def patch(
        self,
        before: ContactEntity | int,
        change: ContactEntity | JsonPatch | MergePatch,
        *,
        select: Selection | str | None = None,
        unconditional: bool = False,
    ) -> Request:
        """A PATCH of the contact `before`.

        `change` is a patch, or the contact as it should be; then the difference of the two is sent as a JSON Patch. `before`
        may be an id if `change` is a patch. Unless `unconditional`, the PATCH of a contact is conditional as a PUT is.

        Raises TypeError for an id with a contact as `change`, `EncodeError` for a change that cannot be written, and
        ValueError for a contact without an id, and for a `change` that holds only what was selected of a whole contact.
        """
        contact = None if isinstance(before, int) else before
        if not isinstance(change, (JsonPatch, MergePatch)):
            if contact is None:
                raise TypeError("the difference of two contacts needs both of them")
            if is_view(change) and not is_view(contact):
                raise ValueError("the changed contact holds only what was selected: a patch would remove all else")
            change = diff(contact, change, dialect="server")
        condition = [] if unconditional or contact is None else _unchanged(contact)
        number = before if isinstance(before, int) else self._id_of(before)
        return self._request("PATCH", number, select, condition, change, _PATCH_TYPES[type(change)])

    def _request(
        self,
        method: str,
        id: int | str,
        select: Selection | str | None = None,
        condition: Iterable[tuple[str, str]] = (),
        document: Any = None,
        media_type: str = "",
    ) -> Request:
        chosen = [
            ("Accept", self.accept),
            ("SO-Language", self.language),
            ("SO-Culture", self.culture),
            ("SO-TimeZone", None if self.time_zone is None else str(self.time_zone)),
        ]
        headers = [(name, value) for name, value in chosen if value is not None]
        headers += [*condition, *self.credentials.to_headers()]
        body = b""
        if document is not None:
            body = encode(document, media_type, registry=self.registry)
            headers.append(("Content-Type", media_type))
        Headers(headers)  # raises for a value that would break out of its field
        target = f"{self.path.rstrip('/')}/{id}{_query(select)}"
        return Request(method, target, tuple(headers), body, self._selection(select))

    def _selection(self, select: Selection | str | None) -> Selection | None:
        found = Selection.parse(select, self.type) if isinstance(select, str) else select
        return None if found is None or found.tree is None else found

    def parse(
        self,
        request: Request,
        status: int,
        headers: Mapping[str, str] | Iterable[tuple[str, str]],
        body: bytes,
        *,
        base: ContactEntityWithLinks | None = None,
    ) -> Any:
        """The contact in the answer to `request`, or None in an answer that has none (204).

        The contact remembers the answer's entity tag. If the request has a `$select`, the contact remembers that it is
        partial; what was not selected is UNSET, whatever the server sent for it. If the answer is a patch, it is applied to
        `base`, or to an empty contact.

        For any status but 200, 201 and 204 it raises the `HttpError` for that status (`NotModified`, `NotFound`,
        `PreconditionFailed`, …) with the server's message. It raises `DecodeError` or `ValidationError` for a body that is
        no contact, `UnsupportedMediaType` for an unknown format.
        """
        fields = headers if isinstance(headers, Headers) else Headers(headers)
        if status == 204:
            return None
        if status not in (200, 201):
            raise _error_of(status, body)
        codec = self.registry.find(fields.get("Content-Type", ""))
        contact = codec.decode(body, self.type)
        if isinstance(contact, (JsonPatch, MergePatch)):
            contact = contact.apply(self.type() if base is None else base)
        if request.selection is not None:
            contact = request.selection.apply(contact, unselected="omit")
            mark_view(contact)
        keep_tag(contact, fields.get("ETag", ""))
        return contact

    def _id_of(self, contact: ContactEntity) -> int:
        found = getattr(contact, self.id)
        if not isinstance(found, int) or found <= 0:
            raise ValueError(f"the contact has no {self.id}, which the path of the request needs")
        return found


def _unchanged(contact: ContactEntity) -> list[tuple[str, str]]:
    """The precondition that nobody has changed a contact since it was read (RFC 9110 §13.1.1, §13.1.4)."""
    # A weak tag never matches (§13.1.1).
    if (tag := tag_of(contact)) and not tag.startswith("W/"):
        return [("If-Match", tag)]
    moment = getattr(contact, "updated_date", None)
    if moment is None or moment is UNSET or moment.year == 1:
        return []
    return [("If-Unmodified-Since", format_http_date(moment))]


def _query(select: Selection | str | None) -> str:
    return f"?$select={quote(str(select), safe=',/:')}" if select is not None and str(select) else ""


def _error_of(status: int, body: bytes) -> ContactWireError:
    text = body[: 2**16].decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = dict(_MEMBER.findall(text))
    said = said if isinstance(said, dict) else {}
    words = [said.get(name) for name in ("ErrorMessage", "ErrorType", "ErrorSource")]
    message, error_type, source = (word if isinstance(word, str) else "" for word in words)
    return HttpError.of_status(status, message or f"the server answered {status}", error_type, source)
