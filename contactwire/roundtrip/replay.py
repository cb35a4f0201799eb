"""Recorded bodies sent through every codec, and a report of what each codec would lose.

`replay` reads each recording with the codec of its own format first. It then has every other codec write and read the
document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactwire.codecs import Codec
from contactwire.errors import ContactWireError
from contactwire.roundtrip.loss import Loss, body_loss, loss

__all__ = ["READING", "Recording", "Replayed", "Report", "replay"]

READING = "as recorded"
"""The name in a report for what is lost when a body is read, and written again in its own format."""


@attrs.frozen
class Recording:
    """A recorded body: its `name`, the `codec` of its format, and the `type` of its document."""

    name: str
    codec: Codec
    body: bytes = attrs.field(repr=False)
    type: Any


@attrs.frozen
class Replayed:
    """The result for one recording: a `Loss`, maybe an empty one, for each codec that it went through."""

    name: str
    losses: tuple[Loss, ...]


@attrs.frozen
class Report:
    """The result for some recordings; false if anything would be lost.

    `replayed` has each recording's losses. `codecs` are the names of the codecs, in the order of the table's rows, and
    `skipped` the names of files that no codec reads. `str()` is the table, and a line for each place where something would
    be lost.
    """

    replayed: tuple[Replayed, ...]
    codecs: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not any(found for each in self.replayed for found in each.losses)

    def lines(self) -> Iterator[str]:
        """Yield a line for each place where something would be lost: recording, codec, pointer, and what is lost."""
        for each in self.replayed:
            for found in each.losses:
                yield from (f"{each.name}: {found.codec}: {line}" for line in found.lines())

    def table(self) -> str:
        """A table: how many bodies went through each codec, and how many of them it keeps whole."""
        rows = [("codec", "bodies", "whole", "lossy")]
        for codec in self.codecs:
            found = [loss for each in self.replayed for loss in each.losses if loss.codec == codec]
            lossy = sum(map(bool, found))
            rows.append((codec, str(len(found)), str(len(found) - lossy), str(lossy)))
        width = max(len(row[0]) for row in rows)
        return "\n".join(f"{row[0]:{width}}  {row[1]:>6}  {row[2]:>6}  {row[3]:>6}" for row in rows)

    def __str__(self) -> str:
        return "\n".join([self.table(), *self.lines()])

    def assert_lossless(self) -> None:
        """Raise AssertionError, with the whole report, if anything would be lost, or if there is no recording."""
        if not self.replayed:
            raise AssertionError("there is no recorded body to replay")
        if not self:
            raise AssertionError(f"recorded bodies would lose something:\n{self}")


def replay(recordings: Iterable[Recording], codecs: Mapping[str, Codec], skipped: Iterable[str] = ()) -> Report:
    """Read each recording, write it in its own format, and send it through each of the codecs, given by name.

    A body that does not decode counts as lossy, with all its faults, and goes through no other codec. A patch goes through
    the codec of its own format only.
    """
    replayed = tuple(Replayed(each.name, tuple(_losses(each, codecs))) for each in recordings)
    return Report(replayed, (READING, *codecs), tuple(skipped))


def _losses(recording: Recording, codecs: Mapping[str, Codec]) -> Iterator[Loss]:
    yield body_loss(recording.body, recording.codec, recording.type, READING)
    try:
        document = recording.codec.decode(recording.body, recording.type)
    except ContactWireError:
        return
    if not hasattr(document, "apply"):
        yield from (loss(document, codec, name) for name, codec in codecs.items())
