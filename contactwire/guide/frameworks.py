r"""Frameworks: a recipe for each, which the tests run as it stands.

A carrier is a body and an answer of your own routes. The endpoint itself, `/api/v1/Contact/{id}` with its conditions,
languages and patches, is an application that you mount: `contactwire.asgi.ContactApplication` or that of `contactwire.wsgi`.
The recipes keep their contacts in `contactwire.server.ContactStore`; the last two, in PostgreSQL. Where your contacts have
properties of their own, all of it takes your class: `ContactStore("contacts.sqlite", type=Shop)`, and
`ContactApplication(…, endpoint=ContactEndpoint(type=Shop))` with the `ContactEndpoint` of `contactwire.http`.

# FastAPI

FastAPI (from 0.117) takes an argument for a part of the query, unless its class is one of pydantic's or it has a `Body()`.
It writes a carrier only if the route says what it returns, by its annotation or a `response_model`; else it fails. Routes
with carriers are in `/docs` with their schemas, and so is what `mount` mounts. Without `answer_faults`, FastAPI answers a
body with faults as it answers any other, with 422; each fault is an item of `detail`, whose `loc` is the pointer.

<!-- recipe: fastapi -->
```python
from typing import Annotated
from fastapi import Body, FastAPI
from contactwire import ContactEntityWithLinks
from contactwire.asgi import ContactApplication
from contactwire.plugins.fastapi import answer_faults, mount
from contactwire.server import ContactStore

store = ContactStore("contacts.sqlite")
app = FastAPI()
answer_faults(app)
mount(app, "/crm", ContactApplication(store.load, update=store.update))


@app.post("/contacts", status_code=201)
def create(contact: Annotated[ContactEntityWithLinks, Body()]) -> ContactEntityWithLinks:
    return store.create(contact)
```

FastAPI reads and writes numbers as doubles. One that has more digits is rounded when it is read, and refused when it is
written. Where digits count, the dependency `decoded` reads a body, in every format, and `encode` writes the answer. FastAPI
does not know what a dependency reads, so `/docs` describes no body of such a route:

<!-- recipe: fastapi to the digit -->
```python
from typing import Annotated
from fastapi import Depends, FastAPI, Response
from contactwire import ContactEntity, encode
from contactwire.plugins.fastapi import decoded

app = FastAPI()


@app.post("/echo")
def echo(contact: Annotated[ContactEntity, Depends(decoded(ContactEntity))]) -> Response:
    return Response(encode(contact), media_type="application/json")
```

# pydantic

A carrier class or a patch class is the type of a field. Values are read and written by their wire names, which `include`
and `exclude` take, too. `model_dump()` leaves a carrier the object that it is; `model_dump(mode="json")` gives builtins.
pydantic reads the numbers in JSON as doubles, so one that has more digits is rounded.

<!-- recipe: pydantic -->
```python
from pydantic import BaseModel
from contactwire import ContactEntity, MergePatch


class Order(BaseModel):
    customer: ContactEntity
    others: list[ContactEntity] = []
    change: MergePatch | None = None


order = Order.model_validate_json('{"customer": {"ContactId": 3, "Shoe": 44}, "change": {"Name": null}}')
text = order.model_dump_json(exclude_unset=True)
schema = Order.model_json_schema()
```

# Litestar

With the plug-in, Litestar (from 2.23) reads a body by its `Content-Type`, and writes an answer in the media type of its
route, to the digit. The faults of a body are in `extra` of Litestar's 400. An answer may be annotated as `Any`, too, but a
`Response` needs its type: `Response[ContactEntity]`. Without the plug-in, Litestar fails where a carrier has dates or
unknown members.

<!-- recipe: litestar -->
```python
from litestar import Litestar, post
from litestar.params import JSONBody
from contactwire import ContactEntityWithLinks
from contactwire.asgi import ContactApplication
from contactwire.plugins.litestar import ContactwirePlugin, mounted
from contactwire.server import ContactStore

store = ContactStore("contacts.sqlite")
crm = mounted("/crm", ContactApplication(store.load, update=store.update))


@post("/contacts", sync_to_thread=True)
def create(data: JSONBody[ContactEntityWithLinks]) -> ContactEntityWithLinks:
    return store.create(data)


app = Litestar([crm, create], plugins=[ContactwirePlugin()])
```

# Django

This is a whole `urls.py`. Clients of the endpoint send no token of Django's forms, so their views are exempt from that
check; `contact_view` is so of itself.

<!-- recipe: django -->
```python
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from contactwire import ContactEntityWithLinks, encode
from contactwire.plugins.bodies import read_body
from contactwire.plugins.django import answer_faults, contact_view
from contactwire.server import ContactStore
from contactwire.wsgi import ContactApplication

store = ContactStore("contacts.sqlite")
crm = contact_view(ContactApplication(store.load, update=store.update))


@answer_faults
def create(request):
    contact = store.create(read_body(request.body, request.headers, ContactEntityWithLinks))
    return HttpResponse(encode(contact), status=201, content_type="application/json")


urlpatterns = [path("contacts", csrf_exempt(create)), path("crm/<path:path>", crm)]
```

# Flask

`DispatcherMiddleware` compares mount points as WSGI spells them. Where one has letters beyond ASCII, name it by
`"/größe".encode().decode("latin-1")`.

<!-- recipe: flask -->
```python
from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from contactwire import ContactEntityWithLinks, encode
from contactwire.plugins.bodies import read_body
from contactwire.plugins.flask import answer_faults
from contactwire.server import ContactStore
from contactwire.wsgi import ContactApplication

store = ContactStore("contacts.sqlite")
app = Flask(__name__)
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/crm": ContactApplication(store.load, update=store.update)})
answer_faults(app)


@app.post("/contacts")
def create():
    contact = store.create(read_body(request.get_data(), request.headers, ContactEntityWithLinks))
    return Response(encode(contact), 201, mimetype="application/json")
```

# SQLAlchemy

`update` is one transaction: `FOR UPDATE` lets another change of the same contact wait until this one is committed. If
`change` raises, nothing is stored. The contact comes back as it was stored, to the last digit, so that its entity tag stays
the same; `change` has set `updated_date`. A column of PostgreSQL's type `jsonb` does not give back what it was given: it
spells numbers in its own way (`1E2` becomes `100`), sorts members, keeps one of two with the same name, and takes no
`\u0000`. `json`, `text` and `bytea` keep every character; `CarrierBytes` is `bytea`.

<!-- recipe: sqlalchemy -->
```python
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select
from contactwire import ContactEntityWithLinks
from contactwire.plugins.sqlalchemy import CarrierBytes

engine = create_engine("postgresql+psycopg:///crm")
kept = Column("contact", CarrierBytes(ContactEntityWithLinks))
contacts = Table("contacts", MetaData(), Column("id", Integer, primary_key=True), kept)


def load(id):
    with engine.connect() as connection:
        return connection.scalar(select(kept).where(contacts.c.id == id))


def update(id, change):
    with engine.begin() as connection:
        contact = change(connection.scalar(select(kept).where(contacts.c.id == id).with_for_update()))
        connection.execute(contacts.update().where(contacts.c.id == id).values(contact=contact))
        return contact
```

Under ASGI, `load` and `update` are coroutine functions. `change` takes as long as the sender wants, so it runs in a thread.
This goes below the recipe above, and replaces its functions:

<!-- recipe: sqlalchemy async -->
```python
import asyncio
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("postgresql+psycopg:///crm")


async def load(id):
    async with engine.connect() as connection:
        return await connection.scalar(select(kept).where(contacts.c.id == id))


async def update(id, change):
    async with engine.begin() as connection:
        stored = await connection.scalar(select(kept).where(contacts.c.id == id).with_for_update())
        contact = await asyncio.to_thread(change, stored)
        await connection.execute(contacts.update().where(contacts.c.id == id).values(contact=contact))
        return contact
```

# Other encoders

An encoder that is not this library's writes what was decoded right, or raises an error, but for a `Decimal`, which msgspec
writes as a string. Nor does msgspec check what a program puts in: it writes NaN as null, integers of any size, and bytes
where the class has a string. `encode` writes what is right, and refuses all else. msgspec writes a carrier that has neither
dates as they came nor unknown members, and with the hook `str`, dates too. `json` and orjson call `to_builtins`; `json`
writes numbers as doubles, and orjson refuses those that are none:

<!-- recipe: other encoders -->
```python
import json
import msgspec
import orjson
from contactwire import ContactEntity, decode, to_builtins

contact = decode('{"Name": "Elan", "UpdatedDate": "2003-10-01T14:34:01.7525885+02:00"}')
by_msgspec = msgspec.json.encode({"contact": contact}, enc_hook=str)
contact.extras["Shoe"] = 44
by_json = json.dumps({"contact": contact}, default=to_builtins)
by_orjson = orjson.dumps({"contact": contact}, default=to_builtins)
```
"""
