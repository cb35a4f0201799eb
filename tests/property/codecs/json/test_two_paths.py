"""Both paths of a JSON body, in one step and through builtins, give the same carriers or the same faults."""

import json
from codecs import BOM_UTF8
from typing import Annotated

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContactWireError,
    EncodeError,
    JsonCodec,
    Maybe,
    ValidationError,
    to_builtins,
)
from contactwire.builtins import Policy, Refused, assemble, document_of, explain, from_json_in_order
from contactwire.codecs.json import parse_json
from contactwire.testing import bodies, builtins, carriers, strings
from contactwire.wire import FlagsKind, plan_of

NAMES = sorted({field.name for cls in (ContactEntity, *plan_of(ContactEntity).children()) for field in plan_of(cls).fields})
SPELLINGS = st.sampled_from(NAMES) | st.sampled_from(NAMES).map(str.lower) | strings()
ALMOST = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**33), 2**33) | st.floats() | strings()
    | st.sampled_from(["2020-01-01T00:00:00", "Customer", "Select Update", "update,Full", "15", "1024", 3, 2**63]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SPELLINGS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
DOCUMENT = document_of(ContactEntityWithLinks)


def outcome(decode, body):
    """The result of decoding: the carrier with all its types, or the error."""
    try:
        carrier = decode(body)
    except ContactWireError as error:
        return error
    return repr(carrier), repr(to_builtins(carrier))


def slowly(body, policy, max_depth):
    """The result of `explain` for a body, whether or not anything is wrong with it."""
    text = body.removeprefix(BOM_UTF8)
    parse_json(text, max_depth, "error")
    return explain(from_json_in_order(text), DOCUMENT.kind, policy)


def agree(body, max_depth=64, **options):
    """Assert that the codec's result is that of `explain`, whichever path the body takes."""
    codec = JsonCodec(max_depth=max_depth, **options)
    quick = outcome(lambda raw: codec.decode(raw, ContactEntityWithLinks), body)
    assert quick == outcome(lambda raw: slowly(raw, Policy(**options), max_depth), body)


@given(bodies(ContactEntityWithLinks))
def test_valid_bodies(body):
    """Valid bodies are read alike by both paths."""
    agree(body)
    agree(body, coerce=True)


@given(ALMOST)
def test_almost_right_documents(document):
    """JSON that may or may not be a contact is read or refused alike by both paths, with each option."""
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
@example(rb'{"":"\ud800"')
@example(BOM_UTF8)
def test_broken_bodies(body):
    """A body that is not JSON is refused with the same error by both paths."""
    agree(body)


@given(st.dictionaries(st.sampled_from(NAMES), st.just(0), min_size=1), st.data())
def test_wrong_values_anywhere(document, data):
    """Any JSON value in any property is read or refused alike by both paths."""
    agree(json.dumps({name: data.draw(builtins()) for name in document}).encode())


@given(ALMOST | bodies(ContactEntityWithLinks).map(json.loads), st.booleans(), st.sampled_from(["keep", "ignore", "error"]))
def test_a_fault_is_found_exactly_where_assembling_refuses(document, coerce, unknown):
    """`explain` finds a fault exactly where msgspec refuses to assemble, except for two spellings of one name."""
    policy = Policy(unknown, coerce)
    try:
        assembled = assemble(json.loads(json.dumps(document)), DOCUMENT, policy)
    except Refused:
        try:
            explain(document, DOCUMENT.kind, policy)
        except ValidationError:
            return
        assert spells_twice(document)
    else:
        # A document may hold NaN, which equals nothing.
        assert repr(explain(document, DOCUMENT.kind, policy)) == repr(assembled)


class Marked(Carrier):
    """A carrier whose flags have a gap: nothing explains 2."""

    mark: Maybe[Annotated[str | int, FlagsKind({"None": 0, "One": 1, "Four": 4})]] = UNSET


@pytest.mark.parametrize("coerce", [False, True])
@pytest.mark.parametrize("number", [0, 1, 2, 5, 6, 8, 2**63 - 1, -1, -(2**63)])
def test_numbers_of_flags_are_assembled(number, coerce):
    """A number of flags that `explain` takes is assembled to the same, be it negative, or explained by no flags."""
    document, policy = document_of(Marked), Policy(coerce=coerce)
    assert assemble({"Mark": number}, document, policy) == explain({"Mark": number}, document.kind, policy)


def spells_twice(document):
    """Whether an object in a JSON value has two members whose names differ in letter case only."""
    if isinstance(document, dict):
        names = [name.lower() for name in document]
        return len(set(names)) < len(names) or any(map(spells_twice, document.values()))
    return isinstance(document, list) and any(map(spells_twice, document))


@given(carriers(ContactEntityWithLinks))
def test_valid_carriers(contact):
    """A valid carrier is written to the same bytes with validation and without, which hold what `to_builtins` gives."""
    written = JsonCodec().encode(contact)
    assert json.loads(written) == to_builtins(contact)
    assert JsonCodec(validate=False).encode(contact) == written
    assert JsonCodec().decode(written, ContactEntityWithLinks) == contact


WRONG = st.one_of(
    st.none(), st.just(UNSET), st.booleans(), st.integers(), st.floats(), strings(), st.just("\ud800"),
    st.binary(max_size=2), st.lists(strings() | st.integers(), max_size=2),
    st.dictionaries(strings() | st.integers(), strings(), max_size=2), carriers(ContactEntity, extras=False),
    st.just(object()), st.decimals(), st.uuids(), st.datetimes(), st.tuples(strings()), st.complex_numbers(),
    st.sets(strings(), max_size=2),
)  # fmt: skip


@given(carriers(ContactEntityWithLinks), st.data())
def test_wrong_carriers(contact, data):
    """A carrier with any value in any property is written so that it decodes again, or raises what `to_builtins` raises."""
    for name in data.draw(st.sets(st.sampled_from(sorted(plan_of(ContactEntityWithLinks).by_attribute)), max_size=3)):
        contact = attrs.evolve(contact, **{name: data.draw(WRONG)})
    try:
        expected = to_builtins(contact, surrogates="error")
    except EncodeError as error:
        assert outcome(JsonCodec().encode, contact) == error
    else:
        body = JsonCodec().encode(contact)
        assert json.loads(body) == expected
        assert to_builtins(JsonCodec().decode(body, ContactEntityWithLinks)) == expected
