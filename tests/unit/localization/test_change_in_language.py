"""Contacts that a client reads in one language, changes and sends back."""

import copy
from datetime import datetime

import attrs
import pytest

from contactwire import JsonCodec, JsonPatch, MergePatch, PatchConflict, from_builtins, to_builtins
from contactwire.carriers import (
    Address,
    Associate,
    Category,
    ContactEntity,
    EntityElement,
    FieldProperty,
    FieldRight,
    LocalizedField,
    Person,
    SelectableMDOListItem,
)
from contactwire.errors import EncodeError, ValidationError
from contactwire.localization import LanguagePreference, Marks, change_in_language, change_in_zone, localize, parse_time_zone
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, Carrier, Maybe

TEXT, OTHER = 'NO:"Leverandør";US:"Supplier"', 'NO:"Kunde";US:"Customer"'
NORWEGIAN = LanguagePreference(("nb",), "nb-NO")


def at_most_30(carrier, attribute, value):
    """Refuse text of more than 30 letters."""
    if value and len(value) > 30:
        raise ValueError("is too long")


class Shelf(Carrier):
    """A carrier with labels of at most 30 letters."""

    label: Maybe[str] = attrs.field(default=UNSET, validator=at_most_30)
    shelves: "Maybe[dict[str, Shelf]]" = UNSET
    rows: "Maybe[list[list[Shelf]]]" = UNSET
    id: int = 0


def put(stored, change, languages=NORWEGIAN):
    """What is stored after a client reads a carrier, changes it by `change(seen)`, and sends all of it back."""
    codec = JsonCodec()
    sent = codec.decode(codec.encode(localize(stored, languages)), type(stored))
    change(sent)
    return change_in_language(stored, lambda seen: sent, languages)


def patched(stored, *operations, languages=NORWEGIAN, dialect="rfc"):
    """What is stored after a client has sent a JSON Patch."""
    return change_in_language(stored, JsonPatch.parse(list(operations), dialect=dialect).apply, languages)


def replaced(path, value):
    """The operation of a JSON Patch that replaces the value at a path."""
    return {"op": "replace", "path": path, "value": value}


def full():
    """A contact with custom fields, and with texts in two languages wherever a text may be."""
    return ContactEntity(
        contact_id=1,
        name="Elan",
        description=TEXT,
        category=Category(id=2, value=TEXT, tooltip=OTHER),
        interests=[
            SelectableMDOListItem(id=n, name=TEXT, child_items=[SelectableMDOListItem(id=5, name=OTHER)]) for n in (1, 2)
        ],
        emails=[EntityElement(value="a@x.no", description=TEXT), EntityElement(value="b@x.no", description=OTHER)],
        persons=[Person(person_id=7, title=TEXT), Person(person_id=8, title=OTHER)],
        domains=[TEXT, "x.no", OTHER],
        address=Address(
            localized_address=[
                [LocalizedField(name="Address1", value="Storgata 1", label=TEXT)],
                [LocalizedField(name="Zip", value="0150", label=OTHER), LocalizedField(name="City", label=TEXT)],
            ]
        ),
        associate=Associate(associate_id=3, custom_fields={"a": "[F:0.5]"}),
        custom_fields={"a": TEXT, "n": "[F:1234.5]", "m": "[F:1.5]", "m:DisplayText": "[F:2.5]", "x": None},
        field_properties={"Name": FieldProperty(field_right=FieldRight(mask="Read", reason=TEXT))},
        extras={"Unknown": {"Texts": [TEXT, {"Id": 1, "Text": OTHER}, 5], "Text": TEXT}},
    )


def test_what_was_only_read_is_stored_as_it_was():
    """A contact that is sent back as it was read changes no language, no number and no display text in storage."""
    contact = full()
    before = copy.deepcopy(contact)
    assert put(contact, lambda sent: None) == before
    assert put(contact, lambda sent: None, "de") == before
    assert contact == before


