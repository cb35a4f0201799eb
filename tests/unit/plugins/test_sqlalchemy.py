"""Columns of carriers, in a database in memory."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, registry

from contactwire import ContactEntity, ContactEntityWithLinks, EncodeError, Person, ValidationError, decode, encode
from contactwire.plugins.sqlalchemy import CarrierBytes

TABLE = Table("contact", MetaData(), Column("id", Integer, primary_key=True), Column("contact", CarrierBytes(ContactEntity)))


@pytest.fixture
def connection():
    """A connection to an empty table."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        TABLE.create(connection)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("body", [b"{}", b'{"Name":null,"UpdatedDate":"2003-10-01T14:34:01.7525885+0200","Unknown":4.50}'])
def test_a_carrier_comes_back_as_it_was(connection, body):
    """A column gives back the carrier that was stored, with ticks, nulls and unknown members."""
    connection.execute(insert(TABLE).values(contact=decode(body)))
    assert connection.execute(select(TABLE.c.contact)).scalar_one() == decode(body)


def test_a_carrier_larger_than_a_body_may_be_comes_back(connection):
    """A carrier that is beyond the limits of a body is read again where it could be stored."""
    contact = ContactEntity(name="x" * 2**24, extras={"Odd": [[]] * 200_000})
    connection.execute(insert(TABLE).values(contact=contact))
    assert connection.execute(select(TABLE.c.contact)).scalar_one() == contact


def test_no_carrier_comes_back(connection):
    """None is stored as NULL."""
    connection.execute(insert(TABLE).values(contact=None))
    assert connection.execute(select(TABLE.c.contact)).scalar_one() is None


class Row:
    """A row of the table."""


registry().map_imperatively(Row, TABLE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"UpdatedDate":"2020-01-01T00:00:00Z"}', b'{"UpdatedDate":"2020-01-01T01:00:00+01:00"}'),
        (b'{"Unknown":1}', b'{"Unknown":1.0}'),
    ],
)
def test_an_equal_carrier_in_another_spelling_is_stored(connection, before, after):
    """Of a carrier that is assigned, what comes back has its own spelling, so that its entity tag stays the same."""
    connection.execute(insert(TABLE).values(contact=decode(before)))
    with Session(connection) as session:
        row = session.scalars(select(Row)).one()
        assert decode(after) == row.contact
        row.contact = decode(after)
        session.flush()
    assert encode(connection.execute(select(TABLE.c.contact)).scalar_one()) == after


def test_what_cannot_be_written_is_not_stored(connection):
    """A value that the wire cannot hold raises SQLAlchemy's error, in which that of `encode` is."""
    with pytest.raises(StatementError, match="/ContactId") as caught:
        connection.execute(insert(TABLE).values(contact=ContactEntity(contact_id="x")))
    assert isinstance(caught.value.orig, EncodeError)


@pytest.mark.parametrize("value", [Person(), [ContactEntity()], b"{}"])
def test_what_would_not_come_back_is_not_stored(connection, value):
    """A carrier of another class, and what is no carrier, is refused, since it could not be read as what it was."""
    with pytest.raises(StatementError, match="a column of ContactEntity takes no") as caught:
        connection.execute(insert(TABLE).values(contact=value))
    assert isinstance(caught.value.orig, TypeError)


@pytest.mark.parametrize(("of", "cls"), [(ContactEntity, ContactEntityWithLinks), (ContactEntityWithLinks, ContactEntity)])
def test_a_carrier_of_a_related_class_is_stored(of, cls):
    """A column takes a carrier of a class that its own derives from, and of one that derives from its own."""
    column = CarrierBytes(of)
    assert column.process_result_value(column.process_bind_param(cls(name="x"), None), None) == of(name="x")


class Shop(ContactEntity):
    """A contact with a property that must be there."""

    tier: str


def test_what_could_not_be_read_is_not_stored(connection):
    """A carrier of a base of the column's class that lacks what the class requires is refused when it is stored."""
    shops = Table("shop", MetaData(), Column("contact", CarrierBytes(Shop)))
    shops.create(connection)
    with pytest.raises(StatementError, match="/Tier: the property is missing") as caught:
        connection.execute(insert(shops).values(contact=ContactEntity(name="x")))
    assert isinstance(caught.value.orig, ValidationError)
    connection.execute(insert(shops).values(contact=ContactEntity(name="x", extras={"Tier": "gold"})))
    assert connection.execute(select(shops.c.contact)).scalars().all() == [Shop(name="x", tier="gold")]
