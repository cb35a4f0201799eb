"""The two paths of the JSON codec, in one step and through builtins, agree on every kind of body."""

from __future__ import annotations

import json
import subprocess
import sys
from enum import IntEnum, StrEnum

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    CategoryGroup,
    ContactEntity,
    ContentTooLarge,
    DecodeError,
    Double,
    EncodeError,
    EntityElement,
    FieldProperty,
    FieldRight,
    Int32,
    JsonCodec,
    Maybe,
    SelectableMDOListItem,
    ValidationError,
    decode,
    encode,
)
from contactwire.wire import Number, plan_of


class Size(StrEnum):
    SMALL = "Small"


def fresh():
    """New carrier classes with every kind of property, which no code has used."""

    class Leaf(Carrier):
        label: Maybe[str] = UNSET
        rank: Maybe[Int32] = UNSET

    class Tree(Carrier):
        leaf: Maybe[Leaf] = UNSET
        leaves: Maybe[list[Leaf]] = UNSET
        by_name: Maybe[dict[str, Leaf]] = UNSET
        grid: Maybe[list[list[Int32]]] = UNSET
        ratios: Maybe[dict[str, Double]] = UNSET
        sizes: Maybe[list[Size]] = UNSET
        size: Maybe[Size | str] = UNSET
        tree: Maybe[Tree] = UNSET

    return Tree


BODY = (
    b'{"Leaf":{"Label":"a","Rank":1},"Leaves":[{},{"Rank":null}],"ByName":{"k":{"Label":"b"}},"Grid":[[1],[]],'
    b'"Ratios":{"x":1.5,"y":2},"Sizes":["Small","Odd"],"Size":"Small","Tree":{"Tree":{}},"New":{"deep":[1,{}]}}'
)


@pytest.mark.parametrize("_", range(5))
def test_first_use_by_many_threads_at_once(at_once, _):
    """32 threads that use a class for the first time read and write it right, and share one plan."""
    cls, codec = fresh(), JsonCodec()

    def work():
        body = codec.encode(codec.decode(BODY, cls))
        return body, plan_of(cls), cls.__annotations__["leaf"]

    bodies, plans, annotations = zip(*at_once(work), strict=True)
    assert bodies == (BODY,) * 32
    assert len(set(map(id, plans))) == 1
    assert set(annotations) == {"Maybe[Leaf]"}


