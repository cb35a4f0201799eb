"""Header fields, HTTP-dates and secrets."""

import copy
import logging
import pickle
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import attrs
import pytest

from contactwire import Timestamp
from contactwire.errors import ContactWireError, HeaderError
from contactwire.http import (
    ContactEndpoint,
    Credentials,
    Headers,
    RequestBuilder,
    Secret,
    format_http_date,
    parse_http_date,
)

MOMENT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=timezone.utc)


def test_headers_are_found_in_any_letter_case():
    """A field is found in any letter case, and its value has no blanks around it."""
    headers = Headers([("Accept", " a/b\t"), ("X-Y", "é")])
    assert headers["ACCEPT"] == "a/b"
    assert "x-y" in headers
    assert headers.get("absent") is None
    assert list(headers) == ["Accept", "X-Y"]
    assert len(headers) == 2


def test_lines_of_a_list_are_joined():
    """Lines of one list field are joined to one list (RFC 9110 §5.3)."""
    assert Headers([("Accept", "a/b"), ("accept", "c/d")])["Accept"] == "a/b, c/d"


@pytest.mark.parametrize(
    "name", ["Content-Type", "Content-Length", "Authorization", "X-XSRF-TOKEN", "SO-AppToken", "SO-Culture", "SO-TimeZone"]
)
def test_two_lines_of_a_single_field_contradict(name):
    """Two different lines of a field that is read and is no list are an error, and two equal lines are one."""
    assert Headers([(name, "a/b"), (name.lower(), "a/b")])[name] == "a/b"
    with pytest.raises(HeaderError, match=f"{name}: comes twice"):
        Headers([(name, "a/b"), (name.upper(), "c/d")])


REPEATED = [
    ("Via", ["1.1 a", "1.1 b"], "1.1 a, 1.1 b"),
    ("X-Forwarded-For", ["10.0.0.1", "10.0.0.2", "10.0.0.1"], "10.0.0.1, 10.0.0.2, 10.0.0.1"),
    ("Cookie", ["a=1", "b=2"], "a=1; b=2"),
    ("Set-Cookie", ["a=1; Path=/", "b=2"], "a=1; Path=/, b=2"),
    ("X-Request-Id", ["1", "2"], "1, 2"),
    ("If-Match", ['"a"', '"b"'], '"a", "b"'),
    ("SO-Language", ["NO", "US"], "NO, US"),
]


@pytest.mark.parametrize(("name", "values", "joined"), REPEATED, ids=[row[0] for row in REPEATED])
def test_other_lines_are_joined(name, values, joined):
    """Lines that proxies and HTTP/2 repeat or split are joined (RFC 9110 §5.3, RFC 9113 §8.2.3)."""
    assert Headers([(name, value) for value in values])[name] == joined


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "\x7f"])
def test_values_with_control_characters_are_refused(value):
    """A value with CR, LF or NUL is refused, and the error does not show it."""
    with pytest.raises(HeaderError) as caught:
        Headers([("SO-AppToken", value)])
    assert str(caught.value) == "SO-AppToken: holds a control character"


@pytest.mark.parametrize("name", ["", "a b", "a:b", "é", "a\r\n"])
def test_names_are_tokens(name):
    """A field name that is no token is refused (RFC 9110 §5.1)."""
    with pytest.raises(HeaderError, match="is no field name"):
        Headers([(name, "x")])


@pytest.mark.parametrize(
    "text", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
def test_http_dates(text):
    """The three forms of an HTTP-date name the same instant (RFC 9110 §5.6.7)."""
    assert parse_http_date(text) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020-01-01T00:00:00Z",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "sun, 06 nov 1994 08:49:37 gmt",
        "0",
        "Sun, 06 Nov 1994 08:49:61 GMT",
    ],
)
def test_no_http_dates(text):
    """Text that is no HTTP-date is a ValueError."""
    with pytest.raises(ValueError, match=r".+"):
        parse_http_date(text)


@pytest.mark.parametrize(("days", "years"), [(-2, 50), (2, -50), (-300, 50), (300, -50)])
def test_a_year_of_two_digits(days, years):
    """A date with a year of two digits that would be more than 50 years ahead, if by two days, is of the last century."""
    moment = datetime.now(timezone.utc) + timedelta(days=days)
    if (moment.month, moment.day) == (2, 29):
        moment += timedelta(days=1 if days > 0 else -1)
    text = moment.strftime(f"Sunday, %d-%b-{(moment.year + years) % 100:02d} %H:%M:%S GMT")
    assert parse_http_date(text) == moment.replace(year=moment.year + years, microsecond=0)


