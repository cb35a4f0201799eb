"""The laws of forms: what a form can spell comes back, what it cannot follows one rule each, and keys have one meaning."""

from __future__ import annotations

import json
import re
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl, unquote_plus, urlencode

import attrs
import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContactWireError,
    DecodeError,
    Double,
    EncodeError,
    FormCodec,
    Int32,
    Int64,
    JsonCodec,
    Maybe,
    ValidationError,
    to_builtins,
)
from contactwire.testing import almost_right, bodies, carriers, strings
from contactwire.wire import DictionaryKind, EnumerationKind, ListKind, NestedKind, kind_of, plan_of
from tests.inside import SELF, Limits, OpenBracket, Tree, last_step, quote, quoted, split, steps
from tests.inside import pairs as pairs_of

STYLES = st.sampled_from(["dots", "brackets"])


class Mood(StrEnum):
    """An open enumeration."""

    GOOD = "Good"
    BAD = "Bad"


class Knot(Carrier):
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
    """Builtins of a kind after a form has carried them, by the rules of `contactwire/guide/forms.py`."""
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
    """The value of an empty text as an item of a list that may hold nulls."""
    if isinstance(kind, (NestedKind, DictionaryKind)):
        return {}
    if isinstance(kind, ListKind):
        return []
    return "" if isinstance(kind, EnumerationKind) or kind.name in ("string", "flags") else None


def unknown(data):
    """The value of an unknown member after a form has carried it."""
    if isinstance(data, dict):
        return {name: unknown(item) for name, item in data.items() if item is not None} or ""
    if isinstance(data, list):
        return [unknown(item) for item in data] or ""
    if data is None:
        return ""
    return data if isinstance(data, str) else msgspec.json.encode(data).decode()


def is_unspellable(pointer):
    """Whether a pointer leads to or through a name that no key can spell, or an empty one."""
    names = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    return any(not name or re.search(r"\][.\[]", name) for name in names)


class Beside(Knot):
    """The same carrier with a property that no key in these tests names."""

    beside: Maybe[bool] = UNSET


def outcome(decode, *arguments):
    """The result of decoding: the value or the error."""
    try:
        return decode(*arguments)
    except ContactWireError as error:
        return error


def issues_of(outcome):
    """The pointer and message of each fault in a result."""
    return [(issue.pointer, issue.message) for issue in outcome.issues] if isinstance(outcome, ValidationError) else []


def encoded(codec, value):
    """The form of a value, where there is one."""
    try:
        return codec.encode(value)
    except EncodeError as error:
        assert all(is_unspellable(issue.pointer) for issue in error.issues)
        assume(False)


@pytest.mark.parametrize("cls", [ContactEntityWithLinks, Knot])
def test_a_carrier_comes_back_but_for_what_a_form_cannot_say(cls):
    """Decoding the form of a carrier gives what the rules keep of it, which is written to the same bytes."""

    @given(carriers(cls), STYLES)
    def law(value, style):
        codec = FormCodec(style=style)
        body = encoded(codec, value)
        again = codec.decode(body, cls)
        assert json.dumps(to_builtins(again)) == json.dumps(normal(kind_of(cls), to_builtins(value)))
        assert codec.encode(again) == body

    law()


@pytest.mark.parametrize("cls", [ContactEntityWithLinks, Knot])
def test_a_form_means_what_the_json_of_its_carrier_means(cls):
    """A form and the JSON of its carrier are read as the same carrier, within what a form can spell."""

    @given(carriers(cls), STYLES)
    def law(value, style):
        codec = FormCodec(style=style)
        body = encoded(codec, value)
        left = json.dumps(normal(kind_of(cls), to_builtins(value)))
        assert codec.decode(body, cls) == JsonCodec().decode(left, cls)

    law()


@given(carriers(Knot), STYLES, st.randoms())
def test_the_order_of_pairs_is_no_matter_but_for_those_of_one_name(value, style, dice):
    """A shuffled form is the same carrier, as long as pairs with the same name keep their order."""
    codec = FormCodec(style=style)
    body = encoded(codec, value)
    pairs = body.split(b"&")
    by_key = {key: [pair for pair in pairs if pair.split(b"=")[0] == key] for key in {pair.split(b"=")[0] for pair in pairs}}
    keys = [pair.split(b"=")[0] for pair in pairs]
    dice.shuffle(keys)
    shuffled = b"&".join(by_key[key].pop(0) for key in keys)
    assert codec.decode(shuffled, Knot) == codec.decode(body, Knot)


@given(st.lists(carriers(Knot), max_size=3), STYLES)
def test_a_list_of_carriers_comes_back(values, style):
    """A list of carriers comes back by the rules of its items."""
    codec = FormCodec(style=style)
    body = encoded(codec, values)
    again = codec.decode(body, list[Knot])
    assert to_builtins(again) == [normal(kind_of(Knot), to_builtins(value)) for value in values]


