"""The strategies of the testing kit draw what their names say."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from contactwire import UNSET, Carrier, ContactEntity, DecodeError, JsonCodec, Maybe, ValidationError, XmlCodec
from contactwire.carriers import Address, EntityElement, SelectableMDOListItem
from contactwire.codecs.patches import MergePatchCodec
from contactwire.errors import ContentTooLarge
from contactwire.testing import (
    AlmostRight,
    almost_right,
    assert_round_trip,
    bodies,
    carriers,
    json_patches,
    merge_patches,
    register_carrier,
    selections,
    strings,
    timestamps,
)
from contactwire.timestamps import format_timestamp, parse_timestamp


class Lists(Carrier):
    """A carrier with a list as its only property."""

    items: Maybe[list[EntityElement]] = UNSET


class Bush(Carrier):
    """A carrier with several lists and dictionaries of its own class, two of which must be there."""

    left: list[Bush]
    right: dict[str, Bush]
    more: Maybe[list[Bush]] = UNSET
    by_name: Maybe[dict[str, list[Bush]]] = UNSET
    one: Maybe[Bush] = UNSET


def height(bush):
    """How many carriers of the class are inside each other."""
    maybe = [bush.one, *(bush.more or []), *(each for group in (bush.by_name or {}).values() for each in group)]
    return 1 + max([height(each) for each in (*bush.left, *bush.right.values(), *maybe) if each], default=0)


# Without shrinking, since only the existence of an example matters.
QUICK = settings(phases=[Phase.generate], max_examples=5000, derandomize=True, database=None)


def some(strategy, condition):
    """An example that meets the condition."""
    return find(strategy, condition, settings=QUICK)


STATES = [
    ("unset", EntityElement, lambda element: element.value is UNSET),
    ("null", EntityElement, lambda element: element.value is None),
    ("an empty string", EntityElement, lambda element: element.value == ""),
    ("letters of many scripts", EntityElement, lambda element: bool(element.value) and not element.value.isascii()),
    ("an unknown property", EntityElement, lambda element: bool(element.extras)),
    ("an empty dictionary", EntityElement, lambda element: element.field_properties == {}),
    ("a carrier in a dictionary", EntityElement, lambda element: bool(element.field_properties)),
    ("a carrier", EntityElement, lambda element: bool(element.table_right)),
    ("an empty list", SelectableMDOListItem, lambda item: item.child_items == []),
    ("a carrier in a list", SelectableMDOListItem, lambda item: bool(item.child_items)),
    ("a seventh digit", SelectableMDOListItem, lambda item: bool(getattr(item.last_changed, "nanosecond", 0))),
    ("lists in lists", Address, lambda address: bool(address.localized_address) and bool(address.localized_address[0])),
]


@pytest.mark.parametrize(("name", "cls", "is_there"), STATES, ids=[state[0] for state in STATES])
def test_carriers_come_in_every_state(name, cls, is_there):
    """`carriers` draws each state that the wire knows."""
    assert some(carriers(cls), is_there) is not None


@given(carriers(Bush))
def test_recursive_carriers_come_to_an_end(bush):
    """A class with several recursive properties has carriers that nest three deep at most, so that drawing them ends."""
    assert height(bush) <= 3


def test_recursive_carriers_nest():
    """Carriers of a class with recursive properties are drawn inside each other, too."""
    assert some(carriers(Bush), lambda bush: height(bush) == 3) is not None


@given(strings(xml=True))
def test_strings_for_xml(text):
    """`strings(xml=True)` draws only characters that XML 1.0 can hold (§2.2)."""
    assert re.fullmatch("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", text)


def test_strategies_are_made_once():
    """Whoever asks for the carriers of a class with either kind of strings gets the strategy that the first one got."""
    asked = [{}, {"text": strings()}, {"text": strings(xml=False)}, {"text": strings(xml=True)}]
    made = [carriers(EntityElement, **each) for each in asked]
    assert [carriers(EntityElement, **each) is one for each, one in zip(asked, made, strict=True)] == [True] * 4
    assert made[0] is made[1] is made[2] is not made[3]


@given(timestamps())
def test_timestamps_can_be_written(moment):
    """A drawn timestamp has a spelling, which is read as an equal one."""
    again = parse_timestamp(format_timestamp(moment))
    assert (again, again.tzname()) == (moment, moment.tzname())


@pytest.mark.parametrize("error", [DecodeError, ContentTooLarge, ValidationError])
def test_faults_of_every_sort_are_planted(error):
    """Almost right bodies are of every sort: no JSON, too deep, and invalid."""
    planted = some(almost_right(EntityElement), lambda planted: planted.error is error)
    assert isinstance(planted, AlmostRight)
    assert bool(planted.expected) is (error is ValidationError)


def test_faults_that_the_options_make():
    """Unknown and repeated properties are planted as faults only where the codec refuses them."""
    strict = JsonCodec(unknown="error", duplicates="error")
    for expected in ("a known property", "one value"):
        assert some(almost_right(EntityElement, strict), lambda planted, expected=expected: planted.expected == expected)

    @given(almost_right(ContactEntity))
    def law(planted):
        assert planted.expected not in ("a known property", "one value")

    law()


def test_faults_deep_inside():
    """A planted fault may be in a carrier in a list or dictionary, and under a name in another letter case."""
    assert some(almost_right(EntityElement), lambda planted: planted.pointer.count("/") >= 3)
    assert some(
        almost_right(EntityElement), lambda planted: planted.pointer.startswith(("/VALUE", "/DESCRIPTION", "/TABLERIGHT"))
    )


def test_no_faults_are_known_for_patches():
    """`almost_right` refuses a codec that reads no carriers with a TypeError."""
    with pytest.raises(TypeError, match="MergePatchCodec"):
        almost_right(ContactEntity, MergePatchCodec())


@given(st.one_of(bodies(ContactEntity, JsonCodec(unknown="error"))))
def test_bodies_suit_the_codec(body):
    """Bodies for a codec that refuses unknown members have none."""
    assert_round_trip(body, JsonCodec(unknown="error"), ContactEntity)


def test_xml_bodies_are_laid_out_in_several_ways():
    """Drawn XML bodies may have a declaration, a comment or an indent."""
    for mark in (b"<?xml", b"<!--", b">\n  <"):
        assert some(bodies(ContactEntity, XmlCodec()), lambda body, mark=mark: mark in body)


def test_patches_and_selections_vary():
    """Drawn paths of patches may lack the slash, merge patches may append, and selections may be of all or nothing."""
    assert some(json_patches(), lambda patch: any(each.path[:1] not in ("/", "") for each in patch))
    assert some(json_patches(dialect="rfc"), lambda patch: any(each.op == "move" for each in patch))


@pytest.mark.parametrize("strategy", [json_patches, merge_patches])
def test_an_unknown_dialect_of_patches_is_named(strategy):
    """A strategy of patches in an unknown dialect is a ValueError that lists the known ones."""
    with pytest.raises(ValueError, match="the dialect of a patch is one of server, rfc, not 'bogus'"):
        strategy(dialect="bogus")
    appended = some(merge_patches(Lists), lambda patch: isinstance(patch.to_builtins().get("Items"), dict))
    assert isinstance(appended.apply(Lists()).items, list)
    assert some(selections(), lambda selection: selection.paths == ("",))
    assert some(selections(), lambda selection: selection.paths == ())
    assert some(selections(), lambda selection: any("CustomFields/" in path for path in selection.paths))


def test_a_null_may_be_what_is_wrong_in_a_list():
    """In some almost right bodies an item that must not be null is null, and the fault has the item's pointer."""

    class Names(Carrier):
        names: Maybe[list[str]] = UNSET

    planted = some(almost_right(Names), lambda planted: b"null" in planted.body and planted.pointer.count("/") == 2)
    assert planted.expected == "string"
    with pytest.raises(ValidationError):
        JsonCodec().decode(planted.body, Names)


