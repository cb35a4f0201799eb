"""A user's class that derives from `Carrier` can do all that the library's carriers can."""

from __future__ import annotations

import pickle
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContentTooLarge,
    Double,
    EncodeError,
    EntityElement,
    Int32,
    Int64,
    JsonCodec,
    JsonPatch,
    Maybe,
    MergePatch,
    Timestamp,
    ValidationError,
    WireName,
    decode,
    encode,
    localize,
)


class Colour(StrEnum):
    """A user's open enumeration."""

    RED = "Red"
    BLUE = "Blue"


class Tag(Carrier):
    """A carrier that derives from `Carrier` alone."""

    label: Maybe[str] = UNSET
    colour: Maybe[Colour | str] = UNSET


class Node(Carrier):
    """A recursive carrier with every kind of property."""

    id: Maybe[Int32] = UNSET
    big: Maybe[Int64] = UNSET
    plain: Maybe[int] = UNSET
    ratio: Maybe[Double] = UNSET
    flag: Maybe[bool] = UNSET
    when: Maybe[datetime] = UNSET
    tag: Maybe[Tag] = UNSET
    tags: Maybe[list[Tag]] = UNSET
    grid: Maybe[list[list[Int32]]] = UNSET
    scores: Maybe[dict[str, float]] = UNSET
    optional: Maybe[list[str | None]] = UNSET
    matrix: Maybe[dict[str, list[Tag | None]]] = UNSET
    left: Maybe[Node] = UNSET
    others: Maybe[dict[str, list[Node]]] = UNSET
    contact: Maybe[ContactEntity] = UNSET
    odd_name: Annotated[Maybe[str], WireName("@odd")] = UNSET


class Leaf(Node):
    """A subclass with properties behind those of its base."""

    colours: Maybe[list[Colour]] = UNSET


class Defined(Carrier):
    """A carrier with a required property, a default and a method."""

    name: str | None
    count: int = 3

    def doubled(self):
        """Twice the count."""
        return self.count * 2


class Checked(Carrier):
    """A carrier with a validator and a hook of its own."""

    size: Maybe[int] = attrs.field(default=UNSET)

    @size.validator
    def _positive(self, attribute, value):
        if value is not UNSET and value is not None and value < 0:
            raise ValueError("size must not be negative")


LEAF = Leaf(
    id=1,
    big=2**62,
    plain=-(2**63),
    ratio=1.5,
    flag=False,
    when=Timestamp.parse("2020-01-01T00:00:00.1234567Z"),
    tag=Tag(label="a", colour=Colour.RED, extras={"X": 1}),
    tags=[Tag(), Tag(colour="Mauve")],
    grid=[[1, 2], []],
    scores={"a": 1.5, "b": 2},
    optional=["a", None],
    matrix={"k": [Tag(), None]},
    left=Node(left=Node(id=2)),
    others={"x": [Node()]},
    contact=ContactEntity(emails=[EntityElement(value="v")]),
    odd_name="o",
    colours=[Colour.BLUE, "Grey"],
    extras={"Unknown": None},
)
BODY = (
    b'{"Id":1,"Big":4611686018427387904,"Plain":-9223372036854775808,"Ratio":1.5,"Flag":false,'
    b'"When":"2020-01-01T00:00:00.1234567Z","Tag":{"Label":"a","Colour":"Red","X":1},"Tags":[{},{"Colour":"Mauve"}],'
    b'"Grid":[[1,2],[]],"Scores":{"a":1.5,"b":2},"Optional":["a",null],"Matrix":{"k":[{},null]},"Left":{"Left":{"Id":2}},'
    b'"Others":{"x":[{}]},"Contact":{"Emails":[{"Value":"v"}]},"@odd":"o","Colours":["Blue","Grey"],"Unknown":null}'
)


def test_a_users_carrier_travels():
    """Every kind of property of a nested, recursive, derived carrier survives, by both paths of the codec."""
    for codec in (JsonCodec(), JsonCodec(duplicates="error"), JsonCodec(validate=False)):
        assert codec.decode(BODY, Leaf) == LEAF
        assert codec.encode(LEAF) == BODY


def test_a_users_carrier_pickles():
    """Carriers defined in a module pickle by name."""
    assert pickle.loads(pickle.dumps(LEAF)) == LEAF
    assert pickle.loads(pickle.dumps(Defined(name="x"))) == Defined(name="x")


