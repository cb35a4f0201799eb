"""Clients of both kinds, whose requests a function of the test answers."""

import asyncio

import httpx2
import pytest

from contactwire.client import AsyncContactClient, ContactClient


class Awaited:
    """An `AsyncContactClient` whose methods are called without `await`."""

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        method = getattr(self.client, name)
        return lambda *arguments, **options: asyncio.run(method(*arguments, **options))


def connect_sync(handler, base_url="https://crm.example/Cust1", **options):
    """A `ContactClient` whose requests a function answers."""
    http = httpx2.Client(transport=httpx2.MockTransport(handler))
    options.setdefault("sleep", lambda _: None)
    return ContactClient(base_url, client=http, **options)


def connect_async(handler, base_url="https://crm.example/Cust1", **options):
    """An `AsyncContactClient` whose requests a function answers."""
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(handler))
    sleep = options.pop("sleep", lambda _: None)

    async def wait(seconds):
        sleep(seconds)

    return Awaited(AsyncContactClient(base_url, client=http, sleep=wait, **options))


@pytest.fixture(params=[connect_sync, connect_async], ids=["sync", "async"])
def connect(request):
    """A function that takes what answers requests, and makes a client of either kind."""
    return request.param
