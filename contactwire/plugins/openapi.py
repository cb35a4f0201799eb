"""The endpoint's paths and components, put into an OpenAPI document of somebody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from contactwire.schema import openapi

if TYPE_CHECKING:
    from contactwire.http import Application

__all__ = ["add_endpoint"]

_NO_NAME = re.compile("[^A-Za-z0-9._-]+")
_RESOURCES: Mapping[str, Literal["entities", "default", "entity"]] = {
    "/": "entities",
    "/default": "default",
    "/{id}": "entity",
}


def add_endpoint(document: dict[str, Any], mount: str, application: Application) -> None:
    """Add to an OpenAPI document (3.1, as builtins) what an application answers below a mount point such as `/crm`.

    Only operations that the application has functions for are added. All names of components and operations get the mount
    point in front, so that none takes the place of another: `crm_ContactEntity`. To add it twice changes nothing.
    """
    prefix = _NO_NAME.sub("_", mount.strip("/")) + "_"
    served = application.host.endpoint
    endpoint = _renamed(openapi(path=served.path, type=served.type, id=served.id, name=served.name), prefix)
    for path, resource in endpoint["paths"].items():
        place = _RESOURCES[path.removeprefix(served.path.rstrip("/"))]
        methods = {method.lower() for method in application.host.methods[place]}
        kept = {key: _secured(each, endpoint) for key, each in resource.items() if key == "parameters" or key in methods}
        if methods:
            document.setdefault("paths", {})[mount.rstrip("/") + path] = kept
    for section, members in endpoint["components"].items():
        named = {prefix + name: each for name, each in members.items()}
        document.setdefault("components", {}).setdefault(section, {}).update(named)


def _secured(operation: Any, endpoint: dict[str, Any]) -> Any:
    """An operation with the security that its document has for all."""
    return {**operation, "security": endpoint["security"]} if isinstance(operation, dict) else operation


def _renamed(value: Any, prefix: str) -> Any:
    """A part of the document with a prefix in the names of components that it refers to, and of operations."""
    if isinstance(value, list):
        return [_renamed(item, prefix) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {name: _renamed(item, prefix) for name, item in value.items()}
    for name in ("$ref", "operationId"):
        if isinstance(renamed.get(name), str):
            before, slash, last = renamed[name].rpartition("/")
            renamed[name] = before + slash + prefix + last
    if isinstance(renamed.get("security"), list):  # else it is a property of that name
        renamed["security"] = [{prefix + name: [] for name in each} for each in renamed["security"]]
    return renamed