def test_another_text_replaces_the_language_that_was_shown():
    """A changed text replaces the language that was shown and keeps the other languages, wherever the text is."""
    stored = put(full(), lambda sent: setattr(sent, "description", 'Ny "og" stor'))
    assert stored.description == 'NO:"Ny ""og"" stor";US:"Supplier"'
    assert stored == ContactEntity(**{**_values(full()), "description": stored.description}, extras=full().extras)


def _values(contact):
    return {name: getattr(contact, name) for name in ContactEntity.__struct_fields__ if not name.startswith("_")}


PLACES = [
    ("/Category/Value", lambda contact: contact.category.value),
    ("/Interests/1/Name", lambda contact: contact.interests[1].name),
    ("/Interests/0/ChildItems/0/Name", lambda contact: contact.interests[0].child_items[0].name),
    ("/Emails/0/Description", lambda contact: contact.emails[0].description),
    ("/Persons/1/Title", lambda contact: contact.persons[1].title),
    ("/Address/LocalizedAddress/1/1/Label", lambda contact: contact.address.localized_address[1][1].label),
    ("/CustomFields/a", lambda contact: contact.custom_fields["a"]),
    ("/FieldProperties/Name/FieldRight/Reason", lambda contact: contact.field_properties["Name"].field_right.reason),
    ("/Unknown/Text", lambda contact: contact.extras["Unknown"]["Text"]),
    ("/Unknown/Texts/1/Text", lambda contact: contact.extras["Unknown"]["Texts"][1]["Text"]),
]


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize(("path", "get"), PLACES, ids=[path for path, _ in PLACES])
def test_each_place_for_a_text(path, get, dialect):
    """PUT and PATCH change one language of one text in properties, items, dictionaries and unknown members."""
    other = get(full()).partition(";")[2]
    expected = patched(full(), replaced(path, f'NO:"Ny";{other}'), languages=None)
    operation = replaced(path, "Ny")
    assert patched(full(), operation, dialect=dialect) == expected
    shown = JsonPatch.parse([operation]).apply(localize(full(), NORWEGIAN))
    assert change_in_language(full(), lambda seen: shown, NORWEGIAN) == expected


@pytest.mark.parametrize(
    ("stored", "languages", "sent", "expected"),
    [
        (TEXT, "nb", "Leverandør", TEXT),
        (TEXT, "en-GB", "Vendor", 'NO:"Leverandør";US:"Vendor"'),
        (TEXT, "nb", "", 'NO:"";US:"Supplier"'),
        (TEXT, "nb", None, None),
        (TEXT, "nb", UNSET, UNSET),
        (TEXT, "nb", 'NO:"a";GE:"b"', 'NO:"a";GE:"b"'),
        (TEXT, "nb", TEXT, TEXT),
        (TEXT, "nb", "Supplier", 'NO:"Supplier";US:"Supplier"'),
        (TEXT, "tlh", "x", 'NO:"x";US:"Supplier"'),
        (TEXT, None, "x", "x"),
        (TEXT, "*", "Leverandør", "Leverandør"),
        (TEXT, LanguagePreference(), "Leverandør", "Leverandør"),
        (' NO : "a" ; nb-NO:"b";', "nb-NO", "c", 'NO:"a";nb-NO:"c"'),
        ('NO:"US:""x"""', "nb", 'US:"x"', 'NO:"US:""x"""'),
        ("plain", "nb", "x", "x"),
        ("plain", "nb", OTHER, OTHER),
        (UNSET, "nb", "x", "x"),
    ],
)
def test_one_text(stored, languages, sent, expected):
    """What is stored follows from the text that a property held and from the text that was sent."""
    contact = ContactEntity(name=stored)
    assert change_in_language(contact, lambda seen: ContactEntity(name=sent), languages) == ContactEntity(name=expected)
    assert contact == ContactEntity(name=stored)


def test_without_a_language_a_change_gets_the_carrier_itself():
    """A change without a language gets the carrier itself and not a copy."""
    contact = full()
    assert change_in_language(contact, lambda seen: seen, None) is contact
    plain = ContactEntity(name="x")
    assert change_in_language(plain, lambda seen: seen, "nb") is plain


