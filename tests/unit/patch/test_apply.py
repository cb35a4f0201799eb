"""JSON Patch on carriers: both dialects, null and absent, and errors that name the operation and the place."""

import copy
import pickle
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContentTooLarge,
    EncodeError,
    EntityElement,
    Maybe,
    PatchConflict,
    PathError,
    Timestamp,
    ValidationError,
    decode,
    encode,
    to_builtins,
)
from contactwire.carriers import Address, Associate, AssociateType, Business, Category, LocalizedField, SelectableMDOListItem
from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
from contactwire.errors import MissingPlace
from contactwire.patch import JsonPatch, MergePatch, Operation, diff
from tests.inside import containers


def contact(**changes):
    """A contact with properties of several kinds."""
    return ContactEntity(
        contact_id=5,
        name="Elan",
        description=None,
        phones=[EntityElement(value="1"), EntityElement(value="2")],
        category=Category(id=3, value="Customer"),
        custom_fields={"SuperOffice:1": "a"},
        updated_date=Timestamp.parse("2020-01-01T12:00:00Z"),
        **changes,
    )


def apply(operations, target=None, dialect="server"):
    """The contact that a patch makes of the test's contact."""
    return JsonPatch.parse(operations, dialect).apply(contact() if target is None else target)


EFFECTS = [
    # The name, the operation, the path that it changes, and the value there afterwards, per dialect.
    ("replace a property", {"op": "replace", "path": "/Name", "value": "x"}, "name", "x", "x"),
    ("any letter case", {"op": "replace", "path": "/nAME", "value": "x"}, "name", "x", "x"),
    ("replace with null", {"op": "replace", "path": "/Name", "value": None}, "name", None, None),
    ("replace a null", {"op": "replace", "path": "/Description", "value": "x"}, "description", "x", "x"),
    ("replace what is absent", {"op": "replace", "path": "/Department", "value": "x"}, "department", "x", PathError),
    ("add what is absent", {"op": "add", "path": "/Department", "value": "x"}, "department", "x", "x"),
    ("add null", {"op": "add", "path": "/Department", "value": None}, "department", None, None),
    ("add over a value", {"op": "add", "path": "/Name", "value": "x"}, "name", "x", "x"),
    ("remove a property", {"op": "remove", "path": "/Name"}, "name", UNSET, UNSET),
    ("remove a null", {"op": "remove", "path": "/Description"}, "description", UNSET, UNSET),
    ("remove what is absent", {"op": "remove", "path": "/Department"}, "department", UNSET, PathError),
    (
        "a date",
        {"op": "add", "path": "/CreatedDate", "value": "2020-01-01T00:00:00.0000001"},
        "created_date",
        Timestamp.parse("2020-01-01T00:00:00.0000001"),
        Timestamp.parse("2020-01-01T00:00:00.0000001"),
    ),
    ("a number as text", {"op": "replace", "path": "/ContactId", "value": "7"}, "contact_id", 7, ValidationError),
    ("a number for a flag", {"op": "add", "path": "/Xstop", "value": 1}, "xstop", True, ValidationError),
    ("a wrong type", {"op": "replace", "path": "/ContactId", "value": "x"}, "contact_id", ValidationError, ValidationError),
    (
        "out of range",
        {"op": "replace", "path": "/ContactId", "value": 2**31},
        "contact_id",
        ValidationError,
        ValidationError,
    ),
    (
        "a list replaces the list",
        {"op": "replace", "path": "/Phones", "value": [{"Value": "3"}]},
        "phones",
        [EntityElement(value="3")],
        [EntityElement(value="3")],
    ),
    ("a list added replaces the list", {"op": "add", "path": "/Phones", "value": []}, "phones", [], []),
    (
        "an object for a list",
        {"op": "replace", "path": "/Phones", "value": {"Value": "3"}},
        "phones",
        [EntityElement(value="1"), EntityElement(value="2"), EntityElement(value="3")],
        ValidationError,
    ),
    (
        "an object added to a list",
        {"op": "add", "path": "/Phones", "value": {"Value": "3"}},
        "phones",
        [EntityElement(value="1"), EntityElement(value="2"), EntityElement(value="3")],
        ValidationError,
    ),
    (
        "an object for an absent list",
        {"op": "add", "path": "/Emails", "value": {"Value": "3"}},
        "emails",
        [EntityElement(value="3")],
        ValidationError,
    ),
    (
        "an item behind the last",
        {"op": "add", "path": "/Phones/-", "value": {"value": "3"}},
        "phones",
        [EntityElement(value="1"), EntityElement(value="2"), EntityElement(value="3")],
        [EntityElement(value="1"), EntityElement(value="2"), EntityElement(value="3")],
    ),
    (
        "an item in front",
        {"op": "add", "path": "/Phones/0", "value": {}},
        "phones",
        [EntityElement(), EntityElement(value="1"), EntityElement(value="2")],
        [EntityElement(), EntityElement(value="1"), EntityElement(value="2")],
    ),
    (
        "an item of an absent list",
        {"op": "add", "path": "/Emails/-", "value": {"Value": "3"}},
        "emails",
        [EntityElement(value="3")],
        PathError,
    ),
    (
        "remove an item",
        {"op": "remove", "path": "/Phones/0"},
        "phones",
        [EntityElement(value="2")],
        [EntityElement(value="2")],
    ),
    ("remove no item", {"op": "remove", "path": "/Phones/2"}, "phones", PathError, PathError),
    (
        "inside an item",
        {"op": "replace", "path": "/Phones/1/Value", "value": "x"},
        "phones",
        [EntityElement(value="1"), EntityElement(value="x")],
        [EntityElement(value="1"), EntityElement(value="x")],
    ),
    ("no item", {"op": "replace", "path": "/Phones/1", "value": 5}, "phones", ValidationError, ValidationError),
    (
        "null for an item",
        {"op": "replace", "path": "/Phones/1", "value": None},
        "phones",
        [EntityElement(value="1"), None],
        [EntityElement(value="1"), None],
    ),
    (
        "inside a carrier",
        {"op": "replace", "path": "/Category/Id", "value": 4},
        "category",
        Category(id=4, value="Customer"),
        Category(id=4, value="Customer"),
    ),
    ("inside an absent carrier", {"op": "add", "path": "/Business/Id", "value": 4}, "business", Business(id=4), PathError),
    (
        "a carrier whole",
        {"op": "replace", "path": "/Category", "value": {"Id": 4}},
        "category",
        Category(id=4),
        Category(id=4),
    ),
    (
        "a key",
        {"op": "replace", "path": "/CustomFields/SuperOffice:1", "value": "x"},
        "custom_fields",
        {"SuperOffice:1": "x"},
        {"SuperOffice:1": "x"},
    ),
    (
        "a new key",
        {"op": "add", "path": "/CustomFields/y", "value": None},
        "custom_fields",
        {"SuperOffice:1": "a", "y": None},
        {"SuperOffice:1": "a", "y": None},
    ),
    (
        "replace a key that is not there",
        {"op": "replace", "path": "/CustomFields/y", "value": "x"},
        "custom_fields",
        {"SuperOffice:1": "a", "y": "x"},
        PathError,
    ),
    (
        "keys are exact",
        {"op": "add", "path": "/CustomFields/superoffice:1", "value": "x"},
        "custom_fields",
        {"SuperOffice:1": "a", "superoffice:1": "x"},
        {"SuperOffice:1": "a", "superoffice:1": "x"},
    ),
    (
        "a key of an absent dictionary",
        {"op": "replace", "path": "/ExtraFields/x_foobar", "value": "baz"},
        "extra_fields",
        {"x_foobar": "baz"},
        PathError,
    ),
    ("remove a key", {"op": "remove", "path": "/CustomFields/SuperOffice:1"}, "custom_fields", {}, {}),
    (
        "a slash in a key",
        {"op": "add", "path": "/CustomFields/a~1b~0c", "value": "x"},
        "custom_fields",
        {"SuperOffice:1": "a", "a/b~c": "x"},
        {"SuperOffice:1": "a", "a/b~c": "x"},
    ),
]


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize(
    ("operation", "attribute", "server", "rfc"), [case[1:] for case in EFFECTS], ids=[case[0] for case in EFFECTS]
)
def test_an_operation_on_a_contact(operation, attribute, server, rfc, dialect):
    """Each operation has its effect or its error in each dialect, and changes nothing else in the contact or the target."""
    expected = server if dialect == "server" else rfc
    target = contact()
    if isinstance(expected, type):
        with pytest.raises(expected):
            apply([operation], target, dialect)
    else:
        result = apply([operation], target, dialect)
        assert getattr(result, attribute) == expected
        assert attrs.evolve(result, **{attribute: UNSET}) == attrs.evolve(target, **{attribute: UNSET})
    assert target == contact()


