"""Which module answers where a framework asks a class how to read, write and describe it, as pydantic does.

pydantic calls a method of each class that it meets in an annotation. The answer needs pydantic and layers above this one. So
the methods here name the module that knows it, and import it only when pydantic calls them. A program without pydantic never
does.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["pydantic_core_schema", "pydantic_json_schema"]

_PYDANTIC = "contactwire.plugins.pydantic"


@classmethod  # type: ignore[misc]
def pydantic_core_schema(cls: Any, source: Any, handler: Any) -> Any:
    """`__get_pydantic_core_schema__` of carriers and patches: how pydantic reads and writes them."""
    return import_module(_PYDANTIC).core_schema_of(cls)


@classmethod  # type: ignore[misc]
def pydantic_json_schema(cls: Any, schema: Any, handler: Any) -> Any:
    """`__get_pydantic_json_schema__` of carriers and patches: the JSON Schema that pydantic has for them."""
    return import_module(_PYDANTIC).json_schema_of(cls, handler)
