"""The law of the schemas of patches: they take what the codecs write, and refuse what cannot be parsed or applied."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contactwire import ContactEntity, EncodeError, JsonPatch, JsonPatchCodec, MergePatch, ValidationError, diff
from contactwire.schema import json_schema
from contactwire.testing import builtins, carriers

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
DIALECTS = ("server", "rfc")
JSON_PATCH = {dialect: Draft202012Validator(json_schema(JsonPatch, dialect)) for dialect in DIALECTS}
MERGE_PATCH = {dialect: Draft202012Validator(json_schema(MergePatch, dialect)) for dialect in DIALECTS}


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(before=carriers(ContactEntity), after=carriers(ContactEntity))
def test_a_difference_is_valid(dialect, before, after):
    """Every JSON Patch that the codec writes of a difference is valid by the schema."""
    try:
        patch = diff(before, after, dialect=dialect)
    except EncodeError:
        return
    JSON_PATCH[dialect].validate(json.loads(JsonPatchCodec(patch_dialect=dialect).encode(patch)))


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(before=carriers(ContactEntity), after=carriers(ContactEntity))
def test_a_merge_patch_between_two_contacts_is_valid(dialect, before, after):
    """Every merge patch between two contacts is valid by the schema."""
    try:
        patch = MergePatch.between(before, after, dialect=dialect)
    except EncodeError:
        return
    MERGE_PATCH[dialect].validate(patch.to_builtins())


PATHS = ["", "/", "/Name", "Name", "/a~0b", "/a~1b", "/a~2b", "a~", "~0", "/Phones/-", "/a//b", 5, None]
OPERATIONS = ["add", "replace", "remove", "test", "move", "copy", "Add", "", 1, None]
OPERATION = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(OPERATIONS),
        "path": st.sampled_from(PATHS),
        "from": st.sampled_from(["/x/y", "x/y", "~", 1]),
        "value": builtins(),
        "more": builtins(),
    },
)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("after", [{"-": "b"}, {"-": None}, {}])
def test_a_key_may_be_spelled_as_a_lists_end(dialect, after):
    """A patch of a dictionary's key `-` is valid: the path ends as that of a list's end does."""
    before, changed = ContactEntity(custom_fields={"-": "a", "x": "a"}), ContactEntity(custom_fields={**after, "x": "a"})
    patch = diff(before, changed, dialect=dialect)
    assert [operation["path"] for operation in patch.to_builtins()] == ["/CustomFields/-"]
    JSON_PATCH[dialect].validate(patch.to_builtins())


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(document=st.lists(OPERATION | st.sampled_from([{}, [], "add", None]), max_size=2) | builtins())
def test_a_json_patch_is_valid_if_it_can_be_parsed(dialect, document):
    """A document is valid by the schema if, and only if, it parses as a JSON Patch of the dialect."""
    try:
        JsonPatch.parse(copy.deepcopy(document), dialect)
    except ValidationError:
        assert not JSON_PATCH[dialect].is_valid(document)
    else:
        JSON_PATCH[dialect].validate(document)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "Name": st.sampled_from(["x", None, 1, {}]),
        "ContactId": st.sampled_from([1, None, "x", 2**31, [], {}]),
        "Phones": st.sampled_from([{}, {"Value": "1"}, {"Value": {}}, [{}], [None], None, "x"]),
        "Domains": st.sampled_from([{}, ["x"], [1, {}], None]),
        "CustomFields": st.sampled_from([{"a": "b"}, {"a": None}, {"a": []}, [], None]),
        "FieldProperties": st.sampled_from([{"a": None}, {"a": {"FieldLength": 1}}, {"a": {"FieldRight": 1}}]),
        "Address": st.sampled_from([{"LocalizedAddress": {}}, {"Street": {"City": "x"}}, {"Street": []}, None]),
        "Unknown": builtins(),
    },
)


@pytest.mark.parametrize("dialect", DIALECTS)
@FEW
@given(document=CHANGES)
def test_a_merge_patch_that_does_not_apply_is_not_valid(dialect, document):
    """A merge patch that cannot be applied to a contact is not valid by the schema."""
    try:
        MergePatch.parse(document, dialect).apply(ContactEntity())
    except ValidationError:
        assert not MERGE_PATCH[dialect].is_valid(document)
