"""Conditional requests (RFC 9110 §13): a request's preconditions, and the entity tag and date of a stored contact.

An entity tag is strong. It has two parts, `"<version>.<representation>"`: the first is a digest of the contact as it is
stored, the second one of the bytes of the answer. So two answers with one tag are equal byte for byte (§8.8.1), and a PUT
may name any answer of the version that it changes, in whatever format and language its sender has read that.

The rights and links in a contact, at any depth, are no part of the version, since they may depend on who asks. Where the
class of the contact has no such property, they are unknown members; those of carriers inside of it count as any others.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import attrs

from contactwire.codecs.json import JsonCodec
from contactwire.errors import HeaderError, PreconditionFailed
from contactwire.http.dates import format_http_date, in_utc, parse_http_date
from contactwire.http.owned import without_rights
from contactwire.wire import UNSET

__all__ = [
    "EntityTag",
    "EntityTags",
    "Precondition",
    "entity_tag",
    "last_modified",
    "sent_last_modified",
    "version_of",
]

# RFC 9110 §8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; a list may have empty elements (§5.6.1.2).
_TAG = r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"'
_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*")
# A host may store lone surrogates (see `JsonCodec`).
_CODEC = JsonCodec(validate=False, surrogates="keep")


@attrs.frozen
class EntityTag:
    """An entity tag (RFC 9110 §8.8.3): the text in its quotes, and whether it is weak."""

    opaque: str
    weak: bool = False

    @property
    def version(self) -> str:
        """The part of a tag of ours that tells the version of the contact."""
        return self.opaque.partition(".")[0]

    def __str__(self) -> str:
        return f'{"W/" if self.weak else ""}"{self.opaque}"'


@attrs.frozen
class EntityTags:
    """What an `If-Match` or `If-None-Match` field lists: `tags`, or any tag (`*`)."""

    tags: tuple[EntityTag, ...] = ()
    any: bool = False

    @classmethod
    def parse(cls, name: str, field: str) -> EntityTags:
        """The tags in the value of the field `name`; raises HeaderError for a malformed one."""
        text = field.strip(" \t,")
        if text == "*":
            return cls(any=True)
        if not _TAGS.fullmatch(text):
            raise HeaderError(name, "is no list of entity tags in double quotes", field)
        return cls(tuple(EntityTag(opaque, bool(weak)) for weak, opaque in re.findall(_TAG, text)))

    def has_version(self, contact: Any, *, weakly: bool) -> bool:
        """Whether a tag has the version of a stored contact; a weak tag counts if `weakly`."""
        if self.any:
            return True
        version = version_of(contact)
        return any(tag.version == version and (weakly or not tag.weak) for tag in self.tags)

    def has(self, tag: EntityTag) -> bool:
        """Whether `tag` is among the tags, by the weak comparison (RFC 9110 §8.8.3.2)."""
        return self.any or tag.opaque in [known.opaque for known in self.tags]


@attrs.frozen
class Precondition:
    """A request's conditions on the stored contact (RFC 9110 §13.1): None for no condition; dates are instants in UTC."""

    if_match: EntityTags | None = None
    if_none_match: EntityTags | None = None
    if_unmodified_since: datetime | None = None
    if_modified_since: datetime | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Precondition:
        """The conditions in a request's header fields; raises HeaderError for malformed tags.

        "A recipient MUST ignore" a date beside a field with tags, and one that is no HTTP-date (§13.1.3, §13.1.4).
        """
        if_match, if_none_match = (_tags_of(headers, name) for name in ("If-Match", "If-None-Match"))
        return cls(
            if_match,
            if_none_match,
            None if if_match is not None else _date_of(headers, "If-Unmodified-Since"),
            None if if_none_match is not None else _date_of(headers, "If-Modified-Since"),
        )

    def check(self, contact: Any, subject: str, *, reading: bool) -> None:
        """Raise `PreconditionFailed` where the stored contact is not as the request demands.

        The message calls it `subject`. With `reading` (GET and HEAD), `If-None-Match` is no such demand: see `is_fresh`.
        """
        # §13.1.1: "An origin server MUST use the strong comparison function"; §13.1.2: the weak one.
        if self.if_match is not None and not self.if_match.has_version(contact, weakly=False):
            raise PreconditionFailed(f"{subject} has another version than If-Match names")
        since, changed = self.if_unmodified_since, last_modified(contact)
        if since is not None and changed is not None and changed > since:
            raise PreconditionFailed(f"{subject} changed at {format_http_date(changed)}")
        if self.if_none_match is not None and not reading and self.if_none_match.has_version(contact, weakly=True):
            raise PreconditionFailed(f"{subject} has a version that If-None-Match names")

    def is_fresh(self, tag: EntityTag, changed: datetime | None) -> bool:
        """Whether a client that reads has the answer already (304): its tag, or else one since `changed`, in UTC."""
        if self.if_none_match is not None:
            return self.if_none_match.has(tag)
        since = self.if_modified_since
        return since is not None and changed is not None and changed <= since


def _tags_of(headers: Mapping[str, str], name: str) -> EntityTags | None:
    field = headers.get(name)
    return None if field is None else EntityTags.parse(name, field)


def _date_of(headers: Mapping[str, str], name: str) -> datetime | None:
    try:
        return parse_http_date(headers.get(name, ""))
    except ValueError:
        return None


def version_of(contact: Any) -> str:
    """A digest of a stored contact, 16 characters, without the rights and links in it."""
    return _digest(_CODEC.encode(without_rights(contact)))


def entity_tag(contact: Any, media_type: str, body: bytes) -> EntityTag:
    """The tag of an answer: `body` is a representation of the stored contact in that media type."""
    return EntityTag(f"{version_of(contact)}.{_digest(media_type.encode(), body)}")


def _digest(*parts: bytes) -> str:
    # Most processors have instructions for SHA-256, so that it takes a third of what BLAKE2 takes.
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return base64.urlsafe_b64encode(digest.digest()[:12]).decode()


def last_modified(contact: Any) -> datetime | None:
    """When a contact was last changed, in UTC and whole seconds: its `updated_date`, else its `created_date`, else None.

    A date that UTC has beyond the year 9999 is the last second of that year, the latest that an HTTP-date can say.
    """
    moment = getattr(contact, "updated_date", UNSET)
    if not isinstance(moment, datetime):
        moment = getattr(contact, "created_date", UNSET)
    if not isinstance(moment, datetime) or moment.year == 1:
        return None
    return in_utc(moment)


def sent_last_modified(contact: Any) -> datetime | None:
    """The date for `Last-Modified`, or None where it is not over yet, to the second.

    "An origin server MUST NOT generate a Last-Modified date that is later than the server's time of message origination"
    (RFC 9110 §8.8.2.1). In the present second the contact may still change again, with the same date.
    """
    changed = last_modified(contact)
    now = datetime.now(timezone.utc).replace(microsecond=0)
    return changed if changed is not None and changed < now else None
