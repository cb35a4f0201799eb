"""`$select`: the text of selections, what they do to carriers, and their algebra."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Annotated

import attrs
import cloudpickle
import pytest

import contactwire
from contactwire import (
    UNSET,
    Address,
    Business,
    Carrier,
    Category,
    ContactEntity,
    ContactEntityWithLinks,
    EncodeError,
    EntityElement,
    FieldProperty,
    FieldRight,
    Int32,
    JsonCodec,
    LocalizedField,
    Maybe,
    PathError,
    Person,
    SelectableMDOListItem,
    Selection,
    WireName,
    decode,
    encode,
)
from contactwire.errors import ContactWireError
from contactwire.projection import SelectionError, fields
from contactwire.wire import DictionaryKind, ListKind, plan_of

select = Selection.parse
PAYLOADS = Path(__file__).parents[2] / "payloads"

CANONICAL = [
    ("name,department,category/id", "Name,Department,Category/Id"),
    ("  NAME ,\tdePartment\r\n,category/ID ", "Name,Department,Category/Id"),
    ("category/id,department,name,name", "Name,Department,Category/Id"),
    ("/Category/Id", "Category/Id"),
    ("category/id,category", "Category"),
    ("category,category/id", "Category"),
    ("persons/email,persons/firstname", "Persons/Firstname,Persons/Email"),
    ("address/localizedaddress/label", "Address/LocalizedAddress/Label"),
    ("customFields/SuperOffice:1", "CustomFields/SuperOffice:1"),
    ("customFields/x_b,customFields/X_A", "CustomFields/X_A,CustomFields/x_b"),
    ("fieldProperties/Address.Zipcode/fieldRight/mask", "FieldProperties/Address.Zipcode/FieldRight/Mask"),
    ("interests/childItems/childItems/id", "Interests/ChildItems/ChildItems/Id"),
    ("customFields/a~2b~1c~0d", "CustomFields/a~2b~1c~0d"),
    ("customFields/a b~3", "CustomFields/a~3b~3"),
    ("customFields/a b", "CustomFields/a b"),
    ("customFields/", "CustomFields/"),
    ("_links/Self", "_Links/Self"),
    ("", ""),
    (" \n", ""),
    ("*", ""),
    ("name, * ,category/id", ""),
    (",", ","),
    (" , ", ","),
]


@pytest.mark.parametrize(("text", "canonical"), CANONICAL)
def test_a_selection_has_one_canonical_text(text, canonical):
    """Spellings of one selection have one canonical text: the wire names in wire order, without repetition."""
    assert str(select(text)) == canonical


@pytest.mark.parametrize(("text", "canonical"), CANONICAL)
def test_the_canonical_text_is_the_same_selection(text, canonical):
    """A selection's canonical text parses into an equal selection with an equal hash."""
    assert select(canonical) == select(text)
    assert hash(select(canonical)) == hash(select(text))


FAULTS = [
    ("naem", [(0, "Name")]),
    ("name, categry/id", [(6, "Category")]),
    ("name,category/di", [(14, "")]),
    ("name,/persons/emial", [(14, "Email")]),
    ("name/first", [(5, "")]),
    ("bounceEmails/x", [(13, "")]),
    ("persons/-/email", [(8, "")]),
    ("persons/00/email", [(8, "")]),
    ("persons/0/emial", [(10, "Email")]),
    ("name/0", [(5, "")]),
    ("name,,department", [(5, "")]),
    ("name, ", [(6, "")]),
    (",name", [(0, "")]),
    (",,", [(0, ""), (1, ""), (2, "")]),
    ("customFields/a~", [(14, "")]),
    ("customFields/a~9", [(14, "")]),
    ("naem,deprtment, orgn", [(0, "Name"), (5, "Department"), (16, "OrgNr")]),
    ("/", [(1, "")]),
    ("org_nr", [(0, "OrgNr")]),
    ("*,naem", [(2, "Name")]),
    ("category/*", [(9, "")]),
    ("**", [(0, "")]),
]


