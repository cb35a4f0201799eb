"""The templates of the fast path: one function a carrier and direction, a line or two a property.

`load` makes a carrier from its twin, `read` from builtins, `dump` a twin from its carrier. A template's `leaf` says what
becomes of a single value; the walk through lists and dictionaries, and the checks of exact types, are the same in all.
"""

from __future__ import annotations

from typing import Any, ClassVar

import attrs

from contactwire.builtins import enumeration_reader
from contactwire.codecs._json_helpers import ExtrasWriter, UnknownNames, exact_reader
from contactwire.codecs._json_twins import TWINS, endless, height, identifier
from contactwire.wire import (
    STRING,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    plan_of,
)

__all__ = ["TEMPLATES", "Template", "plain_init"]

_EXACT_TYPES = {"string": "str", "boolean": "bool"}
_SMALL = 2**30 - 1
_FEW = 6
_MANY = 20
_SPARE = 8
_MOST_ARGUMENTS = 30


class Template:
    """How to generate one function a carrier; `mode` is the codec's option that the function depends on."""

    function: ClassVar[str]
    checked = False
    """Whether the exact type of each value is checked."""
    foreign = False
    """Whether dictionaries are the caller's, with keys of any type."""
    rooms = False
    """Whether each function takes the room that is left, not only those of carriers that nest without end."""
    bound: tuple[str, ...] = ()
    """Names used so often that being local to each function pays."""
    spare = 0
    """How much room there must be beyond what the known properties need."""

    def __init__(self, names: dict[str, Any], mode: Any) -> None:
        self.names, self.mode = names, mode

    def generate(self, plan: CarrierPlan) -> list[str]:
        """The lines of the function for one carrier; what they refer to is put in `names`."""
        raise NotImplementedError

    def signature(self, plan: CarrierPlan, argument: str) -> list[str]:
        """The first lines of a function, with the check that there is room for all of the carrier that has an end."""
        self.names[identifier(plan)] = plan.carrier
        arguments = [argument] + ["room"] * self._takes_room(plan) + [f"{name}={name}" for name in self.bound]
        start = f"def {self.function}_{identifier(plan)}({', '.join(arguments)}):"
        return [start, f"    if room < {height(plan) + self.spare}: raise Refused"] if endless(plan) else [start]

    def _takes_room(self, plan: CarrierPlan) -> bool:
        return self.rooms or endless(plan)

    def property(self, field: FieldPlan, value: str) -> list[str]:
        """The lines that check the local variable `value` and turn it into what goes over; none if nothing is to be done."""
        if isinstance(field.kind, (ListKind, DictionaryKind)):
            return self._container(field.kind, value)
        return self.single(field.kind, value)

    def single(self, kind: Kind, value: str) -> list[str]:
        """The lines for a value that is neither list nor dictionary."""
        exact = self._exact(kind, value)
        if exact is not None:
            return [f"    if {exact[1]} and {value} is not None and {value} is not UNSET: raise Refused"]
        expression = self.expression(kind, value, 1)
        return [f"    if {value} is not None and {value} is not UNSET: {value} = {expression}"] if expression else []

    def _container(self, kind: ListKind | DictionaryKind, value: str) -> list[str]:
        shape = _shape(kind)
        if not self.checked:
            walk = self._walk(kind, value)
            return [f"    if {value}:", *walk] if walk else []
        return [
            f"    if {value}:",
            f"        if type({value}) is not {shape}: raise Refused",
            *self._walk(kind, value),
            f"    elif {value} is not None and {value} is not UNSET and type({value}) is not {shape}: raise Refused",
        ]

    def _walk(self, kind: ListKind | DictionaryKind, value: str) -> list[str]:
        if self.checked and kind.item == STRING:
            return [f"        if not ({self._all_strings(kind, value)}): raise Refused"]
        expression = self._item(kind, "item", 2)
        if expression is None:
            return []
        if isinstance(kind, ListKind):
            return [
                "        items = []",
                f"        for item in {value}: items.append({expression})",
                f"        {value} = items",
            ]
        if not self.foreign:
            # The dictionary is ours to change, and its keys stay the same.
            return [f"        for key, item in {value}.items(): {value}[key] = {expression}"]
        return [
            "        items = {}",
            # Most dictionaries have few keys, for which this is faster than a view of their items.
            f"        for key in {value}:",
            f"            item = {value}[key]",
            *(["            if type(key) is not str: raise Refused"] if self.checked else []),
            f"            items[key] = {expression}",
            f"        {value} = items",
        ]

    def _all_strings(self, kind: ListKind | DictionaryKind, value: str) -> str:
        allowed = "STRINGS_OR_NULL" if kind.nullable else "STRINGS"
        if isinstance(kind, ListKind):
            return f"{allowed}.issuperset(map(type, {value}))"
        items = f"{allowed}.issuperset(map(type, {value}.values()))"
        return f"STRINGS.issuperset(map(type, {value})) and {items}" if self.foreign else items

    def expression(self, kind: Kind, value: str, taken: int) -> str | None:
        """The expression for a value of any kind, `taken` levels below where the room was counted; None if it is right."""
        if isinstance(kind, NestedKind):
            return self.nested(plan_of(kind.carrier), value, f"room - {taken}" if taken else "room")
        if not isinstance(kind, (ListKind, DictionaryKind)):
            return self.leaf(kind, value)
        item = f"{value}_" if value.startswith("item") else "item"
        inner = self._item(kind, item, taken + 1)
        if inner is None:
            return None
        if self.checked:
            value = f"only({value}, {_shape(kind)})"
        if isinstance(kind, ListKind):
            return f"[{inner} for {item} in {value}]"
        return f"{{key: {inner} for key, {item} in {value}.items()}}"

    def _item(self, kind: ListKind | DictionaryKind, item: str, taken: int) -> str | None:
        expression = self.expression(kind.item, item, taken)
        return f"None if {item} is None else {expression}" if expression and kind.nullable else expression

    def leaf(self, kind: Kind, value: str) -> str | None:
        """The expression for a scalar or an enumeration; None where the value itself is right."""
        raise NotImplementedError

    def nested(self, plan: CarrierPlan, value: str, room: str) -> str:
        """The expression for a carrier."""
        return f"{self.function}_{identifier(plan)}({value}{f', {room}' if self._takes_room(plan) else ''})"

    def _exact(self, kind: Kind, value: str, first: str = "") -> tuple[str, str] | None:
        """The conditions for a value being of a kind, and not; None where an expression decides, or nothing does.

        The former begins with `first` in place of the value.
        """
        if not self.checked or not isinstance(kind, ScalarKind):
            return None
        exact = _EXACT_TYPES.get(kind.name)
        if exact is not None:
            return f"type({first or value}) is {exact}", f"type({value}) is not {exact}"
        if kind.minimum is None:
            return None
        # Comparing with a number of more than 30 bits takes several times as long, so that is left for the rare case; two
        # comparisons are faster than a chain.
        large = f"({value} > {_SMALL} or {value} < -{_SMALL})"
        return (
            f"type({first or value}) is int and {value} <= {_SMALL} and {value} >= -{_SMALL}",
            f"(type({value}) is not int or {large} and not {kind.minimum} <= {value} <= {kind.maximum})",
        )

    def exact_leaf(self, kind: Kind, value: str) -> str:
        """The expression for a scalar that refuses any other type, for use inside lists and dictionaries."""
        if kind.expected != "double":
            self.names[f"exact_{kind.expected}"] = exact_reader(kind)
        return f"double({value})" if kind.expected == "double" else f"exact_{kind.expected}({value})"

    def enumeration(self, kind: EnumerationKind, value: str, coerce: bool) -> str:
        """The expression that reads an enumeration."""
        reader = f"{kind.members.__name__}_{len(self.names)}"
        self.names[reader] = enumeration_reader(kind, coerce=coerce)
        return f"{reader}({value})"


