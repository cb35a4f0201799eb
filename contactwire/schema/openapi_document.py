"""OpenAPI 3.1 of the contact endpoint: what it takes and answers, operation by operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

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
from contactwire.negotiation import REQUEST_TYPES, RESPONSE_TYPES
from contactwire.schema.form_definition import form
from contactwire.schema.json_definitions import DIALECT, Definitions, Schema
from contactwire.schema.parameters import ANSWER_FIELDS, FIELDS, ID, SELECT, references
from contactwire.schema.patch_definitions import contact_patch, merge_patch
from contactwire.wire import kind_of

__all__ = ["openapi"]

_DESCRIPTION = (
    "Companies by their ids. Property names are matched in any letter case; members that are not listed are kept. For XML "
    "the schemas name the elements of the plain dialect, where a dictionary holds items with a Key and a Value; the XSD of "
    "each dialect is complete. The patterns of paths have names that begin with a capital or a small letter."
)
_ENTITIES, _ENTITY, _DEFAULT = "/api/v1/Contact/", "/api/v1/Contact/{id}", "/api/v1/Contact/default"
_SHAPING = ("Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone")
_TOKENS = ("SO-AppToken", "X-XSRF-TOKEN")
_UNCHANGED = ("If-Match", "If-None-Match", "If-Unmodified-Since")


@attrs.frozen
class _Operation:
    """An operation: what it is for, the status and the fields of its answer, and the request's fields of its own."""

    path: str
    method: str
    summary: str
    status: str = "200"
    answered: tuple[str, ...] = ("ETag", "Last-Modified", "Vary")
    fields: tuple[str, ...] = (*_SHAPING, *_TOKENS)

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method in ("get", "head")

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
        """Whether it is on a contact that is stored."""
        return self.path == _ENTITY