def test_a_patch_tests_what_the_client_read():
    """A patch's `test` compares the text in the request's language, or the whole string where no language is asked for."""
    shown, whole = ({"op": "test", "path": "/Category/Value", "value": value} for value in ("Leverandør", TEXT))
    display = {"op": "test", "path": "/CustomFields/n:DisplayText", "value": "1\xa0234,5"}
    assert patched(full(), shown, display) == full()
    assert patched(full(), whole, languages=None) == full()
    for operation, languages in ((whole, NORWEGIAN), (shown, None), (shown, "en")):
        with pytest.raises(PatchConflict) as caught:
            patched(full(), operation, languages=languages)
        assert type(caught.value.actual) is str


def test_a_moved_text_keeps_its_languages():
    """A text that a patch moves keeps all languages, and a text that it copies has only the one that the client read."""
    move = {"op": "move", "from": "/Category/Value", "path": "/Department"}
    assert patched(full(), move).department == TEXT
    assert patched(full(), {**move, "path": "/Category/Tooltip"}).category.tooltip == TEXT
    assert patched(full(), {**move, "op": "copy"}).department == "Leverandør"
    display = {"op": "move", "from": "/CustomFields/n:DisplayText", "path": "/CustomFields/free"}
    stored = patched(full(), display)
    assert stored.custom_fields["free"] == "1\xa0234,5"
    assert type(stored.custom_fields["free"]) is str


def test_a_merge_patch_changes_one_language():
    """A merge patch changes the properties that it names, in the language of the request, and no others."""
    patch = MergePatch.parse({"category": {"value": "Ny"}, "customFields": {"a": "Egen", "n:DisplayText": "1\xa0234,5"}})
    stored = change_in_language(full(), patch.apply, NORWEGIAN)
    assert stored.category == Category(id=2, value='NO:"Ny";US:"Supplier"', tooltip=OTHER)
    assert stored.custom_fields == {**full().custom_fields, "a": 'NO:"Egen";US:"Supplier"'}


def test_items_that_a_client_moves_removes_and_adds_keep_their_languages():
    """An item keeps its languages if its key, its texts and numbers, or all but its translated texts match a stored one."""

    def change(sent):
        sent.interests = [SelectableMDOListItem(id=0, name="Ny"), sent.interests[1]]
        sent.emails = [EntityElement(value="c@x.no", description="Leverandør"), *reversed(sent.emails)]
        sent.emails[1].description = "Ny"
        sent.persons.reverse()
        sent.persons[0].title, sent.persons[0].firstname = "Ny", "Ola"
        sent.domains = ["Kunde", "y.no", "Leverandør", "Leverandør"]
        rows = sent.address.localized_address
        rows[1].append(rows.pop(0)[0])

    stored = put(full(), change)
    assert stored.interests == [SelectableMDOListItem(id=0, name="Ny"), full().interests[1]]
    assert stored.emails == [
        EntityElement(value="c@x.no", description="Leverandør"),
        EntityElement(value="b@x.no", description='NO:"Ny";US:"Customer"'),
        full().emails[0],
    ]
    assert stored.persons == [Person(person_id=8, firstname="Ola", title='NO:"Ny";US:"Customer"'), full().persons[0]]
    assert stored.domains == [OTHER, "y.no", TEXT, TEXT]
    first, second = full().address.localized_address
    assert stored.address.localized_address == [[*second, *first]]


