"""Strategies for valid bodies in each format: a codec writes a carrier, and the layout of the text is then varied."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any
from urllib.parse import unquote_to_bytes

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from contactwire.builtins import MAX_DEPTH, depth_of, to_builtins
from contactwire.codecs import Codec, as_codec
from contactwire.codecs.formats import options_of
from contactwire.codecs.shared import encoding_named
from contactwire.errors import EncodeError
from contactwire.testing.value_strategies import carriers, strings
from contactwire.wire import Carrier

__all__ = ["bodies", "encoded", "fits", "fitting", "format_of", "in_charset", "spelled_as_json"]

_XML_HEADS = [b"", b'<?xml version="1.0" encoding="utf-8"?>\n', b"<!-- a & b -->"]
_INDENTS = st.sampled_from([None, 0, 2])
# Other spellings of what a form's body holds: pattern and replacement. The first finds an `a` that is part of no escape.
_FORM_SPELLINGS = [
    (re.compile(rb"(?<!%)(?<!%[0-9A-Fa-f])a"), b"%61"),
    (re.compile(rb"%2F"), b"%2f"),
    (re.compile(rb"\+"), b"%20"),
    (re.compile(rb"$"), b""),
]
_FORM_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def format_of(codec: Codec | None) -> str:
    """The format of a codec, by its media type: "json", "xml", "form", "patch" or "other"."""
    if codec is None:
        return "json"
    media_type = as_codec(codec).media_types[0]
    return next((name for name in ("patch", "json", "xml", "form") if name in media_type), "other")


def fitting(cls: type[Carrier], codec: Codec | None, *, extras: bool = True) -> st.SearchStrategy[Any]:
    """Carriers that the codec can write and read.

    They have strings that its format can hold, extras only if it takes any, and nest no deeper than it takes.
    """
    takes_extras = extras and getattr(codec, "unknown", "keep") != "error"
    found: st.SearchStrategy[Any] = carriers(cls, text=strings(xml=format_of(codec) == "xml"), extras=takes_extras)
    return found.filter(lambda carrier: fits(carrier, codec))


def fits(data: Any, codec: Codec | None) -> bool:
    """Whether a carrier or builtins nest no deeper than the codec takes."""
    limit = getattr(codec, "max_depth", MAX_DEPTH)
    return depth_of(data, limit) <= limit


def bodies(type: type[Carrier], codec: Codec | None = None) -> st.SearchStrategy[bytes]:
    """Valid bodies of a carrier class in the codec's format, by default JSON, laid out in several ways.

    Properties are absent, null, empty or filled, and some carriers have unknown members; names are in the wire's letter
    case. JSON varies the order of members, white space and escapes; XML has a declaration, comments and indents; forms have
    needless escapes. They are in the codec's `charset`, or else in UTF-8.
    """
    if codec is None or format_of(codec) == "json":
        orders = st.none() | st.integers(0, 2**32)
        data = fitting(type, codec).map(to_builtins)
        return st.builds(spelled_as_json, data, _INDENTS, st.booleans(), orders)
    return _written(fitting(type, codec), codec).map(partial(in_charset, codec))


def spelled_as_json(data: Any, indent: int | None, ascii_only: bool, order: int | None) -> bytes:
    """JSON text of some builtins; `order` is the seed by which members are shuffled, None for their own order."""
    data = data if order is None else _shuffled(data, Random(order))
    return json.dumps(data, indent=indent, ensure_ascii=ascii_only).encode()


def _shuffled(data: Any, random: Random) -> Any:
    if isinstance(data, list):
        return [_shuffled(item, random) for item in data]
    if not isinstance(data, dict):
        return data
    members = [(name, _shuffled(item, random)) for name, item in data.items()]
    random.shuffle(members)
    return dict(members)


def encoded(codec: Codec, value: Any) -> bytes:
    """The body of a value; Hypothesis drops the example if the codec cannot write it."""
    try:
        return codec.encode(value)
    except EncodeError:
        # The format cannot express this value.
        reject()


def in_charset(codec: Codec, body: bytes) -> bytes:
    """A body in UTF-8, as a codec writes it, in the character set that the codec reads."""
    encoding = encoding_named(getattr(codec, "charset", None) or "")
    respell = _RESPELLED.get(format_of(codec))
    return body if encoding in (None, "utf-8") or respell is None else respell(body, encoding)


def _xml_in(body: bytes, encoding: str) -> bytes:
    try:
        return body.decode().encode(encoding)
    except UnicodeError:
        # The character set lacks a letter, or the body is broken. A byte order mark says that it is in UTF-8 all the same.
        return BOM_UTF8 + body


def _form_in(body: bytes, encoding: str) -> bytes:
    if encoding == "ascii":
        # Forms that say so are in UTF-8.
        return body
    pairs = [pair.partition(b"=") for pair in body.split(b"&")]
    try:
        return b"&".join(
            # What the character set lacks is a reference in a text, as browsers write it (WHATWG URL §1.3), and no name.
            _respelled(key, encoding, "strict") + sign + _respelled(text, encoding, "xmlcharrefreplace")
            for key, sign, text in pairs
        )
    except UnicodeEncodeError:
        reject()


def _respelled(text: bytes, encoding: str, errors: str) -> bytes:
    """A key or text of a form whose escapes are bytes of UTF-8, with those of another encoding."""

    def respelled(escapes: re.Match[bytes]) -> bytes:
        raw = unquote_to_bytes(escapes[0]).decode().encode(encoding, errors)
        return "".join(f"%{byte:02X}" for byte in raw).encode()

    return _FORM_ESCAPES.sub(respelled, text)


_RESPELLED: Mapping[str, Callable[[bytes, str], bytes]] = {"xml": _xml_in, "form": _form_in}

Layout = Callable[[st.DrawFn, bytes], bytes]


def _written(values: st.SearchStrategy[Any], codec: Codec) -> st.SearchStrategy[bytes]:
    layout: Layout = _LAYOUTS.get(format_of(codec), lambda draw, body: body)
    indented = [codec]
    if "indent" in options_of(type(codec)):
        indented += [attrs.evolve(codec, indent=2)]  # type: ignore[misc]

    @st.composite
    def write(draw: st.DrawFn) -> bytes:
        return layout(draw, encoded(draw(st.sampled_from(indented)), draw(values)))

    return write()


def _as_xml(draw: st.DrawFn, body: bytes) -> bytes:
    head = b"" if body.startswith(b"<?xml") else draw(st.sampled_from(_XML_HEADS))
    return head + body + draw(st.sampled_from([b"", b"\n", b"<!-- after -->"]))


def _as_form(draw: st.DrawFn, body: bytes) -> bytes:
    # WHATWG URL §5.1: any byte may be percent-encoded, in either letter case, and a plus is a space.
    plain, escaped = draw(st.sampled_from(_FORM_SPELLINGS))
    return plain.sub(escaped, body)


_LAYOUTS: dict[str, Layout] = {"xml": _as_xml, "form": _as_form}
