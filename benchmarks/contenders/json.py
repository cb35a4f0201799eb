"""JSON: contactwire, plain models of pydantic, and Structs of msgspec."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender, Pair, decoding, encoding
from benchmarks.inputs import Input
from benchmarks.measure import Task
from contactwire import JsonCodec, Selection

__all__ = ["WORKS", "body", "msgspec_structs", "ours"]

_SELECT = "name,contactId,category/id"


def ours(given: Input, **options: Any) -> Pair:
    """The library's own decode and encode."""
    codec = JsonCodec(**options)
    return (lambda body: codec.decode(body, given.type)), codec.encode


def msgspec_structs(given: Input) -> Pair:
    """Decode and encode of msgspec alone."""
    import msgspec

    struct: Any = models.load("msgspec").ContactEntityWithLinks
    return msgspec.json.Decoder(list[struct] if given.is_list else struct).decode, msgspec.json.Encoder().encode


def _pydantic(models_of: str, **options: Any) -> Callable[[Input], Pair]:
    def pair(_: Input) -> Pair:
        model = models.load(models_of).ContactEntityWithLinks
        return model.model_validate_json, lambda value: value.model_dump_json(by_alias=True, **options)

    return pair


def body(given: Input) -> bytes:
    """The JSON body as it is."""
    return given.body


def _two_unknown(given: Input) -> bytes:
    return given.with_two_unknown_members().body


def _unknown_everywhere(given: Input) -> bytes:
    return given.with_unknown_members().body


def _camel_case(given: Input) -> bytes:
    return given.in_camel_case().body


def _select(given: Input) -> Task:
    return Task(given.carrier(), partial(JsonCodec().encode, selection=Selection.parse(_SELECT)))


_PYDANTIC = ("pydantic",)
_SIX = "keeps six digits of a second"
_FORGETS = f"{_SIX}, drops unknown members"
_UNCHECKED = f"does not check what it writes, {_FORGETS}"

WORKS = {
    "JSON decode": {
        OURS: Contender(decoding(ours, body)),
        "msgspec Struct": Contender(decoding(msgspec_structs, body), differs=_FORGETS),
        "pydantic": Contender(decoding(_pydantic("pydantic"), body), _PYDANTIC, _FORGETS),
    },
    "JSON decode, two unknown members at the top": {
        OURS: Contender(decoding(ours, _two_unknown)),
        'pydantic, extra="allow"': Contender(decoding(_pydantic("pydantic_extra"), _two_unknown), _PYDANTIC, _SIX),
    },
    "JSON decode, one unknown member in every object": {
        OURS: Contender(decoding(ours, _unknown_everywhere)),
        'pydantic, extra="allow"': Contender(decoding(_pydantic("pydantic_extra"), _unknown_everywhere), _PYDANTIC, _SIX),
    },
    "JSON decode, all names in camelCase": {
        OURS: Contender(decoding(ours, _camel_case)),
        "pydantic, alias_generator=to_camel": Contender(
            decoding(_pydantic("pydantic_camel"), _camel_case), _PYDANTIC, f"reads names in no other letter case, {_FORGETS}"
        ),
    },
    "JSON encode, validate=False": {
        OURS: Contender(encoding(partial(ours, validate=False), body)),
        "msgspec Struct": Contender(encoding(msgspec_structs, body), differs=_FORGETS),
    },
    "JSON encode": {
        OURS: Contender(encoding(ours, body)),
        "pydantic": Contender(
            encoding(_pydantic("pydantic"), body), _PYDANTIC, f"writes null for what is absent, {_UNCHECKED}"
        ),
        "pydantic, exclude_unset=True": Contender(
            encoding(_pydantic("pydantic", exclude_unset=True), body), _PYDANTIC, _UNCHECKED
        ),
    },
    "JSON encode, one unknown member in every object": {
        OURS: Contender(encoding(ours, _unknown_everywhere)),
        "the same without": Contender(encoding(ours, body)),
    },
    "$select of three properties, encode": {
        OURS: Contender(_select),
        "pydantic, the whole": Contender(
            encoding(_pydantic("pydantic"), body), _PYDANTIC, "writes all properties, and null for what is absent"
        ),
    },
}
