"""What patches do with unknown members and repeated properties, by the options of their codecs."""

import json

import pytest

from contactwire import ContactEntity, EncodeError, EntityElement, PatchConflict, ValidationError
from contactwire.carriers import Category
from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
from contactwire.patch import JsonPatch, MergePatch


def stored():
    """A contact that holds unknown members already."""
    return ContactEntity(
        name="Elan",
        category=Category(id=3, extras={"Shade": "dark"}),
        emails=[EntityElement(value="a")],
        custom_fields={"x": "a"},
        extras={"Odd": {"deep": [1]}},
    )


def operation(op, path, **members):
    """The body of a JSON Patch of one operation."""
    return json.dumps([{"op": op, "path": path, **members}]).encode()


SETTING = [
    # A merge patch, or a JSON Patch, and the pointers of the unknown members that it would set.
    (b'{"New":1}', ["/New"]),
    (b'{"Odd":{"deep":2}}', ["/Odd"]),
    (b'{"Name":"x","new":null,"Category":{"Id":4,"Hue":1}}', ["/new", "/Category/Hue"]),
    (b'{"Emails":[{"Value":"b","New":{}}]}', ["/Emails/0/New"]),
    (b'{"Emails":{"New":1}}', ["/Emails/New"]),
    (b'{"Business":{"New":1}}', ["/Business/New"]),
    (operation("add", "/New", value=1), ["/New"]),
    (operation("replace", "/Odd", value=1), ["/Odd"]),
    (operation("add", "/Odd/deep/0", value=0), ["/Odd/deep/0"]),
    (operation("replace", "/Odd/deep/0", value=0), ["/Odd/deep/0"]),
    (operation("add", "/Category/Hue", value=1), ["/Category/Hue"]),
    (operation("replace", "/Category", value={"id": 4, "hue": {}}), ["/Category/hue"]),
    (operation("add", "/Emails/-", value={"New": 1}), ["/Emails/-/New"]),
    (operation("add", "/Emails", value={"New": 1}), ["/Emails/New"]),
    (operation("add", "/Business/New", value=1), ["/Business/New"]),
]


def codec_of(body, **options):
    """The codec of a patch in a body."""
    return (JsonPatchCodec if body.startswith(b"[") else MergePatchCodec)(**options)


@pytest.mark.parametrize(("body", "pointers"), SETTING, ids=str)
def test_an_unknown_member_may_be_a_fault(body, pointers):
    """With `unknown="error"` each unknown member that a patch would set is a fault at its own pointer."""
    assert codec_of(body).decode(body).apply(stored()) is not None
    with pytest.raises(ValidationError) as caught:
        codec_of(body, unknown="error").decode(body).apply(stored())
    assert [issue.pointer for issue in caught.value.issues] == pointers
    assert {issue.expected for issue in caught.value.issues} == {"a known property"}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (b'{"New":1,"Name":"x"}', {"name": "x"}),
        (b'{"Odd":null}', {}),
        (b'{"Category":{"Id":4,"Hue":1}}', {"category": Category(id=4, extras={"Shade": "dark"})}),
        (b'{"Emails":[{"Value":"b","New":{}}]}', {"emails": [EntityElement(value="b")]}),
        (operation("add", "/New", value=1), {}),
        (operation("add", "/Odd/deep/0", value=0), {}),
        (operation("replace", "/Category", value={"Id": 4, "Hue": 1}), {"category": Category(id=4)}),
        (operation("add", "/Emails/-", value={"New": 1}), {"emails": [EntityElement(value="a"), EntityElement()]}),
    ],
    ids=str,
)
def test_an_unknown_member_may_be_ignored(body, changes):
    """With `unknown="ignore"` a patch sets no unknown member, and leaves those alone that are there."""
    expected = stored()
    for name, value in changes.items():
        setattr(expected, name, value)
    assert codec_of(body, unknown="ignore").decode(body).apply(stored()) == expected


