"""The compiled functions of the JSON codec: built once, by whatever thread, and exact in every corner."""

import subprocess
import sys
from enum import StrEnum

import pytest

from contactwire import (
    UNSET,
    ContactEntity,
    ContactEntityWithLinks,
    ContentTooLarge,
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
    carrier,
)
from contactwire.codecs._json_compiled import dumper, loader, reader
from contactwire.codecs._json_helpers import Refused, UnknownNames
from contactwire.wire import plan_of


class Size(StrEnum):
    SMALL = "Small"


def fresh():
    """New carrier classes for which nothing is compiled yet, with every kind of property."""

    @carrier
    class Leaf:
        label: Maybe[str] = UNSET
        rank: Maybe[Int32] = UNSET

    @carrier
    class Tree:
        leaf: Maybe[Leaf] = UNSET
        leaves: Maybe[list[Leaf]] = UNSET
        by_name: Maybe[dict[str, Leaf]] = UNSET
        grid: Maybe[list[list[Int32]]] = UNSET
        ratios: Maybe[dict[str, Double]] = UNSET
        sizes: Maybe[list[Size]] = UNSET
        size: Maybe[Size | str] = UNSET

    return Tree


BODY = (
    b'{"Leaf":{"Label":"a","Rank":1},"Leaves":[{},{"Rank":null}],"ByName":{"k":{"Label":"b"}},"Grid":[[1],[]],'
    b'"Ratios":{"x":1.5,"y":2},"Sizes":["Small","Odd"],"Size":"Small","New":{"deep":[1,{}]}}'
)


@pytest.mark.parametrize("_", range(5))
def test_first_use_by_many_threads_at_once(at_once, _):
    """32 threads that meet at a class nobody used yet all read and write it right, and share one set of functions."""
    cls, codec = fresh(), JsonCodec()

    def work():
        body = codec.encode(codec.decode(BODY, cls))
        return body, (plan_of(cls), loader(cls, False), reader(cls, False, True), dumper(cls, True))

    bodies, functions = zip(*at_once(work), strict=True)
    assert bodies == (BODY,) * 32
    assert all(one is other for found in functions for one, other in zip(found, functions[0], strict=True))


def test_first_use_by_many_threads_in_a_fresh_process():
    """The library's own carriers are compiled once too, when 32 threads start with them."""
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


