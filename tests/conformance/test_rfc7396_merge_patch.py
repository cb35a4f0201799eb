"""Merge Patch by RFC 7396: the examples of its appendix and of its text."""

import copy

import pytest

from contactwire.patch import MergePatch

APPENDIX_A = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]

TEXT = [
    ({"a": "b", "c": {"d": "e", "f": "g"}}, {"a": "z", "c": {"f": None}}, {"a": "z", "c": {"d": "e"}}),
    (
        {
            "title": "Goodbye!",
            "author": {"givenName": "John", "familyName": "Doe"},
            "tags": ["example", "sample"],
            "content": "This will be unchanged",
        },
        {"title": "Hello!", "phoneNumber": "+01-123-456-7890", "author": {"familyName": None}, "tags": ["example"]},
        {
            "title": "Hello!",
            "author": {"givenName": "John"},
            "tags": ["example"],
            "content": "This will be unchanged",
            "phoneNumber": "+01-123-456-7890",
        },
    ),
    ({"a": 1}, {}, {"a": 1}),
    ({"a": 1}, {"a": {}}, {"a": {}}),
    ({"A": 1}, {"a": 2}, {"A": 1, "a": 2}),
    ({}, {"a": [None, {"b": None}]}, {"a": [None, {"b": None}]}),
]


@pytest.mark.parametrize(("target", "patch", "expected"), APPENDIX_A + TEXT)
def test_a_merge_patch_gives_what_the_standard_says(target, patch, expected):
    """Each example gives its document, and leaves the target unchanged."""
    before = copy.deepcopy(target)
    assert MergePatch.parse(patch, dialect="rfc").apply(target) == expected
    assert target == before
