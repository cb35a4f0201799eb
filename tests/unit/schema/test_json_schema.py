"""JSON Schemas, generated from plans."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Annotated

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    EntityElement,
    Int32,
    JsonPatch,
    Maybe,
    MergePatch,
    Person,
    SelectableMDOListItem,
    ValidationError,
    WireName,
)
from contactwire.carriers import AssociateType
from contactwire.schema import Definitions, generate, json_schema, merge_patch
from contactwire.wire import plan_of


class First(Carrier, name="Odd Name"):
    """A carrier whose name must be escaped in a reference."""

    count: Maybe[Int32] = UNSET
    """How many."""
    silent: Maybe[Int32] = UNSET


class Second(Carrier, name="Odd/Name"):
    first: Annotated[Maybe[First], WireName("@first")] = UNSET
    """The first, of nearly the same name."""


def definition(type, name=None):
    """The schema of a carrier, or of what it refers to by name."""
    schema = json_schema(type)
    return schema["$defs"][name or schema["$ref"].rpartition("/")[2]]


@pytest.mark.parametrize("type", [ContactEntity, ContactEntityWithLinks, list[ContactEntity], Second])
def test_a_schema_is_one(type):
    """Every schema is valid by the metaschema of its draft."""
    Draft202012Validator.check_schema(json_schema(type))


def test_properties_are_those_of_the_plan():
    """A carrier's schema has the plan's properties, in wire order and spelling."""
    assert list(definition(ContactEntityWithLinks)["properties"]) == [f.name for f in plan_of(ContactEntityWithLinks).fields]


KINDS = [
    ("ContactId", {"type": ["integer", "null"], "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}),
    ("Name", {"type": ["string", "null"]}),
    ("Xstop", {"type": ["boolean", "null"]}),
    ("UpdatedDate", {"anyOf": [{"$ref": "#/$defs/DateTime"}, {"type": "null"}]}),
    ("Associate", {"anyOf": [{"$ref": "#/$defs/Associate"}, {"type": "null"}]}),
    ("Emails", {"type": ["array", "null"], "items": {"anyOf": [{"$ref": "#/$defs/EntityElement"}, {"type": "null"}]}}),
    ("Domains", {"type": ["array", "null"], "items": {"type": ["string", "null"]}}),
    ("CustomFields", {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}}),
    (
        "FieldProperties",
        {
            "type": ["object", "null"],
            "additionalProperties": {"anyOf": [{"$ref": "#/$defs/FieldProperty"}, {"type": "null"}]},
        },
    ),
]


@pytest.mark.parametrize(("name", "schema"), KINDS, ids=[name for name, _ in KINDS])
def test_each_kind_has_its_schema(name, schema):
    """The schema of a property has its kind, and allows null where the property does."""
    found = dict(definition(ContactEntity)["properties"][name])
    assert found.pop("description")
    assert found == schema


def test_an_enumeration_is_open():
    """The schema of an open enumeration lists the known names, and takes any other string."""
    found = definition(ContactEntity, "Associate")["properties"]["Type"]
    assert found["anyOf"] == [{"$ref": "#/$defs/AssociateType"}, {"type": "string"}, {"type": "null"}]
    assert definition(ContactEntity, "AssociateType")["enum"] == [str(member) for member in AssociateType]


def test_unknown_properties_are_welcome():
    """A schema takes other properties, since unknown members are kept."""
    assert definition(ContactEntity)["additionalProperties"] is True


def test_a_recursive_carrier_refers_to_itself():
    """The schema of a recursive carrier refers to itself: an item's child items are items."""
    items = definition(SelectableMDOListItem)["properties"]["ChildItems"]["items"]
    assert items["anyOf"][0] == {"$ref": "#/$defs/SelectableMDOListItem"}


def test_texts_come_from_the_source():
    """The docstrings of a class and its attributes, inherited ones included, are the descriptions."""
    found = definition(EntityElement)
    assert found["description"] == "One phone number, e-mail or web address."
    assert found["properties"]["TableRight"]["description"] == "What the caller may do with the row."