def test_unknown_properties_need_no_exact_path():
    """A body with unknown properties at each level is read by compiled code, without cattrs."""
    code = """if True:
        import sys
        from contactwire.codecs.json import JsonCodec
        from contactwire.carriers import ContactEntity
        contact = JsonCodec().decode('{"New": 1, "Emails": [{"New": [{}], "Value": "v"}], "Address": {"Street": {"New": {}}}}')
        print(contact.extras, contact.emails[0].extras, contact.address.street.extras, "cattrs" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'New': 1} {'New': [{}]} {'New': {}} False"


@pytest.mark.parametrize("keep", [True, False])
def test_compiled_reader_keeps_or_drops_what_is_unknown(keep):
    """`keep` decides whether unknown properties end up in `extras`."""
    item = reader(SelectableMDOListItem, False, keep)({"Id": 1, "New": 2, "ChildItems": [{"New": []}]}, 64)
    assert item.extras == ({"New": 2} if keep else {})
    assert item.child_items[0].extras == ({"New": []} if keep else {})


@pytest.mark.parametrize("codec", [JsonCodec(), JsonCodec(unknown="ignore"), JsonCodec(duplicates="error")])
def test_another_spelling_of_a_property_is_never_unknown(codec):
    """What differs from a property in letter case only is that property, also beside unknown ones."""
    contact = codec.decode('{"New": 1, "name": "x", "Emails": [{"New": 1, "VALUE": "v"}]}')
    assert contact.name == "x"
    assert contact.emails[0].value == "v"


def test_unknown_names_are_remembered_within_limits():
    """The names that senders make up cannot fill the memory."""
    names = UnknownNames(plan_of(EntityElement))
    for number in range(1000):
        names.learn(f"New{number}")
        names.learn("N" * 1000 + str(number))
    assert len(names) == 200
    assert max(map(len, names)) < 10
    with pytest.raises(Refused):
        names.learn("vAlUe")


@pytest.mark.parametrize(("body", "cls"), [
    ("{}", list[ContactEntity]), ("[]", dict[str, ContactEntity]), ('{"New": 1, "Emails": {}}', ContactEntity),
    ('{"New": 1, "Emails": ""}', ContactEntity), ('{"New": 1, "CustomFields": []}', ContactEntity),
    ('{"New": 1, "Address": []}', ContactEntity), ('{"New": 1, "Address": false}', ContactEntity),
    ('{"New": 1, "Address": {"LocalizedAddress": [{}]}}', ContactEntity), ('{"New": 1, "Domains": [null]}', ContactEntity),
    ('{"New": 1, "ContactId": true}', ContactEntity), ('{"New": 1, "ContactId": 2147483648}', ContactEntity),
    ('{"New": 1, "NoMailing": 0}', ContactEntity), ('{"New": 1, "UpdatedDate": 0}', ContactEntity),
    ('{"New": 1, "Category": {"CategoryGroup": 1}}', ContactEntity),
])  # fmt: skip
def test_unknown_properties_do_not_hide_faults(body, cls):
    """A wrong value, also an empty one of a wrong kind, is a fault whatever stands beside it."""
    with pytest.raises(ValidationError):
        JsonCodec().decode(body, cls)


def test_the_depth_of_unknown_properties_counts():
    """What `max_depth` allows is read at any depth, and one level more is refused."""
    codec = JsonCodec(max_depth=20)
    for wrap in ('{{"New": {}}}', '{{"Emails": [{{"New": {}}}]}}', '{{"Interests": [{{"ChildItems": [{{"New": {}}}]}}]}}'):
        taken = wrap.count("{{") + wrap.count("[")
        room = codec.max_depth - taken
        codec.decode(wrap.format("[" * room + "]" * room))
        with pytest.raises(ContentTooLarge):
            codec.decode(wrap.format("[" * (room + 1) + "]" * (room + 1)))


def test_the_depth_of_what_is_encoded_is_bounded():
    """`max_depth` bounds known and unknown properties when encoding as well."""
    deep = ContactEntity(emails=[EntityElement(field_properties={"a": FieldProperty(field_right=FieldRight())})])
    body = JsonCodec(max_depth=6).encode(deep)
    assert JsonCodec(max_depth=6).decode(body) == deep
    with pytest.raises(EncodeError, match="nesting"):
        JsonCodec(max_depth=5).encode(deep)
    extras = ContactEntity(extras={"New": [[[]]]})
    assert JsonCodec(max_depth=4).encode(extras) == b'{"New":[[[]]]}'
    with pytest.raises(EncodeError, match="nesting"):
        JsonCodec(max_depth=3).encode(extras)


def test_extras_are_written_without_the_exact_path():
    """Unknown properties, nested ones too, follow the known ones in what the compiled function gives."""
    contact = ContactEntity(name="n", emails=[EntityElement(extras={"A": {"b": [1, None]}})], extras={"É": 1.5, "Z": ""})
    body = '{"Name":"n","Emails":[{"A":{"b":[1,null]}}],"É":1.5,"Z":""}'
    for codec in (JsonCodec(), JsonCodec(validate=False)):
        dumper(ContactEntity, codec.validate)(contact, 64)
        assert codec.encode(contact).decode() == body


def test_an_heir_loses_nothing_without_validation():
    """With `validate=False` too, a subclass instance is written with all of its own properties."""

    @carrier
    class Labelled(EntityElement):
        label: Maybe[str] = UNSET

    contact = ContactEntity(emails=[Labelled(value="a", label="b")])
    assert JsonCodec(validate=False).encode(contact) == b'{"Emails":[{"Value":"a","Label":"b"}]}'


NAMES = ["Refused", "text", "parse", "list", "Timestamp", "TwinEntityElement", "load_EntityElement", "not a name", "class"]


@pytest.mark.parametrize("name", NAMES)
def test_a_carrier_may_have_any_name(name):
    """A class that goes by a name used in generated code works, and disturbs nothing."""
    made = type(name, (), {"__annotations__": {"value": Maybe[str], "parent": Maybe[EntityElement]}})
    cls = carrier(made)
    for body in (b'{"Value":"x","Parent":{"Value":"y"}}', b'{"Value":"x","Parent":{"Value":"y"},"New":1}'):
        assert JsonCodec().encode(JsonCodec().decode(body, cls)) == body
    assert JsonCodec().encode(EntityElement(value="v")) == b'{"Value":"v"}'


def test_a_carrier_without_properties():
    """A carrier may know nothing: all is unknown, and only an object will do."""

    @carrier
    class Empty:
        pass

    assert JsonCodec().decode('{"a": 1}', Empty).extras == {"a": 1}
    for body in ("[]", "null", "1"):
        with pytest.raises(ValidationError):
            JsonCodec().decode(body, Empty)


def test_generated_code_is_short_and_shows_all():
    """`source` gives the code of each function that a type needs, one line or a few a property."""
    codec = JsonCodec()
    assert "value = members.pop('Value', UNSET)" in codec.source(EntityElement, "read")
    for function in ("load", "read", "dump"):
        source = codec.source(ContactEntityWithLinks, function)
        compile(source, "source", "exec")
        assert f"def {function}_ContactEntityWithLinks" in source
        properties = sum(len(plan_of(cls).fields) for cls in (ContactEntityWithLinks, *plan_of(ContactEntity).children()))
        assert source.count("\n") < 6 * properties


def test_what_was_unknown_before_decides_nothing():
    """Bodies with and without an unknown name, or with the name as a value, are read alike in any order, however often."""
    codec, strict = JsonCodec(), JsonCodec(unknown="error")
    for _ in range(300):
        assert codec.decode('{"New": 1, "Name": "x"}') == ContactEntity(name="x", extras={"New": 1})
        assert codec.decode('{"Name": "New"}') == ContactEntity(name="New")
        assert strict.decode(b'{"Name": "New"}') == ContactEntity(name="New")
        assert codec.decode(memoryview(b'{"CustomFields": {"New": "1"}}')) == ContactEntity(custom_fields={"New": "1"})
        with pytest.raises(ValidationError, match="/New"):
            strict.decode('{"New": 1}')
        with pytest.raises(ValidationError, match="/Name"):
            codec.decode('{"New": 1, "Name": 5}')


def read_often(cls, bodies):
    """The loader of a class after the codec has read bodies again and again, and gave the exact path's answer each time."""
    codec = JsonCodec()
    expected = [codec._decode_exactly(body, cls) for body in bodies]
    for _ in range(300):
        assert [codec.decode(body, cls) for body in bodies] == expected
    return loader(cls, False)


