"""Differences are small: an added item is one operation, and no document is longer than python-jsonpatch's."""

import copy
import json
import random
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import partial, partialmethod
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import jsonpatch
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    EncodeError,
    EntityElement,
    JsonCodec,
    Maybe,
    MergePatch,
    PathError,
    Selection,
    Timestamp,
    encode,
    evolve,
    to_builtins,
)
from contactwire.builtins import from_builtins, to_json
from contactwire.carriers import Address, Category, Person, SelectableMDOListItem
from contactwire.patch import JsonPatch, diff, diff_part, same
from tests.inside import difference, moves

PAYLOADS = Path(__file__).parents[2] / "payloads"


def phones(*values):
    """A contact with phones of these numbers."""
    return ContactEntity(phones=[EntityElement(value=value, description="a phone") for value in values])


FIFTY = [f"+47 22 51 70 {number:02d}" for number in range(50)]

SMALL = [
    ("nothing", phones("1"), phones("1"), []),
    ("one among fifty", phones(*FIFTY), phones(*FIFTY[:20], "new", *FIFTY[20:]), [("add", "/Phones/20")]),
    ("one at the end", phones(*FIFTY), phones(*FIFTY, "new"), [("add", "/Phones/50")]),
    ("one less", phones(*FIFTY), phones(*FIFTY[:7], *FIFTY[8:]), [("remove", "/Phones/7")]),
    ("one changed", phones(*FIFTY), phones(*FIFTY[:7], "x", *FIFTY[8:]), [("replace", "/Phones/7/Value")]),
    (
        "two changed among thousands",
        phones(*map(str, range(2000))),
        phones(*map(str, range(10)), "x", *map(str, range(11, 1990)), "y", *map(str, range(1991, 2000))),
        [("replace", "/Phones/1990/Value"), ("replace", "/Phones/10/Value")],
    ),
    ("one moved", phones(*FIFTY), phones(*FIFTY[1:30], FIFTY[0], *FIFTY[30:]), [("move", "/Phones/29")]),
    ("two swapped", phones("1", "2", "3"), phones("3", "2", "1"), None),
    (
        "one more, one changed",
        phones("1", "2", "3", "4"),
        phones("0", "1", "2", "x", "4"),
        [("replace", "/Phones/2/Value"), ("add", "/Phones/0")],
    ),
    (
        "two more, one less",
        {"a": [1, 2, "x" * 99, 3]},
        {"a": [0, 1, "x" * 99, 3, 4]},
        [("remove", "/a/1"), ("add", "/a/0"), ("add", "/a/4")],
    ),
    (
        "absent and null",
        ContactEntity(name=None),
        ContactEntity(department=None, name="x"),
        [("replace", "/Name"), ("add", "/Department")],
    ),
    (
        "a key renamed",
        ContactEntity(custom_fields={"a": "long enough"}),
        ContactEntity(custom_fields={"b": "long enough"}),
        [("move", "/CustomFields/b")],
    ),
    (
        "all other",
        ContactEntity(category=Category(id=1, value="a", rank=2)),
        ContactEntity(category=Category(id=3, value="b", rank=4)),
        [("replace", "/Category")],
    ),
    (
        "a whole number and a double",
        ContactEntity(address=Address(wgs84_latitude=5)),
        ContactEntity(address=Address(wgs84_latitude=5.0)),
        [("replace", "/Address/Wgs84Latitude")],
    ),
    (
        "two zeros",
        ContactEntity(address=Address(wgs84_latitude=0.0)),
        ContactEntity(address=Address(wgs84_latitude=-0.0)),
        [("replace", "/Address/Wgs84Latitude")],
    ),
    (
        "one instant, two spellings",
        ContactEntity(created_date=Timestamp.parse("2020-01-01T00:00:00Z")),
        ContactEntity(created_date=Timestamp.parse("2020-01-01T00:00:00+00:00")),
        [("replace", "/CreatedDate")],
    ),
    (
        "moved within a list, which another list has lost",
        {"A": ["x" * 60, "y" * 60, "z" * 300], "B": ["x" * 60, "y" * 60]},
        {"A": ["z" * 300], "B": ["y" * 60, "x" * 60]},
        [("remove", "/A/1"), ("remove", "/A/0"), ("move", "/B/0")],
    ),
    ("moved into another list", {"A": ["x" * 60, 1], "B": []}, {"A": [1], "B": ["x" * 60]}, [("move", "/B/0")]),
    ("true and 1", {"a": [True]}, {"a": [1]}, [("replace", "/a/0")]),
    ("null and nothing", {"a": None}, {}, [("remove", "/a")]),
    ("other sorts of documents", {"a": 1}, [1], [("replace", "")]),
    (
        "a contact with links",
        ContactEntity(name="x"),
        ContactEntityWithLinks(name="y", links={"Self": "z"}),
        [("replace", "/Name"), ("add", "/_Links")],
    ),
    ("from a contact with links", ContactEntityWithLinks(name="x"), ContactEntity(name="x"), []),
]


