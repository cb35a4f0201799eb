"""Documents for the command line: which format a file is in, what it holds, and what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import PurePath
from typing import Any, BinaryIO

import attrs

from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.codecs import Codec, default_registry
from contactwire.codecs.xml import root_of
from contactwire.errors import ContactWireError, DecodeError, EncodeError, Issue, ValidationError
from contactwire.wire import UNSET, plan_of

__all__ = ["FORMATS", "HEAD", "Format", "Source", "Unreadable", "faults_of", "format_of", "narrow", "opened", "read"]

STANDARD_INPUT = "-"
HEAD = 2**16
"""As many bytes of a document as show what it holds."""


class Unreadable(Exception):
    """A file that cannot be opened, or whose format nobody says; the message says which and why."""


def _starts(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda body: body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in starts


@attrs.frozen
class Format:
    """One format: its media type, the suffixes of its files, how a list of contacts begins, and the codec's options."""

    media_type: str
    suffixes: tuple[str, ...]
    begins_list: Callable[[bytes], bool]
    options: tuple[str, ...] = ()

    def codec(self, **options: Any) -> Codec:
        """The codec, with those of the options that it has and that are given."""
        codec = default_registry.find(self.media_type)
        chosen = {name: options[name] for name in self.options if options.get(name) is not None}
        evolved: Codec = attrs.evolve(codec, **chosen) if chosen else codec  # type: ignore[misc]
        return evolved

    @property
    def is_patch(self) -> bool:
        """Whether its documents are patches."""
        return "patch" in self.media_type


def _never(body: bytes) -> bool:
    return False


FORMATS = {
    "json": Format("application/json", (".json",), _starts(b"["), ("indent",)),
    "xml": Format(
        "application/xml", (".xml",), lambda body: root_of(body[:HEAD]).startswith("arrayof"), ("indent", "dialect")
    ),
    "form": Format("application/x-www-form-urlencoded", (".form", ".urlencoded"), _starts(b"["), ("style",)),
    "json-patch": Format("application/json-patch+json", (".json-patch", ".jsonpatch"), _never, ("indent",)),
    "merge-patch": Format("application/merge-patch+json", (".merge-patch", ".mergepatch"), _never, ("indent",)),
}
"""The formats by the name that the command line has for them."""


def format_of(file: str, named: str | None) -> str:
    """The name of a file's format: the one that is `named`, or what the suffix says; standard input is JSON."""
    if named is not None:
        return named
    if file == STANDARD_INPUT:
        return "json"
    suffix = PurePath(file).suffix.lower()
    for name, known in FORMATS.items():
        if suffix in known.suffixes:
            return name
    raise Unreadable(f"{file}: which format is that? Say so with --from {'|'.join(FORMATS)}")


@attrs.frozen
class Source:
    """A document that was read: the file's name, its format's name, the body, and what it holds."""

    file: str
    format: str
    body: bytes = attrs.field(repr=False)

    def document(self) -> Any:
        """The contact, list of contacts or patch in the body; raises what its codec raises."""
        known = FORMATS[self.format]
        type_: Any = list[ContactEntityWithLinks] if known.begins_list(self.body) else ContactEntityWithLinks
        return narrow(known.codec().decode(self.body, type_))

    def contact(self) -> Any:
        """The contact or list of contacts: that of a patch is what it makes of an empty one."""
        document = self.document()
        return narrow(document.apply(ContactEntityWithLinks())) if FORMATS[self.format].is_patch else document


def narrow(document: Any) -> Any:
    """The same document, but a contact without links as what a request carries: a `ContactEntity`."""
    if isinstance(document, list):
        return [narrow(contact) for contact in document]
    if not isinstance(document, ContactEntityWithLinks) or document.links is not UNSET:
        return document
    values = ((name, getattr(document, name)) for name in plan_of(ContactEntity).by_attribute)
    request = ContactEntity(**{name: value for name, value in values if value is not UNSET})
    request.extras = document.extras
    return request


def read(file: str, named: str | None = None) -> Source:
    """A file, or standard input for `-`. Raises `Unreadable`."""
    format_ = format_of(file, named)
    with opened(file) as stream:
        return Source(file, format_, stream.read())


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """A file to read from, or standard input, which stays open, for `-`. Raises `Unreadable`."""
    if file == STANDARD_INPUT:
        if sys.stdin is None:
            raise Unreadable(f"{file}: standard input is closed")
        return nullcontext(sys.stdin.buffer)
    try:
        return open(file, "rb")
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None


def faults_of(source: Source, error: ContactWireError) -> list[dict[str, Any]]:
    """Every fault that an error reports of a document, with the file, line and column."""
    if isinstance(error, DecodeError):
        return [_fault(source, (error.line, error.column), Issue("", error.detail, error.expected, error.excerpt))]
    if isinstance(error, (ValidationError, EncodeError)):
        places = _places(source, [issue.pointer for issue in error.issues])
        return [_fault(source, place, issue) for place, issue in zip(places, error.issues, strict=True)]
    return [_fault(source, (1, 1), Issue("", str(error), "", ""))]


def _places(source: Source, pointers: list[str]) -> list[tuple[int, int]]:
    locate = getattr(FORMATS[source.format].codec(), "locate", None)
    return locate(source.body, pointers) if locate is not None else [(1, 1)] * len(pointers)


def _fault(source: Source, place: tuple[int, int], issue: Issue) -> dict[str, Any]:
    return {"file": source.file, "line": place[0], "column": place[1], **attrs.asdict(issue)}
