"""Applying a selection: `projection_of` builds, once for each tree, the functions that copy what is selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactwire.projection.tree import Tree
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    Kind,
    ListKind,
    NestedKind,
    UnsetType,
    blank,
    fold,
    is_akin,
    is_carrier,
    kept_on_plan,
    mark_view,
    plan_of,
    put_value,
    putter_of,
)

__all__ = ["Project", "projection_of"]

Project = Callable[[Any], Any]
"""Copies what is selected of one value."""


def projection_of(carrier: type, tree: Tree | None, fill: UnsetType | None) -> Project:
    """The function that copies what `tree` selects of a carrier, or of each in a list; `fill` replaces the other values.

    It raises TypeError for a class that is neither derived from `carrier` nor a base of it.
    """

    def fits(cls: type) -> bool:
        if is_akin(cls, carrier):
            return True
        raise TypeError(f"a selection from {carrier.__name__} does not apply to {cls.__name__}")

    project_one = _by_class(carrier, fits, tree, fill)

    def project(value: Any) -> Any:
        return [project_one(item) for item in value] if isinstance(value, list) else project_one(value)

    return project


def _project(kind: Kind, tree: Tree | None, fill: UnsetType | None) -> Project | None:
    """The function that copies what is selected of a value of a kind, or None where all of it is selected.

    It returns null, absent and values of another kind as they are; the encoder reports the latter.
    """
    if tree is None:
        return None
    match kind:
        case ListKind():
            project_item: Any = _project(kind.item, tree, fill)
            return lambda value: [project_item(item) for item in value] if isinstance(value, list) else value
        case DictionaryKind():
            return _dictionary_project({key: _project(kind.item, branch.below, fill) for key, branch in tree.items()})
        case NestedKind():
            carrier = kind.carrier
            return _by_class(carrier, lambda cls: is_carrier(cls) and issubclass(cls, carrier), tree, fill)
    raise AssertionError(f"no path goes into a {kind.expected}")  # pragma: no cover - paths follow the plan


def _dictionary_project(by_key: Mapping[str, Project | None]) -> Project:
    def project(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        kept = {key: by_key[fold(key)] for key in value if isinstance(key, str) and fold(key) in by_key}
        return {key: value[key] if project_item is None else project_item(value[key]) for key, project_item in kept.items()}

    return project


def _by_class(base: type, fits: Callable[[type], bool], tree: Tree | None, fill: UnsetType | None) -> Project:
    """The function that copies what is selected of carriers of `base`, and of other classes that fit.

    A property may hold a carrier of a derived class. Only the functions for `base` and its bases are kept: those classes
    live as long as `base` does, and a derived class should not.
    """
    kept: dict[type, Project] = {}

    def project(value: Any) -> Any:
        cls = type(value)
        known = kept.get(cls)
        if known is None:
            if not fits(cls):
                return value
            known = _carrier_project(cls, tree, fill)
            if issubclass(base, cls):
                kept[cls] = known
        return known(value)

    return project


def _carrier_project(cls: type, tree: Tree | None, fill: UnsetType | None) -> Project:
    plan = plan_of(cls)
    selected = [
        (field.attribute, None if tree is None else _project(field.kind, tree[fold(field.name)].below, fill))
        for field in plan.fields
        if tree is None or fold(field.name) in tree
    ]
    template, put, keeps_extras = _template(plan, fill), putter_of(cls), tree is None

    def project(carrier: Any) -> Any:
        projected = template.__copy__()
        for attribute, project_value in selected:
            value = getattr(carrier, attribute)
            put(projected, attribute, value if project_value is None else project_value(value))
        if carrier._extras and (keeps_extras or fill is None):
            projected.extras.update(carrier._extras if keeps_extras else dict.fromkeys(carrier._extras))
        return projected

    return project


@kept_on_plan
def _template(plan: CarrierPlan, fill: UnsetType | None) -> Any:
    """A carrier with `fill` in all its properties, to copy from.

    It is a view, exempt from checks, if a property is required or may not be null.
    """
    carrier = blank(plan.carrier)
    for field in plan.fields:
        put_value(carrier, field.attribute, fill)
    if any(not field.keeps_absence or not field.nullable for field in plan.fields):
        mark_view(carrier)
    return carrier