@pytest.mark.parametrize(("before", "after", "expected"), [case[1:] for case in SMALL], ids=[case[0] for case in SMALL])
def test_a_difference_is_what_a_person_would_write(before, after, expected):
    """`diff` gives the operations that a person would write, and applying them gives the other contact."""
    patch = diff(before, after)
    if expected is not None:
        assert [(each.op, each.path) for each in patch] == expected
    wire = [to_builtins(value) if isinstance(value, ContactEntity) else value for value in (patch.apply(before), after)]
    assert repr(wire[0]) == repr(wire[1])


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("size", range(0, 120, 3))
def test_a_value_is_replaced_where_its_edits_are_longer(size, depth):
    """Of an object's edits and its replacement, `diff` gives what is the shorter text, to the byte."""

    def patch(*operations):
        return to_json([{"op": "replace", "path": path, "value": value} for path, value in operations])

    def document(inner):
        return {"a" * 20: inner} if depth == 1 else {"a" * 20: {"b" * 20: inner}}

    before, after = ({"x": number, "y": number, "z": "z" * size} for number in (1, 2))
    path = "/" + "a" * 20 + ("/" + "b" * 20) * (depth - 1)
    edits, whole = patch((f"{path}/x", 2), (f"{path}/y", 2)), patch((path, after))
    found = to_json(diff(document(before), document(after)).to_builtins())
    assert found in (edits, whole)
    assert len(found) == min(len(edits), len(whole))


def decoded(name):
    """The contact in a response."""
    return JsonCodec().decode((PAYLOADS / name).read_bytes(), ContactEntityWithLinks)


CONTACTS = [decoded(path.name) for path in sorted(PAYLOADS.glob("*response*.json"))]


def edited(contact, seed):
    """The contact after a few edits, as people and integrations make them."""
    chance = random.Random(seed)
    data = to_builtins(contact)
    places = [place for place in _places(data) if chance.random() < 0.3 or place is data]
    for place in chance.sample(places, min(len(places), chance.randint(1, 4))):
        _edit(place, chance)
    return from_builtins(data, ContactEntityWithLinks)


def _places(value):
    if isinstance(value, dict | list):
        if value:
            yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from _places(item)


def _edit(place, chance):
    if isinstance(place, list):
        kind = chance.choice(["move", "swap", "remove", "double", "reverse"])
        first, second = chance.randrange(len(place)), chance.randrange(len(place))
        if kind == "move":
            place.insert(second, place.pop(first))
        elif kind == "swap":
            place[first], place[second] = place[second], place[first]
        elif kind == "remove":
            del place[first]
        elif kind == "double":
            place.insert(second, copy.deepcopy(place[first]))
        else:
            place.reverse()
        return
    name = chance.choice(sorted(place))
    if isinstance(place[name], str) and "T" not in place[name]:
        place[name] += " changed"
    elif chance.random() < 0.3:
        del place[name]
    else:
        place[name] = None if not isinstance(place[name], dict) or "FieldRight" not in place[name] else place[name]


