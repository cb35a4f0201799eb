"""Hypothesis strategies for carriers and bodies; needs the extra `contactwire[testing]`.

Strategies come from the plans, so a user's own carriers have them as well.
"""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from functools import lru_cache
from typing import Any, TypeVar

from contactwire.timestamps import Timestamp
from contactwire.wire import (
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    fold,
    plan_of,
)

try:
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover - exercised in an environment without hypothesis
    raise ImportError("contactwire.testing needs hypothesis: install contactwire[testing]") from error

__all__ = ["bodies", "builtins", "carriers", "strings", "timestamps", "values"]

T = TypeVar("T")

_TRAPS = [
    "",
    " ",
    "null",
    "true",
    "0",
    "[]",
    "a\r\nb",
    "\t",
    "<&>\"'",
    "]]>",
    "Åse Ødegård",
    "エグ",
    "\U0001f642",
    "a~b/c",
    "\x7f",
    "\u2028",
]
_ZONES = ["Z", "+00:00", "-00:00", "+02:00", "-0500", "+14:00", "-03:30"]


@lru_cache(maxsize=2)
def strings(*, xml: bool = False) -> st.SearchStrategy[str]:
    """Strings that UTF-8 can hold, traps among them; with `xml` only characters that XML 1.0 can hold (§2.2)."""
    exclude = [chr(code) for code in range(32) if chr(code) not in "\t\n\r"] + ["\ufffe", "\uffff"] if xml else []
    alphabet = st.characters(codec="utf-8", exclude_characters=exclude)
    return st.sampled_from(_TRAPS) | st.text(alphabet, max_size=8)


def timestamps() -> st.SearchStrategy[Timestamp]:
    """Date-times with all their digits, in every kind and spelling of zone."""
    zones = st.none() | st.sampled_from(_ZONES).map(_zone)
    moments = st.builds(
        lambda moment, zone, tick: Timestamp.from_datetime(moment.replace(tzinfo=zone, fold=0), tick * 100),
        st.datetimes(),
        zones,
        st.integers(0, 9),
    )
    return moments | st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"]).map(Timestamp.parse)


def _zone(spelling: str) -> timezone:
    if spelling == "Z":
        return timezone.utc
    minutes = int(spelling[1:3]) * 60 + int(spelling[-2:])
    return timezone(timedelta(minutes=-minutes if spelling[0] == "-" else minutes), spelling)


@lru_cache(maxsize=1)
def builtins() -> st.SearchStrategy[Any]:
    """Any JSON value, as builtins."""
    numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    return st.recursive(
        st.none() | st.booleans() | numbers | strings(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings(), inner, max_size=3),
        max_leaves=5,
    )


def values(kind: Kind, *, text: st.SearchStrategy[str] | None = None, extras: bool = True) -> st.SearchStrategy[Any]:
    """Values of one kind; `text` replaces the strategy for strings."""
    text = strings() if text is None else text
    match kind:
        case NestedKind():
            nested = kind.carrier
            return st.deferred(lambda: carriers(nested, text=text, extras=extras))
        case ListKind():
            item = values(kind.item, text=text, extras=extras)
            return st.lists(st.none() | item if kind.nullable else item, max_size=2)
        case DictionaryKind():
            item = values(kind.item, text=text, extras=extras)
            return st.dictionaries(text, st.none() | item if kind.nullable else item, max_size=2)
        case EnumerationKind():
            known = {member.value for member in kind.members}
            return st.sampled_from(list(kind.members)) | text.filter(lambda name: name not in known)
        case ScalarKind():
            return _scalars(kind, text)


def _scalars(kind: ScalarKind, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if kind.minimum is not None:
        return st.integers(kind.minimum, kind.maximum)
    return {
        "string": text,
        "boolean": st.booleans(),
        "double": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60),
        "date-time": timestamps(),
    }[kind.name]


@lru_cache(maxsize=256)
def carriers(cls: type[T], *, text: st.SearchStrategy[str] | None = None, extras: bool = True) -> st.SearchStrategy[T]:
    """Carriers of a class: each property unset, null or a value; with `extras`, unknown properties too."""
    text = strings() if text is None else text
    plan = plan_of(cls)
    by_attribute = {field.attribute: values(field.kind, text=text, extras=extras) for field in plan.fields}
    unknown = text.filter(lambda name: fold(name) not in plan.by_folded)
    rest = st.dictionaries(unknown, builtins(), max_size=2)

    @st.composite
    def build(draw: st.DrawFn) -> T:
        chosen = draw(st.sets(st.sampled_from(sorted(by_attribute)), max_size=6)) if by_attribute else set()
        carrier: Any = cls(**{name: draw(st.none() | by_attribute[name]) for name in sorted(chosen)})
        if extras and draw(st.integers(0, 4)) == 0:
            carrier.extras = draw(rest)
        return carrier  # type: ignore[no-any-return]

    return build()


def bodies(cls: type) -> st.SearchStrategy[bytes]:
    """Valid JSON bodies of a carrier in the wire's letter case, with members in any order and white space."""
    from contactwire.builtins import to_builtins

    def spell(draw_order: tuple[Any, Any, Any]) -> bytes:
        carrier, indent, ascii_only = draw_order
        return json.dumps(to_builtins(carrier), indent=indent, ensure_ascii=ascii_only).encode()

    return st.tuples(carriers(cls), st.sampled_from([None, 0, 2]), st.booleans()).map(spell)
