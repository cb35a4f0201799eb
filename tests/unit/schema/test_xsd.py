"""XSDs, generated from plans and dialects."""

import enum
import functools
import re
import tempfile
from pathlib import Path

import attrs
import pytest
from lxml import etree

from contactwire import (
    UNSET,
    AddressType,
    Carrier,
    Category,
    CategoryGroup,
    ContactEntity,
    ContactEntityWithLinks,
    EntityElement,
    JsonPatch,
    Maybe,
    StructuredAddress,
    Timestamp,
    XmlCodec,
)
from contactwire.codecs.xml import DATACONTRACT, DIALECTS, SERVICES_NAMESPACE, Dialect
from contactwire.schema import generate, xsd, xsd_files
from contactwire.wire import plan_of

XS = "{http://www.w3.org/2001/XMLSchema}"


@functools.cache
def schema(type, dialect="plain"):
    """A validator by the schema of a carrier."""
    with tempfile.TemporaryDirectory() as folder:
        files = xsd_files(type, dialect)
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        return etree.XMLSchema(file=str(Path(folder, next(iter(files)))))


def is_valid(text, type=ContactEntity, dialect="plain"):
    """Whether a document is valid by the schema of a carrier."""
    return schema(type, dialect).validate(etree.fromstring(text))


FULL = ContactEntity(
    name="x",
    domains=["a", ""],
    emails=[EntityElement(value=None), EntityElement()],
    custom_fields={"a": "b", "c": None},
    category=Category(id=3, category_group=CategoryGroup.CUSTOMER),
    field_properties={},
)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("value", [FULL, [FULL, ContactEntity()]], ids=["one", "list"])
def test_a_contact_is_valid_in_each_dialect(value, dialect):
    """A contact, and a list of contacts, is valid by the schema of the dialect that it is written in."""
    schema(ContactEntity, dialect).assertValid(etree.fromstring(XmlCodec(dialect=dialect).encode(value)))


def test_another_dialects_document_is_not_valid():
    """A document in another dialect is not valid by a dialect's schema."""
    assert not is_valid(XmlCodec(dialect="services").encode(FULL))
    assert not is_valid(XmlCodec().encode(FULL), dialect="datacontract")


DOCUMENTS = [
    ("members in any order", "<Name>x</Name><ContactId>5</ContactId>", True),
    ("null", '<ContactId xsi:nil="true"/>', True),
    ("blanks around a number", "<ContactId> 5 </ContactId>", True),
    ("an unknown name of an enumeration", "<Category><CategoryGroup>Novel</CategoryGroup></Category>", True),
    ("an offset without a colon", "<UpdatedDate>2018-12-24T07:34:45-0500</UpdatedDate>", True),
    ("an empty carrier", "<Category/>", True),
    ("an integer out of range", "<ContactId>2147483648</ContactId>", False),
    ("no integer", "<ContactId/>", False),
    ("no boolean", "<Xstop>True</Xstop>", False),
    ("infinity", "<Address><Wgs84Latitude>INF</Wgs84Latitude></Address>", False),
    ("a date that is none", "<UpdatedDate>2022-02-29T00:00:00</UpdatedDate>", False),
    ("an eighth digit", "<UpdatedDate>2022-02-28T00:00:00.12345678</UpdatedDate>", False),
    ("a null in a list of carriers", '<Emails><EntityElement xsi:nil="true"/></Emails>', True),
    ("text where a list belongs", "<Emails>x</Emails>", False),
    ("an element that is not listed", "<Unknown/>", False),
]


@pytest.mark.parametrize(("content", "valid"), [case[1:] for case in DOCUMENTS], ids=[case[0] for case in DOCUMENTS])
def test_the_plain_schema_knows_what_is_valid(content, valid):
    """The plain schema takes what can be read, with the exceptions in its module's docstring."""
    nil = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    assert is_valid(f"<ContactEntity {nil}>{content}</ContactEntity>") is valid


def test_a_data_contract_has_one_order():
    """The schema of a data contract refuses a member out of order, which .NET would drop."""
    opening = f'<ContactEntity xmlns="{DATACONTRACT.namespace}">'
    assert is_valid(f"{opening}<ContactId>5</ContactId><Name>x</Name></ContactEntity>", dialect="datacontract")
    assert not is_valid(f"{opening}<Name>x</Name><ContactId>5</ContactId></ContactEntity>", dialect="datacontract")


def test_members_are_those_of_the_plan():
    """A carrier's type has the plan's properties, in wire order and spelling."""
    root = etree.fromstring(xsd(ContactEntityWithLinks).encode())
    members = root.find(f"{XS}complexType[@name='ContactEntityWithLinks']/{XS}all")
    assert [member.get("name") for member in members] == [field.name for field in plan_of(ContactEntityWithLinks).fields]


