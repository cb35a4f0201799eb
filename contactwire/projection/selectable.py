"""The paths that can be selected from a carrier class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from contactwire.builtins import MAX_DEPTH
from contactwire.carriers import ContactEntity
from contactwire.paths import item_kind
from contactwire.projection.selection import Selection
from contactwire.projection.text import escape_token
from contactwire.wire import Kind, NestedKind, plan_of

__all__ = ["Selectable", "fields"]


@attrs.frozen
class Selectable:
    """A path that a selection can name, such as `Category/Id`, and the `kind` of the value there.

    For a dictionary the path is that of the dictionary; a selection may add any key to it.
    """

    path: str
    kind: Kind


def fields(type: Any = ContactEntity) -> list[Selectable]:
    """Every path that can be selected from a carrier class, in wire order, each carrier before its own properties.

    A carrier inside one of its own class is listed, without its properties. Raises TypeError where `type` is no carrier
    class and no `list[Carrier]`.
    """
    return [Selectable(path, kind) for path, kind in _walk(Selection.parse("", type).carrier, "", ())]


def _walk(carrier: type, prefix: str, above: tuple[type, ...]) -> Iterator[tuple[str, Kind]]:
    for field in plan_of(carrier).fields:
        path = prefix + escape_token(field.name)
        yield path, field.kind
        inner = item_kind(field.kind)
        if isinstance(inner, NestedKind) and inner.carrier not in (*above, carrier) and len(above) + 1 < MAX_DEPTH:
            yield from _walk(inner.carrier, path + "/", (*above, carrier))