def test_first_use_by_many_threads_in_a_fresh_process():
    """32 threads that start a process with the library's carriers all read and write them right."""
    code = """if True:
        import sys, threading
        sys.setswitchinterval(1e-6)
        from contactwire.codecs.json import JsonCodec
        from contactwire.carriers import ContactEntityWithLinks
        body = b'{"Name":"x","Emails":[{"Value":"v"}],"_Links":{"Self":"u"},"New":1}'
        barrier, results = threading.Barrier(32), []
        def work():
            barrier.wait()
            codec = JsonCodec()
            results.append(codec.encode(codec.decode(body, ContactEntityWithLinks)) == body)
        threads = [threading.Thread(target=work) for _ in range(32)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(results == [True] * 32)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert done.stderr == ""


@pytest.mark.parametrize("codec", [JsonCodec(), JsonCodec(unknown="ignore"), JsonCodec(duplicates="error")])
def test_another_spelling_of_a_property_is_never_unknown(codec):
    """A member that differs from a property in letter case only is that property, also beside unknown members."""
    contact = codec.decode('{"New": 1, "name": "x", "Emails": [{"New": 1, "VALUE": "v"}]}')
    assert contact.name == "x"
    assert contact.emails[0].value == "v"


@pytest.mark.parametrize(("body", "cls"), [
    ("{}", list[ContactEntity]), ("[]", dict[str, ContactEntity]), ('{"New": 1, "Emails": {}}', ContactEntity),
    ('{"New": 1, "Emails": ""}', ContactEntity), ('{"New": 1, "CustomFields": []}', ContactEntity),
    ('{"New": 1, "Address": []}', ContactEntity), ('{"New": 1, "Address": false}', ContactEntity),
    ('{"New": 1, "Address": {"LocalizedAddress": [{}]}}', ContactEntity), ('{"New": 1, "Domains": [5]}', ContactEntity),
    ('{"New": 1, "ContactId": true}', ContactEntity), ('{"New": 1, "ContactId": 2147483648}', ContactEntity),
    ('{"New": 1, "NoMailing": 0}', ContactEntity), ('{"New": 1, "UpdatedDate": 0}', ContactEntity),
    ('{"New": 1, "Category": {"CategoryGroup": 1}}', ContactEntity),
])  # fmt: skip
def test_unknown_properties_do_not_hide_faults(body, cls):
    """A wrong value is a fault beside unknown members too, even an empty one of a wrong kind."""
    with pytest.raises(ValidationError):
        JsonCodec().decode(body, cls)


@pytest.mark.parametrize("keep", [True, False])
def test_unknown_members_are_kept_or_ignored_at_every_depth(keep):
    """`unknown` decides at every depth whether unknown members are kept in `extras`."""
    codec = JsonCodec(unknown="keep" if keep else "ignore")
    item = codec.decode('{"Id": 1, "New": 2, "ChildItems": [{"New": []}]}', SelectableMDOListItem)
    assert item.extras == ({"New": 2} if keep else {})
    assert item.child_items[0].extras == ({"New": []} if keep else {})


@pytest.mark.parametrize("unknown", ["keep", "ignore"])
@pytest.mark.parametrize("value", [b'"\xff"', b'{"a":"\xe5"}', b'"\\ud800"', b"1" * 5000])
def test_what_is_ignored_must_be_json_too(value, unknown):
    """An ignored member must be valid JSON: a fault in it is a fault of the body."""
    codec = JsonCodec(unknown=unknown)
    for body in (
        b'{"Name":"x","New":%b}',
        b'{"Emails":[{"New":%b}]}',
        b'{"Name":"x","New":%b,"New":1}',
        b'{"New":1,"Name":%b,"Name":"x"}',
    ):
        body %= value
        with pytest.raises(DecodeError):
            codec.decode(body)


@pytest.mark.parametrize("unknown", ["keep", "ignore"])
def test_the_depth_of_unknown_properties_counts(unknown):
    """Unknown members nest as deep as `max_depth` allows and no deeper, also where they are ignored."""
    codec = JsonCodec(max_depth=20, unknown=unknown)
    for wrap in ('{{"New": {}}}', '{{"Emails": [{{"New": {}}}]}}', '{{"Interests": [{{"ChildItems": [{{"New": {}}}]}}]}}'):
        taken = wrap.count("{{") + wrap.count("[")
        room = codec.max_depth - taken
        codec.decode(wrap.format("[" * room + "]" * room))
        with pytest.raises(ContentTooLarge):
            codec.decode(wrap.format("[" * (room + 1) + "]" * (room + 1)))


@pytest.mark.parametrize("limit", [7, 8, 40, 64])
def test_the_depth_of_known_properties_counts(limit):
    """Nested carriers are read and written as deep as `max_depth` allows and no deeper."""

    def nested(levels):
        return b'{"ChildItems":[' * levels + b"{}" + b"]}" * levels

    codec, levels = JsonCodec(max_depth=limit), (limit - 1) // 2
    item = codec.decode(nested(levels), SelectableMDOListItem)
    assert codec.encode(item) == nested(levels)
    with pytest.raises(ContentTooLarge):
        codec.decode(nested(levels + 1), SelectableMDOListItem)
    with pytest.raises(EncodeError, match="nesting"):
        codec.encode(SelectableMDOListItem(child_items=[item]))


class Leaf(Carrier):
    """A recursive carrier inside a recursive carrier."""

    leaves: Maybe[list[Leaf]] = UNSET


class Branch(Carrier):
    """A recursive carrier with others in it, directly and in dictionaries."""

    branches: Maybe[dict[str, Branch]] = UNSET
    leaf: Maybe[Leaf] = UNSET


BELOW = [
    ("as a property", lambda leaf: Branch(leaf=leaf), 1),
    ("below a recursive property", lambda leaf: Branch(branches={"a": Branch(leaf=leaf)}), 3),
    ("beside others", lambda leaf: Branch(branches={"a": Branch(), "b": Branch(leaf=leaf)}, leaf=Leaf()), 3),
]


@pytest.mark.parametrize(("at", "levels"), [case[1:] for case in BELOW], ids=[case[0] for case in BELOW])
@pytest.mark.parametrize("limit", [8, 64, 200])
def test_what_nests_without_end_is_bounded_wherever_it_begins(limit, at, levels):
    """A recursive carrier counts against `max_depth` below another recursive carrier, in reading and in writing."""
    deep, deeper, endless = JsonCodec(max_depth=limit), JsonCodec(max_depth=limit + 2), Leaf()
    for _ in range((limit - levels - 1) // 2):
        endless = Leaf(leaves=[endless])
    for validate in (True, False):
        assert deep.decode(attrs.evolve(deep, validate=validate).encode(at(endless)), Branch) == at(endless)
        with pytest.raises(EncodeError, match="nesting"):
            attrs.evolve(deep, validate=validate).encode(at(Leaf(leaves=[endless])))
    with pytest.raises(ContentTooLarge, match="nesting"):
        deep.decode(deeper.encode(at(Leaf(leaves=[endless]))), Branch)


def test_null_at_the_limit_is_null():
    """Null, an empty string and a number at the depth limit are read, since they take no level."""
    codec = JsonCodec(max_depth=1)
    body = b'{"Name":null,"Emails":null,"Address":null,"New":null}'
    assert codec.encode(codec.decode(body)) == body


def test_the_depth_of_what_is_encoded_is_bounded():
    """`max_depth` limits known and unknown members in encoding too."""
    deep = ContactEntity(emails=[EntityElement(field_properties={"a": FieldProperty(field_right=FieldRight())})])
    body = JsonCodec(max_depth=6).encode(deep)
    assert JsonCodec(max_depth=6).decode(body) == deep
    with pytest.raises(EncodeError, match="nesting"):
        JsonCodec(max_depth=5).encode(deep)
    extras = ContactEntity(extras={"New": [[[]]]})
    assert JsonCodec(max_depth=4).encode(extras) == b'{"New":[[[]]]}'
    with pytest.raises(EncodeError, match="nesting"):
        JsonCodec(max_depth=3).encode(extras)


class Counted(list):
    """A list that counts how often it is walked over."""

    walks = 0

    def __iter__(self):
        self.walks += 1
        return super().__iter__()


def test_a_value_of_very_many_lists_is_walked_over_no_oftener_where_it_is_deep():
    """Where a value holds more lists than the default limit, the levels in it do not multiply the work of encoding it."""

    def walks(levels):
        deep = []
        for _ in range(levels):
            deep = [deep]
        value = Counted([deep, *([] for _ in range(200_000))])
        JsonCodec().encode(ContactEntity(extras={"New": [value]}))
        return value.walks

    assert walks(20) == walks(4)


@pytest.mark.parametrize("validate", [True, False])
def test_extras_follow_the_known_properties(validate):
    """Unknown members are written behind the properties, and an empty dictionary of them writes nothing."""
    contact = ContactEntity(name="n", emails=[EntityElement(extras={"A": {"b": [1, None]}})], extras={"É": 1.5, "Z": ""})
    body = '{"Name":"n","Emails":[{"A":{"b":[1,null]}}],"É":1.5,"Z":""}'
    assert JsonCodec(validate=validate).encode(contact).decode() == body
    for empty in (
        ContactEntity(),
        ContactEntity(name="x"),
        ContactEntity(emails=[EntityElement(), EntityElement(value="v")]),
    ):
        before = JsonCodec(validate=validate).encode(empty)
        assert empty.extras == {}
        assert all(email.extras == {} for email in empty.emails or [])
        assert JsonCodec(validate=validate).encode(empty) == before


@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize("extras", [{"Name": 1}, {"nAME": 1}, {"X": float("nan")}, {5: 1}, {"X": {5: 1}}, {"X": object()}])
def test_extras_that_no_decoder_takes_back_are_refused(extras, validate):
    """Extras with a known name in any letter case, NaN, a key that is no string, or no builtin are EncodeErrors."""
    for value in (ContactEntity(extras=extras), ContactEntity(emails=[EntityElement(extras={**extras, "Value": 1})])):
        with pytest.raises(EncodeError):
            JsonCodec(validate=validate).encode(value)


@pytest.mark.parametrize("validate", [True, False])
def test_an_unknown_member_may_have_the_name_of_another_classs_property(validate):
    """Only the names that a carrier's own class has are refused among its unknown members."""
    body = b'{"Name":"n","Emails":[{"Value":"v","name":1},{"Department":2}],"StrippedValue":3}'
    contact = JsonCodec().decode(body)
    assert JsonCodec(validate=validate).encode(contact) == body
    contact.emails[1].extras["STRIPPEDVALUE"] = 4
    with pytest.raises(EncodeError, match="/Emails/1/STRIPPEDVALUE"):
        JsonCodec(validate=validate).encode(contact)


