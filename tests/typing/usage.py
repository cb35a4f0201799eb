"""Typed use of the library, read by mypy and pyright and never run: each ignored line must be an error to both."""

import asyncio
import enum
import io
from collections.abc import AsyncIterator
from datetime import datetime
from gzip import GzipFile
from typing import Annotated, Any, BinaryIO, assert_type

from msgspec import UnsetType

import contactwire
from contactwire import (
    UNSET,
    BadRecord,
    Carrier,
    Category,
    Codec,
    ContactEntity,
    ContactEntityWithLinks,
    CustomFieldsView,
    EntityElement,
    FlagsKind,
    JsonCodec,
    JsonPatch,
    JsonPatchCodec,
    Maybe,
    MergePatch,
    MergePatchCodec,
    NumberedEnum,
    Person,
    Timestamp,
    XmlCodec,
    decode,
    encode,
    evolve,
    from_builtins,
    get,
    value_or,
)
from contactwire.client import AsyncContactClient, ContactClient, merge
from contactwire.http import Request, RequestBuilder
from contactwire.plugins.bodies import read_body, write_body


class Colour(enum.StrEnum):
    """A user's own enumeration."""

    RED = "Red"


class Note(Carrier):
    """A user's own carrier."""

    text: Maybe[str] = UNSET
    replies: "Maybe[list[Note]]" = UNSET


async def streaming(source: asyncio.StreamReader, chunks: AsyncIterator[bytes], file: BinaryIO, packed: GzipFile) -> None:
    """What comes out of a stream is what was asked for, and bad records where they were."""
    for codec in (JsonCodec(), JsonCodec(indent=2)):
        assert_type(next(codec.iter_decode(file)), ContactEntity)
        assert_type(next(codec.iter_decode([b""], Note, framing="ndjson")), Note)
        assert_type(next(codec.iter_decode(io.StringIO(), Note, on_error="yield")), Note | BadRecord)
        assert_type(next(codec.iter_decode(packed, on_error="yield")), ContactEntity | BadRecord)
        assert_type(await anext(codec.aiter_decode(source)), ContactEntity)
        assert_type(await anext(codec.aiter_decode(chunks, Note, framing="ndjson")), Note)
        assert_type(await anext(codec.aiter_decode(file, Note, on_error="yield")), Note | BadRecord)
        assert_type(await anext(codec.aiter_decode(b"", on_error="yield")), ContactEntity | BadRecord)
        assert_type(await anext(codec.aiter_encode([Note()], framing="array")), bytes)
    xml = XmlCodec()
    assert_type(next(xml.iter_decode(io.BytesIO(), Note)), Note)
    assert_type(await anext(xml.aiter_decode(source)), ContactEntity)
    assert_type(await anext(xml.aiter_decode(chunks, Note)), Note)
    assert_type(await anext(xml.aiter_decode(chunks, Note, on_error="yield")), Note | BadRecord)
    assert_type(await anext(xml.aiter_decode(file, on_error="yield")), ContactEntity | BadRecord)
    assert_type([piece async for piece in xml.aiter_encode(xml.aiter_decode(source))], list[bytes])
    xml.iter_decode(source)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    xml.aiter_decode(5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


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
    assert_type(decode(body, "application/json-patch+json"), JsonPatch)
    assert_type(decode(body, "application/json-patch+json", type=Note), JsonPatch)
    assert_type(decode(body, JsonPatchCodec()), JsonPatch)
    assert_type(decode(body, "application/merge-patch+json"), MergePatch)
    assert_type(decode(body, MergePatchCodec()), MergePatch)
    assert_type(decode(body, XmlCodec(), type=list[Note]), list[Note])
    decode(5)  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]
    decode(body, type=int)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
    JsonCodec().decode(body, str)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
    from_builtins({}, int)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]


def encoding(contact: ContactEntity, patch: JsonPatch) -> None:
    """What is encoded is a carrier, a list of carriers, or a patch, and is there."""
    encode(contact)
    encode([contact], "text/xml")
    encode(patch, JsonPatchCodec())
    assert_type(list(JsonCodec().iter_encode([contact])), list[bytes])
    if contact.category:
        encode(contact.category)
    encode(contact.category)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    XmlCodec().encode("x")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    JsonCodec().iter_encode([5])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]


def routes(body: bytes, contact: ContactEntity) -> None:
    """A body of a route of one's own has the type that was asked for."""
    assert_type(read_body(body, {}, Note), Note)
    assert_type(read_body(body, {}, list[Note]), list[Note])
    assert_type(read_body(body, {}, MergePatch), MergePatch)
    assert_type(write_body(contact), bytes)
    read_body(body, {}, int)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]