@pytest.fixture(scope="module")
def pairs():
    """Contacts before and after a change."""
    return [
        *((one, other) for one in CONTACTS for other in CONTACTS),
        *((contact, edited(contact, seed)) for contact in CONTACTS for seed in range(40)),
        *((edited(contact, seed), edited(contact, seed + 1000)) for contact in CONTACTS for seed in range(10)),
        *((contact, ContactEntityWithLinks()) for contact in CONTACTS),
        *((ContactEntityWithLinks(), contact) for contact in CONTACTS),
        *((case[1], case[2]) for case in SMALL if isinstance(case[1], ContactEntity)),
    ]


def test_no_difference_is_longer_than_python_jsonpatchs(pairs):
    """No difference in a corpus of responses and their edits is longer than python-jsonpatch's, compact or with blanks."""
    for before, after in pairs:
        ours = diff(before, after).to_builtins()
        theirs = jsonpatch.make_patch(to_builtins(before), to_builtins(after)).patch
        assert len(json.dumps(ours)) <= len(json.dumps(theirs)), ours
        assert len(_compact(ours)) <= len(_compact(theirs)), ours


def _compact(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def test_every_difference_is_a_patch_that_python_jsonpatch_applies(pairs):
    """python-jsonpatch applies each of our differences with the same result."""
    for before, after in pairs:
        patch = jsonpatch.JsonPatch(diff(before, after).to_builtins())
        assert json.dumps(patch.apply(to_builtins(before)), sort_keys=True) == json.dumps(to_builtins(after), sort_keys=True)


def test_long_lists_take_their_time_in_proportion():
    """The difference of lists with thousands of items, shuffled, alike or nested, is found in linear time and is right."""
    chance = random.Random(1)
    items = [{"x": number} for number in range(2000)]
    shuffled = chance.sample(items, len(items))
    nested, other = 0, 1
    for _ in range(9):
        nested, other = [nested, [nested, 1]], [other, [other, 2]]
    for before, after in [(items, shuffled), ([[1]] * 2000, [[2]] * 1500), (nested, other)]:
        assert diff(before, after).apply(before) == after


def test_what_cannot_be_written_is_named():
    """`diff` raises EncodeError for a value that no decoder takes, and for nesting without end."""
    with pytest.raises(EncodeError, match="/Persons/1/PersonId"):
        diff(ContactEntity(persons=[Person()]), ContactEntity(persons=[Person(), Person(person_id=2**40)]))
    with pytest.raises(EncodeError, match="/Persons/0/PersonId"):
        diff(ContactEntity(persons=[Person()]), ContactEntity(persons=[Person(person_id="x")]))
    endless, other = [], []
    endless.append(endless)
    other.append(other)
    with pytest.raises(EncodeError, match="without end"):
        diff(endless, other)


@pytest.mark.parametrize("dialect", ["rfc", "server"])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("name", ["Name", "name", "CATEGORY"])
def test_an_unknown_property_with_a_known_name_is_refused(name, before, dialect):
    """An unknown member with the name of a property in any letter case is refused in either contact, as ambiguous."""
    bad, good = phones("1"), phones("2")
    bad.extras[name] = "x"
    with pytest.raises(EncodeError, match=f"/{name}: extras hold"):
        diff(bad, good, dialect=dialect) if before else diff(good, bad, dialect=dialect)


def test_what_only_equals_is_refused_or_written():
    """`True` for an integer property is refused; in plain JSON `True` and 1 differ, in either document, at any place."""
    with pytest.raises(EncodeError, match="/ContactId"):
        diff(ContactEntity(contact_id=1), ContactEntity(contact_id=True))
    with pytest.raises(EncodeError, match="/a/1"):
        diff({"a": [1, float("nan")]}, {})
    assert [each.path for each in diff({"a": [1, [True, 0.0]]}, {"a": [1.0, [1, -0.0]]})] == ["/a"]


@pytest.mark.parametrize("key", [5, None, "\ud800"])
def test_a_key_that_no_wire_holds_is_refused(key):
    """A key that is no string is refused, since no path can name it."""
    for before, after in [({}, {key: "x"}), ({key: "x"}, {}), ({key: "x"}, {key: "y"})]:
        with pytest.raises(EncodeError):
            diff(ContactEntity(custom_fields=before), ContactEntity(custom_fields=after))
        with pytest.raises(EncodeError):
            diff({"a": before}, {"a": after})


def test_names_count_by_the_bytes_that_they_take():
    """The size of a name counts UTF-8 bytes and escapes."""
    for name in ("é" * 40, '"' * 40, "\x01" * 40, "~/" * 40):
        before, after = {name: {"l": [1, 2, 3, 4]}}, {name: {"l": [5, 2, 6, 4]}}
        path = name.replace("~", "~0").replace("/", "~1")
        longest = [{"op": "replace", "path": f"/{path}/l", "value": [5, 2, 6, 4]}]
        assert len(_compact(diff(before, after).to_builtins()).encode()) <= len(_compact(longest).encode())


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)


