"""Flags are kept in one spelling, however a sender spells them, in every format."""

from __future__ import annotations

from enum import IntFlag
from typing import Annotated

import jsonschema
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntityWithLinks,
    EncodeError,
    FieldProperty,
    FieldRight,
    FlagsKind,
    FormCodec,
    JsonCodec,
    JsonPatch,
    JsonPatchCodec,
    Maybe,
    MergePatchCodec,
    PatchConflict,
    TableRight,
    ValidationError,
    XmlCodec,
    diff,
    from_builtins,
    make_converter,
    to_builtins,
)
from contactwire.schema import json_schema

CODECS = [JsonCodec(), XmlCodec(), FormCodec()]
LARGEST = 2**63 - 1


class Access(IntFlag):
    """A Python `Flag`, which a caller may assign."""

    READ = 1
    WRITE = 2


class Gate(Carrier):
    """A carrier with a user's flags, also in a list and in a dictionary."""

    access: Maybe[Annotated[str | int, FlagsKind({"Shut": 0, "In": 1, "Out": 4, "Wheels": 16, "Enter": 1})]] = UNSET
    list_of: Maybe[list[Annotated[str | int, FlagsKind([("In", 1), ("Out", 4)])]]] = UNSET
    named: Maybe[dict[str, Annotated[str | int, FlagsKind({"In": 1, "Out": 4})] | None]] = UNSET


# What a sender writes for the rights to a row, as JSON and as text, and what is kept.
SPELLINGS = [
    ("the name of a number", "15", "FULL"),
    ("the usual name of a number that has two", "1", "Select"),
    ("a number with a name of several flags", "11", "UDR"),
    ("a number without a name", "13", "Select, Insert, Delete"),
    ("all flags", "255", "Select, Update, Insert, Delete, Filtering, RestrictedUpdate, Unused1, Uninitialized"),
    ("no flags", "0", "None"),
    ("a number that no flags explain", "256", 256),
    ("a number of which flags explain a part", "257", 257),
    ("a negative number", "-1", -1),
    ("the largest number", str(LARGEST), LARGEST),
    ("the smallest number", str(-LARGEST - 1), -LARGEST - 1),
    ("a name", '"Select"', "Select"),
    ("another name of a number", '"R"', "R"),
    ("names as .NET writes them in JSON", '"Select, Update"', "Select, Update"),
    ("names as .NET writes them in XML", '"Select Update"', "Select, Update"),
    ("names with a comma alone", '"Update,Select"', "Update, Select"),
    ("names with white space around them", '" Select ,  Update "', "Select, Update"),
    ("names that no version here knows", '"Select Archive"', "Select, Archive"),
    ("names in lower case", '"select, full"', "select, full"),
    ("a number as text", '"3"', "UR"),
    ("a number as text with a sign", '"+3"', "UR"),
    ("a number as text that no flags explain", '"256"', 256),
    ("a number as text that no .NET type holds", '"9223372036854775808"', "9223372036854775808"),
    ("no text", '""', ""),
    ("a text that is no list of names", '"Select; Update, 1"', "Select; Update, 1"),
]
WRONG = ["true", "1.5", "[]", '["Select"]', "{}", "9223372036854775808", "-9223372036854775809", "1e2"]


def rights(mask):
    """A contact with rights to its row and to a property."""
    right = FieldRight(mask=mask)
    return ContactEntityWithLinks(
        table_right=TableRight(mask=mask), field_properties={"Name": FieldProperty(field_right=right)}
    )


