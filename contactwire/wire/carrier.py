"""Carriers: classes that are attrs classes to their users and msgspec Structs to the machine.

`class Note(Carrier)` is all that it takes. The metaclass lays the properties out as the fields of a Struct, which gives
slots, `==` and the speed of C; from the same definition it answers what attrs asks (`attrs.fields`). What msgspec reads
of a class is told to it when it is first needed (`contactwire.builtins.shapes`), so that annotations stay as they were
written.

A Struct puts inherited fields first and moves none. So what must stand further behind gets a new field in the heir, under a
name of its own there, and the inherited field stays `UNSET`: a property that an heir declares again, and the unknown
members.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

import attrs
import msgspec
from attrs import NOTHING
from msgspec import UNSET

from contactwire.wire.annotations import Annotations, annotations_in, frame_of
from contactwire.wire.definition import (
    MARK,
    Definition,
    Property,
    UnboundVariable,
    definition_of,
    field_plan,
    in_wire_order,
    own_properties,
)
from contactwire.wire.extras import Extras
from contactwire.wire.hooks import (
    PENDING,
    HookFault,
    Report,
    attributes_of,
    made_default,
    msgspec_default,
    run_hooks,
    set_with_hooks,
)
from contactwire.wire.kinds import is_carrier

__all__ = [
    "EXTRAS",
    "MARK",
    "Carrier",
    "CarrierType",
    "absent",
    "blank",
    "evolve",
    "finish",
    "is_view",
    "mark_view",
    "put",
    "start",
]

EXTRAS = "_unknown"
"""The attribute that holds a carrier's `Extras`, or UNSET."""

C = TypeVar("C", bound="Carrier")

# A list, since msgspec hides from the garbage collector what holds nothing that is tracked; then a class would keep itself.
_BLANK: list[Any] = []
_copy_fields: Any = msgspec.Struct.__copy__  # type: ignore[attr-defined]
put = msgspec.Struct.__setattr__
"""Sets an attribute of a carrier; no hook runs."""

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


class _CarrierType(msgspec.StructMeta):
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
                runs_last="__attrs_post_init__" in namespace,
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
        attributes = [] if trailing else [*properties, EXTRAS]
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
            defaults[slot] = msgspec_default(properties[name].default) if name in properties else UNSET
        body |= {slot: default for slot, default in defaults.items() if default is not NOTHING}
        body["__annotations__"] = dict.fromkeys(defaults, Any)
        if definition.hooks or runs_last:
            body |= {"__post_init__": _post_init, "__setattr__": body.get("__setattr__", _set_attribute)}
        names = {slot: MARK + slot for slot in self.dead}
        names |= {slot: properties[name].name if name in properties else MARK for name, slot in self.new.items()}
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
    if getattr(carrier, EXTRAS) is _BLANK:
        return
    run_hooks(carrier, definition_of(type(carrier)).hooks, _raise_fault)


def _raise_fault(attribute: str, error: Exception) -> None:
    raise HookFault(attribute, error) from error


def _set_attribute(carrier: Any, name: str, value: Any) -> None:
    field = definition_of(type(carrier)).hooks.get(name)
    if field is None:
        put(carrier, name, value)
    else:
        set_with_hooks(carrier, field, value)


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


class _Pretty:
    """`_repr_pretty_` for IPython, which folds what is long; Hypothesis asks a class for it too."""

    def __get__(self, carrier: Any, cls: type) -> Any:
        if carrier is not None:
            return lambda printer, cycle: _print_folded(carrier, printer, cycle)
        return lambda *given: _print_folded(*given) if len(given) == 3 else given[0].text(cls.__qualname__)


def _print_folded(carrier: Any, printer: Any, cycle: bool) -> None:
    name = type(carrier).__qualname__
    with printer.group(len(name) + 1, name + "(", ")"):
        for index, (attribute, value) in enumerate(() if cycle else carrier.__rich_repr__()):
            if index:
                printer.text(",")
                printer.breakable()
            printer.text(f"{attribute}=")
            printer.pretty(value)


if TYPE_CHECKING:
    # What type checkers see, and what both mypy and pyright take: the transform on the metaclass, and `extras` as a field.
    @dataclass_transform(kw_only_default=True, field_specifiers=(attrs.field,))
    class CarrierType(type):
        """The metaclass of carriers."""

        __attrs_attrs__: tuple[attrs.Attribute[Any], ...]

    class Carrier(metaclass=CarrierType):
        """The base of all carriers."""

        __attrs_attrs__: ClassVar[Any]
        extras: dict[str, Any] = attrs.field(factory=dict)
        _extras: ClassVar[dict[str, Any] | None]

        def __init_subclass__(cls, *, name: str | None = None, trailing: bool = False) -> None: ...
        def __copy__(self: C) -> C: ...

