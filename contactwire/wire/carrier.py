"""`Carrier`, the base of all carriers, and the functions that construct one without its constructor.

A carrier is an attrs class to its users and a msgspec Struct in memory. The metaclass (`metaclass`) lays the properties out
as the fields of a Struct, which gives slots, `==` and the speed of C. From the same definition it answers `attrs.fields`.
Before msgspec first reads a class, `contactwire.builtins.shapes` shows it other annotations, so that those of the class stay
as they were written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform, overload

import attrs
import msgspec
from attrs import NOTHING
from msgspec import UNSET, UnsetType

from contactwire.wire import metaclass
from contactwire.wire.definition import Definition, definition_of
from contactwire.wire.extras import Extras, remembering
from contactwire.wire.frameworks import pydantic_core_schema, pydantic_json_schema
from contactwire.wire.hooks import PENDING, Report, run_hooks, value_of_default
from contactwire.wire.metaclass import BLANK, EXTRAS_ATTRIBUTE, put_value

__all__ = [
    "Carrier",
    "CarrierType",
    "absent_value",
    "blank",
    "evolve",
    "finish_carrier",
    "has_hooks",
    "is_view",
    "keep_tag",
    "mark_view",
    "start_carrier",
    "tag_of",
    "value_or",
]

C = TypeVar("C", bound="Carrier")
T = TypeVar("T")
D = TypeVar("D")

_copy_fields: Any = msgspec.Struct.__copy__  # type: ignore[attr-defined]


class _Pretty:
    """`_repr_pretty_` for IPython, which breaks a long repr into lines. Hypothesis calls it on a class too."""

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
    # mypy and pyright both understand this form: the transform on the metaclass, and `extras` as a field.
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
    CarrierType = metaclass.CarrierType

    class Carrier(msgspec.Struct, metaclass=CarrierType, trailing=True):
        """The base of all carriers: a class whose annotations are its properties on the wire.

        ::

            class Note(Carrier):
                note_id: Int32  # must be there, not null
                text: Maybe[str] = UNSET  # a value, null or absent
                replies: Maybe[list[Note]] = UNSET
                foo: Annotated[Maybe[str], WireName("x_foobar")] = UNSET

        Kinds are `str`, `bool`, `Int32`, `int`, `float`, `Decimal`, `datetime`, `date`, `UUID`, a `StrEnum` (alone or
        `| str`), any other `Enum` by value, `Annotated[str | int, FlagsKind(…)]`, another carrier, a `NewType` of any of
        these, and `list[…]` or `dict[str, …]` of them. A carrier is an attrs class too: `attrs.field` with validators,
        converters and factories, `attrs.fields`, `attrs.asdict` and `attrs.evolve` work. Validators and converters get
        values and null, never UNSET. `__attrs_post_init__` runs last, for a rule about several properties, when a carrier is
        constructed, decoded or patched. Class options: `name`, the carrier's name on the wire (in XML, the element), and
        `trailing=True` for a base whose properties follow those of the carriers that derive from it. `extras` holds the
        unknown members: those that the wire had and the class has not, wire name to builtins.

        To set an attribute that the class has not is an AttributeError, as for any class with slots. A plain mixin takes
        that away, as it does in Python, unless it says `__slots__ = ()`: what is set under a misspelled name is not written.

        A class that no format can carry raises TypeError when it is defined.
        """

        @property
        def extras(self) -> dict[str, Any]:
            """The unknown members: wire name to builtins."""
            found = self._unknown
            if found is UNSET:
                found = Extras(type(self), {})
                put_value(self, EXTRAS_ATTRIBUTE, found)
            return found.members

        @extras.setter
        def extras(self, members: dict[str, Any] | None) -> None:
            if members is not None and not isinstance(members, dict):
                raise TypeError(f"extras are a dictionary, not {type(members).__name__}")
            view, tag = is_view(self), tag_of(self)
            kept = Extras(type(self), remembering({} if members is None else members, view, tag))
            put_value(self, EXTRAS_ATTRIBUTE, UNSET if members is None and not (view or tag) else kept)

        @property
        def _extras(self) -> dict[str, Any] | None:
            """The unknown members, or None where there are none; unlike `extras`, it creates no dictionary."""
            found = self._unknown
            return None if found is UNSET else found.members or None

        def __repr__(self) -> str:
            return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

        def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
            """The properties that are not absent, in wire order, for rich: a contact has 48 and most code sets a few."""
            for field in attrs.fields(type(self)):
                value = self._extras if field.name == "extras" else getattr(self, field.name)
                if field.repr and value is not UNSET and not (field.name == "extras" and value is None):
                    yield field.name, value

        _repr_pretty_ = _Pretty()
        __get_pydantic_core_schema__ = pydantic_core_schema
        __get_pydantic_json_schema__ = pydantic_json_schema

        def __copy__(self: C) -> C:
            copied = _copy_fields(self)
            if copied._unknown is not UNSET:
                put_value(copied, EXTRAS_ATTRIBUTE, copied._unknown.__copy__())
            return copied

        def __reduce__(self) -> tuple[Any, ...]:
            values = {
                name: value for name in definition_of(type(self)).properties if (value := getattr(self, name)) is not UNSET
            }
            extras = None if self._extras is None else dict(self._extras)
            return _restore, (type(self), values, extras, is_view(self), tag_of(self))

        def __replace__(self: C, /, **changes: Any) -> C:
            return evolve(self, **changes)


def start_carrier(cls: Any, values: Mapping[str, Any], report: Report) -> Any:
    """A carrier with these values, by attribute, and defaults for all other properties; no hook has run yet.

    Calls `report(attribute, error)` for each error that a factory raises.
    """
    carrier = blank(cls)
    for name, each in definition_of(cls).properties.items():
        try:
            value = values[name] if name in values else value_of_default(each.default)
        except Exception as error:
            report(name, error)
            continue
        if value is not UNSET and value is not NOTHING:
            put_value(carrier, name, value)
    return carrier


def absent_value(carrier: Any, attribute: str) -> Any:
    """The value that counts where a property is absent: its default, or `attrs.NOTHING` for a required one."""
    default = definition_of(type(carrier)).properties[attribute].default
    value = value_of_default(default)
    return default.factory(carrier) if value is PENDING else value


def has_hooks(cls: type) -> bool:
    """Whether anything of a carrier class's own runs when a carrier is constructed; never for any other class."""
    definition: Definition | None = cls.__dict__.get("__wire__")
    if definition is None:
        return False
    found: bool | None = definition.memo.get(has_hooks)
    if found is None:
        found = definition.memo[has_hooks] = bool(definition.hooks) or hasattr(cls, "__attrs_post_init__")
    return found