def test_the_server_makes_what_is_missing_on_a_path():
    """The server makes an absent or null carrier on a path, and sets nothing but what the path names."""
    for category in (UNSET, None):
        made = apply([{"op": "replace", "path": "Category/Id", "value": 123}], ContactEntity(category=category))
        assert made == ContactEntity(category=Category(id=123))


@pytest.mark.parametrize("path", ["/department", "Department", "department", "/DEPARTMENT"])
def test_the_servers_paths_are_relaxed(path):
    """A path in the server's dialect matches in any letter case, and may lack the leading slash."""
    assert apply([{"op": "add", "path": path, "value": "x"}]).department == "x"


SEEN = [
    (
        {"op": "replace", "path": "CustomFields", "value": {"SuperOffice:1": "Testing"}},
        {"CustomFields": {"SuperOffice:1": "Testing"}},
    ),
    ({"op": "replace", "path": "ExtraFields/x_foobar", "value": "baz"}, {"ExtraFields": {"x_foobar": "baz"}}),
    (
        {"op": "add", "path": "Interests", "value": [{"Id": "3", "Selected": True}]},
        {"Interests": [{"Id": 3, "Selected": True}]},
    ),
    ({"op": "replace", "path": "Category/Id", "value": 123}, {"Category": {"Id": 123}}),
]


@pytest.mark.parametrize(("operation", "expected"), SEEN)
def test_the_vendors_examples(operation, expected):
    """The operations in the vendor's documentation do what it says."""
    assert to_builtins(apply([operation], ContactEntity())) == expected


def test_move_and_copy_between_typed_places():
    """`move` and `copy` put a value where its kind fits, and are a fault where it does not."""
    operations = [
        {"op": "copy", "from": "/Phones", "path": "/Emails"},
        {"op": "replace", "path": "/Emails/0/Value", "value": "x"},
        {"op": "move", "from": "/Phones/0", "path": "/Faxes"},
    ]
    made = apply(operations[:2], dialect="rfc")
    assert [item.value for item in made.emails] == ["x", "2"]
    assert [item.value for item in made.phones] == ["1", "2"]
    with pytest.raises(ValidationError, match="/Faxes"):
        apply(operations, dialect="rfc")
    with pytest.raises(ValidationError, match="/ContactId: operation 0"):
        apply([{"op": "move", "from": "/Name", "path": "/ContactId"}], dialect="rfc")


def test_unknown_properties_are_added_and_nothing_else_is_unknown():
    """`add` keeps an unknown property in `extras`; other operations find it there or get the nearest name in the error."""
    made = apply([{"op": "add", "path": "/New", "value": {"a": [1]}}, {"op": "replace", "path": "/New/a/0", "value": 2}])
    assert made.extras == {"New": {"a": [2]}}
    assert apply([{"op": "remove", "path": "/New/a"}], made).extras == {"New": {}}
    for operation in (
        {"op": "replace", "path": "/Nmae", "value": 1},
        {"op": "remove", "path": "Nmae"},
        {"op": "test", "path": "/Nmae", "value": 1},
    ):
        with pytest.raises(PathError, match="did you mean Name") as caught:
            apply([operation])
        assert caught.value.suggestion == "Name"


