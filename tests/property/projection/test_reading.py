"""The law of `get`: it returns the value that the builtins have at the path."""

from __future__ import annotations

from hypothesis import given

from contactwire import ContactEntityWithLinks, get, to_builtins
from contactwire.testing import carriers


def places(value, tokens=()):
    """The tokens and value of every place in builtins that holds a single value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if members is None:
        yield tokens, value
        return
    for token, inner in members:
        yield from places(inner, (*tokens, str(token)))


def spelled(tokens):
    """The text of a path."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1").replace(",", "~2") for token in tokens)


@given(carriers(ContactEntityWithLinks))
def test_get_finds_what_the_builtins_have(contact):
    """`get` finds the builtins' value at each place, however deep, among unknown members too."""
    for tokens, value in places(to_builtins(contact)):
        found = get(contact, spelled(tokens), unknown="keep")
        assert (str(found) if isinstance(value, str) else found) == value
