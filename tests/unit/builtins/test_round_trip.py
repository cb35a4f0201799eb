"""Carriers become builtins and come back, also inside a user's own cattrs classes."""

from datetime import datetime

import attrs
import pytest

from contactwire import (
    ContactEntity,
    Country,
    EncodeError,
    EntityElement,
    Timestamp,
    ValidationError,
    from_builtins,
    make_converter,
    to_builtins,
)
from contactwire.builtins import to_json
from contactwire.carriers import Business, Category

CONTACT = ContactEntity(
    contact_id=5,
    name=None,
    updated_date=Timestamp.parse("2003-10-01T14:34:01.7525885+02:00"),
    emails=[EntityElement(value="a", extras={"Y": 1})],
    extras={"X": {"y": [1]}},
)
BUILTINS = {
    "ContactId": 5,
    "Name": None,
    "UpdatedDate": "2003-10-01T14:34:01.7525885+02:00",
    "Emails": [{"Value": "a", "Y": 1}],
    "X": {"y": [1]},
}


def test_a_carrier_becomes_builtins_and_comes_back():
    """`to_builtins` and `from_builtins` are each other's inverse."""
    assert to_builtins(CONTACT) == BUILTINS
    assert list(to_builtins(CONTACT)) == list(BUILTINS)
    assert from_builtins(BUILTINS, ContactEntity) == CONTACT


def test_lists_of_carriers_work_too():
    """`to_builtins` turns a list of carriers into a list of dictionaries, and `from_builtins` reads it back."""
    assert to_builtins([CONTACT, ContactEntity()]) == [BUILTINS, {}]
    assert from_builtins([BUILTINS, {}], list[ContactEntity]) == [CONTACT, ContactEntity()]


def test_builtins_with_faults_raise_with_all_of_them():
    """`from_builtins` reports every fault with its pointer."""
    with pytest.raises(ValidationError) as caught:
        from_builtins({"ContactId": "x", "Emails": [{"Value": 1}]}, ContactEntity)
    assert [issue.pointer for issue in caught.value.issues] == ["/ContactId", "/Emails/0/Value"]


@pytest.mark.parametrize("value", [5, None, {}, ContactEntity])
def test_only_carriers_become_builtins(value):
    """`to_builtins` refuses what is no carrier with an EncodeError."""
    with pytest.raises(EncodeError):
        to_builtins(value)


def test_a_name_that_is_no_string_is_a_fault():
    """A key that is no string is a fault, since JSON cannot hold it."""
    with pytest.raises(ValidationError, match="expected a string as name, received 5"):
        from_builtins({5: 1}, ContactEntity)


def test_python_data_without_end_is_refused():
    """A list that holds itself in an unknown member is an error and does not hang."""
    endless: list = []
    endless.append(endless)
    with pytest.raises(ValueError, match="nesting"):
        from_builtins({"X": endless}, ContactEntity)


def test_a_users_class_may_hold_carriers():
    """The converter structures a user's attrs class with carriers inside, and back."""

    @attrs.define
    class Delivery:
        at: datetime
        contact: ContactEntity
        others: list[ContactEntity]

    converter = make_converter()
    raw = {"at": "2020-01-02T03:04:05.0000001Z", "contact": BUILTINS, "others": [{"Name": "x"}]}
    delivery = converter.structure(raw, Delivery)
    assert delivery == Delivery(Timestamp.parse(raw["at"]), CONTACT, [ContactEntity(name="x")])
    assert converter.unstructure(delivery) == raw


def test_a_users_hook_for_a_carrier_is_honoured():
    """A hook that a user registers for a nested carrier runs wherever that carrier stands."""
    converter = make_converter()
    converter.register_structure_hook(EntityElement, lambda value, _: EntityElement(value=value["Value"].upper()))
    assert converter.structure({"Emails": [{"Value": "a"}]}, ContactEntity).emails == [EntityElement(value="A")]


def test_a_fault_in_a_users_hook_gets_a_pointer():
    """An error that a user's hook raises becomes a fault with a pointer, beside all other faults."""
    converter = make_converter()

    def refuse(value, _):
        raise ValueError("not today")

    converter.register_structure_hook(EntityElement, refuse)
    with pytest.raises(ValidationError) as caught:
        converter.structure({"Emails": [{}], "ContactId": "x"}, ContactEntity)
    assert [str(issue) for issue in caught.value.issues] == [
        "/Emails/0: not today",
        '/ContactId: expected int32, received "x"',
    ]