FAULTS = [
    ([{"op": "replace", "path": "/phones/1/value", "value": 1}], "rfc", ["/phones/1/value"]),
    (
        [{"op": "add", "path": "/Phones/-", "value": {"Value": 1, "x": {}, "TableRight": 2}}],
        "rfc",
        ["/Phones/-/Value", "/Phones/-/TableRight"],
    ),
    (
        [{"op": "replace", "path": "ContactId", "value": "x"}, {"op": "add", "path": "Name", "value": []}],
        "server",
        ["/ContactId", "/Name"],
    ),
    (
        [{"op": "add", "path": "/Category", "value": "x"}, {"op": "replace", "path": "/Category/None", "value": 1}],
        "rfc",
        ["/Category"],
    ),
]


@pytest.mark.parametrize(("operations", "dialect", "pointers"), FAULTS)
def test_values_that_do_not_fit_are_all_reported(operations, dialect, pointers):
    """Each value that does not fit is an issue with the operation's path as sent and the pointer inside the value."""
    with pytest.raises(ValidationError) as caught:
        apply(operations, dialect=dialect)
    assert [issue.pointer for issue in caught.value.issues] == pointers
    assert all(issue.message.startswith("operation ") for issue in caught.value.issues)


PATHS = [
    ("/Nmae", 1, "Name"),
    ("Category/Idd", 9, "Id"),
    ("/Phones/x/Value", 8, ""),
    ("/Phones/01/Value", 8, ""),
    ("/Phones/7/Value", 8, ""),
    ("/Name/x", 6, ""),
    ("/CustomFields/SuperOffice:1/x", 28, ""),
]


@pytest.mark.parametrize(("path", "position", "suggestion"), PATHS)
def test_a_path_that_leads_nowhere_says_where(path, position, suggestion):
    """The error for a path that leads nowhere has the path, the place in it, the operation and the nearest property."""
    with pytest.raises(PathError) as caught:
        apply([{"op": "test", "path": "/Name", "value": "Elan"}, {"op": "replace", "path": path, "value": 1}])
    error = caught.value
    assert (error.path, error.position, error.suggestion) == (path, position, suggestion)
    assert "operation 1" in str(error)


TESTS = [
    ("/Name", "Elan", True),
    ("/Name", "elan", False),
    ("/ContactId", 5, True),
    ("/ContactId", 5.0, True),
    ("/ContactId", "5", "server"),
    ("/ContactId", "5.5", False),
    ("/ContactId", True, False),
    ("/Description", None, True),
    ("/Description", "", False),
    ("/UpdatedDate", "2020-01-01T12:00:00Z", True),
    ("/UpdatedDate", "2020-01-01T12:00:00.0000000Z", True),
    ("/UpdatedDate", "2020-01-01T12:00:00+00:00", False),
    ("/UpdatedDate", "2020-01-01T12:00:00", False),
    ("/UpdatedDate", "2020-01-01T12:00:00.0000001Z", False),
    ("/UpdatedDate", "yesterday", False),
    ("/CreatedDate", "2020-01-01T13:00:00+01:00", True),
    ("/CreatedDate", "2020-01-01T14:00:00+0200", True),
    ("/CreatedDate", "2020-01-01T12:00:00Z", False),
    ("/Category", {"Value": "Customer", "Id": 3.0}, True),
    ("/Category", {"value": "Customer", "ID": 3}, True),
    ("/Category", {"value": "Customer", "ID": "3"}, "server"),
    ("/Category", {"value": "Customer", "ID": "x"}, False),
    ("/Phones", [{"Value": 1}, {"Value": "2"}], "server"),
    ("/Associate/Type", "internalassociate", "server"),
    ("/NoMailing", "true", "server"),
    ("/NoMailing", 1, "server"),
    ("/Category", {"Id": 3}, False),
    ("/Category", {"Id": 3, "Value": "Customer", "X": 1}, False),
    ("/Category", [], False),
    ("/Phones", [{"Value": "1"}, {"Value": "2"}], True),
    ("/Phones", [{"Value": "2"}, {"Value": "1"}], False),
    ("/CustomFields", {"SuperOffice:1": "a"}, True),
    ("/CustomFields", {"superoffice:1": "a"}, False),
    ("/Phones/9", {}, False),
    ("/Department", "x", False),
]


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize(("path", "value", "passes"), TESTS)
def test_tests_compare_by_json_value(path, value, passes, dialect):
    """Numbers by value, `true` no number, dates by instant and kind, objects whatever their order (RFC 6902 §4.6).

    In the server's dialect the value is read as that of a `replace` is.
    """
    target = contact(
        created_date=Timestamp.parse("2020-01-01T13:00:00+01:00"),
        associate=Associate(type=AssociateType.INTERNAL_ASSOCIATE),
        no_mailing=True,
    )
    operation = {"op": "test", "path": path, "value": value}
    if passes is True or passes == dialect:
        assert apply([operation], target, dialect) == target
    else:
        with pytest.raises(PatchConflict) as caught:
            apply([operation], target, dialect)
        assert (caught.value.pointer, caught.value.expected, caught.value.status) == (path, value, 409)


