"""What all schema languages share: descriptions from the source, patterns such as that of date-times, and free names."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import chain, count, pairwise

__all__ = ["DATE_PATTERN", "DATE_TIME_PATTERN", "UUID_PATTERN", "attribute_texts", "class_text", "unless_taken"]

_YEAR = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_DAYS = "(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31"
_CLOCK = r"([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,7})?"
_ZONE = "(Z|[+-]((0[0-9]|1[0-3]):?[0-5][0-9]|14:?00))?"

DATE_PATTERN = f"({_YEAR}-({_DAYS})|{_LEAP_YEAR}-02-29)"
"""A pattern for exactly the dates that there are in the years 1 to 9999."""

UUID_PATTERN = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
"""A pattern for exactly the texts that are read as UUIDs."""

DATE_TIME_PATTERN = f"{DATE_PATTERN}T{_CLOCK}{_ZONE}"
"""A pattern for exactly the texts that `parse_timestamp` takes, in syntax that ECMA-262 and XML Schema share; no anchors.

No standard's date-time fits: RFC 3339, and so JSON Schema's `format`, demands an offset, and `xs:dateTime` the colon in it.
"""


def class_text(cls: type) -> str:
    """A class's own docstring on one line, or ""; with `python -OO`, which drops docstrings, that in the source."""
    return _on_one_line(cls.__dict__.get("__doc__")) or _texts_in_source(cls).get("", "")


def attribute_texts(cls: type) -> Mapping[str, str]:
    """The string literal below each attribute of a class and of its bases, on one line, by attribute.

    They are read from the source; a class without a source file, such as one typed at a prompt, has none.
    """
    texts: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        texts |= _texts_in_source(base)
    texts.pop("", None)
    return texts


def _texts_in_source(cls: type) -> Mapping[str, str]:
    """The texts of a class itself: by attribute, and its docstring by ""."""
    return _module_texts(cls.__module__).get(cls.__qualname__, {})


@lru_cache(maxsize=64)
def _module_texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """The texts of all classes of a module (see `_texts_in_source`), by the qualified name of the class."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError, SyntaxError):
        return {}
    return {name: _texts_of(node) for name, node in _classes(tree)}


def _classes(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.ClassDef]]:
    """Each class inside of a node, after its qualified name."""
    for inner in ast.iter_child_nodes(node):
        step = ""
        if isinstance(inner, ast.ClassDef):
            step = f"{inner.name}."
            yield prefix + inner.name, inner
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            step = f"{inner.name}.<locals>."
        yield from _classes(inner, prefix + step)


def _texts_of(node: ast.ClassDef) -> Mapping[str, str]:
    return {"": _on_one_line(ast.get_docstring(node))} | {
        attribute.target.id: _on_one_line(text.value.value)
        for attribute, text in pairwise(node.body)
        if isinstance(attribute, ast.AnnAssign)
        and isinstance(attribute.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def unless_taken(name: str, taken: Collection[str]) -> str:
    """The name if it is not taken, else the name with the lowest number, from 2 on, that is not: `Note2`."""
    names = chain([name], map(f"{name}{{}}".format, count(2)))
    return next(each for each in names if each not in taken)


def _on_one_line(text: str | None) -> str:
    return " ".join((text or "").split())
