"""Typed use of the library, read by mypy and pyright and never run: each ignored line must be an error to both."""

import asyncio
import enum
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from gzip import GzipFile
from typing import Annotated, Any, BinaryIO, assert_type

from fastapi import Request as FastAPIRequest
from hypothesis.strategies import SearchStrategy
from msgspec import UnsetType
from sqlalchemy import Column, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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
    Selection,
    Timestamp,
    XmlCodec,
    decode,
    diff,
    encode,
    evolve,
    fields,
    from_builtins,
    get,
    localize,
    value_or,
)
from contactwire.client import AsyncContactClient, ContactClient, merge
from contactwire.http import ContactEndpoint, Request, RequestBuilder
from contactwire.plugins.bodies import read_body, write_body
from contactwire.plugins.django import answer_faults
from contactwire.plugins.fastapi import decoded
from contactwire.plugins.sqlalchemy import CarrierBytes
from contactwire.roundtrip import replay_folder
from contactwire.schema import json_schema, openapi, xsd
from contactwire.testing import (
    almost_right,
    assert_round_trip,
    bodies,
    changes,
    json_patches,
    merge_patches,
    register_carrier,
    selections,
)
from contactwire.testing import (
    carriers as strategy_for,
)


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


@answer_faults
def view(request: object, number: int) -> str:
    """A view of Django's."""
    return f"{request} {number}"


@answer_faults
async def async_view(request: object) -> str:
    """An async view of Django's."""
    return f"{request}"


async def views(request: object) -> None:
    """A view keeps its arguments and its result."""
    assert_type(view(request, 1), str)
    assert_type(await async_view(request), str)
    view(request)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    answer_faults(5)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]


def dependencies() -> None:
    """A dependency of FastAPI's gives what it is asked to read."""
    assert_type(decoded(Note), Callable[[FastAPIRequest], Awaitable[Note]])
    assert_type(decoded(list[Note]), Callable[[FastAPIRequest], Awaitable[list[Note]]])
    assert_type(decoded(MergePatch), Callable[[FastAPIRequest], Awaitable[MergePatch]])
    decoded(int)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]


class Texts(CarrierBytes[Note]):
    """A type of a column of one's own, with another kind of column in the database."""

    impl = Text
    cache_ok = True


class Table(DeclarativeBase):
    """The base of mapped classes."""


class Row(Table):
    """A row with a carrier, and perhaps another one."""

    __tablename__ = "notes"

    note: Mapped[Note] = mapped_column(CarrierBytes(Note), primary_key=True)
    other: Mapped[Note | None] = mapped_column(CarrierBytes(Note))


def columns(row: Row) -> None:
    """A column knows the class of its carriers without an annotation, with or without a name."""
    column = Column(CarrierBytes(Note))
    assert_type(column, Column[Note])
    assert_type(Column("note", CarrierBytes(Note), nullable=False), Column[Note])
    assert_type(Column(Texts(Note)), Column[Note])
    assert_type(row.note, Note)
    assert_type(row.other, Note | None)
    CarrierBytes(int)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]


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


def classes() -> None:
    """A carrier class, or a list of carriers, is wanted wherever properties are listed, selected or described."""
    ContactEndpoint(type=Person, id="person_id")
    ContactEndpoint(type=int)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    openapi(type=Note)
    openapi(type=Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    xsd(list[Note], "services")
    xsd(JsonPatch)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    json_schema(JsonPatch, "rfc")
    json_schema(list[Note])
    json_schema(Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    fields(list[Note])
    fields(Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Selection.parse("text", list[Note])
    Selection.parse("text", Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    replay_folder("recorded", {}, type=Note)
    replay_folder("recorded", {}, type=Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def strategies() -> None:
    """A strategy takes a carrier class, and that for carriers gives such carriers."""
    assert_type(strategy_for(Note), SearchStrategy[Note])
    assert_type(register_carrier(Note), type[Note])
    assert_type(bodies(Note, XmlCodec()), SearchStrategy[bytes])
    assert_type(merge_patches(Note, dialect="rfc"), SearchStrategy[MergePatch])
    strategy_for(Colour)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
    register_carrier(Colour)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
    bodies(Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    almost_right(Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    json_patches(Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    merge_patches(Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    selections(Colour)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def documents(contact: ContactEntity, patch: MergePatch) -> None:
    """A document is a carrier, a list or builtins, and what may be absent is none."""
    assert_type(patch.apply(contact), ContactEntity)
    assert_type(patch.apply([contact]), list[ContactEntity])
    assert_type(diff(contact, {"Name": "x"}), JsonPatch)
    assert_type(MergePatch.between([contact], []), MergePatch)
    assert_type(localize([contact], "en"), list[ContactEntity])
    assert_type(Selection.parse("name").apply(contact), ContactEntity)
    assert_round_trip(contact, "xml-plain")
    assert_round_trip(b"[]", type=list[Note])
    changes(contact, patch)
    patch.apply(contact.category)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
    diff(contact.category, {})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    MergePatch.between({}, contact.name)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    localize(5, "en")  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
    Selection.parse("name").apply("x")  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
    assert_round_trip(5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    changes(b"{}", contact)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


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
