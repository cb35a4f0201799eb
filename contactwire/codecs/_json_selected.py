"""Selected JSON straight from a carrier: the twin of its projection, without the projected carrier in between.

A twin with null everywhere is copied for each carrier on the way, and only what is selected is read and put into it. That
gives what `dumper` gives for `selection.apply(value)`, or it is refused; then this way round is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contactwire.codecs._json_compiled import Function, Refused, dumper, part
from contactwire.codecs._json_templates import TEMPLATES
from contactwire.codecs._json_twins import TWINS, height
from contactwire.wire import UNSET, FieldPlan, Kind, ListKind, NestedKind, fold, is_carrier, plan_of

if TYPE_CHECKING:
    from contactwire.projection import Selection, Tree

__all__ = ["selected_dumper"]

_SPARE = TEMPLATES["dump"].spare


def selected_dumper(selection: Selection, cls: Any, validate: bool) -> Function:
    """The function from a value of a class to what msgspec writes of it under a selection, which keeps the function."""
    found: Function | None = selection.cache.get((cls, validate))
    if found is None:
        found = selection.cache[cls, validate] = _document_dumper(selection, cls, validate)
    return found


def _document_dumper(selection: Selection, cls: Any, validate: bool) -> Function:
    if cls is list:
        return _list_dumper(lambda item, room: selected_dumper(selection, type(item), validate)(item, room))
    related = is_carrier(cls) and (issubclass(cls, selection.carrier) or issubclass(selection.carrier, cls))
    return _carrier_dumper(cls, selection.tree, validate) if related and selection.tree is not None else _refuse


def _refuse(value: Any, room: int) -> Any:
    raise Refused


def _carrier_dumper(cls: Any, tree: Tree, validate: bool) -> Function:
    plan = plan_of(cls)
    dumper(cls, validate)  # This makes the twins.
    null_twin: Any = TWINS.of(plan)(*[None] * len(plan.fields))
    copy, needed = null_twin.__copy__, height(plan) + _SPARE
    steps = [
        (field.attribute, _value_dumper(cls, field, tree[fold(field.name)].below, validate))
        for field in plan.fields
        if fold(field.name) in tree
    ]

    def dump(carrier: Any, room: int) -> Any:
        if type(carrier) is not cls or carrier._extras or room < needed:
            raise Refused
        twin = copy()
        for attribute, dump_value in steps:
            setattr(twin, attribute, dump_value(getattr(carrier, attribute), room))
        return twin

    return dump


def _value_dumper(cls: Any, field: FieldPlan, tree: Tree | None, validate: bool) -> Function:
    """The function from a property's value, and the room of its carrier, to what goes into the carrier's twin."""
    if tree is None:
        return part(cls, field, validate)
    inner = _inner_dumper(field.kind, tree, validate)
    return lambda value, room: value if value is None or value is UNSET else inner(value, room - 1)


def _inner_dumper(kind: Kind, tree: Tree, validate: bool) -> Function:
    match kind:
        case NestedKind():
            return _carrier_dumper(kind.carrier, tree, validate)
        case ListKind(nullable=False):
            return _list_dumper(_inner_dumper(kind.item, tree, validate))
    return _refuse


def _list_dumper(dump_item: Function) -> Function:
    def dump(value: Any, room: int) -> Any:
        if type(value) is not list or room < 1:
            raise Refused
        return [dump_item(item, room - 1) for item in value]

    return dump
