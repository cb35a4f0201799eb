"""The fast path of JSON: functions compiled for each carrier from the templates of `_json_templates`.

Three directions: `loader` from JSON that has known properties only, through msgspec's twins of the carriers; `reader` from
builtins, where unknown properties are; `dumper` back to what msgspec writes. `source` shows what was generated. Whatever
this path is not sure of it refuses with an exception, and the exact path decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import attrs
import msgspec

from contactwire.codecs._json_helpers import HELPERS, Refused
from contactwire.codecs._json_templates import TEMPLATES, Template
from contactwire.codecs._json_twins import endless, height, identifier, levels, make_twins, plan_inside, reachable, twin_type
from contactwire.wire import CarrierPlan, FieldPlan, Kind, NestedKind, kind_of, plan_of

__all__ = ["Loader", "Refused", "dumper", "loader", "part", "reader", "source"]

Function = Callable[[Any, int], Any]
"""A compiled function: from a value, and how deep it may nest."""

_LOCK = threading.RLock()


@attrs.define
class Loader:
    """Reads one type from JSON: `decode` gives twins, `load` their carriers.

    `stopper` is the member name, in its quotes, that stopped the last body which went through a `reader` instead. Where it
    turns up early again, `decode` need not be tried; that is a guess at what is faster and decides nothing else.
    """

    decode: Callable[[Any], Any]
    load: Function
    stopper: bytes = b""


class _Unit:
    """All functions generated for one direction and mode: one namespace, since they call each other."""

    def __init__(self, function: str, mode: Any) -> None:
        self.names = dict(HELPERS)
        self.sources: dict[CarrierPlan, str] = {}
        self.template: Template = TEMPLATES[function](self.names, mode)

    def define(self, plan: CarrierPlan) -> None:
        if plan not in self.sources:
            text = "\n".join(self.template.generate(plan)) + "\n"
            exec(compile(text, f"<contactwire {self.template.function} {identifier(plan)}>", "exec"), self.names)
            self.sources[plan] = text

    def root(self, kind: Kind) -> Function:
        """The function for a whole document of a kind."""
        for plan in reachable(plan_inside(kind)):
            self.define(plan)
        if isinstance(kind, NestedKind) and endless(plan_of(kind.carrier)):
            # Such a function counts the room itself.
            function: Function = self.names[f"{self.template.function}_{identifier(plan_of(kind.carrier))}"]
            return function
        needed = levels(kind) + height(plan_inside(kind)) + self.template.spare
        lines = [
            "def document(value, room):",
            f"    if room < {needed}: raise Refused",
            f"    return {self.template.expression(kind, 'value', 0)}",
        ]
        scope: dict[str, Function] = {}
        exec("\n".join(lines), self.names, scope)
        return scope["document"]

    def part(self, field: FieldPlan) -> Function:
        """The function for the value of one property, in the lines that the function of its carrier has for it."""
        scope: dict[str, Function] = {}
        lines = ["def part(value, room):", *self.template.property(field, "value"), "    return value"]
        exec("\n".join(lines), self.names, scope)
        return scope["part"]


_units: dict[tuple[str, Any], _Unit] = {}
_loaders: dict[tuple[Any, bool], Loader] = {}
_readers: dict[tuple[Any, bool, bool], Function] = {}
_dumpers: dict[bool, dict[Any, Function]] = {True: {}, False: {}}
_parts: dict[tuple[Any, str, bool], Function] = {}


def loader(type: Any, coerce: bool) -> Loader:
    """The compiled reader of a carrier type, or a list or dictionary of one; built once, shared by all threads."""
    return _loaders.get((type, coerce)) or _build(
        _loaders,
        (type, coerce),
        type,
        lambda kind: Loader(msgspec.json.Decoder(twin_type(kind)).decode, _compile(kind, "load", coerce)),
    )


def reader(type: Any, coerce: bool, keep: bool) -> Function:
    """The compiled function from builtins, which it uses up, to a value of that type; `keep` is for unknown properties."""
    return _readers.get((type, coerce, keep)) or _build(
        _readers, (type, coerce, keep), type, lambda kind: _compile(kind, "read", (coerce, keep))
    )


def dumper(type: Any, validate: bool) -> Function:
    """The compiled function from a value of that type to what msgspec can write."""
    known = _dumpers[validate]
    return known.get(type) or _build(known, type, type, lambda kind: _compile(kind, "dump", validate))


def part(type: Any, field: FieldPlan, validate: bool) -> Function:
    """The compiled function from the value of one property, and its carrier's room, to what msgspec can write."""
    found = _parts.get((type, field.attribute, validate))
    if found is None:
        with _LOCK:
            dumper(type, validate)
            found = _parts.setdefault((type, field.attribute, validate), _units["dump", validate].part(field))
    return found


def source(type: Any, function: str, mode: Any) -> str:
    """The code generated for a carrier type: `function` is "load", "read" or "dump", `mode` as its template says."""
    kind = kind_of(type)
    with _LOCK:
        make_twins(reachable(plan_inside(kind)))
        _compile(kind, function, mode)
        return "\n\n".join(_units[function, mode].sources[plan] for plan in reachable(plan_inside(kind)))


def _build(cache: dict[Any, Any], key: Any, type: Any, build: Callable[[Kind], Any]) -> Any:
    kind = kind_of(type)
    with _LOCK:
        if key not in cache:
            make_twins(reachable(plan_inside(kind)))
            cache[key] = build(kind)
        return cache[key]


def _compile(kind: Kind, function: str, mode: Any) -> Function:
    unit = _units.get((function, mode))
    if unit is None:
        unit = _units[function, mode] = _Unit(function, mode)
    return unit.root(kind)
