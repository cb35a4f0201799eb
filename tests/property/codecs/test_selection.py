"""In every format, encoding with a selection is the same as applying it and then encoding."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactwire import ContactEntityWithLinks, encode
from contactwire.errors import EncodeError
from contactwire.negotiation import REQUEST_TYPES
from contactwire.projection import Selection, fields
from contactwire.testing import carriers, strings

PATHS = [field.path for field in fields(ContactEntityWithLinks)]
SELECTIONS = st.lists(st.sampled_from(PATHS), min_size=1, max_size=5).map(",".join).map(Selection.parse)


def outcome(function, *arguments, **options):
    """The result of a call, or its error."""
    try:
        return function(*arguments, **options)
    except EncodeError as error:
        return error


@pytest.mark.parametrize("media_type", REQUEST_TYPES)
@given(contact=carriers(ContactEntityWithLinks, text=strings(xml=True)), selection=SELECTIONS)
def test_selecting_while_encoding_is_selecting_first(media_type, contact, selection):
    """`encode(contact, select=…)` gives the bytes of `encode(selection.apply(contact))`, and changes no contact."""
    before = deepcopy(contact)
    assert outcome(encode, contact, media_type, select=selection) == outcome(encode, selection.apply(contact), media_type)
    assert outcome(encode, contact, media_type, select=str(selection)) == outcome(
        encode, contact, media_type, select=selection
    )
    assert contact == before
