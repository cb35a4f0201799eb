"""The metaclass of carriers: it makes an attrs class and a msgspec Struct of one class body.

A Struct puts inherited fields first and moves none. So what must stand further behind gets a new field in the heir,
under a name of its own there, and the inherited field stays `UNSET`: a property that an heir declares again, and the
unknown members.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any

import attrs
import msgspec
from attrs import NOTHING
from msgspec import UNSET

from contactwire.wire.annotations import Annotations, annotations_in, frame_of
from contactwire.wire.definition import (
    EXTRAS_MARK,
    Definition,
    Property,
    UnboundVariable,
    definition_of,
    field_plan,
    in_wire_order,
    own_properties,
)
from contactwire.wire.hooks import HookFault, attributes_of, msgspec_default, run_hooks, set_with_hooks
from contactwire.wire.kinds import is_carrier

__all__ = ["BLANK", "EXTRAS_ATTRIBUTE", "CarrierType", "put_value"]

EXTRAS_ATTRIBUTE = "_unknown"
"""The attribute that holds a carrier's `Extras`, or UNSET."""

# A list, since msgspec hides from the garbage collector what holds nothing that is tracked; then a class would keep itself.
BLANK: list[Any] = []
"""What stands for the extras of a carrier while it is made without its hooks being run."""

_put = msgspec.Struct.__setattr__


def put_value(carrier: Any, name: str, value: Any) -> None:
    """Set an attribute of a carrier; no hook runs."""
    if definition_of(type(carrier)).mixed:
        # Python lets a Struct's own way of setting pass only where the first base is one.
        msgspec.structs.force_setattr(carrier, name, value)
    else:
        _put(carrier, name, value)


_REFUSED_METHODS = {
    "__init__": "use a converter, a validator or `__attrs_post_init__`",
    "__new__": "write a class method that makes one",
    "__post_init__": "call it `__attrs_post_init__`",
    "__attrs_pre_init__": "use a converter or `__attrs_post_init__`",
}
_REFUSED_NAMES = {
    "extras": "that is where unknown members are kept",
    "self": "attrs could not make a constructor with it",
}


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
        """Make a carrier class of a class body; raises TypeError, with the way out, for one that cannot work."""
        base = _carrier_base(class_name, bases)
        inherited = definition_of(base) if base is not None else None
        body = _body_of(namespace)
        if body is None:
            _check_body(class_name, namespace, options)
            annotations = annotations_in(namespace, frame_of(namespace.get("__module__")))
            # What goes by that name where the class is defined is an earlier one.
            annotations.names.pop(class_name, None)
            own_names = annotations.properties()
            _check_properties(class_name, own_names)
            fields = attributes_of(class_name, namespace, own_names)
            own = own_properties(class_name, annotations, fields, namespace)
            body = _Body(
                bases=namespace.get("__orig_bases__", bases),
                annotations=annotations,
                properties=own,
                name=name or class_name,
                trailing=trailing,
                runs_last="__attrs_post_init__" in namespace or any(hasattr(each, "__attrs_post_init__") for each in bases),
            )
        properties = in_wire_order(class_name, inherited, body.properties)
        waiting = inherited.waiting if inherited is not None else frozenset()
        layout = _Layout(base, [each for each in properties if each in body.properties or each in waiting], body.trailing)
        definition = Definition(
            name=body.name,
            trailing=body.trailing,
            bases=body.bases,
            annotations=body.annotations,
            properties=properties,
            waiting=waiting.union(body.properties) if body.trailing else frozenset(),
            slots=layout.slots,
            mixed=not isinstance(bases[0], msgspec.StructMeta) or (inherited is not None and inherited.mixed),
        )
        members = {key: value for key, value in namespace.items() if key not in body.properties}
        cls = layout.make(meta, class_name, bases, members, definition, body.runs_last)
        if "<locals>" in cls.__qualname__ or cls.__module__ == "__main__":
            cls.__orig_bases__ = (body.portable(),)
        body.annotations.names[class_name] = cls
        cls.__annotations__ = body.annotations.written
        cls.__wire__ = definition
        _check_kinds(cls, body.properties)
        return cls

    def __init__(cls, class_name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **options: Any) -> None:
        super().__init__(class_name, bases, namespace)

    def __call__(cls, /, *arguments: Any, **values: Any) -> Any:
        """Construct a carrier from its properties by keyword, and `extras`; its hooks run, and raise what they raise."""
        definition = definition_of(cls)
        if arguments:
            raise TypeError(f"{cls.__name__} takes its properties by keyword only")
        if definition.trailing:
            raise TypeError(f"{cls.__name__} is a base for carriers (trailing=True): derive one from it")
        extras = values.pop("extras", None)
        if extras is not None and not isinstance(extras, dict):
            raise TypeError(f"extras are a dictionary, not {type(extras).__name__}")
        for name in values.keys() - definition.properties.keys():
            raise TypeError(f"{cls.__name__} got an unexpected keyword argument {name!r}")
        slots = definition.slots
        try:
            carrier = super().__call__(**{slots[name]: value for name, value in values.items()})
        except HookFault as fault:
            raise fault.error from None
        if extras:
            carrier.extras = dict(extras)
        return carrier

    @property
    def __attrs_attrs__(cls) -> tuple[attrs.Attribute[Any], ...]:
        """What attrs asks a class of its own for."""
        memo = definition_of(cls).memo
        if "attrs" not in memo:
            memo["attrs"] = _attrs_attributes(cls)
        found: tuple[attrs.Attribute[Any], ...] = memo["attrs"]
        return found

    @property
    def __signature__(cls) -> Signature:
        """The constructor's signature: keywords only, as `inspect.signature` gives it."""
        return Signature(
            [
                Parameter(each.name, Parameter.KEYWORD_ONLY, default=_shown_default(each.default), annotation=each.type)
                for each in cls.__attrs_attrs__
            ]
        )


