"""`value_or` reads a property that may be absent or null."""

import pytest

from contactwire import UNSET, ContactEntity, value_or

VALUES = [(UNSET, "default"), (None, "default"), ("", ""), (0, 0), (False, False), ([], []), ({}, {}), ("x", "x")]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_a_default_replaces_absent_and_null_alone(value, expected):
    """A value that is falsy is a value; only what is absent or null gives the default."""
    assert value_or(value, "default") == expected


def test_a_value_comes_back_itself():
    """Nothing is copied, neither the value nor the default."""
    contact = ContactEntity(domains=["a.example"])
    empty: list[str | None] = []
    assert value_or(contact.domains, empty) is contact.domains
    assert value_or(contact.emails, empty) is empty


def test_absent_is_falsy():
    """`or` and `if` treat an absent property as they treat an empty one."""
    contact = ContactEntity()
    assert not contact.name
    assert (contact.name or "nobody") == "nobody"