else:
    CarrierType = _CarrierType

    class Carrier(msgspec.Struct, metaclass=_CarrierType, trailing=True):
        """The base of all carriers: a class whose annotations are its properties on the wire.

        ::

            class Note(Carrier):
                note_id: Int32  # must be there, not null
                text: Maybe[str] = UNSET  # a value, null or absent
                replies: Maybe[list[Note]] = UNSET
                foo: Annotated[Maybe[str], WireName("x_foobar")] = UNSET

        Kinds are `str`, `bool`, `Int32`, `int`, `float`, `datetime`, a `StrEnum` (alone or `| str`), another carrier, and
        `list[…]` or `dict[str, …]` of these. A carrier is an attrs class too: `attrs.field` with validators, converters and
        factories, `attrs.fields`, `attrs.asdict` and `attrs.evolve` work. Class options: `name`, the carrier's name on
        the wire (in XML, the element), and `trailing=True` for a base whose properties stand behind those of the
        carriers that derive from it. `extras` holds the members that the wire had and the class has not: wire name to
        builtins.

        A class that cannot work raises TypeError when it is defined.
        """

        @property
        def extras(self) -> dict[str, Any]:
            """The unknown members: wire name to builtins."""
            found = self._unknown
            if found is UNSET:
                found = Extras(type(self), {})
                put(self, EXTRAS, found)
            return found.members

        @extras.setter
        def extras(self, members: dict[str, Any] | None) -> None:
            put(self, EXTRAS, UNSET if members is None else Extras(type(self), members))

        @property
        def _extras(self) -> dict[str, Any] | None:
            """The unknown members, or None where there are none; makes no dictionary."""
            found = self._unknown
            return None if found is UNSET else found.members or None

        def __repr__(self) -> str:
            return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

        def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
            """What is set, in the wire's order, for rich: a contact has 48 properties and most code sets a few."""
            for field in attrs.fields(type(self)):
                value = self._extras if field.name == "extras" else getattr(self, field.name)
                if field.repr and value is not UNSET and not (field.name == "extras" and value is None):
                    yield field.name, value

        _repr_pretty_ = _Pretty()

        def __copy__(self: C) -> C:
            made = _copy_fields(self)
            if made._unknown is not UNSET:
                put(made, EXTRAS, made._unknown.__copy__())
            return made

        def __reduce__(self) -> tuple[Any, ...]:
            values = {
                name: value for name in definition_of(type(self)).properties if (value := getattr(self, name)) is not UNSET
            }
            return _restore, (type(self), values, self._extras)

        def __replace__(self: C, /, **changes: Any) -> C:
            return evolve(self, **changes)


def start(cls: Any, values: Mapping[str, Any]) -> Any:
    """A carrier with these values, by attribute, and defaults elsewhere, before its hooks have run."""
    carrier = blank(cls)
    for name, each in definition_of(cls).properties.items():
        value = values[name] if name in values else made_default(each.default)
        if value is not UNSET and value is not NOTHING:
            put(carrier, name, value)
    return carrier


def absent(carrier: Any, attribute: str) -> Any:
    """What counts where a property is absent: its default, or `attrs.NOTHING` for a required one."""
    default = definition_of(type(carrier)).properties[attribute].default
    value = made_default(default)
    return default.factory(carrier) if value is PENDING else value


def finish(carrier: Any, report: Report) -> None:
    """Run the hooks of a carrier from `start`; `report` is given each error with its attribute, "" for the carrier's own."""
    definition = definition_of(type(carrier))
    if definition.hooks or hasattr(carrier, "__attrs_post_init__"):
        run_hooks(carrier, definition.hooks, report)


def _restore(cls: type, values: dict[str, Any], extras: dict[str, Any] | None) -> Any:
    carrier = blank(cls)
    for name, value in values.items():
        put(carrier, name, value)
    if extras:
        carrier.extras = extras
    return carrier


def blank(cls: Any) -> Any:
    """A carrier without any property, required ones neither; no hook runs."""
    memo = definition_of(cls).memo
    template = memo.get("blank")
    if template is None:
        values = {**dict.fromkeys(cls.__struct_fields__, UNSET), definition_of(cls).slots[EXTRAS]: _BLANK}
        template = msgspec.StructMeta.__call__(cls, **values)
        put(template, EXTRAS, UNSET)
        memo["blank"] = template
    return _copy_fields(template)


def is_view(carrier: Any) -> bool:
    """Whether a carrier is what a selection left of one, so that required properties may be missing or null."""
    found = carrier._unknown
    return found is not UNSET and found.view


def mark_view(carrier: Any) -> None:
    """Say that a carrier is what a selection left of one."""
    found = carrier._unknown
    put(carrier, EXTRAS, Extras(type(carrier), {} if found is UNSET else found.members, view=True))


def evolve(carrier: C, /, **changes: Any) -> C:
    """A new carrier of the same class with `changes` made; its hooks run. `attrs.evolve` does the same, but mypy refuses it.

    Takes properties by attribute, and `extras`. What is not changed is shared with `carrier`, the dictionary `extras` not.
    """
    values = {name: getattr(carrier, name) for name in definition_of(type(carrier)).properties}
    return type(carrier)(**{**values, "extras": carrier._extras, **changes})