@pytest.mark.parametrize(("text", "faults"), FAULTS)
def test_every_fault_has_its_position_and_suggestion(text, faults):
    """All faults of a text are reported at once, each with its position and the nearest name if one is near."""
    with pytest.raises(SelectionError) as caught:
        select(text)
    assert [(fault.position, fault.suggestion) for fault in caught.value.faults] == faults
    assert {fault.path for fault in caught.value.faults} == {text}


def test_a_property_that_is_called_star_is_a_property():
    """`*` selects the property of that name where a carrier has one, and all properties elsewhere."""

    class Starred(Carrier):
        star: Annotated[Maybe[str], WireName("*")] = UNSET
        other: Maybe[str] = UNSET

    assert select("*", Starred).paths == ("*",)
    assert select(str(select("*", Starred)), Starred) == select("*", Starred)
    assert select("*") == select("")


def test_the_error_is_the_first_fault():
    """The error for a text has the attributes of its first fault, and is the sender's error."""
    with pytest.raises(PathError) as caught:
        select("name,naem,deprtment")
    assert (caught.value.position, caught.value.suggestion, caught.value.status) == (5, "Name", 400)
    assert "position 5" in str(caught.value)
    assert "position 10: ContactEntityWithLinks has no property" in str(caught.value)


@pytest.mark.parametrize("dumps", [pickle.dumps, cloudpickle.dumps])
def test_selections_pickle(dumps):
    """A selection pickles, by cloudpickle too."""
    selection = Selection.parse("name,persons/firstName")
    assert pickle.loads(dumps(selection)) == selection


def test_the_error_pickles():
    """The error for a text pickles with all its attributes."""
    with pytest.raises(SelectionError) as caught:
        select("naem,deprtment")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again, str(again), again.faults) == (caught.value, str(caught.value), caught.value.faults)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "name," * 100_000,
        "/" * 1_000_000,
        "interests/" + "childItems/" * 100_000 + "id",
        "~" * 100_000,
        "customFields/" + "~0" * 100_000 + "~",
        "\0",
        "ＮＡＭＥ",
        "Kategorie\ud800",
    ],
)
def test_hostile_text_is_refused_in_linear_time(text):
    """Long, deep and odd texts are refused in linear time, with a bounded number of faults."""
    with pytest.raises(ContactWireError) as caught:
        select(text)
    assert len(caught.value.faults) <= 20
    assert len(str(caught.value)) < 5000


def test_a_long_text_is_parsed():
    """A text may select any number of paths."""
    text = ",".join(f"customFields/SuperOffice:{number}" for number in range(10_000))
    assert len(select(text).paths) == 10_000


def test_parsing_is_cached():
    """The same text gives the same object."""
    assert select("name,orgNr") is select("name,orgNr")


@pytest.mark.parametrize("type", [int, str, list[str], dict, 5])
def test_only_carriers_can_be_selected_from(type):
    """Selecting from a type that is no carrier is the caller's mistake."""
    with pytest.raises(TypeError):
        select("name", type)


def contact(**properties):
    """A contact with a bit of everything."""
    whole = {
        "contact_id": 4,
        "name": "SuperOffice",
        "department": None,
        "emails": [EntityElement(value="a@b.no", description="work"), EntityElement(description="none")],
        "category": Category(id=2, value="Customer", rank=1),
        "business": None,
        "persons": [Person(person_id=1, firstname="Anne", email="anne@b.no"), Person(firstname="Bo", email=None)],
        "custom_fields": {"SuperOffice:1": "[I:1]", "x_a": None, "X_A": "2", "other": ""},
        "domains": ["b.no"],
    }
    return ContactEntity(**{**whole, **properties})