NUMBERS = [
    ("1e400", "1e401", False),
    ("1e400", "1E400", True),
    ("1e400", "10e399", True),
    ("1e9999999999999999999", "1e9999999999999999999", True),
    ("1e9999999999999999999", "1e9999999999999999998", False),
    ("1e9999999999999999999", "1", False),
    ("12345678901234567.89", "12345678901234567.90", False),
    ("12345678901234567.89", "12345678901234567.890", True),
    ("0.1", "0.10000000000000000001", False),
    ("0.1", "0.10", True),
    ("12345678901234567890123", "12345678901234567890123.0", True),
    ("12345678901234567890123", "12345678901234567890124", False),
    ("100000000000000000000000", "1e23", True),
    ("-0", "0.0", True),
    ("5", "5.0", True),
    ("5", "5.5", False),
]


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize(("stored", "sent", "passes"), NUMBERS)
def test_tests_compare_numbers_to_the_last_digit(stored, sent, passes, dialect):
    """A `test` of an unknown number or a decimal is true for numerically equal numbers only, whatever a double can tell."""

    class Account(Carrier):
        total: Maybe[Decimal] = UNSET

    codec = JsonPatchCodec(patch_dialect=dialect)
    targets = {"/X/0": decode(f'{{"X":[{stored}]}}'), "/A": {"A": decode(f'{{"X":{stored}}}').extras["X"]}}
    if "e9999" not in stored:
        targets["/Total"] = decode(f'{{"Total":{stored}}}', type=Account)
    for path, target in targets.items():
        for value, place in [(sent, path), (f"[{sent}]", "/X")][: 1 + (path == "/X/0")]:
            patch = codec.decode(f'[{{"op":"test","path":"{place}","value":{value}}}]')
            if passes:
                assert patch.apply(target) == target
            else:
                with pytest.raises(PatchConflict):
                    patch.apply(target)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("1e400", "null", False),
        ("1e400", "1e401", False),
        ("1e400", '"1e400"', False),
        ("1e400", "1e400", True),
        ("12345678901234567.89", "12345678901234567.90", False),
        ("0.1", "0.10000000000000000001", False),
        ("1.50", "1.5", True),
        ("1E2", "100.0", True),
    ],
)
def test_patches_with_other_numbers_are_not_equal(one, other, equal):
    """Patches are equal if their numbers are, also where a double cannot tell them apart, or is infinite."""
    for codec, text in [
        (JsonPatchCodec(), '[{"op":"add","path":"/X","value":{"b":[%s],"a":1}}]'),
        (MergePatchCodec(), '{"X":{"b":[%s],"a":1}}'),
    ]:
        first, second = codec.decode(text % one), codec.decode(text % other)
        assert (first == second) is equal
        assert not equal or hash(first) == hash(second)


def test_absent_tests_as_null_in_the_servers_dialect():
    """Absent equals null in a `test` of the server's dialect, and equals nothing in the standard's."""
    for operation in (
        {"op": "test", "path": "/Department", "value": None},
        {"op": "test", "path": "/Category", "value": {"Id": 3, "Value": "Customer", "Tooltip": None}},
    ):
        assert apply([operation]) == contact()
        with pytest.raises(PatchConflict):
            apply([operation], dialect="rfc")


def test_a_failed_test_changes_nothing():
    """A failed `test` names the operation, the expected value and the value there, and changes nothing."""
    target = contact()
    with pytest.raises(PatchConflict) as caught:
        apply([{"op": "remove", "path": "/Name"}, {"op": "test", "path": "/Category", "value": {"Id": 4}}], target)
    error = caught.value
    assert (error.index, error.expected, error.actual) == (1, {"Id": 4}, {"Id": 3, "Value": "Customer"})
    assert target == contact()
    assert pickle.loads(pickle.dumps(error)) == error


def test_the_result_shares_what_is_not_touched():
    """The patched contact shares what lies on no path, and an empty patch makes a new contact too."""
    target = contact()
    result = apply(
        [{"op": "replace", "path": "/Phones/0/Value", "value": "x"}, {"op": "add", "path": "/New", "value": 1}], target
    )
    assert result.category is target.category
    assert result.phones[1] is target.phones[1]
    assert result.phones[0] is not target.phones[0]
    assert result.extras is not target.extras
    assert apply([], target) == target
    assert apply([], target) is not target


APPENDING = [
    (
        "an object for the list",
        ContactEntity(emails=[EntityElement()] * 9),
        {"op": "add", "path": "/Emails", "value": {}},
        2,
    ),
    (
        "the place behind the last",
        ContactEntity(emails=[EntityElement()] * 9),
        {"op": "add", "path": "/Emails/-", "value": {}},
        2,
    ),
    ("an absent list", ContactEntity(), {"op": "replace", "path": "/Emails", "value": {}}, 2),
    (
        "inside an item",
        ContactEntity(emails=[EntityElement()] * 9),
        {"op": "replace", "path": "/Emails/3/Value", "value": "x"},
        3,
    ),
    ("a list of contacts", [ContactEntity()] * 9, {"op": "add", "path": "", "value": {}}, 1),
    ("plain JSON", {"a": [1] * 9}, {"op": "add", "path": "/A", "value": {}}, 2),
    ("a plain list", [1] * 9, {"op": "add", "path": "/0", "value": 5}, 1),
]


@pytest.mark.parametrize(
    ("target", "operation", "copies"), [case[1:] for case in APPENDING], ids=[case[0] for case in APPENDING]
)
def test_a_patch_copies_once_what_it_changes(target, operation, copies, monkeypatch):
    """A patch copies each list, carrier and object on its paths once, however many operations it has."""
    copied = []

    def counting(value):
        copied.append(value)
        return shallow_copy(value)

    shallow_copy = containers._shallow_copy
    monkeypatch.setattr(containers, "_shallow_copy", counting)
    before = copy.deepcopy(target)
    made = apply([operation] * 500, target)
    assert len(copied) == copies
    assert target == before
    monkeypatch.undo()
    expected = before
    for _ in range(500):
        expected = apply([operation], expected)
    assert made == expected


def test_lists_of_carriers_and_plain_json():
    """A document may be a list of contacts, or plain JSON."""
    made = apply(
        [{"op": "add", "path": "/-", "value": {"Name": "x"}}, {"op": "replace", "path": "0/Name", "value": "y"}], [contact()]
    )
    assert [each.name for each in made] == ["y", "x"]
    assert type(made[1]) is ContactEntity
    document = {"Name": "y", "Phones": [{"Value": "1"}]}
    operations = [
        {"op": "replace", "path": "name", "value": "x"},
        {"op": "add", "path": "/phones", "value": {"Value": "2"}},
        {"op": "add", "path": "/Phones/-", "value": {"Value": "3"}},
        {"op": "remove", "path": "/phones/0"},
    ]
    assert apply(operations, document) == {"Name": "x", "Phones": [{"Value": "2"}, {"Value": "3"}]}
    assert document == {"Name": "y", "Phones": [{"Value": "1"}]}