DIFFERENT = {
    "numbers": lambda n, chance: [chance.random() for _ in range(n)],
    "few values": lambda n, chance: [chance.choice("ab") for _ in range(n)],
    "objects": lambda n, chance: [{f"a{key}": chance.random() for key in range(5)} for _ in range(n)],
    "wide objects": lambda n, chance: [{f"a{key}": chance.random() for key in range(100)} for _ in range(n // 10)],
    "lists": lambda n, chance: [[chance.random() for _ in range(5)] for _ in range(n)],
    "shuffled": lambda n, chance: chance.sample([{"a": number} for number in range(n)], n),
    # The numbers are too large for Python to keep one object for each.
    "same but one in ten": lambda n, chance: [10**6 + at if at % 10 else chance.random() for at in range(n)],
}


@pytest.mark.parametrize("shape", DIFFERENT)
def test_lists_that_differ_everywhere_take_work_in_proportion(shape, monkeypatch):
    """For lists that differ everywhere, the work grows linearly, and the patch is never longer than the list itself."""
    work = []
    for length in (2000, 4000):
        chance = random.Random(length)
        before, after = DIFFERENT[shape](length, chance), DIFFERENT[shape](length, chance)
        counted = [Counted(difference.Comparison.same), Counted(moves.canonical), Counted(moves.freeze)]
        with monkeypatch.context() as patched:
            patched.setattr(difference.Comparison, "same", partialmethod(counted[0]))
            patched.setattr(moves, "canonical", counted[1])
            patched.setattr(moves, "freeze", counted[2])
            patch = diff({"a": before}, {"a": after})
        work.append(sum(each.calls for each in counted))
        assert patch.apply({"a": before}) == {"a": after}
        assert len(_compact(patch.to_builtins())) <= len(_compact([{"op": "replace", "path": "/a", "value": after}]))
    assert work[1] <= 2.5 * work[0]
    assert work[1] <= 50 * 4000


def test_the_servers_dialect_does_not_move():
    """In the server's dialect a difference has no move, and names that differ in letter case only are refused."""
    patch = diff(ContactEntity(), phones("1"), dialect="server")
    assert [(each.op, each.path) for each in patch] == [("add", "/Phones")]
    assert patch.dialect == "server"
    patch = diff(phones(*FIFTY), phones(*FIFTY[::-1]), dialect="server")
    assert patch.apply(phones(*FIFTY)) == phones(*FIFTY[::-1])
    with pytest.raises(EncodeError, match="/A"):
        diff({"a": 1}, {"a": 1, "A": 2}, dialect="server")


def test_an_inverse_is_short():
    """`invert` gives only the operations that undo the changes, and no `test`."""
    contact = phones(*FIFTY)
    patch = JsonPatch.parse(
        [
            {"op": "test", "path": "/Phones/0/Value", "value": FIFTY[0]},
            {"op": "add", "path": "Phones", "value": {"Value": "new"}},
            {"op": "replace", "path": "Category/Id", "value": 5},
        ]
    )
    inverse = patch.invert(contact)
    assert [(each.op, each.path) for each in inverse] == [("remove", "/Phones/50"), ("remove", "/Category")]
    assert inverse.apply(patch.apply(contact)) == contact


class Ring(Carrier):
    """A carrier that can hold itself."""

    label: Maybe[str] = UNSET
    rings: "Maybe[dict[str, Ring]]" = UNSET


def endless(label):
    """A carrier that holds itself through others."""
    ring = Ring(label=label)
    ring.rings = {"a": ring}
    return ring


@pytest.mark.parametrize("dialect", ["rfc", "server"])
def test_what_has_no_end_has_no_difference(dialect):
    """Carriers that hold themselves are an EncodeError, in JSON Patch and in Merge Patch."""
    with pytest.raises(EncodeError, match="without end"):
        diff(endless("a"), endless("b"), dialect=dialect)
    with pytest.raises(EncodeError, match="without end"):
        diff_part(endless("a"), endless("b"))
    with pytest.raises(EncodeError, match="without end"):
        MergePatch.between(endless("a"), endless("b"), dialect=dialect)
    ring = endless("a")
    for before, after in [(ring, ring), (Ring(rings={"r": ring}), Ring(rings={"r": ring}))]:
        with pytest.raises(EncodeError, match="without end"):
            MergePatch.between(before, after, dialect=dialect)
    with pytest.raises(EncodeError, match="without end"):
        diff(ring, ring, dialect="server")


BAD = datetime(2020, 1, 2, tzinfo=timezone(timedelta(seconds=5)))


@pytest.mark.parametrize("between", [diff, MergePatch.between, partial(diff, dialect="server")])
@pytest.mark.parametrize("before", [BAD, datetime(2020, 1, 2), datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=15)))])
def test_a_date_that_the_wire_cannot_hold_is_an_encode_error(between, before):
    """A date-time with an offset that the wire cannot hold is an EncodeError at its place, and can be replaced."""
    with pytest.raises(EncodeError) as caught:
        between(ContactEntity(updated_date=before), ContactEntity(name="a", updated_date=BAD.replace()))
    assert [issue.pointer for issue in caught.value.issues] == ["/UpdatedDate"]
    wrong, right = ContactEntity(updated_date=before), ContactEntity(updated_date=datetime(2021, 1, 2))
    assert between(wrong, right).apply(wrong) == right