@pytest.mark.parametrize("unknown", ["ignore", "error"])
def test_what_sets_no_unknown_member_is_taken(unknown):
    """A patch may test and remove unknown members, take a value from one, and name any key of a dictionary."""
    operations = [
        {"op": "test", "path": "/Odd/deep/0", "value": 1},
        {"op": "test", "path": "/Category", "value": {"Id": 3, "Shade": "dark"}},
        {"op": "copy", "from": "/Category/Shade", "path": "/Department"},
        {"op": "remove", "path": "/Odd/deep/0"},
        {"op": "remove", "path": "/Category/Shade"},
        {"op": "add", "path": "/CustomFields/any", "value": "b"},
    ]
    patched = JsonPatch.parse(operations, "rfc", unknown=unknown).apply(stored())
    assert patched.department == "dark"
    assert (patched.category, patched.extras) == (Category(id=3), {"Odd": {"deep": []}})
    assert patched.custom_fields == {"x": "a", "any": "b"}
    merged = MergePatch.parse({"Odd": None, "CustomFields": {"any": "b"}}, "rfc", unknown=unknown).apply(stored())
    assert (merged.extras, merged.custom_fields) == ({}, {"x": "a", "any": "b"})


@pytest.mark.parametrize("op", ["move", "copy"])
def test_a_value_is_taken_to_a_known_place_only(op):
    """A `move` or `copy` to the place of an unknown member sets one, from wherever it takes the value."""
    for source in ("/Name", "/Odd/deep"):
        patch = JsonPatch.parse([{"op": op, "from": source, "path": "/New"}], "rfc", unknown="error")
        with pytest.raises(ValidationError, match="/New: operation 0: no property has this place"):
            patch.apply(stored())


def test_a_copied_value_keeps_its_unknown_members():
    """What the document holds already may be copied with its unknown members, since the patch does not say them."""
    before = ContactEntity(emails=[EntityElement(value="a", extras={"Odd": 1})])
    patch = JsonPatch.parse([{"op": "copy", "from": "/Emails/0", "path": "/Emails/-"}], "rfc", unknown="error")
    assert [email.extras for email in patch.apply(before).emails] == [{"Odd": 1}, {"Odd": 1}]


def test_a_test_compares_what_it_says():
    """A `test` whose value has an unknown member that is not there fails, also where patches ignore unknown members."""
    patch = JsonPatch.parse([{"op": "test", "path": "/Category", "value": {"Id": 3, "Hue": 1}}], unknown="ignore")
    with pytest.raises(PatchConflict):
        patch.apply(ContactEntity(category=Category(id=3)))


@pytest.mark.parametrize("unknown", ["ignore", "error"])
def test_plain_json_has_no_unknown_members(unknown):
    """The options are about carriers: in plain JSON, each member may be set."""
    assert MergePatch.parse({"New": {"a": 1}}, unknown=unknown).apply({}) == {"New": {"a": 1}}
    moves = [{"op": "add", "path": "/a", "value": 1}, {"op": "move", "from": "/a", "path": "/b"}]
    assert JsonPatch.parse(moves, "rfc", unknown=unknown).apply({}) == {"b": 1}


def test_a_repeated_member_may_be_a_fault():
    """With `duplicates="error"` a member that the text has twice is a fault of the body, one spelled twice of `apply`."""
    twice = b'{"Name":"a","Category":{"Id":1,"Id":2},"Name":"b"}'
    with pytest.raises(ValidationError) as caught:
        MergePatchCodec(duplicates="error").decode(twice)
    assert [issue.pointer for issue in caught.value.issues] == ["/Category/Id", "/Name"]
    with pytest.raises(ValidationError, match="/0/value/Id"):
        JsonPatchCodec(duplicates="error").decode(b'[{"op":"add","path":"/Category","value":{"Id":1,"Id":2}}]')
    for body, pointer in [
        (b'{"Name":"a","name":"b"}', "/name"),
        (b'{"Category":{"Id":1,"id":2}}', "/Category/id"),
        (b'[{"op":"add","path":"/Category","value":{"Id":1,"id":2}}]', "/Category/id"),
    ]:
        assert codec_of(body).decode(body).apply(stored()) is not None
        with pytest.raises(ValidationError) as caught:
            codec_of(body, duplicates="error").decode(body).apply(stored())
        assert [issue.pointer for issue in caught.value.issues] == [pointer]


