"""What a class statement may say to be a carrier; what it may not is a TypeError, with advice."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import UNSET

from contactwire.wire.hooks import is_field
from contactwire.wire.kinds import is_carrier

__all__ = ["ALREADY_ATTRS", "carrier_base", "check_body", "check_not_hidden", "check_properties"]

ALREADY_ATTRS = "take the decorator of attrs or dataclasses away, since it is an attrs class already"
"""The advice to who decorates a carrier class."""

_REFUSED_METHODS = {
    "__attrs_attrs__": ALREADY_ATTRS,
    "__init__": "use a converter, a validator or `__attrs_post_init__`",
    "__new__": "write a class method that constructs a carrier",
    "__post_init__": "call it `__attrs_post_init__`",
    "__attrs_pre_init__": "use a converter or `__attrs_post_init__`",
}
_REFUSED_NAMES = {
    "extras": "that is where unknown members are kept",
    "self": "attrs cannot generate a constructor that takes it",
}


def carrier_base(class_name: str, bases: tuple[type, ...]) -> Any:
    """The one carrier among the bases of a class, or None."""
    found = [base for base in bases if is_carrier(base)]
    if len(found) > 1:
        names = " and ".join(base.__name__ for base in found)
        raise TypeError(f"{class_name} derives from {names}: a carrier has one carrier base; make the others plain mixins")
    return found[0] if found else None


def check_body(class_name: str, namespace: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Raise TypeError for a method that a carrier class gets generated, and for a class option that no carrier has."""
    for method, advice in _REFUSED_METHODS.items():
        if method in namespace and namespace.get("__qualname__") != "Carrier":
            raise TypeError(f"{class_name}.{method}: a carrier class gets its constructor generated; {advice}")
    for option in options:
        raise TypeError(f"{class_name}: {option} is no option of a carrier; there are name=… and trailing=…")


def check_properties(
    class_name: str, namespace: Mapping[str, Any], annotated: Collection[str], properties: Iterable[str]
) -> None:
    """Raise TypeError for a property without an annotation, and for one with a name that no property can have."""
    for name, value in namespace.items():
        if name not in annotated and (value is UNSET or is_field(value)):
            raise TypeError(f"{class_name}.{name}: a property needs an annotation, such as Maybe[str]")
    for name in properties:
        if name in _REFUSED_NAMES:
            message = f"a property cannot be called that, {_REFUSED_NAMES[name]}"
            raise TypeError(f"{class_name}.{name}: {message}; name it otherwise and give it a WireName")
        if name.startswith("_"):
            raise TypeError(f"{class_name}.{name}: a private attribute is no property")


def check_not_hidden(cls: Any, properties: Iterable[str]) -> None:
    """Raise TypeError for a property that a class attribute hides, such as `name = ""` in an heir: Python reads that one."""
    for name in properties:
        if isinstance(cls.__dict__.get(name), types.MemberDescriptorType):
            continue
        owner = next(base for base in cls.__mro__ if name in base.__dict__)
        if not isinstance(owner.__dict__[name], types.MemberDescriptorType):
            advice = "declare the property again, with an annotation, or take another name"
            raise TypeError(f"{cls.__name__}.{name}: an attribute of {owner.__name__} hides the property: {advice}")
