"""Carriers to JSON: msgspec writes the carriers themselves, and calls a hook for dates and unknown members.

For the unknown members of a carrier, the hook returns a mark. `_texts_of` writes the members of all carriers at once, and
`_with_texts` puts their text in the place of the marks. To validate, `_reads_back` decodes the written text, which must give
an equal carrier. If anything fails, `to_builtins` writes the carrier slowly, or names every fault.
"""

from __future__ import annotations

from typing import Any

import msgspec

from contactwire.builtins import (
    Document,
    Refused,
    Surrogates,
    depth_of,
    document_of,
    from_json,
    read_hook,
    to_builtins,
    to_json,
    to_json_with_surrogates,
)
from contactwire.patterns import pattern
from contactwire.timestamps import Timestamp, format_timestamp
from contactwire.wire import (
    EXTRAS_MARK,
    CarrierType,
    Extras,
    HookFault,
    Number,
    fold,
    plan_of,
)

__all__ = ["laid_out", "write"]

_encode = msgspec.json.encode
_decode = msgspec.json.decode
# msgspec writes no number like this, so the mark cannot be confused with a value.
_MARK = msgspec.Raw(b"0e-0")
_ESCAPE = pattern(rb"\\(?:u(d[89a-f]..)|.)")
_MARKED = f'"{EXTRAS_MARK}":0e-0'.encode()


def write(value: Any, validate: bool, max_depth: int, max_faults: int, surrogates: Surrogates = "error") -> bytes:
    """The JSON text of a carrier, or of a list of carriers; raises `EncodeError` with every fault."""
    try:
        return _write(value, validate, max_depth)
    except (Refused, TypeError, ValueError, RecursionError):
        # msgspec raises all but the first, for keys that are no strings, lone surrogates, very long integers, and carriers
        # that hold themselves.
        data = to_builtins(value, max_depth=max_depth, max_faults=max_faults, surrogates=surrogates)
    return to_json_with_surrogates(data) if surrogates == "keep" else to_json(data)


def laid_out(body: bytes, indent: int) -> bytes:
    """A JSON text that `write` wrote, with `indent` spaces a level."""
    if b"\\ud" not in body:
        return msgspec.json.format(body, indent=indent)
    # msgspec refuses a lone surrogate here too. It writes no `\/`, which therefore can stand for `\u` meanwhile.
    disguised = _ESCAPE.sub(lambda escape: b"\\/" + escape[1] if escape[1] else escape[0], body)
    formatted = msgspec.json.format(disguised, indent=indent)
    return _ESCAPE.sub(lambda escape: b"\\u" if escape[0] == b"\\/" else escape[0], formatted)


def _write(value: Any, validate: bool, max_depth: int) -> bytes:
    if isinstance(type(value), CarrierType):
        return _write_carrier(value, validate, max_depth)
    if type(value) is list and max_depth >= 1:
        # One carrier at a time, so that the text that is decoded again is still in the processor's caches.
        return b"[" + b",".join([_write(each, validate, max_depth - 1) for each in value]) + b"]"
    raise Refused


def _write_carrier(carrier: Any, validate: bool, max_depth: int) -> bytes:
    met: list[Any] = []
    extras: list[Extras] = []

    def hook(value: Any) -> Any:
        cls = type(value)
        if cls is Timestamp:
            met.append(value)
            return value._text or format_timestamp(value)
        if cls is Extras:
            met.append(value)
            extras.append(value)
            return _MARK
        return _single(value)

    document = document_of(type(carrier))
    if not validate and document.is_spelled_otherwise(carrier):
        raise Refused
    body = _encode(carrier, enc_hook=hook)
    texts, deepest = _texts_of(extras, max_depth) if extras else ([], 0)
    if not document.within(carrier, max_depth - deepest) or (validate and not _reads_back(document, carrier, body, met)):
        raise Refused
    return _with_texts(body, texts) if texts else body


def _single(value: Any) -> Any:
    """What msgspec is to write for a value whose type it does not know; raises `Refused` if there is nothing."""
    if isinstance(value, Number):
        return msgspec.Raw(value.text.encode())
    for cls in (str, int, float):
        if isinstance(value, cls):
            return cls.__str__(value) if cls is str else cls(value)
    raise Refused


_encode_lines = msgspec.json.Encoder(enc_hook=_single).encode_lines


def _texts_of(extras: list[Extras], max_depth: int) -> tuple[list[bytes], int]:
    """The text of each carrier's unknown members, without braces, and how deep the deepest of them nests.

    Raises `Refused` if an unknown member has the name of a property, nests too deep, is no builtins, or does not read back
    equal.
    """
    all_members = [each.members for each in extras]
    _check_names(extras, set().union(*all_members))
    nested = [value for each in all_members for value in each.values() if type(value) is dict or type(value) is list]
    deepest = max([depth_of(each, max_depth) for each in nested], default=0)
    if deepest > max_depth:
        raise Refused
    # JSON escapes a line feed in a string, so each one here ends the members of one carrier.
    texts = _encode_lines(all_members)[1:-2].split(b"}\n{")
    if from_json(b"[{" + b"},{".join(texts) + b"}]") != all_members:
        raise Refused
    return texts, deepest


def _check_names(extras: list[Extras], names: set[str]) -> None:
    """Raise `Refused` for an unknown member whose name is no string, or is the name of a property; `names` are all names."""
    if any(type(name) is not str for name in names):
        raise Refused
    folded = set(map(fold, names))
    if all(plan_of(owner).by_folded.keys().isdisjoint(folded) for owner in {each.owner for each in extras}):
        return
    # The name of one class's property may be unknown to another class.
    objects: set[tuple[Any, ...]] = {(each.owner, *each.members) for each in extras}
    for owner, *unknown in objects:
        if not plan_of(owner).by_folded.keys().isdisjoint(map(fold, unknown)):
            raise Refused


def _with_texts(body: bytes, texts: list[bytes]) -> bytes:
    """The body with the texts of unknown members in place of their marks; an empty text takes the comma before it away."""
    pieces = body.split(_MARKED)
    if len(pieces) != len(texts) + 1:  # pragma: no cover - no known way to write the mark as a value
        raise Refused
    if b"" in texts:
        pieces[:-1] = [piece if text else piece.removesuffix(b",") for piece, text in zip(pieces, texts, strict=False)]
    both = [b""] * (len(pieces) + len(texts))
    both[::2], both[1::2] = pieces, texts
    return b"".join(both)


def _reads_back(document: Document, carrier: Any, body: bytes, met: list[Any]) -> bool:
    """Whether the written body decodes into an equal carrier.

    `met` holds the timestamps and extras for which msgspec called the hook, in the order of the text. Decoding takes them
    again in that order. A text or a plain `datetime` in place of a timestamp takes one too: it is written without the hook,
    so too few are left for the last place. A carrier of a class that can hold decimals does not read back.
    """
    if document.needs_digits:
        return False
    coming = iter(met)

    def hook(shape: Any, value: Any) -> Any:
        return next(coming, None) if shape is Timestamp or shape is Extras else read_hook(shape, value)

    try:
        again = _decode(body, type=type(carrier), dec_hook=hook)
    except (msgspec.DecodeError, HookFault):
        return False
    return again == carrier  # type: ignore[no-any-return]
