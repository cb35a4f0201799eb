"""The hooks of a property, which `attrs.field` declares: validators, converters and factories.

They run when a carrier is constructed, when one is read from the wire, and when a property is assigned. Validators and
converters get values and null; what is absent has nothing that they could check or convert. `attributes_of` reads the hooks
from a class body, and refuses the options of `attrs.field` that a carrier cannot have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from typing import Any

import attrs
import msgspec
from attrs import Attribute
from msgspec import UNSET

__all__ = [
    "PENDING",
    "HookFault",
    "Report",
    "attributes_of",
    "has_hook",
    "is_factory",
    "is_field",
    "msgspec_default",
    "run_hooks",
    "set_with_hooks",
    "value_of_default",
]

PENDING = object()
"""The value of a property until its factory can be called with the carrier: `Factory(…, takes_self=True)`."""

_COUNTING = type(attrs.field())
Report = Callable[[str, Exception], None]
"""Called with an attribute's name and the error that its hook raised; the name is "" for `__attrs_post_init__`."""

Put = Callable[[Any, str, Any], None]
"""Sets an attribute of a carrier without running its hooks."""


class HookFault(ValueError):
    """A user's hook raised `error`. `attribute` is the property, "" for `__attrs_post_init__`."""

    def __init__(self, attribute: str, error: Exception) -> None:
        super().__init__(attribute, error)
        self.attribute, self.error = attribute, error

    def __str__(self) -> str:
        return f"{self.attribute}: {self.error}" if self.attribute else str(self.error)


def attributes_of(class_name: str, namespace: Mapping[str, Any], properties: Iterable[str]) -> dict[str, Attribute[Any]]:
    """The attrs attributes of those properties whose value in the class body is an `attrs.field(…)`.

    Raises TypeError for an option that a carrier's property cannot have.
    """
    given = {name: namespace[name] for name in properties if is_field(namespace.get(name))}
    if not given:
        return {}
    attrs_class = attrs.make_class(class_name, given, init=False, repr=False, eq=False, kw_only=True)
    found = {attribute.name: _of_what_is_there(attribute) for attribute in attrs.fields(attrs_class)}
    for name, attribute in found.items():
        for option, expected, advice in _refused(attribute):
            if getattr(attribute, option) not in expected:
                raise TypeError(f"{class_name}.{name}: a carrier's property cannot have {option}=…: {advice}")
    return found


def _of_what_is_there(attribute: Attribute[Any]) -> Attribute[Any]:
    return attribute if attribute.validator is None else attribute.evolve(validator=_Validator(attribute.validator))


class _Validator:
    """A user's validator, which is not called for what is absent, whoever calls it: `attrs.validate` and setters do, too."""

    def __init__(self, validate: Callable[[Any, Attribute[Any], Any], Any]) -> None:
        self._validate = validate

    def __call__(self, carrier: Any, attribute: Attribute[Any], value: Any) -> None:
        if value is not UNSET:
            self._validate(carrier, attribute, value)

    def __repr__(self) -> str:
        return repr(self._validate)


def _refused(attribute: Attribute[Any]) -> Iterator[tuple[str, tuple[Any, ...], str]]:
    yield "alias", (None, attribute.name), "its name on the wire is `Annotated[…, WireName(…)]`"
    yield "init", (True,), "declare what does not travel as a class variable or a Python property"
    yield "eq", (True,), "all that the wire says counts when carriers are compared"
    yield "hash", (None,), "carriers may change, so they have no hash"


def has_hook(attribute: Attribute[Any]) -> bool:
    """Whether an attribute has a validator, a converter, `on_setattr` or a factory that takes the carrier."""
    default: Any = attribute.default
    is_late = is_factory(default) and default.takes_self
    return is_late or any(each is not None for each in (attribute.validator, attribute.converter, attribute.on_setattr))


def is_field(value: object) -> bool:
    """Whether a value in a class body is an `attrs.field(…)`."""
    return isinstance(value, _COUNTING)


def is_factory(default: Any) -> bool:
    """Whether an attrs default is a factory, which makes a new value for each carrier."""
    return isinstance(default, attrs.Factory)  # type: ignore[arg-type]


def run_hooks(carrier: Any, hooks: Mapping[str, Attribute[Any]], put_value: Put, report: Report) -> None:
    """Run what attrs runs in `__init__`, in its order: factories and converters, validators, `__attrs_post_init__`.

    Calls `report(attribute, error)` for each error. If `report` returns, the other hooks run.
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
    if converter is None or value is UNSET:
        return value
    if isinstance(converter, attrs.Converter):
        call: Any = converter
        arguments = [carrier] * call.takes_self + [attribute] * call.takes_field
        return call.converter(value, *arguments)
    return converter(value)


def set_with_hooks(carrier: Any, attribute: Attribute[Any], value: Any) -> Any:
    """The value that attrs assigns: the result of `on_setattr` if there is one, else the value converted and validated."""
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
    """An attrs default as a Struct takes it, `NOTHING` for none. An error of its factory becomes a `HookFault`."""
    if not is_factory(default):
        return default
    return PENDING if default.takes_self else msgspec.field(default_factory=_guarded(attribute, default.factory))


def _guarded(attribute: str, factory: Callable[[], Any]) -> Callable[[], Any]:
    def make() -> Any:
        try:
            return factory()
        except Exception as error:
            raise HookFault(attribute, error) from error

    return make


def value_of_default(default: Any) -> Any:
    """The value of an attrs default for one carrier; `NOTHING` for none, `PENDING` for a factory that takes the carrier."""
    if is_factory(default):
        return PENDING if default.takes_self else default.factory()
    return copy(default) if type(default) in (list, dict) else default