Emails = list[tuple[str, str]]
UNSURE: list[tuple[str, Emails, Emails, Emails]] = [
    ("another address, the same text", [("a", TEXT)], [("b", "Leverandør")], [("b", TEXT)]),
    ("another address and text", [("a", TEXT)], [("b", "Kontor")], [("b", "Kontor")]),
    ("one removed, one replaced", [("a", TEXT), ("b", OTHER)], [("c", "Leverandør")], [("c", TEXT)]),
    ("one removed, one replaced by another text", [("a", TEXT), ("b", OTHER)], [("c", "Kontor")], [("c", "Kontor")]),
    (
        "one added in front, another's address changed",
        [("a", TEXT), ("b", OTHER)],
        [("n", "Ny"), ("a", "Leverandør"), ("c", "Kunde")],
        [("n", "Ny"), ("a", TEXT), ("c", OTHER)],
    ),
    (
        "two of one text in two translations, one of them changed and one removed",
        [("a", TEXT), ("b", 'NO:"Leverandør";US:"Vendor"')],
        [("c", "Leverandør")],
        [("c", "Leverandør")],
    ),
    ("two of one text and translation", [("a", TEXT), ("b", TEXT)], [("c", "Leverandør")], [("c", TEXT)]),
    (
        "two that look alike swapped",
        [("", TEXT), ("", OTHER)],
        [("", "Kunde"), ("", "Leverandør")],
        [("", OTHER), ("", TEXT)],
    ),
    (
        "two of one address",
        [("a", TEXT), ("a", OTHER)],
        [("a", "x"), ("a", "Kunde")],
        [("a", 'NO:"x";US:"Supplier"'), ("a", OTHER)],
    ),
    ("two of one address, both changed", [("a", TEXT), ("a", OTHER)], [("a", "x"), ("a", "y")], [("a", "x"), ("a", "y")]),
    ("nothing but the text", [("", TEXT)], [("", "x")], [("", "x")]),
]


@pytest.mark.parametrize(("name", "stored", "sent", "expected"), UNSURE, ids=[name for name, *_ in UNSURE])
def test_no_item_gets_the_translation_of_another(name, stored, sent, expected):
    """A changed item that no stored item matches is stored as sent, except for texts equal to those stored at its place."""

    def contact(emails):
        return ContactEntity(emails=[EntityElement(value=value or UNSET, description=text) for value, text in emails])

    assert change_in_language(contact(stored), lambda seen: contact(sent), "nb") == contact(expected)


ALIKE = [("a", 'NO:"Jobb";US:"Work"'), ("a", "Jobb"), ("a", 'NO:"Jobb";US:"Job"')]
"""Emails that look alike in Norwegian."""

EDITS_OF_ALIKE = [
    ([{"op": "replace", "path": "/Emails/0/Value", "value": "c"}], [("c", ALIKE[0][1]), *ALIKE[1:]]),
    ([{"op": "replace", "path": "/Emails/1/Value", "value": "c"}], [ALIKE[0], ("c", "Jobb"), ALIKE[2]]),
    ([{"op": "remove", "path": "/Emails/0"}], ALIKE[1:]),
    ([{"op": "remove", "path": "/Emails/1"}], [ALIKE[0], ALIKE[2]]),
    ([{"op": "add", "path": "/Emails/0", "value": {"Value": "n"}}], [("n", UNSET), *ALIKE]),
    (
        [{"op": "remove", "path": "/Emails/0"}, {"op": "replace", "path": "/Emails/1/Value", "value": "c"}],
        [ALIKE[1], ("c", ALIKE[2][1])],
    ),
]


def emails(pairs):
    """A contact with emails of these addresses and descriptions."""
    return ContactEntity(emails=[EntityElement(value=value, description=text) for value, text in pairs])


@pytest.mark.parametrize(("operations", "expected"), EDITS_OF_ALIKE)
def test_a_patch_changes_no_other_item_than_it_names(operations, expected):
    """A patch leaves the languages of every item that it does not name, even of items that look alike in one language."""
    assert change_in_language(emails(ALIKE), JsonPatch.parse(operations).apply, "nb") == emails(expected)


def test_a_put_changes_no_other_item_of_a_list_of_the_same_length():
    """Where a PUT adds and removes no item, items that look alike are matched by their places."""
    for place in range(3):
        sent = [("c" if index == place else "a", "Jobb") for index in range(3)]
        expected = [(value, text) for (value, _), (_, text) in zip(sent, ALIKE, strict=True)]
        expected[place] = ("c", ALIKE[place][1])
        assert change_in_language(emails(ALIKE), lambda shown, sent=sent: emails(sent), "nb") == emails(expected)