@attrs.frozen(eq=False)
class _Body:
    """What a class statement said, with which the class can be made again elsewhere.

    Cloudpickle makes a class by value from its `__orig_bases__` and fills in its methods afterwards; so the body stands
    there, in place of the bases, for classes that cannot be imported.
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
        """The same, without the class itself, and with no more of the names than annotations need."""
        annotations = Annotations(self.annotations.module, self.annotations.written, dict(self.annotations.names))
        return attrs.evolve(self, annotations=annotations)


def _body_of(namespace: Mapping[str, Any]) -> _Body | None:
    return next((base for base in namespace.get("__orig_bases__", ()) if isinstance(base, _Body)), None)


def _carrier_base(class_name: str, bases: tuple[type, ...]) -> Any:
    found = [base for base in bases if is_carrier(base)]
    if len(found) > 1:
        names = " and ".join(base.__name__ for base in found)
        raise TypeError(f"{class_name} derives from {names}: a carrier has one carrier base; make the others plain mixins")
    return found[0] if found else None


def _check_body(class_name: str, namespace: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    for method, advice in _REFUSED_METHODS.items():
        if method in namespace and namespace.get("__qualname__") != "Carrier":
            raise TypeError(f"{class_name}.{method}: a carrier's constructor is made for it; {advice}")
    for option in options:
        raise TypeError(f"{class_name}: {option} is no option of a carrier; there are name=… and trailing=…")


def _check_properties(class_name: str, properties: list[str]) -> None:
    for name in properties:
        if name in _REFUSED_NAMES:
            message = f"a property cannot be called that, {_REFUSED_NAMES[name]}"
            raise TypeError(f"{class_name}.{name}: {message}; name it otherwise and give it a WireName")
        if name.startswith("_"):
            raise TypeError(f"{class_name}.{name}: a private attribute is no property")


def _check_kinds(cls: type, own: Iterable[str]) -> None:
    """Raise TypeError for a property that no wire format carries, as far as the names in annotations are defined yet."""
    for name in own:
        try:
            field_plan(cls, name)
        except (NameError, UnboundVariable):
            continue


class _Layout:
    """Which fields the Struct of a class gets beside the inherited ones.

    `new` names the field of each attribute that gets one; `dead` are the inherited fields that are out of use.
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
        """The Struct class of a definition."""
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
        except ValueError as error:
            raise TypeError(f"{class_name}: {error}") from None
        for name, slot in self.new.items():
            if name != slot:
                setattr(cls, name, cls.__dict__[slot])
        return cls


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


def _attrs_attributes(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    definition = definition_of(cls)
    annotations = {
        name: each for base in reversed(cls.__mro__) for name, each in vars(base).get("__annotations__", {}).items()
    }
    these = {
        name: attrs.field(
            default=each.default,
            type=annotations[name],
            **(_options(each.field) if each.field is not None else {}),
        )
        for name, each in definition.properties.items()
    }
    these["extras"] = attrs.field(factory=dict, type=dict[str, Any])
    made = attrs.make_class(cls.__name__, these, init=False, repr=False, eq=False, kw_only=True)
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(made)
    return found


def _options(field: attrs.Attribute[Any]) -> dict[str, Any]:
    return {name: getattr(field, name) for name in ("validator", "converter", "metadata", "on_setattr", "repr")}


def _shown_default(default: Any) -> Any:
    return Parameter.empty if default is NOTHING else default
