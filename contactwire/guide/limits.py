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
| `max_key_length` | 2,048 | the characters of a key of a form |

A number may have 4,300 digits, as many as Python converts.

Applications have `max_bytes`, `max_depth`, `max_objects` and `max_faults`, too. Their `max_bytes` is 4,194,304 by default,
and they stop reading there; a contact with all properties has some 35 kB, and some 300 objects and lists.

Under ASGI, large bodies are read in a thread. But msgspec holds the interpreter while it reads JSON, some 10 ms for each MB
or 20,000 objects, and so does Python while it frees them. Beside a body of 4 MiB with 200,000 objects, most other requests
take a millisecond longer, one in ten some 50 ms, and a few up to 150 ms. Who needs less sets lower limits.
"""