def test_a_users_carrier_may_have_texts_or_none():
    """An attribute or class without a docstring has no description."""
    first, second = json_schema(Second)["$defs"]["Odd_Name2"], definition(Second)
    assert first["properties"]["Count"]["description"] == "How many."
    assert "description" not in first["properties"]["Silent"]
    assert "description" not in second


def test_carriers_of_one_name_stay_two():
    """The second of two carriers with the same name has a number in its reference."""
    assert list(json_schema(Second)["$defs"]) == ["Odd_Name", "Odd_Name2"]
    assert json_schema(Second)["$defs"]["Odd_Name"]["properties"]["@first"]["anyOf"][0] == {"$ref": "#/$defs/Odd_Name2"}


def test_a_local_carrier_has_texts_too():
    """A class inside a function has its docstrings as descriptions, and one without source has none."""

    class Local(Carrier):
        """A local carrier."""

        name: Maybe[str] = UNSET
        """Its name."""

    assert definition(Local)["properties"]["Name"]["description"] == "Its name."
    namespace = {"Carrier": Carrier, "Maybe": Maybe, "UNSET": UNSET, "__name__": "nowhere"}
    source = "class Typed(Carrier):\n    name: Maybe[str] = UNSET\n"
    exec(compile(source, "<prompt>", "exec", dont_inherit=True), namespace)
    assert definition(namespace["Typed"])["properties"] == {"Name": {"type": ["string", "null"]}}


async def local():
    """Give a carrier class that is made in a coroutine function."""

    class Second(Carrier):
        first: Maybe[str] = UNSET
        """Another one."""

    return Second


def test_a_carrier_local_to_a_coroutine_function_has_its_own_texts():
    """A class inside a coroutine function has its own docstrings, and one outside with its name does not get them."""
    assert definition(asyncio.run(local()))["properties"]["First"]["description"] == "Another one."
    assert definition(Second)["properties"]["@first"]["description"] == "The first, of nearly the same name."


@pytest.mark.parametrize("type", [int | str, object, dict[int, str]])
def test_what_no_format_carries_has_no_schema(type):
    """The schema of a type that is no carrier and holds none is a TypeError."""
    with pytest.raises(TypeError):
        json_schema(type)


@pytest.mark.parametrize("type", [ContactEntity, list[Person], JsonPatch, MergePatch])
def test_an_unknown_dialect_is_named(type):
    """An unknown dialect is a ValueError that lists the known ones, also for a type that has none."""
    with pytest.raises(ValueError, match="the dialect of a patch is one of server, rfc, not 'bogus'"):
        json_schema(type, "bogus")


WRONG_CALLS = [
    ("yaml",),
    ("json-schema", "Nobody"),
    ("json-schema", "AssociateType"),
    ("json-schema", "Person", "rfc"),
    ("json-schema", "JsonPatch", "plain"),
    ("openapi", "Person"),
    ("openapi", None, "plain"),
    ("xsd", "JsonPatch"),
    ("xsd", "Person", "soap"),
    ("xsd", "Person", "plain-arrays"),
]


@pytest.mark.parametrize("arguments", WRONG_CALLS)
def test_generate_says_what_there_is(arguments):
    """`generate` with an unknown name is a ValueError that lists the known ones."""
    with pytest.raises(ValueError, match=r".{20}"):
        generate(*arguments)


def test_generate_gives_the_same_text_each_time():
    """`generate` gives the text of the schema, the same in each run."""
    text = generate("json-schema", "Person")
    assert json.loads(text) == json_schema(Person)
    assert generate("json-schema", "Person") == text


def test_a_default_is_said():
    """The schema has the default of a property."""

    class Page(Carrier):
        size: Int32 = 20
        order: str | None = None
        title: Maybe[str] = UNSET

    properties = definition(Page)["properties"]
    assert properties["Size"]["default"] == 20
    assert properties["Order"]["default"] is None
    assert "default" not in properties["Title"]


class Shelf(Carrier):
    """A carrier with a dictionary of carriers, whose values may not be null."""

    boxes: Maybe[dict[str, Person]] = UNSET
    labels: Maybe[dict[str, str]] = UNSET


