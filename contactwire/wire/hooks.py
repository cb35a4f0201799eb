"""What `attrs.field` adds to a property: validators, converters, factories that look at the carrier.

They run when a carrier is constructed, when one is read from the wire, and when a property is assigned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any

import attrs
import msgspec
from attrs import Attribute

__all__ = [
    "PENDING",
    "HookFault",
    "Report",
    "attributes_of",
    "has_hook",
    "made_default",
    "msgspec_default",
    "run_hooks",
    "set_with_hooks",
]

PENDING = object()
"""Stands for a default that is made when the carrier is there: `Factory(…, takes_self=True)`."""

_COUNTING = type(attrs.field())
Report = Callable[[str, Exception], None]
"""Is given an error of a hook with the attribute's name, "" for that of the carrier as a whole."""

Put = Callable[[Any, str, Any], None]
"""Sets an attribute of a carrier past its hooks."""


class HookFault(ValueError):
    """An error of a user's hook: for the property `attribute`, "" for the carrier as a whole, the `error` itself."""

    def __init__(self, attribute: str, error: Exception) -> None:
        super().__init__(attribute, error)
        self.attribute, self.error = attribute, error

    def __str__(self) -> str:
        return f"{self.attribute}: {self.error}" if self.attribute else str(self.error)


def attributes_of(class_name: str, namespace: Mapping[str, Any], properties: list[str]) -> dict[str, Attribute[Any]]:
    """The attrs attributes of those properties whose value in the class body is an `attrs.field(…)`.

    Raises TypeError for what a carrier cannot do.
    """
    given = {name: namespace[name] for name in properties if isinstance(namespace.get(name), _COUNTING)}
    if not given:
        return {}
    made = attrs.make_class(class_name, given, init=False, repr=False, eq=False, kw_only=True)
    found = {attribute.name: attribute for attribute in attrs.fields(made)}
    for name, attribute in found.items():
        for option, expected, advice in _refused(attribute):
            if getattr(attribute, option) not in expected:
                raise TypeError(f"{class_name}.{name}: a carrier's property cannot have {option}=…: {advice}")
    return found


def _refused(attribute: Attribute[Any]) -> Iterator[tuple[str, tuple[Any, ...], str]]:
    yield "alias", (None, attribute.name), "its name on the wire is `Annotated[…, WireName(…)]`"
    yield "init", (True,), "what is no property of the wire is a class variable or a Python property"
    yield "eq", (True,), "all that the wire says counts when carriers are compared"
    yield "hash", (None,), "carriers may change, so they have no hash"


def has_hook(attribute: Attribute[Any]) -> bool:
    """Whether anything of an attribute runs when a value is set."""
    return any(each is not None for each in (attribute.validator, attribute.converter, attribute.on_setattr)) or is_late(
        attribute
    )


def is_late(attribute: Attribute[Any]) -> bool:
    """Whether the default of an attribute is made by a function that looks at the carrier."""
    default: Any = attribute.default
    return isinstance(default, attrs.Factory) and default.takes_self  # type: ignore[arg-type]


def run_hooks(carrier: Any, hooks: Mapping[str, Attribute[Any]], put_value: Put, report: Report) -> None:
    """Run all that attrs runs behind `__init__`, in its order: defaults and converters, validators, `__attrs_post_init__`.

    `report` is given each error with the attribute's name; what it does not raise is passed over.
    """
    faulty = set()
    for name, attribute in hooks.items():
        try:
            put_value(carrier, name, _converted(carrier, attribute, getattr(carrier, name)))
        except Exception as error:
            faulty.add(name)
            report(name, error)
    for name, attribute in hooks.items() if not attrs.validators.get_disabled() else ():
        if attribute.validator is not None and name not in faulty:
            try:
                attribute.validator(carrier, attribute, getattr(carrier, name))
            except Exception as error:
                faulty.add(name)
                report(name, error)
    if hasattr(carrier, "__attrs_post_init__") and not faulty:
        try:
            carrier.__attrs_post_init__()
        except Exception as error:
            report("", error)


def _converted(carrier: Any, attribute: Attribute[Any], value: Any) -> Any:
    if value is PENDING:
        value = attribute.default.factory(carrier)  # type: ignore[union-attr]
    converter: Any = attribute.converter
    if converter is None:
        return value
    if isinstance(converter, attrs.Converter):
        call: Any = converter
        arguments = [carrier] * call.takes_self + [attribute] * call.takes_field
        return call.converter(value, *arguments)
    return converter(value)


def set_with_hooks(carrier: Any, attribute: Attribute[Any], value: Any) -> Any:
    """What attrs assigns for a value: what its `on_setattr` makes of it, else converted and validated."""
    on_set: Any = attribute.on_setattr
    if on_set is attrs.setters.NO_OP:
        pass
    elif on_set is not None:
        value = on_set(carrier, attribute, value)
    else:
        value = _converted(carrier, attribute, value)
        if attribute.validator is not None and not attrs.validators.get_disabled():
            attribute.validator(carrier, attribute, value)
    return value


def msgspec_default(attribute: str, default: Any) -> Any:
    """An attrs default as a Struct takes it; `NOTHING` for none. What its factory raises becomes a `HookFault`."""
    if not isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return default
    return PENDING if default.takes_self else msgspec.field(default_factory=_guarded(attribute, default.factory))


def _guarded(attribute: str, factory: Callable[[], Any]) -> Callable[[], Any]:
    def make() -> Any:
        try:
            return factory()
        except Exception as error:
            raise HookFault(attribute, error) from error

    return make


def made_default(default: Any) -> Any:
    """The value of an attrs default for one carrier; `NOTHING` for none."""
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return PENDING if default.takes_self else default.factory()
    return copy(default) if type(default) in (list, dict) else default
