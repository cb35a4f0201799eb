"""The law of `changes`: it finds one exactly where two documents differ on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactwire import ContactEntity, ContactEntityWithLinks, JsonCodec, encode
from contactwire.testing import carriers, changes


@pytest.mark.parametrize("cls", [ContactEntity, ContactEntityWithLinks])
@given(data=st.data())
def test_what_is_equal_has_no_changes(cls, data):
    """A carrier and the carrier read from its body have no changes, and two unequal carriers have some."""
    before, after = data.draw(carriers(cls)), data.draw(carriers(cls))
    assert changes(before, JsonCodec().decode(encode(before), cls)) == []
    assert bool(changes(before, after)) == (before != after)
