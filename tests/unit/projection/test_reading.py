"""`get` reads one value along a path."""

from __future__ import annotations

import copy
from datetime import datetime

import pytest

from contactwire import (
    UNSET,
    Carrier,
    Category,
    ContactEntity,
    ContactEntityWithLinks,
    EntityElement,
    Maybe,
    PathError,
    Selection,
    SelectionError,
    Timestamp,
    decode,
    encode,
    get,
)

WHEN = Timestamp.parse("2003-10-01T14:34:01.7525885+02:00")
CONTACT = ContactEntityWithLinks(
    contact_id=5,
    name="Elan",
    department=None,
    category=Category(value="Customer", id=0),
    emails=[EntityElement(value="a@b.example"), None],
    domains=["a.example"],
    no_mailing=False,
    updated_date=WHEN,
    custom_fields={"SuperOffice:1": "[I:23]", "superoffice:1": "other", "a/b,c": "odd", "nothing": None},
    extras={"Shoe": {"Size": 44, "sizes": [44, {"Eu": 45}]}, "Hat": None},
)


class Box(Carrier):
    """A carrier with a list of lists, a dictionary of carriers and a double."""

    rows: Maybe[list[list[int]]] = UNSET
    boxes: Maybe[dict[str, Box]] = UNSET
    weight: Maybe[float] = UNSET


BOX = Box(rows=[[1, 2], [3]], boxes={"A": Box(weight=2.5), "b": Box(rows=[[9]])}, weight=5)

FOUND = [
    (CONTACT, "Name", "Elan"),
    (CONTACT, "/name", "Elan"),
    (CONTACT, "category/value", "Customer"),
    (CONTACT, "CATEGORY/ID", 0),
    (CONTACT, "noMailing", False),
    (CONTACT, "category", CONTACT.category),
    (CONTACT, "emails", CONTACT.emails),
    (CONTACT, "emails/0/value", "a@b.example"),
    (CONTACT, "domains/0", "a.example"),
    (CONTACT, "updatedDate", WHEN),
    (CONTACT, "customFields/SuperOffice:1", "[I:23]"),
    (CONTACT, "customFields/superoffice:1", "other"),
    (CONTACT, "customFields/SUPEROFFICE:1", "[I:23]"),
    (CONTACT, "customFields/a~1b~2c", "odd"),
    (BOX, "rows/0/1", 2),
    (BOX, "boxes/a/weight", 2.5),
    (BOX, "boxes/b/rows/0/0", 9),
]
MISSING = [
    (CONTACT, "orgNr"),
    (CONTACT, "department"),
    (CONTACT, "business/value"),
    (CONTACT, "category/tooltip"),
    (CONTACT, "emails/1/value"),
    (CONTACT, "emails/2/value"),
    (CONTACT, "emails/-/value"),
    (CONTACT, "phones/0/value"),
    (CONTACT, "customFields/nothing"),
    (CONTACT, "customFields/other"),
    (BOX, "rows/2/0"),
    (BOX, "boxes/c/weight"),
]


@pytest.mark.parametrize(("carrier", "path", "expected"), FOUND)
def test_a_path_leads_to_a_value(carrier, path, expected):
    """A path finds properties in any letter case, keys in their own spelling first, and items by index."""
    assert get(carrier, path) == expected
    assert get(carrier, path, default=expected) == expected


@pytest.mark.parametrize(("carrier", "path"), MISSING)
def test_where_nothing_is_the_default_counts(carrier, path):
    """Absent and null on a path give the default, which is None unless the caller says otherwise."""
    assert get(carrier, path) is None
    assert get(carrier, path, default="nobody") == "nobody"


def test_nothing_in_the_carrier_changes():
    """`get` changes nothing in the carrier, and adds no empty dictionary of unknown members."""
    contact = ContactEntity(name="x")
    before = copy.deepcopy(contact)
    get(contact, "category/value", default="")
    get(contact, "shoe", unknown="keep")
    assert contact == before
    assert encode(contact) == encode(before)


