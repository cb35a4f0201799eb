"""A carrier's custom fields as a mapping of typed values."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from contactwire.carriers import Associate, ContactEntity, ContactEntityWithLinks
from contactwire.codecs import decode
from contactwire.customfields import CustomFieldsView
from contactwire.errors import EncodeError, ValidationError
from contactwire.wire import UNSET, Carrier, Maybe

PAYLOADS = Path(__file__).parents[2] / "payloads"


def fields():
    """The custom fields that a server sends, with pseudo-keys."""
    return {
        "SuperOffice:1": "Updated Text Here",
        "SuperOffice:1:org": "Updated Text Here",
        "SuperOffice:2": "[DT:01/01/0001 00:00:00.0000000]",
        "SuperOffice:2:org": "[DT:01/01/0001 00:00:00.0000000]",
        "x_hassupportagreement": "[I:1]",
        "x_hassupportagreement:org": "[I:1]",
        "SuperOffice:3": "[I:14]",
        "SuperOffice:3:org": "[I:14]",
        "SuperOffice:3:DisplayText": "Supplier",
        "SuperOffice:3:DisplayTooltip": "A supplier",
        "SuperOffice:4": "[F:1234.50]",
        "SuperOffice:4:org": "[F:1234.50]",
    }


@pytest.fixture
def contact():
    """A contact with these fields."""
    return ContactEntity(custom_fields=fields())


@pytest.fixture
def view(contact):
    """The view of its `CustomFields`."""
    return CustomFieldsView(contact)


def test_a_real_contact():
    """The view gives the fields of a server's answer as typed values."""
    body = (PAYLOADS / "complete-contact.response.json").read_bytes()
    contact = decode(body, type=ContactEntityWithLinks)
    assert dict(CustomFieldsView(contact)) == {
        "SuperOffice:1": "Updated Text Here",
        "SuperOffice:2": None,
        "x_hassupportagreement": 1,
        "SuperOffice:3": 14,
        "SuperOffice:4": 1234.5,
    }
    assert dict(CustomFieldsView(contact, "UserDefinedFields")) == {
        "SuperOffice:1": "Updated Text Here",
        "SuperOffice:2": None,
    }
    assert dict(CustomFieldsView(contact, "extrafields")) == {}


def test_keys_in_any_letter_case(view, contact):
    """The view finds a field in any letter case, and leaves the key as it is spelled."""
    assert view["superoffice:3"] == view["SUPEROFFICE:3"] == 14
    view["X_HASSUPPORTAGREEMENT"] = False
    assert contact.custom_fields["x_hassupportagreement"] == "[I:0]"
    assert "superOFFICE:1" in view
    assert view.find("SUPEROFFICE:3:ORG") == "SuperOffice:3:org"


def test_iteration_passes_over_pseudo_keys(view):
    """Iteration and length count fields only, and skip pseudo-keys."""
    assert list(view) == ["SuperOffice:1", "SuperOffice:2", "x_hassupportagreement", "SuperOffice:3", "SuperOffice:4"]
    assert len(view) == 5
    assert "SuperOffice:1:org" not in view
    assert 5 not in view
    for key in ("SuperOffice:1:org", "SuperOffice:9", "SuperOffice:3:displaytext", 5, None, b"SuperOffice:1", []):
        with pytest.raises(KeyError):
            view[key]
        with pytest.raises(KeyError):
            del view[key]
        assert view.get(key) is None
        assert key not in view


def test_display_text_and_tooltip(view):
    """The view gives the display text and the tooltip that the server sent for a value."""
    assert (view.display_text("SUPEROFFICE:3"), view.tooltip("SuperOffice:3")) == ("Supplier", "A supplier")
    assert (view.display_text("SuperOffice:1"), view.tooltip("SuperOffice:9")) == (None, None)


@pytest.mark.parametrize("unset", [UNSET, None])
def test_a_dictionary_that_is_not_there(unset):
    """An absent or null dictionary reads as empty, and the first write creates it."""
    contact = Associate(custom_fields=unset)
    view = CustomFieldsView(contact)
    assert (dict(view), view.issues, view.changes()) == ({}, (), {})
    with pytest.raises(KeyError):
        del view["a"]
    assert contact.custom_fields is unset
    view["a"] = 1
    assert contact.custom_fields == {"a": "[I:1]"}


