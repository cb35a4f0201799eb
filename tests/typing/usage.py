"""Typed use of the library, read by mypy and pyright and never run: each ignored line must be an error to both."""

from datetime import datetime
from typing import Annotated, Any, assert_type

from msgspec import UnsetType

from contactwire import (
    UNSET,
    Carrier,
    Category,
    Codec,
    ContactEntity,
    ContactEntityWithLinks,
    EntityElement,
    FlagsKind,
    JsonCodec,
    Maybe,
    NumberedEnum,
    decode,
    encode,
    from_builtins,
)


class Note(Carrier):
    """A user's own carrier."""

    text: Maybe[str] = UNSET
    replies: "Maybe[list[Note]]" = UNSET


def decoding(body: bytes) -> None:
    """What comes out of `decode` is what was asked for."""
    assert_type(decode(body), ContactEntity)
    assert_type(decode(memoryview(body), "text/json"), ContactEntity)
    assert_type(decode(body, type=ContactEntityWithLinks), ContactEntityWithLinks)
    assert_type(decode(body, type=list[ContactEntity]), list[ContactEntity])
    assert_type(decode(body, type=Note), Note)
    assert_type(JsonCodec().decode(body), ContactEntity)
    assert_type(JsonCodec().decode(body, Note), Note)
    assert_type(from_builtins({}, Note), Note)
    decode(5)  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]


def properties(contact: ContactEntityWithLinks) -> None:
    """A property is a value, None or UNSET."""
    assert_type(contact.name, str | None | UnsetType)
    assert_type(contact.updated_date, datetime | None | UnsetType)
    assert_type(contact.category, Category | None | UnsetType)
    if contact.table_right:
        assert_type(contact.table_right.mask, str | int | None | UnsetType)
        contact.table_right.mask = 15
        contact.table_right.mask = []  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue]
    assert_type(contact.emails, list[EntityElement | None] | None | UnsetType)
    assert_type(contact.extras, dict[str, Any])
    contact.name = "x"
    contact.name = None
    contact.name = UNSET
    contact.name = 5  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue]
    contact.nme = "x"  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    if contact.name:
        contact.name.upper()
    ContactEntity(nme="x")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


class Size(NumberedEnum):
    """A user's own enumeration with numbers."""

    SMALL = "Small", 10


class Box(Carrier):
    """A carrier with numbered enumerations and flags."""

    size: Maybe[Size | str] = UNSET
    access: Maybe[Annotated[str | int, FlagsKind({"In": 1, "Out": 2})]] = UNSET


def numbers(box: Box) -> None:
    """A member has a text and a number; flags are a text or a number."""
    assert_type(Size.SMALL.number, int)
    assert_type(box.size, Size | str | None | UnsetType)
    Box(size=Size.SMALL, access="In, Out")
    Box(access=1.5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def carriers() -> None:
    """A user's carrier has keyword arguments with defaults."""
    note = Note(text="x", replies=[Note()])
    assert_type(note.replies, list[Note] | None | UnsetType)
    assert_type(encode(note), bytes)
    Note(text=5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def codecs() -> None:
    """Each codec is a `Codec`; options are typed."""
    codec: Codec = JsonCodec(indent=2, unknown="ignore")
    codec.encode(Note())
    JsonCodec(unknown="drop")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