def test_faults_in_a_users_carrier_have_pointers():
    """Each wrong value deep inside lists and dictionaries of a user's carrier is a fault with a pointer."""
    body = """{"Big": 9223372036854775808, "Grid": [[1, "2"], 3], "Scores": {"a": "x"}, "Others": {"k": [{"Id": 1.5}]},
      "Colours": [1]}"""
    with pytest.raises(ValidationError) as caught:
        decode(body, type=Leaf)
    pointers = ["/Big", "/Grid/0/1", "/Grid/1", "/Scores/a", "/Others/k/0/Id", "/Colours/0"]
    assert [issue.pointer for issue in caught.value.issues] == pointers


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        (Node(grid=[[1, "2"], [2**40], 5, (1,)]), ["/Grid/0/1", "/Grid/1/0", "/Grid/2", "/Grid/3"]),
        (Node(scores={"a": "x", 5: 1.0}), ["/Scores/a", "/Scores/5"]),
        (Node(optional=[1, None]), ["/Optional/0"]),
        (Node(matrix={"k": [None, Node()], "l": None}), ["/Matrix/k/1", "/Matrix/l"]),
        (Node(big=2**63), ["/Big"]),
    ],
)
def test_wrong_values_in_a_users_carrier_are_not_encoded(value, pointers):
    """Encoding checks the items of lists and dictionaries in a user's carrier."""
    with pytest.raises(EncodeError) as caught:
        encode(value)
    assert [issue.pointer for issue in caught.value.issues] == pointers


def test_a_carrier_has_methods_and_defaults():
    """A carrier may have methods and defaults."""
    assert Defined(name="x").doubled() == 6
    assert decode('{"Name": "x", "X": 1}', type=Defined) == Defined(name="x", count=3, extras={"X": 1})
    assert encode(Defined(name=None)) == b'{"Name":null,"Count":3}'


def test_a_default_counts_where_the_property_is_absent():
    """A default counts for an absent property, also beside unknown members and names in other letter cases."""
    for body in ('{"Name": "x"}', '{"Name": "x", "X": 1}', '{"name": "x"}'):
        assert decode(body, type=Defined).count == 3


def test_a_property_without_maybe_is_required():
    """A property without `Maybe` is required: missing is a fault at its pointer, and so is null unless None is allowed."""
    for body, pointers in (('{"X": 1}', ["/Name"]), ('{"count": null}', ["/count", "/Name"])):
        with pytest.raises(ValidationError) as caught:
            decode(body, type=Defined)
        assert [issue.pointer for issue in caught.value.issues] == pointers


def test_a_users_validator_runs():
    """A value that a user's validator refuses is a fault at its pointer."""
    assert decode('{"Size": 3}', type=Checked).size == 3
    with pytest.raises(ValidationError, match="negative"):
        decode('{"Size": -3}', type=Checked)


def test_a_carrier_may_have_another_name_on_the_wire():
    """The class option `name` is the carrier's name on the wire."""
    from contactwire.wire import plan_of

    class Local(Carrier, name="Customer"):
        pass

    assert plan_of(Local).name == "Customer"
    assert encode(Local()) == b"{}"


def test_carriers_may_be_defined_in_a_function():
    """A carrier that a function defines may name itself and earlier local carriers."""

    class Inner(Carrier):
        value: Maybe[str] = UNSET

    class Outer(Carrier):
        inner: Maybe[Inner] = UNSET
        outers: Maybe[list[Outer]] = UNSET

    body = b'{"Inner":{"Value":"x"},"Outers":[{}]}'
    assert encode(decode(body, type=Outer)) == body


def test_two_carriers_of_one_name_do_not_mix():
    """Two classes with the same name have plans and compiled functions of their own."""

    def make(annotation):
        class Same(Carrier):
            value: annotation = UNSET

        return Same

    one, other = make(Maybe[str]), make(Maybe[Int32])
    assert decode('{"Value": "x"}', type=one).value == "x"
    assert decode('{"Value": 1}', type=other).value == 1
    with pytest.raises(ValidationError):
        decode('{"Value": 1}', type=one)


def test_an_override_stands_once():
    """A property that a subclass redefines stands where the subclass declares it, and only there."""
    from contactwire.wire import plan_of

    class Base(Carrier):
        value: Maybe[str] = UNSET
        other: Maybe[str] = UNSET

    class Heir(Base):
        value: Maybe[Int32] = UNSET

    assert [field.name for field in plan_of(Heir).fields] == ["Other", "Value"]
    assert encode(Heir(value=1, other="x")) == b'{"Other":"x","Value":1}'


