"""The fast path of JSON: functions compiled for each carrier from the templates of `_json_templates`.

Three directions: `loader` from JSON that has known properties only, through msgspec's twins of the carriers; `reader` from
builtins, where unknown properties are; `dumper` back to what msgspec writes. `source` shows what was generated. Whatever
this path is not sure of it refuses with an exception, and the exact path decides.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from itertools import islice
from typing import Any

import attrs
import msgspec

from contactwire.codecs._json_helpers import HELPERS, Refused
from contactwire.codecs._json_templates import TEMPLATES, Template, plain_init
from contactwire.codecs._json_twins import TWINS, Twins, endless, height, identifier, levels, plan_inside, reachable
from contactwire.wire import CarrierPlan, FieldPlan, Kind, ListKind, NestedKind, kind_of, plan_of

__all__ = ["Loader", "Refused", "dumper", "loader", "part", "reader", "source", "wide_loader"]

Function = Callable[[Any, int], Any]
"""A compiled function: from a value, and how deep it may nest."""

_LOCK = threading.RLock()
_WIDENED_AT = (16, 256)
_MOST_FAILURES = 16
_MOST_OTHERS = 4


@attrs.define
class Loader:
    """Reads one type from JSON: `decode` gives twins, those of a list one by one, and `load` their carriers.

    A property that it does not know stops it, and a `reader` takes over, which is slower. What is remembered of such bodies
    are guesses at what is faster, and decides nothing else: `stopper`, the member name, in its quotes, that stopped it
    last; and `wide`, another loader, which takes some unknown properties too.
    """

    decode: Callable[[Any], Any]
    load: Function
    stopper: bytes = b""
    wide: Loader | None = None
    _readings: int = 0
    _due: float = _WIDENED_AT[0]
    _failures: int = 0

    def load_wide(self, body: Any, room: int) -> Any:
        """The carrier in a body that `wide` takes; raises AttributeError if there is none, else what its functions raise."""
        try:
            carrier = self.wide.load(self.wide.decode(body), room)  # type: ignore[union-attr]
        except Exception:
            self._failures += 1
            if self._failures > _MOST_FAILURES:
                self.wide = None
            raise
        self._failures = 0
        return carrier

    def learn(self, widen: Callable[[], Loader | None]) -> None:
        """Count a body that only a reader read, and after some of these make another loader `wide`."""
        self._readings += 1
        if self._readings >= self._due:
            with _LOCK:
                if self._readings >= self._due:
                    self._due = next((count for count in _WIDENED_AT if count > self._readings), math.inf)
                    self.wide, self._failures = widen(), 0


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
        lambda kind: Loader(_decoder(kind, TWINS), _compile(kind, "load", (coerce, TWINS))),
    )


def _decoder(kind: Kind, twins: Twins) -> Callable[[Any], Any]:
    """The function from a body to twins; those of a list are made one by one, as the iterator that it gives goes on."""
    if not isinstance(kind, ListKind) or kind.nullable:
        return msgspec.json.Decoder(twins.type_of(kind)).decode
    # What is made of each is still in the processor's caches when it is loaded, and the twins never exist all at once.
    items, decode = msgspec.json.Decoder(list[msgspec.Raw]).decode, msgspec.json.Decoder(twins.type_of(kind.item)).decode
    return lambda body: map(decode, items(body))


def wide_loader(type: Any, coerce: bool) -> Loader | None:
    """A loader that also takes unknown properties, one in each object: of the names that the reader of that type met first.

    None if there are no such names. Whoever calls it holds the lock.
    """
    kind = kind_of(type)
    plans = reachable(plan_inside(kind))
    met = _units["read", (coerce, True)].names
    others = {
        plan: list(islice(filter(_can_be_named, met[f"unknown_{identifier(plan)}"]), _MOST_OTHERS))
        for plan in plans
        if plain_init(plan.carrier)
    }
    if not any(others.values()):
        return None
    twins = Twins(others)
    twins.make(plans)
    return Loader(_decoder(kind, twins), _Unit("load", (coerce, twins)).root(kind))


def _can_be_named(name: str) -> bool:
    """Whether msgspec allows the name for a field."""
    return name.isprintable() and '"' not in name and "\\" not in name


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
        TWINS.make(reachable(plan_inside(kind)))
        _compile(kind, function, mode)
        return "\n\n".join(_units[function, mode].sources[plan] for plan in reachable(plan_inside(kind)))


def _build(cache: dict[Any, Any], key: Any, type: Any, build: Callable[[Kind], Any]) -> Any:
    kind = kind_of(type)
    with _LOCK:
        if key not in cache:
            TWINS.make(reachable(plan_inside(kind)))
            cache[key] = build(kind)
        return cache[key]


def _compile(kind: Kind, function: str, mode: Any) -> Function:
    unit = _units.get((function, mode))
    if unit is None:
        unit = _units[function, mode] = _Unit(function, mode)
    return unit.root(kind)
