"""Merge patches on carriers: both dialects, their JSON Patches, and the merge patch between two contacts."""

import itertools
import pickle

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    EntityElement,
    Maybe,
    ValidationError,
    from_builtins,
    to_builtins,
)
from contactwire.carriers import Category, Person
from contactwire.codecs.patches import MergePatchCodec
from contactwire.patch import JsonPatch, MergePatch
from contactwire.wire import blank
from tests.inside import containers, merge


def contact(**changes):
    """A contact with properties of several kinds."""
    made = ContactEntity(
        contact_id=5,
        name="Elan",
        phones=[EntityElement(value="1")],
        category=Category(id=3, value="Customer"),
        custom_fields={"SuperOffice:1": "a", "y": "b"},
    )
    made.extras = {"New": {"a": 1, "b": 2}}
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def extras(value):
    """The changes that give a contact these unknown members."""
    return {"extras": value}


EFFECTS = [
    # The name, the patch, and what it changes in the server's dialect and in the standard's.
    ("nothing", {}, {}, {}),
    ("a value", {"Name": "x"}, {"name": "x"}, {"name": "x"}),
    ("any letter case", {"nAME": "x"}, {"name": "x"}, {"name": "x"}),
    ("null for a value", {"Name": None}, {"name": None}, {"name": UNSET}),
    ("null for what is absent", {"Department": None}, {"department": None}, {}),
    ("null for a list", {"Phones": None}, {"phones": None}, {"phones": UNSET}),
    ("null for a carrier", {"Category": None}, {"category": None}, {"category": UNSET}),
    (
        "a member of a carrier",
        {"Category": {"Id": 4}},
        {"category": Category(id=4, value="Customer")},
        {"category": Category(id=4, value="Customer")},
    ),
    (
        "null in a carrier",
        {"Category": {"Id": None}},
        {"category": Category(id=None, value="Customer")},
        {"category": Category(value="Customer")},
    ),
    (
        "an absent carrier",
        {"Business": {"Id": None, "Value": "x"}},
        {"business": ("Business", {"Id": None, "Value": "x"})},
        {"business": ("Business", {"Value": "x"})},
    ),
    ("an empty carrier", {"Business": {}}, {"business": ("Business", {})}, {"business": ("Business", {})}),
    ("an empty object for a carrier", {"Category": {}}, {}, {}),
    (
        "a list replaces the list",
        {"Phones": [{"Value": "2"}]},
        {"phones": [EntityElement(value="2")]},
        {"phones": [EntityElement(value="2")]},
    ),
    (
        "null inside a list stays",
        {"Phones": [{"Value": None}]},
        {"phones": [EntityElement(value=None)]},
        {"phones": [EntityElement(value=None)]},
    ),
    (
        "an object for a list",
        {"Phones": {"Value": "2"}},
        {"phones": [EntityElement(value="1"), EntityElement(value="2")]},
        ValidationError,
    ),
    ("an object for an absent list", {"Emails": {"Value": "2"}}, {"emails": [EntityElement(value="2")]}, ValidationError),
    (
        "a key",
        {"CustomFields": {"y": "x"}},
        {"custom_fields": {"SuperOffice:1": "a", "y": "x"}},
        {"custom_fields": {"SuperOffice:1": "a", "y": "x"}},
    ),
    (
        "a key in another letter case",
        {"CustomFields": {"Y": "x"}},
        {"custom_fields": {"SuperOffice:1": "a", "y": "b", "Y": "x"}},
        {"custom_fields": {"SuperOffice:1": "a", "y": "b", "Y": "x"}},
    ),
    (
        "null for a key",
        {"CustomFields": {"y": None}},
        {"custom_fields": {"SuperOffice:1": "a", "y": None}},
        {"custom_fields": {"SuperOffice:1": "a"}},
    ),
    (
        "a key of an absent dictionary",
        {"ExtraFields": {"x": "1"}},
        {"extra_fields": {"x": "1"}},
        {"extra_fields": {"x": "1"}},
    ),
    ("a number as text", {"ContactId": "7"}, {"contact_id": 7}, ValidationError),
    ("a wrong type", {"ContactId": "x"}, ValidationError, ValidationError),
    ("an object for a value", {"Name": {"a": 1}}, ValidationError, ValidationError),
    ("a value for a carrier", {"Category": 3}, ValidationError, ValidationError),
    ("no object", [1], ValidationError, ValidationError),
    ("null for all", None, ValidationError, ValidationError),
    (
        "an unknown property",
        {"Other": [1]},
        extras({"New": {"a": 1, "b": 2}, "Other": [1]}),
        extras({"New": {"a": 1, "b": 2}, "Other": [1]}),
    ),
    (
        "an object for an unknown one",
        {"New": {"a": None, "c": 3}},
        extras({"New": {"a": None, "c": 3}}),
        extras({"New": {"b": 2, "c": 3}}),
    ),
    ("null for an unknown one", {"New": None}, extras({"New": None}), extras({})),
]


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize(("patch", "server", "rfc"), [case[1:] for case in EFFECTS], ids=[case[0] for case in EFFECTS])
def test_a_merge_patch_on_a_contact(patch, server, rfc, dialect):
    """A merge patch has its effect or its error in each dialect, and changes nothing else in the contact or the target."""
    expected = server if dialect == "server" else rfc
    target = contact()
    if isinstance(expected, type):
        with pytest.raises(expected):
            MergePatch.parse(patch, dialect).apply(target)
    else:
        result = MergePatch.parse(patch, dialect).apply(target)
        for name, value in expected.items():
            if isinstance(value, tuple):
                made = getattr(result, name)
                assert (type(made).__name__, to_builtins(made)) == value
                expected = {**expected, name: made}
        assert to_builtins(result) == to_builtins(contact(**expected))
    assert to_builtins(target) == to_builtins(contact())


