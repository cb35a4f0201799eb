"""The default of a property is of the property's kind, or its class is refused."""

from __future__ import annotations

import dataclasses
import decimal
import enum
import re
import types
import uuid
from datetime import date, datetime
from typing import Annotated, Any

import attrs
import msgspec
import pytest

from contactwire import Carrier, CategoryGroup, Int32, Person, Timestamp, decode, encode, from_builtins
from contactwire.carriers import TABLE_RIGHTS


def define(name: str, annotation: Any, default: Any) -> Any:
    """A carrier class with one property, `x`."""
    body = {"__annotations__": {"x": annotation}, "x": default}
    return types.new_class(name, (Carrier,), exec_body=lambda namespace: namespace.update(body))


class Colour(enum.Enum):
    """An enumeration by value."""

    RED = "red"


class Size(enum.IntEnum):
    """An enumeration by number."""

    SMALL = 1


class Frozen(datetime):
    """A date-time of another library, such as of one that freezes the time."""


@pytest.mark.parametrize(
    ("annotation", "default", "expected"),
    [
        (str, None, "string"),
        (str, 5, "string"),
        (str, dataclasses.field(default=""), "string"),
        (str, msgspec.field(name="y"), "string"),
        (str, print, "string"),
        (bool, 1, "boolean"),
        (Int32, "5", "int32"),
        (Int32, 2**31, "int32"),
        (Int32, 5.0, "int32"),
        (Int32 | None, True, "int32"),
        (int, 2**63, "int64"),
        (float, "1", "double"),
        (float, float("nan"), "double"),
        (float, 2**1024, "double"),
        (datetime, "2020-01-01T00:00:00", "date-time"),
        (datetime, date(2020, 1, 1), "date-time"),
        (date, datetime(2020, 1, 1), "date"),
        (uuid.UUID, "", "uuid"),
        (decimal.Decimal, 1.5, "decimal"),
        (Colour, "red", "one of red"),
        (Size, True, "one of 1"),
        (Size, 2, "one of 1"),
        (CategoryGroup, 5, "string"),
        (list[str], {}, "list of string"),
        (dict[str, str], [], "dictionary of string"),
        (Person, "x", "object (Person)"),
        (Annotated[str | int, TABLE_RIGHTS], 1.5, "string or integer"),
    ],
)
def test_a_default_of_another_kind_is_refused_when_the_class_is_defined(annotation, default, expected):
    """A default of another kind is a TypeError at definition, since what was read with it could not be written."""
    with pytest.raises(TypeError, match=rf"Bad\.x: expected {re.escape(expected)} as the default, received .*attrs\.field"):
        define("Bad", annotation, default)


@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        (str | None, None),
        (Int32, 0),
        (float, 1),
        (float, -1.5),
        (datetime, Frozen(2020, 1, 1)),
        (datetime, Timestamp(2020, 1, 1)),
        (date, date(2020, 1, 1)),
        (uuid.UUID, uuid.UUID(int=1)),
        (decimal.Decimal, decimal.Decimal("1.50")),
        (Colour, Colour.RED),
        (Size, 1),
        (CategoryGroup, "Other"),
        (CategoryGroup | str, CategoryGroup.LOST),
        (list[str], []),
        (dict[str, str], {}),
        (Annotated[str | int, TABLE_RIGHTS], 1024),
        (Annotated[str | int, TABLE_RIGHTS], "Select"),
        (Int32, attrs.field(default="5", converter=int)),
    ],
)
def test_a_default_of_its_kind_counts_in_every_format(annotation, default):
    """A default of its property's kind, or one that a converter turns into that, is read and written in every format."""
    good = define("Good", annotation, default)
    for media_type in ("application/json", "application/xml", "application/x-www-form-urlencoded"):
        read = from_builtins({}, good)
        assert decode(encode(read, media_type), media_type, type=good) == read == good()


def test_a_default_that_is_replaced_at_the_end_of_construction_may_be_anything():
    """Where `__attrs_post_init__` may set a property, its default may be of another kind."""

    class Derived(Carrier):
        name: str
        size: int = None

        def __attrs_post_init__(self):
            self.size = len(self.name)

    assert decode(b'{"Name":"abc"}', type=Derived) == Derived(name="abc", size=3)
