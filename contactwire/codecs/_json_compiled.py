"""The fast path of JSON: twins of the carriers that msgspec reads and writes, and compiled functions between the two.

For each carrier a msgspec Struct with the wire's names is its twin. `load` turns a twin into its carrier, `dump` a carrier
into its twin; both are generated from one template a direction, a line or two a property, and `source` shows them.
Whatever this path is not sure of it refuses with an exception, and the exact path decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import attrs
import msgspec

from contactwire.builtins import enumeration_reader, write_extras, write_kind
from contactwire.timestamps import Timestamp, format_timestamp, parse_timestamp
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    kind_of,
    nested_carrier,
    plan_of,
)

__all__ = ["Refused", "dumper", "loader", "source"]


class Refused(Exception):
    """The fast path does not take this value; the exact path decides."""


_TWIN_TYPES: dict[str, Any] = {"string": str, "boolean": bool, "double": int | float, "date-time": str}
_EXACT_TYPES = {"string": "str", "boolean": "bool"}
_MAX_DOUBLE = int(float.fromhex("0x1.fffffffffffffp+1023"))
_STRINGS = frozenset({str})
_STRINGS_OR_NULL = frozenset({str, type(None)})


def _text(value: Any) -> str:
    if type(value) is Timestamp:
        return value._text or format_timestamp(value)
    return format_timestamp(value)


def _strings(value: Any, shape: type, allowed: frozenset[type]) -> Any:
    value = _only(value, shape)
    if allowed.issuperset(map(type, value if shape is list else value.values())):
        return value
    raise Refused


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


class _Unit:
    """Everything generated for one mode (`coerce` when loading, `validate` when dumping): one namespace, shared by all."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {
            "UNSET": UNSET,
            "Refused": Refused,
            "new": object.__new__,
            "parse": parse_timestamp,
            "text": _text,
            "strings": _strings,
            "STRINGS": _STRINGS,
            "STRINGS_OR_NULL": _STRINGS_OR_NULL,
            "double": _double,
            "name_of": _name,
            "only": _only,
        }
        self.sources: dict[CarrierPlan, str] = {}

    def define(self, plan: CarrierPlan, function: str, lines: list[str]) -> None:
        text = "\n".join(lines) + "\n"
        exec(compile(text, f"<contactwire {function}>", "exec"), self.namespace)
        self.sources[plan] = text


_LOCK = threading.RLock()
_identifiers: dict[CarrierPlan, str] = {}
_twins: dict[CarrierPlan, type[msgspec.Struct]] = {}
_units: dict[tuple[str, bool], _Unit] = {}


def _reachable(plan: CarrierPlan) -> list[CarrierPlan]:
    """`plan` and all that it leads to, each once."""
    found = [plan]
    for known in found:
        found += [
            other for other in map(plan_of, sorted(known.children(), key=lambda cls: cls.__name__)) if other not in found
        ]
    return found


def _identifier(plan: CarrierPlan) -> str:
    name = _identifiers.get(plan)
    if name is None:
        taken = set(_identifiers.values())
        name = plan.carrier.__name__
        while name in taken:
            name += "_"
        _identifiers[plan] = name
    return name


def _make_twins(plans: list[CarrierPlan]) -> None:
    fresh = [plan for plan in plans if plan not in _twins]
    for plan in fresh:
        _twins[plan] = msgspec.defstruct(
            _identifier(plan),
            [(field.attribute, Any, UNSET) for field in plan.fields],
            rename={field.attribute: field.name for field in plan.fields},
            forbid_unknown_fields=True,
            gc=False,
        )
    for plan in fresh:
        # Only now do all twins exist for the annotations, which msgspec first reads when a decoder is made.
        hints = {field.attribute: _twin_type(field.kind) | None for field in plan.fields}
        _twins[plan].__annotations__ = hints


