"""Strategies for almost right bodies: valid except for one fault, which is known.

Each maker draws a valid body, plants one fault in it, and says which error decoding must raise, and at which pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
from hypothesis import strategies as st

from contactwire.builtins import to_builtins
from contactwire.codecs import Codec
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContentTooLarge, DecodeError, ValidationError
from contactwire.paths import escape
from contactwire.testing.body_strategies import encoded, fitting, format_of, in_charset
from contactwire.testing.wrong_values import AlmostRight, holds_texts, spelled, with_wrong_text, with_wrong_value
from contactwire.wire import Carrier, FieldPlan, plan_of

__all__ = ["almost_right"]


def almost_right(type: type[Carrier], codec: Codec | None = None) -> st.SearchStrategy[AlmostRight]:
    """Bodies of a carrier class with one fault somewhere, in the codec's format, by default JSON.

    A fault is a value of a wrong kind or out of range, text that is not well-formed, or nesting over `max_depth`. Options of
    the codec add an unknown member (`unknown="error"`) and a repeated property (`duplicates="error"`). Names on the path to
    a fault may be in another letter case, and so are those in the pointer.

    Raises TypeError where no fault is possible, as in a form that has strings only, for codecs of other formats, and for a
    class that is no carrier.
    """
    plan_of(type)
    codec = JsonCodec() if codec is None else codec
    makers = _JSON if isinstance(codec, JsonCodec) else _TEXT.get(format_of(codec))
    possible = [st.composite(make)(type, codec) for make in makers or () if _applies(make, type, codec)]
    if not possible:
        raise TypeError(f"no faults are known for {type.__name__} in bodies of {codec.__class__.__name__}")
    return st.one_of(possible).map(lambda each: attrs.evolve(each, body=in_charset(codec, each.body)))


Maker = Callable[[st.DrawFn, type, Any], AlmostRight]


def _applies(make: Maker, cls: type, codec: Any) -> bool:
    if make is with_wrong_text:
        return holds_texts(cls)
    if make is _repeated:
        return codec.duplicates == "error" and bool(_with_two_spellings(cls))
    return make is not _unknown or getattr(codec, "unknown", None) == "error"


_CUT = "cut off"

Breaks = Mapping[str, Callable[[bytes], bytes]]
"""Faults by their descriptions, each with what makes of a valid body one that has it."""

_BROKEN_JSON: Breaks = {
    "a byte order mark behind the start": lambda body: b" \xef\xbb\xbf" + body,
    "two byte order marks": lambda body: b"\xef\xbb\xbf" * 2 + body,
    "a comma before the end": lambda body: body[:-1] + b",}",
    "a second value": lambda body: body + b"{}",
    "a comment": lambda body: b"/* x */" + body,
    "single quotes": lambda body: b"{'Name': " + body + b"}",
    "a number with a leading zero": lambda body: b'{"x": 01, "y": ' + body + b"}",
    "a control character in a string": lambda body: b'{"x": "\n", "y": ' + body + b"}",
    "an unknown escape": lambda body: b'{"x": "\\x", "y": ' + body + b"}",
    "bytes that are not UTF-8": lambda body: b'{"x": "\xe5", "y": ' + body + b"}",
    "NaN": lambda body: b'{"x": NaN, "y": ' + body + b"}",
}
"""Faults that RFC 8259 or the codec does not allow."""

_LONE_SURROGATE: Breaks = {"a lone surrogate": lambda body: b'{"x": "\\ud800", "y": ' + body + b"}"}
"""A fault unless the codec keeps lone surrogates."""

_BROKEN_XML: Breaks = {
    "a tag that nothing opened": lambda body: body + b"</x>",
    "a second root": lambda body: body + b"<x/>",
    "text behind the root": lambda body: body + b"x",
    "an unknown entity": lambda body: b"<x>&y;</x>",
    "a document type": lambda body: b"<!DOCTYPE x><x/>",
    "bytes that are not UTF-8": lambda body: b"<x>\xe5</x>",
    "a control character": lambda body: b"<x>\x01</x>",
    "an attribute twice": lambda body: b"<x a='' a=''/>",
    "a prefix that means nothing": lambda body: b"<y:x/>",
}
"""Faults that XML 1.0, Namespaces in XML or the codec does not allow."""


def _not_json(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    body = spelled(draw, to_builtins(draw(fitting(cls, codec))))
    return _broken(draw, body, {**_BROKEN_JSON, **(_LONE_SURROGATE if codec.surrogates == "error" else {})})


def _not_xml(draw: st.DrawFn, cls: type, codec: Codec) -> AlmostRight:
    return _broken(draw, encoded(codec, draw(fitting(cls, codec))).rstrip(), _BROKEN_XML)


def _broken(draw: st.DrawFn, body: bytes, breaks: Breaks) -> AlmostRight:
    """A valid body with one of the faults, or cut off."""
    fault = draw(st.sampled_from([_CUT, *breaks]))
    if fault != _CUT:
        return AlmostRight(breaks[fault](body), DecodeError, "", "", fault)
    end = draw(st.integers(0, len(body) - 1))
    return AlmostRight(body[:end], DecodeError, "", "", f"cut off after {end} bytes")


def _too_deep(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    levels = codec.max_depth + draw(st.integers(1, 3))
    opening, closing = draw(st.sampled_from([("[", "]"), ('{"x":', "}")]))
    return AlmostRight(
        f"{opening * levels}null{closing * levels}".encode(), ContentTooLarge, "", "", f"{levels} levels of nesting"
    )


def _unknown(draw: st.DrawFn, cls: type, codec: Codec) -> AlmostRight:
    carrier: Any = draw(fitting(cls, codec, extras=False))
    name = next(name for name in ("NoSuchProperty", "NoSuchPropertyEither") if plan_of(cls).find(name) is None)
    carrier.extras = {name: "x"}
    return AlmostRight(encoded(codec, carrier), ValidationError, f"/{name}", "a known property", f"{name} is no property")


def _repeated(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    data = to_builtins(draw(fitting(cls, codec)))
    field = draw(st.sampled_from(_with_two_spellings(cls)))
    again = field.name.swapcase()
    value = data.get(field.name)
    data |= {field.name: None if field.nullable else value, again: value}
    body = spelled(draw, data, shuffle=False)
    return AlmostRight(body, ValidationError, f"/{escape(again)}", "one value", f"{field.name} and {again}")


def _with_two_spellings(cls: type) -> list[FieldPlan]:
    return [field for field in plan_of(cls).fields if field.name.isascii() and field.name != field.name.swapcase()]


_JSON: Sequence[Maker] = [with_wrong_value, _not_json, _too_deep, _unknown, _repeated]
_TEXT: Mapping[str, Sequence[Maker]] = {"xml": [with_wrong_text, _not_xml, _unknown], "form": [with_wrong_text, _unknown]}