@pytest.mark.parametrize(
    "patch", [case[1] for case in EFFECTS if not isinstance(case[2], type) and case[0] != "an empty carrier"]
)
def test_the_json_patch_that_one_stands_for_does_the_same(patch):
    """`to_json_patch` gives a patch with the same result as the merge patch."""
    merge = MergePatch.parse(patch)
    assert to_builtins(merge.to_json_patch(ContactEntity).apply(contact())) == to_builtins(merge.apply(contact()))


def test_the_vendors_example_as_a_json_patch():
    """In the vendor's example, an object for a list becomes an appended item, and a list replaces the list."""
    assert MergePatch.parse({"Department": "foo", "Phones": {"Value": "12345678"}}).to_json_patch(
        ContactEntity
    ).to_builtins() == [
        {"op": "replace", "path": "/Department", "value": "foo"},
        {"op": "add", "path": "/Phones/-", "value": {"Value": "12345678"}},
    ]
    patch = MergePatch.parse(
        {"phones": [], "category": {"id": None}, "CustomFields": {"a/b": "x"}, "New": {}}
    ).to_json_patch(ContactEntity)
    assert patch == JsonPatch.parse(
        [
            {"op": "replace", "path": "/Phones", "value": []},
            {"op": "replace", "path": "/Category/Id", "value": None},
            {"op": "replace", "path": "/CustomFields/a~1b", "value": "x"},
            {"op": "add", "path": "/New", "value": {}},
        ]
    )
    assert MergePatch.parse({"Name": "x"}).to_json_patch(list[ContactEntity]).apply([contact()])[1].name == "x"
    assert MergePatch.parse({}, max_faults=3).to_json_patch(ContactEntity).max_faults == 3
    with pytest.raises(ValueError, match="server"):
        MergePatch.parse({}, "rfc").to_json_patch(ContactEntity)


def test_all_faults_are_reported():
    """Each fault of a merge patch has its pointer in the sender's spelling."""
    patch = {"contactId": "x", "category": {"ID": {}, "value": 1.5}, "Phones": [{"Value": "1"}, {"value": []}], "Name": "y"}
    with pytest.raises(ValidationError) as caught:
        MergePatch.parse(patch).apply(contact())
    assert [issue.pointer for issue in caught.value.issues] == ["/contactId", "/category/ID", "/Phones/1/value"]


