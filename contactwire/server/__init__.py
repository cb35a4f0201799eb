"""The endpoint over SQLite on the standard library's server, for local integration tests: `contactwire serve`."""

from contactwire.server.store import ContactStore, samples, serve

__all__ = ["ContactStore", "samples", "serve"]