APPLIED = [
    ("name", {"name": "SuperOffice"}),
    ("NAME, contactid", {"name": "SuperOffice", "contact_id": 4}),
    ("category/id", {"category": Category(id=2)}),
    ("category", {"category": Category(id=2, value="Customer", rank=1)}),
    ("persons/email", {"persons": [Person(email="anne@b.no"), Person(email=None)]}),
    ("emails/value", {"emails": [EntityElement(value="a@b.no"), EntityElement()]}),
    ("business/id", {"business": None}),
    ("country/name", {}),
    ("department", {"department": None}),
    ("domains", {"domains": ["b.no"]}),
    ("customFields/SuperOffice:1", {"custom_fields": {"SuperOffice:1": "[I:1]"}}),
    ("customFields/superoffice:1", {"custom_fields": {"SuperOffice:1": "[I:1]"}}),
    ("customFields/x_A", {"custom_fields": {"x_a": None, "X_A": "2"}}),
    ("customFields/missing", {"custom_fields": {}}),
    (",", {}),
]


@pytest.mark.parametrize(("text", "left"), APPLIED)
def test_what_is_not_selected_can_be_omitted(text, left):
    """With "omit" only the selected properties are left."""
    assert select(text).apply(contact(), unselected="omit") == ContactEntity(**left)


def nulled(cls, **properties):
    """A carrier whose other properties are all null."""
    return cls(**{**dict.fromkeys(plan_of(cls).by_attribute), **properties})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name", {"name": "SuperOffice"}),
        ("category/id", {"category": nulled(Category, id=2)}),
        ("persons/email", {"persons": [nulled(Person, email="anne@b.no"), nulled(Person)]}),
        ("emails/value", {"emails": [nulled(EntityElement, value="a@b.no"), nulled(EntityElement, value=UNSET)]}),
        ("country/name", {"country": UNSET}),
        ("customFields/other", {"custom_fields": {"other": ""}}),
        (",", {}),
    ],
)
def test_what_is_not_selected_is_nulled(text, expected):
    """By default all properties that are not selected are null, in each carrier on a path, even if they were absent."""
    assert select(text).apply(contact()) == nulled(ContactEntity, **expected)


@pytest.mark.parametrize("unselected", ["null", "omit"])
def test_everything_selected_is_an_equal_copy(unselected):
    """Applying a selection of everything gives an equal copy."""
    original = contact()
    original.extras["New"] = 1
    result = select("").apply(original, unselected=unselected)
    assert result == original
    result.name, result.extras["More"] = "x", 2
    assert (original.name, original.extras) == ("SuperOffice", {"New": 1})


def test_the_original_is_not_touched():
    """Applying a selection leaves its argument unchanged."""
    original = contact()
    before = copy.deepcopy(original)
    result = select("name,category/id,persons/email,customFields/other").apply(original)
    result.category.id = 9
    result.persons[0].email = "x"
    result.custom_fields["other"] = "x"
    assert original == before


def test_selected_values_are_shared():
    """What is selected as a whole is the same object as in the original."""
    original = contact()
    result = select("category,persons,name").apply(original)
    assert result.category is original.category
    assert result.persons is original.persons


def test_extras_follow_the_rule():
    """Unknown members that are not selected become null or go, and a carrier selected as a whole keeps its own."""
    original = contact(business=Business(id=1))
    original.extras["New"] = {"a": 1}
    original.category.extras["Colour"] = "red"
    original.business.extras["Size"] = 3
    selection = select("name,category/id,business")
    result, omitted = selection.apply(original), selection.apply(original, unselected="omit")
    assert (result.extras, result.category.extras, result.business.extras) == ({"New": None}, {"Colour": None}, {"Size": 3})
    assert (omitted.extras, omitted.category.extras, omitted.business.extras) == ({}, {}, {"Size": 3})


def test_lists_in_lists_and_carriers_in_dictionaries_are_passed_through():
    """A path goes through every list on its way, and through a dictionary by key."""
    lines = [[LocalizedField(name="n", label="l")], []]
    rights = {"Name": FieldProperty(field_right=FieldRight(mask="FULL", reason="r"), field_length=3), "X": FieldProperty()}
    whole = ContactEntity(address=Address(localized_address=lines), field_properties=rights)
    selection = select("address/localizedAddress/label,fieldProperties/name/fieldRight/mask")
    assert selection.apply(whole, unselected="omit") == ContactEntity(
        address=Address(localized_address=[[LocalizedField(label="l")], []]),
        field_properties={"Name": FieldProperty(field_right=FieldRight(mask="FULL"))},
    )