def _twin_type(kind: Kind) -> Any:
    match kind:
        case NestedKind():
            return _twins[plan_of(kind.carrier)]
        case ListKind():
            return list[_twin_type(kind.item) | None] if kind.nullable else list[_twin_type(kind.item)]  # type: ignore[misc]
        case DictionaryKind():
            return dict[str, _twin_type(kind.item) | None] if kind.nullable else dict[str, _twin_type(kind.item)]  # type: ignore[misc]
        case EnumerationKind():
            return str
        case ScalarKind():
            integer = Annotated[int, msgspec.Meta(ge=kind.minimum, le=kind.maximum)]
            return _TWIN_TYPES.get(kind.name, integer)


def _levels(kind: Kind) -> int:
    """How many lists and dictionaries stand around the scalar or carrier inside `kind`."""
    return 1 + _levels(kind.item) if isinstance(kind, (ListKind, DictionaryKind)) else 0


@cache
def _endless(plan: CarrierPlan) -> bool:
    """Whether documents of this plan can nest without end: it leads to a carrier that leads back to itself."""
    return any(other in _reachable(plan_of(child)) for other in _reachable(plan) for child in other.children())


@cache
def _height(plan: CarrierPlan) -> int:
    """How deep a document of this plan nests at most, not counting what lies below carriers that nest without end."""
    heights = [1]
    for field in plan.fields:
        child = nested_carrier(field.kind)
        inner = 0 if child is None or _endless(plan_of(child)) else _height(plan_of(child))
        heights.append(1 + _levels(field.kind) + inner)
    return max(heights)


def _each(kind: Kind, value: str, one: Callable[[Kind, str], str | None], guard: str = "", depth: int = 0) -> str | None:
    """The expression that applies `one` to each leaf of a list or dictionary kind, or None where nothing is to be done.

    `guard` names a function that inner lists and dictionaries go through before they are walked.
    """
    if not isinstance(kind, (ListKind, DictionaryKind)):
        return one(kind, value)
    item, shape = f"item{depth}", "list" if isinstance(kind, ListKind) else "dict"
    inner = _each(kind.item, item, one, guard, depth + 1)
    if inner is None:
        return None
    if kind.nullable:
        inner = f"None if {item} is None else {inner}"
    if guard:
        value = f"{guard}({value}, {shape})"
    if shape == "list":
        return f"[{inner} for {item} in {value}]"
    return f"{{key: {inner} for key, {item} in {value}.items()}}"


class _Loading:
    """The template of `load`: one function a carrier, from its twin."""

    def __init__(self, unit: _Unit, coerce: bool) -> None:
        self.unit, self.coerce = unit, coerce

    def generate(self, plan: CarrierPlan) -> None:
        name, endless = _identifier(plan), _endless(plan)
        self.unit.namespace[name] = plan.carrier
        lines = [f"def load_{name}(twin{', room' if endless else ''}):"]
        if endless:
            lines += [f"    if room < {_height(plan)}: raise Refused"]
        plain = _plain_init(plan.carrier)
        lines += [f"    carrier = new({name})", "    carrier._extras = None"] if plain else []
        target = "carrier." if plain else "the_"
        for field in plan.fields:
            lines += self._property(field, target + field.attribute)
        if not plain:
            lines += [f"    carrier = {name}({', '.join(f'{f.attribute}=the_{f.attribute}' for f in plan.fields)})"]
        self.unit.define(plan, f"load_{name}", [*lines, "    return carrier"])

    def _property(self, field: FieldPlan, target: str) -> list[str]:
        room = 1 + _levels(field.kind)
        expression = _each(field.kind, "value", lambda kind, value: self._leaf(kind, value, room))
        if expression is None:
            return [f"    {target} = twin.{field.attribute}"]
        # An empty list or dictionary, null and absent all go over as they are.
        test = "value" if isinstance(field.kind, (ListKind, DictionaryKind)) else "value is not None and value is not UNSET"
        return [f"    value = twin.{field.attribute}", f"    {target} = {expression} if {test} else value"]

    def _leaf(self, kind: Kind, value: str, room: int) -> str | None:
        match kind:
            case NestedKind():
                plan = plan_of(kind.carrier)
                return f"load_{_identifier(plan)}({value}{f', room - {room}' if _endless(plan) else ''})"
            case EnumerationKind():
                reader = f"read_{kind.members.__name__}_{len(self.unit.namespace)}"
                self.unit.namespace[reader] = enumeration_reader(kind, coerce=self.coerce)
                return f"{reader}({value})"
            case ScalarKind(name="date-time"):
                return f"parse({value})"
        return None


