"""The laws of differences: applied to the document before, each gives exactly the document after."""

import copy
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactwire import UNSET, ContactEntity, ContactEntityWithLinks, EncodeError, to_builtins
from contactwire.builtins import from_builtins
from contactwire.carriers import Person, SelectableMDOListItem
from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
from contactwire.patch import JsonPatch, MergePatch, diff, same
from contactwire.testing import builtins, carriers
from contactwire.wire import is_carrier, plan_of


def exact(value):
    """Text that shows types of numbers, signs of zeros and spellings of dates, which `==` ignores."""
    if is_carrier(type(value)):
        return exact(to_builtins(value))
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    return [exact(item) for item in value] if isinstance(value, list) else (type(value), repr(value))


def shared(strategy):
    """Pairs of values that have much in common, as a contact has with its next version."""

    @st.composite
    def pair(draw):
        one, other = draw(strategy), draw(strategy)
        mixed = copy.deepcopy(one)
        for field in plan_of(type(one)).fields:
            if draw(st.integers(0, 3)) == 0:
                setattr(mixed, field.attribute, getattr(other, field.attribute))
        return one, mixed

    return st.tuples(strategy, strategy) | pair()


CONTACTS = shared(carriers(ContactEntityWithLinks))
ITEMS = st.integers(0, 3) | st.sampled_from([True, 1.0, -0.0, 0.0, "a", None, [], {}, {"a": 1}, {"a": 1, "b": [1]}, [1, 2]])
LISTS = st.lists(
    ITEMS | st.lists(ITEMS, max_size=4) | st.dictionaries(st.sampled_from("abc"), ITEMS, max_size=3), max_size=7
)
DOCUMENTS = st.tuples(builtins(), builtins()) | st.tuples(LISTS, LISTS)


@given(CONTACTS)
def test_a_difference_of_contacts_makes_one_of_the_other(pair):
    """A difference gives exactly the other contact, with its absent, null and unknown members, and changes neither."""
    before, after = pair
    kept = exact(before), exact(after)
    patch = diff(before, after)
    assert exact(patch.apply(before)) == exact(after)
    assert (exact(before), exact(after)) == kept
    assert len(diff(patch.apply(before), after)) == 0


def with_plain_dates(contact, dates):
    """A copy of a contact whose interests have been changed at these dates."""
    copied = copy.deepcopy(contact)
    copied.interests = [SelectableMDOListItem(last_changed=date, child_items=[]) for date in dates]
    return copied


ZONES = st.sampled_from([None, timezone.utc, timezone(timedelta(0), "GMT"), ZoneInfo("Europe/London")])
DATES = st.lists(st.datetimes(datetime(2020, 10, 25), datetime(2020, 10, 25, 3), timezones=ZONES) | st.none(), max_size=3)


@given(CONTACTS, DATES, st.data())
def test_the_same_is_what_is_written_alike(pair, dates, data):
    """Two contacts are the same exactly where the same is written for them, with date-times of any sort."""
    before, after = with_plain_dates(pair[0], dates), with_plain_dates(pair[1], data.draw(st.just(dates) | DATES))
    for one, other in (pair, (pair[0], copy.deepcopy(pair[0])), (before, after), (before, with_plain_dates(before, dates))):
        assert same(one, other) == (exact(one) == exact(other))
        assert exact(diff(one, other).apply(one)) == exact(other)


@given(DOCUMENTS)
def test_a_difference_of_documents_makes_one_of_the_other(pair):
    """A difference of plain JSON gives exactly the other document."""
    before, after = pair
    patch = diff(before, after)
    assert exact(patch.apply(before)) == exact(after)
    assert patch.to_builtins() == JsonPatch.parse(patch.to_builtins(), "rfc").to_builtins()


