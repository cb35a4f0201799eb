"""The published schemas are those that the generator writes, and recorded payloads are valid by them."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from contactwire import ContactEntityWithLinks, XmlCodec, decode
from contactwire.schema import ARTEFACTS, generate, write

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "schemas"
PAYLOADS = sorted((ROOT / "tests" / "payloads").glob("*.json"))
MEND = "run: contactwire schema --write schemas"


@pytest.mark.parametrize("name", ARTEFACTS)
def test_a_published_schema_is_what_is_generated(name):
    """Each file in `schemas` is what the generator writes from the plans."""
    published = (SCHEMAS / name).read_text(encoding="utf-8") if (SCHEMAS / name).exists() else ""
    assert published == generate(*ARTEFACTS[name]), f"schemas/{name} is out of date; {MEND}"


def test_nothing_else_is_published():
    """The folder `schemas` holds no file that the generator does not write."""
    assert {path.name for path in SCHEMAS.iterdir()} == set(ARTEFACTS), MEND


def test_write_gives_the_paths(tmp_path):
    """`write` makes each artefact in the given folder, and returns the paths."""
    assert write(tmp_path) == [tmp_path / name for name in ARTEFACTS]
    assert all(path.stat().st_size for path in tmp_path.iterdir())


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.name)
def test_recorded_payloads_are_valid(payload):
    """Each recorded body is valid by the schema of the entity or of the patch that it holds."""
    document = json.loads(payload.read_bytes())
    name = "json-patch" if isinstance(document, list) else "contact-entity-with-links"
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("dialect", ["plain", "datacontract", "services", "webapi"])
def test_the_complete_contact_is_valid_xml(dialect):
    """The complete contact is valid by the published XSD of each dialect that it is written in."""
    contact = decode(
        (ROOT / "tests" / "payloads" / "complete-contact.response.json").read_bytes(), type=ContactEntityWithLinks
    )
    schema = etree.XMLSchema(file=str(SCHEMAS / f"contact.{dialect}.xsd"))
    schema.assertValid(etree.fromstring(XmlCodec(dialect=dialect).encode(contact)))
