"""Every text that is not JSON is told with the place where it stops being JSON."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactwire import ContactWireError, DecodeError, JsonCodec, ValidationError

scalars = st.sampled_from(['"a"', '"b"', "1", "null"])
texts = st.recursive(
    scalars.map(lambda scalar: [scalar]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: ["[", *_joined(items), "]"]),
        st.lists(inner, max_size=4).map(lambda items: ["{", *_joined([['"c"', ":", *item] for item in items]), "}"]),
    ),
    max_leaves=12,
)
"""The tokens of JSON texts."""


def _joined(items):
    return [token for item in items for token in (",", *item)][1:]


@st.composite
def broken(draw):
    """The tokens of a text, of which some in a row are replaced by some others."""
    tokens = draw(texts)
    start = draw(st.integers(0, len(tokens)))
    others = draw(st.lists(st.sampled_from(["{", "}", "[", "]", ",", ":", '"a"', "1"]), max_size=3))
    # A space keeps two tokens from being another one.
    return " ".join([*tokens[:start], *others, *tokens[start + draw(st.integers(0, 3)) :]])


@pytest.mark.parametrize("surrogates", ["error", "keep"])
@given(text=broken())
@example(text='{"a":"b":6,"c"}')
@example(text='[{"a":"b":6,"c":1}]')
@example(text='{"a":{"b":"c":6,"d"}}')
def test_the_place_of_a_fault(surrogates, text):
    """The fault is where Python's reader finds it, with what was expected there; both readers take the same texts."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        with pytest.raises(DecodeError) as found:
            JsonCodec(surrogates=surrogates).decode(text)
        assert found.value.expected
        if error.msg.endswith("delimiter") or error.msg == "Extra data":  # it tells of others elsewhere
            assert found.value.column == error.colno
    else:
        try:
            JsonCodec(surrogates=surrogates).decode(text)
        except ContactWireError as error:
            assert isinstance(error, ValidationError)