def test_texts_that_are_empty_in_the_language_keep_the_others():
    """An empty text in the request's language leaves the stored text of that item, wherever it comes back."""
    first, second = 'NO:"";US:"x"', 'NO:"";US:"y"'
    stored = ContactEntity(
        name=first,
        domains=[first, second, "b"],
        custom_fields={"a": first},
        emails=[EntityElement(description=first)],
        extras={"A": [first, second, 3, None], "B": {"c": first}},
    )

    def change(shown):
        assert (shown.name, shown.domains) == ("", ["", "", "b"])
        changed = from_builtins(to_builtins(shown), ContactEntity)
        changed.domains.append("c")
        changed.extras["A"].append("c")
        return changed

    expected = from_builtins(to_builtins(stored), ContactEntity)
    expected.domains.append("c")
    expected.extras["A"].append("c")
    assert change_in_language(stored, change, "nb") == expected
    added = JsonPatch.parse([{"op": "add", "path": "/Domains/-", "value": "c"}, {"op": "add", "path": "/A/-", "value": "c"}])
    assert change_in_language(stored, added.apply, "nb") == expected


@pytest.mark.parametrize("text", ["", "x", "xy"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1), (0, 0, 1)])
def test_texts_that_look_alike_stay_where_they_are(text, order):
    """A client that sends a list of texts back as it was shown changes none, though one looks like another's translation."""
    two = (f'NO:"{text}";US:"y"', text)
    stored = ContactEntity(domains=[two[index] for index in order])
    assert put(stored, lambda shown: None) == stored


UNKNOWN = [{"Kind": 1, "Labels": {"a": TEXT, "n": 1}}, {"Kind": 1, "Labels": {"a": OTHER, "n": 2}}]


def test_unknown_items_are_told_apart_by_what_is_nested_in_them():
    """Unknown items with equal members of their own are matched in any order by the members nested in them."""
    stored = ContactEntity(extras={"Rows": UNKNOWN})
    assert put(stored, lambda sent: sent.extras["Rows"].reverse()).extras == {"Rows": UNKNOWN[::-1]}

    def change(sent):
        sent.extras["Rows"].reverse()
        sent.extras["Rows"][0]["Labels"]["a"] = "Ny"

    changed = {"Kind": 1, "Labels": {"a": 'NO:"Ny";US:"Customer"', "n": 2}}
    assert put(stored, change).extras == {"Rows": [changed, UNKNOWN[0]]}


def test_flags_and_zeros_do_not_tell_items_apart():
    """Items that share only booleans, zeros and empty texts are not taken for the same item."""
    stored = ContactEntity(interests=[SelectableMDOListItem(id=0, name=TEXT, deleted=True, rank=0, type="")])
    sent = ContactEntity(interests=[SelectableMDOListItem(id=0, name="Ny", deleted=True, rank=0, type="")])
    assert change_in_language(stored, lambda seen: sent, "nb") == sent


def test_another_key_is_another_thing():
    """A category or item with another key gets no languages of the stored one, and an equal text of a property stays."""
    stored = ContactEntity(category=Category(id=1, value=TEXT), interests=[SelectableMDOListItem(id=1, name=TEXT)])
    other = ContactEntity(category=Category(id=2, value="Kunde"), interests=[SelectableMDOListItem(id=2, name="Leverandør")])
    assert change_in_language(stored, lambda seen: other, "nb") == other
    assert patched(stored, replaced("/Category/Id", 2)).category == Category(id=2, value=TEXT)
    without = ContactEntity(category=Category(value="Ny"))
    assert change_in_language(stored, lambda seen: without, "nb").category.value == 'NO:"Ny";US:"Supplier"'