def test_a_recursive_carrier_is_selected_as_deep_as_the_path_goes():
    """Items below items are there only where the path leads to them."""
    tree = SelectableMDOListItem(id=1, child_items=[SelectableMDOListItem(id=2, child_items=[SelectableMDOListItem(id=3)])])
    result = select("interests/childItems/id").apply(ContactEntity(interests=[tree]), unselected="omit")
    assert result.interests == [SelectableMDOListItem(child_items=[SelectableMDOListItem(id=2)])]


def test_a_carrier_that_holds_itself_is_selected():
    """A carrier that holds itself can be selected from, since the path alone decides the depth."""
    endless = SelectableMDOListItem(id=1)
    endless.child_items = [endless]
    result = select("childItems/childItems/id", SelectableMDOListItem).apply(endless, unselected="omit")
    assert result.child_items[0].child_items[0] == SelectableMDOListItem(id=1)


def test_a_list_of_contacts_is_selected_one_by_one():
    """A selection applies to each contact of a list, of either class."""
    contacts = [ContactEntity(name="a", number1="1"), ContactEntityWithLinks(name="b")]
    selected = select("name").apply(contacts, unselected="omit")
    assert selected == [ContactEntity(name="a"), ContactEntityWithLinks(name="b")]
    assert select("name", list[ContactEntity]) == select("name", ContactEntity)


@pytest.mark.parametrize("cls", [ContactEntity, ContactEntityWithLinks])
def test_the_class_stays(cls):
    """A selection from the answer's class applies to the entity, which keeps its class and has no links to select."""
    result = select("name,_links").apply(cls(name="a"), unselected="omit")
    assert type(result) is cls
    assert result == cls(name="a")


@pytest.mark.parametrize("value", [None, 5, "name", {}, Person(), [[]], [ContactEntity(), None]])
def test_what_is_no_contact_is_refused(value):
    """A selection from contacts refuses any other argument."""
    with pytest.raises(TypeError):
        select("name").apply(value)


def test_the_rule_for_the_rest_has_two_words():
    """The option for properties that are not selected takes two words, and any other is an error."""
    with pytest.raises(ValueError, match="omit"):
        select("name").apply(ContactEntity(), unselected="drop")


class Untouchable(list):
    """A value that must not be looked at."""

    def __iter__(self):
        raise AssertionError("this was not selected")

    __len__ = __eq__ = __hash__ = __getitem__ = __iter__


def test_what_is_not_selected_is_not_looked_at():
    """A wrong value in an unselected property does no harm, and one in a selected property is reported."""
    faulty = contact(emails=Untouchable(), number1=object(), category=Category(id=1, rank="high"))
    body = encode(faulty, select="name,category/id")
    assert json.loads(body)["Name"] == "SuperOffice"
    with pytest.raises(EncodeError) as caught:
        encode(faulty, select="name,number1,category/rank")
    assert [issue.pointer for issue in caught.value.issues] == ["/Number1", "/Category/Rank"]


@pytest.mark.parametrize(
    ("text", "wrong", "pointer"),
    [
        ("category/id", {"category": 5}, "/Category"),
        ("category/id", {"category": Business(id=1)}, "/Category"),
        ("persons/email", {"persons": Person()}, "/Persons"),
        ("persons/email", {"persons": [Person(email="x"), "y"]}, "/Persons/1"),
        ("customFields/a", {"custom_fields": ["a"]}, "/CustomFields"),
    ],
)
def test_a_value_of_a_wrong_kind_is_left_to_the_encoder(text, wrong, pointer):
    """A selected value of a wrong type is passed on, so that encoding names its place."""
    with pytest.raises(EncodeError) as caught:
        encode(contact(**wrong), select=text)
    assert [issue.pointer for issue in caught.value.issues] == [pointer]


