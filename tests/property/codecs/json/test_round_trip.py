"""The law of JSON: what is decoded and encoded again is what came, and what is encoded always decodes."""

import json

from hypothesis import given

from contactwire import ContactEntity, ContactEntityWithLinks, JsonCodec
from contactwire.testing import bodies, carriers


@given(carriers(ContactEntityWithLinks))
def test_a_carrier_survives_encoding_and_decoding(contact):
    """Decoding what a carrier encodes to gives an equal carrier that encodes to the same bytes."""
    codec = JsonCodec()
    body = codec.encode(contact)
    again = codec.decode(body, ContactEntityWithLinks)
    assert again == contact
    assert codec.encode(again) == body


@given(bodies(ContactEntity))
def test_a_body_survives_decoding_and_encoding(body):
    """A valid body in the wire's letter case comes back as the same JSON value."""
    codec = JsonCodec()
    assert json.loads(codec.encode(codec.decode(body))) == json.loads(body)
