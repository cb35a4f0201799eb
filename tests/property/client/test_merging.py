"""The laws of merging two changes of one contact."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from contactwire import ContactEntity, evolve
from contactwire.client import merge
from contactwire.errors import UpdateConflict
from contactwire.patch import same
from contactwire.testing import carriers
from contactwire.wire import plan_of

CONTACTS = carriers(ContactEntity)
NAMES = [field.attribute for field in plan_of(ContactEntity).fields]


def merged(base, mine, theirs):
    """The result of merging: a contact, or the places of the conflict."""
    try:
        return merge(base, mine, theirs), ()
    except UpdateConflict as error:
        return None, error.places


@given(CONTACTS, CONTACTS)
def test_one_change_is_the_result(base, changed):
    """Where one version alone changed, or both changed alike, the result is that version."""
    for mine, theirs in ((changed, base), (base, changed), (changed, copy.deepcopy(changed))):
        assert same(merge(base, mine, theirs), changed)


@given(CONTACTS, CONTACTS, CONTACTS, st.data())
def test_changes_of_different_properties_are_all_there(base, one, other, data):
    """Properties that one version alone changed have its values in the result, and nothing else differs."""
    split = [data.draw(st.sampled_from([base, one, other])) for _ in NAMES]
    sources = dict(zip(NAMES, split, strict=True))
    mine = evolve(base, **{name: getattr(one, name) for name in NAMES if sources[name] is one})
    theirs = evolve(base, **{name: getattr(other, name) for name in NAMES if sources[name] is other})
    result = merge(base, mine, theirs)
    assert all(same(getattr(result, name), getattr(sources[name], name)) for name in NAMES)
    assert result.extras == base.extras


@given(CONTACTS, CONTACTS, CONTACTS)
def test_it_does_not_matter_who_came_first(base, mine, theirs):
    """The result or the places of the conflict are the same in either order, and no version is changed."""
    before = copy.deepcopy((base, mine, theirs))
    result, places = merged(base, mine, theirs)
    other, others = merged(base, theirs, mine)
    assert sorted(places) == sorted(others)
    assert same(result, other)
    assert (base, mine, theirs) == before
