"""XML dialects: the namespace of each element, and how nulls are written."""

import pickle
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import attrs
import pytest
from lxml import etree

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    FieldProperty,
    FieldRight,
    FlagsKind,
    Int32,
    LocalizedField,
    Maybe,
    TableRight,
    Timestamp,
    XmlCodec,
    to_builtins,
)
from contactwire.carriers import Address, Associate
from contactwire.codecs.xml import DATACONTRACT, DIALECTS, PLAIN, SERVICES, WEBAPI, Dialect

CONTRACT = "http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"
SECURITY = "http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Security"
LINKS = "http://schemas.datacontract.org/2004/07/SuperOffice.WebApi.v1.Carriers.ContactCarriers"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
SOAP = "http://www.superoffice.net/ws/crm/NetServer/Services88"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

CONTACT = ContactEntityWithLinks(
    name="n",
    associate=Associate(name="a", table_right=TableRight(mask="FULL")),
    domains=["d"],
    address=Address(localized_address=[[LocalizedField(name="l")]]),
    custom_fields={"k": "v"},
    field_properties={"p": FieldProperty(field_right=FieldRight(mask="Read"))},
    links={"Self": "u"},
)

ELEMENTS = [
    ("", {"datacontract": CONTRACT, "services": SOAP, "webapi": LINKS}),
    ("Name", {"datacontract": CONTRACT, "services": SOAP, "webapi": CONTRACT}),
    ("Associate", {"datacontract": CONTRACT, "services": SOAP, "webapi": CONTRACT}),
    ("Associate/TableRight", {"datacontract": CONTRACT, "services": SOAP, "webapi": CONTRACT}),
    ("Associate/TableRight/Mask", {"datacontract": CONTRACT, "services": SOAP, "webapi": SECURITY}),
    ("Domains", {"datacontract": CONTRACT, "services": SOAP, "webapi": CONTRACT}),
    ("Domains/string", {"datacontract": ARRAYS, "services": ARRAYS, "webapi": ARRAYS}),
    ("Address/LocalizedAddress/*", {"datacontract": CONTRACT, "services": SOAP, "webapi": CONTRACT}),
    ("Address/LocalizedAddress/*/*", {"datacontract": CONTRACT, "services": SOAP, "webapi": CONTRACT}),
    ("CustomFields/*", {"datacontract": ARRAYS, "services": SOAP, "webapi": ARRAYS}),
    ("CustomFields/*/Key", {"datacontract": ARRAYS, "services": SOAP, "webapi": ARRAYS}),
    ("CustomFields/*/Value", {"datacontract": ARRAYS, "services": SOAP, "webapi": ARRAYS}),
    ("FieldProperties", {"datacontract": CONTRACT, "services": SOAP, "webapi": CONTRACT}),
    ("FieldProperties/*/Value", {"datacontract": ARRAYS, "services": SOAP, "webapi": ARRAYS}),
    ("FieldProperties/*/Value/FieldRight", {"datacontract": CONTRACT, "services": SOAP, "webapi": SECURITY}),
    ("FieldProperties/*/Value/FieldRight/Mask", {"datacontract": CONTRACT, "services": SOAP, "webapi": SECURITY}),
    ("_Links", {"datacontract": CONTRACT, "services": SOAP, "webapi": LINKS}),
    ("_Links/*/Key", {"datacontract": ARRAYS, "services": SOAP, "webapi": ARRAYS}),
]


@pytest.mark.parametrize(("path", "namespaces"), ELEMENTS, ids=[path or "the root" for path, _ in ELEMENTS])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_element_stands_in_its_namespace(dialect, path, namespaces):
    """A property's element is in the namespace of the carrier that declares it, and its content in that of its own type."""
    root = etree.fromstring(XmlCodec(dialect=dialect).encode(CONTACT))
    steps = [step if step == "*" else f"{{*}}{step}" for step in path.split("/") if step]
    (element,) = root.findall("/".join(steps)) if steps else [root]
    assert etree.QName(element).namespace == namespaces.get(dialect)


ENTRIES = [
    (DATACONTRACT, "KeyValueOfstringFieldProperty8T62A55H"),
    (WEBAPI, "KeyValueOfstringFieldPropertyeQG1tomi"),
    (SERVICES, "FieldPropertyDictionaryKeyValuePair"),
]


