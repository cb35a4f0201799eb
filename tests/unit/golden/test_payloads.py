"""The golden payloads are what they claim to be."""

import json

import pytest

from contactwire import ContactEntityWithLinks, FormCodec, JsonCodec, XmlCodec, to_builtins
from contactwire.testing import assert_round_trip, golden
from contactwire.wire import UNSET, is_carrier, plan_of

DIALECTS = ["plain", "datacontract", "services", "webapi"]


@pytest.mark.parametrize("name", golden.ALL)
def test_each_survives_json(name):
    """Reading and writing a golden payload as JSON loses nothing."""
    assert_round_trip(golden.ALL[name])


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", golden.ALL)
def test_each_survives_xml(name, dialect):
    """The contact in a golden payload goes through every dialect of XML."""
    contact = JsonCodec().decode(golden.ALL[name], ContactEntityWithLinks)
    assert_round_trip(contact, XmlCodec(dialect=dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_small_one_in_xml_says_the_same(dialect):
    """Every dialect's small payload is the contact of the JSON one."""
    assert_round_trip(golden.SMALL_XML[dialect], XmlCodec(dialect=dialect))
    assert to_builtins(XmlCodec().decode(golden.SMALL_XML[dialect])) == json.loads(golden.SMALL)


def test_the_small_one_as_a_form_says_the_same():
    """The form's payload is the contact of the JSON one, but for the null that no form can say."""
    assert_round_trip(golden.SMALL_FORM, FormCodec(style="brackets"))
    contact = json.loads(golden.SMALL)
    assert contact.pop("OrgNr") is None
    assert to_builtins(FormCodec().decode(golden.SMALL_FORM)) == contact


def carriers_in(value):
    """Every carrier that a value holds, itself among them."""
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from carriers_in(item)
    elif is_carrier(type(value)):
        yield value
        for name in plan_of(type(value)).by_attribute:
            yield from carriers_in(getattr(value, name))


def below(cls, known):
    """The carrier classes that one leads to, itself among them."""
    known.add(cls)
    for child in plan_of(cls).children() - known:
        below(child, known)
    return known


def test_the_complete_one_is_complete():
    """It has every property of every carrier that a contact leads to, and none that is unknown."""
    everyone = list(carriers_in(JsonCodec(unknown="error").decode(golden.COMPLETE, ContactEntityWithLinks)))
    for cls in below(ContactEntityWithLinks, set()):
        ours = [each for each in everyone if type(each) is cls]
        names = plan_of(cls).by_attribute
        assert [name for name in names if all(getattr(each, name) is UNSET for each in ours)] == [], cls