WRONG = [
    ("categry/value", 0, "Category"),
    ("category/valeu", 9, "Value"),
    ("business/valeu", 9, "Value"),
    ("emails/value", 7, ""),
    ("emails/01", 7, ""),
    ("name/x", 5, ""),
    ("", 0, ""),
    ("customFields/a~9", 14, ""),
    ("shoe/size", 0, "Source"),
    ("/".join(["persons"] * 65), 0, ""),
]


@pytest.mark.parametrize(("path", "position", "suggestion"), WRONG)
def test_a_path_to_nothing_is_an_error(path, position, suggestion):
    """A misspelled path is an error whatever the carrier holds, and has a position and the nearest property."""
    for contact in (CONTACT, ContactEntityWithLinks()):
        with pytest.raises(PathError) as caught:
            get(contact, path, default="")
        assert (caught.value.path, caught.value.position, caught.value.suggestion) == (path, position, suggestion)


UNKNOWN = [
    ("Shoe/Size", 44),
    ("shoe/SIZE", 44),
    ("shoe/sizes/0", 44),
    ("shoe/sizes/1/eu", 45),
    ("shoe/sizes/2", None),
    ("shoe/sizes/first", None),
    ("shoe/size/x", None),
    ("hat", None),
    ("hat/x", None),
    ("glove", None),
    ("category/glove", None),
    ("business/glove", None),
    ("category/value", "Customer"),
]


@pytest.mark.parametrize(("path", "expected"), UNKNOWN)
def test_unknown_members_are_read_where_wanted(path, expected):
    """With `unknown="keep"`, a name that is no property names an unknown member, in any letter case."""
    assert get(CONTACT, path, unknown="keep") == expected
    assert get(decode(encode(CONTACT)), path, unknown="keep") == expected


def test_a_name_in_another_script_is_an_unknown_member_as_it_stands():
    """Unknown members match in another letter case for ASCII letters only, also beside keys that are no strings."""
    contact = ContactEntity(extras={5: "five", "É": "accent"})
    assert get(contact, "É", unknown="keep") == "accent"
    assert get(contact, "é", unknown="keep") is None


TYPES = [
    ("name", "", True),
    ("name", 0, False),
    ("contactId", 0, True),
    ("contactId", 0.0, True),
    ("contactId", "", False),
    ("contactId", False, False),
    ("updatedDate", datetime(2020, 1, 1), True),
    ("updatedDate", "", False),
    ("category", Category(), True),
    ("category", EntityElement(), False),
    ("emails", [], True),
    ("emails", {}, False),
    ("customFields", {}, True),
    ("emails/0", EntityElement(), True),
]


@pytest.mark.parametrize(("path", "default", "fits"), TYPES)
def test_the_result_has_the_type_of_the_default(path, default, fits):
    """A value of another type than the default is a TypeError that names both; an int is taken for a float."""
    if fits:
        assert get(CONTACT, path, default) == get(CONTACT, path)
    else:
        with pytest.raises(TypeError, match=f'at "{path}" is of type .*, not {type(default).__name__}'):
            get(CONTACT, path, default)


@pytest.mark.parametrize("value", [None, 5, "x", [CONTACT], {}, Category])
def test_only_carriers_have_paths(value):
    """Anything but a carrier is a TypeError."""
    with pytest.raises(TypeError, match="is no carrier class"):
        get(value, "name")


def test_paths_without_lists_are_those_of_a_selection():
    """`get` takes every path that `$select` takes, and refuses every path that `$select` refuses."""
    for path in ("name", "/CATEGORY/value", "customFields/a~1b~2c"):
        assert get(Selection.parse(path).apply(CONTACT), path) == get(CONTACT, path)
    for path in ("nmae", "name/x", "customFields/~9"):
        with pytest.raises(SelectionError):
            Selection.parse(path)
        with pytest.raises(PathError):
            get(CONTACT, path)