def test_a_mistake_in_a_users_hook_is_not_hidden():
    """An error in a user's hook that is no fault of the document passes unchanged."""
    converter = make_converter()

    def broken(value, _):
        raise ZeroDivisionError

    converter.register_structure_hook(EntityElement, broken)
    with pytest.raises(ZeroDivisionError):
        converter.structure({"Emails": [{}]}, ContactEntity)


def test_faults_inside_a_users_nested_class_get_pointers():
    """Each error in the groups that cattrs raises for a user's class becomes a fault with its pointer."""
    import cattrs

    @attrs.define
    class Point:
        x: int
        y: int

    converter = make_converter()
    points = cattrs.Converter()

    def read(value, _):
        point = points.structure(value, Point)
        return EntityElement(value=f"{point.x},{point.y}")

    converter.register_structure_hook(EntityElement, read)
    with pytest.raises(ValidationError) as caught:
        converter.structure({"Emails": [{"x": "a", "y": "b"}]}, ContactEntity)
    assert [issue.pointer for issue in caught.value.issues] == ["/Emails/0/x", "/Emails/0/y"]


def test_policies_of_a_converter():
    """The options `unknown`, `coerce` and `duplicates` of a converter work as those of the codec do."""
    assert make_converter(unknown="ignore").structure({"X": 1}, ContactEntity) == ContactEntity()
    assert make_converter(coerce=True).structure({"ContactId": "3"}, ContactEntity) == ContactEntity(contact_id=3)
    assert make_converter().structure({"Name": "a", "name": "b"}, ContactEntity).name == "b"
    with pytest.raises(ValidationError, match="repeated"):
        make_converter(duplicates="error").structure({"Name": "a", "name": "b"}, ContactEntity)


def test_from_builtins_takes_a_converter():
    """`from_builtins` takes a converter with other options or with a user's hooks."""
    assert from_builtins({"ContactId": "3"}, ContactEntity, converter=make_converter(coerce=True)).contact_id == 3


def test_an_error_of_this_library_in_a_users_hook_keeps_its_pointers():
    """The faults of a hook that decodes a document have pointers that begin with the hook's own place."""
    converter = make_converter()

    def structure(value, _):
        return from_builtins(value, Country)

    converter.register_structure_hook(Country, structure)
    with pytest.raises(ValidationError) as caught:
        from_builtins({"Country": {"CountryId": "x"}}, ContactEntity, converter=converter)
    assert [issue.pointer for issue in caught.value.issues] == ["/Country/CountryId"]


def test_a_registered_hook_writes_carriers_at_any_depth():
    """A hook registered for unstructuring a class runs inside others; all other carriers are written as without it."""
    converter = make_converter()
    converter.register_unstructure_hook(EntityElement, lambda element: f"<{element.value}>")
    assert converter.unstructure(CONTACT) == {**BUILTINS, "Emails": ["<a>"]}
    inside = ContactEntity(country=Country(country_id=2**40), emails=[EntityElement(value="a")])
    with pytest.raises(EncodeError) as caught:
        converter.unstructure(inside)
    assert [issue.pointer for issue in caught.value.issues] == ["/Country/CountryId"]


def test_a_number_that_is_no_text_is_a_fault():
    """With `coerce`, an integer with more digits than Python writes is a fault where a string belongs."""
    with pytest.raises(ValidationError) as caught:
        make_converter(coerce=True).structure({"Name": 10**4300, "Department": -(10**4299)}, ContactEntity)
    assert [issue.pointer for issue in caught.value.issues] == ["/Name"]


def test_what_is_no_builtin_stays_among_the_extras():
    """A Python object that JSON has no type for is a fault as a property's value, and is kept as an unknown member's."""
    thing = object()
    assert from_builtins({"Odd": [thing]}, ContactEntity).extras == {"Odd": [thing]}
    with pytest.raises(ValidationError):
        from_builtins({"Name": thing}, ContactEntity)


def test_json_text_is_made_of_builtins_only():
    """`to_json` refuses a Python object that JSON has no type for, and names its type."""
    with pytest.raises(TypeError, match="object is no builtin"):
        to_json([object()])


def test_faults_below_a_users_own_class_keep_their_pointers():
    """Where a hook structures a user's class that holds a carrier, the carrier's faults keep their pointers."""

    @attrs.define
    class Wrapper:
        inner: Category

    converter = make_converter()
    converter.register_structure_hook(Business, lambda value, _: converter.structure(value, Wrapper))
    with pytest.raises(ValidationError) as caught:
        converter.structure({"Business": {"inner": {"Id": "x"}}}, ContactEntity)
    assert [issue.pointer for issue in caught.value.issues] == ["/Business/inner/Id"]