def test_display_texts_of_a_culture_are_not_stored():
    """A display text that the culture formatted is not stored, and one that the client wrote is."""

    def change(sent):
        assert sent.custom_fields["n:DisplayText"] == "1\xa0234,5"
        assert sent.custom_fields["m:DisplayText"] == "2,5"
        sent.custom_fields["n"] = "[F:2.5]"
        sent.custom_fields["y"] = "[F:3.5]"
        sent.custom_fields["y:DisplayText"] = "3,5"

    expected = {**full().custom_fields, "n": "[F:2.5]", "y": "[F:3.5]", "y:DisplayText": "3,5"}
    assert put(full(), change).custom_fields == expected
    written = put(full(), lambda sent: sent.custom_fields.update({"n:DisplayText": "om lag 1000"}))
    assert written.custom_fields == {**full().custom_fields, "n:DisplayText": "om lag 1000"}
    shorter = put(full(), lambda sent: sent.custom_fields.pop("m:DisplayText"))
    assert "m:DisplayText" not in shorter.custom_fields


def test_keys_of_dictionaries_may_come_back_in_another_letter_case():
    """A text keeps its languages and a formatted display text is not stored, whatever the letter case of their keys."""

    def change(sent):
        fields = sent.custom_fields
        sent.custom_fields = {key.upper(): fields[key] for key in fields}
        sent.custom_fields["A"] = "Ny"

    stored = {key.upper(): text for key, text in full().custom_fields.items()}
    assert put(full(), change).custom_fields == {**stored, "A": 'NO:"Ny";US:"Supplier"'}


def test_keys_that_differ_in_letter_case_only_are_two():
    """A key counts as another spelling of a stored key only where the stored spelling is gone."""
    stored = ContactEntity(custom_fields={"a": TEXT})
    sent = ContactEntity(custom_fields={"A": "Ny", "a": "Leverandør"})
    assert change_in_language(stored, lambda seen: sent, "nb").custom_fields == {"A": "Ny", "a": TEXT}


@pytest.mark.parametrize("key", ["n:DisplayText", "N:displaytext", "n:displayText"])
def test_a_display_text_is_not_stored_in_any_letter_case(key):
    """A display text that comes back as a culture showed it is not stored by a PUT or PATCH, however its key is spelled."""
    stored = ContactEntity(custom_fields={"n": "[F:1234.5]"})
    fields = {"n": "[F:1234.5]", key: "1\xa0234,5"}
    patches = [{"op": "add", "path": f"/CustomFields/{key}", "value": "1\xa0234,5"}], {"CustomFields": fields}
    for change in (lambda seen: ContactEntity(custom_fields=fields), JsonPatch.parse(patches[0]).apply):
        assert change_in_language(stored, change, NORWEGIAN) == stored
    assert change_in_language(stored, MergePatch.parse(patches[1]).apply, NORWEGIAN) == stored
    other = JsonPatch.parse([{"op": "add", "path": f"/CustomFields/{key}", "value": "mine"}])
    assert change_in_language(stored, other.apply, NORWEGIAN).custom_fields == {"n": "[F:1234.5]", key: "mine"}


def test_values_of_other_types_are_stored_as_sent():
    """A value that replaces a text, list, dictionary or carrier by another type is stored as sent."""

    def change(seen):
        changed = full()
        changed.category, changed.persons, changed.custom_fields = None, UNSET, None
        changed.extras = {"Unknown": ["x"], "More": TEXT}
        return changed

    stored = change_in_language(full(), change, NORWEGIAN)
    assert stored == change(None)
    wrong = ContactEntity(name=5, category=["x"], persons={"a": 1}, custom_fields=[1])
    assert change_in_language(full(), lambda seen: wrong, NORWEGIAN) == wrong


def test_what_did_not_change_is_shared():
    """The result shares the stored objects that a change leaves alone, and no argument is changed."""
    contact = full()
    patch = MergePatch.parse({"department": "x"})
    results = []
    stored = change_in_language(contact, lambda seen: results.append(patch.apply(seen)) or results[0], NORWEGIAN)
    assert stored.category is contact.category
    assert stored.interests is contact.interests
    assert (results[0].category.value, contact) == ("Leverandør", full())