@pytest.mark.parametrize(("sent", "kept"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
@pytest.mark.parametrize("name", ["Mask", "mask"])
@pytest.mark.parametrize("options", [{}, {"duplicates": "error"}, {"unknown": "ignore"}])
def test_json_spells_rights_alike(sent, kept, name, options):
    """Each spelling of flags in JSON is read by every path, and written in the usual one."""
    codec = JsonCodec(**options)
    right = codec.decode(f'{{"{name}":{sent}}}', TableRight)
    assert right.mask == kept
    assert type(right.mask) is type(kept)
    assert codec.decode(codec.encode(right), TableRight) == right


@pytest.mark.parametrize(("sent", "kept"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_builtins_spell_rights_alike(sent, kept):
    """`from_builtins` and the converter read each spelling of flags as the codec does."""
    data = {"TableRight": {"Mask": JsonCodec().decode(f'{{"x":{sent}}}', TableRight).extras["x"]}}
    for found in (from_builtins(data, ContactEntityWithLinks), make_converter().structure(data, ContactEntityWithLinks)):
        assert found.table_right.mask == kept
        assert to_builtins(found) == {"TableRight": {"Mask": kept}}


@pytest.mark.parametrize(("sent", "kept"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_texts_spell_rights_alike(sent, kept):
    """XML and forms read each spelling of flags, and read back what they write."""
    text = sent.strip('"')
    found = XmlCodec().decode(f"<TableRight><Mask>{text}</Mask></TableRight>", TableRight)
    assert found == FormCodec().decode(f"Mask={text.replace('+', '%2B')}", TableRight) == TableRight(mask=kept)
    for codec in CODECS:
        assert codec.decode(codec.encode(found), TableRight) == found


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize(("sent", "kept"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_patches_spell_rights_alike(sent, kept, dialect):
    """Patches set each spelling of flags, as a value and inside of a carrier."""
    if dialect == "server" and kept == "select, full":
        kept = "Select, FULL"
    contact = rights("Delete")
    for path, value in [("/TableRight/Mask", sent), ("/TableRight", f'{{"mask":{sent}}}')]:
        patch = JsonPatchCodec(patch_dialect=dialect).decode(f'[{{"op":"replace","path":"{path}","value":{value}}}]')
        assert patch.apply(contact).table_right.mask == kept
    merge = MergePatchCodec(patch_dialect=dialect).decode(f'{{"tableRight":{{"mask":{sent}}}}}')
    assert merge.apply(contact).table_right.mask == kept


def test_names_in_any_letter_case_are_known_where_values_are_coerced():
    """With `coerce`, names of flags match in any letter case, as for the server's reader."""
    for body in (b'{"Mask":"select, FULL,Archive"}', b'{"mask":"SELECT Full  Archive"}'):
        assert JsonCodec(coerce=True).decode(body, TableRight).mask == "Select, FULL, Archive"
    assert JsonCodec(coerce=True).decode(b'{"Mask":"3"}', FieldRight).mask == "Update"
    assert make_converter(coerce=True).structure({"Mask": "read"}, FieldRight).mask == "Read"


@pytest.mark.parametrize("sent", WRONG)
@pytest.mark.parametrize("options", [{}, {"coerce": True}, {"duplicates": "error"}])
def test_what_is_no_mask_is_a_fault(sent, options):
    """A mask that is neither text nor a number that .NET holds is a fault at its place."""
    with pytest.raises(ValidationError) as caught:
        JsonCodec(**options).decode(
            f'{{"FieldProperties":{{"Name":{{"fieldRight":{{"mask":{sent}}}}}}}}}', ContactEntityWithLinks
        )
    assert [(issue.pointer, issue.expected) for issue in caught.value.issues] == [
        ("/FieldProperties/Name/fieldRight/mask", "string or integer")
    ]


@pytest.mark.parametrize("mask", [True, 1.5, [], ["Select"], object(), 2**63, "\ud800"])
@pytest.mark.parametrize("codec", CODECS)
def test_what_is_no_mask_is_not_written(codec, mask):
    """A mask of a wrong type or range is an EncodeError at its place, in every format."""
    with pytest.raises(EncodeError) as caught:
        codec.encode(rights(mask))
    assert [issue.pointer for issue in caught.value.issues] == ["/TableRight/Mask", "/FieldProperties/Name/FieldRight/Mask"]


@pytest.mark.parametrize("mask", [15, "Select Update", "Select,Update", "3", Access.READ | Access.WRITE])
@pytest.mark.parametrize("codec", CODECS)
def test_what_a_caller_puts_in_is_written_in_the_usual_spelling(codec, mask):
    """A mask that a caller spelled in another way is written in the usual spelling."""
    read = from_builtins(to_builtins(TableRight(mask=mask)), TableRight)
    assert codec.encode(TableRight(mask=mask)) == codec.encode(read)


@pytest.mark.parametrize("validate", [True, False])
def test_flags_are_separated_by_blanks_in_xml(validate):
    """XML has a blank between flags, since .NET refuses a comma; JSON and forms have a comma and a blank."""
    right = TableRight(mask="Select, Archive")
    assert b"<Mask>Select Archive</Mask>" in XmlCodec(validate=validate).encode(right)
    assert JsonCodec(validate=validate).encode(right) == b'{"Mask":"Select, Archive"}'
    assert FormCodec(validate=validate).encode(right) == b"Mask=Select%2C+Archive"
    for mask, text in [("FULL", b"FULL"), ("a; b, c", b"a; b, c"), (256, b"256")]:
        assert b"<Mask>" + text + b"</Mask>" in XmlCodec(validate=validate).encode(TableRight(mask=mask))


def test_a_test_compares_what_flags_mean():
    """A `test` of a mask by its number holds for the same mask by its names."""
    by_name = rights("FULL")
    for dialect in ("server", "rfc"):
        JsonPatch.parse([{"op": "test", "path": "/TableRight/Mask", "value": 15}], dialect=dialect).apply(by_name)
        JsonPatch.parse([{"op": "test", "path": "/TableRight", "value": {"Mask": "15"}}], dialect=dialect).apply(by_name)
        with pytest.raises(PatchConflict):
            JsonPatch.parse([{"op": "test", "path": "/TableRight/Mask", "value": 7}], dialect=dialect).apply(by_name)


def test_a_difference_is_made_of_usual_spellings():
    """A difference spells flags in the usual way."""
    found = diff(rights("FULL"), rights(3)).to_builtins()
    assert {operation["path"]: operation["value"] for operation in found} == {
        "/TableRight/Mask": "UR",
        "/FieldProperties/Name/FieldRight/Mask": "Update",
    }


@pytest.mark.parametrize("codec", CODECS)
def test_flags_of_users_travel(codec):
    """A user's flags travel in lists and dictionaries, and compare there by meaning."""
    data = {"Access": 21, "ListOf": [5, "Out In", 2], "Named": {"a": 4, "b": None}}
    gate = from_builtins(data, Gate)
    assert gate == Gate(access="In, Out, Wheels", list_of=["In, Out", "Out, In", 2], named={"a": "Out", "b": None})
    assert codec.decode(codec.encode(gate), Gate) == gate
    assert JsonCodec().decode(b'{"listOf":[5,"Out In",2]}', Gate).list_of == gate.list_of
    for path, value in [("/ListOf", [5, "Out,In", 2]), ("/Named", {"a": "4", "b": None}), ("/Access", "21")]:
        JsonPatch.parse([{"op": "test", "path": path, "value": value}]).apply(gate)


def test_flags_without_names_stay_as_they_came():
    """Flags of which no name is known keep the texts and numbers that came."""

    class Sealed(Carrier):
        bits: Maybe[Annotated[str | int, FlagsKind({})]] = UNSET

    for bits in ("", "x", 0, 3, -1):
        for codec in CODECS:
            assert codec.decode(codec.encode(Sealed(bits=bits)), Sealed) == Sealed(bits=bits)


def test_flags_may_fill_all_bits():
    """An enumeration may have as many flags as .NET's largest one, and one of them may mean all."""

    class Wide(Carrier):
        bits: Maybe[Annotated[str | int, FlagsKind({f"Bit{bit}": 2**bit for bit in range(63)} | {"All": -1})]] = UNSET

    for sent, kept in [(1, "Bit0"), (3 * 2**61, "Bit61, Bit62"), (-1, "All"), (-2, -2)]:
        wide = JsonCodec().decode(f'{{"Bits":{sent}}}', Wide)
        assert wide.bits == kept
        for codec in CODECS:
            assert codec.decode(codec.encode(wide), Wide) == wide


def test_the_schema_of_flags_is_a_text_or_a_number():
    """The JSON Schema of flags takes text or an integer, and nothing else."""
    validator = jsonschema.Draft202012Validator(json_schema(TableRight))
    assert all(validator.is_valid({"Mask": mask}) for mask in ("FULL", "Archive", "", 15, -1, LARGEST, None))
    assert not any(validator.is_valid({"Mask": mask}) for mask in (True, 1.5, [], {}, LARGEST + 1))
