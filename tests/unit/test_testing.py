"""The testing kit's strategies give what their names say."""

from __future__ import annotations

import re

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from contactwire import UNSET, ContactEntity, DecodeError, JsonCodec, ValidationError, XmlCodec
from contactwire.codecs.merge_patch import MergePatchCodec
from contactwire.errors import ContentTooLarge
from contactwire.testing import (
    AlmostRight,
    almost_right,
    assert_round_trip,
    bodies,
    carriers,
    json_patches,
    merge_patches,
    selections,
    strings,
    timestamps,
)
from contactwire.timestamps import format_timestamp, parse_timestamp

STATES = [
    ("unset", lambda contact: contact.name is UNSET),
    ("null", lambda contact: contact.name is None),
    ("an empty string", lambda contact: contact.name == ""),
    ("an empty list", lambda contact: contact.emails == []),
    ("an empty dictionary", lambda contact: contact.custom_fields == {}),
    ("an unknown property", lambda contact: bool(contact.extras)),
    ("letters of many scripts", lambda contact: bool(contact.name) and not contact.name.isascii()),
    ("a seventh digit", lambda contact: getattr(contact.updated_date, "nanosecond", 0)),
    ("a carrier in a list", lambda contact: bool(contact.emails) and contact.emails[0].value is not UNSET),
    ("lists in lists", lambda contact: bool(contact.address) and bool(contact.address.localized_address)),
]


@pytest.mark.parametrize(("name", "is_there"), STATES)
def test_carriers_come_in_every_state(name, is_there):
    """The strategy reaches each state that the wire knows."""
    assert find(carriers(ContactEntity), lambda contact: bool(is_there(contact))) is not None


@given(strings(xml=True))
def test_strings_for_xml(text):
    """Strings that are asked for XML hold only what XML 1.0 can hold (§2.2)."""
    assert re.fullmatch("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", text)


@given(timestamps())
def test_timestamps_can_be_written(moment):
    """A generated timestamp has a spelling, which reads back as it."""
    again = parse_timestamp(format_timestamp(moment))
    assert (again, again.tzname()) == (moment, moment.tzname())


@pytest.mark.parametrize("error", [DecodeError, ContentTooLarge, ValidationError])
def test_faults_of_every_sort_are_planted(error):
    """Bodies that are no JSON, too deep, and invalid are all among the almost right ones."""
    planted = find(almost_right(ContactEntity), lambda planted: planted.error is error)
    assert isinstance(planted, AlmostRight)
    assert bool(planted.expected) is (error is ValidationError)


def test_faults_that_the_options_make():
    """Unknown and repeated properties are planted where the codec refuses them, and only there."""
    strict = JsonCodec(unknown="error", duplicates="error")
    for expected in ("a known property", "one value"):
        assert find(almost_right(ContactEntity, strict), lambda planted, expected=expected: planted.expected == expected)

    @given(almost_right(ContactEntity))
    def law(planted):
        assert planted.expected not in ("a known property", "one value")

    law()


def test_faults_deep_inside():
    """A fault may stand in a carrier in a list in a carrier, under a name in another letter case."""
    assert find(almost_right(ContactEntity), lambda planted: re.match(r"/(persons|PERSONS)/\d/\w+", planted.pointer))


def test_no_faults_are_known_for_patches():
    """A codec that reads no carriers is refused at once."""
    with pytest.raises(TypeError, match="MergePatchCodec"):
        almost_right(ContactEntity, MergePatchCodec())


@given(st.one_of(bodies(ContactEntity, JsonCodec(unknown="error"))))
def test_bodies_heed_the_codec(body):
    """A codec that refuses unknown properties gets none."""
    assert_round_trip(body, JsonCodec(unknown="error"), ContactEntity)


def test_xml_bodies_are_laid_out_in_several_ways():
    """Among them are some with a declaration, with a comment, and with an indent."""
    for mark in (b"<?xml", b"<!--", b">\n  <"):
        assert find(bodies(ContactEntity, XmlCodec()), lambda body, mark=mark: mark in body)


def test_patches_and_selections_vary():
    """Paths come with and without their slash, with keys; merge patches append; selections may be of all or nothing."""
    assert find(json_patches(), lambda patch: any(each.path[:1] not in ("/", "") for each in patch))
    assert find(json_patches(dialect="rfc"), lambda patch: any(each.op == "move" for each in patch))
    assert find(merge_patches(), lambda patch: isinstance(patch.to_builtins().get("Emails"), dict))
    assert find(selections(), lambda selection: selection.paths == ("",))
    assert find(selections(), lambda selection: selection.paths == ())
    assert find(selections(), lambda selection: any("CustomFields/" in path for path in selection.paths))
