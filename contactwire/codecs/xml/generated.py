"""Functions compiled from generated source: the only module that calls `exec`.

Only the XML writer uses it, which misses its budget without. The complete contact has 71 entries of a `FieldProperty` with
its `FieldRight`. The fastest closures took 2.1 µs for an entry, the generated source 0.6. With closures, these entries alone
take longer than `lxml.etree.tostring` takes for the whole contact.
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
    """The function that `source` defines; the `def` is its only statement, and `names` are the function's globals.

    While the function lives, `linecache` has the source under the file name `<contactwire: title, number>`, so tracebacks
    and debuggers show it.
    """
    file = f"<contactwire: {title}, {next(_numbers)}>"
    scope = dict(names)
    defined = set(scope)
    exec(compile(source, file, "exec"), scope)
    (name,) = scope.keys() - defined - {"__builtins__"}
    function: Callable[..., Any] = scope[name]
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    weakref.finalize(function, linecache.cache.pop, file, None).atexit = False
    return function
