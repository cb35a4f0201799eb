"""What pydantic asks of carriers and patches: how they are read and written, and their JSON Schema.

Nobody imports this module by name. A class is a type of pydantic's as it is: in a model, in a `TypeAdapter`, in FastAPI.

::

    class Order(BaseModel):
        customer: ContactEntity
        others: list[ContactEntity] = []

Builtins with wire names are read as `from_builtins` reads them, dates as texts, and each fault is one of pydantic's errors,
whose `loc` is the pointer. To JSON, a carrier is written as `encode` writes it, but for what `include` and `exclude` leave
out by its wire name; `model_dump()` leaves it the object that it is. In a schema, properties have their wire names.

pydantic reads and writes numbers as doubles. So a double, an unknown member, or a decimal with more digits than a double
holds is refused when it is written. pydantic rounds such a number in a text before anybody else sees it; `decode` does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

import msgspec
from pydantic_core import (
    CoreSchema,
    InitErrorDetails,
    PydanticCustomError,
    ValidationError,
    core_schema,
    to_jsonable_python,
)

from contactwire import errors
from contactwire.builtins import MAX_DIGITS, from_builtins
from contactwire.carriers import ContactEntity
from contactwire.patch import JsonPatch, MergePatch
from contactwire.paths import is_index, parse_pointer
from contactwire.plugins.bodies import write_body
from contactwire.schema import Definitions, entity_patch, merge_patch

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler

__all__ = ["FAULT", "TOO_LARGE", "RegisteredDefinitions", "core_schema_of", "details_of", "json_schema_of"]

_LONGEST = 2**13
FAULT = "carrier_fault"
"""The `type` of pydantic's errors about carriers and patches; their `ctx` has what an `Issue` has."""
TOO_LARGE = "carrier_too_large"
"""The same for a value that is over a limit."""

_PATCH_SCHEMAS: Mapping[type, Callable[[Definitions], Any]] = {
    JsonPatch: lambda definitions: entity_patch(definitions, ContactEntity, "ContactId"),
    MergePatch: merge_patch,
}


