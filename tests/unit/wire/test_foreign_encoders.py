"""Encoders of other libraries write a carrier right or raise an error."""

import json
from copy import deepcopy
from datetime import datetime, timedelta, timezone

import attrs
import msgspec
import orjson
import pydantic_core
import pytest
from hypothesis import given, note

import contactwire
from contactwire import Carrier, ContactEntity, ContactEntityWithLinks, Maybe, decode, encode
from contactwire.testing import carriers
from contactwire.wire import UNSET

PLAIN = datetime(2020, 1, 2, 3, 4, 5, 120000)


class Album(Carrier):
    """A carrier that holds carriers and dates at several depths."""

    dates: Maybe[list[datetime]] = UNSET
    contact: Maybe[ContactEntityWithLinks] = UNSET
    albums: Maybe[dict[str, "Album"]] = UNSET


def read(text, type=ContactEntityWithLinks):
    """The carrier in a JSON text."""
    return decode(text, type=type)


CARRIERS = {
    "nothing special": read(
        '{"ContactId":1,"Name":"Æ","Xstop":true,"Deleted":0,"ActiveInterests":3,"Domains":["a"],"Category":null}'
    ),
    "nothing at all": ContactEntity(),
    "absent and null": read('{"Department":null,"Emails":[{},null,{"Value":null}]}'),
    "ticks": read('{"UpdatedDate":"2003-10-01T14:34:01.7525885+02:00"}'),
    "a date without ticks": read('{"UpdatedDate":"2022-07-14T14:44:54"}'),
    "unknown members": read('{"Name":"x","Shoe":{"Size":44}}'),
    "unknown members only": read('{"Shoe":1}'),
    "no unknown members any more": ContactEntity(name="x", extras={}),
    "nested unknown members": read('{"Emails":[{"Value":"v","Odd":[1]}]}'),
    "nested ticks": read('{"CreatedBy":{"AssociateId":1},"Persons":[{"UpdatedDate":"2003-10-01T14:34:01.7525885"}]}'),
    "plain date-times": ContactEntity(updated_date=PLAIN, created_date=PLAIN.replace(tzinfo=timezone(timedelta(hours=2)))),
    "a date-time in UTC": ContactEntity(updated_date=PLAIN.replace(tzinfo=timezone.utc, microsecond=0)),
    "flags by name": read('{"TableRight":{"Mask":"Select, Update"}}'),
    "flags by number": read('{"TableRight":{"Mask":1024}}'),
    "open enumerations": read('{"CreatedBy":{"Type":"AnonymousAssociate"},"UpdatedBy":{"Type":"Unheard"}}'),
    "carriers in carriers": Album(
        dates=[PLAIN], albums={"a": Album(contact=read('{"Shoe":1,"UpdatedDate":"2003-10-01T14:34:01.7525885"}'))}
    ),
}


def attributes(value):
    """The attributes of an object, as a hook may return them for any object."""
    return value.__dict__


HOOKS = {
    "str": str,
    "format": format,
    "formatted": "{}".format,
    "vars": vars,
    "dict": dict,
    "list": list,
    "attributes": attributes,
    "attrs": attrs.asdict,
    "contactwire": contactwire.to_builtins,
}
ENCODERS = {
    "msgspec": msgspec.json.encode,
    "msgspec's builtins": lambda value: json.dumps(msgspec.to_builtins(value)),
    "json": json.dumps,
    "json with msgspec": lambda value: json.dumps(value, default=msgspec.to_builtins),
    "json with contactwire": lambda value: json.dumps(value, default=contactwire.to_builtins),
    "json with vars": lambda value: json.dumps(value, default=vars),
    "json with attrs": lambda value: json.dumps(value, default=attrs.asdict),
    "orjson": orjson.dumps,
    "orjson with msgspec": lambda value: orjson.dumps(value, default=msgspec.to_builtins),
    "orjson with contactwire": lambda value: orjson.dumps(value, default=contactwire.to_builtins),
    "pydantic": pydantic_core.to_json,
    **{
        f"msgspec, {name}": lambda value, hook=hook: msgspec.json.encode(value, enc_hook=hook)
        for name, hook in HOOKS.items()
    },
    **{
        f"msgspec's builtins, {name}": lambda value, hook=hook: json.dumps(msgspec.to_builtins(value, enc_hook=hook))
        for name, hook in HOOKS.items()
    },
}


def check(encoder, carrier):
    """Assert that an encoder refuses a carrier, or writes what reads back equal to what the library writes."""
    try:
        text = ENCODERS[encoder](deepcopy(carrier))
    except (TypeError, ValueError, AttributeError, pydantic_core.PydanticSerializationError, RecursionError):
        return
    cls = type(carrier)
    assert decode(text, type=cls) == decode(encode(carrier), type=cls)


@pytest.mark.parametrize("name", CARRIERS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_right_or_an_error(encoder, name):
    """An encoder of another library writes no wrong body, whatever hook it is given."""
    check(encoder, CARRIERS[name])


@given(carriers(ContactEntity))
def test_any_carrier_is_right_or_an_error(carrier):
    """Each encoder of another library writes any carrier right, or raises an error."""
    for encoder in ENCODERS:
        note(encoder)
        check(encoder, carrier)


@pytest.mark.parametrize("name", ["nothing special", "plain date-times", "flags by name", "open enumerations"])
def test_msgspec_alone_writes_what_it_knows(name):
    """Msgspec writes a carrier without ticks and without unknown members, and needs no hook."""
    carrier = CARRIERS[name]
    assert decode(msgspec.json.encode(carrier), type=type(carrier)) == carrier


@pytest.mark.parametrize("hook", [str, repr, format])
def test_unknown_members_say_what_to_do(hook):
    """A hook that asks for the text of unknown members gets an error that names the functions to call."""
    for write in (msgspec.json.encode, msgspec.to_builtins):
        with pytest.raises(TypeError, match=r"write the whole carrier with contactwire\.encode or to_builtins"):
            write(CARRIERS["nested unknown members"], enc_hook=hook)


def test_unknown_members_say_what_to_do_without_a_hook():
    """Without a hook, msgspec's own error for unknown members names the function to call."""
    with pytest.raises(TypeError, match=r"use contactwire\.encode"):
        msgspec.json.encode(CARRIERS["unknown members"])


def test_the_hook_to_use():
    """The hook `str` writes all but unknown members, and the hook `to_builtins` makes `json` write everything."""
    assert msgspec.json.encode(CARRIERS["ticks"], enc_hook=str) == encode(CARRIERS["ticks"])
    carrier = CARRIERS["nested unknown members"]
    assert json.loads(json.dumps({"contact": carrier}, default=contactwire.to_builtins)) == {
        "contact": json.loads(encode(carrier))
    }
