"""The law of JSON: a body that is decoded and encoded is the same value, and what is encoded can be decoded."""

import json

from hypothesis import given

from contactwire import ContactEntity, ContactEntityWithLinks, JsonCodec
from contactwire.testing import bodies, carriers


@given(carriers(ContactEntityWithLinks))
def test_a_carrier_survives_encoding_and_decoding(contact):
    """Decoding the JSON of a carrier gives an equal carrier, which is written to the same bytes."""
    codec = JsonCodec()
    body = codec.encode(contact)
    again = codec.decode(body, ContactEntityWithLinks)
    assert again == contact
    assert codec.encode(again) == body


@given(bodies(ContactEntity))
def test_a_body_survives_decoding_and_encoding(body):
    """A valid body with wire names comes back as the same JSON value."""
    codec = JsonCodec()
    assert json.loads(codec.encode(codec.decode(body))) == json.loads(body)
