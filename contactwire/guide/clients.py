"""Clients: read, change and store contacts from a program, with a recipe for each task.

`pip install 'contactwire[client]'` brings httpx2, with which `contactwire.client` sends its requests. Tests run the recipes.

# Read and change

`update` reads a contact, lets a function change it, and sends the shortest request that makes the change, or none where
nothing has changed. The function changes the contact in place, or returns another one.

<!-- recipe: change -->
```python
from contactwire import evolve
from contactwire.client import ContactClient
from contactwire.http import Credentials

me = Credentials.basic("me@elan.example", "password")
with ContactClient("https://crm.example/Cust1", credentials=me) as client:
    contact = client.update(1, lambda contact: evolve(contact, name="Elan Hoppski AS"))
    created = client.create(evolve(client.default(), name="Hoppski & Sons"))
    client.delete(created)
```

# Without blocking

`AsyncContactClient` has the same methods, to await, on asyncio or trio.

<!-- recipe: async -->
```python
import asyncio
from contactwire.client import AsyncContactClient


async def main():
    async with AsyncContactClient("https://crm.example/Cust1") as client:
        return await asyncio.gather(*map(client.get, [1, 2, 3]))


contacts = asyncio.run(main())
```

# When two change the same contact

Each change is sent on condition that nobody else has changed the contact since it was read. Where somebody has, `update`
reads it again and merges both changes: properties by property, dictionaries such as custom fields by key. Where both changed
the same place, nobody can tell which is right, and the error has all versions. A list is one place.

<!-- recipe: conflict -->
```python
from contactwire.client import ContactClient
from contactwire.errors import UpdateConflict


def rename(contact):
    contact.name = "Elan Hoppski AS"


with ContactClient("https://crm.example/Cust1") as client:
    try:
        contact = client.update(1, rename)
    except UpdateConflict as conflict:
        print(conflict, conflict.mine.name, conflict.theirs.name)
        contact = client.update(1, rename, on_conflict="redo")  # so be it
```

With `on_conflict="redo"` the function is called again with the contact as it is now, and what it makes of that is sent. This
is what a counter wants. Where the server has answered 503, and refuses the request when it is sent again, it may have stored
the change all the same. Then the function is not called again: the error is a `PreconditionFailed`, whose `__cause__` is the
503. So it is with each error, `UpdateConflict` too: where its `__cause__` is a 503, the change was stored perhaps before
somebody else changed the contact.

`update` makes up to ten attempts, with a short pause of a random length before each. Where more clients than that change one
contact at once, give it more `attempts`; after the last one the error is the `PreconditionFailed` of the server.

# A part of a contact

`select` names the properties to read. What was not read is UNSET, cannot be put back by mistake, and stays as it is: other
keys of a dictionary, and other properties of the items of a list. Where that cannot be, since such items change places, the
change is an `EncodeError`.

<!-- recipe: part -->
```python
from contactwire.client import ContactClient

with ContactClient("https://crm.example/Cust1", language="en", time_zone="NO") as client:
    part = client.get(1, select="name,emails/value")
    client.update(1, lambda contact: setattr(contact, "department", "Oslo"), select="department")
```

# When something goes wrong

| error | when |
| --- | --- |
| `NotFound`, `Forbidden`, `TooManyRequests`, … | the server says so; `headers` are those of its answer |
| `PreconditionFailed` | somebody else has changed the contact that `put`, `patch` or `delete` was given |
| `Conflict` | a patch does not fit the contact |
| `UpdateConflict` | somebody else has changed the same place, and `update` does not know which change is right |
| `TimedOut`, `NoAnswer` | no complete answer came, in time or at all; the server may have carried out the request |
| `BadAnswer` | the answer is no contact: a page of a proxy, another format, a body over `max_bytes` |
| `EncodeError` | the contact cannot be written; nothing was sent |

All are in `contactwire.errors`, and each has a `status`, which is the one to answer with in a server that asks another one.

An answer of 429 or 503 is waited for, as `Retry-After` says, and the request sent again, if it can be repeated: a GET, PUT,
DELETE, or one with a tag. Other failures are not repeated, since nobody knows whether the request was carried out.

<!-- recipe: errors -->
```python
from contactwire.client import ContactClient
from contactwire.errors import HttpError, NoAnswer, NotFound

with ContactClient("https://crm.example/Cust1", timeout=10, retries=5, max_wait=30) as client:
    try:
        name = client.get(99).name
    except NotFound:
        name = None
    except (HttpError, NoAnswer) as error:
        raise SystemExit(f"the CRM fails: {error}")
```

# Your own connections

`client` takes a client of httpx2, with proxies, certificates, HTTP/2, authentication that refreshes tokens, and its own
timeouts. It stays open. It can also call an application without a socket, which is how to test a program that uses one.

<!-- recipe: own -->
```python
import httpx2
from contactwire import ContactEntityWithLinks
from contactwire.client import ContactClient
from contactwire.wsgi import ContactApplication

contacts = {1: ContactEntityWithLinks(contact_id=1, name="Elan Hoppski")}
app = ContactApplication(contacts.get, lambda contact: contacts.update({contact.contact_id: contact}))
with httpx2.Client(transport=httpx2.WSGITransport(app)) as http:
    client = ContactClient("http://testserver", client=http)
    contact = client.update(1, lambda contact: setattr(contact, "name", "Elan Hoppski AS"))
```

# Another HTTP library

`contactwire.http.RequestBuilder` builds requests and reads answers, and leaves the sending to you.

<!-- recipe: builder -->
```python
import requests
from contactwire.http import RequestBuilder

builder = RequestBuilder(path="https://crm.example/Cust1/api/v1/Contact")


def send(request):
    headers = dict(request.headers)
    answer = requests.request(request.method, request.target, headers=headers, data=request.body, timeout=30)
    return builder.parse(request, answer.status_code, answer.headers, answer.content)


contact = send(builder.get(1))
contact.name = "Elan Hoppski AS"
contact = send(builder.put(contact))
```
"""
