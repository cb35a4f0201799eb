"""The golden payloads are what their names say."""

import json

import pytest

from contactwire import ContactEntityWithLinks, FormCodec, JsonCodec, XmlCodec, to_builtins
from contactwire.testing import assert_round_trip, golden
from contactwire.wire import UNSET, is_carrier, plan_of

DIALECTS = ["plain", "datacontract", "services", "webapi"]


@pytest.mark.parametrize("name", golden.ALL)
def test_each_survives_json(name):
    """A golden payload is read and written as JSON without loss."""
    assert_round_trip(golden.ALL[name])


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", golden.ALL)
def test_each_survives_xml(name, dialect):
    """The contact of a golden payload survives every dialect of XML."""
    contact = JsonCodec().decode(golden.ALL[name], ContactEntityWithLinks)
    assert_round_trip(contact, XmlCodec(dialect=dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_small_one_in_xml_says_the_same(dialect):
    """The small payload in each dialect of XML is the contact of the small one in JSON."""
    assert_round_trip(golden.SMALL_XML[dialect], XmlCodec(dialect=dialect))
    assert to_builtins(XmlCodec().decode(golden.SMALL_XML[dialect])) == json.loads(golden.SMALL)


def test_the_small_one_as_a_form_says_the_same():
    """The small payload as a form is the contact of the small one in JSON, without the null that no form can spell."""
    assert_round_trip(golden.SMALL_FORM, FormCodec(style="brackets"))
    contact = json.loads(golden.SMALL)
    assert contact.pop("OrgNr") is None
    assert to_builtins(FormCodec().decode(golden.SMALL_FORM)) == contact


def carriers_in(value):
    """The value itself and all carriers in it."""
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from carriers_in(item)
    elif is_carrier(type(value)):
        yield value
        for name in plan_of(type(value)).by_attribute:
            yield from carriers_in(getattr(value, name))


def below(cls, known):
    """The class itself and all carrier classes that its properties lead to."""
    known.add(cls)
    for child in plan_of(cls).children() - known:
        below(child, known)
    return known


def test_the_complete_one_is_complete():
    """The complete payload has every property of every carrier that a contact leads to, and no unknown member."""
    everyone = list(carriers_in(JsonCodec(unknown="error").decode(golden.COMPLETE, ContactEntityWithLinks)))
    for cls in below(ContactEntityWithLinks, set()):
        ours = [each for each in everyone if type(each) is cls]
        names = plan_of(cls).by_attribute
        assert [name for name in names if all(getattr(each, name) is UNSET for each in ours)] == [], cls
