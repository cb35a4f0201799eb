"""The metaclass of carriers: it makes one class of a class body, which is an attrs class and a msgspec Struct.

`CarrierType.__new__` checks the class body, reads its definition, lays out the fields of the Struct (`_Layout`) and has
msgspec create the class. A Struct puts inherited fields first and moves none. But a property that a derived class declares
again, and the unknown members, come later on the wire. Such a one gets a new field in the derived class, with a new name
(`text_`), and the inherited field stays `UNSET`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any

import attrs
import msgspec
from attrs import NOTHING
from msgspec import UNSET, Struct

from contactwire.wire.annotations import Annotations, annotations_in, frame_of
from contactwire.wire.class_bodies import ALREADY_ATTRS, carrier_base, check_body, check_not_hidden, check_properties
from contactwire.wire.definition import (
    EXTRAS_MARK,
    Definition,
    Property,
    UnboundVariable,
    attrs_attributes,
    check_wire_name,
    definition_of,
    field_plan,
    in_wire_order,
    own_properties,
)
from contactwire.wire.extras import Extras, Members, remembering
from contactwire.wire.hooks import HookFault, attributes_of, is_factory, msgspec_default, run_hooks, set_with_hooks

__all__ = ["BLANK", "EXTRAS_ATTRIBUTE", "CarrierType", "put_value", "putter_of"]

EXTRAS_ATTRIBUTE = "_unknown"
"""The attribute that holds a carrier's `Extras`, or UNSET."""

# A list, since msgspec untracks a Struct that holds nothing the garbage collector tracks. A template that is untracked would
# keep its class alive for ever.
BLANK: list[Any] = []
"""The extras of a carrier while `blank` constructs its template; `_post_init` then runs no hooks."""

_put: Any = msgspec.Struct.__setattr__


def put_value(carrier: Any, name: str, value: Any) -> None:
    """Set an attribute of a carrier; no hook runs."""
    if definition_of(type(carrier)).mixed:
        # Python refuses `Struct.__setattr__` for a class whose first base is no Struct.
        msgspec.structs.force_setattr(carrier, name, value)
    else:
        _put(carrier, name, value)


def putter_of(cls: type) -> Callable[[Any, str, Any], None]:
    """The fastest function that sets an attribute of carriers of a class as `put_value` does."""
    return setattr if cls.__setattr__ is _put else put_value


class _OfClasses(property):
    """A property of carrier classes that the metaclass itself has not: it is no attrs class."""

    def __get__(self, cls: Any, owner: type | None = None) -> Any:
        if cls is None:
            raise AttributeError
        return super().__get__(cls, owner)


class _OfDecorators(_OfClasses):
    """One that a decorator of attrs or dataclasses sets, of which a carrier class has no need."""

    def __set__(self, cls: Any, value: object) -> None:
        raise TypeError(f"{cls.__name__}: {ALREADY_ATTRS}")