def test_the_result_of_a_change_stays_as_it_is():
    """What a change returns is not changed, also where only its unknown members are stored in another way."""
    stored = ContactEntity(name="x", extras={"Unknown": TEXT, "List": [TEXT]})
    sent = ContactEntity(name="x", extras={"Unknown": "Ny", "List": ["Leverandør"]})
    before = copy.deepcopy(sent)
    found = change_in_language(stored, lambda seen: sent, NORWEGIAN)
    assert found.extras == {"Unknown": 'NO:"Ny";US:"Supplier"', "List": [TEXT]}
    assert sent == before


def test_lists_of_carriers():
    """In a list of contacts, contacts are matched by their ids, as items of other lists are."""
    stored = [ContactEntity(contact_id=n, name=TEXT) for n in (1, 2)]
    sent = [ContactEntity(contact_id=2, name="Ny"), ContactEntity(contact_id=3, name="Leverandør")]
    expected = [ContactEntity(contact_id=2, name='NO:"Ny";US:"Supplier"'), sent[1]]
    assert change_in_language(stored, lambda seen: sent, "nb") == expected


def test_heirs_and_their_bases_are_compared():
    """Where a client sends a base class for a stored heir, the texts that both classes have change in the language."""

    class Special(Category):
        note: Maybe[str] = UNSET

    stored = ContactEntity(category=Special(id=1, value=TEXT, note=OTHER))
    base, heir = (ContactEntity(category=cls(id=1, value="Ny")) for cls in (Category, Special))
    assert change_in_language(stored, lambda seen: base, "nb").category == Category(id=1, value='NO:"Ny";US:"Supplier"')
    plain = ContactEntity(category=Category(id=1, value=TEXT))
    expected = Special(id=1, value='NO:"Ny";US:"Supplier"')
    assert change_in_language(plain, lambda seen: heir, "nb").category == expected


def test_items_of_one_look_are_told_apart_by_unknown_members():
    """Items that look alike are matched by their unknown members too."""
    stored = ContactEntity(
        emails=[EntityElement(description=text, extras={"Row": n}) for n, text in enumerate((TEXT, OTHER))]
    )
    stored.emails[1].description = 'NO:"Leverandør";US:"Vendor"'
    assert put(stored, lambda sent: sent.emails.reverse()).emails == stored.emails[::-1]


def test_a_text_that_its_property_cannot_hold_in_all_languages_is_a_fault():
    """Where a validator refuses a string with all its languages, the error names the place."""
    stored = Shelf(shelves={"a": Shelf(label='NO:"a";US:"twelve letters"')})
    sent = Shelf(shelves={"a": Shelf(label="twelve letters")})
    with pytest.raises(ValidationError) as caught:
        change_in_language(stored, lambda seen: sent, "nb")
    assert [issue.pointer for issue in caught.value.issues] == ["/Shelves/a/Label"]


def test_a_fault_in_a_list_of_lists_has_its_place():
    """The pointer of a text that a validator refuses has the index in each list."""
    rows = [[Shelf(id=1), Shelf(id=2)], [Shelf(id=3), Shelf(id=4, label='NO:"a";US:"twelve letters"')]]
    sent = Shelf(rows=[*rows[:1], [rows[1][0], Shelf(id=4, label="twelve letters")]])
    with pytest.raises(ValidationError) as caught:
        change_in_language(Shelf(rows=rows), lambda seen: sent, "nb")
    assert [issue.pointer for issue in caught.value.issues] == ["/Rows/1/1/Label"]


def test_endless_nesting_is_refused():
    """A list that holds itself raises EncodeError, not RecursionError, before and after the change."""
    endless: list = ["x"]
    endless.append(endless)
    for stored, changed in [(endless, ["x"]), ([[TEXT]], endless)]:
        before, after = (ContactEntity(extras={"X": value}) for value in (stored, changed))
        with pytest.raises(EncodeError, match="nesting"):
            change_in_language(before, lambda seen, after=after: after, "nb")


