"""What the functions that are generated from `_json_templates` call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from contactwire.builtins import check_depth
from contactwire.timestamps import Timestamp, format_timestamp, parse_timestamp
from contactwire.wire import UNSET, CarrierPlan, Kind, ScalarKind, fold

__all__ = ["HELPERS", "ExtrasWriter", "Refused", "UnknownNames", "exact_reader"]


class Refused(Exception):
    """The fast path does not take this value; the exact path decides."""


_MAX_DOUBLE = int(float.fromhex("0x1.fffffffffffffp+1023"))
_STRINGS = frozenset({str})
_PLAIN = frozenset({str, bool, type(None)})
_REMEMBERED = 200

_encode, _raw = msgspec.json.Encoder().encode, msgspec.Raw


def _only(value: Any, shape: type) -> Any:
    if type(value) is list is shape or (type(value) is dict is shape and _STRINGS.issuperset(map(type, value))):
        return value
    raise Refused


def _double(value: Any) -> Any:
    if (type(value) is float and value - value == 0) or (type(value) is int and -_MAX_DOUBLE <= value <= _MAX_DOUBLE):
        return value
    raise Refused


def _name(value: Any) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    raise Refused


HELPERS: dict[str, Any] = {
    "NESTED": frozenset({dict, list}),
    "Refused": Refused,
    "STRINGS": _STRINGS,
    "STRINGS_OR_NULL": frozenset({str, type(None)}),
    "Timestamp": Timestamp,
    "UNSET": UNSET,
    "double": _double,
    "name_of": _name,
    "new": object.__new__,
    "only": _only,
    "parse": parse_timestamp,
    "text": format_timestamp,
}
"""What generated code finds by name, besides Python's own and what is made for each carrier."""


def exact_reader(kind: Kind) -> Callable[[Any], Any]:
    """The function that gives back a string, boolean or integer of a kind, and refuses any other value."""
    assert isinstance(kind, ScalarKind)
    exact: Any = {"string": str, "boolean": bool}.get(kind.name, int)
    low: Any = kind.minimum
    high = kind.maximum

    def read(value: Any) -> Any:
        if type(value) is not exact or (low is not None and not low <= value <= high):
            raise Refused
        return value

    return read


class UnknownNames(dict[str, None]):
    """The names seen so far that mean no property of a plan in any letter case, in the order in which they came."""

    def __init__(self, plan: CarrierPlan) -> None:
        super().__init__()
        self._folded = plan.by_folded

    def learn(self, name: str, value: Any = None, room: int = 0) -> None:
        """Take a name in, and check that its value nests no deeper than `room`.

        Refuses the name of a property: which of two spellings counts, only the exact path can say.
        """
        if fold(name) in self._folded:
            raise Refused
        if isinstance(value, (dict, list)):
            check_depth(value, room)
        # Names are the sender's to choose, so only some are remembered, and none that are long.
        if len(self) < _REMEMBERED and len(name) <= _REMEMBERED:
            self[name] = None


class ExtrasWriter:
    """Adds `extras` behind the known properties of a twin; values nest `depth` levels at most, None for any number."""

    def __init__(self, plan: CarrierPlan, depth: int | None) -> None:
        self._unknown = UnknownNames(plan)
        self._depth = depth

    def __call__(self, twin: msgspec.Struct, extras: dict[str, Any]) -> msgspec.Raw:
        """The JSON text of both, as one object."""
        known, depth = self._unknown, self._depth
        for name, value in extras.items():
            if type(name) is not str:
                raise Refused
            if name not in known:
                known.learn(name)
            if type(value) is not str and depth is not None and not _writable(value, depth):
                raise Refused
        first, second = _encode(twin), _encode(extras)
        return _raw(second if len(first) == 2 else first[:-1] + b"," + second[1:])


def _writable(value: Any, depth: int) -> bool:
    """Whether any decoder takes back what an unknown property holds; if in doubt, not."""
    shape = type(value)
    if shape in _PLAIN:
        return True
    if shape is int:
        return bool(-(2**63) <= value < 2**63)
    if shape is float:
        return bool(value - value == 0)
    if depth <= 1 or shape not in (list, dict):
        return False
    if shape is dict and not _STRINGS.issuperset(map(type, value)):
        return False
    return all(_writable(item, depth - 1) for item in (value.values() if shape is dict else value))