def test_keys_that_are_no_strings_are_never_selected():
    """A key of another type can match no path."""
    assert select("customFields/1").apply(contact(custom_fields={1: "a"})).custom_fields == {}


@pytest.mark.parametrize("name", ["rest-PutContactEntity-response-2023-02-16.json", "complete-contact.response.json"])
def test_the_documented_selection_shapes_an_answer(name):
    """`name,department,category/id` leaves three values of a real answer and nulls the rest."""
    answer = decode((PAYLOADS / name).read_bytes(), type=ContactEntityWithLinks)
    selected = json.loads(encode(answer, select="name,department,category/id"))
    assert {key for key, value in selected.items() if value is not None} <= {"Name", "Department", "Category"}
    assert (selected["Name"], selected["Department"]) == (answer.name, answer.department)
    category = answer.category and {**dict.fromkeys(plan_of(Category).by_name), "Id": answer.category.id}
    assert selected["Category"] == category
    assert len(selected) == len(plan_of(ContactEntityWithLinks).fields)


ALGEBRA = [
    # one, other, union, intersection
    ("name", "department", "Name,Department", ","),
    ("name", "", "", "Name"),
    ("name", ",", "Name", ","),
    ("category", "category/id", "Category", "Category/Id"),
    ("category/id", "category/value", "Category/Id,Category/Value", ","),
    ("category/id,name", "category/id,category/rank", "Name,Category/Id,Category/Rank", "Category/Id"),
    ("persons/email", "persons", "Persons", "Persons/Email"),
    ("customFields/a", "customFields/A", "CustomFields/a", "CustomFields/a"),
    ("", "", "", ""),
    (",", "", "", ","),
]


@pytest.mark.parametrize(("one", "other", "union", "intersection"), ALGEBRA)
def test_selections_are_joined_and_intersected(one, other, union, intersection):
    """A union selects what either selection does, an intersection what both do, in any order of the two."""
    assert str(select(one) | select(other)) == union
    assert str(select(one) & select(other)) == intersection
    assert select(other) | select(one) == select(union)
    assert select(other) & select(one) == select(intersection)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("name", "name,department"),
        ("category/id", "category"),
        ("category", ""),
        (",", "name"),
        ("customFields/A", "customFields/a,name"),
    ],
)
def test_selections_compare_by_what_they_select(one, other):
    """`<=` says that the other selects all that this does, `<` and also more."""
    one, other = select(one), select(other)
    assert one <= other
    assert one < other
    assert other >= one
    assert other > one
    assert not other <= one
    assert one != other


def test_neither_of_two_selections_need_be_the_larger():
    """Selections that each have something of their own are in no order."""
    one, other = select("name"), select("department")
    assert not one <= other
    assert not other <= one


@pytest.mark.parametrize(
    ("text", "path", "contained"),
    [
        ("name,category", "category/id", True),
        ("name,category", "CATEGORY", True),
        ("category/id", "category", False),
        ("category/id", "category/value", False),
        ("", "persons/email", True),
        (",", "persons/email", False),
        ("customFields/a", "customFields/A", True),
        ("name", "", False),
    ],
)
def test_a_selection_tells_whether_it_contains_a_path(text, path, contained):
    """A selection contains a path if it selects all that the path leads to."""
    assert select(text).contains(path) is contained
    assert (path in select(text)) is contained


def test_asking_for_an_unknown_path_is_a_fault():
    """Asking a selection for a path that names nothing is a fault."""
    with pytest.raises(PathError):
        select("name").contains("naem")
    assert 5 not in select("name")


def test_selections_of_different_carriers_do_not_combine():
    """Selections of two carriers do not combine, since a name means something else in each."""
    assert select("name") != select("name", ContactEntity)
    assert select("email", Person) != select("name")
    with pytest.raises(TypeError, match="Person"):
        select("name") | select("email", Person)
    with pytest.raises(TypeError):
        select("name") & "name"
    with pytest.raises(TypeError):
        assert select("name") <= None


