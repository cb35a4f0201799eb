"""JSON: contactwire, pydantic, cattrs + orjson, mashumaro + orjson, msgspec Structs.

Encoders keep absent properties absent, as contactwire does; pydantic is told so by `exclude_unset`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender, decoding, timer_of
from benchmarks.inputs import Input
from benchmarks.measure import Timer
from contactwire import JsonCodec
from contactwire.wire import is_carrier

__all__ = ["CONTENDERS", "PEERS", "Pair", "msgspec_structs", "ours", "with_unknown_properties"]

Pair = tuple[Callable[[bytes], Any], Callable[[Any], bytes | str]]
"""Decode and encode of one peer for one type."""


def ours(given: Input, **options: Any) -> Pair:
    """The library's own decode and encode."""
    codec = JsonCodec(**options)
    return (lambda body: codec.decode(body, given.type)), codec.encode


def _model(module: Any, given: Input) -> Any:
    model: Any = module.ContactEntityWithLinks
    return list[model] if given.is_list else model


def _pydantic(given: Input) -> Pair:
    from pydantic import TypeAdapter

    model = _model(models.load("pydantic"), given)
    if given.is_list:
        adapter = TypeAdapter(model)
        return adapter.validate_json, lambda value: adapter.dump_json(value, by_alias=True, exclude_unset=True)
    return model.model_validate_json, lambda value: value.model_dump_json(by_alias=True, exclude_unset=True)


def _cattrs(given: Input) -> Pair:
    module = models.load("cattrs")
    converter, model = module.converter, _model(module, given)
    return (lambda body: converter.loads(body, model)), converter.dumps


def _mashumaro(given: Input) -> Pair:
    model = _model(models.load("mashumaro"), given)
    if given.is_list:
        from mashumaro.codecs.orjson import ORJSONDecoder, ORJSONEncoder

        return ORJSONDecoder(model).decode, ORJSONEncoder(model).encode
    return model.from_json, lambda value: value.to_jsonb()


def msgspec_structs(given: Input) -> Pair:
    """Decode and encode of msgspec alone."""
    import msgspec

    return msgspec.json.Decoder(_model(models.load("msgspec"), given)).decode, msgspec.json.Encoder().encode


PEERS: dict[str, tuple[str, str, Callable[[Input], Pair], tuple[str, ...]]] = {
    "pydantic": ("pydantic model_validate_json", "pydantic model_dump_json", _pydantic, ("pydantic",)),
    "cattrs": ("cattrs + orjson", "cattrs + orjson", _cattrs, ("orjson",)),
    "mashumaro": ("mashumaro + orjson", "mashumaro + orjson", _mashumaro, ("mashumaro", "orjson")),
    "msgspec": ("msgspec Struct", "msgspec Struct", msgspec_structs, ()),
}
"""For each peer the names of its decode and encode, its pair, and what is to be installed."""


def _decode(pair: Callable[..., Pair]) -> Callable[[Input], Timer]:
    return lambda given: decoding(given, given.body, pair(given)[0])


def _encode(pair: Callable[..., Pair], **options: Any) -> Callable[[Input], Timer]:
    def make(given: Input) -> Timer:
        decode, encode = pair(given, **options)
        return timer_of(given, lambda: decode(given.body), encode)

    return make


def with_unknown_properties(value: Any) -> Any:
    """`value`, where each carrier in it now has a property that its class does not know."""
    if is_carrier(type(value)):
        for field in attrs.fields(type(value)):
            if field.name != "extras":
                with_unknown_properties(getattr(value, field.name))
        value.extras["IsUnknown"] = "kept"
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            with_unknown_properties(item)
    return value


def _decode_unknown(given: Input) -> Timer:
    return decoding(given, JsonCodec().encode(with_unknown_properties(given.carrier())), ours(given)[0])


_DECODE, _UNKNOWN = "JSON decode", "JSON decode, one unknown property per object"
_ENCODE, _UNCHECKED = "JSON encode", "JSON encode, validate=False"

CONTENDERS = {
    (_DECODE, OURS): Contender(_decode(ours)),
    (_ENCODE, OURS): Contender(_encode(ours)),
    (_UNKNOWN, OURS): Contender(_decode_unknown),
    (_UNKNOWN, "the same without"): Contender(_decode(ours)),
    (_UNCHECKED, OURS): Contender(_encode(ours, validate=False)),
    (_UNCHECKED, "msgspec Struct"): Contender(_encode(msgspec_structs)),
    **{(_DECODE, decode): Contender(_decode(pair), needs) for decode, _, pair, needs in PEERS.values()},
    **{(_ENCODE, encode): Contender(_encode(pair), needs) for _, encode, pair, needs in PEERS.values()},
}