@pytest.mark.parametrize("between", [diff, MergePatch.between, partial(diff, dialect="server")])
def test_a_value_that_nests_too_deep_is_an_encode_error(between):
    """A value that no patch can hold, since it nests too deep, is the caller's fault: an EncodeError."""
    value, before = {}, ContactEntity()
    for levels in range(2, 70):
        value = {"a": value}
        after = ContactEntity(extras={"X": value})
        if levels < 64:
            assert between(before, after).apply(before) == after
        else:
            with pytest.raises(EncodeError, match="nesting is deeper than any decoder takes"):
                between(before, after)


class Key(str):
    """A caller's class of keys."""

    __slots__ = ()


@pytest.mark.parametrize("between", [diff, MergePatch.between, partial(diff, dialect="server")])
def test_a_key_may_be_of_a_class_derived_from_str(between):
    """A key that is an instance of a subclass of `str` counts as its text."""
    before, after = ContactEntity(custom_fields={}), ContactEntity(custom_fields={Key("SuperOffice:1"): "44"})
    assert between(before, after).apply(before) == after


@pytest.mark.parametrize("dialect", ["rfc", "server"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Ring(rings=[1]), Ring(rings=[1, 2])),
        (Ring(label={"a": 1}), Ring(label={"a": 2})),
        (ContactEntity(category={}), ContactEntity(category={"Id": 1})),
        (ContactEntity(category=Person()), ContactEntity(category=Person(person_id=1))),
        (ContactEntity(persons=Person()), ContactEntity(persons=Person(person_id=1))),
    ],
)
def test_what_is_not_of_its_kind_has_no_difference(dialect, before, after):
    """A list, dictionary or carrier where the class has another kind is an EncodeError, also if both documents have one."""
    with pytest.raises(EncodeError) as caught:
        diff(before, after, dialect=dialect)
    assert len(caught.value.issues) == 1


def test_a_wrong_path_into_keys_that_are_no_strings_is_an_error():
    """A path to a key that is not there is a `PathError`, also among keys that are no strings."""
    patch = JsonPatch.parse([{"op": "remove", "path": "/CustomFields/x"}], "rfc")
    with pytest.raises(PathError, match='there is no "x"'):
        patch.apply(ContactEntity(custom_fields={1: "a"}))


