"""The testing kit: Hypothesis strategies, round-trip assertions and golden payloads; needs the extra `contactwire[testing]`.

`value_strategies` builds strategies from a plan: for scalars, carriers and any JSON. The others build on these:
`body_strategies` for valid bodies, `document_strategies` for patches and selections, `faulty_bodies` for bodies with one
fault (`wrong_values` has the faults of values).

| strategy | gives |
| --- | --- |
| `carriers(type)` | carriers: each property absent, null, empty or filled; some with unknown members |
| `bodies(type, codec)` | valid bodies, JSON or in the codec's format |
| `almost_right(type, codec)` | bodies with one fault, and the error that decoding must raise for it |
| `json_patches(type)`, `merge_patches(type)` | patches |
| `selections(type)` | parsed `$select`s |
| `values(kind)`, `timestamps()`, `strings()`, `builtins()` | the values in all of these |

The strategies take a carrier class of your own as well. After `register_carrier(Mine)`, `st.from_type(Mine)` finds its
strategy; for the library's own classes it does so wherever this package is installed.

`assert_round_trip` checks that a codec loses nothing, `changes` lists where two documents differ, and `golden` has payloads
to try. With pytest, the fixture `contactwire_replay` sends a folder of recorded bodies through every codec.
"""

from __future__ import annotations

try:
    import hypothesis  # noqa: F401
except ImportError as error:  # pragma: no cover - exercised in an environment without hypothesis
    raise ImportError("contactwire.testing needs Hypothesis: pip install 'contactwire[testing]'") from error

from contactwire import golden
from contactwire.roundtrip import ABSENT, Difference, assert_round_trip, changes
from contactwire.testing.body_strategies import bodies
from contactwire.testing.document_strategies import json_patches, merge_patches, selections
from contactwire.testing.faulty_bodies import almost_right
from contactwire.testing.value_strategies import builtins, carriers, register_carrier, strings, timestamps, values
from contactwire.testing.wrong_values import AlmostRight

__all__ = [
    "ABSENT",
    "AlmostRight",
    "Difference",
    "almost_right",
    "assert_round_trip",
    "bodies",
    "builtins",
    "carriers",
    "changes",
    "golden",
    "json_patches",
    "merge_patches",
    "register_carrier",
    "selections",
    "strings",
    "timestamps",
    "values",
]