class _Dumping:
    """The template of `dump`: one function a carrier, to its twin; with `validate` each value's exact type is checked."""

    def __init__(self, unit: _Unit, validate: bool) -> None:
        self.unit, self.validate = unit, validate

    def generate(self, plan: CarrierPlan) -> None:
        name, endless = _identifier(plan), _endless(plan)
        self.unit.namespace[name] = plan.carrier
        self.unit.namespace[f"Twin{name}"] = _twins[plan]
        self.unit.namespace[f"extras_{name}"] = _extras_merger(plan, self.validate)
        lines = [f"def dump_{name}(carrier{', room' if endless else ''}):"]
        if self.validate:
            lines += [f"    if type(carrier) is not {name}: raise Refused"]
        if endless:
            lines += [f"    if room < {_height(plan)}: raise Refused"]
        for field in plan.fields:
            lines += self._property(field)
        lines += [f"    twin = Twin{name}({', '.join(f'the_{field.attribute}' for field in plan.fields)})"]
        lines += [f"    return extras_{name}(twin, carrier._extras) if carrier._extras else twin"]
        self.unit.define(plan, f"dump_{name}", lines)

    def _property(self, field: FieldPlan) -> list[str]:
        value = f"the_{field.attribute}"
        lines = [f"    {value} = carrier.{field.attribute}"]
        check, expression = self._check(field.kind, value), self.expression(field.kind, value)
        if check or expression:
            lines += [f"    if {value} is not None and {value} is not UNSET:"]
        lines += [f"        if {check}: raise Refused"] if check else []
        return lines + ([f"        {value} = {expression}"] if expression else [])

    def expression(self, kind: Kind, value: str) -> str | None:
        """The expression that turns the value of a property (or of a whole document) into what its twin holds."""
        if self.validate and isinstance(kind, (ListKind, DictionaryKind)) and kind.item == kind_of(str):
            shape = "list" if isinstance(kind, ListKind) else "dict"
            return f"strings({value}, {shape}, {'STRINGS_OR_NULL' if kind.nullable else 'STRINGS'})"
        room, inside = 1 + _levels(kind), _levels(kind) > 0
        return _each(kind, value, lambda leaf, v: self._leaf(leaf, v, room, inside), "only" if self.validate else "")

    def _check(self, kind: Kind, value: str) -> str:
        if not self.validate or not isinstance(kind, ScalarKind):
            return ""
        if kind.minimum is not None:
            return f"type({value}) is not int or not {kind.minimum} <= {value} <= {kind.maximum}"
        exact = _EXACT_TYPES.get(kind.name)
        return f"type({value}) is not {exact}" if exact else ""

    def _leaf(self, kind: Kind, value: str, room: int, inside: bool) -> str | None:
        match kind:
            case NestedKind():
                plan = plan_of(kind.carrier)
                return f"dump_{_identifier(plan)}({value}{f', room - {room}' if _endless(plan) else ''})"
            case EnumerationKind():
                return f"{value} if type({value}) is str else name_of({value})"
            case ScalarKind(name="date-time"):
                return f"text({value})"
            case ScalarKind(name="double") if self.validate:
                return f"double({value})"
            case ScalarKind() if self.validate and inside:
                check = f"check_{len(self.unit.namespace)}"
                self.unit.namespace[check] = lambda item: write_kind(kind, item, 1)
                return f"{check}({value})"
        return None


def _plain_init(cls: type) -> bool:
    """Whether making a carrier is no more than filling its slots: nothing of the class's own would be passed over."""
    hooks = ("__attrs_pre_init__", "__attrs_post_init__")
    return not any(hasattr(cls, hook) for hook in hooks) and not any(
        field.validator or field.converter for field in attrs.fields(cls)
    )


