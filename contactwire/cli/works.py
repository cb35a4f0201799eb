"""What each command does to a record, and how a record is read for it.

`Reading.results` does the work on a batch of records. Both are values, so that other processes can have them. `Work` reads a
record only; `Change` reads it, changes it and writes it, and does the same to a whole document.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import attrs

from contactwire.builtins import MAX_DEPTH
from contactwire.cli.batches import Batch
from contactwire.cli.classes import carrier_named
from contactwire.cli.documents import Limits, Source, faults_of, narrow
from contactwire.cli.inputs import Unreadable
from contactwire.codecs import FORMATS, Format, Record
from contactwire.errors import ContactWireError, DecodeError, EncodeError, ValidationError
from contactwire.wire import blank

__all__ = ["Bad", "Change", "Reading", "Work"]


@lru_cache(maxsize=8)
def _codec(name: str, limits: Limits, dialect: str | None = None) -> Any:
    return limits.codec(FORMATS[name], dialect=dialect)


@lru_cache(maxsize=8)
def _codec_of_records(name: str, limits: Limits) -> Any:
    return FORMATS[name].codec_of_records(_codec(name, limits))


@attrs.frozen
class Bad:
    """A record that could not be read or changed: its faults, whatever they are, and its bytes where they are kept.

    `around` is what stands in front of such records and behind them. `is_garbage` says that it is no record at all. `output`
    is a result that there is nevertheless.
    """

    faults: list[Any]
    raw: bytes | None = None
    around: tuple[bytes, bytes] = (b"", b"")
    is_garbage: bool = False
    output: Any = b""


@attrs.frozen
class Reading:
    """How the records of a file are read: its name and format, the limits, the carrier's name, and what faults need."""

    file: str
    format: Format
    limits: Limits = attrs.field(factory=Limits)
    carrier: str | None = None
    shows_lines: bool = False
    keeps_raw: bool = False

    @property
    def codec(self) -> Any:
        """The codec that reads the file."""
        return _codec(self.format.name, self.limits)

    @property
    def codec_of_records(self) -> Any:
        """The codec that reads the document of a record."""
        return _codec_of_records(self.format.name, self.limits)

    @property
    def type(self) -> Any:
        """The type of a record's document: a carrier, or in XML, where the root stays around it, a list of one at most."""
        carrier = carrier_named(self.carrier)
        return list[carrier] if self.format.name == "xml" else carrier  # type: ignore[valid-type]

    def records(self, chunks: Iterable[bytes]) -> Iterator[Record]:
        """The records of the file's bytes."""
        return self.format.iter_records(self.codec, chunks, carrier_named(self.carrier))

    def results(self, work: Work, batch: Batch) -> list[Any]:
        """The result of each record in a batch: what the work returns, or a `Bad`."""
        codec, type = self.codec_of_records, self.type
        records = batch if isinstance(batch, list) else batch.records(self)
        return [self._result(work, index, record, codec, type) for index, record in records]

    def _result(self, work: Work, index: int, record: Record, codec: Any, type: Any) -> Any:
        try:
            return work.record(self, index, record, codec, type)
        except ContactWireError as error:
            return self.bad(index, record, error)

    def source(self, body: Any) -> Source:
        """A document of the file, for who finds its faults."""
        return Source(self.file, self.format, body, self.limits, carrier_named(self.carrier))

    def bad(self, index: int, record: Record, error: ContactWireError) -> Bad:
        """A record that has an error; each fault gets its line and column in the file."""
        limits = attrs.evolve(self.limits, max_bytes=self.codec_of_records.max_bytes)
        source, error = attrs.evolve(self.source(record.document), limits=limits), record.explained(error)
        text = record.raw.decode("utf-8", "replace") if self.shows_lines else None
        faults = faults_of(source, error, text=text, lead=record.lead)
        at_root = isinstance(error, ValidationError) and faults[0].pointer in ("", "/0")
        for fault in faults:
            fault.line, fault.column = record.place(fault.line, fault.column)
            if not isinstance(error, DecodeError):
                fault.pointer = self.format.pointer_of(index, record, fault.pointer)
        return Bad(faults, self.raw(record), record.around, isinstance(error, DecodeError) or at_root)

    def raw(self, record: Record) -> bytes | None:
        """The bytes of a record, if they are kept and there are any; None for one that is not whole.

        Among other records, the beginning of one would keep those behind it from being read.
        """
        is_whole = not (record.cut or record.ends_stream)
        return (record.raw or None) if self.keeps_raw and is_whole else None