@given(carriers(Knot), STYLES)
def test_checks_change_nothing_that_is_right(value, style):
    """A valid carrier is written to the same bytes with `validate` off and on."""
    body = encoded(FormCodec(style=style), value)
    assert FormCodec(style=style, validate=False).encode(value) == body


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
@example(b"Texts[a]=x&Texts[1].Key=k&Texts[1].Value=v", "keep", "last")
@example(b"x=a&x=b&x[0]=c", "ignore", "last")
@example(b"Texts[k]=a&Texts[0].Key=k&Texts[k]=b&Strict[k].Label=a", "keep", "error")
def test_faults_are_the_same_whatever_stands_beside(body, unknown, duplicates):
    """A valid pair of another property, before or behind, changes no fault and no value."""
    codec = FormCodec(unknown=unknown, duplicates=duplicates, max_depth=6)
    alone = outcome(codec.decode, body, Beside)
    for other in (b"Beside=1&" + body, body + b"&Beside=1", body + b"&beside.No=x"):
        together = outcome(codec.decode, other, Beside)
        if isinstance(alone, DecodeError):
            assert type(together) is type(alone)
        elif b"beside" in other:
            assert ("/beside", 'expected boolean, received something with "No" in it (key "beside.No")') in issues_of(
                together
            )
            assert sorted(issues_of(alone)) == sorted(issue for issue in issues_of(together) if issue[0] != "/beside")
        elif isinstance(alone, ValidationError):
            assert issues_of(together) == issues_of(alone)
        else:
            assert attrs.evolve(together, beside=UNSET) == alone


@given(FORMS)
def test_a_fault_is_found_where_reading_refuses(body):
    """Each fault of a refused form has a place in the body."""
    codec = FormCodec()
    try:
        codec.decode(body, Knot)
    except ValidationError as error:
        places = codec.locate(body, [issue.pointer for issue in error.issues])
        assert len(places) == len(error.issues) > 0
        assert all(1 <= column <= len(body) for _, column in places)
    except DecodeError:
        return


@given(FORMS)
def test_what_is_decoded_can_be_encoded(body):
    """A form that is read can be written, and reads the same again."""
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
    """Any body is read, or refused with an error of the library."""
    outcome(FormCodec().decode, body)
    outcome(FormCodec(charset="shift_jis", duplicates="error").decode, body)


def decoded(body):
    """The names and values of a form."""
    pairs, sign = pairs_of(body.encode(), "utf-8")
    return [split(pair, sign) for pair in pairs]


@given(st.lists(st.tuples(strings(), strings()), min_size=1))
def test_percent_coding_is_that_of_the_standard(pairs):
    """`quote` differs from `urllib.parse` in the two characters where that differs from the WHATWG standard."""
    body = "&".join(f"{quote(key)}={quote(value)}" for key, value in pairs)
    assert body == urlencode(pairs).replace("%2A", "*").replace("~", "%7E")
    assert parse_qsl(body, keep_blank_values=True) == pairs
    assert decoded(body) == pairs


@given(
    st.lists(
        st.sampled_from(
            [*"aZ0=+%;. \t\0\n\x1e\x1fé", "%25", "%1E", "%1F", "%0A", "%26", "%3D", "%3d", "%2B", "%C3%98", "=", "&", "=25"]
        ),
        max_size=12,
    ).map("".join)
)
def test_percent_decoding_is_that_of_the_standard(body):
    """A form that the standard's parser reads without loss is read alike, and one that it would lose is refused."""
    pairs = [pair.partition("=")[::2] for pair in body.split("&") if pair]
    broken = any(not re.fullmatch("[0-9A-Fa-f]{2}", body[at + 1 : at + 3]) for at, sign in enumerate(body) if sign == "%")
    expected = [(unquote_plus(key), unquote_plus(value)) for key, value in pairs]
    if broken or any("\ufffd" in text for pair in expected for text in pair):
        with pytest.raises(DecodeError, match="broken escape" if broken else "invalid UTF-8"):
            pairs_of(body.encode(), "utf-8")
    else:
        assert decoded(body) == expected


@given(almost_right(ContactEntity, FormCodec(unknown="error")))
def test_a_fault_is_reported_where_it_is(case):
    """A body with one fault gives one issue, with its pointer and what was expected."""
    with pytest.raises(case.error) as caught:
        FormCodec(unknown="error").decode(case.body)
    assert isinstance(caught.value, ValidationError)
    assert [(issue.pointer, issue.expected) for issue in caught.value.issues] == [(case.pointer, case.expected)]


@given(st.lists(KEYS | st.text("ab0.[]", max_size=8), min_size=1, max_size=8))
@example(["x[a.b]", "x[a.c]"])
@example(["Texts[0].Key", "Texts[0].Value", "Strict[0].Number", "Strict[0].Key"])
@example(["..x", ".x", "."])
@example(["a[b[c].d", "a[b[c].e", "a[b.d"])
def test_a_key_leads_where_its_steps_lead(keys):
    """A key leads to the same place in the tree, whatever keys stand before it."""
    tree = Tree([f"{key}=x" for key in keys], "=", Limits(100, 64, 9))
    for number, key in enumerate(keys):
        node = tree.root
        try:
            for step in steps(key):
                node = node[step]
        except OpenBracket:
            assert number in tree.open
        else:
            assert number in (node[SELF] if isinstance(node, dict) else [node])


@given(st.lists(st.text()))
@example([])
@example(["%+ &", "é\0", ""])
@example(["100 % & more", "1+1=2", "Ångström", ""])
def test_texts_are_escaped_together_as_each_is_alone(texts):
    """Each of several texts is escaped as it is alone, whatever characters the others have."""
    assert quoted(texts) == [quote(text) for text in texts]


@given(KEYS | st.text("ab0.[]", max_size=8))
@example("a[a].b]")
def test_the_last_step_of_a_key_is_the_last_of_its_steps(key):
    """The part of a key before its last step is a key with all other steps."""
    above, step = last_step(key)
    try:
        before = steps(above) if above else []
    except (OpenBracket, TypeError):
        return
    if above is not None:
        assert steps(key) == [*before, step]
