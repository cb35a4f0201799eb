"""The golden payloads are what they claim to be."""

import json

import pytest

from contactwire import ContactEntityWithLinks, JsonCodec, XmlCodec, to_builtins
from contactwire.testing import assert_round_trip, golden
from contactwire.wire import nested_carrier, plan_of

DIALECTS = ["plain", "datacontract", "services"]


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


def test_the_complete_one_is_complete():
    """It has every property of every carrier that a contact leads to, and nothing that is unknown."""
    seen = {}

    def look(kind_carrier, data):
        for name, value in data.items():
            field = plan_of(kind_carrier).by_name[name]
            seen.setdefault(kind_carrier, set()).add(name)
            below = nested_carrier(field.kind)
            for item in flat(value) if below and value else []:
                look(below, item)

    def flat(value):
        if isinstance(value, list):
            return [item for each in value for item in flat(each)]
        return [value] if "FieldRight" not in str(value) or "FieldType" in value else list(value.values())

    def carriers_below(cls, known):
        known.add(cls)
        for child in plan_of(cls).children() - known:
            carriers_below(child, known)
        return known

    look(ContactEntityWithLinks, json.loads(golden.COMPLETE))
    for cls in carriers_below(ContactEntityWithLinks, set()):
        assert seen[cls] == set(plan_of(cls).by_name), cls