def test_a_leap_second_is_the_one_before():
    """An HTTP-date with the second 60 is read as second 59."""
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT").second == 59


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT.replace(tzinfo=None),
        MOMENT.astimezone(timezone(timedelta(hours=2))),
        Timestamp.parse("1994-11-06T10:49:37.9999999+02:00"),
    ],
)
def test_http_dates_are_written(moment):
    """An HTTP-date is written in GMT without the fraction, and a datetime without a zone is UTC."""
    assert format_http_date(moment) == "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("9999-12-31T23:59:59-05:00", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("9999-12-31T10:00:01.5-14:00", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("9999-12-31T23:59:59.9999999+14:00", "Fri, 31 Dec 9999 09:59:59 GMT"),
        ("0001-01-01T00:00:00+01:00", "Mon, 01 Jan 0001 00:00:00 GMT"),
        ("0001-01-01T13:59:59.9999999+14:00", "Mon, 01 Jan 0001 00:00:00 GMT"),
        ("0001-01-01T00:00:00-14:00", "Mon, 01 Jan 0001 14:00:00 GMT"),
    ],
)
def test_http_dates_end_with_the_years_1_and_9999(text, written):
    """A moment outside the years 1 to 9999 in UTC is written as the first or last second of these."""
    assert format_http_date(Timestamp.parse(text)) == written


@pytest.mark.parametrize(("fold", "written"), [(0, "00:30:00"), (1, "01:30:00")])
def test_a_time_that_the_clock_shows_twice_is_the_one_that_is_meant(fold, written):
    """A moment in a zone is written as the first or the second of two times, by its `fold` (PEP 495)."""
    moment = datetime(2018, 10, 28, 2, 30, 0, 5, tzinfo=ZoneInfo("Europe/Oslo"), fold=fold)
    assert format_http_date(moment) == f"Sun, 28 Oct 2018 {written} GMT"


SECRETS = {"Authorization": "Bearer topsecret", "X-XSRF-TOKEN": "topsecret", "SO-AppToken": "topsecret"}


def test_credentials_are_read_and_written():
    """Credentials that were read from a request are written in the same fields."""
    credentials = Credentials.from_headers(Headers(SECRETS))
    assert credentials.scheme == "Bearer"
    assert dict(credentials.to_headers()) == SECRETS
    assert copy.deepcopy(credentials) == copy.copy(credentials) == credentials
    assert copy.copy(credentials.app_token) is credentials.app_token
    assert Credentials.from_headers(Headers()) == Credentials()


def test_secrets_do_not_show(caplog):
    """No repr, format or log line holds a secret."""
    credentials = Credentials.from_headers(Headers(SECRETS))
    logging.getLogger("x").warning("%s %r", credentials, vars(type(credentials)).get("x"))
    shown = [
        repr(credentials),
        str(credentials),
        f"{credentials.app_token}",
        caplog.text,
        repr(Headers(SECRETS)),
        f"{credentials.app_token!s:>40}",
    ]
    assert not any("topsecret" in text for text in shown)
    assert credentials.app_token.reveal() == "topsecret"


def test_secrets_do_not_show_in_requests():
    """No str, `attrs.asdict` or log of a client's or server's request shows a secret, and pickling one is refused."""
    request = RequestBuilder(credentials=Credentials.from_headers(Headers(SECRETS))).get(1)
    parsed = ContactEndpoint().parse(request.method, request.target, "", request.headers)
    headers = Headers(request.headers)
    shown = [str(each) for each in (request, parsed, headers, attrs.asdict(request), attrs.asdict(parsed), request.headers)]
    assert not any("topsecret" in text for text in shown)
    for each in (request, parsed, headers, parsed.credentials):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(each)


TOKENS = ["tøken", "token\n", "to\r\nken", " token", "token ", "", "tok\x00en", "…"]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("field", ["authorization", "app_token", "xsrf_token"])
def test_a_token_that_no_field_can_hold_is_refused_at_once(field, token):
    """A token with a line break or with characters beyond ASCII is refused when it is given, and the error hides it."""
    scheme = {"scheme": "Bearer"} if field == "authorization" else {}
    with pytest.raises(HeaderError, match="a credential is visible ASCII") as caught:
        Credentials(**{field: token}, **scheme)
    assert not token.strip() or token.strip() not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    "given", [{"authorization": "x"}, {"scheme": "Bearer"}, {"scheme": "Bear er", "authorization": "x"}, {"scheme": ""}]
)
def test_credentials_without_effect_are_refused(given):
    """A scheme without credentials, and credentials without a scheme, are refused."""
    with pytest.raises(HeaderError, match=r"Authorization: .*scheme"):
        Credentials(**given)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, attrs.evolve])
