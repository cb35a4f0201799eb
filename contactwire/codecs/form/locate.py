"""Where in a form's text each place of the document stands, by its pointer."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from contactwire.codecs.form.keys import KeyFault, Segment, segments
from contactwire.codecs.form.text import Pair, pairs
from contactwire.paths import escape
from contactwire.wire import fold

__all__ = ["locate"]


def locate(raw: bytes, pointers: Iterable[str], charset: str, max_depth: int) -> list[tuple[int, int]]:
    """Line and column (from 1, the column in characters) of the first pair that leads to each pointer, or to what holds it.

    One pass over the body, whatever the number of pointers. Raises `DecodeError` for what is no form.
    """
    index = _Index(max_depth)
    for pair in pairs(raw, sys.maxsize, charset):
        index.add(pair)
    offsets = [index.nearest(pointer) for pointer in pointers]
    places = _lines_and_columns(raw, sorted(set(offsets)), charset)
    return [places[offset] for offset in offsets]


class _Index:
    """The offset of the first pair at each pointer, for both readings of `[0].Key`: a dictionary's item and an object's."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self._offsets: dict[str, int] = {"": 0}
        self._counts: dict[str, int] = {}
        self._keys: dict[str, str] = {}

    def add(self, pair: Pair) -> None:
        """Take in one pair."""
        try:
            steps = segments(pair.key)[: self._max_depth]
        except KeyFault:
            return
        ends = set()
        for pointers in (self._plain(steps), self._by_key(steps, pair.value)):
            pointer = ""
            for pointer in pointers:
                self._offsets.setdefault(pointer, pair.offset)
            ends.add(pointer)
        for pointer in ends:
            # Said once more under the same name, it is one more item of a list.
            count = self._counts[pointer] = self._counts.get(pointer, -1) + 1
            self._offsets.setdefault(f"{pointer}/{count}", pair.offset)

    def _plain(self, steps: list[Segment]) -> Iterator[str]:
        pointer = ""
        for step in steps:
            if not step.is_end:
                pointer += f"/{escape(step.text)}"
                yield pointer

    def _by_key(self, steps: list[Segment], value: str) -> Iterator[str]:
        pointer, is_done = "", False
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if is_done or step.is_end:
                is_done = False
                continue
            item = f"{pointer}/{escape(step.text)}"
            part = fold(following.text) if following is not None and step.is_index else ""
            if part == "key":
                self._keys.setdefault(item, f"{pointer}/{escape(value)}")
            is_done = part in ("key", "value") and item in self._keys
            pointer = self._keys[item] if is_done else item
            yield pointer

    def nearest(self, pointer: str) -> int:
        """The offset for a pointer, or for the nearest that is known of those that it is inside of."""
        while pointer not in self._offsets:
            pointer = pointer.rpartition("/")[0]
        return self._offsets[pointer]


def _lines_and_columns(raw: bytes, offsets: list[int], charset: str) -> dict[int, tuple[int, int]]:
    """The places that offsets in ascending order stand for."""
    places = {}
    line, column, start = 1, 1, 0
    for offset in offsets:
        passed = raw[start:offset].decode(charset, "replace")
        line += passed.count("\n")
        column = len(passed) - passed.rfind("\n") if "\n" in passed else column + len(passed)
        places[offset], start = (line, column), offset
    return places
