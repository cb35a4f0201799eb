"""The law of JSON Schema: a document is valid exactly if the codec reads it."""

import copy
import json
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contactwire import (
    UNSET,
    Carrier,
    ContactEntityWithLinks,
    Int64,
    JsonCodec,
    Maybe,
    ValidationError,
    from_builtins,
)
from contactwire.schema import json_schema
from contactwire.testing import carriers

FEW = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)


class Mood(StrEnum):
    """An open enumeration."""

    GOOD = "Good"
    BAD = "Bad"


class Everything(Carrier):
    """A recursive carrier with every kind of property."""

    big: Maybe[Int64] = UNSET
    flag: Maybe[bool] = UNSET
    ratio: Maybe[float] = UNSET
    when: Maybe[datetime] = UNSET
    day: Maybe[date] = UNSET
    key: Maybe[UUID] = UNSET
    mood: Maybe[Mood | str] = UNSET
    moods: Maybe[list[Mood | None]] = UNSET
    rows: Maybe[list[list[int]]] = UNSET
    scores: Maybe[dict[str, float | None]] = UNSET
    next: Maybe["Everything"] = UNSET
    others: Maybe[dict[str, list["Everything"]]] = UNSET


CONTACT = Draft202012Validator(json_schema(ContactEntityWithLinks))
EVERYTHING = Draft202012Validator(json_schema(Everything))


@FEW
@given(carriers(ContactEntityWithLinks))
def test_what_the_codec_writes_of_a_contact_is_valid(contact):
    """The JSON of every contact is valid by the contact's schema."""
    CONTACT.validate(json.loads(JsonCodec().encode(contact)))


@FEW
@given(carriers(Everything))
def test_what_the_codec_writes_of_a_users_carrier_is_valid(value):
    """The JSON of every instance of a user's carrier is valid by its schema."""
    EVERYTHING.validate(json.loads(JsonCodec().encode(value)))


NUMBERS = [0, -1, 2**31, -(2**31) - 1, 2**63, -(2**63) - 1, 1.5, 10**309]
DATES = ["2022-07-14T14:44:54", "2022-02-29T14:44:54", "2022-07-14T14:44:54-0500", "2022-07-14T24:00:00"]
WRONG_DATES = ["2022-07-14T14:44:54.12345678", "2022-07-14T14:44:54+14:01", "0000-01-01T00:00:00", "2022-07-14"]
DAYS = ["2024-02-29", "2100-02-29", "2022-04-31", "0001-01-01", "10000-01-01", "2022-7-14"]
UUIDS = [
    "12345678-1234-5678-1234-56781234567F",
    "12345678123456781234567812345678",
    "{12345678-1234-5678-1234-567812345678}",
]
SHAPES = [[], [None], [[1]], ["x"], {}, {"x": 1}, {"x": None}, [{}], [[{}]]]
JUNK = st.sampled_from([None, True, "", "x", "5", "Good", *NUMBERS, *DATES, *WRONG_DATES, *DAYS, *UUIDS, *SHAPES])


def places(data, path=()):
    """The path of each value in a document."""
    yield path
    for key, item in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(item, (*path, key))


@st.composite
def mutated(draw, cls):
    """A document of a carrier with some values replaced, mostly by wrong ones."""
    data = json.loads(JsonCodec().encode(draw(carriers(cls, extras=False))))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(data))))
        junk = copy.deepcopy(draw(JUNK))
        holder = data
        for key in path[:-1]:
            holder = holder[key]
        if path:
            holder[path[-1]] = junk
        else:
            data = junk
    return data


@pytest.mark.parametrize("text", [*DATES, *WRONG_DATES, *DAYS, *UUIDS])
@pytest.mark.parametrize("name", ["When", "Day", "Key"])
def test_the_schema_takes_the_texts_that_decode_takes(name, text):
    """The text of a date, a date-time or a UUID is valid if, and only if, it can be read; `format` alone refuses nothing."""
    try:
        from_builtins({name: text}, Everything)
    except ValidationError:
        assert not EVERYTHING.is_valid({name: text})
    else:
        assert EVERYTHING.is_valid({name: text})


@pytest.mark.parametrize(("cls", "validator"), [(ContactEntityWithLinks, CONTACT), (Everything, EVERYTHING)])
@FEW
@given(data=st.data())
def test_the_schema_refuses_what_decode_refuses(cls, validator, data):
    """A document with wrong values in it is valid if, and only if, it can be read."""
    document = data.draw(mutated(cls))
    try:
        from_builtins(document, cls)
    except ValidationError:
        assert not validator.is_valid(document)
    else:
        validator.validate(document)
