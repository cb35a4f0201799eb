"""Property paths: both forms of text, list indexes, suggestions, and where paths lead."""

from __future__ import annotations

import pytest

from contactwire import Carrier, ContactEntity, ContactEntityWithLinks, EntityElement, Int32, Maybe, PathError
from contactwire.carriers import FIELD_RIGHTS
from contactwire.paths import (
    Index,
    array_index,
    escape,
    find_property,
    format_pointer,
    parse_pointer,
    parse_relaxed,
    resolve,
    suggest,
    token_position,
    unescape,
)
from contactwire.wire import INT32, STRING, UNSET, ListKind, kind_of, plan_of

CONTACT = kind_of(ContactEntity)

# The examples of RFC 6901 §5, and what its grammar (§3) adds.
POINTERS = [
    ("", ()),
    ("/foo", ("foo",)),
    ("/foo/0", ("foo", "0")),
    ("/", ("",)),
    ("/a~1b", ("a/b",)),
    ("/c%d", ("c%d",)),
    ("/e^f", ("e^f",)),
    ("/g|h", ("g|h",)),
    ("/i\\j", ("i\\j",)),
    ('/k"l', ('k"l',)),
    ("/ ", (" ",)),
    ("/m~0n", ("m~n",)),
    ("/~01", ("~1",)),
    ("//", ("", "")),
    ("/a//b", ("a", "", "b")),
    ("/é\0", ("é\0",)),
]

RELAXED = [
    ("department", ("department",)),
    ("/department", ("department",)),
    ("Category/Id", ("Category", "Id")),
    ("CustomFields/SuperOffice:1", ("CustomFields", "SuperOffice:1")),
    ("ExtraFields/x~1y~0z", ("ExtraFields", "x/y~z")),
    ("CustomFields/", ("CustomFields", "")),
    ("", ()),
]

MALFORMED = [
    (parse_pointer, "foo", 0),
    (parse_pointer, "foo/bar", 0),
    (parse_pointer, "#/foo", 0),
    (parse_pointer, "/a~", 2),
    (parse_pointer, "/a~2", 2),
    (parse_pointer, "/~0~1~~0", 5),
    (parse_relaxed, "a~/b", 1),
    (parse_relaxed, "~", 0),
]


@pytest.mark.parametrize(("text", "tokens"), POINTERS)
def test_pointers_are_read_and_written(text, tokens):
    """A JSON Pointer gives its tokens, and the tokens the pointer again."""
    assert parse_pointer(text) == tokens
    assert format_pointer(tokens) == text


@pytest.mark.parametrize(("text", "tokens"), RELAXED)
def test_the_servers_form_is_read(text, tokens):
    """In the server's form the leading slash may be missing, and escapes mean what they mean in a pointer."""
    assert parse_relaxed(text) == tokens


@pytest.mark.parametrize(("text", "tokens"), POINTERS)
def test_a_pointer_means_the_same_in_the_servers_form(text, tokens):
    """Each JSON Pointer reads the same in the server's form."""
    assert parse_relaxed(text) == tokens


@pytest.mark.parametrize(("parse", "text", "position"), MALFORMED)
def test_malformed_text_is_refused_with_its_position(parse, text, position):
    """The error holds the text and where in it the fault is."""
    with pytest.raises(PathError) as caught:
        parse(text)
    assert (caught.value.path, caught.value.position) == (text, position)


def test_tokens_are_escaped_and_unescaped():
    """Escaping treats `~` first, and unescaping treats it last (RFC 6901 §4)."""
    assert escape("~1/") == "~01~1"
    assert unescape("~01~1") == "~1/"
    assert escape("Plain") == unescape("Plain") == "Plain"