def test_a_selection_is_a_value():
    """Selections are equal by what they select, frozen, hashable, and pickle and copy."""
    one, other = select("category/id, name"), select("Name,Category/Id")
    assert one == other
    assert {one, other} == {one}
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
    assert repr(one) == "Selection.parse('Name,Category/Id')"
    assert repr(select("name", ContactEntity)) == "Selection.parse('Name', ContactEntity)"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.carrier = Person


def test_a_used_selection_pickles():
    """A selection that has been applied pickles without what was compiled for it."""
    selection = select("number1,persons/email")
    selection.apply(contact())
    again = pickle.loads(pickle.dumps(selection & selection))
    assert again.apply(contact()) == selection.apply(contact())


class Leaf(Carrier):
    """A carrier from scratch that checks what it is given."""

    odd: Maybe[str] = attrs.field(
        default=UNSET, validator=attrs.validators.instance_of(str), on_setattr=attrs.setters.validate
    )


class Branch(Carrier):
    """A user's carrier with every way to hold another."""

    id: Maybe[Int32] = UNSET
    leaf: Maybe[Leaf] = UNSET
    groups: Maybe[dict[str, list[Leaf]]] = UNSET
    rows: Maybe[list[dict[str, Branch]]] = UNSET
    shares: Maybe[dict[str, float]] = UNSET


class Limb(Branch):
    """An heir with a property of its own."""

    more: Maybe[str] = UNSET


def test_users_carriers_are_projected():
    """Any carrier can be selected from: through lists of dictionaries, and dictionaries of lists."""
    whole = Branch(
        id=1,
        groups={"A": [Leaf(odd="x")], "b": []},
        rows=[{"k": Branch(id=2, shares={"s": 0.5}), "l": Branch()}],
        shares={"s": 1.0, "t": 2.0},
    )
    selection = select("groups/a,rows/K/shares/s,shares/T", Branch)
    assert selection.apply(whole, unselected="omit") == Branch(
        groups={"A": [Leaf(odd="x")]}, rows=[{"k": Branch(shares={"s": 0.5})}], shares={"t": 2.0}
    )


def test_heirs_in_place_of_a_carrier_are_projected():
    """Where a property holds an heir, the heir's class stays and its own properties are not selected."""
    whole = Branch(rows=[{"k": Limb(id=1, more="m")}])
    result = select("rows/k/id", Branch).apply(whole)
    assert type(result.rows[0]["k"]) is Limb
    assert result.rows[0]["k"] == nulled(Limb, id=1)
    assert select("id", Branch).apply(Limb(id=1, more="m"), unselected="omit") == Limb(id=1)


def test_a_class_with_validators_is_projected():
    """Projecting runs no validator of a class, since a view need not satisfy it."""
    assert select(",", Leaf).apply(Leaf(odd="x")).odd is None
    assert select("odd", Leaf).apply(Leaf(odd="x")).odd == "x"


class Loose:
    """A mixin that keeps what is set in a dictionary."""

    note = ""


class Mixed(Loose, Carrier):
    """A carrier with a mixin, so that any attribute may be set."""

    name: str = ""
    number: int = 0


def test_a_carrier_with_a_mixin_is_projected():
    """A carrier with a mixin is projected: what the mixin keeps is no property, and defaults are left out."""
    mixed = Mixed(name="a", number=1)
    mixed.note = "x"
    projected = select("name", Mixed).apply(mixed, unselected="omit")
    assert (projected.name, projected.number, projected.note) == ("a", UNSET, "")
    assert encode(select("name", Mixed).apply(mixed)) == b'{"Name":"a","Number":null}'


class Awkward(Carrier):
    """A carrier with a name, and keys, that the text of a selection has to escape."""

    odd: Annotated[Maybe[dict[str, int]], WireName(" a,b/c ")] = UNSET


