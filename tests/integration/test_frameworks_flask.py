"""Errors of the library in views of Flask's."""

import pytest
from flask import Flask, request

from contactwire import ContactEntity, Unauthorized
from contactwire.plugins.bodies import read_body
from contactwire.plugins.flask import answer_faults


@pytest.fixture
def client():
    """A client of an application with two views."""
    app = Flask(__name__)
    answer_faults(app)

    @app.route("/contacts", methods=["POST", "PATCH"])
    def create():
        return read_body(request.get_data(), request.headers, ContactEntity).name

    @app.get("/closed")
    def closed():
        raise Unauthorized("who are you?", challenges=["Bearer"])

    return app.test_client()


def test_an_error_has_its_header_fields(client):
    """A 401 names the ways to authenticate (RFC 9110 §11.6.1), and a 415 what is read (§12.5.3, RFC 5789 §2.2)."""
    answer = client.get("/closed")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    answer = client.post("/contacts", data=b"{}", headers={"Content-Encoding": "br"})
    assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, "identity")
    answer = client.patch("/contacts", data=b"{}", content_type="image/png")
    assert (answer.status_code, answer.headers["Accept-Patch"]) == (415, answer.headers["Accept"])


def test_an_error_has_the_length_of_its_body(client):
    """The answer to a HEAD has the Content-Length of that to the GET, and no body (RFC 9110 §8.6)."""
    got, head = client.get("/closed"), client.head("/closed")
    assert (head.status_code, head.data) == (401, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.data))


def test_an_error_is_written_as_the_client_accepts_it(client):
    """The answer has the fault's pointer, in JSON or XML."""
    answer = client.post("/contacts", data=b'{"Name":{}}', content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/json; charset=utf-8")
    assert "/Name" in answer.get_json()["ErrorMessage"]
    answer = client.post("/contacts", data=b'{"Name":{}}', headers={"Accept": "application/xml"})
    assert answer.data.startswith(b"<?xml") or answer.data.startswith(b"<ServerError")


def test_a_body_is_read_by_its_content_type(client):
    """A view takes every format."""
    xml = b"<ContactEntity><Name>Elan</Name></ContactEntity>"
    assert client.post("/contacts", data=xml, content_type="application/xml").data == b"Elan"
    assert client.post("/contacts", data=b"Name=Elan", content_type="application/x-www-form-urlencoded").data == b"Elan"