@pytest.mark.parametrize(("dialect", "name"), ENTRIES, ids=[dialect.name for dialect, _ in ENTRIES])
def test_the_name_of_an_entry_tells_the_namespace_of_its_values(dialect, name):
    """An entry's name ends in the digest that .NET's `DataContractSerializer` writes for the namespace of its values."""
    root = etree.fromstring(XmlCodec(dialect=dialect).encode(CONTACT))
    assert etree.QName(root.find("{*}FieldProperties/*")).localname == name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_dialect_writes_is_read(dialect):
    """A contact, a list of contacts and a stream in a dialect are read, with the writer's prefixes."""
    codec, contacts = XmlCodec(dialect=dialect), [CONTACT, CONTACT]
    assert XmlCodec().decode(codec.encode(CONTACT), ContactEntityWithLinks) == CONTACT
    assert XmlCodec().decode(codec.encode(contacts), list[ContactEntityWithLinks]) == contacts
    assert list(XmlCodec().iter_decode(codec.iter_encode(contacts), ContactEntityWithLinks)) == contacts


def test_any_namespace_is_read():
    """An element is read by its local name, in any namespace."""
    body = f'<x:ContactEntity xmlns:x="urn:x"><Name xmlns="urn:y">a</Name><x:Domains xmlns="{ARRAYS}"><string>d</string>'
    assert XmlCodec().decode(f"{body}</x:Domains></x:ContactEntity>") == ContactEntity(name="a", domains=["d"])


class Size(StrEnum):
    """An enumeration."""

    BIG = "Big"


T = TypeVar("T")


class Box(Carrier, Generic[T]):
    """A generic base."""

    content: Maybe[T] = UNSET


class Crate(Box[str]):
    """A carrier whose base class is in another namespace."""

    sizes: Maybe[list[Size]] = UNSET
    counts: Maybe[list[int]] = UNSET
    lists: Maybe[list[list[int]]] = UNSET
    by_name: Maybe[dict[str, Size]] = UNSET


CRATE = Crate(content="c", sizes=[Size.BIG], counts=[1], lists=[[2]], by_name={"k": Size.BIG}, extras={"Odd": "o"})


def test_any_carrier_and_enumeration_may_have_a_namespace():
    """A user's dialect has namespaces for carriers, generic bases and enumerations, and the default for unknown members."""
    own = attrs.evolve(
        WEBAPI, pair="E", scalar_pair="e", namespaces={"Crate": "urn:c", "Size": "urn:s", "Box": "urn:b"}, namespace="urn:d"
    )
    body = XmlCodec(dialect=own).encode(CRATE)
    assert [element.tag.replace(ARRAYS, "urn:a") for element in etree.fromstring(body).iter()] == [
        *("{urn:c}Crate", "{urn:b}Content", "{urn:c}ByName", "{urn:a}e", "{urn:a}Key", "{urn:a}Value"),
        *("{urn:c}Counts", "{urn:a}long", "{urn:c}Lists", "{urn:a}ArrayOflong", "{urn:a}long"),
        *("{urn:c}Sizes", "{urn:s}Size", "{urn:d}Odd"),
    ]
    assert XmlCodec().decode(body, Crate) == CRATE


ITEMS = {
    "string": (str, "a"),
    "boolean": (bool, True),
    "int": (Int32, 5),
    "long": (int, 5),
    "double": (float, 1.5),
    "decimal": (Decimal, Decimal("1.5")),
    "dateTime": (datetime, Timestamp.parse("2020-01-02T03:04:05")),
    "date": (date, date(2020, 1, 2)),
    "guid": (UUID, UUID(int=5)),
    "Size": (Size, Size.BIG),
    "Crate": (Crate, Crate(content="c")),
    "ArrayOflong": (list[int], [5]),
}
FLAGS = Annotated[str | int, FlagsKind({"In": 1})]


@pytest.mark.parametrize(("name", "type", "value"), [*((name, *of) for name, of in ITEMS.items()), ("string", FLAGS, "In")])
def test_an_item_is_named_after_its_type(name, type, value):
    """The element of a list's item has the name that .NET gives its type."""

    class Case(Carrier):
        items: Maybe[list[type]] = UNSET

    body = XmlCodec(dialect="datacontract").encode(Case(items=[value]))
    assert etree.QName(etree.fromstring(body)[0][0]).localname == name
    assert XmlCodec().decode(body, Case) == Case(items=[value])


class No(Carrier, name="no"):
    """A carrier with a name of two letters."""


ARRAYS_OF = {
    "string": (str, "a", "String"),
    "int": (Int32, 5, "Int"),
    "dateTime": (datetime, Timestamp.parse("2020-01-02T03:04:05"), "DateTime"),
    "Crate": (Crate, Crate(content="c"), "Crate"),
    "no": (No, No(), "NO"),
    "ArrayOf": (list[bool], [True], "ArrayOfBoolean"),
}