def test_there_is_no_second_copy(view, contact):
    """The view reads and writes the carrier's own dictionary, also one that is put in later."""
    own = contact.custom_fields
    contact.custom_fields["SuperOffice:1"] = "[I:7]"
    assert view["SuperOffice:1"] == 7
    view["SuperOffice:1"] = 8
    assert contact.custom_fields is own
    contact.custom_fields = {"b": "[I:2]"}
    assert dict(view) == {"b": 2}


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("SuperOffice:1", "other", "other"),
        ("SuperOffice:2", date(2020, 1, 31), "[DT:01/31/2020 00:00:00.0000000]"),
        ("SuperOffice:2", datetime(2020, 1, 31, 13), "[DT:01/31/2020 13:00:00.0000000]"),
        ("SuperOffice:2", None, "[DT:01/01/0001 00:00:00.0000000]"),
        ("x_hassupportagreement", True, "[I:1]"),
        ("x_hassupportagreement", False, "[I:0]"),
        ("SuperOffice:3", 15, "[I:15]"),
        ("SuperOffice:3", None, None),
        ("SuperOffice:4", 1234.5, "[F:1234.50]"),
        ("SuperOffice:4", 5, "[F:5]"),
        ("SuperOffice:4", Decimal("1.10"), "[F:1.10]"),
        ("new", [1], "[A:1]"),
        ("new", None, None),
    ],
)
def test_writing(view, contact, key, value, text):
    """A changed value is written with the field's old marker, and an equal value keeps its spelling."""
    view[key] = value
    assert contact.custom_fields[key] == text
    assert value is None or view.get_as(key, type(value)) == value


def test_writing_user_defined_fields():
    """In `UserDefinedFields`, booleans and dates are written in that dictionary's own spelling."""
    contact = ContactEntity()
    view = CustomFieldsView(contact, "UserDefinedFields")
    view.update(a=True, b=datetime(2020, 1, 31, 13), c=date(2020, 1, 31), d=None)
    assert contact.user_defined_fields == {
        "a": "True",
        "b": "[D:01/31/2020 13:00:00.0000000]",
        "c": "[D:01/31/2020]",
        "d": None,
    }
    assert view["a"] is True
    view["b"] = None
    assert contact.user_defined_fields["b"] == "[D:01/01/0001 00:00:00.0000000]"


def test_what_the_server_would_write(view, contact):
    """`changes` has each value that differs from its `:org` or has none, and writing a value changes no `:org`."""
    assert view.changes() == {}
    view["SuperOffice:3"] = 15
    view["new"] = 1
    assert view.changes() == {"SuperOffice:3": "[I:15]", "new": "[I:1]"}
    assert contact.custom_fields["SuperOffice:3:org"] == "[I:14]"
    assert view.original("superoffice:3") == 14
    assert "new:org" not in contact.custom_fields
    view["SuperOffice:3"] = 14
    assert view.changes() == {"new": "[I:1]"}
    with pytest.raises(KeyError, match="new:org"):
        view.original("new")


def test_going_back_restores_the_spelling(view, contact):
    """A value equal to its `:org` is written in the spelling of the `:org`, so that the server sees no change."""
    view["SuperOffice:4"] = 7
    view["SuperOffice:4"] = 1234.5
    assert contact.custom_fields["SuperOffice:4"] == "[F:1234.50]"
    assert view.changes() == {}


def test_forcing_a_write(view, contact):
    """After `force` a field is among the changes, even if its value is the same."""
    view.force("SUPEROFFICE:3")
    assert view.changes() == {"SuperOffice:3": "[I:14]"}
    with pytest.raises(KeyError):
        view.force("nothing")


def test_originals_in_another_letter_case():
    """An `:org` is found in any letter case."""
    contact = ContactEntity(custom_fields={"A": "1", "a:ORG": "1", "B": None, "B:org": "x", "C": None, "C:org": None})
    assert CustomFieldsView(contact).changes() == {"B": None}


