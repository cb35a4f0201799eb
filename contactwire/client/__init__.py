"""Clients of the endpoint: `ContactClient` calls it, and `AsyncContactClient` does the same with `await`.

::

    with ContactClient("https://crm.example/Cust1", credentials=Credentials.basic("user", "password")) as client:
        contact = client.update(1, lambda contact: evolve(contact, name="Elan Hoppski AS"))

`contactwire.http.RequestBuilder` builds each request and reads each answer. What lies between is written once, as the
coroutines in `base`; of the two classes in `clients`, the sync one runs them without an event loop. `merging` merges what
somebody else has changed during an `update`. `waiting` says how long to wait before a request is sent again. `sending` knows
how the HTTP library takes requests, and gives answers and errors.

That library is httpx2 (`pip install 'contactwire[client]'`), the continuation of httpx, whose last stable release is of
December 2024. It has one API for sync and async, runs on asyncio and trio, can call an ASGI or WSGI application without a
socket, bounds what it decompresses, and is pure Python under the BSD licence. Starlette's own test client is built on it. Of
the others, requests and urllib3 are sync only and aiohttp is async only; niquests has both, but brings a second urllib3 and
compiled QUIC, which a client of one JSON endpoint does not need.
"""

from contactwire.client.clients import AsyncContactClient, ContactClient
from contactwire.client.merging import merge

__all__ = ["AsyncContactClient", "ContactClient", "merge"]