@pytest.mark.parametrize(("name", "type", "value", "capital"), [(name, *of) for name, of in ARRAYS_OF.items()])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_list_in_a_list_is_named_as_its_reader_names_it(dialect, name, type, value, capital):
    """A list in a list has its items' name behind `ArrayOf`, with a capital for `XmlSerializer`, which skips others."""

    class Case(Carrier):
        items: Maybe[list[list[type]]] = UNSET

    name = name.replace("ArrayOf", "ArrayOfboolean")
    body = XmlCodec(dialect=dialect).encode(Case(items=[[value]]))
    assert etree.QName(etree.fromstring(body)[0][0]).localname == f"ArrayOf{capital if dialect == 'plain' else name}"
    assert XmlCodec().decode(body, Case) == Case(items=[[value]])


@pytest.mark.parametrize(
    ("dialect", "root"), [("plain", "ArrayOfNO"), ("datacontract", "ArrayOfno"), ("services", "ArrayOfno")]
)
def test_the_root_of_a_list_is_named_as_a_list_in_a_list(dialect, root):
    """The root of a list, also of one that is written item by item, is named as its reader in .NET names it."""
    codec = XmlCodec(dialect=dialect)
    for body in (codec.encode([No(), No()]), b"".join(codec.iter_encode([No(), No()]))):
        assert etree.QName(etree.fromstring(body)).localname == root
        assert codec.decode(body, list[No]) == list(codec.iter_decode(body, No)) == [No(), No()]


class Link(Carrier):
    """A small carrier that holds itself."""

    rank: Maybe[Int32] = UNSET
    link: Maybe["Link"] = UNSET


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_small_carrier_may_hold_itself(dialect):
    """A carrier whose properties are a value and the carrier itself is written to any depth."""
    link = Link(rank=1, link=Link(link=Link(rank=3, link=Link(link=None))))
    codec = XmlCodec(dialect=dialect)
    assert codec.decode(codec.encode(link), Link) == link


def test_heirs_of_a_generic_carrier_are_read_in_sequences():
    """A list and a stream of a carrier with a generic base are read, as is one with an heir that is not complete yet."""

    class Unfinished(Crate):
        later: "Maybe[NeverDefined]" = UNSET  # noqa: F821 - what it is about

    codec = XmlCodec()
    assert codec.decode(codec.encode([CRATE]), list[Crate]) == [CRATE]
    assert list(codec.iter_decode(codec.iter_encode([CRATE, CRATE]), Crate)) == [CRATE, CRATE]
    assert codec.decode("<Unfinished><Content>c</Content></Unfinished>", Crate) == Crate(content="c")


class Measure(Carrier, name="Maß"):
    """A carrier whose name has a letter that is not ASCII."""

    size: Maybe[int] = UNSET


def test_a_carriers_name_may_have_any_letters():
    """Lists, lists of lists and streams of a carrier are read whose name is not ASCII."""
    codec, sizes = XmlCodec(), [Measure(size=1), Measure()]
    assert codec.decode(codec.encode(sizes), list[Measure]) == sizes
    assert codec.decode(codec.encode([sizes]), list[list[Measure]]) == [sizes]
    assert list(codec.iter_decode(codec.iter_encode(sizes), Measure)) == sizes
    assert codec.holds_list(codec.encode(sizes))


NAMESPACES = [
    ("none but one carrier's", Dialect(name="own", namespaces={"Crate": "urn:c"})),
    ("the same for all", Dialect(name="own", namespace="urn:d", namespaces={"Crate": "urn:d"}, arrays_namespace="urn:d")),
    ("the same for a carrier and items", Dialect(name="own", namespaces={"Crate": "urn:a"}, arrays_namespace="urn:a")),
    ("one for entries alone", Dialect(name="own", namespace="urn:d", pair_namespace="urn:p")),
    ("a prefix that is taken", Dialect(name="own", namespaces={"Crate": "urn:c"}, xsi_prefix="n1", arrays_prefix="n2")),
]


@pytest.mark.parametrize("dialect", [case[1] for case in NAMESPACES], ids=[case[0] for case in NAMESPACES])
def test_namespaces_may_coincide(dialect):
    """A namespace that occurs twice has one prefix, whatever prefixes are chosen, and the document is read."""
    body = XmlCodec(dialect=dialect).encode(CRATE)
    declared = etree.fromstring(body).nsmap
    assert len(set(declared.values())) == len(declared)
    assert XmlCodec().decode(body, Crate) == CRATE


def test_a_dialect_is_a_value():
    """Dialects are equal whatever the order of their namespaces, and do not change with the mapping they were made from."""
    namespaces = {"a": "urn:a", "b": "urn:b"}
    first, second = (Dialect(name="own", namespaces=each) for each in (namespaces, {"b": "urn:b", "a": "urn:a"}))
    namespaces["a"] = "urn:c"
    assert first == second == pickle.loads(pickle.dumps(first))
    assert len({first, second}) == 1


