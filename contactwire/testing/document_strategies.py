"""Strategies for documents other than carriers: patches and selections."""

from __future__ import annotations

from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.errors import EncodeError
from contactwire.patch import DialectName, JsonPatch, MergePatch, dialect_of, diff
from contactwire.paths import format_pointer, item_kind
from contactwire.projection import Selection, fields
from contactwire.testing.value_strategies import builtins, carriers, plain_values, spellings, strings
from contactwire.wire import Carrier, CarrierPlan, DictionaryKind, Kind, ListKind, NestedKind, fold, kept_on_plan, plan_of

__all__ = ["json_patches", "merge_patches", "selections"]

_TOKENS = {
    ListKind: st.sampled_from(["0", "1", "-"]),
    DictionaryKind: st.sampled_from(["SuperOffice:1", "x_foobar", "", "a/b~c"]) | strings(),
}
_SELECTED_KEYS = ["SuperOffice:1", "x_foobar", "a~1b~0c~2d", "Å"]
_BLANKS = st.sampled_from(["", " ", "\t\r\n"])


def json_patches(type: type[Carrier] = ContactEntity, *, dialect: DialectName = "server") -> st.SearchStrategy[JsonPatch]:
    """JSON Patches for a carrier class: differences of two carriers, and lists of operations on any property, item or key.

    Every value fits its place. `apply` may still raise `PathError`, `PatchConflict` or `ValidationError`, where a carrier
    does not have the item or value. Raises ValueError for an unknown dialect, TypeError for a class that is no carrier.
    """
    dialect_of(dialect)
    listed = st.lists(_operations(type, dialect), max_size=4) if plan_of(type).fields else st.just([])
    return listed.map(lambda operations: JsonPatch.parse(operations, dialect)) | _differences(type, dialect)


@st.composite
def _differences(draw: st.DrawFn, cls: type[Carrier], dialect: DialectName) -> JsonPatch:
    try:
        return diff(draw(carriers(cls)), draw(carriers(cls)), dialect=dialect)
    except EncodeError:
        # The server's dialect cannot express every change.
        reject()


@st.composite
def _operations(draw: st.DrawFn, cls: type, dialect: DialectName) -> dict[str, Any]:
    op = draw(st.sampled_from(["add", "replace", "test", "remove", *(["move", "copy"] if dialect == "rfc" else [])]))
    path, kind, nullable = draw(_places(cls))
    operation: dict[str, Any] = {"op": op, "path": path}
    if op in ("add", "replace", "test"):
        operation["value"] = draw(st.none() | plain_values(kind) if nullable else plain_values(kind))
    if op in ("move", "copy"):
        source, _, _ = draw(_places(cls))
        # RFC 6902 §4.4: "The "from" location MUST NOT be a proper prefix of the "path" location".
        operation["from"] = path if path.startswith(source + "/") else source
    if dialect == "server" and path[1:2] not in ("", "/") and draw(st.booleans()):
        operation["path"] = path[1:]
    return operation


@st.composite
def _places(draw: st.DrawFn, cls: type) -> tuple[str, Kind, bool]:
    """The pointer to some place inside a carrier, the kind of that place, and whether null is allowed there."""
    tokens: list[str] = []
    kind: Kind = NestedKind(cls)
    nullable = True
    while not tokens or (_has_inside(kind) and len(tokens) < 6 and draw(st.booleans())):
        token, kind, nullable = _step(draw, kind)
        tokens.append(token)
    return format_pointer(tokens), kind, nullable


def _step(draw: st.DrawFn, kind: Kind) -> tuple[str, Kind, bool]:
    if isinstance(kind, NestedKind):
        field = draw(st.sampled_from(plan_of(kind.carrier).fields))
        return draw(spellings(field.name)), field.kind, True
    assert isinstance(kind, (ListKind, DictionaryKind))
    return draw(_TOKENS[type(kind)]), kind.item, kind.nullable


def _has_inside(kind: Kind) -> bool:
    if isinstance(kind, NestedKind):
        return bool(plan_of(kind.carrier).fields)
    return isinstance(kind, (ListKind, DictionaryKind))


def merge_patches(type: type[Carrier] = ContactEntity, *, dialect: DialectName = "server") -> st.SearchStrategy[MergePatch]:
    """Merge Patches for a carrier class: some properties, in any letter case, with null or a value that fits.

    In the server's dialect, a property with a list may have a single object, which the patch appends to the list.
    Raises ValueError for an unknown dialect, TypeError for a class that is no carrier.
    """
    dialect_of(dialect)
    plan_of(type)
    return _merge_documents(type, dialect).map(lambda document: MergePatch.parse(document, dialect))


@st.composite
def _merge_documents(draw: st.DrawFn, cls: type, dialect: DialectName) -> dict[str, Any]:
    plan = plan_of(cls)
    chosen = draw(st.lists(st.sampled_from(plan.fields), max_size=4, unique=True)) if plan.fields else []
    document = {draw(spellings(field.name)): draw(_merged(field.kind, dialect)) for field in chosen}
    unknown = strings().filter(lambda name: fold(name) not in plan.by_folded)
    return {**document, **draw(st.dictionaries(unknown, builtins(), max_size=1))}


def _merged(kind: Kind, dialect: DialectName) -> st.SearchStrategy[Any]:
    match kind:
        case NestedKind():
            nested = kind.carrier
            return st.none() | st.deferred(lambda: _merge_documents(nested, dialect))
        case ListKind(item=NestedKind()) if dialect == "server":
            return st.none() | plain_values(kind) | plain_values(kind.item)
    return st.none() | plain_values(kind)


def selections(type: type[Carrier] = ContactEntityWithLinks) -> st.SearchStrategy[Selection]:
    """Selections from a carrier class: everything, nothing, or some paths, in any letter case, with blanks around them.

    Raises TypeError for a class that is no carrier.
    """
    plan_of(type)
    return _selection_texts(type).map(lambda text: Selection.parse(text, type))


@st.composite
def _selection_texts(draw: st.DrawFn, cls: type) -> str:
    paths = _selectable(plan_of(cls))
    chosen = draw(st.lists(st.sampled_from(paths), max_size=5)) if paths else []
    spelled = [draw(_BLANKS) + draw(spellings(path)) + draw(_BLANKS) for path in chosen]
    return ",".join(spelled) or draw(st.sampled_from(["", ","]))


@kept_on_plan
def _selectable(plan: CarrierPlan) -> list[str]:
    """The paths that can be selected, and paths to some keys of each dictionary."""
    known = [(each.path, item_kind(each.kind)) for each in fields(plan.carrier)]
    keyed = [f"{path}/{key}" for path, kind in known if isinstance(kind, DictionaryKind) for key in _SELECTED_KEYS]
    return [path for path, _ in known] + keyed
