"""Changes by clients that read in a language: `change_in_language` stores what they change, and leaves the other languages.

It is what `change_in_zone` is for dates. A PUT or PATCH is applied to the contact as it was shown. There, each text that a
language or culture replaced is a `_Seen`, a string that remembers what is stored, and travels where the change moves it.
Afterwards a walk (`keeping`) compares the contact before and after the change. In a carrier with another primary key than
before, another text replaces no language; and so with an item that may have taken the place of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from contactwire.builtins import refusal
from contactwire.errors import ValidationError
from contactwire.localization.keeping import Keeping
from contactwire.localization.languages import Resolver
from contactwire.localization.rewrite import Leaf, Rewriter
from contactwire.localization.texts import Localizer
from contactwire.paths import format_pointer
from contactwire.wire import STRING, UNSET, Carrier, FieldPlan, Kind, UnsetType

__all__ = ["change_in_language"]

T = TypeVar("T", bound=Carrier | list[Any])


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
    kept: T = _Texts(localizer.resolve).value(value, shown, changed, True)
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


class _Texts(Keeping):
    """The walk over texts: `resolve` says which text of a multi-language string was shown."""

    of = str

    def __init__(self, resolve: Resolver) -> None:
        super().__init__()
        self._resolve = resolve

    def leaf(self, stored: Any, shown: str, new: str, sure: bool) -> Any:
        """The string to store. What may have taken the place of another gets no translation but of an equal text."""
        if type(new) is _Seen and new.stored is not UNSET:
            return new
        if new == shown:
            return stored
        return self._resolve.change(stored, new) if sure and stored is not UNSET else new

    def put(self, carrier: Any, field: FieldPlan, value: Any) -> None:
        """Set a property; raises ValidationError, at its pointer, where the carrier's own validator refuses the value."""
        try:
            setattr(carrier, field.attribute, value)
        except Exception as error:
            pointer = format_pointer([*self.path, field.name])
            raise ValidationError([refusal(error, value).under(pointer)]) from None
