"""The laws of forms: what a form can say comes back, what it cannot follows one rule each, and both paths agree."""

from __future__ import annotations

import json
import re
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from contactwire import (
    UNSET,
    ContactEntity,
    ContactEntityWithLinks,
    ContactWireError,
    DecodeError,
    Double,
    EncodeError,
    FormCodec,
    Int32,
    Int64,
    Maybe,
    ValidationError,
    carrier,
    to_builtins,
)
from contactwire.codecs.form import compiled
from contactwire.codecs.form.keys import KeyFault, KeyReader, KeyTooLarge, Limits, hops
from contactwire.codecs.form.text import EQUALS, PAIR, quote, unquote, write
from contactwire.codecs.form.write import flatten
from contactwire.testing import almost_right, bodies, carriers, strings
from contactwire.wire import DictionaryKind, EnumerationKind, ListKind, NestedKind, kind_of, plan_of

STYLES = st.sampled_from(["dots", "brackets"])


class Mood(StrEnum):
    """An open enumeration."""

    GOOD = "Good"
    BAD = "Bad"


@carrier
class Knot:
    """A carrier with every kind of property, which holds itself."""

    label: Maybe[str] = UNSET
    flag: Maybe[bool] = UNSET
    number: Maybe[Int32] = UNSET
    big: Maybe[Int64] = UNSET
    ratio: Maybe[Double] = UNSET
    when: Maybe[datetime] = UNSET
    mood: Maybe[Mood | str] = UNSET
    words: Maybe[list[str | None]] = UNSET
    numbers: Maybe[list[int]] = UNSET
    gaps: Maybe[list[Int32 | None]] = UNSET
    dates: Maybe[list[datetime | None]] = UNSET
    moods: Maybe[list[Mood]] = UNSET
    lines: Maybe[list[list[str]]] = UNSET
    grid: Maybe[dict[str, list[Int32]]] = UNSET
    ratios: Maybe[dict[str, float]] = UNSET
    texts: Maybe[dict[str, str | None]] = UNSET
    left: Maybe[Knot] = UNSET
    others: Maybe[list[Knot | None]] = UNSET
    named: Maybe[dict[str, Knot | None]] = UNSET
    strict: Maybe[dict[str, Knot]] = UNSET


def normal(kind, data):
    """What is left of builtins of a kind when they have been a form: the rules of the table in `codecs/form.py`."""
    match kind:
        case NestedKind():
            kinds = {field.name: field.kind for field in plan_of(kind.carrier).fields}
            return {name: normal(kinds.get(name), item) for name, item in data.items() if item is not None}
        case ListKind():
            return [empty(kind.item) if item is None else normal(kind.item, item) for item in data]
        case DictionaryKind():
            return {key: None if item is None else normal(kind.item, item) for key, item in data.items()}
        case None:
            return unknown(data)
    return data


def empty(kind):
    """What an empty text is as an item of a list that may hold nulls."""
    if isinstance(kind, (NestedKind, DictionaryKind)):
        return {}
    if isinstance(kind, ListKind):
        return []
    return "" if isinstance(kind, EnumerationKind) or kind.name == "string" else None


def unknown(data):
    """What is left of an unknown property."""
    if isinstance(data, dict):
        return {name: unknown(item) for name, item in data.items() if item is not None} or ""
    if isinstance(data, list):
        return [unknown(item) for item in data] or ""
    if data is None:
        return ""
    return data if isinstance(data, str) else json.dumps(data)


def is_unspellable(pointer):
    """Whether a pointer leads to a name that no key can spell, or through an empty one."""
    names = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    return any(not name or re.search(r"\][.\[]", name) for name in names)


def outcome(decode, *arguments):
    """What decoding gives: the value with all its types, or the kind of its error and its faults."""
    try:
        return repr(decode(*arguments))
    except ContactWireError as error:
        return repr(error)


def encoded(codec, value):
    """The form of a value, where there is one."""
    try:
        return codec.encode(value)
    except EncodeError as error:
        assert all(is_unspellable(issue.pointer) for issue in error.issues)
        assume(False)


@pytest.mark.parametrize("cls", [ContactEntityWithLinks, Knot])
def test_a_carrier_comes_back_but_for_what_a_form_cannot_say(cls):
    """Decoding what a carrier encodes to gives what the rules leave of it, which encodes to the same bytes."""

    @given(carriers(cls), STYLES)
    def law(value, style):
        codec = FormCodec(style=style)
        body = encoded(codec, value)
        again = codec.decode(body, cls)
        assert json.dumps(to_builtins(again)) == json.dumps(normal(kind_of(cls), to_builtins(value)))
        assert codec.encode(again) == body
        assert codec._decode_exactly(body, cls) == again

    law()


@given(st.lists(carriers(Knot), max_size=3), STYLES)
def test_a_list_of_carriers_comes_back(values, style):
    """A list follows the rules of its items."""
    codec = FormCodec(style=style)
    body = encoded(codec, values)
    again = codec.decode(body, list[Knot])
    assert to_builtins(again) == [normal(kind_of(Knot), to_builtins(value)) for value in values]
    assert codec._decode_exactly(body, list[Knot]) == again


