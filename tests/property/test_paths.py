"""The laws of paths: tokens survive being written, and any text is a path or an error that says why."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contactwire import ContactEntityWithLinks, PathError
from contactwire.paths import format_pointer, parse_pointer, parse_relaxed, resolve, token_position
from contactwire.wire import kind_of, plan_of

TOKENS = st.lists(st.text(alphabet=st.sampled_from("~/01-aÅ ") | st.characters(codec="utf-8"), max_size=5))
NAMES = [field.name for field in plan_of(ContactEntityWithLinks).fields]
CONTACT = kind_of(ContactEntityWithLinks)


def attempt(function):
    """A PathError and None, or None and the result of a function."""
    try:
        return None, function()
    except PathError as error:
        return error, None


@given(TOKENS)
def test_tokens_survive_being_written(tokens):
    """Reading the pointer of some tokens gives the tokens, in both forms of text."""
    text = format_pointer(tokens)
    assert parse_pointer(text) == parse_relaxed(text) == tuple(tokens)


@given(st.text(alphabet="~/01ab"))
def test_text_is_a_path_or_says_why_not(text):
    """Text that is a path is written as it came, but for the leading slash, and other text gives a position within it."""
    fault, tokens = attempt(lambda: parse_relaxed(text))
    if fault:
        assert text[fault.position] == "~"
    else:
        assert format_pointer(tokens).removeprefix("/") == text.removeprefix("/")


@given(st.lists(st.sampled_from([*NAMES, "Id", "Value", "0", "-", "x"]) | st.text(max_size=3), max_size=4), st.booleans())
def test_resolving_is_stable(tokens, keep):
    """A resolved path resolves to itself, and the position of one that leads nowhere is at a token."""
    unknown = "keep" if keep else "error"
    fault, found = attempt(lambda: resolve(CONTACT, tokens, unknown=unknown))
    if fault:
        assert fault.position in [token_position(fault.path, index) for index in range(len(tokens))]
    else:
        assert resolve(CONTACT, found.tokens, unknown=unknown) == found
