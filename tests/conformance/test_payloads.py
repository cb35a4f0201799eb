"""Bodies recorded from several server versions are read and written without loss."""

import json
from pathlib import Path

import pytest

from contactwire import UNSET, ContactEntity, ContactEntityWithLinks, JsonCodec, SelectableMDOListItem, decode, encode

FOLDER = Path(__file__).parents[1] / "payloads"
BODIES = sorted(path.name for path in FOLDER.glob("*.json") if "Patch" not in path.name)


@pytest.mark.parametrize("cls", [ContactEntity, ContactEntityWithLinks])
@pytest.mark.parametrize("name", BODIES)
def test_a_payload_comes_back_whole(name, cls):
    """Decoding and encoding a payload gives the same JSON value; links survive as extras where the class has none."""
    body = (FOLDER / name).read_bytes()
    for codec in (JsonCodec(), JsonCodec(duplicates="error"), JsonCodec(validate=False, indent=1)):
        assert json.loads(codec.encode(codec.decode(body, cls))) == json.loads(body)


@pytest.mark.parametrize("name", ["put-contact.request.json", "put-contact.response.json", "complete-contact.response.json"])
def test_a_payload_in_wire_order_comes_back_to_the_byte(name):
    """A payload whose members are in wire order is written exactly as it came, except for white space."""
    body = (FOLDER / name).read_text(encoding="utf-8")
    compact = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    assert encode(decode(body, type=ContactEntityWithLinks)).decode() == compact


def test_a_response_fills_the_typed_properties():
    """The complete contact has a property for each of its members, and nothing is left in extras."""
    contact = decode((FOLDER / "complete-contact.response.json").read_bytes(), type=ContactEntityWithLinks)
    assert contact.extras == {}
    assert contact.category.category_group == "Customer"
    assert contact.persons[2].full_name == "Søren Ødegård"
    assert str(contact.dbi_last_modified) == "2020-08-19T17:12:16.9553621"


def test_empty_child_items_of_the_documentation_stay():
    """The documented `"ChildItems": [{}, {}]` is read as two items with nothing set."""
    contact = decode((FOLDER / "put-contact.request.json").read_bytes())
    assert contact.interests[0].child_items == [SelectableMDOListItem(), SelectableMDOListItem()]
    assert contact.interests[0].child_items[0].id is UNSET
