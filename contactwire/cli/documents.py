"""Documents for the command line: the format of a file, the document in it, and its faults with line and column."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO

import attrs

from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.codecs import FORMATS, MAX_BYTES, Format, format_of_file
from contactwire.errors import ContactWireError, ContentTooLarge, DecodeError, EncodeError, Issue, ValidationError
from contactwire.wire import UNSET, plan_of

__all__ = [
    "HEAD",
    "Limits",
    "Source",
    "Unreadable",
    "faults_of",
    "format_of",
    "formats",
    "narrow",
    "opened",
    "read",
    "read_body",
]

STANDARD_INPUT = "-"
HEAD = 2**16
"""How many bytes are read from the start of a document to tell whether it holds a list."""


class Unreadable(Exception):
    """A file or an argument that a command cannot use; the message says which one, and why."""


def format_of(file: str, named: str | None, *, sequences: bool = False) -> Format:
    """The format of a file: the `named` one, or that of the suffix; standard input is JSON.

    Raises `Unreadable` for an unknown suffix, and for a format of sequences (NDJSON) unless `sequences` allows it.
    """
    if named is None and file == STANDARD_INPUT:
        named = "json"
    found = format_of_file(file) if named is None else FORMATS[named]
    if found is None or (found.is_sequence and not sequences):
        choices = "|".join(formats(sequences=sequences))
        raise Unreadable(f"{file}: the suffix tells no format; name one with --from {choices}")
    return found


def formats(*, sequences: bool = False) -> list[str]:
    """The names of the formats that a command takes; those of sequences only with `sequences`."""
    return [name for name, known in FORMATS.items() if sequences or not known.is_sequence]


@attrs.frozen
class Limits:
    """The limits of a document, or of each record of a sequence; None is the codec's own limit."""

    max_bytes: int = MAX_BYTES
    max_depth: int | None = None
    max_objects: int | None = None
    max_faults: int | None = None

    @classmethod
    def of(cls, options: argparse.Namespace) -> Limits:
        """The limits in a command's options."""
        return cls(*(getattr(options, field.name) for field in attrs.fields(cls)))

    def codec(self, known: Format, **options: Any) -> Any:
        """The codec of a format, with these limits and with the options that it has."""
        return known.codec(**attrs.asdict(self), **options)


@attrs.frozen
class Source:
    """A file that has been read: its name, format, body and limits. `document` and `contact` decode the body.

    A body over `limits.max_bytes` need not be whole.
    """

    file: str
    format: Format
    body: bytes = attrs.field(repr=False)
    limits: Limits = Limits()

    def document(self) -> Any:
        """The contact, list of contacts or patch in the body; raises what the codec raises."""
        if len(self.body) > self.limits.max_bytes:
            raise ContentTooLarge(f"the document has more than the {self.limits.max_bytes} bytes that are allowed")
        codec = self.limits.codec(self.format)
        is_list = not self.format.is_patch and codec.holds_list(self.body[:HEAD])
        return narrow(codec.decode(self.body, list[ContactEntityWithLinks] if is_list else ContactEntityWithLinks))

    def contact(self) -> Any:
        """The contact or list of contacts in the body; a patch is applied to an empty contact."""
        document = self.document()
        return narrow(document.apply(ContactEntityWithLinks())) if self.format.is_patch else document


def narrow(document: Any) -> Any:
    """The same document, with a `ContactEntity`, the class of requests, for each contact that has no links."""
    if isinstance(document, list):
        return [narrow(contact) for contact in document]
    if not isinstance(document, ContactEntityWithLinks) or document.links is not UNSET:
        return document
    values = ((name, getattr(document, name)) for name in plan_of(ContactEntity).by_attribute)
    request = ContactEntity(**{name: value for name, value in values if value is not UNSET})
    request.extras = document.extras
    return request


def read(file: str, named: str | None, limits: Limits) -> Source:
    """Read a file, or standard input for `-`, up to one byte over the limit. Raises `Unreadable`."""
    format_ = format_of(file, named)
    with opened(file) as stream:
        return Source(file, format_, read_body(stream, limits), limits)


def read_body(stream: BinaryIO, limits: Limits, head: bytes = b"") -> bytes:
    """The bytes of `head` and of a stream, up to one over the limit, which tells that there are more."""
    pieces, missing = [head], limits.max_bytes + 1 - len(head)
    while missing > 0 and (piece := stream.read(min(missing, HEAD))):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """Open a file to read from; `-` is standard input, which stays open. Raises `Unreadable`."""
    if file == STANDARD_INPUT:
        if sys.stdin is None:
            raise Unreadable(f"{file}: standard input is closed")
        return nullcontext(sys.stdin.buffer)
    try:
        return open(file, "rb")
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None


def faults_of(source: Source, error: ContactWireError) -> list[dict[str, Any]]:
    """Every fault in an error, as the members of its `Issue` with the file, line and column."""
    if isinstance(error, DecodeError):
        return [_fault(source, (error.line, error.column), Issue("", error.detail, error.expected, error.excerpt))]
    if isinstance(error, (ValidationError, EncodeError)):
        places = _places(source, [issue.pointer for issue in error.issues])
        return [_fault(source, place, issue) for place, issue in zip(places, error.issues, strict=True)]
    return [_fault(source, (1, 1), Issue("", str(error), "", ""))]


def _places(source: Source, pointers: list[str]) -> list[tuple[int, int]]:
    locate = getattr(source.limits.codec(source.format), "locate", None)
    return locate(source.body, pointers) if locate is not None else [(1, 1)] * len(pointers)


def _fault(source: Source, place: tuple[int, int], issue: Issue) -> dict[str, Any]:
    return {"file": source.file, "line": place[0], "column": place[1], **attrs.asdict(issue)}
