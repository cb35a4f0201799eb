"""Ways to break a valid body, so that it is no longer well-formed in its format."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

__all__ = ["BROKEN_JSON", "BROKEN_XML", "LONE_SURROGATE", "Break"]

Break = Callable[[st.DrawFn, bytes], tuple[bytes, str]]
"""Breaks a valid body; gives the broken body, and a description of the fault."""


def _cut(draw: st.DrawFn, body: bytes) -> tuple[bytes, str]:
    end = draw(st.integers(0, len(body) - 1))
    return body[:end], f"cut off after {end} bytes"


def _breaking(fault: str, change: Callable[[bytes], bytes]) -> Break:
    return lambda draw, body: (change(body), fault)


BROKEN_JSON: Sequence[Break] = [
    _cut,
    _breaking("a byte order mark behind the start", lambda body: b" \xef\xbb\xbf" + body),
    _breaking("two byte order marks", lambda body: b"\xef\xbb\xbf" * 2 + body),
    _breaking("a comma before the end", lambda body: body[:-1] + b",}"),
    _breaking("a second value", lambda body: body + b"{}"),
    _breaking("a comment", lambda body: b"/* x */" + body),
    _breaking("single quotes", lambda body: b"{'Name': " + body + b"}"),
    _breaking("a number with a leading zero", lambda body: b'{"x": 01, "y": ' + body + b"}"),
    _breaking("a control character in a string", lambda body: b'{"x": "\n", "y": ' + body + b"}"),
    _breaking("an unknown escape", lambda body: b'{"x": "\\x", "y": ' + body + b"}"),
    _breaking("bytes that are not UTF-8", lambda body: b'{"x": "\xe5", "y": ' + body + b"}"),
    _breaking("NaN", lambda body: b'{"x": NaN, "y": ' + body + b"}"),
]
"""Faults that RFC 8259 or the codec does not allow."""

LONE_SURROGATE = _breaking("a lone surrogate", lambda body: b'{"x": "\\ud800", "y": ' + body + b"}")
"""A fault unless the codec keeps lone surrogates."""

BROKEN_XML: Sequence[Break] = [
    _cut,
    _breaking("a tag that nothing opened", lambda body: body + b"</x>"),
    _breaking("a second root", lambda body: body + b"<x/>"),
    _breaking("text behind the root", lambda body: body + b"x"),
    _breaking("an unknown entity", lambda body: b"<x>&y;</x>"),
    _breaking("a document type", lambda body: b"<!DOCTYPE x><x/>"),
    _breaking("bytes that are not UTF-8", lambda body: b"<x>\xe5</x>"),
    _breaking("a control character", lambda body: b"<x>\x01</x>"),
    _breaking("an attribute twice", lambda body: b"<x a='' a=''/>"),
    _breaking("a prefix that means nothing", lambda body: b"<y:x/>"),
]
"""Faults that XML 1.0, Namespaces in XML or the codec does not allow."""