IN_ORDER = [
    # What an object says of the name, spelled twice, and one of its spellings twice; and the name that counts.
    (b'"Name":"a","name":"b","Name":"c"', "c"),
    (b'"name":"a","NAME":"b","Name":"c","NAME":"d"', "d"),
    (b'"Name" :"a","name" :"b","Name" :"c"', "c"),
    (b'"Name":"a","name":"b","N\\u0061me":"c"', "c"),
    # The builtins have as many `":` as the text.
    (b'"Name":"a","name":"\\u0022:","Name":"c"', "c"),
    (b'"Name":"a","name":"\\"\\u003a","Name":"c"', "c"),
    (b'"Name":"a","name":"\\u003A","Name":"c"', "c"),
    (b'"Name":"a","name":"\\u0020:","Name":"c"', "c"),
    (b'"Name":"a","name":null,"Name":"c"', "c"),
    (b'"Name":"a","name":"b","Name":null', None),
]


@pytest.mark.parametrize(("members", "name"), IN_ORDER)
def test_the_last_of_two_spellings_counts_by_the_text(members, name):
    """Of a property that the text of a patch spells in two ways, one of them twice, the last in the text counts."""
    target = ContactEntity(name="z")
    whole = b"{" + members + b"}"
    merge = MergePatchCodec().decode(whole)
    assert merge.apply(target).name == name
    assert MergePatchCodec().decode(MergePatchCodec().encode(merge)).apply(target).name == name
    assert merge.to_json_patch(ContactEntity).apply(target).name == name
    assert MergePatchCodec().decode(b'{"Associate":%s}' % whole).apply(target).associate.name == name
    patch = JsonPatchCodec().decode(b'[{"op":"add","path":"/Associate","value":%s}]' % whole)
    assert patch.apply(target).associate.name == name
    assert JsonPatchCodec().decode(JsonPatchCodec().encode(patch)).apply(target).associate.name == name


def test_repeated_members_are_counted():
    """An error lists `max_faults` repeated members, and says that there are more."""
    body = b'{"a":1' + b',"a":1' * 50 + b"}"
    with pytest.raises(ValidationError) as caught:
        MergePatchCodec(duplicates="error", max_faults=3).decode(body)
    assert (len(caught.value.issues), caught.value.more) == (3, True)


def test_the_options_go_with_the_patch():
    """A patch keeps its options in another dialect and as a JSON Patch; they are no part of its value."""
    merge = MergePatch.parse({"New": 1}, unknown="error", duplicates="error")
    patch = merge.to_json_patch(ContactEntity)
    assert (patch.unknown, patch.duplicates) == ("error", "error")
    assert patch.in_dialect("rfc").unknown == "error"
    assert merge == MergePatch.parse({"New": 1})
    assert hash(patch) == hash(MergePatch.parse({"New": 1}).to_json_patch(ContactEntity))


def test_a_patch_that_another_dialect_has_not_lists_its_own_number_of_faults():
    """An error of `in_dialect` lists as many faults as the patch says, as one of `apply` does."""
    moves = [{"op": "copy", "from": "/Name", "path": "/Department"}] * 5
    with pytest.raises(EncodeError) as caught:
        JsonPatch.parse(moves, "rfc", max_faults=2).in_dialect("server")
    assert (len(caught.value.issues), caught.value.more) == (2, True)


@pytest.mark.parametrize(("option", "word"), [("unknown", "forbid"), ("duplicates", "first")])
@pytest.mark.parametrize("make", [lambda **each: MergePatch.parse({}, **each), lambda **each: JsonPatch.parse([], **each)])
def test_a_wrong_word_is_told_at_once(make, option, word):
    """A word that an option does not have is a ValueError of whoever makes the patch."""
    with pytest.raises(ValueError, match=f"{option} is one of"):
        make(**{option: word})