def test_plain_json_in_the_servers_dialect():
    """In the server's dialect, names in plain JSON match in any letter case, null is null, and an object is appended."""
    target = {"Name": "y", "Phones": [{"Value": "1"}], "Category": {"Id": 1}}
    patch = MergePatch.parse({"name": None, "phones": {"Value": "2"}, "category": {"id": 2, "x": None}})
    assert patch.apply(target) == {
        "Name": None,
        "Phones": [{"Value": "1"}, {"Value": "2"}],
        "Category": {"Id": 2, "x": None},
    }
    assert target["Name"] == "y"


CANNOT = [
    ("rfc", contact(), contact(name=None), ["/Name"]),
    (
        "rfc",
        contact(),
        contact(category=Category(id=None), custom_fields={"a/b": None}),
        ["/Category/Id", "/CustomFields/a~1b"],
    ),
    ("rfc", {}, {"a": {"b": None}}, ["/a/b"]),
    ("server", contact(), contact(name=UNSET), ["/Name"]),
    (
        "server",
        contact(),
        contact(category=Category(id=3), custom_fields={}),
        ["/Category/Value", "/CustomFields/SuperOffice:1", "/CustomFields/y"],
    ),
    ("server", {"a": [1]}, {"a": {"b": 1}}, ["/a"]),
    ("server", {"a": 1}, {"a": 1, "A": 2}, ["/A", "/a"]),
]


@pytest.mark.parametrize(("dialect", "before", "after", "pointers"), CANNOT)
def test_what_a_dialect_cannot_say_is_refused_with_its_place(dialect, before, after, pointers):
    """`rfc` cannot set null and `server` cannot make absent: the error names each place."""
    with pytest.raises(EncodeError) as caught:
        MergePatch.between(before, after, dialect=dialect)
    assert [issue.pointer for issue in caught.value.issues] == pointers


def test_between_says_only_what_differs():
    """`between` has the members that differ in nested carriers and dictionaries, and lists as a whole."""
    after = contact(name="x", category=Category(id=4, value="Customer"), custom_fields={"SuperOffice:1": "z", "y": "b"})
    after.phones = [*after.phones, EntityElement(value="2")]
    for dialect in ("rfc", "server"):
        assert MergePatch.between(contact(), after, dialect=dialect).to_builtins() == {
            "Name": "x",
            "Phones": [{"Value": "1"}, {"Value": "2"}],
            "Category": {"Id": 4},
            "CustomFields": {"SuperOffice:1": "z"},
        }
        assert MergePatch.between(after, after, dialect=dialect).to_builtins() == {}
    assert MergePatch.between(contact(), contact(name=UNSET), dialect="rfc").to_builtins() == {"Name": None}
    assert MergePatch.between(contact(), contact(name=None), dialect="server").to_builtins() == {"Name": None}
    for value in ([1], None, "x"):
        assert MergePatch.between(value, value, dialect="rfc").apply(value) == value


def test_the_order_of_members_is_no_change():
    """A list stays where the members of its items come in another order, at any depth, in a carrier and in builtins."""
    one, other = ({"a": [{"b": 1, "c": {"d": 2, "e": 3}}]}, {"a": [{"c": {"e": 3, "d": 2}, "b": 1}]})
    for before, after in ((one, other), (contact(extras=one), contact(extras=other))):
        for dialect in ("rfc", "server"):
            assert MergePatch.between(before, after, dialect=dialect).to_builtins() == {}


def test_an_enumerations_other_letter_case_cannot_be_said_to_the_server():
    """`between` refuses a name that differs from an enumeration's in letter case only, since the server would change it."""
    with pytest.raises(EncodeError, match="/Category/CategoryGroup"):
        MergePatch.between(
            contact(), contact(category=Category(id=3, value="Customer", category_group="customer")), dialect="server"
        )


