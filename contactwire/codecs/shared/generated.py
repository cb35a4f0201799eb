"""Functions made of generated source: the only module that calls `exec`.

Writing a contact as XML visits a thousand scalars, and `lxml.etree.tostring` takes 150 ns for each. The leanest closures
took 3.5 µs for an entry of `FieldProperty` with its `FieldRight`, five scalars; source written out for the class takes 0.9.
"""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

__all__ = ["made_of"]

_numbers = count(1)


def made_of(source: str, title: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """The function that `source` defines, its only statement; `names` are its globals.

    Tracebacks and debuggers show the source, under `title`, as long as the function lives.
    """
    file = f"<contactwire: {title}, {next(_numbers)}>"
    scope = dict(names)
    defined = set(scope)
    exec(compile(source, file, "exec"), scope)
    (name,) = scope.keys() - defined - {"__builtins__"}
    made: Callable[..., Any] = scope[name]
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    weakref.finalize(made, linecache.cache.pop, file, None).atexit = False
    return made
