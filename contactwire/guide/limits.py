"""Limits: what a body may hold, so that no sender decides how much work or memory it takes.

Every limit is an option of the codecs, under one name everywhere. A body over one of them raises `ContentTooLarge`, and is
answered with 413. `contactwire.guide.codecs` says which codec has which. The command line has `--max-bytes`,
`--max-depth`, `--max-objects` and `--max-faults`.

| option | default | what it limits |
| --- | --- | --- |
| `max_bytes` | 16,777,216 | the bytes of a body; in a stream, those of a record |
| `max_depth` | 64 | carriers, lists and dictionaries inside each other; also in what is encoded |
| `max_objects` | 200,000 | the same altogether: an empty carrier takes three bytes, and some 400 of memory |
| `max_faults` | 100 | faults that an error lists; `error.more` says whether there are more |
| `max_operations` | 10,000 | operations of a JSON Patch |
| `max_pairs` | 10,000 | pairs of a form |
| `max_index` | 9,999 | an index in a key of a form |
| `max_key_length` | 2,048 | the characters of a key of a form; also in what is encoded |

An integer or a decimal may have 4,300 digits, as many as Python converts. A sign in front of an integer counts as one. A
namespace in XML may have 256 characters.

Applications have `max_bytes`, `max_depth`, `max_objects` and `max_faults`, too. Their `max_bytes` is 1,048,576 by default,
and they stop reading there; their `max_objects` is 20,000, and their `max_depth` is 64 at most. These limit what comes, not
what is stored and answered. A contact with all properties has some 35 kB, and some 300 objects and lists. Where many changes
make a contact larger than `contactwire.server.ContactStore` reads, the last one is answered with 413.

Under ASGI, large bodies are read in a thread. But msgspec holds the interpreter while it reads JSON, some 10 ms for each MB
or 20,000 objects, and so does Python while it frees them. The event loop then waits for the interpreter a few times in each
request, up to `sys.getswitchinterval()` each time. That is 5 ms in Python, and 0.5 ms from the moment when a server starts
`contactwire.asgi.ContactApplication`. Beside the slowest bodies that are within the limits, one request in ten then takes 10
ms longer, and none 50 ms. Where the application is mounted in another one, its server does not tell it of the start. Call
`sys.setswitchinterval(0.0005)` there, or one request in ten takes 50 ms longer, and a few up to 90 ms.

How deep a parser in C may go is otherwise Python's to say. Before Python 3.14 it counts calls, which may be more than a
stack holds: where `sys.setrecursionlimit` has raised the limit beyond 5,000, and with musl, whose threads have small stacks.
There JSON nests 500 levels deep at most, whatever `max_depth` is. Where a program gives its threads less than 4 MB with
`threading.stack_size`, which nobody can ask for, a body that nests deep may still end the process.

Two things no option limits. libxml2 keeps each name of an element or attribute, and each namespace, for as long as the
thread lives that has read it, so that a MB of names that no body before had takes a MB or more. Where anybody may send XML,
have the server replace its processes after some number of requests (`max_requests` of gunicorn, `limit_max_requests` of
uvicorn). `contactwire serve` has a thread for each connection. And Babel, where it is installed, keeps the data of each
culture that a request has asked for, by `SO-Culture` or by a language, as long as the process lives: 0.2 MB each, and 210 MB
for all 1,147 that CLDR has.
"""