def test_merge_patches_are_values():
    """A merge patch is immutable, hashable, equal to one with its members in another order, and pickles whole."""
    one, other = MergePatch.parse({"a": 1, "b": {"c": [None]}}), MergePatch.parse({"b": {"c": [None]}, "a": 1})
    assert one == other
    assert hash(one) == hash(other)
    assert one != MergePatch.parse({"a": 1, "b": {"c": [None]}}, "rfc")
    assert eval(repr(one)) == pickle.loads(pickle.dumps(one)) == one
    one.to_builtins()["a"] = 2
    assert one == other


def test_what_is_no_json_or_too_deep_is_refused():
    """`MergePatch.parse` refuses values that are no JSON, and too deep nesting."""
    with pytest.raises(ValidationError, match="/a"):
        MergePatch.parse({"a": float("inf")})
    deep = None
    for _ in range(100):
        deep = {"a": deep}
    with pytest.raises(ContentTooLarge):
        MergePatch.parse(deep)
    with pytest.raises(ValueError, match="the dialect of a patch is one of"):
        MergePatch.parse({}, "json")


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, bytes.decode])
def test_a_body_becomes_a_patch_as_it_is(kind):
    """A decoded merge patch is written with the spellings of its numbers, and equals one parsed from the same JSON."""
    text = bytearray(b' {"b" : [1.50, {}],\n"a": "\\u00e5", "a":1E2}')
    patch = MergePatchCodec().decode(kind(bytes(text)))
    assert patch == MergePatch.parse({"a": 100.0, "b": [1.5, {}]})
    assert patch.to_builtins() == {"b": [1.5, {}], "a": 100.0}
    assert MergePatchCodec().encode(patch) == b'{"b":[1.50,{}],"a":1E2}'
    assert eval(repr(patch)) == pickle.loads(pickle.dumps(patch)) == patch
    changing = MergePatchCodec().decode(text)
    text[:] = b" " * len(text)
    assert changing == patch


def test_what_a_patch_put_into_a_contact_is_not_the_patchs():
    """Changing what a merge patch put into a contact does not change the patch."""
    for patch in (MergePatch.parse({"New": {"a": []}}), MergePatchCodec().decode(b'{"New":{"a":[]}}')):
        patch.apply(contact()).extras["New"]["a"].append(1)
        patch.to_builtins()["New"]["a"].append(1)
        assert patch.apply(contact()).extras == {"New": {"a": []}}


def test_spellings_of_one_property_copy_it_once(monkeypatch):
    """Members that spell one property in many letter cases all apply, and its list, dictionary or carrier is copied once."""
    copied = []

    def counting(value):
        copied.append(value)
        return shallow_copy(value)

    shallow_copy = containers._shallow_copy
    monkeypatch.setattr(containers, "_shallow_copy", counting)
    spellings = ["".join(letters) for letters in itertools.product(*zip("phones", "PHONES", strict=True))]
    target = contact()
    made = MergePatch.parse({spelling: {"Value": spelling} for spelling in spellings}).apply(target)
    assert [each.value for each in made.phones] == [each.value for each in target.phones] + spellings
    assert len(copied) == 2
    document = {"CustomFields": {"a": "1"}, "customfields": {"b": "2"}, "Category": {"Id": 5}, "CATEGORY": {"Value": "x"}}
    made = MergePatch.parse(document).apply(target)
    assert made.custom_fields == {**target.custom_fields, "a": "1", "b": "2"}
    assert (made.category.id, made.category.value) == (5, "x")
    assert len(copied) == 2 + 3
    assert target == contact()


def test_places_are_spelled_for_faults_only(monkeypatch):
    """Pointers are formatted for faults only, since formatting all would take the square of the body's length."""
    monkeypatch.setattr(merge, "escape", None)
    inner = {f"a{number}": "x" for number in range(100)}
    document = {"CustomFields": inner, "Category": {"Id": 1}, "New": {"k" * 1000: inner}}
    for dialect in ("rfc", "server"):
        made = MergePatch.parse(document, dialect).apply(ContactEntity())
        assert MergePatch.between(ContactEntity(), made, dialect=dialect).to_builtins() == document


