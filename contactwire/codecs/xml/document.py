"""The names that the root of a document may have, by the kind of the document."""

from __future__ import annotations

from collections.abc import Iterator

from contactwire.codecs.xml.dialects import PLAIN, type_name
from contactwire.codecs.xml.names import encode_name, local_name
from contactwire.codecs.xml.unknown import Element
from contactwire.errors import Issue, ValidationError, shorten
from contactwire.wire import DictionaryKind, Kind, ListKind, NestedKind, definition_of, fold, is_carrier, plan_of

__all__ = ["check_root", "root_names"]


def root_names(kind: Kind) -> frozenset[str]:
    """The names, as `fold` gives them, that the root of a document of a kind may have.

    For a carrier these are its own name, and the names of the carriers that it derives from or that derive from it. For a
    list they have `ArrayOf` in front.
    """
    if isinstance(kind, NestedKind):
        family = [cls for cls in kind.carrier.__mro__ if is_carrier(cls)] + list(_heirs(kind.carrier))
        # Not their plans: a generic base has none, nor has an heir whose annotations are not all defined yet.
        return frozenset(fold(definition_of(cls).name) for cls in family)
    if isinstance(kind, ListKind):
        return frozenset(fold(f"ArrayOf{name}") for name in root_names(kind.item))
    return frozenset([fold(type_name(kind, PLAIN).name)])


def _heirs(cls: type) -> Iterator[type]:
    heirs: list[type] = cls.__subclasses__()
    for heir in heirs:
        yield heir
        yield from _heirs(heir)


def check_root(root: Element, kind: Kind) -> None:
    """Raise `ValidationError` unless the root has a name that a document of a kind may have."""
    name = local_name(root.tag)
    if isinstance(kind, NestedKind) and name == plan_of(kind.carrier).name:
        return
    # An empty list has no items that show their type, nor has a dictionary: the root may be `ArrayOf` with any name.
    anonymous = not isinstance(kind, NestedKind) and (isinstance(kind, DictionaryKind) or not len(root))
    if fold(name) in root_names(kind) or (anonymous and name.lower().startswith("arrayof")):
        return
    expected = encode_name(type_name(kind, PLAIN).name)
    message = f"expected an element {expected}, received an element {shorten(name)}"
    raise ValidationError([Issue("", message, kind.expected, f"an element {shorten(name)}")])