class Work:
    """What a command does to each record; by itself, it reads a record, and writes nothing."""

    def record(self, reading: Reading, index: int, record: Record, codec: Any, type: Any) -> Any:
        """The result for one record: bytes to write, or something of the command's own. Raises what the codec raises."""
        found = codec.decode(record.whole(reading.limits.max_bytes), type)
        # The end of an XML document, after the last contact, is a record too, without a contact.
        return self.contacts(found if isinstance(found, list) else [found])

    def contacts(self, found: list[Any]) -> Any:
        """The result for the contacts in one record."""
        return b""

    def broken(self, reading: Reading, error: ContactWireError) -> Any:
        """The result for an error after which nobody finds the next record: by default its faults, and nothing else."""
        return Bad(faults_of(reading.source(b""), error))


@attrs.frozen
class Change(Work):
    """Reads a contact, changes it, and writes it in the format `target`, whose codec has the `options`.

    Without a `change`, the contact stays what it is.
    """

    target: Format
    change: Callable[[Any], Any] | None = None
    limits: Limits = attrs.field(factory=Limits)
    options: Mapping[str, Any] = attrs.field(factory=dict, hash=False)

    @classmethod
    def of(cls, options: argparse.Namespace, source: Format, change: Callable[[Any], Any] | None = None) -> Change:
        """The work of a command with these options on a file of a format, which is written too where no other is named.

        Raises `Unreadable` for an option that this format has not.
        """
        target = FORMATS[options.to] if options.to else source
        named = {name: getattr(options, name, None) for name in ("indent", "dialect", "style")}
        # NDJSON has the codec of JSON, but each of its records is one line.
        known = target.options() - ({"indent"} if target.is_sequence else set())
        ignored = [f"--{name}" for name, value in named.items() if value is not None and name not in known]
        if ignored:
            raise Unreadable(f"{' and '.join(ignored)}: no option of the format that is written, {target.name}")
        return cls(target, change, Limits.of(options), named)

    def contacts(self, found: list[Any]) -> bytes:
        """The contacts in the target format, as they are inside a sequence; raises what its codec and the change raise."""
        return b"".join(map(self.item, found))

    def item(self, contact: Any) -> bytes:
        """One contact, changed, in the target format, as it is inside a sequence."""
        changed = self._changed(contact)
        if self.target.name == "xml":
            return self.framed([narrow(changed)])[1]
        written: bytes = _codec(self.target.name, self.limits).encode(changed)
        return written + (b"\n" if self.target.is_sequence else b"")

    def _changed(self, contact: Any) -> Any:
        # A selection writes null for what it does not name; for links only where the contact has any.
        return contact if self.change is None else self.change(narrow(contact))

    def frame(self, carrier: Any) -> tuple[bytes, bytes, bytes]:
        """The bytes before the first item of a sequence of carriers, between two items, and after the last one."""
        if self.target.name != "xml":
            return (b"", b"", b"") if self.target.is_sequence else (b"[", b",", b"]")
        # The limit is that of a contact, and an empty one would be over a limit of 0.
        start, _, end = self.framed([narrow(blank(carrier))], validate=False, max_depth=MAX_DEPTH)
        return start, b"", end

    def framed(self, contacts: list[Any], **options: Any) -> tuple[bytes, bytes, bytes]:
        """A sequence in XML, in three parts: the start tag of its root, the content, and the end tag."""
        codec = _codec("xml", self.limits, self.options.get("dialect"))
        codec = attrs.evolve(codec, **options) if options else codec
        try:
            whole = b"".join(codec.iter_encode(contacts))
        except EncodeError as error:
            raise EncodeError([issue.inside("/0") for issue in error.issues], error.more) from None
        start, end = whole.index(b">") + 1, whole.rindex(b"</")
        return whole[:start], whole[start:end], whole[end:]

    def document(self, contact: Any) -> bytes:
        """A whole document, changed, in the target format; a change of a list is one of each contact in it."""
        if self.target.is_sequence:
            return self.contacts(contact if isinstance(contact, list) else [contact])
        changed = list(map(self._changed, contact)) if isinstance(contact, list) else self._changed(contact)
        written: bytes = self.limits.codec(self.target, **self.options).encode(changed)
        return written
