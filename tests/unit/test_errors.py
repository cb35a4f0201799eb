"""Errors carry what a log, a client and another process need."""

import copy
import importlib
import json
import pickle
import pkgutil
import re

import attrs
import pyarrow as pa
import pytest

import contactwire
from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContactWireError,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    FormCodec,
    Issue,
    JsonCodec,
    JsonPatch,
    JsonPatchCodec,
    Maybe,
    MergePatch,
    MergePatchCodec,
    UnsupportedContentCoding,
    UnsupportedMediaType,
    ValidationError,
    XmlCodec,
    decode,
    errors,
)
from contactwire.errors import (
    BadRequest,
    Conflict,
    HeaderError,
    HttpError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    NotModified,
    PatchConflict,
    PathError,
    PreconditionFailed,
    ServiceUnavailable,
    Unauthorized,
    UpdateConflict,
    shorten,
)
from contactwire.http import ContactEndpoint, parse_http_date
from contactwire.negotiation import parse_media_type
from contactwire.paths import PlacePointer, resolve
from contactwire.tables import from_table, to_table
from contactwire.wire import kind_of

ISSUE = Issue("/Name", "expected string, received 5", "string", "5")

ERRORS = [
    (DecodeError("unexpected x", 2, 3, "a value", '"x"'), 400, 'line 2, column 3: unexpected x, expected a value, near "x"'),
    (ContentTooLarge("the body has 5 bytes"), 413, "line 1, column 1: the body has 5 bytes"),
    (ValidationError([ISSUE]), 400, "the body has 1 fault: /Name: expected string, received 5"),
    (
        EncodeError([ISSUE, Issue("", "m", "e", "r")]),
        500,
        "the value has 2 faults: /Name: expected string, received 5; the document: m",
    ),
    (UnsupportedMediaType("a/b", ["c/d", "e/f"]), 415, 'media type "a/b" is not supported, only c/d, e/f'),
    (
        UnsupportedMediaType("C/D; charset=x", ["c/d"]),
        415,
        'media type "C/D; charset=x" is not supported with these parameters',
    ),
    (UnsupportedContentCoding("gzip", ["identity"]), 415, 'content coding "gzip" is not supported, only identity'),
    (NotAcceptable("a/b", ["c/d"]), 406, 'nothing that "a/b" accepts is on offer, only c/d'),
    (PathError("no such property", "Nmae", 0, "Name"), 400, '"Nmae", position 0: no such property, did you mean Name?'),
    (PatchConflict("", None, UNSET), 409, "operation 0: test of the document failed: expected null, found nothing"),
    (PatchConflict("/Name", "a", {"b": 1}, 3), 409, 'operation 3: test of /Name failed: expected "a", found an object of 1'),
    (
        PatchConflict("/x", {"b": 1}, {"c": 1}),
        409,
        "operation 0: test of /x failed: expected an object of 1, found another one",
    ),
    (NotModified("the same"), 304, "the same"),
    (BadRequest("m"), 400, "m"),
    (HeaderError("Accept", "is odd", "x"), 400, 'Accept: is odd: "x"'),
    (HeaderError("Authorization", "is odd"), 400, "Authorization: is odd"),
    (NotFound("gone"), 404, "gone"),
    (MethodNotAllowed("no", allowed=["GET"]), 405, "no"),
    (Conflict("another"), 409, "another"),
    (PreconditionFailed("late"), 412, "late"),
]

cases = pytest.mark.parametrize(("error", "status", "text"), ERRORS, ids=[type(error).__name__ for error, _, _ in ERRORS])


@cases
def test_an_error_says_what_happened(error, status, text):
    """Each error has the status that it answers with, and a message for the log."""
    assert str(error) == text
    assert error.status == type(error).status == status


@cases
def test_an_error_pickles(error, status, text):
    """A pickled error comes back equal, with its attributes and message."""
    again = pickle.loads(pickle.dumps(error))
    assert again == error
    assert hash(again) == hash(error)
    assert str(again) == text
    assert vars(again) == vars(error)


@cases
def test_an_error_is_a_value_error(error, status, text):
    """Every error is a ContactWireError and a ValueError."""
    assert isinstance(error, ContactWireError)
    assert isinstance(error, ValueError)


@cases
def test_an_error_gives_the_servers_body(error, status, text):
    """`to_body` writes an error as the server does, in JSON."""
    assert (
        json.loads(error.to_body())
        == error.to_builtins()
        == {
            "Error": True,
            "ErrorType": {NotFound: "SoNotFoundException"}.get(type(error), type(error).__name__),
            "ErrorMessage": text,
            "ErrorSource": "contactwire",
        }
    )