def _shape(kind: Kind) -> str:
    return "list" if isinstance(kind, ListKind) else "dict"


def plain_init(cls: type) -> bool:
    """Whether making a carrier is no more than filling its slots: nothing of the class's own would be passed over."""
    hooks = ("__attrs_pre_init__", "__attrs_post_init__")
    return not any(hasattr(cls, hook) for hook in hooks) and not any(
        field.validator or field.converter for field in attrs.fields(cls)
    )


class _Loading(Template):
    """`load`: a carrier from its twin, in which msgspec has checked every type; the mode is `coerce`, and the twins."""

    function = "load"

    def generate(self, plan: CarrierPlan) -> list[str]:
        name, plain = identifier(plan), plain_init(plan.carrier)
        lines = self.signature(plan, "twin")
        lines += [f"    carrier = new({name})", "    carrier._extras = None"] if plain else []
        for field in plan.fields:
            value = "value" if plain else f"the_{field.attribute}"
            own = self.property(field, value)
            lines += [f"    {value} = twin.{field.attribute}", *own] if own or not plain else []
            lines += [f"    carrier.{field.attribute} = {'value' if own else f'twin.{field.attribute}'}"] if plain else []
        lines += self._others(plan) if plain else [f"    carrier = {_call(plan)}"]
        return [*lines, "    return carrier"]

    def _others(self, plan: CarrierPlan) -> list[str]:
        """The lines for what is no property: one such value, since twins do not know the order of several."""
        lines = []
        for attribute, name in self.mode[1].others(plan).items():
            lines += [
                f"    value = twin.{attribute}",
                "    if value is not UNSET:",
                "        if carrier._extras or type(value) in NESTED: raise Refused",
                f"        carrier._extras = {{{name!r}: value}}",
            ]
        return lines

    def leaf(self, kind: Kind, value: str) -> str | None:
        if isinstance(kind, EnumerationKind):
            return self.enumeration(kind, value, self.mode[0])
        # msgspec takes an integer of any size for a double.
        return {"date-time": f"parse({value})", "double": f"double({value})"}.get(kind.expected)


