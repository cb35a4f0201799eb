"""The exact path of forms, the other way: builtins → pairs, spelled as ASP.NET binds them."""

from __future__ import annotations

from typing import Any

import attrs

from contactwire.builtins import to_builtins
from contactwire.codecs.form.keys import Style, spell
from contactwire.errors import EncodeError, Issue, shorten
from contactwire.paths import escape
from contactwire.wire import DictionaryKind, EnumerationKind, Kind, ListKind, NestedKind, ScalarKind, plan_of

__all__ = ["Flat", "flatten"]


def flatten(value: Any, style: Style, max_depth: int) -> list[tuple[str, str]]:
    """The pairs of a carrier, or of a list or dictionary of carriers.

    Raises `EncodeError` with every fault: what `to_builtins` refuses, and names that no key can spell.
    """
    data = to_builtins(value, max_depth=max_depth)
    flat = Flat(style)
    if isinstance(value, list):
        for index, (item, written) in enumerate(zip(value, data, strict=True)):
            flat.add(NestedKind(type(item)), written, f"[{index}]", f"/{index}")
    else:
        flat.add_members(NestedKind(type(value)), data, None, "")
    if flat.issues:
        raise EncodeError(flat.issues)
    return flat.pairs


@attrs.define
class Flat:
    """The pairs so far, and the faults."""

    style: Style
    pairs: list[tuple[str, str]] = attrs.field(factory=list, init=False)
    issues: list[Issue] = attrs.field(factory=list, init=False)

    def add(self, kind: Kind | None, value: Any, key: str, pointer: str) -> None:
        """Add what builtins of a kind are at a key; a null, as an item, and what has nothing in it are an empty text."""
        before = len(self.pairs), len(self.issues)
        if isinstance(value, list):
            self._add_list(kind, value, key, pointer)
        elif isinstance(kind, DictionaryKind) and value is not None:
            self._add_dictionary(kind, value, key, pointer)
        elif isinstance(value, dict):
            self.add_members(kind, value, key, pointer)
        else:
            self.pairs.append((key, _to_text(value)))
        if before == (len(self.pairs), len(self.issues)):
            self.pairs.append((key, ""))

    def add_members(self, kind: Kind | None, members: dict[str, Any], key: str | None, pointer: str) -> None:
        """Add the properties of a carrier or of an unknown object, those aside that are null."""
        fields = plan_of(kind.carrier).by_name if isinstance(kind, NestedKind) else {}
        for name, value in members.items():
            if value is None:
                continue
            where = f"{pointer}/{escape(name)}"
            spelled = spell(key, name, self.style)
            # Behind the empty name nothing in brackets can stand, since a key that starts so begins with that.
            if spelled is None or (not spelled and isinstance(value, list) and value):
                message = f"no key of a form can spell the name {shorten(name)} here"
                self.issues.append(Issue(where, message, "a name without ']' before '.' or '['", shorten(name)))
                continue
            field = fields.get(name)
            self.add(field.kind if field is not None else None, value, spelled, where)

    def _add_list(self, kind: Kind | None, items: list[Any], key: str, pointer: str) -> None:
        item_kind = kind.item if isinstance(kind, ListKind) else None
        if isinstance(item_kind, (ScalarKind, EnumerationKind)):
            texts = [_to_text(item) for item in items]
            # One empty text alone would be the empty list.
            name = f"{key}[0]" if texts == [""] else key
            self.pairs += [(name, text) for text in texts]
            return
        for index, item in enumerate(items):
            self.add(item_kind, item, f"{key}[{index}]", f"{pointer}/{index}")

    def _add_dictionary(self, kind: DictionaryKind, items: dict[str, Any], key: str, pointer: str) -> None:
        name_of_key, name_of_value = ("[Key]", "[Value]") if self.style == "brackets" else (".Key", ".Value")
        for index, (name, value) in enumerate(items.items()):
            place = f"{key}[{index}]"
            self.pairs.append((place + name_of_key, name))
            if value is not None:
                self.add(kind.item, value, place + name_of_value, f"{pointer}/{escape(name)}")


def _to_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