def test_a_merge_patch_holds_no_wrong_value():
    """A merge patch of a value that cannot be written is an error with its place."""
    with pytest.raises(EncodeError) as caught:
        MergePatch.between(Ring(), Ring(label=5))
    assert [issue.pointer for issue in caught.value.issues] == ["/Label"]


def test_a_carrier_and_builtins_are_compared_as_json():
    """A carrier and plain JSON are compared by what is written for them."""
    change = [{"op": "replace", "path": "/0/Label", "value": "b"}]
    assert diff([Ring(label="a")], [{"Label": "b"}]).to_builtins() == change
    assert MergePatch.between({"Label": "a"}, Ring(label="b"), dialect="rfc").to_builtins() == {"Label": "b"}
    assert MergePatch.between(Ring(label="a"), {"Label": "b"}).to_builtins() == {"Label": "b"}


class Picky(Carrier):
    """A carrier whose validator refuses certain values."""

    answer: Maybe[str] = attrs.field(default=UNSET, validator=attrs.validators.in_(["yes", "no", UNSET]))


def test_a_change_that_a_validator_refuses_has_no_patch():
    """In the server's dialect, `diff` raises EncodeError where the class would refuse the patch."""
    with attrs.validators.disabled():
        wrong = Picky(answer="maybe")
    with pytest.raises(EncodeError, match="the value has 1 fault: /Answer: no patch can express this change"):
        diff(Picky(answer="yes"), wrong, dialect="server")
    with pytest.raises(EncodeError, match="the value has 1 fault: /Answer: no patch can express this change"):
        MergePatch.between(Picky(answer="yes"), wrong)


@pytest.mark.parametrize("after", [5, None, [], "x"])
def test_a_change_of_a_carrier_to_something_else_has_no_patch(after):
    """The message about a value that no carrier can become has one subject, and says what was expected."""
    for between in (partial(diff, dialect="server"), MergePatch.between):
        with pytest.raises(EncodeError) as caught:
            between(ContactEntity(name="x"), after)
        assert str(caught.value).startswith("the value has 1 fault: the document: no patch can express this change: ")
        assert "expected object (ContactEntity), received" in str(caught.value)
        assert "the body" not in str(caught.value)


def test_an_inverse_has_the_options_of_its_patch():
    """`invert` gives a patch with the same options, and lists as many faults as the patch says."""
    patch = JsonPatch.parse([{"op": "remove", "path": "/Interests"}], unknown="error", duplicates="error", max_faults=3)
    inverse = patch.invert(ContactEntity(interests=[]))
    assert (inverse.unknown, inverse.duplicates, inverse.max_faults) == ("error", "error", 3)
    wrong = ContactEntity(interests=[SelectableMDOListItem(id="x")] * 5)
    with pytest.raises(EncodeError) as caught:
        patch.invert(wrong)
    assert (len(caught.value.issues), caught.value.more) == (3, True)


class Exact(Carrier):
    """A carrier that has properties that may not be null, or not be absent."""

    size: int
    weight: int = 5
    names: Maybe[list[str]] = UNSET
    texts: Maybe[dict[str, str]] = UNSET
    parts: Maybe[list["Exact"]] = UNSET


@pytest.mark.parametrize("dialect", ["rfc", "server"])
@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (evolve(Exact(size=1), size=UNSET), "/Size"),
        (Exact(size=None), "/Size"),
        (Exact(size=1, weight=UNSET), "/Weight"),
        (Exact(size=1, weight=None), "/Weight"),
        (Exact(size=1, names=["a", None]), "/Names/1"),
        (Exact(size=1, texts={"a": "a", "b": None}), "/Texts/b"),
        (Exact(size=1, parts=[None]), "/Parts/0"),
        (Exact(size=1, parts=[Exact(size=1, weight=None)]), "/Parts/0/Weight"),
    ],
)
def test_null_and_absent_have_a_difference_only_where_they_can_be_written(dialect, wrong, pointer):
    """Null and absent, where the class allows neither, are an EncodeError in both dialects, as any wrong value is."""
    right = Exact(size=1, names=["a"], texts={"a": "a"}, parts=[Exact(size=1)])
    with pytest.raises(EncodeError) as caught:
        diff(right, wrong, dialect=dialect)
    assert [issue.pointer for issue in caught.value.issues] == [pointer]