def test_errors_compare_by_value():
    """Errors are equal if their class and contents are."""
    assert ValidationError([ISSUE]) == ValidationError([ISSUE])
    assert ValidationError([ISSUE]) != EncodeError([ISSUE])
    assert ValidationError([ISSUE]) != ValidationError([])
    assert len({ValidationError([ISSUE]), ValidationError([ISSUE])}) == 1


def test_an_issue_moves_outwards():
    """`under` puts the pointer of an issue behind that of what holds it."""
    assert ISSUE.under("/Persons/0").pointer == "/Persons/0/Name"


def test_a_pointer_is_shown_on_one_line():
    """A sender's names of members cannot begin a line of a log, or tell a terminal what to do; the pointer has them."""
    issue = Issue("/a\nERROR \x1b[2J\u202e/é", "expected string, received 5", "string", "5")
    assert str(issue) == "/a\\nERROR \\u001b[2J\\u202e/é: expected string, received 5"
    assert "\n" not in str(ValidationError([issue]))


@pytest.mark.parametrize(
    "refuse",
    [
        lambda bad: decode(f'{{"ContactId": "{bad}"}}'),
        lambda bad: decode(f'{{"ContactId": {bad}}}'),
        lambda bad: decode(f'{{"ContactId": 1}}{bad}'),
        lambda bad: list(JsonCodec().iter_decode(f"[{{}}{bad}]")),
        lambda bad: list(JsonCodec().iter_decode(f"[{{}}]{bad}")),
        lambda bad: decode(f"<ContactEntity><ContactId>{bad}</ContactId></ContactEntity>", "application/xml"),
        lambda bad: decode(f"<ContactEntity>{bad}</ContactEntity>", "application/xml"),
        lambda bad: decode(f"<ContactEntity>{bad}<", "application/xml"),
        lambda bad: decode(f"ContactId={bad}", "application/x-www-form-urlencoded"),
        lambda bad: decode(f"{bad}=%", "application/x-www-form-urlencoded"),
        lambda bad: JsonPatch.parse([{"op": "test", "path": f"/CustomFields/{bad}", "value": bad}]).apply(
            ContactEntity(custom_fields={bad: "x"})
        ),
        lambda bad: resolve(kind_of(ContactEntity), [bad]),
    ],
)
def test_a_message_is_printable(refuse):
    """What a message quotes of a sender's text cannot tell a terminal what to do, or turn the direction of a line."""
    with pytest.raises(ContactWireError) as caught:
        refuse("\x9b2J\u202e")
    assert str(caught.value).isprintable()
    assert r"\u009b" in str(caught.value)


def test_a_body_of_an_error_is_utf_8_whatever_came():
    """`to_body` is valid UTF-8, even if a message quotes a lone surrogate."""
    assert json.loads(DecodeError("bad \ud800").to_body())["Error"] is True


class Broken:
    """An object of the caller's that fails to describe itself, as one does whose database is gone."""

    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "codec",
    [JsonCodec(), XmlCodec(), FormCodec(), JsonPatchCodec(), MergePatchCodec()],
    ids=lambda codec: type(codec).__name__,
)
def test_a_value_that_fails_to_describe_itself(codec):
    """A wrong value whose own repr fails is a fault like any other."""
    for wrong in (Broken(), ContactEntity(name=Broken()), ContactEntity(extras={"a": [Broken()]})):
        with pytest.raises(EncodeError) as caught:
            codec.encode(wrong)
        assert caught.value.issues[0].received == "a Broken"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (1.5, "1.5"),
        ("a", '"a"'),
        ({}, "an empty object"),
        ([], "an empty list"),
        ([1] * 1000, "a list of 1000"),
        ((), "an empty tuple"),
        (("x" * 99, 1), "a tuple of 2"),
        ({1}, "a set of 1"),
        (b"a", "b'a'"),
        pytest.param(b"x" * 1000, "b'" + "x" * 57 + "…", id="bytes"),
        pytest.param(Broken(), "a Broken", id="broken"),
        pytest.param(10**5000, "an integer of 16610 bits", id="long"),
        ("x" * 100, '"' + "x" * 58 + "…"),
    ],
)
def test_a_received_value_is_shown_short(value, text):
    """A message shows a received value as JSON, cut after sixty characters."""
    assert shorten(value) == text