def test_common_unknown_properties_are_learnt():
    """After some bodies with an unknown property the fast path takes it, whatever its value, and where it is missing."""
    cls = fresh()
    known = read_often(cls, [b'{"New":1,"Leaf":{"Odd":"x"}}'])
    for body in (
        b'{"New":null}',
        b'{"New":1e300,"Leaf":{"Rank":1,"Odd":false}}',
        b'{"Leaf":{}}',
        BODY.replace(b'{"deep":[1,{}]}', b"2"),
    ):
        assert known.load_wide(body, 64) == JsonCodec()._decode_exactly(body, cls)


@pytest.mark.parametrize(
    "body",
    [
        b'{"New":1,"Other":2}',
        b'{"Other":1,"New":2}',
        b'{"New":[]}',
        b'{"New":{"a":1},"Other":2}',
        b'{"New":1,"leaf":{}}',
        b'{"New":1,"new":2,"Leaf":{"New":3}}',
        b'{"A\\"b":1}',
        b'{"a\\\\":1}',
        '{"\u200b":1}'.encode(),
        b'{"New":1,"New":2}',
        b'{"":1}',
        b'{"_other0":1,"New":1}',
    ],
)
def test_what_was_learnt_loses_nothing(body):
    """Several unknown properties keep their order, and any name and value is kept, however common."""
    cls = fresh()
    read_often(cls, [body, b'{"Other":1}', b'{"New":1}'])
    assert list(JsonCodec().decode(body, cls).extras) == list(JsonCodec()._decode_exactly(body, cls).extras)
    for depth in (1, 2, 3):
        codec = JsonCodec(max_depth=depth)
        assert outcome(codec.decode, body, cls) == outcome(codec._decode_exactly, body, cls)


def outcome(decode, body, cls):
    """What decoding gives, or the error."""
    try:
        return decode(body, cls)
    except (ContentTooLarge, ValidationError) as error:
        return error


def test_names_that_senders_make_up_are_not_learnt_for_ever():
    """Where unknown names never come twice, what was learnt of them is given up."""
    cls = fresh()
    for number in range(1000):
        assert JsonCodec().decode(b'{"New%d":1}' % number, cls).extras == {f"New{number}": 1}
    assert loader(cls, False).wide is None


def test_names_are_learnt_by_many_threads_at_once(at_once):
    """32 threads that read bodies with unknown properties while these are learnt all read them right."""
    cls, codec = fresh(), JsonCodec()

    def work():
        return all(codec.decode(b'{"New":1,"Leaf":{"New":2}}', cls).leaf.extras == {"New": 2} for _ in range(50))

    assert at_once(work) == [True] * 32
    assert loader(cls, False).wide is not None