def test_a_selected_carrier_has_a_difference():
    """What a selection made null has a difference in the standard's dialect, since it can be written."""
    shown = Selection.parse("weight", Exact).apply(Exact(size=1))
    assert {"op": "replace", "path": "/Size", "value": None} in diff(Exact(size=1), shown).to_builtins()


class Bell(Ring):
    """A recursive carrier of another class."""


def test_carriers_of_two_classes_are_compared_as_json():
    """Carriers of two classes in one place are compared by what is written for them."""
    change = [{"op": "replace", "path": "/Rings/a/Label", "value": "b"}]
    assert diff(Ring(rings={"a": Ring(label="a")}), Ring(rings={"a": Bell(label="b")})).to_builtins() == change
    change = [{"op": "replace", "path": "/Name", "value": "b"}]
    assert diff(ContactEntity(name="a"), ContactEntityWithLinks(name="b"), dialect="server").to_builtins() == change


class Moment(datetime):
    """A caller's class of date-times."""


def test_dates_are_compared_as_they_are_spelled():
    """A `datetime`, an instance of its subclass and a `Timestamp` are equal where the wire spells them alike."""
    spelled = [datetime(2020, 1, 2), Moment(2020, 1, 2), Timestamp.parse("2020-01-02T00:00:00")]
    for one in spelled:
        for other in spelled:
            assert diff(ContactEntity(updated_date=one), ContactEntity(updated_date=other)).to_builtins() == []
        assert len(diff(ContactEntity(updated_date=one), ContactEntity(updated_date=datetime(2021, 1, 2)))) == 1


GREENWICH = datetime(2020, 1, 2, tzinfo=timezone(timedelta(0), "GMT"))
OF_ONE_INSTANT = [
    ("Z", GREENWICH.astimezone(timezone.utc)),
    ("Z", Timestamp.parse("2020-01-02T00:00:00Z")),
    ("+00:00", GREENWICH),
    ("+00:00", Timestamp.parse("2020-01-02T00:00:00+00:00")),
    ("+0000", Timestamp.parse("2020-01-02T00:00:00+0000")),
]


class Size(Enum):
    """A closed enumeration."""

    SMALL = "s"
    LARGE = "l"


class Parcel(Carrier):
    """A carrier with values that JSON has no type for."""

    price: Maybe[Decimal] = UNSET
    key: Maybe[UUID] = UNSET
    day: Maybe[date] = UNSET
    size: Maybe[Size] = UNSET


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("price", [Decimal("1.5"), Decimal("1.50"), Decimal(2)]),
        ("key", [UUID(int=1), UUID(int=2)]),
        ("day", [date(2020, 1, 2), date(2020, 1, 3)]),
        ("size", [Size.SMALL, Size.LARGE]),
    ],
)
def test_values_that_json_has_no_type_for_are_compared_as_they_are_spelled(name, values):
    """Two decimals, UUIDs, dates or members of an enumeration are the same where the wire spells them alike."""
    for first, one in enumerate(values):
        for second, other in enumerate(values):
            patch = diff(Parcel(**{name: copy.deepcopy(one)}), Parcel(**{name: copy.deepcopy(other)}))
            assert len(patch) == (first != second)


class Diary(Carrier):
    """A carrier with lists and dictionaries of dates."""

    dates: Maybe[list[datetime]] = UNSET
    named: Maybe[dict[str, datetime]] = UNSET
    weeks: Maybe[list[list[datetime]]] = UNSET


HOLDING = {
    "property": lambda date: ContactEntity(updated_date=date),
    "item": lambda date: ContactEntity(
        interests=[SelectableMDOListItem(id=1, child_items=[SelectableMDOListItem(last_changed=date)])]
    ),
    "list": lambda date: Diary(dates=[date]),
    "dictionary": lambda date: Diary(named={"a": date}),
    "list of lists": lambda date: Diary(weeks=[[date]]),
}


