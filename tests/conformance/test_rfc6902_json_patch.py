"""JSON Patch by RFC 6902: the examples of its appendix, and the further demands of its text."""

import copy

import pytest

from contactwire import PatchConflict, PathError, ValidationError
from contactwire.patch import JsonPatch

APPENDIX_A = [
    (
        "A.1 add an object member",
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux"}],
        {"baz": "qux", "foo": "bar"},
    ),
    (
        "A.2 add an array element",
        {"foo": ["bar", "baz"]},
        [{"op": "add", "path": "/foo/1", "value": "qux"}],
        {"foo": ["bar", "qux", "baz"]},
    ),
    ("A.3 remove an object member", {"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
    (
        "A.4 remove an array element",
        {"foo": ["bar", "qux", "baz"]},
        [{"op": "remove", "path": "/foo/1"}],
        {"foo": ["bar", "baz"]},
    ),
    (
        "A.5 replace a value",
        {"baz": "qux", "foo": "bar"},
        [{"op": "replace", "path": "/baz", "value": "boo"}],
        {"baz": "boo", "foo": "bar"},
    ),
    (
        "A.6 move a value",
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    (
        "A.7 move an array element",
        {"foo": ["all", "grass", "cows", "eat"]},
        [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    (
        "A.8 test a value",
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    ("A.9 a test that fails", {"baz": "qux"}, [{"op": "test", "path": "/baz", "value": "bar"}], PatchConflict),
    (
        "A.10 add a nested member object",
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    (
        "A.11 unrecognized members are ignored",
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
        {"foo": "bar", "baz": "qux"},
    ),
    (
        "A.12 add to a target that does not exist",
        {"foo": "bar"},
        [{"op": "add", "path": "/baz/bat", "value": "qux"}],
        PathError,
    ),
    # A.13 repeats a member: the parser keeps the last one, so the operation is no `add`.
    ("A.13 a repeated op", {"foo": "bar"}, [{"op": "remove", "path": "/baz", "value": "qux"}], PathError),
    (
        "A.14 escape sequences",
        {"/": 9, "~1": 10},
        [{"op": "test", "path": "/~01", "value": 10}],
        {"/": 9, "~1": 10},
    ),
    ("A.15 strings are no numbers", {"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": "10"}], PatchConflict),
    (
        "A.16 add an array value",
        {"foo": ["bar"]},
        [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
        {"foo": ["bar", ["abc", "def"]]},
    ),
]

BESIDE = [
    ("§3 no operations change nothing", {"a": [1]}, [], {"a": [1]}),
    ("§4.1 the root can be added", {"a": 1}, [{"op": "add", "path": "", "value": [2]}], [2]),
    ("§4.1 an existing member is replaced", {"a": 1}, [{"op": "add", "path": "/a", "value": None}], {"a": None}),
    ("§4.1 an element behind the last", [1], [{"op": "add", "path": "/1", "value": 2}], [1, 2]),
    ("§4.1 an index beyond the length", [1], [{"op": "add", "path": "/2", "value": 2}], PathError),
    ("§4.1 - is a name in an object", {"a": {}}, [{"op": "add", "path": "/a/-", "value": 1}], {"a": {"-": 1}}),
    ("§4.1 a number is a name in an object", {}, [{"op": "add", "path": "/0", "value": 1}], {"0": 1}),
    ("§4.1 a null on the path holds nothing", {"a": None}, [{"op": "add", "path": "/a/b", "value": 1}], PathError),
    ("§4.1 a string on the path holds nothing", {"a": "b"}, [{"op": "add", "path": "/a/b", "value": 1}], PathError),
    ("§4.2 what is removed must exist", {"a": 1}, [{"op": "remove", "path": "/b"}], PathError),
    ("§4.2 - names no element", [1], [{"op": "remove", "path": "/-"}], PathError),
    ("§4.2 null can be removed", {"a": None}, [{"op": "remove", "path": "/a"}], {}),
    ("§4.2 the document cannot be removed", {"a": 1}, [{"op": "remove", "path": ""}], PathError),
    ("§4.3 what is replaced must exist", {"a": 1}, [{"op": "replace", "path": "/b", "value": 1}], PathError),
    ("§4.3 an element must exist", [1], [{"op": "replace", "path": "/1", "value": 1}], PathError),
    ("§4.3 the root can be replaced", {"a": 1}, [{"op": "replace", "path": "", "value": "x"}], "x"),
    ("§4.3 with null", {"a": 1}, [{"op": "replace", "path": "/a", "value": None}], {"a": None}),
    ("§4.4 what is moved must exist", {"a": 1}, [{"op": "move", "from": "/b", "path": "/a"}], PathError),
    ("§4.4 to its own place", {"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
    ("§4.4 over another", {"a": 1, "b": 2}, [{"op": "move", "from": "/a", "path": "/b"}], {"b": 1}),
    ("§4.4 to the root", {"a": {"b": 1}}, [{"op": "move", "from": "/a", "path": ""}], {"b": 1}),
    ("§4.4 out of its list", {"a": [1, 2]}, [{"op": "move", "from": "/a/0", "path": "/b"}], {"a": [2], "b": 1}),
    ("§4.4 into an element that follows", [{"x": 1}, {}], [{"op": "move", "from": "/0/x", "path": "/1/x"}], [{}, {"x": 1}]),
    (
        "§4.5 copies are apart",
        {"a": [1]},
        [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "add", "path": "/b/-", "value": 2}],
        {"a": [1], "b": [1, 2]},
    ),
    ("§4.5 into itself", {"a": {"b": 1}}, [{"op": "copy", "from": "/a", "path": "/a/c"}], {"a": {"b": 1, "c": {"b": 1}}}),
    ("§4.5 what is copied must exist", [1], [{"op": "copy", "from": "/1", "path": "/-"}], PathError),
    ("§4.6 strings by code point", {"a": "\u00e9"}, [{"op": "test", "path": "/a", "value": "e\u0301"}], PatchConflict),
    ("§4.6 numbers by value", {"a": 1}, [{"op": "test", "path": "/a", "value": 1.0}], {"a": 1}),
    ("§4.6 zeros are equal", {"a": 0}, [{"op": "test", "path": "/a", "value": -0.0}], {"a": 0}),
    ("§4.6 true is no number", {"a": 1}, [{"op": "test", "path": "/a", "value": True}], PatchConflict),
    ("§4.6 false is no number", {"a": False}, [{"op": "test", "path": "/a", "value": 0}], PatchConflict),
    ("§4.6 null is not false", {"a": None}, [{"op": "test", "path": "/a", "value": False}], PatchConflict),
    ("§4.6 null equals null", {"a": None}, [{"op": "test", "path": "/a", "value": None}], {"a": None}),
    ("§4.6 nothing is not null", {}, [{"op": "test", "path": "/a", "value": None}], PatchConflict),
    ("§4.6 no element is not null", [], [{"op": "test", "path": "/0", "value": None}], PatchConflict),
    (
        "§4.6 objects whatever their order",
        {"a": {"x": 1, "y": [2]}},
        [{"op": "test", "path": "/a", "value": {"y": [2], "x": 1}}],
        {"a": {"x": 1, "y": [2]}},
    ),
    (
        "§4.6 objects member by member",
        {"a": {"x": 1}},
        [{"op": "test", "path": "/a", "value": {"x": 1, "y": 2}}],
        PatchConflict,
    ),
    ("§4.6 lists in their order", [[1, 2]], [{"op": "test", "path": "/0", "value": [2, 1]}], PatchConflict),
    ("§4.6 lists of one length", [[1, 2]], [{"op": "test", "path": "/0", "value": [1]}], PatchConflict),
    ("§4.6 the whole document", {"a": 1}, [{"op": "test", "path": "", "value": {"a": 1}}], {"a": 1}),
    (
        "§5 operations see what came before",
        {},
        [{"op": "add", "path": "/a", "value": {}}, {"op": "add", "path": "/a/b", "value": 1}],
        {"a": {"b": 1}},
    ),
    (
        "§5 a failure ends it",
        {"a": 1},
        [{"op": "replace", "path": "/a", "value": 2}, {"op": "test", "path": "/a", "value": 1}],
        PatchConflict,
    ),
    ("RFC 6901 §5 an empty name", {"": 1}, [{"op": "replace", "path": "/", "value": 2}], {"": 2}),
    ("RFC 6901 §5 a trailing slash", {"a": {}}, [{"op": "add", "path": "/a/", "value": 2}], {"a": {"": 2}}),
    ("RFC 6901 §4 leading zeros", [1, 2], [{"op": "test", "path": "/01", "value": 2}], PathError),
    ("RFC 6901 §4 no sign", [1], [{"op": "test", "path": "/+0", "value": 1}], PathError),
    ("RFC 6901 §4 no exponent", [1, 2], [{"op": "test", "path": "/1e0", "value": 2}], PathError),
    ("RFC 6901 §4 names are exact", {"A": 1}, [{"op": "replace", "path": "/a", "value": 2}], PathError),
    ("any document: a string", "x", [{"op": "replace", "path": "", "value": 1}], 1),
    ("any document: null", None, [{"op": "test", "path": "", "value": None}], None),
]

MALFORMED = [
    ("no list", {"op": "test", "path": "", "value": 1}, [""]),
    ("no object", ["add"], ["/0"]),
    ("no op", [{"path": "/a", "value": 1}], ["/0"]),
    ("an unknown op", [{"op": "spam", "path": "/a", "value": 1}], ["/0/op"]),
    ("an op in capitals", [{"op": "Add", "path": "/a", "value": 1}], ["/0/op"]),
    ("an op that is no string", [{"op": ["add"], "path": "/a", "value": 1}], ["/0/op"]),
    ("no path", [{"op": "add", "value": 1}], ["/0"]),
    ("a path that is no string", [{"op": "remove", "path": 1}], ["/0/path"]),
    ("a path without a slash", [{"op": "remove", "path": "a"}], ["/0/path"]),
    ("a path with a lone tilde", [{"op": "remove", "path": "/a~2"}], ["/0/path"]),
    (
        "no value",
        [{"op": "add", "path": "/a"}, {"op": "replace", "path": "/a"}, {"op": "test", "path": "/a"}],
        ["/0", "/1", "/2"],
    ),
    ("no from", [{"op": "move", "path": "/a"}, {"op": "copy", "path": "/a"}], ["/0", "/1"]),
    ("a from without a slash", [{"op": "copy", "from": "a", "path": "/a"}], ["/0/from"]),
    ("into its own child, §4.4", [{"op": "move", "from": "/a", "path": "/a/b"}], ["/0/from"]),
    (
        "all faults at once",
        [{"op": "add"}, {"op": "test", "path": "/a", "value": 1}, {"op": "x", "path": "y"}],
        ["/0", "/0", "/2/op", "/2/path"],
    ),
]


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [case[1:] for case in APPENDIX_A + BESIDE],
    ids=[case[0] for case in APPENDIX_A + BESIDE],
)
def test_a_patch_gives_what_the_standard_says(document, patch, expected):
    """Each example gives its document or its error, and leaves the target unchanged."""
    before = copy.deepcopy(document)
    parsed = JsonPatch.parse(patch, dialect="rfc")
    if isinstance(expected, type):
        with pytest.raises(expected):
            parsed.apply(document)
    else:
        result = parsed.apply(document)
        assert result == expected
        assert repr(type(result)) == repr(type(expected))
    assert document == before


@pytest.mark.parametrize(("patch", "pointers"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED])
def test_a_malformed_patch_is_refused_before_it_is_applied(patch, pointers):
    """Each fault of a malformed patch is reported by parsing, with the operation's index in its pointer."""
    with pytest.raises(ValidationError) as caught:
        JsonPatch.parse(patch, dialect="rfc")
    assert [issue.pointer for issue in caught.value.issues] == pointers
