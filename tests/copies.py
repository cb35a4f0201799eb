"""What gives a carrier back whole, whatever its class: codecs, and ways to copy it."""

import copy
import pickle

import attrs

from contactwire import JsonCodec, XmlCodec, evolve, from_builtins, to_builtins

JSON_CODECS = [
    JsonCodec(),
    JsonCodec(indent=1),
    JsonCodec(validate=False),
    JsonCodec(duplicates="error"),
    JsonCodec(coerce=True),
]
CODECS = [*JSON_CODECS, *(XmlCodec(dialect=name) for name in ("plain", "datacontract", "webapi", "services"))]
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda carrier: pickle.loads(pickle.dumps(carrier)),
    "evolve": evolve,
    "attrs.evolve": attrs.evolve,
    "builtins": lambda carrier: from_builtins(to_builtins(carrier), type(carrier)),
}
