"""The fast and the exact path accept the same documents, give equal carriers and equal bytes."""

import json
import pickle

import attrs
import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contactwire import UNSET, ContactEntity, ContactEntityWithLinks, ContactWireError, EncodeError, JsonCodec, to_builtins
from contactwire.codecs._json_compiled import Refused, dumper, loader, reader
from contactwire.testing import bodies, builtins, carriers, strings
from contactwire.wire import plan_of

NAMES = sorted({field.name for cls in (ContactEntity, *plan_of(ContactEntity).children()) for field in plan_of(cls).fields})
SPELLINGS = st.sampled_from(NAMES) | st.sampled_from(NAMES).map(str.lower) | strings()
ALMOST = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**33), 2**33) | st.floats() | strings() | st.sampled_from(["2020-01-01T00:00:00", "Customer"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SPELLINGS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def outcome(decode, body):
    """What decoding gives: the carrier with all its types, or the error."""
    try:
        carrier = decode(body)
    except ContactWireError as error:
        return error
    return repr(carrier), pickle.dumps(to_builtins(carrier))


def agree(body, **options):
    """The codec's answer is the exact path's, whether the fast path took the body or not."""
    codec = JsonCodec(**options)
    fast = outcome(lambda raw: codec.decode(raw, ContactEntityWithLinks), body)
    exact = outcome(lambda raw: codec._decode_exactly(raw, ContactEntityWithLinks), body)
    assert fast == exact


@given(bodies(ContactEntityWithLinks))
def test_valid_bodies(body):
    """Both paths read valid bodies alike."""
    agree(body)
    agree(body, coerce=True)


@given(bodies(ContactEntityWithLinks))
def test_the_compiled_reader_takes_every_valid_body(body):
    """Where names have the wire's letter case, unknown properties are no reason to leave the fast path."""
    for keep, unknown in ((True, "keep"), (False, "ignore")):
        read = reader(ContactEntityWithLinks, False, keep)
        exactly = JsonCodec(unknown=unknown)._decode_exactly
        assert outcome(lambda raw, read=read: read(msgspec.json.decode(raw), 64), body) == outcome(
            lambda raw, exactly=exactly: exactly(raw, ContactEntityWithLinks), body
        )


@given(ALMOST)
def test_almost_right_documents(document):
    """Both paths judge JSON that may or may not be a contact alike."""
    body = json.dumps(document).encode()
    agree(body)
    agree(body, coerce=True)
    agree(body, unknown="error")
    agree(body, unknown="ignore")
    agree(body, max_depth=3)


@given(
    st.binary(max_size=60)
    | bodies(ContactEntity).flatmap(lambda body: st.integers(0, len(body)).map(lambda end: body[:end]))
)
def test_broken_bodies(body):
    """Both paths refuse what is not JSON, with the same error and no other."""
    agree(body)


@given(st.dictionaries(st.sampled_from(NAMES), st.just(0), min_size=1), st.data())
def test_wrong_values_anywhere(document, data):
    """Both paths judge any JSON value in any property alike."""
    agree(json.dumps({name: data.draw(builtins()) for name in document}).encode())


@given(carriers(ContactEntityWithLinks))
def test_valid_carriers(contact):
    """Both paths write a carrier to the same bytes, and the fast one does not refuse it."""
    written = JsonCodec().encode(contact)
    assert json.loads(written) == to_builtins(contact)
    assert JsonCodec(validate=False).encode(contact) == written


WRONG = st.one_of(
    st.none(), st.just(UNSET), st.booleans(), st.integers(), st.floats(), strings(), st.just("\ud800"), st.binary(max_size=2),
    st.lists(strings() | st.integers(), max_size=2), st.dictionaries(strings() | st.integers(), strings(), max_size=2),
    carriers(ContactEntity, extras=False), st.just(object()),
)  # fmt: skip


@given(carriers(ContactEntityWithLinks), st.data())
def test_wrong_carriers(contact, data):
    """A carrier with any value in any property is written to what decodes again, or raises EncodeError."""
    for name in data.draw(st.sets(st.sampled_from(sorted(plan_of(ContactEntityWithLinks).by_attribute)), max_size=3)):
        contact = attrs.evolve(contact, **{name: data.draw(WRONG)})
    try:
        expected = to_builtins(contact)
    except EncodeError as error:
        assert outcome(JsonCodec().encode, contact) == error
        try:
            dumper(ContactEntityWithLinks, True)(contact, 64)
        except (Refused, ValueError, TypeError, AttributeError):
            return
        # Only what the encoder itself sees, a string that UTF-8 cannot hold, may come this far.
        assert "surrogate" in str(error)
    else:
        body = JsonCodec().encode(contact)
        assert json.loads(body) == expected
        assert to_builtins(JsonCodec().decode(body, ContactEntityWithLinks)) == expected


def test_the_fast_path_takes_the_documented_payloads():
    """The property tests above are worth something: real bodies do go the fast way."""
    from pathlib import Path

    compiled = loader(ContactEntityWithLinks, False)
    for path in (Path(__file__).parents[1] / "payloads").glob("*Contact*.json"):
        if "Patch" not in path.name:
            assert compiled.load(compiled.decode(path.read_bytes()), 64) == JsonCodec().decode(
                path.read_bytes(), ContactEntityWithLinks
            )