NUMBERS = [
    "12345678901234567.89",
    "-0",
    "1E400",
    "1.0",
    "1e5",
    "-0.0",
    "0.10",
    "1E-7",
    "123456789012345678901234567890",
    "-0e0",
]


@pytest.mark.parametrize("where", ['{{"X":{}}}', '{{"Emails":[{{"X":{{"y":[{}]}}}}]}}', '{{"name":"a","X":[{},2]}}'])
@pytest.mark.parametrize("number", NUMBERS)
def test_unknown_numbers_survive_to_the_digit(number, where):
    """A number in an unknown member is written digit by digit as it was read, by both paths."""
    body = where.format(number).replace('{"name":"a"', '{"Name":"a"').encode()
    contact = decode(where.format(number))
    assert encode(contact) == body
    assert JsonCodec(validate=False).encode(contact) == body
    assert decode(encode(contact)) == contact


def test_a_known_double_is_a_number_like_any_other():
    """A declared double is a float, and its spelling is not kept."""

    class Place(Carrier):
        latitude: Maybe[Double] = UNSET
        floor: Maybe[Int32] = UNSET

    for body in (b'{"Latitude":1.50,"Floor":-0}', b'{"Latitude":1.50,"Floor":-0,"X":-0}'):
        place = decode(body, type=Place)
        assert type(place.latitude) is float
        assert type(place.floor) is int
    assert encode(place) == b'{"Latitude":1.5,"Floor":0,"X":-0}'
    with pytest.raises(ValidationError) as caught:
        decode(b'{"Latitude":1E400}', type=Place)
    assert [issue.pointer for issue in caught.value.issues] == ["/Latitude"]


