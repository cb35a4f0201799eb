"""The endpoint over SQLite on the standard library's server, for local integration tests: `contactwire serve`.

`database` opens connections to the file and runs transactions. `store` keeps contacts in it, the first of which are
`samples`. `incoming` reads what a client sends, `connection` the requests in it, and writes the answers; `chunked` reads
bodies in chunks. `workers` serves a limited number of clients at once, and stops gracefully.
"""

from contactwire.server.samples import samples
from contactwire.server.store import ContactStore
from contactwire.server.workers import ContactServer, serve

__all__ = ["ContactServer", "ContactStore", "samples", "serve"]
