"""What is built for a class at its first use is right in all threads, and is built once."""

import attrs
import msgspec
import pytest

from contactwire import (
    UNSET,
    Carrier,
    FormCodec,
    Int32,
    JsonCodec,
    JsonPatch,
    Maybe,
    MergePatch,
    Selection,
    XmlCodec,
    diff,
)
from contactwire.localization import localize
from contactwire.wire import plan_of


def fresh():
    """A class for which nothing is built yet, and an instance of it."""

    class Leaf(Carrier):
        label: Maybe[str] = UNSET
        rank: Maybe[Int32] = UNSET

    class Tree(Carrier):
        name: Maybe[str] = UNSET
        leaf: Maybe[Leaf] = UNSET
        leaves: Maybe[list[Leaf]] = UNSET
        by_name: Maybe[dict[str, Leaf]] = UNSET

    return Tree(name="a", leaf=Leaf(rank=1), leaves=[Leaf(label="b"), Leaf()], by_name={"c": Leaf(rank=2)})


USES = {
    "JSON": lambda value: JsonCodec().decode(JsonCodec().encode(value), type(value)),
    "XML": lambda value: XmlCodec().decode(XmlCodec().encode(value), type(value)),
    "data contract": lambda value: XmlCodec().decode(XmlCodec(dialect="datacontract").encode(value), type(value)),
    "form": lambda value: FormCodec().decode(FormCodec().encode(value), type(value)),
    "JSON Patch": lambda value: JsonPatch.parse([{"op": "replace", "path": "/name", "value": "a"}]).apply(value),
    "Merge Patch": lambda value: MergePatch.parse({"name": "a"}).apply(value),
    "diff": lambda value: diff(type(value)(), value).apply(type(value)()),
    "selection": lambda value: Selection.parse("name,leaf,leaves,byName", type(value)).apply(value),
    "languages": lambda value: localize(value, "en"),
}


@pytest.mark.parametrize("name", USES)
def test_first_use_by_many_threads(at_once, name):
    """Threads that use a class at the same time for the first time get what a single thread would get."""
    value = fresh()
    assert at_once(lambda: USES[name](value)) == [value] * 32


def test_plans_are_built_once(at_once):
    """Threads that use a class at the same time for the first time share one plan."""
    cls = type(fresh())
    found = at_once(lambda: plan_of(cls))
    assert len(found) == 32
    assert all(each is found[0] for each in found)


def test_fields_that_are_read_during_the_first_use_are_as_they_were_written(monkeypatch):
    """`attrs.fields` has the types of the class body, also if another thread asks while msgspec reads the class."""

    class Weight(Carrier):
        grams: Maybe[float] = UNSET

    decoder = msgspec.json.Decoder
    monkeypatch.setattr(msgspec.json, "Decoder", lambda cls: attrs.fields(cls) and decoder(cls))
    assert JsonCodec().decode(b"{}", Weight) == Weight()
    assert attrs.fields(Weight).grams.type == Maybe[float]
