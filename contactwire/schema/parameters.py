"""What OpenAPI says of a request's path, query and header fields, and of an answer's header fields.

In the texts, `{entity}` stands for what the endpoint calls an entity, such as "contact".
"""

from __future__ import annotations

from collections.abc import Mapping

from contactwire.carriers import ContactEntityWithLinks
from contactwire.localization import TIME_ZONE_IDS, TIME_ZONE_NAMES
from contactwire.schema.json_definitions import Schema
from contactwire.schema.places import selectable
from contactwire.wire import ScalarKind

__all__ = ["ANSWER_FIELDS", "FIELDS", "id_parameter", "reference", "select_parameter"]

# RFC 9110 §5.5: visible characters, blanks and tabs.
_TEXT: Schema = {"type": "string", "pattern": "^[\\t -~\u0080-\u00ff]*$"}
# RFC 9110 §11.2 and RFC 6750 §2.1: a credential is visible ASCII; blanks at its ends belong to the header field.
_CREDENTIAL: Schema = {"type": "string", "pattern": "^[ -~]*$"}
_HTTP_DATE: Schema = {**_TEXT, "examples": ["Thu, 14 Jul 2022 14:44:54 GMT"]}

# RFC 9110 §8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; §5.6.1: a list.
_TAG = '(W/)?"[!#-~\u0080-\u00ff]*"'
_TAGS: Schema = {"type": "string", "pattern": rf"^(\*|{_TAG}( *, *{_TAG})*)$", "examples": ['"oQ3x.9Zr1"', "*"]}

# RFC 4647 §2.1: language-range; RFC 9110 §12.4.2: weight.
_RANGE = r"(\*|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)"
_WEIGHTED = rf"{_RANGE}( *; *q=(0(\.[0-9]{{0,3}})?|1(\.0{{0,3}})?))?"
_LANGUAGES: Schema = {"type": "string", "pattern": rf"^({_WEIGHTED}( *, *{_WEIGHTED})*)?$", "examples": ["nb-NO, en;q=0.5"]}
_CULTURE: Schema = {"type": "string", "pattern": "^([A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)?$", "examples": ["nb-NO"]}

_ZONES = "|".join([*sorted(TIME_ZONE_NAMES), *map(str, sorted(TIME_ZONE_IDS))])
_ZONE: Schema = {
    "type": "string",
    "pattern": f"^(({_ZONES})(, *includeTZOffset)?|includeTZOffset)?$",
    "examples": ["NO", "261", "US-NY, includeTZOffset"],
}

# OpenAPI 3.1 §4.8.12.1: a parameter named Accept, Content-Type or Authorization "SHALL be ignored"; `content` and
# `security` say those.
FIELDS: Mapping[str, tuple[Schema, str]] = {
    "Accept-Language": (_LANGUAGES, "Languages for multi-language strings (RFC 9110 §12.5.4)."),
    "SO-Language": (_LANGUAGES, "Wins over Accept-Language; `*` or `x` cancels translation."),
    "SO-Culture": (_CULTURE, "How numbers and dates inside strings are written; ignored without a language."),
    "SO-TimeZone": (_ZONE, "The zone of dates, by name or number; with `includeTZOffset` the answer shows offsets."),
    "SO-AppToken": (_CREDENTIAL, "The application's token."),
    "X-XSRF-TOKEN": (_CREDENTIAL, "The token of a browser's session, where there is no Authorization."),
    "If-Match": (_TAGS, "412 unless the {entity} has the version of one of these entity tags (RFC 9110 §13.1.1)."),
    "If-None-Match": (_TAGS, "The contrary: for GET and HEAD 304, else 412 (RFC 9110 §13.1.2)."),
    "If-Modified-Since": (_HTTP_DATE, "304 unless the {entity} has changed since (RFC 9110 §13.1.3)."),
    "If-Unmodified-Since": (_HTTP_DATE, "412 if the {entity} has changed since (RFC 9110 §13.1.4)."),
}
"""The header fields of requests by name: their schemas, and what they mean."""

ANSWER_FIELDS: Mapping[str, tuple[Schema, str]] = {
    "ETag": (_TAGS, "The entity tag of the answer, whose first part is the version of the {entity} (RFC 9110 §8.8.3)."),
    "Last-Modified": (_HTTP_DATE, "When the {entity} was last changed, where it says so, and not in the present second."),
    "Location": (_TEXT, "The path of the new {entity}."),
    "Content-Location": (_TEXT, "The path of the {entity} that the answer holds (RFC 9110 §8.7)."),
    "Cache-Control": (_TEXT, "That a stored answer is not used before the server was asked again (RFC 9111 §5.2.2.4)."),
    "Vary": (_TEXT, "The request's header fields on which the answer depends."),
    "Allow": (_TEXT, "The methods that the resource takes."),
    "Accept": (_TEXT, "The media types that the resource takes."),
    "Accept-Patch": (_TEXT, "The same, in the answer to a PATCH (RFC 5789 §2.2)."),
    "WWW-Authenticate": (_TEXT, "The schemes of credentials that the server takes."),
}
"""The header fields of answers by name: their schemas, and what they mean."""


def id_parameter(entity: str, kind: ScalarKind) -> Schema:
    """The parameter for the number of an entity, whose key is an integer of that kind."""
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": f"Primary key of the {entity}.",
        "schema": {"type": "integer", "format": kind.name, "minimum": 0, "maximum": kind.maximum},
    }


def select_parameter(carrier: type) -> Schema:
    """The parameter for the selected properties of a carrier class."""
    examples = {"examples": [["name", "department", "category/id"]]} if carrier is ContactEntityWithLinks else {}
    return {
        "name": "$select",
        "in": "query",
        "description": "The properties that the answer shall hold, as paths in any letter case; all others are null. "
        "It never decides what is saved.",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": {"type": "string", "pattern": selectable(carrier)}, **examples},
    }


def reference(kind: str, name: str) -> Schema:
    """A reference to a component of a kind, such as "parameters", by name."""
    return {"$ref": f"#/components/{kind}/{name}"}
