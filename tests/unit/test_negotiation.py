"""Media types and the choice of one by `Accept`."""

import pickle

import pytest

from contactwire import NotAcceptable, negotiate
from contactwire.negotiation import RESPONSE_TYPES, MediaType, parse_accept, parse_media_type, split_list

JSON, XML = "application/json", "application/xml"

CHOICES = [
    ("no header", None, JSON),
    ("an empty header", "", JSON),
    ("anything", "*/*", JSON),
    ("an exact type", XML, XML),
    ("in any letter case", "APPLICATION/XML", XML),
    ("a range of a type", "text/*", "text/json"),
    ("the higher quality", "application/json;q=0.5, application/xml", XML),
    ("the server's order among equals", "text/xml, application/xml, application/json", JSON),
    ("a specific range over a wildcard, wherever it stands", "application/xml, */*;q=0.1", XML),
    ("a lower quality for the specific one", "application/json;q=0.1, */*;q=0.5", "text/json"),
    ("q=0 takes one out", "application/json;q=0, text/json;q=0, */*", XML),
    ("q=0 for all but one", "*/*;q=0, text/xml;q=0.001", "text/xml"),
    ("a charset that everything here has", "application/xml;charset=UTF-8", XML),
    ("UTF-8 by other names", "application/xml;charset=utf8, text/xml;charset=csUTF8;q=0.5", XML),
    ("a quoted name of UTF-8", 'text/xml;charset="utf-8"', "text/xml"),
    ("a quoted other name of UTF-8", 'text/xml;charset="UTF_8"', "text/xml"),
    ("a parameter that nothing here has, beside another range", "application/json;version=2, text/xml;q=0.1", "text/xml"),
    ("an unknown type beside a known one", "image/png, application/merge-patch+json;q=0.2", "application/merge-patch+json"),
    ("commas inside quotes", 'image/png;title="a, application/xml", text/json', "text/json"),
    ("blanks and empty elements", " , ,\ttext/xml ;\tq=1.000 ,,", "text/xml"),
    ("a malformed element is skipped", "nonsense, text/xml", "text/xml"),
    ("a malformed quality is skipped", "application/json;q=7, text/xml;q=0.3", "text/xml"),
    ("a quality without a digit before the point is skipped", "application/json;q=.9, text/xml;q=0.3", "text/xml"),
    ("a malformed element beside what nothing here has", "image/png, text/html;q=.9", JSON),
    ("a malformed element beside what is taken out", "application/json;q=0, */xml", "text/json"),
    ("a half wildcard is skipped", "*/json, text/xml", "text/xml"),
    ("nothing but malformed elements counts as absent", "nonsense; q=x", JSON),
    ("an old Java client", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),
    ("a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", XML),
]


@pytest.mark.parametrize(("accept", "chosen"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_negotiate(accept, chosen):
    """`negotiate` chooses the accepted media type of the highest quality, and the first offer among equals."""
    assert negotiate(accept) == chosen


@pytest.mark.parametrize(
    "accept",
    ["image/png", "*/*;q=0", "application/json;version=2", "text/xml;charset=utf-16", "application/x-www-form-urlencoded"],
)
def test_nothing_acceptable(accept):
    """Where no offer is acceptable, the error is a 406 that names the header and the offers."""
    with pytest.raises(NotAcceptable) as caught:
        negotiate(accept)
    assert caught.value.status == 406
    assert caught.value.offered == RESPONSE_TYPES
    assert accept in str(caught.value)
    assert "application/merge-patch+json" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value


def test_an_offer_may_have_parameters():
    """A range with a parameter takes only an offer that has it, and is more specific than one without."""
    offered = ("application/xml;dialect=plain", "application/xml;dialect=services")
    assert negotiate("application/xml;dialect=services", offered) == offered[1]
    assert negotiate("application/xml;q=0.9, application/xml;dialect=plain;q=0.1", offered) == offered[1]


def test_media_types_are_parsed_strictly():
    """A `Content-Type` is parsed into type, subtype and parameters, quoted or not."""
    parsed = parse_media_type('Text/XML ; Charset="utf\\-16";x=y;')
    assert parsed == MediaType("text", "xml", (("charset", "utf-16"), ("x", "y")))
    assert parsed.essence == "text/xml"
    assert parsed.get("charset") == "utf-16"
    assert parsed.get("y") is None
    assert pickle.loads(pickle.dumps(parsed)) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "json",
        "application/",
        "/json",
        "*/*",
        "a/b c",
        "a/b;x",
        "a/b;x=1;X=2",
        'a/b;x="y',
        "a/b, c/d",
        "a/b\r\nX: y",
        "é/x",
    ],
)
def test_malformed_media_types(text):
    """Text that is no media type raises a ValueError."""
    with pytest.raises(ValueError, match=r"media type|parameter|range"):
        parse_media_type(text)


def test_accept_gives_its_ranges():
    """`Accept` is parsed into its ranges, with quality 1 where none is given."""
    ranges = parse_accept("text/*;level=1, a/b;q=0.25")
    assert [(entry.range.essence, entry.quality, entry.specificity) for entry in ranges] == [
        ("text/*", 1.0, (True, False, 1)),
        ("a/b", 0.25, (True, True, 0)),
    ]


def test_hostile_headers_are_read_in_linear_time():
    """Long headers of unfinished quotes and escapes neither hang nor crash."""
    for piece in ('"', '"\\', 'a/b;x="', ";", ",", "a/b;q=", "*/*", '\\"'):
        assert negotiate(piece * 50_000 + ",*/*") in RESPONSE_TYPES
    assert list(split_list('a, "b,c" ,d')) == ["a", '"b,c"', "d"]