def test_a_new_value_has_no_old_display_text(view, contact):
    """Changing a value removes the display text of the old one, and setting an equal value keeps it."""
    view["SuperOffice:3"] = 14
    assert view.display_text("SuperOffice:3") == "Supplier"
    view["SuperOffice:3"] = 15
    assert (view.display_text("SuperOffice:3"), view.tooltip("SuperOffice:3")) == (None, None)


def test_deleting(view, contact):
    """Deleting a field deletes its pseudo-keys."""
    del view["superoffice:3"]
    assert not any(key.startswith("SuperOffice:3") for key in contact.custom_fields)
    with pytest.raises(KeyError):
        del view["superoffice:3"]
    view.clear()
    assert contact.custom_fields == {}


def test_values_as_the_caller_knows_them(view):
    """A caller may read `[I:1]` as a boolean, and gives the default for a missing field."""
    assert view.get_as("x_HasSupportAgreement", bool) is True
    assert view.get_as("SuperOffice:4", Decimal) == Decimal("1234.50")
    assert view.get_as("SuperOffice:2", date) is None
    assert view.get_as("nothing", int, 7) == 7
    assert view.get_as("nothing", int, None) is None
    with pytest.raises(KeyError):
        view.get_as("nothing", int)
    with pytest.raises(ValidationError) as caught:
        view.get_as("SUPEROFFICE:1", int)
    assert [issue.pointer for issue in caught.value.issues] == ["/CustomFields/SuperOffice:1"]


def test_markers_that_do_not_parse_are_reported(view, contact):
    """Each marker that does not parse is read as text, and is an issue with a pointer."""
    contact.custom_fields |= {"x/y": "[I:soon]", "SuperOffice:1": "[D:never]", "ok": "[SR_X]", "x/y:org": "[I:soon]"}
    assert view["x/y"] == "[I:soon]"
    assert [issue.pointer for issue in view.issues] == ["/CustomFields/SuperOffice:1", "/CustomFields/x~1y"]
    assert view.parsed("x/y").issue.message == '"[I:soon]" is no integer'
    view["x/y"] = "[I:later]"
    assert view["x/y"] == "[I:later]"


@pytest.mark.parametrize(
    ("key", "value", "pointer"),
    [
        ("superoffice:1", object(), "/CustomFields/SuperOffice:1"),
        ("a/b", "[I:3]", "/CustomFields/a~1b"),
        ("a:org", 1, "/CustomFields/a:org"),
        ("", 1, "/CustomFields/"),
        (5, 1, "/CustomFields/5"),
    ],
)
def test_what_cannot_be_written(view, contact, key, value, pointer):
    """A value that no marker holds and a key that is no field are refused with a pointer, and nothing is written."""
    with pytest.raises(EncodeError) as caught:
        view[key] = value
    assert [issue.pointer for issue in caught.value.issues] == [pointer]
    assert contact.custom_fields == fields()


def test_other_carriers_and_dictionaries():
    """The view takes any dictionary of strings of any carrier, and refuses anything else with a TypeError."""

    class Ticket(Carrier):
        answers: Maybe[dict[str, str]] = UNSET
        counts: Maybe[dict[str, int]] = UNSET

    ticket = Ticket()
    view = CustomFieldsView(ticket, "Answers")
    view["a"] = 1.5
    assert (ticket.answers, repr(view)) == ({"a": "[F:1.5]"}, "CustomFieldsView({'a': 1.5})")
    for wrong in ("Counts", "Nothing"):
        with pytest.raises(TypeError, match=wrong):
            CustomFieldsView(ticket, wrong)
    with pytest.raises(TypeError, match="is no carrier class"):
        CustomFieldsView({})


def test_a_write_reaches_the_wire():
    """The encoder writes what the view has set."""
    from contactwire.codecs import encode

    contact = decode(b'{"CustomFields": {"SuperOffice:1": "[I:1]"}}')
    CustomFieldsView(contact)["superoffice:1"] = 2
    assert json.loads(encode(contact)) == {"CustomFields": {"SuperOffice:1": "[I:2]"}}