def test_names_of_plain_json_in_any_letter_case():
    """In plain JSON a name that matches exactly comes before one in another letter case, and a removed name is not found."""
    assert apply([{"op": "replace", "path": "/A", "value": 1}], {"a": 0, "A": 0}) == {"a": 0, "A": 1}
    operations = [
        {"op": "remove", "path": "/X"},
        {"op": "add", "path": "/X", "value": 2},
        {"op": "replace", "path": "/x", "value": 3},
    ]
    assert apply(operations, {"x": 0}) == {"X": 3}
    with pytest.raises(PathError):
        apply([{"op": "replace", "path": "/A", "value": 1}], {"a": 0}, "rfc")


def test_the_users_own_carriers():
    """Patches work on a user's recursive carriers, on all numbers, and run a class's validators."""

    class Node(Carrier):
        size: Maybe[float] = attrs.field(default=UNSET, validator=lambda _, __, value: _refuse(value))
        names: Maybe[list[str]] = UNSET
        grid: Maybe[list[list[int]]] = UNSET
        below: Maybe[list["Node"]] = UNSET

    def _refuse(value):
        if value == 13:
            raise ValueError("unlucky")

    made = apply(
        [{"op": "add", "path": "/below/0/below/-", "value": {"Size": 1}}, {"op": "add", "path": "/Grid/0/-", "value": "5"}],
        Node(below=[Node()], grid=[[4]]),
    )
    assert made == Node(below=[Node(below=[Node(size=1)])], grid=[[4, 5]])
    with pytest.raises(ValidationError, match="/size: operation 0: unlucky"):
        apply([{"op": "replace", "path": "size", "value": 13}], made)
    after = Node(below=[Node(size=1.0), Node(names=["a"])], grid=[[4], []])
    assert to_builtins(diff(made, after).apply(made)) == to_builtins(after)


def test_every_patch_can_be_a_key():
    """However a patch comes about, it has the hash of the equal patch that its document is parsed to."""
    before = ContactEntity(phones=[EntityElement(value="a" * 50), EntityElement(value="b" * 50)])
    patch = diff(before, ContactEntity(phones=before.phones[::-1], name="x"))
    patches = [
        patch,
        patch.invert(before),
        patch.in_dialect("server"),
        patch.in_dialect("server").in_dialect("rfc"),
        JsonPatch.parse([{"op": "remove", "path": "A/b"}]).in_dialect("rfc"),
        MergePatch.parse({"Name": "x"}).to_json_patch(ContactEntity),
    ]
    for each in patches:
        again = JsonPatch.parse(each.to_builtins(), each.dialect)
        assert (again, hash(again)) == (each, hash(each))


def test_patches_are_values():
    """A patch is immutable, hashable, equal to one with its members in another order, and pickles whole."""
    one = JsonPatch.parse([{"op": "add", "path": "/A", "value": {"a": 1, "b": [2]}}, {"op": "remove", "path": "B"}])
    other = JsonPatch.parse([{"value": {"b": [2], "a": 1}, "path": "/A", "op": "add"}, {"op": "remove", "path": "B"}])
    assert one == other
    assert hash(one) == hash(other)
    assert one != JsonPatch.parse(one.to_builtins()[:1])
    assert one != JsonPatch.parse(
        [{"op": "add", "path": "/A", "value": {"a": 1.0, "b": [2]}}, {"op": "remove", "path": "B"}]
    )
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
    assert eval(repr(one)) == one
    assert (len(one), bool(JsonPatch.parse([])), [each.op for each in one], one[1].path) == (
        2,
        False,
        ["add", "remove"],
        "B",
    )
    assert (one[0].value, one[1].value, one[0].tokens) == ({"a": 1, "b": [2]}, UNSET, ("A",))
    one[0].value["a"] = 5
    assert one == other
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.dialect = "rfc"
    assert repr(Operation("remove", "/a")) == "Operation({'op': 'remove', 'path': '/a'})"
    assert "2 more" in repr(JsonPatch.parse([{"op": "remove", "path": "/a"}] * 7))


def test_a_patch_keeps_nothing_of_what_it_was_parsed_from():
    """Changing the document that a patch was parsed from, or what the patch wrote, does not change the patch."""
    document = [{"op": "add", "path": "/New", "value": {"a": []}}]
    patch = JsonPatch.parse(document)
    document[0]["value"]["a"].append(1)
    patch.apply(contact()).extras["New"]["a"].append(2)
    assert patch.apply(contact()).extras == {"New": {"a": []}}


def test_a_long_number_as_text_takes_time_in_proportion():
    """Refusing an index of a hundred thousand digits takes time in proportion to the digits."""
    with pytest.raises(ValidationError, match="/Address/Wgs84Latitude"):
        apply([{"op": "add", "path": "/Address/Wgs84Latitude", "value": "1" * 100_000 + "x"}])


MALFORMED = [
    (
        [{"op": "move", "from": "/a", "path": "/b"}, {"op": "copy", "from": "/a", "path": "/b"}],
        ["/0/op", "/1/op"],
        "only the rfc dialect has",
    ),
    ([{"op": "replcae", "path": "/a", "value": 1}], ["/0/op"], "did you mean replace"),
    ([{"op": "add", "path": "a~", "value": 1}, 5, {"op": "add", "path": "a"}], ["/0/path", "/1", "/2"], "position 1"),
    ([{"op": "add", "path": "/a", "value": {"x": [float("nan"), {1}]}}], ["/0/value/x/0", "/0/value/x/1"], "finite"),
    ([{"op": "add", "path": "/\ud800", "value": "\ud800"}], ["/0/path", "/0/value"], "surrogate"),
    ("no list", [""], "list of operation"),
]


