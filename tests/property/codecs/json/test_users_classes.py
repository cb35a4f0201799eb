"""The laws of JSON hold for a user's carriers: recursive ones, with every kind of property."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum

from hypothesis import given
from hypothesis import strategies as st

from contactwire import UNSET, Carrier, ContactWireError, Double, Int32, Int64, JsonCodec, Maybe, to_builtins
from contactwire.builtins import Policy, explain, from_json_in_order
from contactwire.codecs.json import parse_json
from contactwire.testing import bodies, builtins, carriers, strings
from contactwire.wire import kind_of, plan_of


class Mood(StrEnum):
    """An open enumeration."""

    GOOD = "Good"
    BAD = "Bad"


class Small(Carrier):
    """A carrier that is small enough for the generated code to inline it."""

    label: Maybe[str] = UNSET
    number: Maybe[Int32] = UNSET
    flag: Maybe[bool] = UNSET


class Knot(Carrier):
    """A carrier with every kind of property, which holds itself."""

    small: Maybe[Small] = UNSET
    smalls: Maybe[list[Small]] = UNSET
    named: Maybe[dict[str, Small | None]] = UNSET
    big: Maybe[Int64] = UNSET
    ratio: Maybe[Double] = UNSET
    ratios: Maybe[list[float]] = UNSET
    grid: Maybe[dict[str, list[Int32]]] = UNSET
    when: Maybe[datetime] = UNSET
    dates: Maybe[list[datetime | None]] = UNSET
    mood: Maybe[Mood | str] = UNSET
    moods: Maybe[dict[str, Mood]] = UNSET
    words: Maybe[list[list[str]]] = UNSET
    knot: Maybe[Knot] = UNSET
    knots: Maybe[dict[str, list[Knot]]] = UNSET


NAMES = [field.name for cls in (Small, Knot) for field in plan_of(cls).fields]
ALMOST = st.recursive(
    builtins() | st.sampled_from(["2020-01-01T00:00:00", "Good", 1, -(2**31), 2**31, 2**63]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES) | strings(), inner, max_size=4),
    max_leaves=10,
)


def outcome(decode, body):
    """The result of decoding: the carrier with all its types, or the error."""
    try:
        return repr(decode(body, Knot))
    except ContactWireError as error:
        return error


@given(carriers(Knot))
def test_a_users_carrier_survives(knot):
    """Decoding the JSON of a user's carrier gives an equal carrier, with validation and without."""
    body = JsonCodec().encode(knot)
    assert json.loads(body) == to_builtins(knot)
    assert JsonCodec(validate=False).encode(knot) == body
    assert JsonCodec().decode(body, Knot) == knot


@given(bodies(Knot) | ALMOST.map(json.dumps).map(str.encode), st.sampled_from(["keep", "ignore", "error"]), st.booleans())
def test_both_paths_read_a_users_carrier_alike(body, unknown, coerce):
    """The codec reads or refuses a body of a user's carrier as `explain` does."""
    codec = JsonCodec(unknown=unknown, coerce=coerce, max_depth=8)

    def slowly(raw, cls):
        parse_json(raw, 8)
        return explain(from_json_in_order(raw), kind_of(cls), Policy(unknown, coerce))

    assert outcome(codec.decode, body) == outcome(slowly, body)