def test_dates_and_languages_together():
    """A patch with a zone and a language reads both as the client does, and changes nothing else."""
    stored = ContactEntity(name=TEXT, dbi_last_modified=Timestamp.parse("2018-10-28T02:30:00").replace(fold=1))
    zone = parse_time_zone("US-NY")
    patch = JsonPatch.parse(
        [{"op": "test", "path": "/DbiLastModified", "value": "2018-10-27T21:30:00"}, replaced("/Name", "Ny")]
    )
    changed = change_in_language(stored, lambda seen: change_in_zone(seen, patch.apply, zone, "NO"), "nb")
    assert changed.name == 'NO:"Ny";US:"Supplier"'
    assert changed.dbi_last_modified is stored.dbi_last_modified


def test_dates_do_not_tell_items_apart():
    """An item whose date comes back in another spelling is the same item."""
    stored = ContactEntity(interests=[SelectableMDOListItem(name=TEXT, rank=1, last_changed=datetime(2020, 1, 1))])
    sent = ContactEntity(interests=[SelectableMDOListItem(name="Ny", rank=1, last_changed=datetime(2020, 1, 2))])
    (item,) = change_in_language(stored, lambda seen: sent, "nb").interests
    assert (item.name, item.last_changed) == ('NO:"Ny";US:"Supplier"', datetime(2020, 1, 2))


def test_numbers_of_any_size_tell_items_apart():
    """Integers with equal Python hashes, which a sender may choose, are different numbers when items are matched."""
    modulus = 2**61 - 1
    rows = [{"Number": n * modulus + 5, "Text": f'NO:"{n}";US:"x"'} for n in range(5)]
    stored = ContactEntity(extras={"Rows": rows})
    assert put(stored, lambda sent: sent.extras["Rows"].reverse()).extras == {"Rows": rows[::-1]}

    def change(sent):
        sent.extras["Rows"].reverse()
        sent.extras["Rows"][0]["Text"] = "y"

    assert put(stored, change).extras == {"Rows": [{**rows[4], "Text": 'NO:"y";US:"x"'}, *rows[3::-1]]}


class Counted(int):
    """An integer that counts how often it is compared."""

    compared = 0

    def __eq__(self, other):
        Counted.compared += 1
        return int(self) == int(other)

    __hash__ = int.__hash__


def lists_of_one_hash(count):
    """Lists of 0 and 1 whose sets of pairs of index and number have one hash in Python, as a sender can choose them.

    The hash of a set is the exclusive or of the scattered hashes of its items, so the lists follow from linear algebra.
    """
    length = 64 + count.bit_length()
    scattered = [[scatter(hash((place, number))) for number in (0, 1)] for place in range(length)]
    rows, free = {}, []
    for place, (zero, one) in enumerate(scattered):
        value, places = zero ^ one, 1 << place
        while value and (top := value.bit_length()) in rows:
            value, places = value ^ rows[top][0], places ^ rows[top][1]
        if value:
            rows[top] = value, places
        else:
            free.append(places)
    for number in range(count):
        places = 0
        for at, each in enumerate(free):
            places ^= each if number >> at & 1 else 0
        yield [places >> place & 1 for place in range(length)]


def scatter(value):
    """What CPython makes of the hash of an item of a set before it joins it with the others."""
    value %= 2**64
    return ((value ^ 89869747 ^ value << 16) * 3644798167) % 2**64


def test_lists_that_a_sender_chose_for_their_hashes_are_told_apart_at_once():
    """Lists in which all sets of numbers have one hash in Python are not compared with each other when items are matched."""
    lists = [[*map(Counted, each)] for each in lists_of_one_hash(200)]
    assert len({hash(frozenset(enumerate(each))) for each in lists}) == 1
    marks, Counted.compared = Marks(), 0
    assert len(set(map(marks, lists))) == 200
    assert Counted.compared < 1_000