@pytest.mark.parametrize(("document", "pointers", "message"), MALFORMED)
def test_parsing_reports_all_faults(document, pointers, message):
    """Parsing reports every fault with the operation's index and member in its pointer."""
    with pytest.raises(ValidationError, match=message) as caught:
        JsonPatch.parse(document)
    assert [issue.pointer for issue in caught.value.issues] == pointers


def test_an_unknown_dialect_is_the_callers_mistake():
    """A dialect other than `server` and `rfc` is a ValueError."""
    for make in (JsonPatch.parse, JsonPatch, MergePatch.parse):
        with pytest.raises(ValueError, match="server, rfc"):
            make([], "klingon")


def test_writing_in_another_dialect():
    """`in_dialect` replaces a move of `diff`, refuses what the dialect cannot say, and adds the standard's leading slash."""
    before = ContactEntity(phones=[EntityElement(value="a" * 50), EntityElement(value="b" * 50)])
    after = ContactEntity(phones=before.phones[::-1])
    patch = diff(before, after)
    assert [each.op for each in patch] == ["move"]
    simple = patch.in_dialect("server")
    assert [each.op for each in simple] == ["remove", "add"]
    assert simple.apply(before) == after
    assert hash(simple) == hash(diff(before, after, dialect="server"))
    assert pickle.loads(pickle.dumps(patch)).in_dialect("server") == simple
    with pytest.raises(EncodeError, match="/1/op"):
        JsonPatch.parse([{"op": "remove", "path": "/a"}, {"op": "copy", "from": "/a", "path": "/b"}], "rfc").in_dialect(
            "server"
        )
    assert JsonPatch.parse([{"op": "remove", "path": "A/b"}]).in_dialect("rfc").to_builtins() == [
        {"op": "remove", "path": "/A/b"}
    ]


def test_limits():
    """The number of operations, the depth, the length of paths and the size of copies are limited."""
    with pytest.raises(ContentTooLarge, match="10001 operations"):
        JsonPatch.parse([{"op": "remove", "path": "/a"}] * 10_001)
    deep = None
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ContentTooLarge, match="deeper"):
        JsonPatch.parse([{"op": "add", "path": "/a", "value": deep}])
    with pytest.raises(ValidationError, match="5000 tokens"):
        JsonPatch.parse([{"op": "remove", "path": "/a" * 5000}])
    for operation in ({"op": "copy", "from": "/a", "path": "/a/-"}, {"op": "copy", "from": "", "path": "/b"}):
        with pytest.raises(ContentTooLarge, match="operation"):
            apply([operation] * 10_000, {"a": [0] * 100}, "rfc")
    chain = [
        {"op": "move", "from": "/a", "path": "/b/a"},
        {"op": "move", "from": "/b", "path": "/a"},
        {"op": "add", "path": "/b", "value": {}},
    ]
    with pytest.raises(ContentTooLarge, match="deeper"):
        apply(chain * 100, {"a": {}, "b": {}}, "rfc")
    for path in ("/Phones/99999999999", "/Phones/" + "9" * 5000):
        with pytest.raises(PathError, match="out of range"):
            apply([{"op": "add", "path": path, "value": {}}])


def test_no_patch_makes_what_cannot_be_written():
    """Values that are each within the depth limit are refused where the patched document nests deeper."""
    deep, deepest = {}, {}
    for level in range(61):
        deep, deepest = {"a": deep} if level < 40 else deep, {"a": deepest}
    adding = [{"op": "add", "path": f"/New{'/a' * depth}", "value": deep} for depth in (0, 40)]
    for patch in (JsonPatch.parse(adding), MergePatch.parse({"ChildItems": {"New": deepest}})):
        with pytest.raises(ContentTooLarge, match="the patched document nests deeper"):
            patch.apply(SelectableMDOListItem())
    for patch in (
        JsonPatch.parse(adding[:1]),
        MergePatch.parse({"ChildItems": {"New": deep}}),
        MergePatch.parse({"New": deepest}),
    ):
        to_builtins(patch.apply(SelectableMDOListItem()))


def test_codecs():
    """The codec reads and writes patches, and writes a carrier as the patch from a base to it."""
    codec = JsonPatchCodec()
    body = b'[{"op":"replace","path":"Name","value":"x"},{"op":"remove","path":"/A"}]'
    assert codec.encode(codec.decode(body)) == body
    assert codec.decode(body, ContactEntity) == codec.decode(body, JsonPatch)
    assert codec.decode(codec.encode(contact())).apply(ContactEntity()) == contact()
    changed = contact(department="x")
    assert codec.encode(changed, base=contact()) == b'[{"op":"add","path":"/Department","value":"x"}]'
    assert JsonPatchCodec(indent=2).encode(changed, base=contact()).startswith(b"[\n  {")
    assert pickle.loads(pickle.dumps(codec)) == codec
    assert hash(codec) == hash(JsonPatchCodec())
    with pytest.raises(ValidationError) as caught:
        codec.decode(b'[\n{"op":"x","path":"/A"}]')
    assert codec.locate(b'[\n{"op":"x","path":"/A"}]', [issue.pointer for issue in caught.value.issues]) == [(2, 7)]
    with pytest.raises(ValueError, match="patch_dialect is one of server, rfc, not 'klingon'"):
        JsonPatchCodec(patch_dialect="klingon")
    with pytest.raises(ContentTooLarge):
        JsonPatchCodec(max_operations=1).decode(body)
    with pytest.raises(ContentTooLarge):
        JsonPatchCodec(max_depth=2).decode(b'[{"op":"add","path":"/a","value":[[]]}]')
    with pytest.raises(EncodeError):
        codec.encode(MergePatch.parse({}))
    assert JsonPatchCodec(patch_dialect="rfc").decode(b'[{"op":"copy","from":"/a","path":"/b"}]').dialect == "rfc"