def test_an_http_error_takes_the_class_of_its_status():
    """An HTTP error has the class of a known status, or else the status as an attribute, and always the server's message."""
    assert HttpError.of_status(404, "m", "T", "S") == NotFound("m", "T", "S")
    odd = HttpError.of_status(418, "m", "T", "S")
    assert (type(odd), odd.status) == (HttpError, 418)
    assert pickle.loads(pickle.dumps(odd)).status == 418
    late = HttpError("later", status=418, headers={"Retry-After": "5"})
    assert pickle.loads(pickle.dumps(late)).headers == {"Retry-After": "5"}
    assert odd.to_builtins() == {"Error": True, "ErrorType": "T", "ErrorMessage": "m", "ErrorSource": "S"}


IN_FIELDS = {
    "challenges": lambda value: Unauthorized(challenges=value),
    "allowed": lambda value: MethodNotAllowed("m", allowed=value),
    "headers": lambda value: ServiceUnavailable("m", headers={"Retry-After": value[0]}),
}


@pytest.mark.parametrize("name", IN_FIELDS)
@pytest.mark.parametrize("value", ["Bearer\r\nX: y", "a\n", "\x00", "a\x7f"])
def test_no_header_field_of_an_error_has_a_control_character(name, value):
    """A line break in what an answer has in a header field is refused, since it would end the field."""
    with pytest.raises(ValueError, match=f"{name}: a value of a header field holds no control character"):
        IN_FIELDS[name]([value])


@pytest.mark.parametrize("name", IN_FIELDS)
@pytest.mark.parametrize("value", [60, None, b"Bearer"], ids=repr)
def test_header_fields_of_an_error_are_strings(name, value):
    """What an answer has in a header field is a string."""
    with pytest.raises(TypeError, match=f"{name}: a value of a header field is of type str, not {re.escape(repr(value))}"):
        IN_FIELDS[name]([value])


@pytest.mark.parametrize("name", ["challenges", "allowed"])
def test_one_string_is_no_list_of_them(name):
    """One string, where several are expected, is not taken for a list of its letters."""
    with pytest.raises(TypeError, match=f'{name} are several strings, such as a list of them, not the string "Bearer"'):
        IN_FIELDS[name]("Bearer")
    assert IN_FIELDS[name](iter(["a\tb", "é"])).args[-1] == ("a\tb", "é")


def test_an_error_has_an_xml_body():
    """The XML body of an error escapes markup and replaces characters that XML cannot hold."""
    assert NotFound("<&>\x01").to_xml() == (
        b"<ServerError><Error>true</Error><ErrorType>SoNotFoundException</ErrorType><ErrorMessage>&lt;&amp;&gt;?</ErrorMessage>"
        b"<ErrorSource>contactwire</ErrorSource></ServerError>"
    )


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{", "application/json"),
        (b"<a", "application/xml"),
        (b"Name=%", "application/x-www-form-urlencoded"),
        (b'{"Name":5}', "application/json"),
        (b"<ContactEntity><Deleted/></ContactEntity>", "text/xml"),
    ],
)
def test_an_errors_context_pickles(body, media_type):
    """An error pickles where its context does not, even by a pickler that takes the context along."""
    with pytest.raises(ContactWireError) as caught:
        decode(body, media_type)
    error = caught.value
    while error is not None:
        assert pickle.loads(pickle.dumps(error)).args == error.args
        error = error.__context__


def error_classes():
    """Every public error class that a module of the package defines."""
    for module in pkgutil.walk_packages(contactwire.__path__, "contactwire."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type) and issubclass(value, ContactWireError) and not value.__name__.startswith("_"):
                    yield value


@pytest.mark.parametrize("error", sorted(set(error_classes()), key=lambda error: error.__name__))
def test_every_error_is_imported_from_two_places(error):
    """Each error class is a public name of `contactwire` and of `contactwire.errors`, whichever module raises it."""
    for module in (contactwire, errors):
        assert error.__name__ in module.__all__
        assert getattr(module, error.__name__) is error


def test_the_tree_of_errors_is_complete():
    """The docstring of `contactwire.errors` draws every error class with its status."""
    for error in set(error_classes()):
        assert re.search(rf"\b{error.__name__} +(\(ValueError\)|{error.status}|any) ?", errors.__doc__), error


