"""Defaults: which values a property may have where it is absent, and what else a class body may take for one.

A default is written like any other value, so one of another kind could be read and never written. It is refused when the
class is defined.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from contactwire.errors import shorten
from contactwire.wire.flags import FlagsKind
from contactwire.wire.kinds import (
    BOOLEAN,
    DOUBLE,
    INT64,
    MAX_DOUBLE,
    STRING,
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    ScalarKind,
    kind_of,
)

__all__ = ["check_default"]


def check_default(kind: Kind, default: Any) -> None:
    """Raise TypeError, with advice, for a default that is not of a kind."""
    if not _is_of(kind, default):
        advice = "a property that may be null is a Maybe, and options go into attrs.field(…)"
        raise TypeError(f"expected {kind.expected} as the default, received {shorten(default)}: {advice}")


def _is_of(kind: Kind, default: Any) -> bool:
    own = _scalar_kind_of(default)
    match kind:
        case ListKind():
            return isinstance(default, list)
        case DictionaryKind():
            return isinstance(default, dict)
        case EnumerationKind(open=False):
            return own != BOOLEAN and any(member == default for member in kind.members)
        case EnumerationKind():
            return own == STRING
        case FlagsKind():
            return own in (STRING, INT64)
        case ScalarKind(minimum=int(minimum), maximum=int(maximum)):
            return own == INT64 and minimum <= default <= maximum
        case ScalarKind(name=DOUBLE.name):
            return own in (DOUBLE, INT64) and -MAX_DOUBLE <= default <= MAX_DOUBLE
    return own == kind


def _scalar_kind_of(value: object) -> ScalarKind | None:
    """The kind of a single value: that of its class, or of the nearest base that has one."""
    for cls in type(value).__mro__:
        with suppress(TypeError):
            kind = kind_of(cls)
            if isinstance(kind, ScalarKind):
                return kind
    return None