def core_schema_of(cls: Any) -> CoreSchema:
    """How pydantic reads and writes values of a carrier or patch class."""
    parse = _PARSING.get(cls, partial(_carrier, cls))

    def read(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        try:
            return parse(value)
        except errors.ContactWireError as error:
            raise ValidationError.from_exception_data(cls.__name__, details_of(error, value)) from None

    # pydantic names the validator so, where one of a union has a fault.
    read.__name__ = cls.__name__
    written = core_schema.plain_serializer_function_ser_schema(_written, info_arg=True, when_used="json")
    return core_schema.no_info_plain_validator_function(read, ref=_reference(cls, cls.__name__), serialization=written)


def _carrier(cls: Any, value: Any) -> Any:
    carrier = from_builtins(value, cls)
    # Python's parsers of JSON, and pydantic's, take NaN, which no encoder writes.
    write_body(carrier)
    return carrier


def _merge_patch(value: Any) -> MergePatch:
    if not isinstance(value, dict):
        # It would replace the whole document (RFC 7396 §2), which no carrier takes; and beside it in a union, a list is a
        # JSON patch.
        raise errors.ValidationError([errors.Issue.of_value("object (merge patch)", value)])
    return MergePatch.parse(value)


_PARSING: Mapping[Any, Callable[[Any], Any]] = {JsonPatch: JsonPatch.parse, MergePatch: _merge_patch}


def details_of(error: errors.ContactWireError, value: Any) -> list[InitErrorDetails]:
    """What pydantic is to say of all faults that an error lists, with the place of each in `value`, and what is there.

    Without a `value`, as for a body in another format than JSON, a number in a place counts as that of an item of a list.
    """
    # pydantic shows the value, and one of these may be too large or too deep to be shown.
    if isinstance(error, errors.ContentTooLarge):
        return [_detail(errors.Issue("", error.detail, "", ""), None, TOO_LARGE)]
    if not isinstance(error, errors.ValidationError | errors.EncodeError):
        return [_detail(errors.Issue("", str(error), "", ""), None)]
    more = [errors.Issue("", "there are more faults", "", "")] if error.more else []
    return [_detail(issue, value) for issue in (*error.issues, *more)]


def _detail(issue: errors.Issue, value: Any, type: Any = FAULT) -> InitErrorDetails:
    place, found = _found(value, issue.pointer)
    shown = {name: getattr(issue, name) for name in ("message", "expected", "received")}
    shown["pointer"] = _brief(issue.pointer)
    # pydantic fills a template's braces in from the context; the message may have braces that mean themselves.
    worded = PydanticCustomError(type, "{message}", {name: _encodable(text) for name, text in shown.items()})
    return InitErrorDetails(type=worded, loc=tuple(map(_encodable, place)), input=_encodable(found))


def _encodable(value: Any) -> Any:
    """A text with a question mark for each lone surrogate, at which pydantic fails to show an error; others as they are."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _brief(text: str) -> str:
    """A pointer, or a name in one; of a very long one the beginning and the end."""
    return text if len(text) <= _LONGEST else errors.shorten_pointer(text)


def _found(value: Any, pointer: str) -> tuple[tuple[int | str, ...], Any]:
    """The place that a pointer names, as pydantic spells it, and the value there, or of its nearest ancestor.

    Of a very long name, which many faults may be below, the place has the beginning and the end.
    """
    place: list[int | str] = []
    for token in parse_pointer(pointer):
        is_item = (isinstance(value, list) or value is None) and is_index(token) and len(token) <= MAX_DIGITS
        key = int(token) if is_item else token
        place.append(_brief(key) if isinstance(key, str) else key)
        try:
            value = value[key]
        except (LookupError, TypeError):
            continue
    return tuple(place), value


def _double(text: str) -> float:
    value = float(text)
    if Decimal(repr(value)) != Decimal(text):
        raise ValueError(f"{text} has more digits than pydantic writes: write the carrier with contactwire.encode")
    return value


_builtins = msgspec.json.Decoder(float_hook=_double).decode


def _written(value: Any, info: Any) -> Any:
    found = _builtins(write_body(value))
    # pydantic leaves it to the functions that it is given.
    chosen = info.include is not None or info.exclude is not None
    return to_jsonable_python(found, include=info.include, exclude=info.exclude) if chosen else found


class RegisteredDefinitions(Definitions):
    """The named schemas of carriers, each registered with pydantic, which names them and says where they are."""

    def __init__(self, handler: GetJsonSchemaHandler) -> None:
        super().__init__()
        self._handler = handler

    def refer(self, key: object, name: str, make: Callable[[], Any]) -> Any:
        """A reference to the schema of `key`, which `make` builds when the first reference is made."""
        # A schema with a `ref` becomes a definition where it is part of another one: an empty one, to be filled here.
        part = core_schema.any_schema(ref=_reference(key, name))
        reference = self._handler(core_schema.list_schema(part))["items"]
        definition = self._handler.resolve_ref_schema(reference)
        if not definition:
            definition["title"] = name
            definition |= make()
        return reference


def _reference(key: object, name: str) -> str:
    """What pydantic calls a type, and what it tells apart two types of one name by."""
    identity = id(key) if isinstance(key, type) else crc32(repr(key).encode())
    return f"{getattr(key, '__module__', 'contactwire')}.{name}:{identity}"


def json_schema_of(cls: Any, handler: GetJsonSchemaHandler) -> Any:
    """The JSON Schema of a carrier or patch class: a reference to a definition that pydantic names."""
    definitions = RegisteredDefinitions(handler)
    if cls in _PATCH_SCHEMAS:
        return definitions.refer(cls, cls.__name__, lambda: _PATCH_SCHEMAS[cls](definitions))
    return definitions.refer(cls, cls.__name__, lambda: definitions.carrier(cls))