def test_codec():
    """The codec reads and writes merge patches, and writes a carrier as the merge patch from a base to it."""
    codec = MergePatchCodec()
    body = b'{"Name":"x","Phones":{"Value":"1"}}'
    assert codec.encode(codec.decode(body)) == body
    assert codec.decode(body, MergePatch) == codec.decode(body, Person)
    assert codec.decode(codec.encode(contact())).apply(ContactEntity()) == contact()
    assert codec.encode(contact(name="x"), base=contact()) == b'{"Name":"x"}'
    assert MergePatchCodec(indent=2).encode(codec.decode(body)).startswith(b'{\n  "Name"')
    assert MergePatchCodec(patch_dialect="rfc").decode(b"null").dialect == "rfc"
    assert pickle.loads(pickle.dumps(codec)) == codec
    assert hash(codec) == hash(MergePatchCodec())
    assert codec.locate(b'{\n"Name": 1}', ["/Name"]) == [(2, 9)]
    with pytest.raises(EncodeError):
        codec.encode(JsonPatch.parse([]))
    with pytest.raises(DecodeError):
        codec.decode(b"{")
    with pytest.raises(ContentTooLarge):
        MergePatchCodec(max_depth=1).decode(body)
    with pytest.raises(EncodeError, match="/Description"):
        MergePatchCodec(patch_dialect="rfc").encode(ContactEntity(description=None))


class Shelf(Carrier):
    """A carrier with a list."""

    boxes: Maybe[list[EntityElement]] = UNSET


class Rack(Carrier):
    """A carrier with others by key."""

    shelves: Maybe[dict[str, Shelf]] = UNSET


class Hall(Carrier):
    """A carrier that holds such a carrier."""

    rack: Maybe[Rack] = UNSET


@pytest.mark.parametrize(
    "target", [Hall(), Hall(rack=Rack()), Hall(rack=Rack(shelves={})), Hall(rack=Rack(shelves={"a": Shelf()}))]
)
def test_an_object_is_appended_however_much_of_its_place_is_absent(target):
    """The server appends an object to a list in a carrier in a dictionary, whatever of them the patch has to make."""
    patch = MergePatch.parse({"Rack": {"Shelves": {"a": {"Boxes": {"Value": "x"}}}}})
    assert patch.apply(target) == Hall(rack=Rack(shelves={"a": Shelf(boxes=[EntityElement(value="x")])}))


class Picky(Carrier):
    """A carrier whose validator refuses certain values."""

    answer: Maybe[str] = attrs.field(default=UNSET, validator=attrs.validators.in_(["yes", "no", UNSET]))


class Sheet(Carrier):
    """A carrier that holds such a carrier."""

    picky: Maybe[Picky] = UNSET


@pytest.mark.parametrize("dialect", ["rfc", "server"])
@pytest.mark.parametrize("target", [Sheet(), Sheet(picky=Picky(answer="yes"))], ids=["made", "changed"])
def test_what_a_validator_refuses_is_a_fault_at_its_place(target, dialect):
    """An error of a user's validator is a fault at the property's pointer, and the target stays."""
    with pytest.raises(ValidationError) as caught:
        MergePatch.parse({"Picky": {"Answer": "maybe"}}, dialect).apply(target)
    assert [issue.pointer for issue in caught.value.issues] == ["/Picky/Answer"]
    assert target in (Sheet(), Sheet(picky=Picky(answer="yes")))


def test_an_object_for_a_single_value_is_one_operation():
    """`to_json_patch` makes an object for a single value one operation, which is a fault when it is applied."""
    patch = MergePatch.parse({"Name": {"a": 1}}).to_json_patch(ContactEntity)
    assert patch.to_builtins() == [{"op": "replace", "path": "/Name", "value": {"a": 1}}]
    with pytest.raises(ValidationError):
        patch.apply(ContactEntity())