@pytest.mark.parametrize("contact", HOLDING.values(), ids=HOLDING)
def test_dates_of_one_instant_differ_where_their_zones_are_spelled_otherwise(contact):
    """Of date-times that are equal, those whose zones the wire spells alike are the same, wherever a carrier holds them."""
    for suffix, one in OF_ONE_INSTANT:
        for other_suffix, other in OF_ONE_INSTANT:
            patch = diff(contact(one), contact(other))
            assert len(patch) == (suffix != other_suffix)
            assert encode(patch.apply(contact(one))) == encode(contact(other))


def test_an_hour_that_the_clock_shows_twice_is_the_same_hour():
    """Date-times that `==` never finds equal are the same where the wire spells them alike."""
    twice = datetime(2020, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Oslo"))
    one = ContactEntity(interests=[SelectableMDOListItem(last_changed=twice)])
    other = ContactEntity(interests=[SelectableMDOListItem(last_changed=Timestamp.parse("2020-10-25T02:30:00+01:00"))])
    assert one != other
    assert len(diff(one, other)) == len(diff(other, one)) == 0


def test_what_reads_alike_and_is_not_equal_is_refused():
    """A tuple in the place of a list is refused, though both would be the same JSON."""
    with pytest.raises(EncodeError, match="/Persons"):
        diff(ContactEntity(persons=[Person()]), ContactEntity(persons=(Person(),)))
    one, other = (ContactEntity(interests=[SelectableMDOListItem(child_items=items)]) for items in ([], ()))
    with pytest.raises(EncodeError, match="/Interests/0/ChildItems"):
        diff(one, other)


def test_what_cannot_be_written_and_stays_is_no_difference():
    """Only what changes has to be writable: strings with equal lone surrogates, and integers out of range, may stay."""

    def contact(name):
        return ContactEntity(name=name, persons=[Person(person_id=2**70, lastname=chr(0xD800))])

    assert [(each.op, each.path) for each in diff(contact("a"), contact("b"))] == [("replace", "/Name")]


def test_unknown_members_in_another_order_are_no_difference():
    """Unknown members in another order, and none beside those that were looked at, are no difference at any depth."""
    one, other = (ContactEntity(persons=[Person(), Person()]) for _ in range(2))
    one.persons[0].extras.update(a=1, b=[{"c": 2, "d": 3}])
    other.persons[0].extras.update(b=[{"d": 3, "c": 2}], a=1)
    assert one.persons[1].extras == {}
    assert len(diff(one, other)) == 0


def test_only_so_much_is_moved():
    """Values that together are longer than the search's limit are written again instead of moved."""
    values, kept = {str(number): f"{number}" + "x" * 100_000 for number in range(8)}, {"kept": "y" * 1_000_000}
    before, after = {"a": {**values, **kept}, "b": kept}, {"a": kept, "b": {**values, **kept}}
    patch = diff(before, after)
    assert patch.apply(before) == after
    assert {each.op for each in patch} == {"add", "move", "remove"}


@pytest.mark.parametrize("dialect", ["server", "rfc"])
def test_the_class_of_a_carrier_inside_is_no_difference(dialect):
    """Carriers of different classes that read the same on the wire have no difference."""

    class Heir(Category):
        pass

    before, after = ContactEntity(category=Category(id=1)), ContactEntity(category=Heir(id=1))
    assert encode(diff(before, after, dialect=dialect).apply(before)) == encode(after)


def test_both_kinds_of_differences_take_the_dialect_by_name():
    """`diff` and `MergePatch.between` take two documents by place, and the dialect by name only."""
    for between in (diff, MergePatch.between):
        assert between({}, {"a": 1}, dialect="rfc").dialect == "rfc"
        with pytest.raises(TypeError, match="positional arguments"):
            between({}, {"a": 1}, "rfc")


class Dated(Carrier):
    when: datetime


def test_what_a_carrier_remembers_beside_its_members_is_no_spelling():
    """Views with the same dates and unknown members have the same spelling, and so has what they are views of."""
    carrier = Dated(when=datetime(2003, 10, 1), extras={"Note": {"Size": 1}})
    view = Selection.parse("*", Dated).apply(carrier)
    other = Selection.parse("*", Dated).apply(carrier)
    assert same(carrier, view)
    assert same(view, carrier)
    assert same(view, other)
    other.extras = {"Note": {"Size": 2}}
    assert not same(view, other)
