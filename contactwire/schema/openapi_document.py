"""OpenAPI 3.1 of the endpoint of an entity, such as the contact: what it takes and answers, operation by operation.

In the texts, `{entity}` stands for what the endpoint calls an entity, and in names of operations `{name}` for its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from contactwire.builtins import check_path
from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.codecs.xml import PLAIN
from contactwire.errors import (
    BadRequest,
    Conflict,
    ContactWireError,
    ContentTooLarge,
    Forbidden,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from contactwire.negotiation import ERROR_TYPES, REQUEST_TYPES, RESPONSE_TYPES
from contactwire.schema.form_definition import form
from contactwire.schema.json_definitions import DIALECT, Definitions, Schema
from contactwire.schema.parameters import ANSWER_FIELDS, FIELDS, id_parameter, reference, select_parameter
from contactwire.schema.patch_definitions import entity_patch, merge_patch
from contactwire.schema.texts import class_text
from contactwire.wire import Carrier, FieldPlan, entity_name, key_of, kind_of

__all__ = ["openapi"]

_DESCRIPTION = (
    "Members that are not listed are kept. A listed name in another letter case, such as name for Name, is read as the "
    "listed one, and its value must be as listed: the schemas do not describe such names. For XML the schemas name the "
    "elements of the plain dialect, where a dictionary holds items with a Key and a Value; the XSD of each dialect is "
    "complete. The patterns of paths have names that begin with a capital or a small letter."
)
_ENTITIES, _ENTITY, _DEFAULT = "{path}/", "{path}/{{id}}", "{path}/default"
_SHAPING = ("Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone")
_TOKENS = ("SO-AppToken", "X-XSRF-TOKEN")
_UNCHANGED = ("If-Match", "If-None-Match", "If-Unmodified-Since")


@attrs.frozen
class _Endpoint:
    """The endpoint of an entity: its path, the class of its answers, the property with its key, and its name."""

    path: str
    carrier: type
    key: FieldPlan
    name: str

    @property
    def taken(self) -> type:
        """The class of what is sent to it."""
        return ContactEntity if self.carrier is ContactEntityWithLinks else self.carrier

    @property
    def about(self) -> str:
        """What the entities are, for people."""
        return "Companies by their ids." if self.carrier is ContactEntityWithLinks else class_text(self.carrier)

    @property
    def entity(self) -> str:
        """What texts call an entity: "sale order" for the name `SaleOrder`."""
        return re.sub("(?<=[a-z0-9])(?=[A-Z])", " ", self.name).lower()

    def text(self, text: str) -> str:
        """A text of this module about this endpoint."""
        return text.format(entity=self.entity, name=self.name, path=self.path)


@attrs.frozen
class _Operation:
    """An operation: what it is for, the status and the fields of its answer, and the request's fields of its own."""

    path: str
    method: str
    summary: str
    status: str = "200"
    answered: tuple[str, ...] = ("Cache-Control", "ETag", "Last-Modified", "Vary")
    fields: tuple[str, ...] = (*_SHAPING, *_TOKENS)

    @property
    def takes_body(self) -> bool:
        """Whether the request has a body."""
        return self.method in ("patch", "post", "put")

    @property
    def takes_patch(self) -> bool:
        """Whether that may be a patch."""
        return self.method in ("patch", "put")

    @property
    def is_of_entity(self) -> bool:
        """Whether it is on an entity that is stored."""
        return self.path == _ENTITY


