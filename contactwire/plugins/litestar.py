"""For Litestar: carriers and patches as bodies and answers of one's own routes, and in the application's OpenAPI document.

::

    app = Litestar([get_contact, put_contact, mounted("/crm", contacts)], plugins=[ContactwirePlugin()])

Litestar's own encoder knows the Structs that carriers are, but neither the dates nor the unknown members in them. With this
plugin it has the library read and write them: bodies by their `Content-Type`, answers in the media type of the route, with
numbers to the digit. A body with faults is answered as Litestar does, with 400 and all faults in `extra`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import isawaitable
from types import UnionType
from typing import Any, ClassVar, Union, cast, get_args, get_origin

import msgspec
from litestar import MediaType, Response, asgi
from litestar.dto import AbstractDTO
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import ASGIRouteHandler  # noqa: TC002 - Litestar looks names in annotations up
from litestar.openapi.spec import Reference, Schema
from litestar.openapi.spec.base import BaseSchemaObject
from litestar.plugins import OpenAPISchemaPlugin, ReceiveRoutePlugin, SerializationPlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import Receive, Scope, Send  # noqa: TC002 - as above
from litestar.typing import FieldDefinition

from contactwire.asgi import ContactApplication
from contactwire.errors import ContactWireError, shorten_pointer
from contactwire.plugins.bodies import JSON, PATCH_TYPES, is_document, read_body, write_body
from contactwire.schema import Definitions
from contactwire.wire import is_carrier

__all__ = ["ContactwirePlugin", "mounted"]

_OPEN = (Any, object, dict, list, tuple)
"""The types in annotations that say nothing of what they hold."""


def mounted(path: str, application: ContactApplication) -> ASGIRouteHandler:
    """The route handler that mounts the endpoint at a path."""

    @asgi(path, is_mount=True, copy_scope=True)
    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        await cast("Any", application)(scope, receive, send)

    return endpoint


class ContactwirePlugin(SerializationPlugin, OpenAPISchemaPlugin, ReceiveRoutePlugin):
    """Has an application read and write carriers and patches as their formats demand, and describe them in its OpenAPI."""

    def receive_route(self, route: BaseRoute) -> None:
        """Name the media type of answers that are a Response with a carrier; Litestar describes them without one."""
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if not handler.media_type and issubclass(handler.resolve_return_dto() or object, _Documents):
                handler.media_type = MediaType.JSON

    def supports_type(self, field_definition: FieldDefinition) -> bool:
        """Whether a type is a carrier class or a patch class, or says nothing of what it holds."""
        return is_document(field_definition.annotation) or any(field_definition.annotation is each for each in _OPEN)

    def create_dto_for_type(self, field_definition: FieldDefinition) -> type[AbstractDTO[Any]]:
        """The class that reads bodies and writes answers of a type with a carrier or patch class in it.

        It writes answers of a type that says nothing of what it holds, too. Bodies of such a type, and a Response that may
        be a file or a page, are left to Litestar.
        """
        if not _Documents.is_supported_model_type_field(field_definition):
            is_left = field_definition.name == "data" or field_definition.is_subclass_of(Response)
            # Litestar takes None for no class.
            none: Any = None
            return none if is_left else _OpenAnswers
        members = {"document": _document(field_definition.annotation), "is_optional": field_definition.is_optional}
        return type("ContactwireDTO", (_Documents,), members)

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        """Whether the plug-in describes a type: a carrier class or a patch class."""
        return is_document(value)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """The schema of a carrier class or a patch class."""
        cls = field_definition.annotation
        if cls in PATCH_TYPES:
            return Schema(title=cls.__name__, description=f"A patch, as {PATCH_TYPES[cls]} has it, in JSON.")
        schema: Schema = schema_creator.schema_registry.get_schema_for_field_definition(field_definition)
        schema.title = cls.__name__
        aliases = Schema.field_aliases()
        for name, value in _Registered(schema_creator).carrier(cls).items():
            setattr(schema, aliases.get(name, name), value)
        return schema


class _Registered(Definitions):
    """The schemas of carriers, each registered with Litestar, which names it; others stand where they are used."""

    def __init__(self, schema_creator: Any) -> None:
        super().__init__()
        self._schema_creator = schema_creator

    def refer(self, key: object, name: str, make: Callable[[], Any]) -> Any:
        """A reference to the schema of a carrier, or any other schema itself."""
        if not is_carrier(key):
            return make()
        return {"$ref": _Pointer(self._schema_creator.for_field_definition(FieldDefinition.from_annotation(key)))}


@dataclass
class _Pointer(BaseSchemaObject):
    """The text of a reference, which Litestar sets when it has named all schemas."""

    reference: Reference

    def to_schema(self) -> Any:
        """The text."""
        return self.reference.ref


def _document(annotation: Any) -> Any:
    """The type that is read for an annotation: what a union with None holds otherwise, or the annotation."""
    if get_origin(annotation) in (Union, UnionType):
        return next((each for each in get_args(annotation) if each is not type(None)), annotation)
    return annotation


class _Documents(AbstractDTO[Any]):
    """Reads the bodies and writes the answers of one type; Litestar creates one for each request."""

    document: ClassVar[Any]
    is_optional: ClassVar[bool]

    def decode_bytes(self, value: bytes) -> Any:
        """The document in a body."""
        if self.is_optional and value.strip() == b"null":
            return None
        try:
            return read_body(value, self.asgi_connection.headers, self.document)
        except ContactWireError as error:
            raise _refusal(error) from error

    def data_to_encodable_type(self, data: Any) -> Any:
        """What Litestar is to write for an answer: JSON as it is, or bytes in another format."""
        if isawaitable(data):
            # Litestar 2.25 awaits the first of two handlers on one path later, if both run in threads.
            return self._awaited(data)
        # It is "" where the route says nothing, and returns a Response.
        wanted = getattr(self.asgi_connection.route_handler, "media_type", JSON) or JSON
        if isinstance(data, Response):
            wanted, answer = data.media_type or wanted, data
            answer.content = _written(data.content, wanted)
            return answer
        return _written(data, wanted)

    async def _awaited(self, data: Awaitable[Any]) -> Any:
        return self.data_to_encodable_type(await data)

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """Nothing: one class is enough for all handlers."""

    @classmethod
    def is_supported_model_type_field(cls, field_definition: FieldDefinition) -> bool:
        """Whether a type has a carrier or a patch in it."""
        return field_definition.match_predicate_recursively(lambda each: is_document(each.annotation))

    @classmethod
    def create_openapi_schema(cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any) -> Any:
        """The schema of the type, or of what a Response holds, in which `ContactwirePlugin` describes carriers."""
        is_response = field_definition.is_subclass_of(Response)
        return schema_creator.for_field_definition(field_definition.inner_types[0] if is_response else field_definition)

    # AbstractDTO asks for these two; what is overridden above never calls them.
    generate_field_definitions = detect_nested_field = cast("Any", None)


class _OpenAnswers(_Documents):
    """Writes the answers of a type that says nothing of what it holds; those without a carrier or patch stay as they are."""

    def data_to_encodable_type(self, data: Any) -> Any:
        """What Litestar is to write for an answer."""
        content = data.content if isinstance(data, Response) else data
        return super().data_to_encodable_type(data) if _holds_document(content) else data

    @classmethod
    def is_supported_model_type_field(cls, field_definition: FieldDefinition) -> bool:
        """Yes."""
        return True


def _holds_document(data: Any) -> bool:
    items = data.values() if isinstance(data, dict) else data if isinstance(data, (list, tuple)) else ()
    return is_document(type(data)) or any(map(_holds_document, items))


def _written(data: Any, media_type: Any) -> Any:
    if is_document(type(data)) or (isinstance(data, list) and all(is_carrier(type(item)) for item in data)):
        # A member of MediaType is a string, but its str() is its name.
        name = getattr(media_type, "value", media_type)
        return msgspec.Raw(write_body(data)) if "json" in name else write_body(data, name)
    if isinstance(data, (list, tuple)):
        return [_written(item, media_type) for item in data]
    if isinstance(data, dict):
        return {name: _written(item, media_type) for name, item in data.items()}
    return data


def _refusal(error: ContactWireError) -> HTTPException:
    if error.status != 400:
        return HTTPException(detail=str(error), status_code=error.status)
    issues = getattr(error, "issues", ())
    extra = [{"message": each.message, "key": shorten_pointer(each.pointer), "source": "body"} for each in issues]
    return ValidationException(detail=str(error), extra=extra)