@pytest.mark.parametrize("patch", [MergePatch.parse({"Inner": {}}), JsonPatch.parse([{"op": "remove", "path": "/Inner/A"}])])
def test_an_error_of_a_factory_is_a_fault(patch):
    """An error of a user's factory while a patch is applied is a fault at the property's pointer."""

    class Inner(Carrier):
        a: int = attrs.field(factory=lambda: 1 // 0)

    class Outer(Carrier):
        inner: Maybe[Inner] = UNSET

    target = Outer() if isinstance(patch, MergePatch) else Outer(inner=Inner(a=5))
    with pytest.raises(ValidationError) as caught:
        patch.apply(target)
    assert [issue.pointer for issue in caught.value.issues] == ["/Inner/A"]
    assert "division" in caught.value.issues[0].message


class Line(Carrier):
    """A carrier with every kind of hook."""

    number: int = attrs.field(validator=attrs.validators.ge(0))
    label: Maybe[str] = attrs.field(default=UNSET, converter=lambda value: value.upper() if value else value)
    next: Maybe[int] = attrs.field(default=attrs.Factory(lambda line: line.number + 1, takes_self=True))
    parts: Maybe[list[EntityElement]] = UNSET

    def __attrs_post_init__(self) -> None:
        if self.next == 13:
            raise ValueError("thirteen")


class Order(Carrier):
    """A carrier that holds such carriers."""

    line: Maybe[Line] = UNSET
    by_name: Maybe[dict[str, Line]] = UNSET


@pytest.mark.parametrize("dialect", ["rfc", "server"])
@pytest.mark.parametrize(
    ("line", "pointers"),
    [
        ({"Number": 1, "label": "a", "Parts": [{"Value": "p"}], "X": {"y": 1}}, []),
        ({"Number": 1, "Next": 5}, []),
        ({"Number": -1, "Next": "x"}, ["/Next"]),
        ({"number": -1}, ["/number"]),
        ({"Number": []}, ["/Number"]),
        ({"Label": "a"}, ["/Number"]),
        ({"Number": 12}, [""]),
    ],
)
def test_a_new_carrier_is_read_as_in_a_body(dialect, line, pointers):
    """A carrier that a merge patch makes of nothing has the values and the faults that it has in a JSON body."""
    for data, prefix in [({"Line": line}, "/Line"), ({"ByName": {"k": line}}, "/ByName/k")]:
        patch = MergePatch.parse(data, dialect)
        if not pointers:
            assert patch.apply(Order()) == from_builtins(data, Order)
            continue
        for read in (lambda patch=patch: patch.apply(Order()), lambda data=data: from_builtins(data, Order)):
            with pytest.raises(ValidationError) as caught:
                read()
            assert [issue.pointer for issue in caught.value.issues] == [prefix + pointer for pointer in pointers]


def test_each_dialect_makes_a_new_carrier_by_its_rules():
    """In a new carrier null removes in the one dialect, and in the other an object for a list is its first item."""
    line = {"Number": 1, "Label": None, "X": {"y": None}, "Parts": [{"Value": None}]}
    made = MergePatch.parse({"Line": line}, "rfc").apply(Order())
    assert made == Order(line=Line(number=1, parts=[EntityElement(value=None)], extras={"X": {}}))
    made = MergePatch.parse({"Line": {**line, "Parts": {"Value": None}}}).apply(Order())
    assert made == Order(line=Line(number=1, label=None, parts=[EntityElement(value=None)], extras={"X": {"y": None}}))


@pytest.mark.parametrize("dialect", ["rfc", "server"])
def test_a_wrong_value_of_a_required_property_is_one_fault(dialect):
    """A required property that has a wrong value, and had none before, is not also missing."""
    with pytest.raises(ValidationError) as caught:
        MergePatch.parse({"Number": "x"}, dialect).apply(blank(Line))
    assert [issue.pointer for issue in caught.value.issues] == ["/Number"]


@pytest.mark.parametrize("dialect", ["rfc", "server"])
def test_a_required_property_that_is_still_absent_is_a_fault(dialect):
    """What a patch makes of a carrier without its required properties must have them."""
    with pytest.raises(ValidationError) as caught:
        MergePatch.parse({"Label": "a"}, dialect).apply(blank(Line))
    assert [str(issue) for issue in caught.value.issues] == ["/Number: the property is missing"]
    assert MergePatch.parse({"Number": 1}, dialect).apply(blank(Line)).number == 1
