"""The law of dates: the endpoint can answer with every date that it accepts."""

import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactwire import ContactEntityWithLinks, Timestamp, from_builtins
from contactwire.http import ContactEndpoint
from contactwire.localization import TIME_ZONE_NAMES
from contactwire.testing import timestamps
from contactwire.wsgi import ContactApplication

OFFSETS = st.sampled_from(["", "Z", "+01:00", "-05:00", "+14:00", "-1400", "-14:00", "+00:00"])
DAYS = st.sampled_from(["0001-01-01", "0001-01-02", "0002-01-01", "1899-12-31", "1900-01-01", "9998-12-31", "9999-12-31"])
CLOCKS = st.sampled_from(["00:00:00", "00:00:00.0000001", "12:00:00", "23:59:59", "23:59:59.9999999"])
DATES = timestamps().map(str) | st.builds("{}T{}{}".format, DAYS, CLOCKS, OFFSETS)
ZONES = st.none() | st.builds("{}{}".format, st.sampled_from(TIME_ZONE_NAMES), st.sampled_from(["", ", includeTZOffset"]))
PLACES = {
    "UpdatedDate": lambda date: {"UpdatedDate": date},
    "CreatedDate": lambda date: {"CreatedDate": date, "UpdatedDate": None},
    "DbiLastModified": lambda date: {"DbiLastModified": date, "DbiLastSyncronized": date},
    "an interest": lambda date: {"Interests": [{"LastChanged": date}]},
    "an unknown member": lambda date: {"Odd": [date]},
    "all": lambda date: {"UpdatedDate": date, "CreatedDate": date, "DbiLastModified": date},
}


class Application:
    """A WSGI application for one contact, made from the members of a document, and requests to it."""

    def __init__(self, base, document):
        contacts = {1: from_builtins({"ContactId": 1, "Name": "Elan Hoppski", **document}, ContactEntityWithLinks)}
        endpoint = ContactEndpoint(base_time_zone=base)
        self._app = ContactApplication(contacts.get, lambda contact: contacts.update({1: contact}), endpoint=endpoint)

    def __call__(self, method, document=None, zone=None, **headers):
        """The status and header fields of the answer to a request."""
        body = b"" if document is None else json.dumps(document).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/api/v1/Contact/1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **({} if zone is None else {"HTTP_SO_TIMEZONE": zone}),
            **headers,
        }
        answered = []
        self._app(environ, lambda status, fields: answered.append((int(status[:3]), dict(fields))))
        return answered[0]


@given(
    st.sampled_from(["PATCH", "PUT"]), st.sampled_from(sorted(PLACES)), DATES, ZONES, ZONES, st.sampled_from(TIME_ZONE_NAMES)
)
@example("PATCH", "UpdatedDate", "9999-12-31T23:59:59-05:00", None, None, "UTC")
@example("PATCH", "CreatedDate", "0001-01-01T00:00:00+01:00", None, None, "UTC")
@example("PATCH", "all", "0002-01-01T00:00:00+14:00", "US-HI", "NZ, includeTZOffset", "NO")
def test_what_was_accepted_can_be_read(method, place, date, sent, asked, base):
    """After a PUT or PATCH of a date is answered with 200, the contact can be read and changed."""
    app = Application(base, PLACES[place](date))
    if app(method, PLACES[place](date), sent)[0] != 200:
        return
    for zone in (None, sent, asked):
        status, headers = app("GET", zone=zone)
        assert status == 200
        if "Last-Modified" in headers:
            assert app("GET", zone=zone, HTTP_IF_MODIFIED_SINCE=headers["Last-Modified"])[0] == 304
            assert app("PUT", {"Name": "x"}, zone, HTTP_IF_UNMODIFIED_SINCE=headers["Last-Modified"])[0] == 200
    assert app("PATCH", {"Name": "x"}, asked)[0] == 200


@pytest.mark.parametrize("member", ["UpdatedDate", "CreatedDate"])
@pytest.mark.parametrize(
    ("date", "modified", "refused"),
    [
        ("9999-12-31T23:59:59-05:00", None, 412),
        ("9999-12-31T23:59:59.9999999Z", None, 412),
        ("0001-01-01T00:00:00+01:00", None, 200),
        ("0002-01-01T00:00:00+14:00", "Mon, 31 Dec 0001 10:00:00 GMT", 200),
    ],
)
def test_dates_at_the_ends_of_the_calendar(member, date, modified, refused):
    """A date beyond the year 9999 in UTC is the last second of it, and one before the year 1 is no date."""
    app = Application("UTC", {member: date})
    status, headers = app("GET")
    assert (status, headers.get("Last-Modified")) == (200, modified)
    since = "Fri, 31 Dec 9999 23:59:58 GMT"
    assert app("PATCH", {"Name": "x"}, HTTP_IF_UNMODIFIED_SINCE=since)[0] == refused


@given(DATES.map(Timestamp.parse), DATES.map(Timestamp.parse))
def test_dates_compare(one, other):
    """Any two dates compare as equal or not, and hash; two with a zone, or two without, are ordered."""
    assert (one == other) <= (hash(one) == hash(other))
    assert (one != other) is not (one == other)
    if (one.tzinfo is None) == (other.tzinfo is None):
        assert (one < other) + (one == other) + (one > other) == 1
        assert (one <= other) is not (one > other)
