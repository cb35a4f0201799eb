"""Request targets: which resource a path names, and what its query selects.

| path | resource | methods |
| --- | --- | --- |
| `/api/v1/Contact/5` | one entity | DELETE, GET, HEAD, PATCH, PUT |
| `/api/v1/Contact/` | all entities | POST |
| `/api/v1/Contact/default` | an entity with the server's defaults | GET, HEAD |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

import attrs

from contactwire.errors import BadRequest, NotFound
from contactwire.projection import Selection

__all__ = ["METHODS", "Methods", "Resource", "Target", "selection_of", "split_target"]

Resource = Literal["entity", "entities", "default"]

Methods = Mapping[Resource, tuple[str, ...]]

METHODS: Methods = {
    "entity": ("DELETE", "GET", "HEAD", "PATCH", "PUT"),
    "entities": ("POST",),
    "default": ("GET", "HEAD"),
}
"""The methods that each resource may support, in alphabetical order."""

_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
# RFC 9112 §3.2.2: absolute-form = absolute-URI; "a server MUST accept the absolute-form in requests".
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


@attrs.frozen
class Target:
    """The resource that a path names. `id` is the number of the entity, or None where the path has none."""

    resource: Resource
    id: int | None = None


def split_target(path: str, prefix: str, largest: int) -> Target:
    """What a percent-encoded path names. Raises `NotFound` for a path that names nothing.

    `prefix` is the path of all entities, and `largest` the largest number that one may have. The path may be a whole URI
    (RFC 9112 §3.2.2). It matches in any letter case, as ASP.NET's routes do, with or without a slash at its end.
    """
    origin = _ORIGIN.match(path)
    below = unquote(path[origin.end() :] if origin else path)
    prefix = prefix.rstrip("/")
    above, rest = below[: len(prefix)], below[len(prefix) :]
    if above.lower() != prefix.lower() or rest[:1] not in ("", "/"):
        raise _not_found()
    name = rest.removeprefix("/").rstrip("/")
    if not name:
        return Target("entities")
    if name.lower() == "default":
        return Target("default")
    if not _ID.fullmatch(name) or int(name) > largest:
        raise _not_found()
    return Target("entity", int(name))


def _not_found() -> NotFound:
    return NotFound("there is no such resource")


def selection_of(query: str, type: Any) -> Selection | None:
    """The `$select` of a percent-encoded query, or None for everything; raises `BadRequest` or `SelectionError`."""
    try:
        parameters = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadRequest("the query is no UTF-8") from None
    found = [value for name, value in parameters if name.lower() == "$select"]
    if len(found) > 1:
        raise BadRequest("$select comes twice in the query")
    return Selection.parse(found[0], type, indexes=False) if found and found[0].strip() else None
