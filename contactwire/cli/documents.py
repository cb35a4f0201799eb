"""Documents for the command line: the format of a file, the document in it, and its faults with line and column."""

from __future__ import annotations

import argparse
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import attrs

from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.cli.inputs import STANDARD_INPUT, Damaged, Input, Unreadable, opened, without_compression
from contactwire.codecs import FORMATS, MAX_BYTES, Format, format_of_file
from contactwire.errors import (
    ContactWireError,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    ValidationError,
    shorten_pointer,
)
from contactwire.wire import UNSET, blank, plan_of

__all__ = [
    "Fault",
    "Limits",
    "Source",
    "data_of",
    "faults_of",
    "format_of",
    "formats",
    "narrow",
    "read",
    "read_body",
    "text_of",
]

_HEAD = 2**16


@attrs.define
class Fault:
    """A fault at a place in a file; `shown` is the text of the line, and the place in it, where a report shows that.

    Of a long `pointer` there are the beginning and the end.
    """

    file: str
    line: int
    column: int
    pointer: str
    message: str
    expected: str = ""
    received: str = ""
    shown: tuple[str, int] | None = None


def data_of(fault: Any) -> dict[str, Any]:
    """A fault, or a finding of another command's own, as JSON has it: without the text of the line."""
    return attrs.asdict(fault, filter=lambda attribute, _: attribute.name != "shown")


def format_of(file: str, named: str | None, *, sequences: bool = False, advice: str = "") -> Format:
    """The format of a file: the `named` one, or that of the suffix in front of a compression's; standard input is JSON.

    Raises `Unreadable` for an unknown suffix, and for a format of sequences (NDJSON) unless `sequences` allows it. `advice`
    says what to do then, where `--from` does not name the file's format.
    """
    if named is None and file == STANDARD_INPUT:
        named = "json"
    found = format_of_file(without_compression(file)) if named is None else FORMATS[named]
    if found is None or (found.is_sequence and not sequences):
        choices, of = "|".join(formats(sequences=sequences)), "" if sequences else " of a single document"
        raise Unreadable(f"{file}: the suffix tells no format{of}; {advice or f'name one with --from {choices}'}")
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
    """A file that has been read: its name, format, body, limits, and the carrier class that the body is to hold.

    A body over `limits.max_bytes` need not be whole.
    """

    file: str
    format: Format
    body: bytes = attrs.field(repr=False)
    limits: Limits = Limits()
    carrier: Any = ContactEntityWithLinks

    def document(self) -> Any:
        """The carrier, list of carriers or patch in the body; raises what the codec raises."""
        if len(self.body) > self.limits.max_bytes:
            raise ContentTooLarge(f"the document has more than the {self.limits.max_bytes} bytes that are allowed")
        codec = self.limits.codec(self.format)
        is_list = not self.format.is_patch and codec.holds_list(self.body[:_HEAD])
        return narrow(codec.decode(self.body, list[self.carrier] if is_list else self.carrier))  # type: ignore[name-defined]

    def contact(self) -> Any:
        """The carrier or list of carriers in the body; a patch is applied to an empty carrier."""
        document = self.document()
        return narrow(document.apply(blank(self.carrier))) if self.format.is_patch else document


def narrow(document: Any) -> Any:
    """The same document, with a `ContactEntity`, the class of requests, for each contact that has no links.

    A contact of a class of the user's keeps its class.
    """
    if isinstance(document, list):
        return [narrow(contact) for contact in document]
    if type(document) is not ContactEntityWithLinks or document.links is not UNSET:
        return document
    values = ((name, getattr(document, name)) for name in plan_of(ContactEntity).by_attribute)
    request = ContactEntity(**{name: value for name, value in values if value is not UNSET})
    request.extras = document.extras
    return request


def read(file: str, named: str | None, limits: Limits, carrier: Any = ContactEntityWithLinks, *, advice: str = "") -> Source:
    """Read a file, or standard input for `-`, up to one byte over the limit. Raises `Unreadable` (see `format_of`)."""
    format_ = format_of(file, named, advice=advice)
    with opened(file) as stream:
        try:
            return Source(file, format_, read_body(stream, limits), limits, carrier)
        except Damaged as error:
            raise Unreadable(f"{file}: {error}") from None


def read_body(stream: Input, limits: Limits) -> bytes:
    """The bytes of a stream, up to one over the limit, which tells that there are more."""
    pieces: list[bytes] = []
    missing = limits.max_bytes + 1
    while missing > 0 and (piece := stream.read(min(missing, _HEAD))):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def faults_of(source: Source, error: ContactWireError, *, text: str | None = None, lead: int = 0) -> list[Fault]:
    """Every fault in an error, at its place in the document; with the document's `text`, each with its line of that.

    `lead` is the length of what the document has in front of the text, such as the root around a record of XML.
    """
    found = list(_faults(source, error))
    if text is not None:
        # One text for the faults of one line, which may be long.
        lines = text.split("\n")
        for fault in found:
            column = fault.column - lead if fault.line == 1 else fault.column
            fault.shown = (lines[fault.line - 1], column) if fault.line <= len(lines) and column > 0 else ("", 1)
    return found


def _faults(source: Source, error: ContactWireError) -> Iterable[Fault]:
    if isinstance(error, DecodeError):
        return [Fault(source.file, error.line, error.column, "", error.detail, error.expected, error.excerpt)]
    if isinstance(error, (ValidationError, EncodeError)):
        codec = source.limits.codec(source.format)
        # What finds the differences of two documents has no limit of its own.
        issues = error.issues[: source.limits.max_faults]
        # One pointer at a time: below one long key, a hundred of them are many times as long as the document.
        places = codec.locate(source.body, (issue.pointer for issue in issues))
        return [
            Fault(source.file, line, column, shorten_pointer(issue.pointer), issue.message, issue.expected, issue.received)
            for (line, column), issue in zip(places, issues, strict=True)
        ]
    return [Fault(source.file, 1, 1, "", str(error))]


def text_of(source: Source) -> str:
    """The text of a document, with marks for bytes that are not in its encoding, which XML may declare."""
    body = source.body
    if source.format.name == "xml":
        from contactwire.codecs.xml import Document

        with suppress(DecodeError):
            return Document.read(body, None, len(body)).text
    encoding = "utf-16" if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    return body.decode(encoding, "replace")