def test_texts_and_known_names_are_there():
    """Each member has its docstring in the schema, and each enumeration its known names."""
    root = etree.fromstring(xsd(StructuredAddress).encode())
    assert root.findtext(f".//{XS}element[@name='City']//{XS}documentation") == "City or town."
    known = [value.get("value") for value in root.iterfind(f"{XS}simpleType[@name='AddressType']//{XS}enumeration")]
    assert known == [str(member) for member in AddressType]


def test_a_second_namespace_is_a_second_document():
    """Items in a second namespace of a data contract have a document of their own, which names the namespace."""
    assert list(xsd_files(ContactEntity)) == ["ContactEntity.plain.xsd"]
    files = xsd_files(list[ContactEntity], "datacontract")
    assert list(files) == ["ContactEntity.datacontract.xsd", "ContactEntity.datacontract-arrays.xsd"]
    assert 'schemaLocation="ContactEntity.datacontract-arrays.xsd"' in xsd(ContactEntity, "datacontract")


@pytest.mark.parametrize("name", ["Überschrift", "a b", "a/b", "a#b?c=%41", "..", "\U0001f642"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_documents_find_each_other(name, dialect):
    """File names are ASCII without separators, whatever the carrier's name is, so that each document finds the others."""

    class Odd(Carrier, name=name):
        numbers: Maybe[list[int]] = UNSET

    assert all(re.fullmatch(r"[\w.-]+\.xsd", file, re.ASCII) for file in xsd_files(Odd, dialect))
    assert generate("xsd", Odd, dialect) == xsd(Odd, dialect)
    assert is_valid(XmlCodec(dialect=dialect).encode(Odd(numbers=[1])), Odd, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_lists_in_lists_of_scalars_are_in_the_schema(dialect):
    """A list in a list of scalars is in the schema by the name that the dialect gives it."""

    class Case(Carrier):
        texts: Maybe[list[list[str]]] = UNSET
        dates: Maybe[list[list[list[Timestamp]]]] = UNSET

    case = Case(texts=[["a"], []], dates=[[[Timestamp.parse("2020-01-02T03:04:05")]]])
    schema(Case, dialect).assertValid(etree.fromstring(XmlCodec(dialect=dialect).encode(case)))


def test_each_namespace_has_a_document():
    """A dialect with several namespaces has a document for each, named after the last word of the namespace."""
    names = [name.removeprefix("ContactEntityWithLinks.webapi") for name in xsd_files(ContactEntityWithLinks, "webapi")]
    assert names == [".xsd", "-contactcarriers.xsd", "-arrays.xsd", "-security.xsd"]


OWN = [
    ("another namespace", attrs.evolve(DATACONTRACT, namespace=SERVICES_NAMESPACE)),
    ("items alone", Dialect(name="own", arrays_namespace="urn:arrays", order="declaration", pair="E", scalar_pair="e")),
    ("one for both", Dialect(name="own", namespace="urn:own", arrays_namespace="urn:own")),
    ("a base alone, in wire order", Dialect(name="own", namespaces={"RightsCarrier": "urn:base"})),
    ("a carrier alone", Dialect(name="own", namespace="urn:own", namespaces={"ContactEntity": "urn:1/2"})),
    (
        "namespaces that end alike",
        Dialect(name="own", order="declaration", namespaces={"Category": "urn:a:tns", "EntityElement": "urn:b:tns"}),
    ),
]


@pytest.mark.parametrize("dialect", [case[1] for case in OWN], ids=[case[0] for case in OWN])
def test_a_dialect_may_be_a_users_own(dialect):
    """A user's dialect has a schema, whether it is new or evolved from another."""
    schema(ContactEntity, dialect).assertValid(etree.fromstring(XmlCodec(dialect=dialect).encode(FULL)))


@pytest.mark.parametrize("type", [JsonPatch, list[str], str])
def test_what_is_no_carrier_has_no_schema(type):
    """The schema of a type that is no carrier and no list of one is a TypeError."""
    with pytest.raises(TypeError):
        xsd(type)


@pytest.mark.parametrize("wrong", ["soap", "", None, 5, ["plain"]], ids=repr)
def test_an_unknown_dialect_is_named(wrong):
    """An unknown dialect, and what is none, is a ValueError that lists the known ones."""
    with pytest.raises(ValueError, match=re.escape(f"plain, datacontract, services, webapi or a Dialect, not {wrong!r}")):
        xsd(ContactEntity, wrong)


class Level(enum.Enum):
    """A closed enumeration."""

    LOW = "Low"
    HIGH = "High"


class Gauge(Carrier):
    """A carrier with a closed enumeration."""

    level: Maybe[Level] = UNSET


def test_a_closed_enumeration_has_its_members_only():
    """The schema of a closed enumeration takes its members only."""
    assert is_valid("<Gauge><Level>Low</Level></Gauge>", Gauge)
    assert not is_valid("<Gauge><Level>Middle</Level></Gauge>", Gauge)
