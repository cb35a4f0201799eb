"""What schemathesis must know of the endpoint beyond its OpenAPI document. The hooks also count the answers."""

import atexit
from collections import Counter

import schemathesis

from contactwire import ContactEntity, ContactWireError, from_builtins
from contactwire.codecs.xml import XmlCodec

SAMPLES = 3
ANSWERS, CREATED = Counter(), set()
CODEC = XmlCodec()


@schemathesis.serializer("application/xml", "text/xml")
def xml(context, value):
    """A contact in the plain dialect.

    OpenAPI's XML Object has no words for nulls and dictionaries, so what schemathesis makes of them by itself is no contact.
    """
    try:
        return CODEC.encode(from_builtins(in_xml(value), ContactEntity))
    except ContactWireError:  # a value that is no contact has no XML
        return str(value).encode("utf-8", "replace")


def in_xml(value):
    """The same JSON value without the characters that XML cannot hold; schemathesis writes a null value as text."""
    if isinstance(value, str):
        return None if value == "null" else characters_of_xml(value)
    if isinstance(value, dict):
        return {characters_of_xml(name): in_xml(item) for name, item in value.items()}
    return [in_xml(item) for item in value] if isinstance(value, list) else value


def characters_of_xml(text):
    """The text without the characters that XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " and not "\ud800" <= letter <= "\udfff" and letter < "\ufffe")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Send most requests without conditions, to contacts that are there, with bodies that name them.

    No schema says that a number in the body is that of the path, nor that 4.0 is no integer for the server, as it is none
    for .NET; JavaScript writes 4. The samples are never deleted, so that there is something to change to the end.
    """
    if sum(ANSWERS.values()) % 4:
        case.headers = {name: value for name, value in case.headers.items() if not name.startswith("If-")}
    number = (case.path_parameters or {}).get("id")
    if isinstance(number, int) and not isinstance(number, bool):
        case.path_parameters["id"] = number = existing(case.method, number)
    case.body = agreeing(case.body, number or 0)


def existing(method, number):
    """The id of a stored contact in place of one that most likely is not stored; none for a DELETE."""
    if method == "DELETE":
        return number + 10**6 if number <= SAMPLES else number
    other = (number + 1) % (SAMPLES + 1)
    return other if other and number not in CREATED else number


def agreeing(body, number):
    """The same body with the id of the path, and with integers as JavaScript writes them."""
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, list):
        return [agreeing(item, number) for item in body]
    if not isinstance(body, dict):
        return body
    body = {name: agreeing(value, None) for name, value in body.items()}
    own = [name for name in body if number is not None and name.lower() == "contactid" and body[name] is not None]
    return body | {name: str(number) if isinstance(body[name], str) else number for name in own}


@schemathesis.hook
def after_call(context, case, response):
    """Count the answers, and remember which contacts are stored."""
    ANSWERS[case.method, response.status_code] += 1
    if response.status_code == 201:
        CREATED.add(int(response.headers["location"][0].rpartition("/")[2]))


@atexit.register
def tell():
    """Print how many requests there were, and how they were answered."""
    if ANSWERS:
        told = ", ".join(f"{method} {status}: {number}" for (method, status), number in sorted(ANSWERS.items()))
        print(f"{sum(ANSWERS.values())} requests: {told}")
