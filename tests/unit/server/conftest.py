"""Servers in threads of this process, and raw connections to them."""

import socket
import threading

import pytest

from contactwire.http import Host
from contactwire.server import ContactServer, ContactStore


@pytest.fixture
def start():
    """A function that starts a server with arguments of `Host` and `ContactServer`, and gives its address."""
    running = []

    def start(*, workers=4, time_limit=60.0, **functions):
        store = ContactStore()
        store.seed()
        host = Host(**{"load": store.load, "update": store.update, **functions})
        server = ContactServer(("127.0.0.1", 0), host, store, workers=workers, time_limit=time_limit)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return server.server_address

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def connect():
    """A function that connects to an address, whose connections are closed after the test."""
    opened = []

    def connect(address):
        opened.append(socket.create_connection(address, timeout=60))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()