def finish_carrier(carrier: Any, report: Report, only: Collection[str] | None = None) -> None:
    """Run the hooks of a carrier that `start_carrier` returned, or that was changed in place.

    With `only`, those of other properties do not run. `__attrs_post_init__` always does. Calls `report(attribute, error)`
    for each error; the attribute is "" for an error of `__attrs_post_init__`.
    """
    if has_hooks(type(carrier)):
        hooks = definition_of(type(carrier)).hooks
        run_hooks(carrier, {name: each for name, each in hooks.items() if only is None or name in only}, put_value, report)


def _restore(cls: type, values: dict[str, Any], extras: dict[str, Any] | None, view: bool, tag: str) -> Any:
    carrier = blank(cls)
    for name, value in values.items():
        put_value(carrier, name, value)
    _remember(carrier, view, tag)
    if extras:
        carrier.extras = extras
    return carrier


def blank(cls: Any) -> Any:
    """A carrier whose properties are all absent, the required ones too; no hook runs."""
    memo = definition_of(cls).memo
    template = memo.get("blank")
    if template is None:
        values = {**dict.fromkeys(cls.__struct_fields__, UNSET), definition_of(cls).slots[EXTRAS_ATTRIBUTE]: BLANK}
        template = msgspec.StructMeta.__call__(cls, **values)
        put_value(template, EXTRAS_ATTRIBUTE, UNSET)
        memo["blank"] = template
    return _copy_fields(template)


def is_view(carrier: Any) -> bool:
    """Whether a selection returned this carrier, so that its required properties may be absent or null."""
    found = carrier._unknown
    return found is not UNSET and found.view


def mark_view(carrier: Any) -> None:
    """Mark a carrier that a selection returns, so that its required properties may be absent or null."""
    _remember(carrier, True, tag_of(carrier))


def tag_of(carrier: Any) -> str:
    """The entity tag (RFC 9110 §8.8.3) of the answer in which this carrier came, as its field spells it, or ""."""
    found = carrier._unknown
    return "" if found is UNSET else found.tag


def keep_tag(carrier: Any, tag: str) -> None:
    """Let a carrier remember the entity tag of the answer in which it came; copies of it remember it, too."""
    _remember(carrier, is_view(carrier), tag)


def _remember(carrier: Any, view: bool, tag: str) -> None:
    if view or tag:
        found = carrier._unknown
        members = {} if found is UNSET else found.members
        put_value(carrier, EXTRAS_ATTRIBUTE, Extras(type(carrier), remembering(members, view, tag)))


def evolve(carrier: C, /, **changes: Any) -> C:
    """A new carrier of the same class with some properties replaced; its hooks run.

    `changes` are properties by attribute, and `extras`. Both carriers share the values that stay, but not the dictionary
    `extras`. `attrs.evolve` does the same, but mypy refuses it for carriers. Raises TypeError for what is no carrier.
    """
    if not isinstance(carrier, Carrier):
        raise TypeError(f"evolve takes a carrier, not a value of class {type(carrier).__name__}")
    values = {name: getattr(carrier, name) for name in definition_of(type(carrier)).properties}
    evolved = type(carrier)(**{**values, "extras": carrier._extras, **changes})
    _remember(evolved, is_view(carrier), tag_of(carrier))
    return evolved


@overload
def value_or(value: list[T] | UnsetType | None, default: list[T]) -> list[T]: ...
@overload
def value_or(value: dict[str, T] | UnsetType | None, default: dict[str, T]) -> dict[str, T]: ...
@overload
def value_or(value: T | UnsetType | None, default: D) -> T | D: ...
def value_or(value: Any, default: Any) -> Any:
    """`value`, or `default` where it is absent (UNSET) or null (None).

    Unlike `value or default`, it gives back a value that is falsy: `""`, 0, False, an empty list. For type checkers the
    result is neither None nor UNSET, unless the default is: `value_or(contact.name, "")` is a `str`, and
    `value_or(contact.emails, [])` a list. To tell absent from null, compare the value with UNSET itself.
    """
    return default if value is None or value is UNSET else value
