"""OpenAPI 3.1 of the contact endpoint: what it takes and answers, method by method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.codecs.xml import PLAIN
from contactwire.errors import (
    BadRequest,
    ContactWireError,
    ContentTooLarge,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PatchConflict,
    PreconditionFailed,
    UnsupportedMediaType,
)
from contactwire.negotiation import REQUEST_TYPES, RESPONSE_TYPES
from contactwire.schema.json_definitions import DIALECT, Definitions, Schema
from contactwire.schema.patch_definitions import json_patch, merge_patch
from contactwire.wire import INT32, kind_of

__all__ = ["openapi"]

_PATH = "/api/v1/Contact/{id}"
_DESCRIPTION = (
    "One company by its id. Property names are matched in any letter case; members that are not listed are kept. For XML "
    "the schemas name the elements of the plain dialect, where a dictionary holds items with a Key and a Value; the XSD of "
    "each dialect is complete."
)
_READS, _WRITES = ("get",), ("put", "patch")
_ALL = (*_READS, *_WRITES)

_SUMMARIES = {
    "get": "The contact as it is stored.",
    "put": "Replace the contact: what the body does not name gets its default. A patch acts as in PATCH.",
    "patch": "Change what the body names. In plain JSON an array is a JSON Patch, an object a merge patch.",
}

_TEXT: Schema = {"type": "string"}
_HTTP_DATE: Schema = {"type": "string", "examples": ["Thu, 14 Jul 2022 14:44:54 GMT"]}
_LANGUAGES: Schema = {"type": "string", "examples": ["nb-NO, en;q=0.5"]}
_ZONE: Schema = {"type": "string", "examples": ["NO", "261", "US-NY, includeTZOffset"]}

# OpenAPI 3.1 §4.8.12.1: a parameter named Accept, Content-Type or Authorization "SHALL be ignored"; `content` and
# `security` say those.
_HEADERS: tuple[tuple[str, tuple[str, ...], Schema, str], ...] = (
    ("Accept-Language", _ALL, _LANGUAGES, "Languages for multi-language strings (RFC 9110 §12.5.4)."),
    ("SO-Language", _ALL, _LANGUAGES, "Wins over Accept-Language; `*` or `x` cancels translation."),
    ("SO-Culture", _ALL, _LANGUAGES, "How numbers and dates inside strings are written; ignored without a language."),
    ("SO-TimeZone", _ALL, _ZONE, "The zone of dates, by name or number; with `includeTZOffset` the answer shows offsets."),
    ("SO-AppToken", _ALL, _TEXT, "The application's token."),
    ("X-XSRF-TOKEN", _ALL, _TEXT, "The token of a browser's session, where there is no Authorization."),
    ("If-Modified-Since", _READS, _HTTP_DATE, "304 unless the contact has changed since (RFC 9110 §13.1.3)."),
    ("If-Unmodified-Since", _WRITES, _HTTP_DATE, "412 if the contact has changed since (RFC 9110 §13.1.4)."),
)

_SECURITY: Mapping[str, Schema] = {
    "Basic": {"type": "http", "scheme": "basic"},
    "SoTicket": {"type": "http", "scheme": "SoTicket", "description": "The ticket of a session."},
    "Bearer": {"type": "http", "scheme": "bearer"},
}

_ANSWER_HEADERS: Mapping[str, tuple[Schema, str]] = {
    "Last-Modified": (_HTTP_DATE, "When the contact was last changed, where it says so."),
    "Vary": (_TEXT, "The request's header fields on which the answer depends."),
    "Allow": (_TEXT, "The methods that the resource takes."),
    "Accept": (_TEXT, "The media types that the resource takes."),
}

_FAULTS: tuple[tuple[type[ContactWireError], tuple[str, ...], str, tuple[str, ...]], ...] = (
    (BadRequest, _ALL, "A body that is missing or holds no contact, or a header field or `$select` that is wrong.", ()),
    (NotFound, _ALL, "There is no such contact.", ()),
    (MethodNotAllowed, _ALL, "The resource does not take this method.", ("Allow",)),
    (NotAcceptable, _ALL, "The endpoint answers in no media type that Accept allows.", ()),
    (PatchConflict, _WRITES, "A `test` operation found another value (RFC 5789 §2.2); nothing was changed.", ()),
    (PreconditionFailed, _WRITES, "The contact changed after If-Unmodified-Since; nothing was changed.", ()),
    (ContentTooLarge, _WRITES, "The body is too large, or nests too deep.", ()),
    (UnsupportedMediaType, _WRITES, "The body's media type or content coding is not read.", ("Accept",)),
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
_FORM: Schema = {
    "description": "A field for each scalar, by the path to it; dictionaries as pairs of Key and Value.",
    "type": "object",
    "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "examples": [{"Name": "x", "Category.Id": "3", "Emails[0].Value": "a@b.example", "Domains": ["a", "b"]}],
}


def openapi() -> Schema:
    """The OpenAPI 3.1 document of `GET`, `PUT` and `PATCH /api/v1/Contact/{id}`, as builtins."""
    parts = Definitions("#/components/schemas/", PLAIN)
    operations = {method: _operation(parts, method) for method in _ALL}
    faults = {error.__name__: _fault(parts, text, headers) for error, _, text, headers in _FAULTS}
    return {
        "openapi": "3.1.0",
        "info": {"title": "The contact endpoint", "description": _DESCRIPTION, "version": "v1"},
        "jsonSchemaDialect": DIALECT,
        "paths": {_PATH: {"parameters": [_ID, _SELECT], **operations}},
        # The empty alternative is a browser's session with its X-XSRF-TOKEN.
        "security": [*({name: []} for name in _SECURITY), {}],
        "components": {
            "schemas": parts.finish(),
            "responses": faults,
            "parameters": {name: _header(name, schema, text) for name, _, schema, text in _HEADERS},
            "headers": {name: {"description": text, "schema": schema} for name, (schema, text) in _ANSWER_HEADERS.items()},
            "securitySchemes": dict(_SECURITY),
        },
    }


_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "Primary key of the contact.",
    "schema": {"type": "integer", "format": INT32.name, "minimum": 0, "maximum": INT32.maximum},
}
_SELECT: Schema = {
    "name": "$select",
    "in": "query",
    "description": "The properties that the answer shall hold, as paths in any letter case; all others are null. "
    "It never decides what is saved.",
    "style": "form",
    "explode": False,
    "schema": {"type": "array", "items": {"type": "string"}, "examples": [["name", "department", "category/id"]]},
}


def _header(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "header", "description": text, "schema": schema}


def _operation(parts: Definitions, method: str) -> Schema:
    faults = [error for error, methods, _, _ in _FAULTS if method in methods]
    unchanged = {"304": {"description": "The contact has not changed.", "headers": _headers(("Last-Modified", "Vary"))}}
    answers = {
        "200": _answer(parts),
        **(unchanged if method in _READS else {}),
        **{str(error.status): {"$ref": f"#/components/responses/{error.__name__}"} for error in faults},
    }
    return {
        "operationId": f"{method}Contact",
        "summary": _SUMMARIES[method],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name, methods, _, _ in _HEADERS if method in methods],
        **({"requestBody": _request(parts, method)} if method in _WRITES else {}),
        "responses": answers,
    }


def _answer(parts: Definitions) -> Schema:
    contact = parts.kind(kind_of(ContactEntityWithLinks))
    content = _content(RESPONSE_TYPES, {**_patches(parts)}, contact)
    return {"description": "The contact.", "headers": _headers(("Last-Modified", "Vary")), "content": content}


def _request(parts: Definitions, method: str) -> Schema:
    contact, patches = parts.kind(kind_of(ContactEntity)), _patches(parts)
    special = {**patches, "application/x-www-form-urlencoded": _FORM}
    if method == "patch":
        either = {"oneOf": list(patches.values())}
        special |= {"application/json": either, "text/json": either}
    return {"required": True, "content": _content(REQUEST_TYPES, special, contact)}


def _patches(parts: Definitions) -> dict[str, Schema]:
    return {
        "application/json-patch+json": parts.refer("patch", "JsonPatch", lambda: json_patch(parts)),
        "application/merge-patch+json": parts.refer("merge", "MergePatch", lambda: merge_patch(parts)),
    }


def _content(media_types: Iterable[str], special: Mapping[str, Schema], usual: Schema) -> Schema:
    return {media_type: {"schema": special.get(media_type, usual)} for media_type in media_types}


def _fault(parts: Definitions, text: str, headers: tuple[str, ...]) -> Schema:
    error = parts.refer("error", "ServerError", lambda: _ERROR)
    named = {"headers": _headers((*headers, "Vary"))}
    return {"description": text, **named, "content": _content(_ERROR_TYPES, {}, error)}


def _headers(names: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
