"""What the templates of `_xml_load` and `_xml_dump` share: one namespace of generated functions that call each other."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs

from contactwire.codecs.xml.dialects import Dialect, member_order
from contactwire.codecs.xml.names import encode_name
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    nested_carrier,
    plan_of,
)

__all__ = ["Refused", "Unit", "is_plain", "levels"]


class Refused(Exception):
    """The fast path does not take this value; the exact path decides."""


def is_plain(cls: type) -> bool:
    """Whether making a carrier is no more than filling its slots: nothing of the class's own would be passed over."""
    hooks = ("__attrs_pre_init__", "__attrs_post_init__")
    return not any(hasattr(cls, hook) for hook in hooks) and not any(
        field.validator or field.converter for field in attrs.fields(cls)
    )


def levels(kind: Kind) -> int:
    """How many lists, dictionaries and carriers a value of a kind is deep, not counting what its carrier holds."""
    if isinstance(kind, (ListKind, DictionaryKind)):
        return 1 + levels(kind.item)
    return 1 if isinstance(kind, NestedKind) else 0


def containers(kind: Kind) -> list[Kind]:
    """The lists and dictionaries in a kind, the innermost first."""
    return [*containers(kind.item), kind] if isinstance(kind, (ListKind, DictionaryKind)) else []


class Unit:
    """All functions generated for one direction, dialect and mode; whoever calls it holds the lock of `_xml_compiled`."""

    function: ClassVar[str]
    few: ClassVar[int]
    """How many properties a carrier may have to be read or written in place, without a call."""

    def __init__(self, dialect: Dialect, names: dict[str, Any]) -> None:
        self.dialect = dialect
        self.names = names
        self.sources: dict[CarrierPlan | Kind, str] = {}
        self._numbers: dict[CarrierPlan, str] = {}
        self._local = 0

    def carrier(self, plan: CarrierPlan) -> str:
        """The name of the function for a carrier, which exists with all that it calls when the outermost call returns."""
        if plan not in self.sources:
            self.sources[plan] = ""
            self.define(plan, self.generate(plan))
        return f"{self.function}_{self.name(plan)}"

    def define(self, key: CarrierPlan | Kind, lines: list[str]) -> None:
        """Run generated code, and keep it for a look at it."""
        text = self.sources[key] = "\n".join(lines) + "\n"
        exec(compile(text, f"<contactwire xml {self.function}>", "exec"), self.names)

    def source(self, plans: list[CarrierPlan]) -> str:
        """The code generated for some carriers, and for their lists and dictionaries."""
        keys: dict[CarrierPlan | Kind, None] = {}
        for plan in plans:
            self.carrier(plan)
            keys |= dict.fromkeys([*(inner for field in plan.fields for inner in containers(field.kind)), plan])
        return "\n\n".join(self.sources[key] for key in keys if key in self.sources)

    def generate(self, plan: CarrierPlan) -> list[str]:
        """The lines of the function for one carrier."""
        raise NotImplementedError

    def name(self, plan: CarrierPlan) -> str:
        """What a carrier goes by in generated code: its class's name, and a number if that is taken."""
        name = self._numbers.get(plan)
        if name is None:
            name = plan.carrier.__name__ if plan.carrier.__name__.isidentifier() else "Carrier"
            if name in self._numbers.values() or name in self.names:
                name = f"{name}_{len(self._numbers)}"
            self._numbers[plan] = name
            self.names[f"class_{name}"] = plan.carrier
        return name

    def local(self, prefix: str) -> str:
        """A name that no other in this unit has."""
        self._local += 1
        return f"{prefix}{self._local}"

    def constant(self, prefix: str, value: Any) -> str:
        """The name under which generated code finds `value`."""
        for name, known in self.names.items():
            if known is value and name.startswith(prefix):
                return name
        name = self.local(prefix)
        self.names[name] = value
        return name

    def members(self, plan: CarrierPlan) -> list[tuple[str, FieldPlan]]:
        """A carrier's properties in the dialect's order, each with its tag."""
        return [(encode_name(field.name), field) for field in member_order(plan, self.dialect)]

    def in_place(self, plan: CarrierPlan, room: int | None = None) -> bool:
        """Whether a carrier is small, and made of scalars and of carriers as small, all in all `few` properties."""
        room = self.few if room is None else room
        if len(plan.fields) > room or not is_plain(plan.carrier):
            return False
        return all(
            self.in_place(plan_of(field.kind.carrier), room - len(plan.fields))
            if isinstance(field.kind, NestedKind)
            else nested_carrier(field.kind) is None and not isinstance(field.kind, (ListKind, DictionaryKind))
            for field in plan.fields
        )