_READING = (*_SHAPING, *_TOKENS, "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
_CHANGING = (*_SHAPING, *_TOKENS, *_UNCHANGED)
_CHANGED = ("Content-Location", "ETag", "Last-Modified", "Vary")
_DEFAULTED = ("Cache-Control", "Vary")
_CREATED = ("ETag", "Last-Modified", "Location", "Vary")

_OPERATIONS: Mapping[str, _Operation] = {
    "post{name}": _Operation(
        _ENTITIES, "post", "Store a new {entity}, under an id that the server chooses.", "201", _CREATED
    ),
    "getDefault{name}": _Operation(_DEFAULT, "get", "A new {entity} with the server's defaults.", answered=_DEFAULTED),
    "headDefault{name}": _Operation(_DEFAULT, "head", "As GET, without the {entity}.", answered=_DEFAULTED),
    "get{name}": _Operation(_ENTITY, "get", "The {entity} as it is stored.", fields=_READING),
    "head{name}": _Operation(_ENTITY, "head", "As GET, without the {entity}.", fields=_READING),
    "put{name}": _Operation(
        _ENTITY,
        "put",
        "Replace the {entity}: what the body does not name gets its default. A patch acts as in PATCH.",
        answered=_CHANGED,
        fields=_CHANGING,
    ),
    "patch{name}": _Operation(
        _ENTITY,
        "patch",
        "Change what the body names. In plain JSON an array is a JSON Patch, an object a merge patch.",
        answered=_CHANGED,
        fields=_CHANGING,
    ),
    "delete{name}": _Operation(_ENTITY, "delete", "Delete the {entity}.", "204", (), (*_TOKENS, *_UNCHANGED)),
}

_SECURITY: Mapping[str, Schema] = {
    "Basic": {"type": "http", "scheme": "basic"},
    "SoTicket": {"type": "http", "scheme": "SoTicket", "description": "The ticket of a session."},
    "Bearer": {"type": "http", "scheme": "bearer"},
}


@attrs.frozen
class _Fault:
    """An answer that reports an error, and which operations give it: those for which the property `when` is true."""

    error: type[ContactWireError]
    when: str
    text: str
    answered: tuple[str, ...] = ()


_ALWAYS = ""
_FAULTS = (
    _Fault(
        BadRequest, _ALWAYS, "A body that is missing or holds no {entity}, or a header field or `$select` that is wrong."
    ),
    _Fault(Unauthorized, _ALWAYS, "The request has no credentials that the server takes.", ("WWW-Authenticate",)),
    _Fault(Forbidden, _ALWAYS, "Who asks may not do this."),
    _Fault(NotFound, "is_of_entity", "There is no such {entity}."),
    _Fault(MethodNotAllowed, _ALWAYS, "The resource does not take this method.", ("Allow",)),
    _Fault(NotAcceptable, _ALWAYS, "The endpoint answers in no media type that Accept allows."),
    _Fault(
        Conflict,
        "takes_body",
        "The body holds another {entity}'s id, a `test` operation found another value, or an operation names an item that "
        "is not there (RFC 5789 §2.2); nothing was changed.",
    ),
    _Fault(PreconditionFailed, "is_of_entity", "The {entity} is not as If-Match or another condition demands."),
    _Fault(ContentTooLarge, "takes_body", "The body is too large, or nests too deep."),
    _Fault(
        UnsupportedMediaType,
        "takes_body",
        "The body's media type or content coding is not read.",
        ("Accept", "Accept-Patch"),
    ),
    _Fault(ServiceUnavailable, _ALWAYS, "The storage does not work now; the same request may succeed later."),
)


def openapi(
    *,
    path: str = "/api/v1/Contact",
    type: type[Carrier] = ContactEntityWithLinks,
    id: str = "",
    name: str = "",
    title: str = "",
) -> Schema:
    """The OpenAPI 3.1 document of the endpoint of an entity, as builtins; without arguments, of the contact.

    `path` is the path before the id, `type` the carrier class of stored entities and answers, `id` the attribute with its
    primary key, and `name` what names of operations call it, as for `contactwire.http.ContactEndpoint`. By default the key
    is the property `Id`, or the class's name with `Id`, and the name that of the class without `Entity`. `title` is the
    document's, by default "The contact endpoint", or with another name. Descriptions come from the docstrings of the class.

    All references lead to `#/components/`, so the paths and components can be put into another document of OpenAPI 3.1.

    Raises TypeError for a `type` that is no carrier class, or that has no integer property `id`, and ValueError for a `path`
    that does not begin with a slash, or has a query.
    """
    check_path(path)
    key, kind = key_of(type, id)
    endpoint = _Endpoint(path.rstrip("/"), type, key, name or entity_name(type))
    parts = Definitions("#/components/schemas/{name}", PLAIN)
    paths: dict[str, Schema] = {}
    for label, operation in _OPERATIONS.items():
        resource = {"parameters": [id_parameter(endpoint.entity, kind)]} if operation.is_of_entity else {}
        known = paths.setdefault(endpoint.text(operation.path), resource)
        known[operation.method] = _described(parts, endpoint, label, operation)
    faults = {fault.error.__name__: _fault(parts, endpoint, fault) for fault in _FAULTS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title or endpoint.text("The {entity} endpoint"),
            "description": f"{endpoint.about} {_DESCRIPTION}".strip(),
            "version": "v1",
        },
        "jsonSchemaDialect": DIALECT,
        "paths": paths,
        # The empty alternative is a browser's session with its X-XSRF-TOKEN.
        "security": [*({name: []} for name in _SECURITY), {}],
        "components": {
            "schemas": parts.finish(),
            "responses": faults,
            "parameters": {"select": select_parameter(endpoint.carrier), **_headers(endpoint)},
            "headers": {
                name: {"description": endpoint.text(text), "schema": schema}
                for name, (schema, text) in ANSWER_FIELDS.items()
            },
            "securitySchemes": dict(_SECURITY),
        },
    }


