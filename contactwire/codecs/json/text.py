"""JSON text ↔ builtins, and the places of things in the text (RFC 8259).

msgspec does the reading. What it cannot say (where exactly the text stops being JSON and what was expected there, which
members are repeated, on which line a pointer's value stands) a scanner finds in a second look, taken only after a fault.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contactwire.builtins import MAX_DIGITS, check_depth, from_json
from contactwire.codecs.shared import Body, error_at
from contactwire.errors import ContentTooLarge, DecodeError
from contactwire.paths import escape

__all__ = ["locate_in_json", "parse_json", "repeated_members"]

_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
        (?P<mark>[{}\[\],:])
      | (?P<string>"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+")
      | (?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+)(?![0-9A-Za-z.+-])
      | (?P<word>true|false|null)\b
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)
_BLANK = re.compile(r"[ \t\n\r]*")
_BAD_IN_STRING = re.compile(r'["\x00-\x1f]|\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})|\\.', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(body: bytes | bytearray | memoryview, max_depth: int) -> Any:
    """The builtins that a JSON text stands for; the last of two equal member names wins.

    Raises `DecodeError` with line and column for what is not JSON, `ContentTooLarge` where it nests deeper than
    `max_depth`.
    """
    try:
        value = from_json(body)
        check_depth(value, max_depth)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ContentTooLarge) as error:
        raise _diagnose(body, max_depth, error) from None
    return value


def repeated_members(body: bytes | bytearray | memoryview, max_depth: int) -> list[str]:
    """The pointers of all members that their object has already, spelled the same."""
    return [pointer for pointer, _, again in _scan(bytes(body).decode(), max_depth) if again]


def locate_in_json(body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
    """Line and column (from 1, the column in characters) of the value at each pointer, or of its nearest ancestor's.

    One pass over the text, whatever the number of pointers.
    """
    pointers = list(pointers)
    wanted = {ancestor for pointer in pointers for ancestor in _ancestry(pointer)}
    text = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    offsets = {pointer: offset for pointer, offset, _ in _scan(text, max_depth=sys.maxsize) if pointer in wanted}
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return [_place(starts, next(offsets[near] for near in _ancestry(pointer) if near in offsets)) for pointer in pointers]


def _ancestry(pointer: str) -> list[str]:
    """The pointer, what holds it, and so on out to the whole document."""
    ends = [len(pointer), *(place for place in range(len(pointer) - 1, -1, -1) if pointer[place] == "/")]
    return [pointer[:end] for end in ends] if pointer else [""]


def _place(starts: list[int], offset: int) -> tuple[int, int]:
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _diagnose(body: bytes | bytearray | memoryview, max_depth: int, error: Exception) -> DecodeError:
    raw = bytes(body)
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        # RFC 8259 §8.1: JSON text "MUST be encoded using UTF-8".
        return error_at(
            raw[: fault.end + 40].decode("utf-8", "replace"), len(raw[: fault.start].decode()), "invalid UTF-8", "UTF-8"
        )
    if text.startswith("\ufeff"):
        # RFC 8259 §8.1: "Implementations MUST NOT add a byte order mark".
        return error_at(text, 0, "a byte order mark", "a JSON value without one")
    try:
        for _ in _scan(text, max_depth):
            pass
    except DecodeError as found:
        return found
    return DecodeError(f"not JSON: {error}")


def _scan(text: str, max_depth: int) -> Iterator[tuple[str, int, bool]]:
    """Yield `(pointer, offset, repeated)` for each value, in order; raise `DecodeError` where the text is not JSON."""
    stack: list[tuple[str, set[str] | int]] = []
    pointer, again, offset = "", False, 0
    state = "value"
    while True:
        token = _TOKEN.match(text, offset)
        start = _BLANK.match(text, offset).end()  # type: ignore[union-attr]
        kind = token.lastgroup if token else None
        if token is None or token[kind] not in _allowed(state, kind, token[kind]):  # type: ignore[index]
            raise _unexpected(text, start, _EXPECTED[state])
        mark, offset = token[kind], token.end()  # type: ignore[index]
        if kind == "end":
            return
        if mark in ("{", "["):
            yield pointer, start, again
            if len(stack) >= max_depth:
                raise error_at(text, start, f"nesting is deeper than {max_depth}", "less nesting", ContentTooLarge)
            stack.append((pointer, set() if mark == "{" else 0))
            state = "first member" if mark == "{" else "first item"
            if mark == "[":
                pointer, again = f"{pointer}/0", False
        elif mark in ("}", "]"):
            stack.pop()
            state = _after(stack)
        elif mark == ",":
            outer, inside = stack[-1]
            if isinstance(inside, int):
                stack[-1] = outer, inside + 1
                pointer, again, state = f"{outer}/{inside + 1}", False, "value"
            else:
                state = "member"
        elif mark == ":":
            state = "value"
        elif state in ("member", "first member"):
            name = _string(text, start, mark)
            outer, names = stack[-1]
            assert isinstance(names, set)
            pointer, again, state = f"{outer}/{escape(name)}", name in names, "colon"
            names.add(name)
        else:
            _check_scalar(text, start, kind or "", mark)
            yield pointer, start, again
            state = _after(stack)


_EXPECTED = {
    "value": "a JSON value",
    "first item": "a JSON value or ']'",
    "first member": "a property name in double quotes or '}'",
    "member": "a property name in double quotes",
    "colon": "':'",
    "after item": "',' or ']'",
    "after member": "',' or '}'",
    "end": "the end of the text",
}
_MARKS = {
    "value": "{[",
    "first item": "{[]",
    "first member": "}",
    "member": "",
    "colon": ":",
    "after item": ",]",
    "after member": ",}",
    "end": "",
}
_SCALARS_IN = {"value": ("string", "number", "word"), "first item": ("string", "number", "word")}


def _allowed(state: str, kind: str | None, text: str) -> tuple[str, ...]:
    if kind == "mark":
        right = text in _MARKS[state]
    elif kind == "end":
        right = state == "end"
    else:
        right = kind in _SCALARS_IN.get(state, ()) or (kind == "string" and state in ("member", "first member"))
    return (text,) if right else ()


def _after(stack: list[tuple[str, set[str] | int]]) -> str:
    if not stack:
        return "end"
    return "after item" if isinstance(stack[-1][1], int) else "after member"


def _string(text: str, start: int, token: str) -> str:
    value: str = json.loads(token)
    if _SURROGATE.search(value):
        raise error_at(text, start, "a string with a lone surrogate", "a pair of surrogates or none")
    return value


def _check_scalar(text: str, start: int, kind: str, token: str) -> None:
    if kind == "string" and "\\u" in token:
        _string(text, start, token)
    elif kind == "number":
        digits = len(token.lstrip("-"))
        if digits > MAX_DIGITS and token.lstrip("-").isdigit():
            raise error_at(text, start, "a number out of range", "a number that a double can hold")


def _unexpected(text: str, start: int, expected: str) -> DecodeError:
    if start >= len(text):
        return error_at(text, start, "the text ends too early", expected)
    if text[start] != '"':
        return error_at(text, start, f"unexpected {json.dumps(text[start], ensure_ascii=False)}", expected)
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
