"""`value_or` reads a property that may be absent or null."""

import pytest

from contactwire import UNSET, ContactEntity, value_or

VALUES = [(UNSET, "default"), (None, "default"), ("", ""), (0, 0), (False, False), ([], []), ({}, {}), ("x", "x")]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_a_default_replaces_absent_and_null_alone(value, expected):
    """`value_or` gives the default for absent and null only, and not for other falsy values."""
    assert value_or(value, "default") == expected


def test_a_value_comes_back_itself():
    """`value_or` copies neither the value nor the default."""
    contact = ContactEntity(domains=["a.example"])
    empty: list[str | None] = []
    assert value_or(contact.domains, empty) is contact.domains
    assert value_or(contact.emails, empty) is empty


def test_absent_is_falsy():
    """`or` and `if` treat an absent property as false."""
    contact = ContactEntity()
    assert not contact.name
    assert (contact.name or "nobody") == "nobody"
