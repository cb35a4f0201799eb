"""The two dialects of patches: each rule in which they differ is a field of `Dialect`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import attrs

from contactwire.builtins import check_option
from contactwire.paths import parse_pointer, parse_relaxed

__all__ = ["DIALECTS", "Dialect", "DialectName", "dialect_of"]

DialectName = Literal["server", "rfc"]
"""The name of a dialect, as options take it."""


@attrs.frozen(kw_only=True)
class Dialect:
    """The rules of one dialect.

    - `operations`: the names of the operations that a JSON Patch may hold.
    - `parse_path`: reads their paths.
    - `coerce`: values are read as the server's JSON reader reads them, `"3"` for 3.
    - `lenient`: an absent property of a carrier, or key of a dictionary, can be replaced and removed, and tests equal to
      null. A path through it creates the carrier, dictionary or list.
    - `appends`: an object where a list belongs is appended to the list.
    - `folds`: names of plain JSON are found in any letter case.
    - `null_removes`: null in a merge patch removes the member; otherwise it sets the member to null.
    """

    name: DialectName
    operations: tuple[str, ...]
    parse_path: Callable[[str], tuple[str, ...]]
    coerce: bool
    lenient: bool
    appends: bool
    folds: bool
    null_removes: bool


DIALECTS: Mapping[str, Dialect] = {
    "server": Dialect(
        name="server",
        operations=("add", "replace", "remove", "test"),
        parse_path=parse_relaxed,
        coerce=True,
        lenient=True,
        appends=True,
        folds=True,
        null_removes=False,
    ),
    "rfc": Dialect(
        name="rfc",
        operations=("add", "remove", "replace", "move", "copy", "test"),
        parse_path=parse_pointer,
        coerce=False,
        lenient=False,
        appends=False,
        folds=False,
        null_removes=True,
    ),
}
"""The dialects by name."""


def dialect_of(name: str) -> Dialect:
    """The dialect of that name. Raises ValueError for an unknown name."""
    check_option("the dialect of a patch", name, DialectName)
    return DIALECTS[name]