def test_the_plugin_can_be_imported_before_hypothesis():
    """The plug-in of Hypothesis can be the first that a process imports, though Hypothesis loads it while it is imported."""
    command = [sys.executable, "-c", "import contactwire.plugins.hypothesis"]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""


@pytest.mark.parametrize(
    "strategy", [carriers, bodies, json_patches, merge_patches, selections, almost_right, register_carrier]
)
def test_what_is_no_carrier_class_is_refused_where_a_strategy_is_asked_for(strategy):
    """A strategy for another class is a TypeError at once, not where values are drawn."""
    with pytest.raises(TypeError, match=r"EntityElements?.* is (not a|no) carrier"):
        strategy(type("EntityElements", (), {}))


@pytest.mark.parametrize("codec", [5, "json", JsonCodec])
@pytest.mark.parametrize("strategy", [bodies, almost_right])
def test_bodies_are_for_a_codec(strategy, codec):
    """What is no codec is a TypeError of the strategy."""
    with pytest.raises(TypeError, match="is no codec"):
        strategy(ContactEntity, codec).validate()


@pytest.mark.parametrize("strategy", [almost_right, bodies, carriers, json_patches, merge_patches, selections])
def test_a_class_is_called_type_as_everywhere(strategy):
    """The strategies take a class under the name under which `decode`, `Selection.parse` and `assert_round_trip` do."""
    strategy(type=EntityElement).validate()