def custom_fields(contact: ContactEntity) -> None:
    """A custom field has the type that was asked for, or that of the default, or is null."""
    view = CustomFieldsView(contact)
    assert_type(view.get_as("x", int), int | None)
    assert_type(view.get_as("x", int, "none"), int | str | None)
    CustomFieldsView(5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


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


def reading(contact: ContactEntityWithLinks, note: Note) -> None:
    """What may be absent or null is read without a cast."""
    assert_type(value_or(contact.name, ""), str)
    assert_type(value_or(contact.contact_id, 0), int)
    assert_type(value_or(contact.updated_date, None), datetime | None)
    assert_type(value_or(contact.category, Category()), Category)
    assert_type(value_or(value_or(contact.category, Category()).value, ""), str)
    assert_type([value_or(email.value, "") for email in value_or(contact.emails, []) if email], list[str])
    assert_type(value_or(contact.custom_fields, {}), dict[str, str | None])
    assert_type(value_or(note.replies, []), list[Note])
    assert_type(get(contact, "name", default=""), str)
    assert_type(get(contact, "category/id", 0), int)
    assert_type(get(contact, "deleted", default=False), bool)
    assert_type(get(contact, "street/wgs84Latitude", default=0.5), float)
    assert_type(get(contact, "colour", default=Colour.RED, unknown="keep"), Colour)
    assert_type(get(contact, "updatedDate", default=datetime.min), datetime)
    assert_type(get(contact, "category", default=Category()), Category)
    assert_type(get(contact, "emails", default=[]), list[Any])
    assert_type(get(contact, "customFields", default={}), dict[str, Any])
    assert_type(get(contact, "shoe/size", default=0, unknown="keep"), int)
    assert_type(get(note, "text"), Any)
    get({}, "name")  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]
    get(note, "text", unknown="drop")  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]


def versions() -> None:
    """The version is text, and a date-time keeps its class."""
    assert_type(contactwire.__version__, str)
    assert_type(Timestamp.fromisoformat("2020-01-01"), Timestamp)
    assert_type(Timestamp.present_second().replace(nanosecond=100), Timestamp)


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


def building(headers: dict[str, str], body: bytes) -> None:
    """An answer holds the entity that the builder is made for."""
    builder = RequestBuilder()
    assert_type(builder, RequestBuilder[ContactEntityWithLinks])
    assert_type(builder.get(1), Request[ContactEntityWithLinks])
    assert_type(builder.parse(builder.get(1), 200, headers, body), ContactEntityWithLinks)
    assert_type(builder.parse(builder.delete(1), 204, headers, body), None)
    people = RequestBuilder(type=Person, path="/api/v1/Person", id="person_id")
    assert_type(people.parse(people.put(Person(person_id=1)), 200, headers, body), Person)
    builder.get("1")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    RequestBuilder(type=int)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]


def calling() -> None:
    """Each method of a client gives the entity that the client is made for."""
    with ContactClient("https://crm.example") as client:
        assert_type(client, ContactClient[ContactEntityWithLinks])
        assert_type(client.get(1, select="name"), ContactEntityWithLinks)
        assert_type(client.put(client.get(1)), ContactEntityWithLinks)
        assert_type(client.update(1, lambda contact: evolve(contact, name="x")), ContactEntityWithLinks)
        assert_type(client.update(client.get(1), rename), ContactEntityWithLinks)
        client.update(1, lambda contact: 5)  # type: ignore[arg-type, return-value] # pyright: ignore[reportArgumentType]
        client.put(Person())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    people = ContactClient("https://crm.example", type=Person, path="/api/v1/Person", id="person_id")
    assert_type(people.create(Person()), Person)
    people.delete(Person(person_id=1))
    ContactClient("https://crm.example", timout=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def rename(contact: ContactEntityWithLinks) -> None:
    """A change in place."""
    contact.name = "x"


async def awaiting() -> None:
    """The async client gives the same, to await; its change may be a coroutine function."""
    async with AsyncContactClient("https://crm.example", type=Person) as client:
        assert_type(await client.get(1), Person)
        assert_type(await client.update(1, later), Person)
        assert_type(await client.update(1, lambda person: evolve(person, firstname="x")), Person)
        assert_type(merge(await client.get(1), Person(), Person()), Person)


async def later(person: Person) -> None:
    """A change that waits."""
    person.firstname = "x"