class CarrierType(msgspec.StructMeta):
    """The metaclass of carriers; the class options are `name`, the name on the wire, and `trailing`."""

    def __new__(
        meta,
        class_name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        /,
        *,
        name: str | None = None,
        trailing: bool = False,
        **options: Any,
    ) -> Any:
        """Create a carrier class from a class body; raises TypeError for what is not allowed, with advice."""
        base = carrier_base(class_name, bases)
        check_body(class_name, namespace, options)
        if name is not None:
            check_wire_name(class_name, name)
        body = _body_of(namespace) or _read_body(class_name, bases, namespace, name or class_name, trailing)
        layout, definition = _defined(class_name, bases, base, body)
        members = {key: value for key, value in namespace.items() if key not in body.properties}
        cls = layout.make(meta, class_name, bases, members, definition, body.runs_last)
        if "<locals>" in cls.__qualname__ or cls.__module__ == "__main__":
            cls.__orig_bases__ = (body.portable(),)
        body.annotations.names[class_name] = cls
        cls.__annotations__ = body.annotations.written
        cls.__wire__ = definition
        check_not_hidden(cls, layout.slots)
        # What a generic base left open, this class may have given a type.
        _check_kinds(cls, definition.properties if "__orig_bases__" in namespace else body.properties)
        return cls

    def __init__(cls, class_name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **options: Any) -> None:
        super().__init__(class_name, bases, namespace)

    def __call__(cls, /, *arguments: Any, **values: Any) -> Any:
        """Construct a carrier from its properties by keyword, and `extras`. Its hooks run; what one raises is not caught."""
        if arguments:
            raise TypeError(f"{cls.__name__} takes its properties by keyword only")
        if definition_of(cls).trailing:
            raise TypeError(f"{cls.__name__} is a base for carriers (trailing=True): derive one from it")
        extras = values.pop("extras", None)
        if extras is not None and not isinstance(extras, dict):
            raise TypeError(f"extras are a dictionary, not {type(extras).__name__}")
        carrier = cls._construct(values)
        if extras:
            carrier.extras = dict(extras)
        if isinstance(extras, Members):
            put_value(carrier, EXTRAS_ATTRIBUTE, Extras(cls, remembering(extras, extras.view, extras.tag)))
        return carrier

    def _construct(cls, values: Mapping[str, Any]) -> Any:
        """The Struct with these properties, after its hooks."""
        definition, refused = definition_of(cls), None
        for name in values.keys() - definition.properties.keys():
            raise TypeError(f"{cls.__name__} got an unexpected keyword argument {name!r}")
        try:
            return super().__call__(**{definition.slots[name]: value for name, value in values.items()})
        except HookFault as fault:
            refused = fault.error
        except TypeError:
            # msgspec's own message may name a field of the Struct that is called otherwise than its property.
            missing = [name for name, each in definition.properties.items() if each.required and name not in values]
            if not missing:  # pragma: no cover - msgspec raises TypeError for nothing else
                raise
            raise TypeError(f"{cls.__name__} is missing what is required: {', '.join(map(repr, missing))}") from None
        # Raised outside of `except`, so that its cause and context are those that it had in the hook.
        raise refused

    @_OfDecorators
    def __attrs_attrs__(cls) -> tuple[attrs.Attribute[Any], ...]:
        """The attributes that `attrs.fields` and the like read from an attrs class."""
        memo = definition_of(cls).memo
        if "attrs" not in memo:
            memo["attrs"] = attrs_attributes(cls)
        found: tuple[attrs.Attribute[Any], ...] = memo["attrs"]
        return found

    # The first that `dataclasses.dataclass` sets.
    __dataclass_params__ = _OfDecorators()

    @_OfClasses
    def __signature__(cls) -> Signature:
        """The constructor's signature: keywords only, as `inspect.signature` gives it."""
        return Signature(
            [
                Parameter(each.name, Parameter.KEYWORD_ONLY, default=_shown_default(each.default), annotation=each.type)
                for each in cls.__attrs_attrs__
            ]
        )


class _Made:
    """The default in a signature of what a factory makes, spelled as by `dataclasses`."""

    def __repr__(self) -> str:
        return "<factory>"


_MADE = _Made()


def _shown_default(default: Any) -> Any:
    return Parameter.empty if default is NOTHING else _MADE if is_factory(default) else default


class _Body(Struct, frozen=True, eq=False):
    """What a class statement said, so that another process can create the class again.

    Cloudpickle sends a class that cannot be imported by value: it creates the class from its `__orig_bases__`, and sets its
    methods afterwards. For such a class, `__orig_bases__` holds this body in place of the bases.
    """

    bases: tuple[Any, ...]
    annotations: Annotations
    properties: Mapping[str, Property]
    name: str
    trailing: bool
    runs_last: bool

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return types.resolve_bases(self.bases)

    def portable(self) -> _Body:
        """A copy with its own dictionary of names, to which the class itself is not added later."""
        annotations = Annotations(self.annotations.module, self.annotations.written, dict(self.annotations.names))
        return msgspec.structs.replace(self, annotations=annotations)


def _body_of(namespace: Mapping[str, Any]) -> _Body | None:
    return next((base for base in namespace.get("__orig_bases__", ()) if isinstance(base, _Body)), None)


def _read_body(class_name: str, bases: tuple[type, ...], namespace: dict[str, Any], name: str, trailing: bool) -> _Body:
    annotations = annotations_in(namespace, frame_of(namespace.get("__module__")))
    outlines = annotations.outlines(class_name)
    check_properties(class_name, namespace, annotations.written, outlines)
    fields = attributes_of(class_name, namespace, outlines)
    return _Body(
        bases=namespace.get("__orig_bases__", bases),
        annotations=annotations,
        properties=own_properties(class_name, outlines, fields, namespace),
        name=name,
        trailing=trailing,
        runs_last="__attrs_post_init__" in namespace or any(hasattr(each, "__attrs_post_init__") for each in bases),
    )


