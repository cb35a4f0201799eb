"""The testing kit: hypothesis strategies, round-trip assertions and golden payloads; needs the extra `contactwire[testing]`.

| strategy | gives |
| --- | --- |
| `carriers(cls)` | carriers: each property unset, null, empty or full; some unknown ones |
| `bodies(cls, codec)` | valid bodies, JSON or in the codec's format |
| `almost_right(cls, codec)` | bodies with one fault, and what decoding must report of it |
| `json_patches(cls)`, `merge_patches(cls)` | patches |
| `selections(cls)` | `$select` |
| `values(kind)`, `timestamps()`, `strings()`, `builtins()` | what the others are made of |

They come from the plans, so your own carriers have them as well: with `register_carrier(Mine)`, `hypothesis.strategies
.from_type(Mine)` does too, as it does for the library's own classes wherever this package is installed.

`assert_round_trip` says where a codec loses something, `golden` has payloads to try. With pytest, the fixture
`contactwire_replay` sends a folder of recorded bodies through every codec.
"""

from __future__ import annotations

try:
    import hypothesis  # noqa: F401
except ImportError as error:  # pragma: no cover - exercised in an environment without hypothesis
    raise ImportError("contactwire.testing needs hypothesis: install contactwire[testing]") from error

from contactwire import golden
from contactwire.roundtrip import assert_round_trip
from contactwire.testing.body_strategies import bodies
from contactwire.testing.document_strategies import json_patches, merge_patches, selections
from contactwire.testing.faulty_bodies import AlmostRight, almost_right
from contactwire.testing.value_strategies import builtins, carriers, register_carrier, strings, timestamps, values

__all__ = [
    "AlmostRight",
    "almost_right",
    "assert_round_trip",
    "bodies",
    "builtins",
    "carriers",
    "golden",
    "json_patches",
    "merge_patches",
    "register_carrier",
    "selections",
    "strings",
    "timestamps",
    "values",
]