@pytest.mark.parametrize(
    ("text", "index", "position"),
    [("/a/bc/d", 0, 1), ("/a/bc/d", 2, 6), ("a/bc/d", 0, 0), ("a/bc/d", 1, 2), ("a//d", 2, 3), ("a", 1, 1), ("", 3, 0)],
)
def test_the_position_of_a_token_is_known(text, index, position):
    """The position of a token counts from the text's start, with or without a leading slash."""
    assert token_position(text, index) == position


@pytest.mark.parametrize(
    ("token", "length", "append", "index"),
    [
        ("0", 1, False, 0),
        ("9", 10, False, 9),
        ("10", 11, False, 10),
        ("0", 0, True, 0),
        ("3", 3, True, 3),
        ("-", 3, True, 3),
        ("-", 0, True, 0),
        ("123", None, False, 123),
    ],
)
def test_an_index_is_read(token, length, append, index):
    """Digits name an item, and `-` or the list's length names the place behind the last item, where one can be added."""
    assert array_index(token, length, append=append) == index


@pytest.mark.parametrize(
    ("token", "length", "append"),
    [
        ("", 3, False),
        ("-", 3, False),
        ("-1", 3, True),
        ("+1", 3, False),
        ("01", 3, False),
        ("00", 3, False),
        ("1.0", 3, False),
        ("1e0", 3, False),
        (" 1", 3, False),
        ("1_0", 30, False),
        ("١", 3, False),
        ("²", 3, False),
        ("3", 3, False),
        ("4", 3, True),
        ("0", 0, False),
        ("9" * 5000, 3, True),
        ("--", 3, True),
    ],
)
def test_what_is_no_index_is_refused(token, length, append):
    """Leading zeros, signs, other digits than ASCII's and places outside the list are faults (RFC 6901 §4)."""
    with pytest.raises(PathError):
        array_index(token, length, append=append)


def test_a_property_is_found_in_any_letter_case():
    """`find` knows a property in any letter case: `orgnr` is `OrgNr`."""
    plan = plan_of(ContactEntity)
    assert find_property(plan, "orgnr").attribute == find_property(plan, "OrgNr").attribute == "org_nr"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Departmnet", "Department"),
        ("phone", "Phones"),
        ("org_nr", "OrgNr"),
        ("CATEGRY", "Category"),
        ("qqqq", ""),
        ("", ""),
        ("Name" * 5000, ""),
    ],
)
def test_the_nearest_property_is_suggested(name, suggestion):
    """Only a name that is close is suggested, in the wire's spelling."""
    assert suggest(name, plan_of(ContactEntity).by_name) == suggestion


def test_an_unknown_property_is_refused_with_a_suggestion():
    """The error for an unknown property names the carrier and the nearest property."""
    with pytest.raises(PathError) as caught:
        find_property(plan_of(ContactEntity), "Categry")
    assert caught.value.suggestion == "Category"
    assert "ContactEntity has no property" in str(caught.value)


RESOLVED = [
    ("", "", CONTACT),
    ("name", "/Name", STRING),
    ("CATEGORY/id", "/Category/Id", INT32),
    ("/phones/-/value", "/Phones/-/Value", STRING),
    ("phones/3", "/Phones/3", kind_of(EntityElement)),
    ("customFields/SuperOffice:1", "/CustomFields/SuperOffice:1", STRING),
    ("customfields/x~1y", "/CustomFields/x~1y", STRING),
    ("fieldproperties/Address.Zipcode/fieldright/mask", "/FieldProperties/Address.Zipcode/FieldRight/Mask", FIELD_RIGHTS),
    ("address/localizedaddress/0/1/label", "/Address/LocalizedAddress/0/1/Label", STRING),
    ("interests/0/childitems/0/childitems/2/id", "/Interests/0/ChildItems/0/ChildItems/2/Id", INT32),
]


@pytest.mark.parametrize(("text", "pointer", "kind"), RESOLVED)
def test_a_path_is_resolved(text, pointer, kind):
    """A path resolves to a place with its wire spelling and its kind."""
    found = resolve(CONTACT, parse_relaxed(text), path=text)
    assert (found.pointer, found.kind) == (pointer, kind)