def _check_kinds(cls: type, own: Iterable[str]) -> None:
    """Raise TypeError for a property that no format can carry. An annotation with a name not yet defined is not checked."""
    for name in own:
        try:
            field_plan(cls, name)
        except (NameError, UnboundVariable):
            continue


class _Layout:
    """Which fields the Struct of a class gets beside the inherited ones.

    `new` names the new field of each attribute that gets one. `dead` lists the inherited fields that they replace; those
    stay UNSET. `slots` names the field that holds each attribute.
    """

    def __init__(self, base: Any, properties: list[str], trailing: bool) -> None:
        inherited = definition_of(base).slots if base is not None else {}
        attributes = [] if trailing else [*properties, EXTRAS_ATTRIBUTE]
        taken = base.__struct_fields__ if base is not None else ()
        self.new = {name: _free_name(name, taken) for name in attributes}
        self.dead = [inherited[name] for name in attributes if name in inherited]
        self.slots = {**inherited, **self.new}

    def make(
        self,
        meta: Any,
        class_name: str,
        bases: tuple[type, ...],
        body: dict[str, Any],
        definition: Definition,
        runs_last: bool,
    ) -> Any:
        """Create the class, as a Struct, from the layout and a definition."""
        properties = definition.properties
        defaults: dict[str, Any] = dict.fromkeys(self.dead, UNSET)
        for name, slot in self.new.items():
            defaults[slot] = msgspec_default(name, properties[name].default) if name in properties else UNSET
        body |= {slot: default for slot, default in defaults.items() if default is not NOTHING}
        body["__annotations__"] = dict.fromkeys(defaults, Any)
        if definition.hooks or runs_last:
            body |= {"__post_init__": _post_init, "__setattr__": body.get("__setattr__", _set_attribute)}
        names = {slot: EXTRAS_MARK + slot for slot in self.dead}
        names |= {slot: properties[name].name if name in properties else EXTRAS_MARK for name, slot in self.new.items()}
        make: Any = msgspec.StructMeta.__new__
        try:
            cls = make(meta, class_name, bases, body, kw_only=True, forbid_unknown_fields=True, weakref=True, rename=names)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{class_name}: {error}") from None
        for name, slot in self.new.items():
            if name != slot:
                setattr(cls, name, cls.__dict__[slot])
        return cls


def _defined(class_name: str, bases: tuple[type, ...], base: Any, body: _Body) -> tuple[_Layout, Definition]:
    """The layout and the definition of a class, whose carrier base is `base`, or None for `Carrier` itself."""
    inherited = definition_of(base) if base is not None else None
    properties = in_wire_order(class_name, inherited, body.properties)
    waiting = inherited.waiting if inherited is not None else frozenset()
    layout = _Layout(base, [each for each in properties if each in body.properties or each in waiting], body.trailing)
    return layout, Definition(
        name=body.name,
        trailing=body.trailing,
        bases=body.bases,
        annotations=body.annotations,
        properties=properties,
        waiting=waiting.union(body.properties) if body.trailing else frozenset(),
        slots=layout.slots,
        mixed=not isinstance(bases[0], msgspec.StructMeta) or (inherited is not None and inherited.mixed),
        # That of `Carrier` is -1.
        level=inherited.level + 1 if inherited is not None else -1,
    )


def _free_name(name: str, taken: tuple[str, ...]) -> str:
    while name in taken:
        name += "_"
    return name


def _post_init(carrier: Any) -> None:
    if getattr(carrier, EXTRAS_ATTRIBUTE) is BLANK:
        return
    run_hooks(carrier, definition_of(type(carrier)).hooks, put_value, _raise_fault)


def _raise_fault(attribute: str, error: Exception) -> None:
    raise HookFault(attribute, error) from error


def _set_attribute(carrier: Any, name: str, value: Any) -> None:
    field = definition_of(type(carrier)).hooks.get(name)
    if field is None:
        put_value(carrier, name, value)
    else:
        put_value(carrier, name, set_with_hooks(carrier, field, value))
