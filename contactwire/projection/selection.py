"""Selections: parsed, combined, spelled, and applied to carriers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar

import attrs

from contactwire.builtins import MAX_DEPTH
from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.errors import PathError, shorten
from contactwire.paths import item_kind, resolve
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    DictionaryKind,
    Kind,
    ListKind,
    NestedKind,
    UnsetType,
    blank,
    fold,
    is_carrier,
    kept_on_plan,
    kind_of,
    mark_view,
    nested_carrier,
    plan_of,
    put_value,
)

__all__ = ["Branch", "Selectable", "Selection", "SelectionError", "Tree", "fields"]

T = TypeVar("T")
Unselected = Literal["null", "omit"]
Project = Callable[[Any], Any]

_NOTHING = ","
_BLANKS = " \t\r\n"
_ESCAPES = dict(zip("0123456", "~/," + _BLANKS, strict=True))
_ESCAPE = re.compile("~(.?)", re.DOTALL)
_SPELLED_WITH_BLANKS = {ord(character): f"~{digit}" for digit, character in _ESCAPES.items()}
_SPELLED = {code: spelled for code, spelled in _SPELLED_WITH_BLANKS.items() if chr(code) not in _BLANKS}
_FILLS: dict[str, UnsetType | None] = {"null": None, "omit": UNSET}
_MAX_FAULTS = 20
_MAX_CACHED, _MAX_CACHED_LENGTH = 256, 2048


class SelectionError(PathError):
    """A `$select` with faults: `faults` has a `PathError` for each of them, up to 20, in the order of the text.

    `message`, `path`, `position` and `suggestion` are those of the first.
    """

    def __init__(self, faults: Iterable[PathError]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.message, first.path, first.position, first.suggestion)
        self.args = (self.faults,)

    def __str__(self) -> str:
        head = f"{shorten(self.path)}, "
        return head + "; ".join(str(fault).removeprefix(head) for fault in self.faults)


@attrs.frozen
class Branch:
    """What is selected at one token of a path: all that stands there (None), or only what is `below`."""

    token: str = attrs.field(eq=False)
    below: Tree | None


Tree = Mapping[str, Branch]
"""The selected properties of a carrier, or keys of a dictionary, by their folded name (`wire.fold`)."""


@attrs.frozen(repr=False)
class Selection:
    """A parsed `$select`: an immutable, hashable value, made by `Selection.parse` and shared by threads.

    `carrier` is the carrier class whose properties the paths name, `tree` what is selected of it, None for everything.
    `str(selection)` is the canonical text, in the wire's spelling and order, which parses to an equal selection. `a | b`
    selects what either does, `a & b` what both do, `a <= b` says whether b selects all that a does. Selections from
    different carriers are never equal and do not combine.
    """

    carrier: type
    tree: Tree | None
    cache: dict[Any, Any] = attrs.field(factory=dict, init=False, eq=False)
    """What was compiled for this selection: here, under "null" and "omit", and in codecs, under keys of their own."""

    @classmethod
    def parse(cls, text: str, type: Any = ContactEntityWithLinks) -> Selection:
        """The selection that a `$select` makes from a carrier class, or from each item of a `list[Carrier]`.

        Raises `SelectionError` with every fault, each with its position and the nearest property's name, and TypeError
        where `type` is no carrier.
        """
        carrier = type if is_carrier(type) else nested_carrier(kind_of(type))
        if carrier is None:
            raise TypeError(f"{type!r} has no properties to select from: it is no carrier and no list of one")
        if len(text) > _MAX_CACHED_LENGTH:
            return _parse(text, carrier)
        known = _parsed(plan_of(carrier))
        found = known.get(text)
        if found is None:
            found = _parse(text, carrier)
            if len(known) >= _MAX_CACHED:
                known.clear()
            known[text] = found
        return found

    @property
    def paths(self) -> tuple[str, ...]:
        """The selected paths, each as the text has it; "" alone for everything, none for nothing."""
        return tuple("/".join(map(_escape, tokens)) for tokens in _paths(NestedKind(self.carrier), self.tree))

    def apply(self, entity: T, unselected: Unselected = "null") -> T:
        """A new carrier of the same class that holds only what is selected; a list gives a list of such.

        A property that is not selected becomes null, whether it was there or not: the answer's shape says what was asked
        for, not what there is. With `unselected="omit"` it becomes absent. The carrier's `extras` follow the same rule:
        their values become null, or they go. A selected property is as it was, absent too. Entries of a dictionary are
        left out like items nobody asked for, never nulled. Selected values are shared with the original, not copied; all
        else is never looked at.

        Takes a carrier of the selection's class, one derived from it, or one that it derives from. Raises TypeError for
        anything else.
        """
        project: Project | None = self.cache.get(unselected)
        if project is None:
            if unselected not in _FILLS:
                raise ValueError(f"unselected is 'null' or 'omit', not {unselected!r}")
            project = self.cache[unselected] = _document(self.carrier, self.tree, _FILLS[unselected])
        return project(entity)  # type: ignore[no-any-return]

    def contains(self, path: str) -> bool:
        """Whether all that stands at a path is selected; `path in selection` says the same. Raises `SelectionError`."""
        return Selection.parse(path, self.carrier) <= self

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.contains(path)

    def __or__(self, other: object) -> Selection:
        return Selection(self.carrier, _union(self.tree, self._peer(other).tree))

    def __and__(self, other: object) -> Selection:
        return Selection(self.carrier, _intersection(self.tree, self._peer(other).tree))

    def __le__(self, other: object) -> bool:
        return _is_within(self.tree, self._peer(other).tree)

    def __lt__(self, other: object) -> bool:
        return self <= self._peer(other) and self != other

    def _peer(self, other: object) -> Selection:
        if isinstance(other, Selection) and other.carrier is self.carrier:
            return other
        what = f"a selection from {other.carrier.__name__}" if isinstance(other, Selection) else shorten(other)
        raise TypeError(f"a selection from {self.carrier.__name__} does not combine with {what}")

    def __hash__(self) -> int:
        return hash((self.carrier, None if self.tree is None else frozenset(self.tree)))

    def __str__(self) -> str:
        return _NOTHING if self.tree is not None and not self.tree else ",".join(self.paths)

    def __repr__(self) -> str:
        type = "" if self.carrier is ContactEntityWithLinks else f", {self.carrier.__qualname__}"
        return f"Selection.parse({str(self)!r}{type})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Not the class method, which picklers for classes in scripts take apart, with all that it refers to.
        return _parse, (str(self), self.carrier)


def _parse(text: str, carrier: type) -> Selection:
    if not text.strip(_BLANKS):
        return Selection(carrier, None)
    tree: dict[str, Branch] = {}
    faults: list[PathError] = []
    for position, entry in _entries(text):
        try:
            _add(tree, _resolved(entry, carrier))
        except PathError as error:
            faults.append(PathError(error.message, text, position + error.position, error.suggestion))
        if len(faults) == _MAX_FAULTS:
            break
    if faults:
        raise SelectionError(faults)
    return Selection(carrier, tree)


@kept_on_plan
def _parsed(plan: CarrierPlan) -> dict[str, Selection]:
    """The selections that were parsed last, by their text."""
    return {}


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """The paths of a text without the blanks around them, each with its position."""
    position = 0
    for entry in [] if text.strip(_BLANKS) == _NOTHING else text.split(","):
        yield position + len(entry) - len(entry.lstrip(_BLANKS)), entry.strip(_BLANKS)
        position += len(entry) + 1


def _resolved(entry: str, carrier: type) -> tuple[str, ...]:
    """The tokens of one path as the wire spells them."""
    if not entry:
        raise PathError("expected the path of a property between the commas", entry)
    for escape in _ESCAPE.finditer(entry):
        if escape[1] not in _ESCAPES:
            raise PathError(f"~ is not followed by a digit from 0 to {len(_ESCAPES) - 1}", entry, escape.start())
    tokens = [_unescape(token) for token in entry.removeprefix("/").split("/")]
    if len(tokens) > MAX_DEPTH:
        raise PathError(f"the path is deeper than {MAX_DEPTH}", entry)
    return resolve(NestedKind(carrier), tokens, path=entry, through_lists=True).tokens


def _unescape(token: str) -> str:
    return _ESCAPE.sub(lambda escape: _ESCAPES[escape[1]], token) if "~" in token else token


def _escape(token: str) -> str:
    """A token as the text of a selection spells it; blanks are escaped where they would pass for those around a comma."""
    if token.isalnum():
        return token
    return token.translate(_SPELLED if token.strip(_BLANKS) == token else _SPELLED_WITH_BLANKS)


def _add(tree: dict[str, Any], tokens: tuple[str, ...]) -> None:
    """Grow a tree by one path, unless it is selected already."""
    for token in tokens[:-1]:
        branch = tree.setdefault(fold(token), Branch(token, {}))
        if branch.below is None:
            return
        tree = branch.below
    tree[fold(tokens[-1])] = Branch(tokens[-1], None)


def _union(one: Tree | None, other: Tree | None) -> Tree | None:
    if one is None or other is None:
        return None
    merged = {**other, **one}
    for name in one.keys() & other.keys():
        merged[name] = Branch(one[name].token, _union(one[name].below, other[name].below))
    return merged


def _intersection(one: Tree | None, other: Tree | None) -> Tree | None:
    if one is None or other is None:
        return other if one is None else one
    common = {}
    for name in one.keys() & other.keys():
        below = _intersection(one[name].below, other[name].below)
        if below is None or below:
            common[name] = Branch(one[name].token, below)
    return common


def _is_within(one: Tree | None, other: Tree | None) -> bool:
    if one is None or other is None:
        return other is None
    return all(name in other and _is_within(branch.below, other[name].below) for name, branch in one.items())


def _paths(kind: Kind, tree: Tree | None) -> Iterator[tuple[str, ...]]:
    """The tokens of each selected path: properties in wire order, keys in alphabetical order."""
    if tree is None:
        yield ()
        return
    kind = item_kind(kind)
    if isinstance(kind, NestedKind):
        steps = [(fold(field.name), field.kind) for field in plan_of(kind.carrier).fields]
    else:
        steps = [(key, kind.item) for key in sorted(tree)] if isinstance(kind, DictionaryKind) else []
    for name, inner in steps:
        if name in tree:
            for tokens in _paths(inner, tree[name].below):
                yield (tree[name].token, *tokens)


def _document(carrier: type, tree: Tree | None, fill: UnsetType | None) -> Project:
    """The function that projects a carrier, or a list of carriers."""

    def fits(cls: type) -> bool:
        if is_carrier(cls) and (issubclass(cls, carrier) or issubclass(carrier, cls)):
            return True
        raise TypeError(f"a selection from {carrier.__name__} does not apply to {cls.__name__}")

    project_one = _by_class(carrier, fits, tree, fill)

    def project(value: Any) -> Any:
        return [project_one(item) for item in value] if isinstance(value, list) else project_one(value)

    return project


def _project(kind: Kind, tree: Tree | None, fill: UnsetType | None) -> Project | None:
    """The function that projects a value of a kind, or None where all of it is selected.

    It gives back what is of another kind, null and absent too: encoding will tell.
    """
    if tree is None:
        return None
    match kind:
        case ListKind():
            return _list_project(_project(kind.item, tree, fill))
        case DictionaryKind():
            return _dictionary_project({key: _project(kind.item, branch.below, fill) for key, branch in tree.items()})
        case NestedKind():
            carrier = kind.carrier
            return _by_class(carrier, lambda cls: is_carrier(cls) and issubclass(cls, carrier), tree, fill)
    raise AssertionError(f"no path leads into a {kind.expected}")


def _list_project(project_item: Any) -> Project:
    def project(value: Any) -> Any:
        return [project_item(item) for item in value] if isinstance(value, list) else value

    return project


def _dictionary_project(by_key: Mapping[str, Project | None]) -> Project:
    def project(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        kept = {key: item for key, item in value.items() if isinstance(key, str) and fold(key) in by_key}
        for key, item in kept.items():
            project_item = by_key[fold(key)]
            if project_item is not None:
                kept[key] = project_item(item)
        return kept

    return project


def _by_class(base: type, fits: Callable[[type], bool], tree: Tree | None, fill: UnsetType | None) -> Project:
    """The function that projects carriers of each class that fits: a property may hold heirs.

    What is made for `base` and the classes that it derives from is kept, and lives no longer than `base` does.
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
    template, keeps_extras = _template(plan, fill), tree is None

    def project(carrier: Any) -> Any:
        projected = template.__copy__()
        for attribute, project_value in selected:
            value = getattr(carrier, attribute)
            put_value(projected, attribute, value if project_value is None else project_value(value))
        if carrier._extras and (keeps_extras or fill is None):
            projected.extras.update(carrier._extras if keeps_extras else dict.fromkeys(carrier._extras))
        return projected

    return project