def test_a_resolved_path_says_whether_null_may_stand_there():
    """A resolved path says whether null may stand there: in every property, and in items and values whose kind allows it."""
    assert resolve(CONTACT, ("Name",)).nullable
    assert resolve(CONTACT, ("CustomFields", "x")).nullable
    assert resolve(CONTACT, ("Phones", "0")).nullable
    assert not resolve(ListKind(CONTACT), ("0",)).nullable
    assert not resolve(CONTACT, ()).nullable


@pytest.mark.parametrize(
    ("text", "position", "suggestion"),
    [
        ("naem", 0, "Name"),
        ("/naem", 1, "Name"),
        ("persons/0/emial", 10, "Email"),
        ("persons/first", 8, ""),
        ("/phones/01/value", 8, ""),
        ("name/x", 5, ""),
        ("category/id/x/y", 12, ""),
        ("bounceEmails/0/x", 15, ""),
        ("customFields/a/b", 15, ""),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(text, position, suggestion):
    """A path that leads nowhere is an error with the position in the sender's text and the nearest property."""
    with pytest.raises(PathError) as caught:
        resolve(CONTACT, parse_relaxed(text), path=text)
    assert (caught.value.path, caught.value.position, caught.value.suggestion) == (text, position, suggestion)


def test_without_the_text_positions_count_in_the_pointer():
    """The error for tokens without a text shows them as a pointer, and counts positions in it."""
    with pytest.raises(PathError) as caught:
        resolve(CONTACT, ("Category", "a/b"))
    assert (caught.value.path, caught.value.position) == ("/Category/a~1b", 10)


def test_unknown_properties_can_be_kept():
    """With "keep" an unknown property leads to a place of unknown kind, and other faults stay faults."""
    found = resolve(CONTACT, ("category", "New", "0", "-"), unknown="keep")
    assert (found.tokens, found.kind) == (("Category", "New", "0", "-"), None)
    with pytest.raises(PathError):
        resolve(CONTACT, ("name", "New"), unknown="keep")
    with pytest.raises(PathError):
        resolve(CONTACT, ("phones", "New"), unknown="keep")


def test_lists_can_be_passed_through():
    """Where a path means all items of a list, it has no index, however many lists there are."""
    found = resolve(CONTACT, ("address", "localizedaddress", "name"), through_lists=True)
    assert found.pointer == "/Address/LocalizedAddress/Name"
    assert isinstance(resolve(CONTACT, ("persons",), through_lists=True).kind, ListKind)
    with pytest.raises(PathError):
        resolve(CONTACT, ("persons", "0"), through_lists=True)


def test_an_index_may_be_allowed_behind_a_list():
    """Where it is allowed, the index of an item means one item, and is told from a name by its class."""
    one = resolve(CONTACT, ("persons", "0", "email"), through_lists=True, indexes=True)
    assert one.pointer == "/Persons/0/Email"
    assert [token for token in one.tokens if isinstance(token, Index)] == ["0"]
    for token in ("00", "-", "1" * 30):
        with pytest.raises(PathError):
            resolve(CONTACT, ("persons", token), through_lists=True, indexes=True)


def test_a_document_may_be_a_list():
    """A path into a list of contacts starts with an index."""
    assert resolve(kind_of(list[ContactEntityWithLinks]), ("2", "_links", "Self")).pointer == "/2/_Links/Self"


class Nested(Carrier):
    """A user's recursive carrier."""

    id: Maybe[Int32] = UNSET
    below: Maybe[dict[str, list[Nested]]] = UNSET


def test_users_carriers_have_paths():
    """Paths of any depth resolve in a user's carrier."""
    tokens = ("BELOW", "k", "0") * 5000
    assert resolve(kind_of(Nested), (*tokens, "ID")).kind == INT32