def _call(plan: CarrierPlan) -> str:
    return f"{identifier(plan)}({', '.join(f'{field.attribute}=the_{field.attribute}' for field in plan.fields)})"


def _positional(arguments: list[str]) -> str:
    """The arguments of a call; so many that CPython would append them to a list one by one go over as tuples."""
    if len(arguments) <= _MOST_ARGUMENTS:
        return ", ".join(arguments)
    parts = [arguments[start : start + _MOST_ARGUMENTS] for start in range(0, len(arguments), _MOST_ARGUMENTS)]
    return "*(" + " + ".join("(" + ", ".join(part) + ",)" for part in parts) + ")"


class _Reading(Template):
    """`read`: a carrier from a dictionary, which is used up; the mode is `coerce`, and whether to keep the unknown."""

    function = "read"
    checked = rooms = True
    bound = ("type", "str", "int", "bool", "UNSET")

    def generate(self, plan: CarrierPlan) -> list[str]:
        plain = plain_init(plan.carrier)
        lines = self.signature(plan, "members")
        # Where there are properties, whatever is no dictionary has no `pop` that takes two arguments.
        lines += [] if plan.fields else ["    only(members, dict)"]
        lines += [f"    carrier = new({identifier(plan)})"] if plain else []
        for field in plan.fields:
            value = "value" if plain else f"the_{field.attribute}"
            lines += [f"    {value} = members.pop({field.name!r}, UNSET)", *self.property(field, value)]
            lines += [f"    carrier.{field.attribute} = value"] if plain else []
        lines += self._rest(plan)
        if plain:
            return [*lines, f"    carrier._extras = {self._kept(plan)}", "    return carrier"]
        lines += [f"    carrier = {_call(plan)}", f"    carrier.extras = {self._kept(plan)}"]
        return [*lines, "    return carrier"]

    def _rest(self, plan: CarrierPlan) -> list[str]:
        name = identifier(plan)
        self.names[f"unknown_{name}"] = unknown = UnknownNames(plan)
        self.names[f"learn_{name}"] = unknown.learn
        learn = f"learn_{name}(key, members[key], room - 1)"
        return ["    for key in members:", f"        if key not in unknown_{name} or type(members[key]) in NESTED: {learn}"]

    def _kept(self, plan: CarrierPlan) -> str:
        if not self.mode[1]:
            return "None"
        # A copy has no room left over from the properties that were taken out, which pays where those were many.
        return "{**members} if members else None" if len(plan.fields) > _MANY else "members or None"

    def leaf(self, kind: Kind, value: str) -> str | None:
        if isinstance(kind, EnumerationKind):
            return self.enumeration(kind, value, self.mode[0])
        return f"parse({value})" if kind.expected == "date-time" else self.exact_leaf(kind, value)


