"""Patches and selections: contactwire on carriers, python-jsonpatch on dictionaries."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.contenders._contender import OURS, Contender, timer_of
from benchmarks.inputs import Input
from benchmarks.measure import Timer
from contactwire import JsonCodec, to_builtins

__all__ = ["CONTENDERS", "OPERATIONS", "SELECT"]

OPERATIONS: list[dict[str, Any]] = [
    {"op": "replace", "path": "/Name", "value": "Renamed Ltd"},
    {"op": "add", "path": "/Emails/-", "value": {"Value": "new@example.com", "Description": "New"}},
    {"op": "replace", "path": "/Persons/0/Lastname", "value": "Renamed"},
]
SELECT = "name,contactId,category/id"


def _apply(given: Input) -> Timer:
    from contactwire import JsonPatch

    return timer_of(given, given.carrier, JsonPatch.parse(OPERATIONS).apply)


def _jsonpatch_apply(given: Input) -> Timer:
    from jsonpatch import JsonPatch

    return timer_of(given, lambda: json.loads(given.body), JsonPatch(OPERATIONS).apply)


def _diff(given: Input) -> Timer:
    from contactwire import JsonPatch, diff

    def pair() -> tuple[Any, Any]:
        return given.carrier(), JsonPatch.parse(OPERATIONS).apply(given.carrier())

    return timer_of(given, pair, lambda pair: diff(*pair))


def _make_patch(given: Input) -> Timer:
    from jsonpatch import make_patch

    from contactwire import JsonPatch

    def pair() -> tuple[Any, Any]:
        return json.loads(given.body), to_builtins(JsonPatch.parse(OPERATIONS).apply(given.carrier()))

    return timer_of(given, pair, lambda pair: make_patch(*pair))


def _encode_selected(given: Input) -> Timer:
    from contactwire import Selection

    codec, selection = JsonCodec(), Selection.parse(SELECT)
    return timer_of(given, given.carrier, lambda value: codec.encode(value, selection=selection))


def _encode_all(given: Input) -> Timer:
    return timer_of(given, given.carrier, JsonCodec().encode)


_SELECT, _APPLY, _DIFF = (
    "$select of three properties, encode",
    "JSON Patch apply, three operations",
    "diff, three differences",
)

CONTENDERS = {
    (_SELECT, OURS): Contender(_encode_selected),
    (_SELECT, "full encode"): Contender(_encode_all),
    (_APPLY, OURS): Contender(_apply),
    (_APPLY, "python-jsonpatch on a dict"): Contender(_jsonpatch_apply, ("jsonpatch",)),
    (_DIFF, OURS): Contender(_diff),
    (_DIFF, "python-jsonpatch make_patch"): Contender(_make_patch, ("jsonpatch",)),
}