def test_faults_below_one_long_name_share_it_wherever_they_go():
    """Hundred faults below one long name take the memory of one such name: in a pickle, in a copy, and moved elsewhere."""
    name = "/" + "k" * 100_000
    issues = [Issue(f"/{number}", "m", "e", "r").under(name) for number in range(100)]
    error = ValidationError([issue.under("/0").inside("/0").saying("n") for issue in issues])
    assert [issue.pointer for issue in error.issues] == [f"{name}/{number}" for number in range(100)]
    assert {issue.message for issue in error.issues} == {"n"}
    pickled = pickle.dumps(error)
    assert len(pickled) < 2 * len(name)
    for again in (pickle.loads(pickled), copy.deepcopy(error)):
        assert again == error
        assert len(pickle.dumps(again)) < 2 * len(name)


def test_a_fault_under_a_place_has_its_pointer():
    """The pointer of a place that a fault is put under is joined when it is asked for, and pickles."""
    place = ((None, "a/b"), 3)
    issue = Issue("/c", "m", "e", "r").under(PlacePointer(place))
    assert pickle.loads(pickle.dumps(issue)) == issue == Issue("/a~1b/3/c", "m", "e", "r")
    assert issue.inside("/a~1b/3").pointer == issue.saying("n").inside("/a~1b/3").pointer == "/c"
    assert issue.inside("/c") == issue


def test_the_representation_of_a_fault_is_short():
    """The representation of a fault has both ends of a long pointer."""
    shown = repr(Issue("/" + "k" * 10_000 + "/Name", "m", "e", "r"))
    assert shown.startswith("Issue(pointer='/kkk")
    assert "kkk/Name', message='m'" in shown
    assert len(shown) < 500
    assert eval(repr(ISSUE), {"Issue": Issue}) == ISSUE


@cases
def test_an_error_is_shown_as_it_is_made(error, status, text):
    """The representation of an error is the call that makes it."""
    assert repr(error) == f"{type(error).__name__}({', '.join(map(repr, error.args))})"


HUGE, LONG = "x\n\u202e" * 100_000, "y" * 100_000
FIELD = f"customFields/{LONG}"
SHOWN = [
    DecodeError(HUGE),
    ValidationError([Issue.of_value("int32", HUGE).under("/" + HUGE)] * 100),
    PathError("m", HUGE),
    PatchConflict("/a", {"x": HUGE}, HUGE),
    UnsupportedMediaType(HUGE, ["a"]),
    HeaderError("A", "m", HUGE),
    HttpError(HUGE),
    UpdateConflict(["/a"], HUGE, HUGE, HUGE),
    JsonPatch.parse([{"op": "add", "path": "/Name", "value": HUGE}] * 100),
    JsonPatch.parse([{"op": "add", "path": "/Name", "value": HUGE}])[0],
    MergePatch.parse({"Name": HUGE}),
    MergePatch.parse({str(number): number for number in range(100_000)}),
]


@pytest.mark.parametrize("value", SHOWN, ids=lambda value: type(value).__name__)
def test_a_representation_is_short_and_printable(value):
    """The representation of an error or a patch, which logs show, is bounded, whatever a sender has put into it."""
    assert len(repr(value)) < 6_000
    assert repr(value).isprintable()


class Strict(Carrier):
    """A carrier whose validator quotes the value that it refuses."""

    label: Maybe[str] = attrs.field(default=UNSET, validator=attrs.validators.in_(["a", UNSET]))


QUOTING = [
    lambda: decode(json.dumps({"Label": HUGE}), type=Strict),
    lambda: ContactEndpoint().parse(HUGE, "/api/v1/Contact/1"),
    lambda: parse_media_type(HUGE),
    lambda: parse_media_type("a/b;" + HUGE),
    lambda: parse_media_type("a/b;x=1;x=" + LONG),
    lambda: parse_media_type("*/" + LONG),
    lambda: parse_http_date(HUGE),
    lambda: from_table(pa.table({"CustomFields/" + LONG: ["a"], "customFields/" + LONG: ["b"]})),
    lambda: to_table(
        [ContactEntityWithLinks(custom_fields={LONG: "x"})], [f"customFields/{LONG}"], types={f"customFields/{LONG}": int}
    ),
    lambda: to_table([], "name", types={HUGE: complex}),
]


@pytest.mark.parametrize("quote", QUOTING)
def test_a_message_quotes_the_beginning_of_what_came(quote):
    """A message that quotes a value, whoever says it, is bounded and printable."""
    with pytest.raises(ValueError, match=r".") as caught:
        quote()
    assert len(str(caught.value)) < 1_000
    assert str(caught.value).isprintable()
