"""JSON text (RFC 8259) to builtins, and the places of faults in the text.

msgspec parses the text. If it refuses, `_scan` goes through the tokens of the text, and finds the line and column where it
stops being JSON and what was expected there. The same scan finds the place of a pointer's value (`locate_in_json`). Two
other looks at the text answer what msgspec does not: how many objects it holds, and how deep, where that might overflow the
stack (`raw_text`), and which members are repeated (`repeated_members`).
"""

from __future__ import annotations

import json
import re
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from contactwire.builtins import (
    MAX_DIGITS,
    SURROGATES_ADVICE,
    Surrogates,
    beyond_the_stack,
    check_depth,
    from_json,
    from_json_in_order,
    repeated_issue,
    stack_may_overflow,
)
from contactwire.codecs.json.brackets import holds_more, nests_deeper
from contactwire.codecs.shared import END_OF_TEXT, Body, error_at, places_in, to_bytes, too_many_objects, without_mark
from contactwire.errors import ContentTooLarge, DecodeError, Issue, shorten
from contactwire.paths import escape, unescape
from contactwire.patterns import pattern

__all__ = ["EXPECTED", "locate_in_json", "parse_json", "raw_text", "repeated_members"]

_WS = r"[ \t\n\r]*+"
_TEXT = r'[^"\\\x00-\x1f]*+'
_STRING = rf'"{_TEXT}(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{{4}}){_TEXT})*+"'
_WORD = "(?:true|false|null)"
_FRACTION = r"(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?![0-9A-Za-z.+-])"
_TOKEN = pattern(
    rf"""{_WS}(?:
        (?P<mark>[{{}}\[\],:])
      | (?P<string>{_STRING})
      | (?P<number>-?(?:0|[1-9][0-9]*+){_FRACTION})
      | (?P<word>{_WORD}\b)
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)
# The pattern for a run doubles with each level: six take 100 ms to compile, four a quarter, and both are as fast then.
_LEVELS = 4
# Values that need no further check. A `\u` escape may be a lone surrogate, and a long number may have too many digits.
_CHARACTER = (
    r"\\u(?:[0-9a-cefA-CEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_SIMPLE_STRING = rf'"{_TEXT}(?:(?:\\["\\/bfnrt]|{_CHARACTER}){_TEXT})*+"'
_SIMPLE = rf"{_SIMPLE_STRING}|-?+(?:0|[1-9][0-9]{{0,{MAX_DIGITS - 2}}}+){_FRACTION}|{_WORD}"


def _value(levels: int) -> str:
    """The pattern for a simple value, or for a list or an object of such values that nests at most `levels` deep."""
    if not levels:
        return f"(?>{_SIMPLE})"
    items = f"{_WS}{_value(levels - 1)}{_WS}"
    in_list = rf"\[{_WS}(?:\]|(?:{items}(?:,(?!{_WS}\])|(?=\])))++\])"
    in_object = rf"\{{{_WS}(?:\}}|(?:{_WS}{_SIMPLE_STRING}{_WS}:{items}(?:,(?!{_WS}\}})|(?=\}})))++\}})"
    return f"(?>{_SIMPLE}|{in_list}|{in_object})"


@cache
def _run(of_members: bool) -> re.Pattern[str]:
    """The pattern for a run of list items, or of object members, each with a comma behind it."""
    name = f"{_SIMPLE_STRING}{_WS}:{_WS}" if of_members else ""
    return re.compile(f"(?:{_WS}{name}{_value(_LEVELS)}{_WS},)++", re.ASCII)


# Bytes of an object or list, at least: `{}` or `[]`.
_SHORTEST = 2
# How deep a text may nest where the stack may overflow: that takes 150 kB of it.
_SAFE = 500
_BLANK = pattern(_WS)
_BAD_IN_STRING = pattern(r'[\x00-\x1f]|\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})|\\.', re.DOTALL)
_SURROGATE = pattern("[\ud800-\udfff]")


def raw_text(body: Body, max_bytes: int, max_objects: int) -> bytes | bytearray | memoryview:
    """The bytes of a body of JSON, without byte order mark.

    Raises `ContentTooLarge` over `max_bytes`, and for a text that holds more than `max_objects` objects and lists. A text
    that is too short to hold so many is not searched. Raises it too for a text that nests so deep that the stack may
    overflow, where Python's own limit does not keep it from that.
    """
    raw = without_mark(to_bytes(body, max_bytes))
    if stack_may_overflow():
        _check_levels(bytes(raw))
    if len(raw) >= _SHORTEST * max_objects and holds_more(bytes(raw), max_objects):
        raise too_many_objects(max_objects)
    return raw


def _check_levels(raw: bytes) -> None:
    """Raise `DecodeError` for a text that nests deeper than `_SAFE`, or that is no JSON and might."""
    if nests_deeper(raw, _SAFE):
        _scan(raw.decode("utf-8", "replace"), _SAFE, None, "keep")


def parse_json(body: bytes | bytearray | memoryview, max_depth: int, surrogates: Surrogates | None = None) -> Any:
    """The builtins of a JSON text; the last of two members with the same name wins.

    `surrogates` is the codec's option; None, for a caller without one, means "error". Raises `DecodeError` with line and
    column for a text that is not JSON, `ContentTooLarge` for one that nests deeper than `max_depth`.
    """
    try:
        value = from_json(body)
        check_depth(value, max_depth)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ContentTooLarge) as error:
        fault = _diagnose(body, max_depth, error, surrogates)
        if fault is not None:
            raise fault from None
        return from_json_in_order(body)
    return value


def repeated_members(body: bytes | bytearray | memoryview) -> Iterator[Issue]:
    """The fault of each member whose name its object had before, spelled the same, in the order of the text.

    The text must be JSON.
    """
    text = bytes(body).decode()
    if _has_repeated(text):
        yield from _repeated_in(json.loads(text, object_pairs_hook=_Members, **_AS_TEXT))


_AS_TEXT: Any = {"parse_int": str, "parse_float": str}


class _Members(list[tuple[str, Any]]):
    """The members of an object, repeated ones too."""


def _has_repeated(text: str) -> bool:
    found = False

    def check(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len(dict(pairs)) < len(pairs)

    json.loads(text, object_pairs_hook=check, **_AS_TEXT)
    return found


def _repeated_in(value: Any) -> Iterator[Issue]:
    """The faults inside of an object or a list; those below one name share it."""
    names: set[str] = set()
    for token, inner in value if isinstance(value, _Members) else enumerate(value):
        if isinstance(token, str):
            if token in names:
                yield repeated_issue("/" + escape(token))
            names.add(token)
        if isinstance(inner, list):
            prefix = "/" + escape(str(token))
            for issue in _repeated_in(inner):
                yield issue.under(prefix)


class _Wanted:
    """A place to locate: the places `inside` it, by pointer token, and the `offset` of its value, 0 until it is found."""

    __slots__ = ("inside", "offset")

    def __init__(self) -> None:
        self.inside: dict[str, _Wanted] = {}
        self.offset = 0


def locate_in_json(body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
    """Line and column (from 1, the column in characters) of the value at each pointer, or of its nearest ancestor's.

    It scans the text once, however many pointers there are. Raises `DecodeError` for a text that is not JSON.
    """
    root, ways = _Wanted(), []
    for pointer in pointers:
        way = [root]
        for token in pointer.split("/")[1:]:
            way.append(way[-1].inside.setdefault(unescape(token), _Wanted()))
        ways.append(way)
    text = (body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")).removeprefix("\ufeff")
    _scan(text, sys.maxsize, root, "keep")
    return places_in(text, (next((each.offset for each in reversed(way) if each.offset), root.offset) for way in ways))


def _diagnose(
    body: bytes | bytearray | memoryview, max_depth: int, error: Exception, surrogates: Surrogates | None
) -> DecodeError | None:
    """The fault of a text that msgspec refused; None if it has lone surrogates that are kept, and no fault."""
    raw = bytes(body)
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        # RFC 8259 §8.1: JSON text "MUST be encoded using UTF-8".
        message = "a text in UTF-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "invalid UTF-8"
        shown, position = raw[: fault.end + 40].decode("utf-8", "replace"), len(raw[: fault.start].decode())
        return error_at(shown, position, message, "text in UTF-8")
    if text.startswith("\ufeff"):
        # RFC 8259 §8.1: "Implementations MUST NOT add a byte order mark".
        return error_at(text, 0, "a byte order mark", "a JSON value without one")
    try:
        _scan(text, max_depth, None, surrogates)
    except DecodeError as found:
        return found
    if isinstance(error, RecursionError):
        return beyond_the_stack()
    if surrogates == "keep":
        return None
    return DecodeError(f"not JSON: {error}")  # pragma: no cover - only if the scan took what msgspec refuses


def _scan(text: str, max_depth: int, wanted: _Wanted | None, surrogates: Surrogates | None) -> None:
    """Go through the tokens of a text: set the offsets of the places in `wanted`, raise `DecodeError` where it is not JSON.

    Where no place is wanted, a pattern skips many values at once (`_run`). `state` says what may come next.
    """
    stack: list[tuple[_Wanted | None, int]] = []
    offset, state = 0, "value"
    while True:
        if stack and stack[-1][0] is None and len(stack) + _LEVELS <= max_depth:
            in_object = stack[-1][1] == _OBJECT
            # A run of members does not begin behind a colon.
            run = _run(in_object).match(text, offset) if state in _BEFORE_RUNS[in_object] else None
            if run is not None:
                offset, state = run.end(), _BEFORE_RUNS[in_object][0]
        token = _TOKEN.match(text, offset)
        start = _BLANK.match(text, offset).end()  # type: ignore[union-attr]
        kind = token.lastgroup if token else None
        if token is None or kind is None or _SIGNS.get(kind, token[kind]) not in _ALLOWED[state]:
            raise _unexpected(text, start, EXPECTED[state])
        mark, offset = token[kind], token.end()
        if kind == "end":
            return
        if mark in ("}", "]"):
            stack.pop()
            state = _after(stack)
        elif mark == ",":
            outer, index = stack[-1]
            stack[-1] = outer, index if index == _OBJECT else index + 1
            state = "member" if index == _OBJECT else "value"
            wanted = None if outer is None or index == _OBJECT else outer.inside.get(str(index + 1))
        elif mark == ":":
            state = "value"
        elif state in ("member", "first member"):
            name, outer = _string(text, start, mark, surrogates), stack[-1][0]
            wanted, state = None if outer is None else outer.inside.get(name), "colon"
        else:
            if wanted is not None:
                wanted.offset = start
            if mark in ("{", "["):
                if len(stack) >= max_depth:
                    raise error_at(text, start, f"nesting is deeper than {max_depth}", "less nesting", ContentTooLarge)
                stack.append((wanted, _OBJECT if mark == "{" else 0))
                state = "first member" if mark == "{" else "first item"
                wanted = None if wanted is None else wanted.inside.get("0")
            else:
                _check_scalar(text, start, mark, surrogates)
                state = _after(stack)


_OBJECT = -1
_BEFORE_RUNS = (("value", "first item"), ("member", "first member"))
"""In which states a run may begin, in a list and in an object; the first one is that behind it."""
EXPECTED = {
    "value": "a JSON value",
    "first item": "a JSON value or ']'",
    "first member": "a property name in double quotes or '}'",
    "member": "a property name in double quotes",
    "colon": "':'",
    "after item": "',' or ']'",
    "after member": "',' or '}'",
    "end": END_OF_TEXT,
}
"""What may stand in each state of a text, in the words of an error."""

_ALLOWED = {
    "value": '{["0t',
    "first item": '{["0t]',
    "first member": '"}',
    "member": '"',
    "colon": ":",
    "after item": ",]",
    "after member": ",}",
    "end": "$",
}
"""The marks, and the signs of other tokens, that may stand in each state."""
_SIGNS = {"string": '"', "number": "0", "word": "t", "end": "$"}


def _after(stack: list[tuple[_Wanted | None, int]]) -> str:
    if not stack:
        return "end"
    return "after member" if stack[-1][1] == _OBJECT else "after item"


def _string(text: str, start: int, token: str, surrogates: Surrogates | None) -> str:
    value: str = json.loads(token)
    if surrogates != "keep" and _SURROGATE.search(value):
        advice = SURROGATES_ADVICE if surrogates == "error" else ""
        raise error_at(text, start, "a lone surrogate" + advice, "a character")
    return value


def _check_scalar(text: str, start: int, token: str, surrogates: Surrogates | None) -> None:
    if "\\u" in token:
        _string(text, start, token, surrogates)
    # msgspec counts the sign as a digit.
    elif len(token) > MAX_DIGITS and token.lstrip("-").isdigit():
        raise error_at(text, start, "a number out of range", "a number that a double can hold")


def _unexpected(text: str, start: int, expected: str) -> DecodeError:
    if start >= len(text):
        return error_at(text, start, "the text ends too early", expected)
    if text[start] != '"':
        return error_at(text, start, f"unexpected {shorten(text[start])}", expected)
    if _TOKEN.match(text, start):
        return error_at(text, start, "unexpected string", expected)
    for fault in _BAD_IN_STRING.finditer(text, start + 1):
        if fault[0] < " ":
            return error_at(text, fault.start(), "a control character in a string", "an escape such as \\n")
        if fault[0] == "\\":
            return error_at(
                text, fault.start(), "an unknown escape in a string", 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX'
            )
    return error_at(text, len(text), "the text ends inside a string", "'\"'")