def _extras_merger(plan: CarrierPlan, validate: bool) -> Callable[[Any, dict[str, Any]], dict[str, Any]]:
    names = [field.name for field in plan.fields]

    def merge(twin: Any, extras: dict[str, Any]) -> dict[str, Any]:
        written = {
            name: value for name, value in zip(names, msgspec.structs.astuple(twin), strict=True) if value is not UNSET
        }
        if not validate:
            return {**written, **extras}
        # How deep this carrier stands is not known here, so extras that nest are left to the exact path.
        if any(isinstance(value, (dict, list)) for value in extras.values()) or write_extras(extras, plan, written, 1):
            raise Refused
        return written

    return merge


@attrs.frozen
class Loader:
    """Reads one type from JSON: `decode` gives twins, `load` their carriers; `height` is the room that it needs."""

    decode: Callable[[Any], Any]
    load: Callable[[Any, int], Any]
    height: int


def loader(type: Any, coerce: bool) -> Loader:
    """The compiled reader of a carrier type, or a list or dictionary of one; built once, shared by all threads."""
    return _loaders.get((type, coerce)) or _build(_loaders, type, coerce, _build_loader)


def dumper(type: Any, validate: bool) -> Callable[[Any, int], Any]:
    """The compiled function from a value of that type, and the depth allowed, to what msgspec can write."""
    return _dumpers.get((type, validate)) or _build(_dumpers, type, validate, _build_dumper)


def source(type: Any, function: str, mode: bool) -> str:
    """The code generated for a carrier type: `function` is "load" (`mode`: coerce) or "dump" (`mode`: validate)."""
    loader(type, mode) if function == "load" else dumper(type, mode)
    unit = _units[function, mode]
    return "\n\n".join(unit.sources[plan] for plan in _reachable(_plan_inside(kind_of(type))))


_loaders: dict[Any, Loader] = {}
_dumpers: dict[Any, Callable[[Any, int], Any]] = {}


def _build(cache: dict[Any, Any], type: Any, mode: bool, build: Callable[[Kind, bool], Any]) -> Any:
    kind = kind_of(type)
    with _LOCK:
        if (type, mode) not in cache:
            _make_twins(_reachable(_plan_inside(kind)))
            cache[type, mode] = build(kind, mode)
        return cache[type, mode]


def _plan_inside(kind: Kind) -> CarrierPlan:
    cls = nested_carrier(kind)
    if cls is None:
        raise TypeError(f"a {kind.expected} is no document: a carrier, or a list or dictionary of one, is")
    return plan_of(cls)


def _unit(function: str, mode: bool, kind: Kind) -> tuple[_Unit, _Loading | _Dumping]:
    unit = _units.setdefault((function, mode), _Unit())
    template = _Loading(unit, mode) if function == "load" else _Dumping(unit, mode)
    for plan in _reachable(_plan_inside(kind)):
        if plan not in unit.sources:
            template.generate(plan)
    return unit, template


def _root(unit: _Unit, kind: Kind, expression: str | None) -> Callable[[Any, int], Any]:
    # The document itself stands where a property's value would, one level further out.
    inner, outer = f"room - {1 + _levels(kind)}", f"room - {_levels(kind)}"
    text = f"lambda value, room: {(expression or 'value').replace(inner, outer)}"
    function: Callable[[Any, int], Any] = eval(text, unit.namespace)
    return function


def _build_loader(kind: Kind, coerce: bool) -> Loader:
    unit, template = _unit("load", coerce, kind)
    room = 1 + _levels(kind)
    load = _root(unit, kind, _each(kind, "value", lambda leaf, value: template._leaf(leaf, value, room)))  # type: ignore[call-arg]
    height = _levels(kind) + _height(_plan_inside(kind))
    return Loader(msgspec.json.Decoder(_twin_type(kind)).decode, load, height)


def _build_dumper(kind: Kind, validate: bool) -> Callable[[Any, int], Any]:
    unit, template = _unit("dump", validate, kind)
    assert isinstance(template, _Dumping)
    return _root(unit, kind, template.expression(kind, "value"))