def test_a_recursive_carrier_does_not_grow_without_end():
    """A patch that moves a heading under itself again and again stops at the depth limit of documents."""
    operations = [
        {"op": "add", "path": "/ChildItems/0", "value": {"ChildItems": []}},
        {"op": "move", "from": "/ChildItems/1", "path": "/ChildItems/0/ChildItems/-"},
    ]
    target = SelectableMDOListItem(child_items=[SelectableMDOListItem(name="x")])
    assert apply(operations * 2, target, "rfc").child_items[0].child_items[0].child_items[0].name == "x"
    with pytest.raises(ContentTooLarge, match="deeper"):
        apply(operations * 100, target, "rfc")


@pytest.mark.parametrize("media_type", ["application/json-patch+json", "application/merge-patch+json"])
def test_a_list_is_no_patch(media_type):
    """Encoding a list of contacts as a patch is an error that says why."""
    with pytest.raises(EncodeError, match="only a carrier can be written as a patch"):
        encode([ContactEntity()], media_type)


class Token(Carrier):
    """A carrier with a required property, and one that is compared by its text."""

    label: str
    key: Maybe[uuid.UUID] = UNSET


class Bag(Carrier):
    """A carrier with an optional carrier."""

    token: Maybe[Token] = UNSET
    other: Maybe[Token] = UNSET


def test_what_must_be_there_cannot_be_removed():
    """Neither an operation nor a merge patch removes a required property or makes a carrier without one."""
    with pytest.raises(ValidationError, match="operation 0: the property is missing") as caught:
        apply([{"op": "remove", "path": "/Label"}], Token(label="a"))
    assert [issue.pointer for issue in caught.value.issues] == ["/Label"]
    with pytest.raises(ValidationError) as caught:
        MergePatch.parse({"Label": None}, "rfc").apply(Token(label="a"))
    assert {issue.pointer for issue in caught.value.issues} == {"/Label"}
    with pytest.raises(ValidationError) as caught:
        MergePatch.parse({"Token": {"Key": str(uuid.UUID(int=5))}}, "rfc").apply(Bag())
    assert [issue.pointer for issue in caught.value.issues] == ["/Token/Label"]


class Pair(Carrier):
    """A carrier with a text that must not be null, and one that may be."""

    label: str
    note: Maybe[str] = UNSET


@pytest.mark.parametrize("op", ["move", "copy"])
def test_a_null_is_moved_and_copied_only_where_null_may_be(op):
    """Null in front of a property of the same kind that must not be null is a fault at its place, and no value."""
    with pytest.raises(ValidationError) as caught:
        apply([{"op": op, "from": "/Note", "path": "/Label"}], Pair(label="a", note=None), "rfc")
    assert [(issue.pointer, issue.received) for issue in caught.value.issues] == [("/Label", "null")]
    assert apply([{"op": op, "from": "/Note", "path": "/Label"}], Pair(label="a", note="b"), "rfc").label == "b"


ELSEWHERE = [
    ({"op": "add", "path": "/Token/Key", "value": str(uuid.UUID(int=5))}, "server", "/Token/Label"),
    ({"op": "move", "from": "/Other/Label", "path": "/Name"}, "rfc", "/Other/Label"),
    ({"op": "replace", "path": "", "value": {"Token": {}}}, "rfc", "/Token/Label"),
    ({"op": "add", "path": "", "value": {"Token": {}}}, "rfc", "/Token/Label"),
]


@pytest.mark.parametrize(("operation", "dialect", "pointer"), ELSEWHERE)
def test_a_fault_above_or_beside_a_path_is_at_its_own_place(operation, dialect, pointer):
    """A carrier on the way that would lack a required property, and one that a `move` takes from, are named themselves."""
    operations = [{"op": "test", "path": "/Other/Label", "value": "b"}, operation]
    with pytest.raises(ValidationError, match="operation 1: the property is missing") as caught:
        JsonPatch.parse(operations, dialect).apply(Bag(other=Token(label="b")))
    assert [issue.pointer for issue in caught.value.issues] == [pointer]


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize(
    "clock",
    [
        datetime(2018, 10, 28, 2, 30, tzinfo=ZoneInfo("Europe/Oslo")),
        datetime(2018, 11, 4, 1, 30, tzinfo=ZoneInfo("America/New_York")),
    ],
)
def test_a_date_in_a_doubled_hour_equals_its_own_text(clock, fold):
    """A date in a caller's zone, at a clock time that comes twice, equals the text that is written for it."""
    moment = clock.replace(fold=fold)
    target = contact(dbi_last_modified=moment)
    text = to_builtins(target)["DbiLastModified"]
    operation = {"op": "test", "path": "/DbiLastModified", "value": text}
    assert apply([operation], target).dbi_last_modified is moment
    with pytest.raises(PatchConflict):
        apply([{**operation, "value": text.replace(":30:", ":31:")}], target)


def test_a_date_of_a_caller_equals_its_moment_at_another_offset():
    """A `datetime` that a caller put in equals a text of the same moment at another offset, to the seventh digit."""
    target = contact(dbi_last_modified=datetime(2020, 1, 2, 3, tzinfo=timezone(timedelta(hours=1))))
    operation = {"op": "test", "path": "/DbiLastModified", "value": "2020-01-02T04:00:00+02:00"}
    assert apply([operation], target) == target
    with pytest.raises(PatchConflict):
        apply([{**operation, "value": "2020-01-02T04:00:00.0000001+02:00"}], target)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00"])
def test_a_date_at_the_end_of_the_calendar_equals_its_own_text(text):
    """A date at the end of the calendar that has no UTC equals the text that is written for it."""
    target = contact(dbi_last_modified=Timestamp.parse(text))
    assert apply([{"op": "test", "path": "/DbiLastModified", "value": text}], target) == target