class _Dumping(Template):
    """`dump`: a carrier's twin; the mode is `validate`, with which the exact type of each value is checked."""

    function = "dump"
    foreign = True
    spare = _SPARE

    def __init__(self, names: dict[str, Any], mode: Any) -> None:
        super().__init__(names, mode)
        self.checked = mode
        self.bound = _Reading.bound if mode else ()

    def generate(self, plan: CarrierPlan) -> list[str]:
        name = identifier(plan)
        self.names[f"Twin{name}"] = TWINS.of(plan)
        self.names[f"with_extras_{name}"] = ExtrasWriter(plan, _SPARE if self.checked else None)
        lines = [*self.signature(plan, "carrier"), f"    if type(carrier) is not {name}: raise Refused"]
        arguments = []
        for field in plan.fields:
            value = f"the_{field.attribute}"
            own = self.property(field, value)
            lines += [f"    {value} = carrier.{field.attribute}", *own] if own else []
            arguments.append(value if own else f"carrier.{field.attribute}")
        lines += [f"    twin = Twin{name}({_positional(arguments)})"]
        return [*lines, f"    return with_extras_{name}(twin, carrier._extras) if carrier._extras else twin"]

    def single(self, kind: Kind, value: str) -> list[str]:
        match kind:
            case EnumerationKind():
                members = self._members(kind)
                odd = f"type({value}) is not str and type({value}) is not {members}"
                return [f"    if {odd} and {value} is not None and {value} is not UNSET: {value} = name_of({value})"]
            case ScalarKind(name="date-time"):
                return [
                    f"    if type({value}) is Timestamp: {value} = {value}._text or text({value})",
                    f"    elif {value} is not None and {value} is not UNSET: {value} = text({value})",
                ]
        return super().single(kind, value)

    def _members(self, kind: EnumerationKind) -> str:
        name = next((name for name, known in self.names.items() if known is kind.members), None)
        if name is None:
            name = f"{kind.members.__name__}_{len(self.names)}"
            self.names[name] = kind.members
        return name

    def leaf(self, kind: Kind, value: str) -> str | None:
        if isinstance(kind, EnumerationKind):
            return f"{value} if type({value}) is str else name_of({value})"
        if kind.expected == "date-time":
            return f"text({value})"
        return self.exact_leaf(kind, value) if self.checked else None

    def nested(self, plan: CarrierPlan, value: str, room: str) -> str:
        call = super().nested(plan, value, room)
        usual = self._in_place(plan, value, _FEW)
        return call if usual is None else f"({usual[0]} if {usual[1]} else {call})"

    def _in_place(self, plan: CarrierPlan, value: str, size: int) -> tuple[str, str] | None:
        """For a small carrier, the expression for its twin without a call, and the condition under which it is right."""
        if len(plan.fields) > size or endless(plan):
            return None
        name = identifier(plan)
        arguments, conditions = [], [f"type({value}) is {name}", f"not {value}._extras"]
        for field in plan.fields:
            inner = f"{value}.{field.attribute}"
            part = self._part_in_place(field.kind, inner, size - len(plan.fields))
            if part is None:
                return None
            arguments.append(part[0])
            conditions += [part[1]] if part[1] else []
        self.names[f"Twin{name}"], self.names[name] = TWINS.of(plan), plan.carrier
        return f"Twin{name}({', '.join(arguments)})", " and ".join(conditions)

    def _part_in_place(self, kind: Kind, value: str, size: int) -> tuple[str, str] | None:
        # What a condition looks at, it leaves in a local variable.
        local = value.replace(".", "_")
        if isinstance(kind, NestedKind):
            usual = self._in_place(plan_of(kind.carrier), local, size)
            return usual and (f"None if {local} is None else {usual[0]}", f"(({local} := {value}) is None or {usual[1]})")
        exact = self._exact(kind, local, f"{local} := {value}")
        if exact is None and self.property(FieldPlan("", "", kind, 0), value):
            return None
        return (local, exact[0]) if exact else (value, "")


TEMPLATES: dict[str, type[Template]] = {template.function: template for template in (_Loading, _Reading, _Dumping)}
"""The templates by the function that they generate."""