@pytest.mark.parametrize("dialect", ["server", "rfc"])
def test_a_merge_patch_of_a_dictionary(dialect):
    """The RFC 7396 schema of a dictionary takes null, which removes a key, and the server's does not."""
    definitions = Definitions()
    root = merge_patch(definitions, dialect, Shelf)
    validator = Draft202012Validator({**root, "$defs": definitions.finish()})
    for document in ({"Boxes": {"a": None}}, {"Labels": {"a": None}}):
        assert validator.is_valid(document) is (dialect == "rfc")
    assert validator.is_valid({"Boxes": {"a": {"Firstname": "x"}}, "Labels": {"a": "b"}})
    assert not validator.is_valid({"Boxes": {"a": 5}})


class Card(Carrier):
    """A carrier with properties that must be there, of which one may be null, and one with a default."""

    title: str
    place: str | None
    size: Int32 = 5


class Deck(Carrier):
    """A carrier with another one inside."""

    first: Maybe[Card] = UNSET


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize("inner", [{}, {"Size": 1}, {"Size": None}, {"Title": None}, {"Place": None}])
def test_a_merge_patch_of_properties_that_must_be_there(dialect, inner):
    """A merge patch needs no property and gives none a default, and its schema takes null where the patch does."""
    definitions = Definitions()
    root = merge_patch(definitions, dialect, Deck)
    schema = {**root, "$defs": definitions.finish()}
    assert '"default":' not in json.dumps(schema)
    is_valid = Draft202012Validator(schema).is_valid({"First": inner})
    try:
        MergePatch.parse({"First": inner}, dialect).apply(Deck(first=Card(title="x", place="y")))
    except ValidationError:
        assert not is_valid
    else:
        assert is_valid


COMPONENTS = "#/components/schemas/{name}"


@pytest.mark.parametrize("type", [ContactEntity, list[Person], Second, JsonPatch, MergePatch])
def test_a_schema_can_move_into_another_document(type):
    """With a template, each reference is what the template makes of it, and only the schema's head is left out."""
    schema, moved = json_schema(type), json_schema(type, ref_template=COMPONENTS)
    assert "$schema" not in moved
    expected = json.dumps(schema).replace("#/$defs/", "#/components/schemas/")
    assert {"$schema": schema["$schema"], **moved} == json.loads(expected)


def test_a_moved_schema_works_in_a_document_of_openapi():
    """The named schemas of two types, at the template's place in an OpenAPI document, take right and refuse wrong bodies."""
    page, note = json_schema(Page, ref_template=COMPONENTS), json_schema(Second, ref_template=COMPONENTS)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pages", "version": "1"},
        "paths": {},
        "components": {"schemas": {**page.pop("$defs"), **note.pop("$defs"), "Answer": page, "Other": note}},
    }
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    validator = Draft202012Validator({"$ref": "#/components/schemas/Answer", **document})
    assert validator.is_valid({"Items": [{"Name": "x"}], "Next": {"Items": []}})
    assert not validator.is_valid({"Items": [], "Next": {"Items": [{"Name": 5}]}})


class Page(Carrier):
    """A recursive carrier with a list of carriers."""

    items: list[ContactEntity]
    next: Maybe[Page] = UNSET


@pytest.mark.parametrize("template", ["", "#/components/schemas/", "#/{model}"])
def test_a_template_needs_a_place_for_the_name(template):
    """A template without a place for the name is a ValueError that shows a right one."""
    with pytest.raises(ValueError, match=r"#/\$defs/\{name\}"):
        json_schema(ContactEntity, ref_template=template)


@pytest.mark.parametrize("template", ["other.json#{name}", "https://a.example/{name}.json", "#/{0}/{name}/{x!r}"])
def test_a_template_is_taken_as_it_stands(template):
    """In a template only `{name}` is replaced, wherever it stands."""
    schema = json_schema(Second, ref_template=template)
    assert schema["$ref"] == template.replace("{name}", "Odd_Name")


@pytest.mark.parametrize("format", ["json-schema", "openapi", "xsd"])
def test_schemas_of_a_python_without_docstrings(format):
    """With `python -OO`, which drops docstrings, the schemas have the same descriptions, read from the source."""
    command = [sys.executable, "-OO", "-m", "contactwire", "schema", "--format", format]
    assert subprocess.run(command, capture_output=True, check=True).stdout.decode() == generate(format)
