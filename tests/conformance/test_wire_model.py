"""The carriers are those of the wire model, property by property."""

import json
import re
from pathlib import Path

import pytest

import contactwire.carriers
from contactwire.wire import DictionaryKind, EnumerationKind, FlagsKind, ListKind, NestedKind, ScalarKind, plan_of

MODEL = json.loads(Path(__file__).with_name("wire-model.json").read_text(encoding="utf-8"))["carriers"]


def fields_of(name):
    """The model's fields of a carrier, inherited ones included."""
    entry = MODEL[name]
    return (fields_of(entry["extends"]) if "extends" in entry else []) + entry["fields"]


def spell(kind):
    """The model's word for a kind."""
    match kind:
        case FlagsKind():
            return "string"
        case ScalarKind():
            return kind.name
        case EnumerationKind():
            return "string"
        case NestedKind():
            return kind.carrier.__name__
        case ListKind():
            return f"array<{spell(kind.item)}>"
        case DictionaryKind():
            return f"dictionary<string,{spell(kind.item)}>"


@pytest.mark.parametrize("name", MODEL)
def test_a_carrier_has_the_models_properties_in_wire_order(name):
    """The properties of each carrier have the model's names, order and types."""
    plan = plan_of(getattr(contactwire.carriers, name))
    assert plan.name == name
    assert [(field.name, spell(field.kind)) for field in plan.fields] == [(f["name"], f["type"]) for f in fields_of(name)]


@pytest.mark.parametrize("name", MODEL)
def test_enumerations_have_the_models_names(name):
    """The known names of each enumeration are the model's, in its order."""
    plan = plan_of(getattr(contactwire.carriers, name))
    for field in fields_of(name):
        kind = plan.by_name[field["name"]].kind
        assert isinstance(kind, EnumerationKind) == ("enum" in field)
        if "enum" in field:
            assert [member.value for member in kind.members] == field["enum"]


def test_all_of_the_model_is_there():
    """The 18 carriers have 220 properties, inherited ones counted once."""
    plans = {name: plan_of(getattr(contactwire.carriers, name)) for name in MODEL}
    inherited = {name: len(plans[MODEL[name]["extends"]].fields) for name in MODEL if "extends" in MODEL[name]}
    assert len(plans) == 18
    assert sum(len(plan.fields) - inherited.get(name, 0) for name, plan in plans.items()) == 220


def test_explicit_names_are_only_where_the_rule_fails():
    """`WireName` stands only on properties whose name pascal_case does not give."""
    text = Path(contactwire.carriers.__file__).read_text(encoding="utf-8")
    assert re.findall(r'WireName\("(\w+)"\)', text) == ["_Links", "TwoLetterISOCountry", "ThreeLetterISOCountry"]


def test_every_property_is_described():
    """A docstring follows each property in carriers.py."""
    text = Path(contactwire.carriers.__file__).read_text(encoding="utf-8")
    assert re.findall(r' = UNSET\n(?!    """\w)', text) == []
