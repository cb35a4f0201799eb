"""The recipes of the guide, each run as it stands, with the real framework."""

import json
import re
import sys
from importlib import import_module

import httpx
import pytest

from contactwire import ContactEntity, ContactEntityWithLinks, decode, encode, evolve
from contactwire.guide import frameworks
from contactwire.http import RequestBuilder

FOUND = re.findall(r"<!-- recipe: ([^>]+) -->\n```python\n(.+?)```", frameworks.__doc__, re.DOTALL)
RECIPES = dict(FOUND)
BODY = b'{"Name":"Elan","DbiLastModified":"2003-10-01T14:34:01.7525885+02:00","Shoe":{"Size":44}}'


def run(name, tmp_path, monkeypatch):
    """The names that a recipe defines, as a module of its own, in a folder of its own."""
    module = f"recipe_{name.replace(' ', '_')}"
    (tmp_path / f"{module}.py").write_text(RECIPES[name], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, module, raising=False)
    return import_module(module)


def test_every_recipe_is_found_once():
    """Each recipe has a name of its own, and each block of code is a recipe."""
    assert len(RECIPES) == len(FOUND) == frameworks.__doc__.count("```python")


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_are_short(name):
    """A recipe has at most fifteen lines, blank ones not counted."""
    assert len([line for line in RECIPES[name].splitlines() if line.strip()]) <= 15


def use(base):
    """Create a contact by a host's own route, then read and change it through the endpoint that is mounted beside it."""
    made = httpx.post(f"{base}/contacts", content=BODY, headers={"Content-Type": "application/json"}, timeout=30)
    assert made.status_code == 201
    contact = decode(made.content, type=ContactEntityWithLinks)
    assert made.json().items() >= json.loads(BODY).items()
    client = RequestBuilder(path=f"{base}/crm/api/v1/Contact")
    for request in (client.get(contact.contact_id), client.patch(contact, evolve(contact, name="Hoppski"))):
        answer = httpx.request(
            request.method, request.target, headers=dict(request.headers), content=request.body, timeout=30
        )
        read = client.parse(request, answer.status_code, answer.headers, answer.content)
        assert (str(read.dbi_last_modified), read.extras) == ("2003-10-01T14:34:01.7525885+02:00", {"Shoe": {"Size": 44}})
    assert read.name == "Hoppski"
    return httpx.post(f"{base}/contacts", content=b'{"Name":5}', headers={"Content-Type": "application/json"}, timeout=30)


@pytest.mark.parametrize("name", ["fastapi", "litestar"])
def test_asgi_recipes(name, serve_asgi, tmp_path, monkeypatch):
    """Under ASGI, a host's route and the endpoint beside it keep all that a contact has."""
    made = run(name, tmp_path, monkeypatch)
    refused = use(serve_asgi(made.app))
    assert refused.status_code == 400
    assert "/Name" in refused.text
    made.store.close()


def test_the_flask_recipe(serve_wsgi, tmp_path, monkeypatch):
    """Under WSGI, a host's route and the endpoint beside it keep all that a contact has."""
    made = run("flask", tmp_path, monkeypatch)
    refused = use(serve_wsgi(made.app))
    assert refused.status_code == 400
    assert "/Name" in refused.text
    made.store.close()


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_the_django_recipe(kind, serve_django, tmp_path, monkeypatch):
    """As `urls.py`, with Django's check of forms, under both of its handlers."""
    made = run("django", tmp_path, monkeypatch)
    refused = use(serve_django(made.__name__, kind))
    assert refused.status_code == 400
    assert "/Name" in refused.text
    made.store.close()


def test_the_fastapi_recipe_to_the_digit(serve_asgi, tmp_path, monkeypatch):
    """A body in any format comes back in JSON, with each number as it was spelled."""
    made = run("fastapi to the digit", tmp_path, monkeypatch)
    base = serve_asgi(made.app)
    body = b'{"Name":"Elan","Shoe":[1E400,12345678901234567.89,1.50]}'
    assert httpx.post(f"{base}/echo", content=body, timeout=30).content == body
    xml = encode(decode(body), "application/xml")
    answer = httpx.post(f"{base}/echo", content=xml, headers={"Content-Type": "application/xml"}, timeout=30)
    assert answer.content == body


def test_the_pydantic_recipe(tmp_path, monkeypatch):
    """A model with carriers reads, writes and describes them by their wire names."""
    made = run("pydantic", tmp_path, monkeypatch)
    assert made.order.customer == ContactEntity(contact_id=3, extras={"Shoe": 44})
    assert made.text == '{"customer":{"ContactId":3,"Shoe":44},"change":{"Name":null}}'
    assert "ContactId" in made.schema["$defs"]["ContactEntity"]["properties"]


def test_the_recipe_for_other_encoders(tmp_path, monkeypatch):
    """What each encoder writes reads back as the contact that it was."""
    made = run("other encoders", tmp_path, monkeypatch)
    assert json.loads(made.by_json) == json.loads(made.by_orjson) == {"contact": json.loads(encode(made.contact))}
    assert json.loads(made.by_msgspec)["contact"]["UpdatedDate"] == "2003-10-01T14:34:01.7525885+02:00"