_READING = (*_SHAPING, *_TOKENS, "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
_CHANGING = (*_SHAPING, *_TOKENS, *_UNCHANGED)
_CHANGED = ("Content-Location", "ETag", "Last-Modified", "Vary")
_CREATED = ("ETag", "Last-Modified", "Location", "Vary")

_OPERATIONS: Mapping[str, _Operation] = {
    "postContact": _Operation(
        _ENTITIES, "post", "Store a new contact, under an id that the server chooses.", "201", _CREATED
    ),
    "getDefaultContact": _Operation(_DEFAULT, "get", "A new contact with the server's defaults.", answered=("Vary",)),
    "headDefaultContact": _Operation(_DEFAULT, "head", "As GET, without the contact.", answered=("Vary",)),
    "getContact": _Operation(_ENTITY, "get", "The contact as it is stored.", fields=_READING),
    "headContact": _Operation(_ENTITY, "head", "As GET, without the contact.", fields=_READING),
    "putContact": _Operation(
        _ENTITY,
        "put",
        "Replace the contact: what the body does not name gets its default. A patch acts as in PATCH.",
        answered=_CHANGED,
        fields=_CHANGING,
    ),
    "patchContact": _Operation(
        _ENTITY,
        "patch",
        "Change what the body names. In plain JSON an array is a JSON Patch, an object a merge patch.",
        answered=_CHANGED,
        fields=_CHANGING,
    ),
    "deleteContact": _Operation(_ENTITY, "delete", "Delete the contact.", "204", (), (*_TOKENS, *_UNCHANGED)),
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
    _Fault(BadRequest, _ALWAYS, "A body that is missing or holds no contact, or a header field or `$select` that is wrong."),
    _Fault(Unauthorized, _ALWAYS, "The request has no credentials that the server takes.", ("WWW-Authenticate",)),
    _Fault(Forbidden, _ALWAYS, "Who asks may not do this."),
    _Fault(NotFound, "is_of_entity", "There is no such contact."),
    _Fault(MethodNotAllowed, _ALWAYS, "The resource does not take this method.", ("Allow",)),
    _Fault(NotAcceptable, _ALWAYS, "The endpoint answers in no media type that Accept allows."),
    _Fault(
        Conflict,
        "takes_body",
        "The body holds another contact's id, a `test` operation found another value, or an operation names an item that is "
        "not there (RFC 5789 §2.2); nothing was changed.",
    ),
    _Fault(PreconditionFailed, "is_of_entity", "The contact is not as If-Match or another condition demands."),
    _Fault(ContentTooLarge, "takes_body", "The body is too large, or nests too deep."),
    _Fault(UnsupportedMediaType, "takes_body", "The body's media type or content coding is not read.", ("Accept",)),
    _Fault(ServiceUnavailable, _ALWAYS, "The storage does not work now; the same request may succeed later."),
)
_ERROR_TYPES = ("application/json", "text/json", "application/xml", "text/xml")
_ERROR: Schema = {
    "description": "What went wrong, in the server's words.",
    "type": "object",
    "properties": {
        "Error": {"description": "Always true.", "const": True},
        "ErrorType": {"description": "The class of the error.", "type": "string", "examples": ["SoNotFoundException"]},
        "ErrorMessage": {"type": "string", "examples": ["Contact id 99999 not found"]},
        "ErrorSource": {"description": "Which part of the server found it.", "type": "string"},
    },
    "required": ["Error", "ErrorType", "ErrorMessage", "ErrorSource"],
    "xml": {"name": "ServerError"},
}


def openapi() -> Schema:
    """The OpenAPI 3.1 document of the endpoint, as builtins."""
    parts = Definitions("#/components/schemas/", PLAIN)
    paths: dict[str, Schema] = {}
    for name, operation in _OPERATIONS.items():
        known = paths.setdefault(operation.path, {"parameters": [ID]} if operation.is_of_entity else {})
        known[operation.method] = _described(parts, name, operation)
    faults = {fault.error.__name__: _fault(parts, fault) for fault in _FAULTS}
    return {
        "openapi": "3.1.0",
        "info": {"title": "The contact endpoint", "description": _DESCRIPTION, "version": "v1"},
        "jsonSchemaDialect": DIALECT,
        "paths": paths,
        # The empty alternative is a browser's session with its X-XSRF-TOKEN.
        "security": [*({name: []} for name in _SECURITY), {}],
        "components": {
            "schemas": parts.finish(),
            "responses": faults,
            "parameters": {"select": SELECT, **{name: _header(name, *FIELDS[name]) for name in FIELDS}},
            "headers": {name: {"description": text, "schema": schema} for name, (schema, text) in ANSWER_FIELDS.items()},
            "securitySchemes": dict(_SECURITY),
        },
    }


def _header(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "header", "description": text, "schema": schema}


def _described(parts: Definitions, name: str, operation: _Operation) -> Schema:
    selected = () if operation.method == "delete" else ("select",)
    return {
        "operationId": name,
        "summary": operation.summary,
        "parameters": references("parameters", (*selected, *operation.fields)),
        **({"requestBody": _request(parts, operation)} if operation.takes_body else {}),
        "responses": _answers(parts, operation),
    }


def _answers(parts: Definitions, operation: _Operation) -> Schema:
    answers = {operation.status: _answer(parts, operation)}
    if operation.reads and operation.is_of_entity:
        fields = _fields(("ETag", "Last-Modified", "Vary"))
        answers["304"] = {"description": "The contact has not changed.", "headers": fields}
    faults = [fault for fault in _FAULTS if fault.when == _ALWAYS or getattr(operation, fault.when)]
    return answers | {str(fault.error.status): references("responses", [fault.error.__name__])[0] for fault in faults}


def _answer(parts: Definitions, operation: _Operation) -> Schema:
    if operation.method == "delete":
        return {"description": "The contact is deleted."}
    named: Schema = {"description": "The contact.", "headers": _fields(operation.answered)}
    if operation.method == "head":
        return named
    return {**named, "content": _content(RESPONSE_TYPES, _patches(parts), parts.kind(kind_of(ContactEntityWithLinks)))}


def _request(parts: Definitions, operation: _Operation) -> Schema:
    contact, patches = parts.kind(kind_of(ContactEntity)), _patches(parts)
    special = {"application/x-www-form-urlencoded": _form(parts), **(patches if operation.takes_patch else {})}
    if operation.method == "patch":
        either = {"oneOf": list(patches.values())}
        special |= {"application/json": either, "text/json": either}
    types = [name for name in REQUEST_TYPES if operation.takes_patch or name not in patches]
    return {"required": True, "content": _content(types, special, contact)}


def _form(parts: Definitions) -> Schema:
    return parts.refer("form", "ContactForm", lambda: form(ContactEntity))


def _patches(parts: Definitions) -> dict[str, Schema]:
    return {
        "application/json-patch+json": parts.refer("patch", "JsonPatch", lambda: contact_patch(parts)),
        "application/merge-patch+json": parts.refer("merge", "MergePatch", lambda: merge_patch(parts)),
    }


def _content(media_types: Iterable[str], special: Mapping[str, Schema], usual: Schema) -> Schema:
    return {media_type: {"schema": special.get(media_type, usual)} for media_type in media_types}


def _fault(parts: Definitions, fault: _Fault) -> Schema:
    error = parts.refer("error", "ServerError", lambda: _ERROR)
    fields = _fields((*fault.answered, "Vary"))
    return {"description": fault.text, "headers": fields, "content": _content(_ERROR_TYPES, {}, error)}


def _fields(names: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
