"""Patches: contactwire on carriers, python-jsonpatch on dictionaries, msgspec that reads a merge patch as any other JSON."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from benchmarks.contenders._contender import OURS, Contender
from benchmarks.inputs import Input
from benchmarks.measure import Task
from contactwire import JsonPatch, MergePatchCodec, diff

__all__ = ["WORKS"]

_OPERATIONS: list[dict[str, Any]] = [
    {"op": "replace", "path": "/Name", "value": "Renamed Ltd"},
    {"op": "add", "path": "/Emails/-", "value": {"Value": "new@example.com", "Description": "New"}},
    {"op": "replace", "path": "/Persons/0/Lastname", "value": "Renamed"},
]


def _apply(given: Input) -> Task:
    return Task(given.carrier(), JsonPatch.parse(_OPERATIONS).apply)


def _jsonpatch_apply(given: Input) -> Task:
    from jsonpatch import JsonPatch

    return Task(json.loads(given.body), JsonPatch(_OPERATIONS).apply)


def _diff(given: Input) -> Task:
    before, after = given.carrier(), JsonPatch.parse(_OPERATIONS).apply(given.carrier())
    return Task((before, after), lambda pair: diff(*pair))


def _make_patch(given: Input) -> Task:
    from jsonpatch import JsonPatch, make_patch

    before = json.loads(given.body)
    return Task((before, JsonPatch(_OPERATIONS).apply(before)), lambda pair: make_patch(*pair))


_JSONPATCH = ("jsonpatch",)

WORKS = {
    "merge patch decode": {
        OURS: Contender(lambda given: Task(given.body, MergePatchCodec().decode)),
        "msgspec to builtins": Contender(
            lambda given: Task(given.body, msgspec.json.Decoder().decode), differs="makes a dictionary, limits no depth"
        ),
    },
    "JSON Patch apply, three operations": {
        OURS: Contender(_apply),
        "python-jsonpatch": Contender(_jsonpatch_apply, _JSONPATCH, "patches a dictionary, and checks no type"),
    },
    "diff, three differences": {
        OURS: Contender(_diff),
        "python-jsonpatch": Contender(_make_patch, _JSONPATCH, "compares dictionaries"),
    },
}