def test_requests_with_secrets_are_copied(copied):
    """A request with credentials can be copied, and the copy does not show them either."""
    request = RequestBuilder(credentials=Credentials.from_headers(Headers(SECRETS))).get(1)
    assert copied(request) == request
    assert "topsecret" not in repr(copied(request).headers)
    headers = Headers(request.headers)
    assert dict(copy.copy(headers)) == dict(copy.deepcopy(headers)) == dict(request.headers)
    assert copy.copy(request.headers[1][1]) == "Bearer topsecret"


def test_an_empty_token_is_none():
    """An empty token field counts as absent, since some senders have one."""
    assert Credentials.from_headers(Headers({"X-XSRF-TOKEN": "", "SO-AppToken": " "})) == Credentials()


def test_headers_without_secrets_are_pickled():
    """Headers without secrets pickle and copy whole."""
    headers = Headers({"Accept": "text/xml"})
    assert dict(pickle.loads(pickle.dumps(headers))) == {"Accept": "text/xml"}
    assert pickle.loads(pickle.dumps(Credentials())) == Credentials()


@pytest.mark.parametrize(
    ("fields", "content_type"),
    [
        ({}, ""),
        ({"Content-Encoding": "identity"}, ""),
        ({"content-type": "text/xml; charset=utf-8", "Content-Encoding": "Identity"}, "text/xml; charset=utf-8"),
    ],
)
def test_the_content_type_of_a_body(fields, content_type):
    """`content_type` is the field as it came, or an empty text where there is none; `identity` is no content coding."""
    assert Headers(fields).content_type() == content_type


def test_basic_credentials():
    """Basic credentials give user and password, also if the password has a colon."""
    credentials = Credentials.basic("Åse", "p:w")
    assert credentials.to_headers() == [("Authorization", "Basic w4VzZTpwOnc=")]
    user, password = Credentials.from_headers(Headers(credentials.to_headers())).user_and_password()
    assert (user, password) == ("Åse", Secret("p:w"))
    assert password != Secret("x")
    assert password != "p:w"
    with pytest.raises(ValueError, match="cannot contain a colon"):
        Credentials.basic("a:b", "c")


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_of_basic_credentials_is_in_any_letter_case(scheme):
    """The scheme is compared without regard to letter case (RFC 9110 §11.1)."""
    user, password = Credentials(scheme=scheme, authorization="YTpi").user_and_password()
    assert (user, password.reveal()) == ("a", "b")


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials(),
        Credentials(app_token="YTpi"),
        Credentials(scheme="Bearer", authorization="YTpi"),
        Credentials(scheme="Basic", authorization="YT!pi"),
        Credentials(scheme="Basic", authorization="YT pi"),
    ],
    ids=["none", "a token", "another scheme", "a sign that is none of base64", "a blank"],
)
def test_what_are_no_basic_credentials(credentials):
    """User and password come of `Basic` credentials in strict base64 only, whatever others would decode to."""
    with pytest.raises(HeaderError, match="holds no Basic credentials"):
        credentials.user_and_password()


@pytest.mark.parametrize("field", ["Basic", "Basic ", "Basic !!!", "Basic w4U=", "Bearer abc", "=x y"])
def test_malformed_credentials(field):
    """Malformed credentials are a HeaderError that does not show them."""
    with pytest.raises(HeaderError) as caught:
        Credentials.from_headers(Headers({"Authorization": field})).user_and_password()
    assert isinstance(caught.value, ContactWireError)
    assert str(caught.value) in ("Authorization: is no scheme with credentials", "Authorization: holds no Basic credentials")


def test_secrets_can_be_keys():
    """Equal secrets have equal hashes, which are not the hash of the text."""
    assert hash(Secret("a")) == hash(Secret("a"))
    assert {Secret("a"): 1}[Secret("a")] == 1
    assert hash(Secret("a")) != hash("a")


@pytest.mark.parametrize("value", [0, "2020-01-01", date(2020, 1, 1), True])
def test_an_http_date_is_made_of_a_datetime(value):
    """What is no datetime is a TypeError, also as the date of a conditional request, and also where it is false."""
    with pytest.raises(TypeError, match="an HTTP-date is made of a datetime, not of a"):
        format_http_date(value)
    with pytest.raises(TypeError, match="an HTTP-date is made of a datetime, not of a"):
        RequestBuilder().get(1, modified_since=value)


@pytest.mark.parametrize("value", [None, 5, b"secret", ["secret"]])
def test_credentials_are_texts(value):
    """A user name, password or token that is no text is a TypeError that does not show it, and is not sent as its repr."""
    calls = [lambda: Credentials.basic("user", value), lambda: Credentials.basic(value, "secret")]
    if value is not None:
        calls += [lambda: Credentials(scheme="Bearer", authorization=value), lambda: Credentials(app_token=value)]
    for call in calls:
        with pytest.raises(TypeError, match="of type str") as caught:
            call()
        assert "secret" not in str(caught.value)