def _headers(endpoint: _Endpoint) -> Schema:
    return {
        name: {"name": name, "in": "header", "description": endpoint.text(text), "schema": schema}
        for name, (schema, text) in FIELDS.items()
    }


def _described(parts: Definitions, endpoint: _Endpoint, label: str, operation: _Operation) -> Schema:
    selected = () if operation.method == "delete" else ("select",)
    return {
        "operationId": endpoint.text(label),
        "summary": endpoint.text(operation.summary),
        "parameters": [reference("parameters", name) for name in (*selected, *operation.fields)],
        **({"requestBody": _request(parts, endpoint, operation)} if operation.takes_body else {}),
        "responses": _answers(parts, endpoint, operation),
    }


def _answers(parts: Definitions, endpoint: _Endpoint, operation: _Operation) -> Schema:
    answers = {operation.status: _answer(parts, endpoint, operation)}
    if operation.method in ("get", "head") and operation.is_of_entity:
        fields = _fields(operation.answered)
        answers["304"] = {"description": endpoint.text("The {entity} has not changed."), "headers": fields}
    faults = [fault for fault in _FAULTS if fault.when == _ALWAYS or getattr(operation, fault.when)]
    return answers | {str(fault.error.status): reference("responses", fault.error.__name__) for fault in faults}


def _answer(parts: Definitions, endpoint: _Endpoint, operation: _Operation) -> Schema:
    if operation.method == "delete":
        return {"description": endpoint.text("The {entity} is deleted.")}
    named: Schema = {"description": endpoint.text("The {entity}."), "headers": _fields(operation.answered)}
    if operation.method == "head":
        return named
    answered = parts.kind(kind_of(endpoint.carrier))
    return {**named, "content": _content(RESPONSE_TYPES, _patches(parts, endpoint), answered)}


def _request(parts: Definitions, endpoint: _Endpoint, operation: _Operation) -> Schema:
    entity, patches = parts.kind(kind_of(endpoint.taken)), _patches(parts, endpoint)
    in_form = parts.refer("form", f"{endpoint.name}Form", lambda: form(endpoint.taken))
    special = {"application/x-www-form-urlencoded": in_form, **(patches if operation.takes_patch else {})}
    if operation.method == "patch":
        either = {"oneOf": list(patches.values())}
        special |= {"application/json": either, "text/json": either}
    types = [name for name in REQUEST_TYPES if operation.takes_patch or name not in patches]
    return {"required": True, "content": _content(types, special, entity)}


def _patches(parts: Definitions, endpoint: _Endpoint) -> dict[str, Schema]:
    carrier, key = endpoint.taken, endpoint.key.name
    return {
        "application/json-patch+json": parts.refer("patch", "JsonPatch", lambda: entity_patch(parts, carrier, key)),
        "application/merge-patch+json": parts.refer("merge", "MergePatch", lambda: merge_patch(parts, carrier=carrier)),
    }


def _content(media_types: Iterable[str], special: Mapping[str, Schema], usual: Schema) -> Schema:
    return {media_type: {"schema": special.get(media_type, usual)} for media_type in media_types}


def _fault(parts: Definitions, endpoint: _Endpoint, fault: _Fault) -> Schema:
    error = parts.refer("error", "ServerError", lambda: _error(endpoint))
    fields = _fields((*fault.answered, "Vary"))
    return {"description": endpoint.text(fault.text), "headers": fields, "content": _content(ERROR_TYPES, {}, error)}


def _error(endpoint: _Endpoint) -> Schema:
    return {
        "description": "What went wrong, in the server's words.",
        "type": "object",
        "properties": {
            "Error": {"description": "Always true.", "const": True},
            "ErrorType": {"description": "The class of the error.", "type": "string", "examples": ["SoNotFoundException"]},
            "ErrorMessage": {"type": "string", "examples": [endpoint.text("{name} id 99999 not found")]},
            "ErrorSource": {"description": "Which part of the server found it.", "type": "string"},
        },
        "required": ["Error", "ErrorType", "ErrorMessage", "ErrorSource"],
        "xml": {"name": "ServerError"},
    }


def _fields(names: Iterable[str]) -> Schema:
    return {name: reference("headers", name) for name in names}
