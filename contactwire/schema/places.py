"""The places in a carrier, as patterns of the texts that name them: in a `$select`, in a JSON Patch, and in a form.

In paths, names may begin with a small letter, as clients in JavaScript send them; the server takes any letter case. A
carrier inside of another one of its class, such as a list item's child items, is left out, since no finite pattern has them
all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import attrs

from contactwire.carriers import RightsCarrier
from contactwire.paths import escape
from contactwire.projection import escape_token
from contactwire.wire import DictionaryKind, Kind, ListKind, NestedKind, plan_of

__all__ = ["Place", "one_of", "places", "selectable"]

# Steps that are no names; a quotation mark is in no name.
_INDEX, _END, _KEY = '"index"', '"end"', '"key"'
# What has a meaning in patterns of ECMA-262; it permits no backslash before another character.
_SYNTAX = re.compile(r"[\^$\\.*+?()\[\]{}|]")
# RFC 6901 §4: an index has no leading zeros; §3: the tokens of a pointer. No list has more items than this index says.
_IN_POINTERS = {_INDEX: "(0|[1-9][0-9]{0,5})", _END: "-", _KEY: "([^/~]|~[01])*"}
_IN_SELECTIONS = {_INDEX: "", _KEY: "[A-Za-z0-9:_.]+"}
# The first item of a list: the second one needs the first, which no pattern says.
_IN_FORMS = {_INDEX: r"\[0\]", _KEY: r"\[[A-Za-z0-9:_]+\]"}


@attrs.frozen
class Place:
    """A place in a carrier: the steps to it, each a wire name or one that is no name, and what a value there may be.

    `removable` says whether there need not be one.
    """

    steps: tuple[str, ...]
    kind: Kind
    nullable: bool
    removable: bool = True

    @property
    def is_end(self) -> bool:
        """Whether it is the place behind a list's last item, where values can only be added."""
        return self.steps[-1] == _END

    @property
    def is_of_rights(self) -> bool:
        """Whether it is part of the rights of who asks."""
        return any(field.name in self.steps for field in plan_of(RightsCarrier).fields)

    @property
    def pointer(self) -> str:
        """The pattern of JSON Pointers to it, without the first slash."""
        return "/".join(_IN_POINTERS.get(step) or _in_either_case(escape(step)) for step in self.steps)

    @property
    def selection(self) -> str:
        """The pattern of paths to it in a `$select`, where lists take no index."""
        return "/".join(filter(None, (_IN_SELECTIONS.get(step, _in_either_case(escape_token(step))) for step in self.steps)))

    @property
    def key(self) -> str:
        r"""The pattern of keys for it in a form: `Emails\[0\]\.Value`."""
        return "".join(_IN_FORMS.get(step) or _in_form(step) for step in self.steps).removeprefix(r"\.")


def places(carrier: type, outer: tuple[type, ...] = ()) -> Iterator[Place]:
    """All places in a carrier class, at any depth; `outer` are the classes that it is inside of."""
    for field in plan_of(carrier).fields:
        yield from _from(Place((field.name,), field.kind, field.nullable, not field.required), (*outer, carrier))


def _from(place: Place, outer: tuple[type, ...]) -> Iterator[Place]:
    """A place, and all places inside of it."""
    yield place
    match place.kind:
        case NestedKind(carrier=carrier) if carrier not in outer:
            for inner in places(carrier, outer):
                yield attrs.evolve(inner, steps=(*place.steps, *inner.steps))
        case ListKind(item=item, nullable=nullable):
            yield Place((*place.steps, _END), item, nullable)
            yield from _from(Place((*place.steps, _INDEX), item, nullable), outer)
        case DictionaryKind(item=item, nullable=nullable):
            yield from _from(Place((*place.steps, _KEY), item, nullable), outer)


def _in_either_case(name: str) -> str:
    """A pattern for a name that may begin with a capital or a small letter: `_[Ll]inks`."""
    return re.sub("[A-Za-z]", lambda found: f"[{found[0].upper()}{found[0].lower()}]", _quoted(name), count=1)


def _in_form(name: str) -> str:
    """A pattern for a name in a form's key; one with a dot or bracket in it stands in brackets."""
    return rf"\[{_quoted(name)}\]" if "." in name or "[" in name else rf"\.{_quoted(name)}"


def _quoted(text: str) -> str:
    """A pattern for exactly a text."""
    return _SYNTAX.sub(r"\\\g<0>", text)


def selectable(carrier: type) -> str:
    """The pattern of the paths in a `$select`."""
    paths = [place.selection for place in places(carrier) if not place.is_end]
    return one_of(dict.fromkeys([r"\*", *paths]))


def one_of(patterns: Iterable[str], before: str = "") -> str:
    """A pattern for exactly the texts that one of the patterns matches, with what `before` matches in front."""
    return f"^{before}({'|'.join(patterns)})$"
