"""Contacts in PostgreSQL by SQLAlchemy: the recipes of the guide with a real server."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, Table, Text, create_engine, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from contactwire import ContactEntityWithLinks, asgi, decode, encode, golden, wsgi
from contactwire.plugins.sqlalchemy import CarrierBytes
from tests.integration.test_frameworks_recipes import RECIPES

PATCHES = 24
BODY = b'{"ContactId":1,"Name":"Elan","DbiLastModified":"2003-10-01T14:34:01.7525885Z","Domains":[],"Odd":[1E400,1.50,-0]}'


def recipe(place, *names):
    """The names that recipes define, one below the other, with another URL."""
    namespace = {"__name__": names[0]}
    for name in names:
        assert "postgresql+psycopg:///crm" in RECIPES[name]
        code = RECIPES[name].replace("postgresql+psycopg:///crm", f"postgresql+psycopg://{place}")
        exec(compile(code, name, "exec"), namespace)
    return namespace


@pytest.fixture
def engine(postgresql):
    """Connections to the server, whose tables are dropped afterwards."""
    engine = create_engine(f"postgresql+psycopg://{postgresql}")
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    engine.dispose()


@pytest.fixture
def stored(engine):
    """A function that creates the table of a recipe, with one contact."""

    def store(made):
        made["contacts"].metadata.create_all(engine)
        with engine.begin() as connection:
            contact = decode(BODY, type=ContactEntityWithLinks)
            connection.execute(insert(made["contacts"]).values(id=1, contact=contact))
        return made

    return store


def addition(number):
    """The request that adds one domain."""
    patch = [{"op": "add", "path": "Domains/-", "value": f"d{number}"}]
    return {"content": json.dumps(patch), "headers": {"Content-Type": "application/json-patch+json"}}


def check(answers, found):
    """Assert that each change was made, on all of what was stored."""
    assert [answer.status_code for answer in answers] == [200] * PATCHES
    contact = decode(found.content, type=ContactEntityWithLinks)
    assert sorted(contact.domains) == sorted(f"d{number}" for number in range(PATCHES))
    assert b'"Odd":[1E400,1.50,-0]' in found.content
    assert str(contact.dbi_last_modified) == "2003-10-01T14:34:01.7525885Z"


def test_changes_in_parallel_lose_nothing(postgresql, stored):
    """Of changes in parallel threads, each finds what the one before has stored."""
    made = stored(recipe(postgresql, "sqlalchemy"))
    app = wsgi.ContactApplication(made["load"], update=made["update"])
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://crm") as client:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: client.patch("/api/v1/Contact/1", **addition(number)), range(PATCHES)))
        check(answers, client.get("/api/v1/Contact/1"))
    made["engine"].dispose()


def test_changes_in_parallel_lose_nothing_under_asgi(postgresql, stored):
    """Of changes in parallel tasks, each finds what the one before has stored."""
    made = stored(recipe(postgresql, "sqlalchemy", "sqlalchemy async"))
    app = asgi.ContactApplication(made["load"], update=made["update"])

    async def race():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://crm") as client:
            answers = await asyncio.gather(
                *[client.patch("/api/v1/Contact/1", **addition(number)) for number in range(PATCHES)]
            )
            check(answers, await client.get("/api/v1/Contact/1"))
        await made["engine"].dispose()

    asyncio.run(race())


def test_what_is_refused_is_not_stored(postgresql, stored):
    """A change with an old tag gets 412, one of no contact 404, and neither stores anything."""
    made = stored(recipe(postgresql, "sqlalchemy"))
    app = wsgi.ContactApplication(made["load"], update=made["update"])
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://crm") as client:
        before = client.get("/api/v1/Contact/1")
        assert client.patch("/api/v1/Contact/2", json={"Name": "x"}).status_code == 404
        refused = client.patch("/api/v1/Contact/1", json={"Name": "x"}, headers={"If-Match": '"old"'})
        assert refused.status_code == 412
        assert client.patch("/api/v1/Contact/1", json={"Name": []}).status_code == 400
        after = client.get("/api/v1/Contact/1")
    assert (
        (after.content, after.headers["ETag"]) == (before.content, before.headers["ETag"]) == (BODY, after.headers["ETag"])
    )
    made["engine"].dispose()


@pytest.mark.parametrize("name", golden.ALL)
def test_a_column_keeps_all(name, engine):
    """What `CarrierBytes` stores comes back byte for byte, in a mapped class."""

    class Base(DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "row"
        id: Mapped[int] = mapped_column(primary_key=True)
        contact: Mapped[ContactEntityWithLinks | None] = mapped_column(CarrierBytes(ContactEntityWithLinks))

    Base.metadata.create_all(engine)
    contact = decode(golden.ALL[name], type=ContactEntityWithLinks)
    with Session(engine) as session, session.begin():
        session.add_all([Row(id=1, contact=contact), Row(id=2, contact=None)])
    with Session(engine) as session:
        assert encode(session.get_one(Row, 1).contact) == encode(contact)
        assert session.get_one(Row, 2).contact is None


ODD = '{"B": 1E2, "A": 1.50, "A": -0}'


@pytest.mark.parametrize(
    ("type", "kept"), [(Text, ODD), (JSON, ODD), (JSONB, '{"A": 0, "B": 100}')], ids=["text", "json", "jsonb"]
)
def test_what_postgresql_keeps_of_json(type, kept, engine):
    """A column of jsonb spells numbers in its own way, sorts members and keeps the last of two; others keep the text."""
    table = Table("odd", MetaData(), Column("id", Integer, primary_key=True), Column("body", type))
    table.metadata.create_all(engine)
    with engine.begin() as connection:
        cast = {"JSONB": "jsonb", "JSON": "json", "Text": "text"}[type.__name__]
        connection.execute(text(f"INSERT INTO odd (id, body) VALUES (1, CAST(:body AS {cast}))"), {"body": ODD})
        assert connection.scalar(text("SELECT CAST(body AS text) FROM odd")) == kept


def test_jsonb_has_no_null_character(engine):
    """A body that other columns keep is refused by jsonb."""
    with engine.connect() as connection, pytest.raises(DataError, match="u0000"):
        connection.execute(text("SELECT CAST(:body AS jsonb)"), {"body": '{"Name": "\\u0000"}'})


def test_the_hosts_functions_are_those_of_the_recipe(postgresql):
    """A contact that nobody has stored is None, for a reader and for a change."""
    made = recipe(postgresql, "sqlalchemy")
    made["contacts"].metadata.create_all(made["engine"])
    assert made["load"](5) is None
    with pytest.raises(LookupError):
        made["update"](5, {}.__getitem__)
    with made["engine"].connect() as connection:
        assert connection.scalar(select(made["kept"])) is None
    made["contacts"].metadata.drop_all(made["engine"])
    made["engine"].dispose()
