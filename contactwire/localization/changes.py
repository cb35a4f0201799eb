"""Changes by clients that read in a language: `change_in_language` stores what they change, and leaves the other languages.

It is what `change_in_zone` is for dates. A PUT or PATCH is applied to the contact as it was shown. There, each text that a
language or culture replaced is a `_Seen`, a string that remembers what is stored. Afterwards a walk compares the contact
before and after the change:

- A text as it was shown is stored as it was. So is what the change only moved, since a `_Seen` travels.
- Another text in the place of a multi-language string replaces the text of the language that was shown. The other languages
  stay.
- A multi-language string, and any text in the place of another string, is stored as it is.
- A display text that a culture added is not stored, as long as it is as it was shown.

The place of a text is its property, key or unknown member, at any depth. `pairs` finds the items of lists again. A carrier
with another primary key than before is another thing, so another text in it replaces no language; and so with an item that
may have taken the place of another.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from contactwire.builtins import refusal
from contactwire.errors import ValidationError
from contactwire.localization.languages import Resolver
from contactwire.localization.pairs import Marks, pairs
from contactwire.localization.rewrite import MAX_LEVELS, Leaf, Rewriter, same_objects, too_deep
from contactwire.localization.texts import Localizer
from contactwire.paths import format_pointer
from contactwire.wire import STRING, UNSET, FieldPlan, Kind, UnsetType, is_carrier, keys_differ, plan_of

__all__ = ["change_in_language"]

T = TypeVar("T")


def change_in_language(value: T, change: Callable[[T], T], languages: str | Iterable[str] | None) -> T:
    """Apply `change` to a stored carrier; `change` reads and writes texts in the languages and culture of a request.

    `languages` is what `localize` showed the carrier in, a LanguagePreference for example. `change` gets the carrier as
    `localize` gives it, and returns it changed. A text that is as it was shown keeps its stored value. Another text replaces
    the shown language of a multi-language string, and leaves its other languages; a multi-language string is stored as it
    is. Display texts that a culture added are not stored.

    Neither `value` nor the result of `change` is changed. Without a language, `change` gets the carrier as it is. Raises
    what `change` raises, and ValidationError for a text with its other languages that the carrier's own validator refuses.
    """
    localizer = Localizer.of(languages, mark=_Seen.of)
    shown = value if localizer is None else localizer(value)
    changed = change(shown)
    if localizer is None or shown is value:
        return changed
    kept: T = _Keeping(localizer.resolve).value(value, shown, changed, True)
    return _AS_STORED(kept, None)


class _Seen(str):
    """A text as a change sees it; `stored` is the stored string, UNSET for a display text that is not stored."""

    __slots__ = ("stored",)

    stored: str | UnsetType

    @classmethod
    def of(cls, shown: str, stored: str | UnsetType) -> str:
        seen = cls(shown)
        seen.stored = stored
        return seen


def _unseen(text: Any, context: None) -> Any:
    if type(text) is not _Seen:
        return text
    return str(text) if text.stored is UNSET else text.stored


def _leaf(field: FieldPlan, kind: Kind) -> Leaf | None:
    return _unseen if kind == STRING else None


# A text may be empty in the language that was shown.
_AS_STORED = Rewriter(_leaf, extras=_unseen, empty=True)


class _Keeping:
    """One walk through a value as it is `stored`, as it was `shown`, and as it is `new`.

    `sure` says that the three are one thing: else `new` may have taken its place, and gets no translation but of an equal
    text. Only parts that were shown otherwise than they are stored are visited, so the depth is limited by `Localizer`.
    """

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve
        self._marks = Marks()
        self._path: list[str] = []

    def value(self, stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        """The value to store; UNSET for none."""
        if new is shown:
            return stored
        if shown is stored:
            return new
        if isinstance(new, str) and isinstance(shown, str):
            return self._text(stored, shown, new, sure)
        if is_carrier(type(new)) and is_carrier(type(shown)):
            return self._carrier(stored, shown, new, sure and not keys_differ(shown, new))
        if isinstance(new, dict) and isinstance(shown, dict):
            return self._dictionary(stored, shown, new, sure)
        if isinstance(new, list) and isinstance(shown, list):
            return self._list(stored, shown, new, sure)
        return new

    def _text(self, stored: Any, shown: str, new: str, sure: bool) -> Any:
        if type(new) is _Seen and new.stored is not UNSET:
            return new
        if new == shown:
            return stored
        return self._resolve.change(stored, new) if sure and stored is not UNSET else new

    def _carrier(self, stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        copied = new
        for field in plan_of(type(new)).fields:
            name = field.attribute
            mine = getattr(new, name)
            kept = self._at(field.name, getattr(stored, name, UNSET), getattr(shown, name, UNSET), mine, sure)
            if kept is not mine:
                copied = copy.copy(new) if copied is new else copied
                self._put(copied, field, kept)
        mine = new._extras or {}
        kept = self.value(stored._extras or {}, shown._extras or {}, mine, sure)
        if kept is not mine:
            copied = copy.copy(new) if copied is new else copied
            copied.extras = dict(kept)
        return copied

    def _put(self, carrier: Any, field: FieldPlan, value: Any) -> None:
        """Set a property; raises ValidationError, at its pointer, where the carrier's own validator refuses the value."""
        try:
            setattr(carrier, field.attribute, value)
        except Exception as error:
            pointer = format_pointer([*self._path, field.name])
            raise ValidationError([refusal(error, value).under(pointer)]) from None

    def _dictionary(self, stored: Any, shown: Any, new: dict[str, Any], sure: bool) -> dict[str, Any]:
        kept = dict(new)
        for key, was in _keys_before(shown, new):
            kept[key] = self._at(key, stored.get(was, UNSET), shown[was], new[key], sure)
            if kept[key] is UNSET:
                del kept[key]
        return new if len(kept) == len(new) and same_objects(kept.values(), new.values()) else kept

    def _list(self, stored: Any, shown: Any, new: list[Any], sure: bool) -> list[Any]:
        was, seen, items = [list(_flat(value)) for value in (stored, shown, new)]
        kept = []
        for place, (item, pair) in enumerate(zip(items, pairs(was, seen, items, self._marks), strict=True)):
            if pair is not None:
                item = self._at(str(place), was[pair.place], seen[pair.place], item, sure and pair.sure)
            kept.append(item)
        return new if same_objects(kept, items) else _in_shape_of(new, iter(kept))

    def _at(self, token: str, stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        """The value to store at a place below the present one."""
        self._path.append(token)
        kept = self.value(stored, shown, new, sure)
        self._path.pop()
        return kept


def _keys_before(shown: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a dictionary that it had before, each with its spelling then, which may differ in letter case."""
    folded: dict[str, str] | None = None
    for key in new:
        if key in shown:
            yield key, key
            continue
        folded = {known.casefold(): known for known in shown} if folded is None else folded
        was = folded.get(key.casefold())
        if was is not None and was not in new:
            yield key, was


def _flat(items: list[Any], levels: int = MAX_LEVELS) -> Iterator[Any]:
    """Yield the items of a list, and those of the lists in it, at any depth, since a client may move an item to another."""
    if not levels:
        raise too_deep()
    for item in items:
        if isinstance(item, list):
            yield from _flat(item, levels - 1)
        else:
            yield item


def _in_shape_of(items: list[Any], kept: Iterator[Any]) -> list[Any]:
    """The reverse of `_flat`: the lists of `items` with what `kept` gives, one after the other."""
    return [_in_shape_of(item, kept) if isinstance(item, list) else next(kept) for item in items]