TOUCHED = [
    (
        [{"op": "replace", "path": "/Name", "value": 1}, {"op": "test", "path": "/emails/0/value", "value": 1}],
        {"name", "emails"},
    ),
    ([{"op": "move", "from": "/Phones/0", "path": "/Faxes/-"}], {"phones", "faxes"}),
    ([{"op": "copy", "from": "", "path": "/X"}], None),
    ([{"op": "replace", "path": "", "value": {}}], None),
    ([{"op": "add", "path": "/Odd", "value": 1}], set()),
    ([], set()),
]


@pytest.mark.parametrize(("operations", "attributes"), TOUCHED)
def test_a_patch_tells_what_it_touches(operations, attributes):
    """A patch lists the attributes that its operations may read or change, and a path of the whole document means all."""
    assert JsonPatch.parse(operations, "rfc").touches(ContactEntity) == attributes


def test_a_merge_patch_tells_what_it_touches():
    """A merge patch lists the attributes of its members, and one that is no object lists all."""
    assert MergePatch.parse({"Name": "x", "ORGNR": None, "Odd": 1}).touches(ContactEntity) == {"name", "org_nr"}
    assert MergePatch.parse([1]).touches(ContactEntity) is None


def test_a_test_compares_what_is_written():
    """A `test` compares a value that JSON has no type for by the text that is written for it."""
    token = Token(label="a", key=uuid.UUID(int=5))
    operation = {"op": "test", "path": "/Key", "value": str(uuid.UUID(int=5))}
    assert apply([operation], token) == token
    with pytest.raises(PatchConflict):
        apply([{**operation, "value": "x"}], token)


def test_an_object_may_be_appended_to_a_list_in_a_list():
    """The server appends an object where a list of lists has a list."""
    target = Address(localized_address=[[LocalizedField(name="a")]])
    made = apply([{"op": "add", "path": "/LocalizedAddress/0", "value": {"Name": "b"}}], target)
    assert made == Address(localized_address=[[LocalizedField(name="a"), LocalizedField(name="b")]])
    with pytest.raises(PathError):
        apply([{"op": "add", "path": "/LocalizedAddress/7", "value": {"Name": "b"}}], target)


@pytest.mark.parametrize("dialect", ["server", "rfc"])
def test_a_list_is_inserted_into_a_list_of_lists(dialect):
    """An `add` of a list puts it in front of the list at its index, or behind the last one, in both dialects."""
    target = Address(localized_address=[[LocalizedField(name="a")]])
    for token, names in (("0", ["b", "a"]), ("1", ["a", "b"]), ("-", ["a", "b"])):
        operation = {"op": "add", "path": f"/LocalizedAddress/{token}", "value": [{"Name": "b"}]}
        made = apply([operation], target, dialect)
        assert made == Address(localized_address=[[LocalizedField(name=name)] for name in names])


def test_what_is_copied_can_be_written():
    """A `copy` of a value that no format can write is an EncodeError."""
    with pytest.raises(EncodeError, match="expected string"):
        apply([{"op": "copy", "from": "/Name", "path": "/Department"}], ContactEntity(name=object()), "rfc")


@pytest.mark.parametrize("dialect", ["rfc", "server"])
@pytest.mark.parametrize("op", ["add", "replace"])
def test_nothing_is_inside_of_a_null_in_a_list(op, dialect):
    """A path that goes on behind a null item or member is an error that says so."""
    for target in ({"a": [None]}, {"a": {"0": None}}):
        with pytest.raises(PathError, match="null has nothing inside it"):
            apply([{"op": op, "path": "/a/0/b/c", "value": 1}], target, dialect)
    with pytest.raises(PathError, match="null has nothing inside it"):
        JsonPatch.parse([{"op": op, "path": "/a", "value": 1}], dialect).apply(None)


# A path, the dialect, and the status of the error: 409 where another contact may have the place, 400 where none can.
PLACES = [
    ("/Phones/9", "server", 409),
    ("/Phones/9/Value", "server", 409),
    ("/Phones/9", "rfc", 409),
    ("/Department", "rfc", 409),
    ("/Description/Value", "rfc", 400),
    ("/CustomFields/none", "rfc", 409),
    ("/Business/Id", "rfc", 409),
    ("/Associate/Name", "rfc", 409),
    ("/Phones/x", "server", 400),
    ("/Phones/-", "server", 400),
    ("/Nmae", "server", 400),
    ("/Name/x", "server", 400),
]


@pytest.mark.parametrize(("path", "dialect", "status"), PLACES)
@pytest.mark.parametrize("op", ["remove", "replace"])
def test_a_place_that_is_not_there_is_a_conflict(op, path, dialect, status):
    """A missing place that another contact may have is a conflict (RFC 5789 §2.2), and an impossible path a bad request."""
    target = ContactEntity(name="x", description="y", phones=[EntityElement()], custom_fields={}, associate=None)
    operation = {"op": op, "path": path, **({"value": None} if op == "replace" else {})}
    with pytest.raises(PathError) as caught:
        JsonPatch.parse([operation], dialect).apply(target)
    assert caught.value.status == status
    assert caught.value.path == path
    assert isinstance(caught.value, MissingPlace) is (status == 409)


def test_a_value_that_is_not_there_cannot_be_moved():
    """A `move` from a place without a value is a conflict with the state of the document."""
    with pytest.raises(MissingPlace):
        JsonPatch.parse([{"op": "move", "from": "/Department", "path": "/Name"}], "rfc").apply(ContactEntity())


@pytest.mark.parametrize("target", [ContactEntity(), ContactEntity(category=None), {}, {"Category": None}], ids=repr)
def test_a_place_inside_what_is_absent_or_null_has_no_value(target):
    """A `test` below an absent or null property finds nothing, which is null for the server and a conflict in RFC 6902."""
    operation = {"op": "test", "path": "/Category/Value", "value": None}
    assert JsonPatch.parse([operation], dialect="server").apply(target) == target
    with pytest.raises(PatchConflict, match="expected null, found nothing"):
        JsonPatch.parse([operation], dialect="rfc").apply(target)