def test_a_carrier_in_executed_code_may_name_itself():
    """A class in executed code, whose module is not importable, may name itself."""
    namespace = {"__name__": "nowhere"}
    source = "from contactwire import Carrier, Maybe\nclass Node(Carrier):\n    children: Maybe[list['Node']]\n"
    exec(compile(source, "nowhere", "exec", dont_inherit=True), namespace)
    node = namespace["Node"]
    assert decode(b'{"Children":[{}]}', type=node) == node(children=[node()])


def test_a_false_carrier_counts_as_any_other():
    """A carrier that a method of its class makes false is searched for dates and depth, and localized, as any other is."""

    class Empty(Carrier):
        text: Maybe[str] = UNSET
        when: Maybe[datetime] = UNSET
        inner: Maybe[Empty] = UNSET
        inners: Maybe[list[Empty]] = UNSET

        def __len__(self) -> int:
            return 0

    when = datetime(2024, 5, 1, 12, 0, 0, 500_000)
    outer = Empty(inner=Empty(when=when, text='NO:"nei";US:"no"'))
    assert b'12:00:00.5"' in JsonCodec(validate=False).encode(outer)
    listed = Empty(inners=[outer])
    assert localize(outer, "en").inner.text == "no"
    assert localize(listed, "en").inners[0].inner.text == "no"
    with pytest.raises(EncodeError):
        JsonCodec(max_depth=2).encode(listed)
    deep = b'{"Inner":' * 99 + b"{}" + b"}" * 99
    with pytest.raises(ContentTooLarge):
        decode(deep, type=Empty)


VALIDATORS = {
    "ge": (attrs.validators.ge(0), 1, -1),
    "optional": (attrs.validators.optional(attrs.validators.lt(9)), 1, 9),
    "in_": (attrs.validators.in_([1, 2]), 1, 3),
    "instance_of": (attrs.validators.and_(attrs.validators.instance_of(int), attrs.validators.lt(3)), 1, 3),
    "and_": (attrs.validators.and_(attrs.validators.ge(0), attrs.validators.le(5)), 1, 6),
}


@pytest.mark.parametrize("name", VALIDATORS)
def test_the_validators_of_attrs(name):
    """The validators of attrs work for a property that may be absent: they are called for values and null only."""
    validator, right, wrong = VALIDATORS[name]

    class Rated(Carrier):
        rank: Maybe[int] = attrs.field(default=UNSET, validator=validator)
        other: Maybe[int] = attrs.field(default=UNSET, validator=validator, on_setattr=attrs.setters.validate)

    rated = decode(b"{}", type=Rated)
    rated.rank = rated.other = right
    rated.rank = rated.other = UNSET
    attrs.validate(rated)
    assert rated == Rated() == attrs.evolve(Rated(rank=right), rank=UNSET)
    assert MergePatch.parse({"rank": right}).apply(rated).rank == right
    assert JsonPatch.parse([{"op": "remove", "path": "/Rank"}]).apply(Rated(rank=right)) == rated
    assert repr(attrs.fields(Rated).rank.validator) == repr(validator)
    with pytest.raises(ValidationError) as caught:
        decode(b'{"Rank":%d}' % wrong, type=Rated)
    assert [issue.pointer for issue in caught.value.issues] == ["/Rank"]
    assert "Attribute(" not in str(caught.value)


def test_a_message_of_a_validator():
    """A fault has the message of a validator of attrs, without the attribute and the class that attrs puts behind it."""

    class Rated(Carrier):
        rank: Maybe[int] = attrs.field(default=UNSET, validator=attrs.validators.in_([1, 2]))
        name: Maybe[str] = attrs.field(default=UNSET, validator=attrs.validators.matches_re("[a-z]+"))

    with pytest.raises(ValidationError) as caught:
        decode(b'{"Rank":3,"Name":"X"}', type=Rated)
    assert [issue.message for issue in caught.value.issues] == [
        "'rank' must be in [1, 2] (got 3)",
        "'name' must match regex '[a-z]+' ('X' doesn't)",
    ]


@pytest.mark.parametrize("converter", [str.strip, attrs.Converter(lambda value, carrier: value.strip(), takes_self=True)])
def test_a_converter_of_what_is_absent(converter):
    """A converter is called for values and null only."""

    class Named(Carrier):
        name: Maybe[str] = attrs.field(default=UNSET, converter=converter)

    named = decode(b'{"Name":" x "}', type=Named)
    assert (named.name, decode(b"{}", type=Named), Named()) == ("x", Named(), decode(b"{}", type=Named))
    named.name = UNSET
    assert named == Named()
