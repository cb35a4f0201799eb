"""The laws of applying: a patch gives a valid document or a documented error, and leaves its target unchanged."""

import copy

import jsonpatch
from hypothesis import assume, given
from hypothesis import strategies as st

from contactwire import ContactEntity, ContactWireError, EncodeError, to_builtins
from contactwire.patch import JsonPatch, MergePatch
from contactwire.testing import builtins, carriers, strings
from contactwire.wire import plan_of

NAMES = sorted({field.name for cls in (ContactEntity, *plan_of(ContactEntity).children()) for field in plan_of(cls).fields})
TOKENS = st.sampled_from([*NAMES, "-", "0", "1", "01", "x", ""]) | strings().map(
    lambda text: text.replace("~", "~0").replace("/", "~1")
)
PATHS = st.lists(TOKENS, max_size=4).map(lambda tokens: "".join("/" + token for token in tokens))
OPERATIONS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"op": st.sampled_from(["add", "replace", "test"]), "path": PATHS, "value": builtins()}),
        st.fixed_dictionaries({"op": st.just("remove"), "path": PATHS}),
        st.fixed_dictionaries({"op": st.sampled_from(["move", "copy"]), "path": PATHS, "from": PATHS}),
    ),
    max_size=5,
)
SMALL_TOKENS = st.sampled_from(["a", "b", "0", "1", "-", "c~1d"])
SMALL_PATHS = st.lists(SMALL_TOKENS, max_size=3).map(lambda tokens: "".join("/" + token for token in tokens))
SMALL_VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c/d", "0"]), inner, max_size=3),
    max_leaves=6,
)
SMALL_OPERATIONS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"op": st.sampled_from(["add", "replace", "test"]), "path": SMALL_PATHS, "value": SMALL_VALUES}
        ),
        st.fixed_dictionaries({"op": st.just("remove"), "path": SMALL_PATHS.filter(bool)}),
        st.fixed_dictionaries({"op": st.sampled_from(["move", "copy"]), "path": SMALL_PATHS, "from": SMALL_PATHS}),
    ),
    min_size=1,
    max_size=4,
)


def outcome(run):
    """The result of a call, or the class of the library's error."""
    try:
        return run()
    except ContactWireError as error:
        return type(error)


@given(carriers(ContactEntity), OPERATIONS, st.sampled_from(["rfc", "server"]))
def test_any_patch_gives_a_valid_contact_or_a_documented_error(contact, operations, dialect):
    """Any JSON Patch gives a valid contact or a documented error, and leaves all parts of the target unchanged."""
    before = copy.deepcopy(contact)
    result = outcome(lambda: JsonPatch.parse(operations, dialect).apply(contact))
    assert to_builtins(contact) == to_builtins(before)
    if not isinstance(result, type):
        assert type(result) is ContactEntity
        to_builtins(result)
        result.extras["New"] = 1
        assert to_builtins(contact) == to_builtins(before)


@given(
    carriers(ContactEntity),
    st.dictionaries(st.sampled_from(NAMES) | strings(), builtins(), max_size=4),
    st.sampled_from(["rfc", "server"]),
)
def test_any_merge_patch_gives_a_valid_contact_or_a_documented_error(contact, patch, dialect):
    """Any merge patch gives a valid contact or a documented error, and leaves the target unchanged."""
    before = copy.deepcopy(contact)
    result = outcome(lambda: MergePatch.parse(patch, dialect).apply(contact))
    if not isinstance(result, type):
        to_builtins(result)
    assert to_builtins(contact) == to_builtins(before)


@given(SMALL_VALUES, SMALL_OPERATIONS)
def test_plain_documents_change_as_another_implementation_changes_them(document, operations):
    """For plain JSON, python-jsonpatch gives the same result for a patch, or an error where this library does."""
    before = copy.deepcopy(document)
    try:
        expected = jsonpatch.JsonPatch(operations).apply(document)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        expected = ContactWireError
    result = outcome(lambda: JsonPatch.parse(operations, "rfc").apply(document))
    assert document == before
    if expected is ContactWireError:
        assert isinstance(result, type)
    else:
        assert repr(to_sorted(result)) == repr(to_sorted(expected))


def to_sorted(value):
    """A JSON value with the members of each object sorted."""
    if isinstance(value, dict):
        return {name: to_sorted(value[name]) for name in sorted(value)}
    return [to_sorted(item) for item in value] if isinstance(value, list) else value


@given(carriers(ContactEntity), carriers(ContactEntity))
def test_a_servers_merge_patch_is_its_json_patch(contact, other):
    """The patch of `to_json_patch` gives the merge patch's result, except for empty objects, which have no operation."""
    try:
        patch = MergePatch.between(contact, other)
    except EncodeError:
        patch = MergePatch.parse(to_builtins(other))
    assume(b"{}" not in patch._json)
    shown = patch.to_json_patch(ContactEntity)
    assert to_builtins(shown.apply(contact)) == to_builtins(patch.apply(contact))
    assert JsonPatch.parse(shown.to_builtins()) == shown


@given(carriers(ContactEntity), OPERATIONS)
def test_an_inverse_undoes_any_patch_that_applies(contact, operations):
    """The inverse of any patch that applies gives the contact before it."""
    patch = outcome(lambda: JsonPatch.parse(operations, "rfc"))
    assume(not isinstance(patch, type))
    changed = outcome(lambda: patch.apply(contact))
    assume(not isinstance(changed, type))
    assert to_builtins(patch.invert(contact).apply(changed)) == to_builtins(contact)
