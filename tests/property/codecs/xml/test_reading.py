"""The laws of reading XML: a document's meaning does not depend on its order, dialect or layout."""

from __future__ import annotations

import gc
import random
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContentTooLarge,
    DecodeError,
    JsonCodec,
    Maybe,
    Person,
    ValidationError,
    XmlCodec,
    from_builtins,
    to_builtins,
)
from contactwire import (
    carriers as all_carriers,
)
from contactwire.codecs.xml import DIALECTS
from contactwire.testing import carriers, strings
from contactwire.wire import is_carrier

CLASSES = [
    cls
    for cls in vars(all_carriers).values()
    if is_carrier(cls) and cls is not all_carriers.RightsCarrier and cls.__module__ == all_carriers.__name__
]
TEXT = strings(xml=True)
NAMES = st.sampled_from(list(DIALECTS))


def xml_only(value):
    """Whether XML 1.0 can hold every string in some builtins."""
    if isinstance(value, str):
        return value.isprintable()
    return not isinstance(value, (dict, list)) or all(map(xml_only, value.values() if isinstance(value, dict) else value))


def plain(cls, extras=True):
    """Values of a class whose strings XML can hold."""
    return carriers(cls, text=TEXT, extras=extras).filter(lambda value: xml_only(to_builtins(value)))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@given(st.data(), NAMES)
def test_every_carrier_survives_every_dialect(cls, data, dialect):
    """A document in any dialect is read as the carrier that was written, without naming the dialect."""
    value = data.draw(plain(cls))
    assert to_builtins(XmlCodec().decode(XmlCodec(dialect=dialect).encode(value), cls)) == to_builtins(value)


@given(plain(ContactEntityWithLinks, extras=False), NAMES, st.randoms(use_true_random=False))
def test_the_order_of_elements_does_not_matter(contact, dialect, dice: random.Random):
    """Properties are read the same in any order of their elements, at any depth."""
    root = etree.fromstring(XmlCodec(dialect=dialect).encode(contact))
    for element in [root, *root]:
        if element.tag.endswith(("ContactEntityWithLinks", "Address", "Country", "SupportPerson", "Category")):
            element[:] = dice.sample(list(element), len(element))
    read = XmlCodec().decode(etree.tostring(root, encoding="utf-8"), ContactEntityWithLinks)
    assert to_builtins(read) == to_builtins(contact)


@given(plain(ContactEntity), NAMES, st.sampled_from([str.lower, str.upper, str.swapcase]))
def test_letter_case_does_not_matter(contact, dialect, spell):
    """Properties are read the same in any letter case of their elements."""
    root = etree.fromstring(XmlCodec(dialect=dialect).encode(ContactEntity(name=contact.name, emails=contact.emails)))
    for child in root:
        name = etree.QName(child)
        child.tag = etree.QName(name.namespace, spell(name.localname))
    assert XmlCodec().decode(etree.tostring(root, encoding="utf-8")) == ContactEntity(
        name=contact.name, emails=contact.emails
    )


@given(st.lists(st.sampled_from(["Name", "name", "NAME"]), min_size=1, max_size=6))
def test_the_last_of_several_elements_counts_however_they_are_spelled(names):
    """The last element of a property counts, in any letter case; with `duplicates="error"` each further one is a fault."""
    body = f"<ContactEntity>{''.join(f'<{name}>{at}</{name}>' for at, name in enumerate(names))}</ContactEntity>"
    assert XmlCodec().decode(body) == ContactEntity(name=str(len(names) - 1))
    if len(names) > 1:
        with pytest.raises(ValidationError) as caught:
            XmlCodec(duplicates="error").decode(body)
        assert [issue.pointer for issue in caught.value.issues] == [f"/{name}" for name in names[1:]]


SCALARS = st.sampled_from(["", " ", "1", "-7", "+3", " 5 ", "1.0", "2147483648", "true", "0", "True", "1e2", "INF", "x"])
NODES = st.recursive(
    st.tuples(st.sampled_from(["ContactId", "Name", "NoMailing", "UpdatedDate", "Deleted"]), SCALARS),
    lambda inner: st.tuples(
        st.sampled_from(["Emails", "Category", "Persons", "Associate", "CustomFields", "Name", "Other"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


def markup(node):
    """A tree of names and texts as markup."""
    name, inside = node
    return f"<{name}>{inside if isinstance(inside, str) else ''.join(map(markup, inside))}</{name}>"


@given(st.lists(NODES, max_size=5), st.sampled_from(["keep", "ignore", "error"]), st.sampled_from(["last", "error"]))
def test_faults_are_found_where_reading_refuses_and_nowhere_else(nodes, unknown, duplicates):
    """A document is read and survives, or is refused with faults whose pointers lead to elements of it."""
    body = f"<ContactEntity>{''.join(map(markup, nodes))}</ContactEntity>"
    codec = XmlCodec(unknown=unknown, duplicates=duplicates)
    try:
        contact = codec.decode(body)
    except ValidationError as error:
        assert error.issues
        places = codec.locate(body, [issue.pointer for issue in error.issues])
        assert all(body[column - 1] == "<" for _, column in places)
    else:
        assert XmlCodec().decode(XmlCodec().encode(contact)) == contact


@given(plain(Person), NAMES, st.integers(1, 8))
def test_depth_counts_as_in_json(person, dialect, depth):
    """XML is refused as too deep exactly where the same JSON is."""

    def reads(codec, body):
        try:
            codec.decode(body, Person)
        except ContentTooLarge:
            return False
        return True

    body = XmlCodec(dialect=dialect).encode(person)
    assert reads(XmlCodec(max_depth=depth), body) == reads(JsonCodec(max_depth=depth), JsonCodec().encode(person))


@given(plain(ContactEntity))
def test_what_xml_says_json_says(contact):
    """A contact that was read from XML has the builtins of the same contact in JSON."""
    read = XmlCodec().decode(XmlCodec().encode(contact))
    assert from_builtins(to_builtins(read), ContactEntity) == JsonCodec().decode(JsonCodec().encode(contact))


@given(st.text(max_size=60))
def test_any_text_is_located(text):
    """`locate` gives a place within any text, well-formed or not, without an error."""
    for body in (text, f"<a>\n<b>{text}</b></a>"):
        try:
            places = XmlCodec().locate(body, ["", "/b"])
        except DecodeError:
            continue
        assert all(line >= 1 and column >= 1 for line, column in places)


def test_a_class_that_nobody_holds_is_freed():
    """Reading and writing XML does not keep a class alive, even a recursive one."""

    def use():
        class Loop(Carrier):
            label: Maybe[str] = UNSET
            loop: Maybe[Loop] = UNSET
            loops: Maybe[dict[str, list[Loop]]] = UNSET

        value = Loop(label="a", loop=Loop(), loops={"k": [Loop()]})
        assert XmlCodec().decode(XmlCodec().encode(value), Loop) == value
        return weakref.ref(Loop)

    found = use()
    gc.collect()
    gc.collect()
    assert found() is None