@kept_on_plan
def _template(plan: CarrierPlan, fill: UnsetType | None) -> Any:
    """A carrier with one value in all its properties; what is copied from it is a view where that is no legal value."""
    carrier = blank(plan.carrier)
    for field in plan.fields:
        put_value(carrier, field.attribute, fill)
    if any(not field.keeps_absence or not field.nullable for field in plan.fields):
        mark_view(carrier)
    return carrier


@attrs.frozen
class Selectable:
    """A path that a selection can name, `Category/Id`, and the `kind` of what stands there.

    Of a dictionary only the dictionary itself is listed; behind it a path goes on with any key.
    """

    path: str
    kind: Kind


def fields(type: Any = ContactEntity) -> list[Selectable]:
    """Every path that can be selected from a carrier class, in wire order, each carrier before what is inside it.

    A carrier inside itself is listed, but not entered a second time. Raises TypeError where `type` is no carrier and no
    list of one.
    """
    return [Selectable(path, kind) for path, kind in _walk(Selection.parse("", type).carrier, "", ())]


def _walk(carrier: type, prefix: str, above: tuple[type, ...]) -> Iterator[tuple[str, Kind]]:
    for field in plan_of(carrier).fields:
        path = prefix + _escape(field.name)
        yield path, field.kind
        inner = item_kind(field.kind)
        if isinstance(inner, NestedKind) and inner.carrier not in (*above, carrier) and len(above) + 1 < MAX_DEPTH:
            yield from _walk(inner.carrier, path + "/", (*above, carrier))
