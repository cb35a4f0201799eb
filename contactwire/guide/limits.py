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

Applications have `max_bytes`, too, 4,194,304 by default; they stop reading there. A contact with all properties has some
35 kB. Under ASGI, large bodies are read in a thread, but msgspec holds the interpreter while it reads JSON, some 10 ms for
each MB, so a request beside a body of 4 MiB waits up to a twentieth of a second, and beside one of 16 MiB up to a fifth.
"""