@pytest.mark.parametrize("options", [{"namespaces": {"a": ""}}, {"nulls": "skip"}, {"order": "random"}], ids=str)
def test_a_dialect_that_cannot_be_is_refused(options):
    """An empty namespace or an unknown option is a ValueError when the dialect is defined."""
    with pytest.raises(ValueError, match=r"namespace|nulls|order"):
        Dialect(name="own", **options)


UNWRITABLE = [
    {"namespace": "urn:a b"},
    {"namespace": "urn:x\n"},
    {"namespace": "\x00"},
    {"namespace": "\ud800"},
    {"namespaces": {"Crate": '<&">'}},
    {"pair_namespace": "http://www.w3.org/2000/xmlns/"},
    {"arrays_namespace": ""},
    {"arrays_namespace": "http://www.w3.org/2001/XMLSchema-instance"},
    {"arrays_namespace": "urn:a", "arrays_prefix": "xsi"},
    {"arrays_namespace": "urn:a", "arrays_prefix": "1"},
    {"xsi_prefix": ""},
    {"pair": "a b"},
    {"pair": "{digest}"},
    {"scalar_pair": "{kind}"},
    {"scalar_pair": "{0}"},
    {"scalar_pair": "{"},
    {"pair": "a/><b"},
    {"scalar_pair": "a b='c'"},
    {"arrays_namespace": "urn:a", "arrays_prefix": 'd="e" p'},
    {"namespace": "urn:" + "a" * 253},
]


@pytest.mark.parametrize("options", UNWRITABLE, ids=str)
def test_a_dialect_that_no_document_can_have_is_refused(options):
    """A codec for a dialect whose names no document can have is a ValueError, since nobody could read what it writes."""
    with pytest.raises(ValueError, match="no document can have the names of the dialect 'own': "):
        XmlCodec(dialect=Dialect(name="own", **options))


def test_a_namespace_that_no_document_can_have_is_refused():
    """So is a codec with such a namespace of its own, whatever its dialect."""
    with pytest.raises(ValueError, match=r"the dialect 'services': .* is not a valid URI"):
        XmlCodec(dialect="services", namespace="Super Office")


class Holder(Carrier):
    """A carrier that can hold nulls of every sort."""

    maybe: Maybe[str] = UNSET
    nested: Maybe[ContactEntity] = UNSET
    items: Maybe[list[str | None]] = UNSET
    values: Maybe[dict[str, str | None]] = UNSET


OMITTING = XmlCodec(dialect=attrs.evolve(PLAIN, nulls="omit"))
NULLS = [
    ("a property", Holder(maybe=None), "", {}),
    ("a carrier", Holder(nested=None), "", {}),
    ("a property in a carrier", Holder(nested=ContactEntity(name=None)), "<Nested></Nested>", {"Nested": {}}),
    ("an item", Holder(items=[None]), '<Items><string xsi:nil="true"/></Items>', {"Items": [None]}),
    ("a value", Holder(values={"k": None}), "<Values><Pair><Key>k</Key></Pair></Values>", {"Values": {"k": None}}),
    ("an unknown member", Holder(extras={"A": None}), "", {}),
    ("unknown items", Holder(extras={"A": [None, ""]}), '<A xsi:nil="true"/><A></A>', {"A": [None, ""]}),
    (
        "an unknown null with attributes",
        Holder(extras={"A": {"@b": "c", "#text": None}}),
        '<A b="c"></A>',
        {"A": {"@b": "c"}},
    ),
    (
        "a member of an unknown object",
        Holder(extras={"A": {"B": None}}),
        '<A xmlns:j="urn:contactwire:json" j:type="object"></A>',
        {"A": {}},
    ),
]


@pytest.mark.parametrize(("value", "written", "read"), [case[1:] for case in NULLS], ids=[case[0] for case in NULLS])
def test_nulls_may_be_left_out(value, written, read):
    """With `nulls="omit"` null has no element, except that an item of a list keeps its place."""
    body = OMITTING.encode(value).decode()
    assert body == f"<Holder {XSI}>{written}</Holder>"
    assert to_builtins(OMITTING.decode(body, Holder)) == read


class Defaults(Carrier):
    """A carrier with properties that have defaults, or are required."""

    null: str | None = None
    text: str | None = "x"
    made: list[str] | None = attrs.field(factory=list)
    needed: str | None


def test_nulls_are_left_out_only_where_they_are_read_as_null_or_absent():
    """With `nulls="omit"` a property that is required, or whose default is not null, is still written with `xsi:nil`."""
    value = Defaults(null=None, text=None, made=None, needed=None)
    names = [element.tag for element in etree.fromstring(OMITTING.encode(value))]
    assert names == ["Text", "Made", "Needed"]
    assert OMITTING.decode(OMITTING.encode(value), Defaults) == value