@given(st.tuples(LISTS, LISTS) | LISTS.flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_no_difference_is_longer_than_the_list(pair):
    """The difference of two lists takes no more bytes than replacing the list, in either dialect."""
    before, after = pair
    for path, one, other in (("", before, after), ("/a", {"a": before}, {"a": after})):
        longest = msgspec.json.encode([{"op": "replace", "path": path, "value": after}])
        for dialect in ("rfc", "server"):
            patch = diff(one, other, dialect=dialect)
            assert exact(patch.apply(one)) == exact(other)
            assert len(msgspec.json.encode(patch.to_builtins())) <= len(longest)


@given(CONTACTS)
def test_the_servers_dialect_says_it_as_well(pair):
    """A difference in the server's dialect has no `move`, and the codec writes the standard's difference in that dialect."""
    before, after = pair
    patch = diff(before, after, dialect="server")
    assert {operation.op for operation in patch} <= {"add", "remove", "replace"}
    assert exact(patch.apply(before)) == exact(after)
    codec = JsonPatchCodec()
    assert exact(codec.decode(codec.encode(diff(before, after))).apply(before)) == exact(after)


@given(CONTACTS, st.sampled_from(["rfc", "server"]))
def test_an_inverse_undoes_its_patch(pair, dialect):
    """Applying `invert(before)` to the patched contact gives the contact before."""
    before, after = pair
    patch = diff(before, after, dialect=dialect)
    inverse = patch.invert(before)
    assert inverse.dialect == dialect
    assert exact(inverse.apply(patch.apply(before))) == exact(before)


@given(CONTACTS, st.sampled_from(["rfc", "server"]))
def test_a_merge_patch_between_makes_one_of_the_other(pair, dialect):
    """`MergePatch.between` gives exactly the other contact, or an error where the dialect cannot express the change."""
    before, after = pair
    try:
        patch = MergePatch.between(before, after, dialect=dialect)
    except EncodeError:
        assert not sayable(before, after, dialect)
    else:
        assert exact(patch.apply(before)) == exact(after)


def sayable(before, after, dialect):
    """Whether the dialect's merge patches can express a change: `rfc` has no null, `server` no absent."""
    before, after = to_builtins(before), to_builtins(after)
    return _sayable(before, after, dialect == "rfc")


def _sayable(before, after, rfc):
    if not isinstance(after, dict):
        return True
    before = before if isinstance(before, dict) else {}
    if rfc and any(item is None and before.get(name, 0) is not None for name, item in after.items()):
        return False
    if not rfc and before.keys() - after.keys():
        return False
    return all(_sayable(before.get(name), item, rfc) for name, item in after.items())


@given(DOCUMENTS)
def test_a_merge_patch_between_documents(pair):
    """`MergePatch.between` of plain JSON gives exactly the other document, or an error where `rfc` cannot express it."""
    before, after = pair
    try:
        patch = MergePatch.between(before, after, dialect="rfc")
    except EncodeError:
        assert not _sayable(before, after, True)
    else:
        assert exact(patch.apply(before)) == exact(after)


@given(carriers(ContactEntity))
def test_a_contact_as_a_patch_makes_it_of_an_empty_one(contact):
    """A codec of patches writes a carrier as the patch that makes it from an empty one."""
    codec = JsonPatchCodec()
    assert exact(codec.decode(codec.encode(contact)).apply(ContactEntity())) == exact(contact)
    merge = MergePatchCodec()
    assert exact(merge.decode(merge.encode(contact)).apply(ContactEntity())) == exact(contact)


@given(
    st.lists(carriers(Person), max_size=4).flatmap(
        lambda people: st.tuples(st.permutations(people), st.permutations(people))
    )
)
def test_lists_of_carriers(pair):
    """A difference of two lists of carriers gives exactly the other list."""
    before, after = (list(people) for people in pair)
    assert exact(diff(before, after).apply(before)) == exact(after)


@given(carriers(SelectableMDOListItem), st.data())
def test_one_property_more_or_less_is_one_operation(item, data):
    """A property that becomes set is an `add`, one that becomes absent a `remove`, and any other change a `replace`."""
    field = data.draw(st.sampled_from([f for f in plan_of(SelectableMDOListItem).fields if f.kind.expected == "string"]))
    old, new = data.draw(st.permutations([UNSET, None, "x"]))[:2]
    before, after = copy.deepcopy(item), copy.deepcopy(item)
    setattr(before, field.attribute, old)
    setattr(after, field.attribute, new)
    op = "add" if old is UNSET else "remove" if new is UNSET else "replace"
    assert [(each.op, each.path) for each in diff(before, after)] == [(op, f"/{field.name}")]


@pytest.mark.parametrize("payload", ["put-contact", "complete-contact"])
def test_a_payload_differs_not_from_itself(payload):
    """A body that is decoded twice gives contacts without a difference."""
    from pathlib import Path

    from contactwire import JsonCodec

    body = (Path(__file__).parents[2] / "payloads" / f"{payload}.response.json").read_bytes()
    one, other = (JsonCodec().decode(body, ContactEntityWithLinks) for _ in range(2))
    assert len(diff(one, other)) == 0
    assert len(diff(ContactEntityWithLinks(), one)) > 0
    assert exact(diff(ContactEntityWithLinks(), one).apply(from_builtins({}, ContactEntityWithLinks))) == exact(one)