def test_a_number_is_a_float_with_its_spelling():
    """A `Number` equals the nearest float, and pickles with its text."""
    import pickle

    number = decode(b'{"X":1E400}').extras["X"]
    assert (number, str(number)) == (float("inf"), "1E400")
    again = pickle.loads(pickle.dumps(number))
    assert (type(again), again.text) == (Number, "1E400")


NO_NUMBERS = ["x", "", "1_0", " 1", "1\n", "nan", "inf", "１", "+1", "01", "1.", ".5", "0x1", "1e", "9" * 10**5 + "x"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_number_is_spelled_as_json_spells_it(text):
    """A `Number` takes no text that would not be JSON where it is written (RFC 8259 §6)."""
    with pytest.raises(ValueError, match=r"^not a number in JSON: .{2,42}$"):
        Number(text)


def test_the_mark_of_unknown_members_is_a_name_like_any_other():
    """A member called as the library's own mark for unknown members is kept and written, by both paths."""
    for body in ('{"\ue000":{"a":1}}', '{"Name":"x","\ue000":null,"\ue000Name":1,"\ue000_unknown":{}}'):
        contact = decode(body)
        assert encode(contact).decode() == body
        assert "\ue000" in contact.extras
    with pytest.raises(ValidationError, match="no such property"):
        JsonCodec(unknown="error").decode('{"\ue000":{"a":1}}')


def test_three_spellings_are_decided_by_the_text():
    """The last of three spellings of a property counts, in any order and number."""
    assert decode('{"Name":"a","name":"b","Name":"c"}').name == "c"
    assert decode('{"Name":"c","NAME":"a","name":"b","Name":"d","NAME":"e"}').name == "e"
    assert decode('{"X":{"Name":1,"name":2,"Name":3}}').extras == {"X": {"Name": 3, "name": 2}}


def test_an_heir_loses_nothing_without_validation():
    """With `validate=False` an instance of a subclass is written with all its properties."""

    class Labelled(EntityElement):
        label: Maybe[str] = UNSET

    contact = ContactEntity(emails=[Labelled(value="a", label="b")])
    assert JsonCodec(validate=False).encode(contact) == b'{"Emails":[{"Value":"a","Label":"b"}]}'


NAMES = ["Refused", "text", "parse", "list", "Timestamp", "Shape", "Extras", "not a name", "class"]


@pytest.mark.parametrize("name", NAMES)
def test_a_carrier_may_have_any_name(name):
    """A class may have the name of a class inside the library, and both work."""
    body_ = {"__annotations__": {"value": Maybe[str], "parent": Maybe[EntityElement]}, "__module__": __name__}
    cls = type(Carrier)(name, (Carrier,), body_)
    for body in (b'{"Value":"x","Parent":{"Value":"y"}}', b'{"Value":"x","Parent":{"Value":"y"},"New":1}'):
        assert JsonCodec().encode(JsonCodec().decode(body, cls)) == body
    assert JsonCodec().encode(EntityElement(value="v")) == b'{"Value":"v"}'


def test_a_carrier_without_properties():
    """In a carrier without properties all members are unknown, and only an object is read."""

    class Empty(Carrier):
        pass

    assert JsonCodec().decode('{"a": 1}', Empty).extras == {"a": 1}
    for body in ("[]", "null", "1"):
        with pytest.raises(ValidationError):
            JsonCodec().decode(body, Empty)


@pytest.mark.parametrize("options", [{}, {"coerce": True}, {"duplicates": "error"}, {"unknown": "error"}])
def test_negative_zero_is_an_integer(options):
    """`-0` is the integer 0 by both paths, alone and beside a fault."""
    codec = JsonCodec(**options)
    assert codec.decode('{"ContactId": -0, "name": "x"}') == ContactEntity(contact_id=0, name="x")
    with pytest.raises(ValidationError) as caught:
        codec.decode('{"ContactId": -0, "Name": []}')
    assert [issue.pointer for issue in caught.value.issues] == ["/Name"]


@pytest.mark.parametrize("rest", ["", ',"X":{"Y":1}', ',"scale":0', ',"X":-0'])
def test_negative_zero_is_zero_for_every_kind_that_takes_an_integer(rest):
    """`-0` is 0 for enumerations and, where scalars are coerced, booleans, too, whatever else the body has."""
    scale = IntEnum("Scale", {"NONE": 0})

    class Box(Carrier):
        scale: Maybe[scale] = UNSET
        kind: Maybe[CategoryGroup] = UNSET
        closed: Maybe[bool] = UNSET

    found = JsonCodec().decode(f'{{"Scale":-0{rest}}}', Box)
    assert found.scale is scale.NONE
    found = JsonCodec(coerce=True).decode(f'{{"Scale":-0,"Kind":-0,"Closed":-0{rest}}}', Box)
    assert (found.scale, found.kind, found.closed) == (scale.NONE, CategoryGroup.UNKNOWN, False)
    with pytest.raises(ValidationError):
        JsonCodec().decode(f'{{"Closed":-0{rest}}}', Box)


def test_many_members_in_another_spelling_may_repeat_one():
    """In a body with many names in another letter case, the last spelling of a repeated property counts."""
    names = ["name", "department", "orgNr", "number1", "number2", "description", "postalCode"]
    body = json.dumps({**dict.fromkeys(names, "x"), "Name": "last"})
    contact = JsonCodec().decode(body)
    assert (contact.name, contact.org_nr, contact.extras) == ("last", "x", {"postalCode": "x"})
    contact = JsonCodec().decode(json.dumps({**dict.fromkeys(names[:-1], "x"), "Name": "last"}))
    assert (contact.name, contact.number2, contact.extras) == ("last", "x", {})


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_known_members_beside_unknown_ones_have_their_depth(depth):
    """Known members nest no deeper beside an unknown member at the top than in any other body."""
    body = '{"Odd":1,"Emails":[{"Value":"x"}]}'
    if depth >= 3:
        assert JsonCodec(max_depth=depth).decode(body).extras == {"Odd": 1}
    else:
        with pytest.raises(ContentTooLarge):
            JsonCodec(max_depth=depth).decode(body)