def test_names_that_need_escaping_are_escaped():
    """Names with commas, slashes or blanks at an end are selected by their escaped spelling."""
    assert [field.path for field in fields(Awkward)] == ["~3a~2b~1c~3"]
    selection = select("~3A~2B~1C~3/~3a~2b~1c~0d~4", Awkward)
    assert str(selection) == "~3a~2b~1c~3/~3a~2b~1c~0d~4"
    assert selection.apply(Awkward(odd={" a,b/c~d\t": 1, "x": 2})).odd == {" a,b/c~d\t": 1}


def test_fields_lists_every_path():
    """Each property of each carrier is listed once, in wire order, with its kind, and can be selected."""
    listed = fields(ContactEntity)
    paths = [field.path for field in listed]
    assert paths[:2] == ["ContactId", "Name"]
    assert len(set(paths)) == len(paths) > 300
    assert [str(select(path, ContactEntity)) for path in paths] == paths
    by_path = {field.path: field.kind for field in listed}
    assert by_path["Category/Id"].expected == "int32"
    assert isinstance(by_path["Persons"], ListKind)
    assert isinstance(by_path["CustomFields"], DictionaryKind)
    assert by_path["Address/LocalizedAddress/Label"].expected == "string"


def test_fields_enters_a_recursive_carrier_once():
    """`fields` lists a recursive carrier once, and does not enter it again."""
    paths = [field.path for field in fields(ContactEntity)]
    assert "Interests/ChildItems" in paths
    assert "Interests/ChildItems/Id" not in paths
    assert [field.path for field in fields(Limb)] == ["Id", "Leaf", "Leaf/Odd", "Groups", "Rows", "Shares", "More"]


def test_fields_is_a_name_of_the_library():
    """`contactwire.fields()` lists a contact's paths, and refuses a type that has none."""
    assert contactwire.fields() == fields(ContactEntity)
    assert fields(list[Leaf]) == fields(Leaf)
    with pytest.raises(TypeError):
        fields(int)


def test_first_use_from_many_threads(at_once):
    """Threads that are the first to parse and apply a selection all get the same result."""

    class Fresh(Carrier):
        name: Maybe[str] = UNSET
        leaf: Maybe[Leaf] = UNSET

    def work():
        return JsonCodec().encode(Fresh(name="a", leaf=Leaf(odd="x")), selection=select("leaf/odd", Fresh))

    assert at_once(work) == [b'{"Name":null,"Leaf":{"Odd":"x"}}'] * 32


INDEXES = [
    ("emails/0/value", "Emails/Value", ("Emails/0/Value",)),
    ("domains/0,domains", "Domains", ("Domains/0", "Domains")),
    ("name, EMAILS/10/value, contactId,NAME", "ContactId,Name,Emails/Value", ("Name", "Emails/10/Value", "ContactId")),
    ("persons/1", "Persons", ("Persons/1",)),
    ("customFields/0", "CustomFields/0", ("CustomFields/0",)),
]


@pytest.mark.parametrize(("text", "canonical", "columns"), INDEXES)
def test_an_index_names_a_column(text, canonical, columns):
    """An index behind a list picks an item for a table's column, and all items for an answer; a key stays a key."""
    selection = select(text)
    assert str(selection) == canonical
    assert selection == select(canonical)
    assert selection.columns == pickle.loads(pickle.dumps(selection)).columns == columns


@pytest.mark.parametrize("selection", [select(""), select("*,name"), select("name") | select("emails/0/value")])
def test_columns_that_no_text_lists(selection):
    """A selection of everything, and one that others were combined to, has the columns of its canonical text."""
    assert selection.columns == selection.paths == pickle.loads(pickle.dumps(selection)).columns


@pytest.mark.parametrize("text", ["persons/0/email", "emails/0", "name,emails/0/value"])
def test_a_selection_for_an_answer_takes_no_index(text):
    """What an answer holds is selected without indexes, also where the same text was read with them before."""
    assert select(text).columns[-1].split("/")[1] == "0"
    with pytest.raises(SelectionError, match='has no property "0"'):
        select(text, indexes=False)
    with pytest.raises(SelectionError, match='has no property "0"'):
        contactwire.encode(ContactEntity(), select=text)