@given(carriers(Knot), STYLES, st.booleans())
def test_both_ways_of_encoding_agree(value, style, validate):
    """The generated functions write what the exact path writes, or refuse."""
    try:
        exact = write(flatten(value, style, 64))
    except EncodeError:
        assume(False)
    try:
        assert compiled.encode(value, style, validate, 64) == exact
    except compiled.Refused:
        assert any(mark in unquote(exact.decode().replace("+", " ")) for mark in (PAIR, EQUALS))


NAMES = [field.name for field in plan_of(Knot).fields]
STEPS = st.sampled_from(
    [
        *(f".{name}" for name in NAMES),
        *(f"[{name}]" for name in NAMES),
        "[0]",
        "[1]",
        "[2]",
        "[]",
        ".x",
        "[x]",
        ".Key",
        ".Value",
        "[key]",
        "[",
        "]",
        ".",
        "[[a]]",
        "[00]",
        "[-1]",
        "[99999999999999999999]",
    ]
)
KEYS = st.builds(
    lambda name, steps: name + "".join(steps), st.sampled_from([*NAMES, "LEFT", "x", ""]), st.lists(STEPS, max_size=4)
)
VALUES = st.sampled_from(["", "a", "1", "1.5", "true", "Good", "2020-01-01T00:00:00", " 3 ", "-0", "1_0", "١"])
FORMS = st.lists(st.tuples(KEYS, VALUES), max_size=6).map(urlencode).map(str.encode)


@given(FORMS | bodies(Knot, FormCodec()), st.sampled_from(["keep", "ignore", "error"]), st.sampled_from(["last", "error"]))
@example(b"Words=&Words[0]=a", "keep", "last")
@example(b"Words[]=&Words=a", "keep", "last")
@example(b"Left=&Left.Number=1", "keep", "last")
@example(b"Texts[0].Key=a&Texts[1].Key=a&Strict[0].Key=a", "keep", "last")
@example(b"Texts[0].Key=a&Texts[1].Key=a&Texts[0].Value=x", "keep", "last")
@example(b"x=a&x=b&x[0]=c", "ignore", "last")
@example(b"Label=a&label=b", "keep", "error")
@example(b"Texts[k]=a&Texts[0].Key=k&Texts[k]=b&Strict[k].Label=a", "keep", "error")
def test_both_ways_of_decoding_agree(body, unknown, duplicates):
    """The routes give the carrier that the exact path gives, with its types, and refuse what that refuses."""
    codec = FormCodec(unknown=unknown, duplicates=duplicates, max_depth=6)
    assert outcome(codec.decode, body, Knot) == outcome(codec._decode_exactly, body, Knot)


@given(FORMS)
def test_what_is_decoded_can_be_encoded(body):
    """A form that is taken can be written again, and is the same then."""
    codec = FormCodec()
    try:
        value = codec.decode(body, Knot)
        again = codec.decode(codec.encode(value), Knot)
    except (ValidationError, DecodeError):
        return
    except EncodeError as error:
        assert all(is_unspellable(issue.pointer) for issue in error.issues)
        return
    assert again == value


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_body_is_read_or_refused(body):
    """Whatever comes, only an error of the library gets out."""
    outcome(FormCodec().decode, body)
    outcome(FormCodec(charset="shift_jis", duplicates="error").decode, body)


@given(st.lists(st.tuples(strings(), strings()), min_size=1))
def test_percent_coding_is_that_of_the_standard(pairs):
    """`quote` and `write` differ from `urllib.parse` in the two characters where that differs from the WHATWG standard."""
    body = urlencode(pairs).replace("%2A", "*").replace("~", "%7E").encode()
    assert write(pairs) == body
    if not any(mark in text for pair in pairs for text in pair for mark in (PAIR, EQUALS)):
        assert quote(PAIR.join(key + EQUALS + value for key, value in pairs)) == body
    assert parse_qsl(write(pairs).decode(), keep_blank_values=True) == pairs


@given(almost_right(ContactEntity, FormCodec(unknown="error")))
def test_a_fault_is_told_where_it_is(case):
    """A body with one fault gives one issue with its pointer and what was expected."""
    with pytest.raises(case.error) as caught:
        FormCodec(unknown="error").decode(case.body)
    assert isinstance(caught.value, ValidationError)
    assert [(issue.pointer, issue.expected) for issue in caught.value.issues] == [(case.pointer, case.expected)]


@given(st.lists(KEYS, min_size=2, max_size=8))
@example(["x[a.b]", "x[a.c]"])
@example(["Texts[0].Key", "Texts[0].Value", "Strict[0].Number", "Strict[0].Key"])
def test_a_key_means_the_same_after_any_others(keys):
    """What a reader remembers of the keys before does not change what a key means."""
    limits = Limits(40, 4, 9)
    reader = KeyReader(kind_of(Knot), limits)
    for key in keys:
        assert steps_or_fault(reader.hops, key) == steps_or_fault(lambda key: hops(kind_of(Knot), key, limits), key)


def steps_or_fault(read, key):
    """What reading a key gives or raises."""
    try:
        return read(key)
    except (KeyFault, KeyTooLarge) as fault:
        return type(fault), fault.args
