"""A cattrs converter for carriers, for users who hold carriers in classes of their own, or register hooks of their own.

cattrs calls a hook for each carrier class. That hook reads by `explain` or writes by `write`, which ask cattrs in turn for
the hook of each carrier inside, so a user's hook runs at any depth.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from contactwire.builtins.explain import DuplicatePolicy, Policy, UnknownPolicy, carrier_reader
from contactwire.builtins.limits import MAX_DEPTH
from contactwire.builtins.options import check_limit, check_option
from contactwire.builtins.scalars import Read, single_reader
from contactwire.builtins.write import Writing, write_carrier, write_kind
from contactwire.errors import MAX_FAULTS
from contactwire.wire import DATE_TIME, is_carrier, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cattrs import Converter

__all__ = ["make_converter"]


def make_converter(
    *,
    unknown: UnknownPolicy = "keep",
    coerce: bool = False,
    duplicates: DuplicatePolicy = "last",
    max_faults: int = MAX_FAULTS,
) -> Converter:
    """A cattrs converter that structures and unstructures carriers, alone or inside classes of your own.

    `unknown` says what happens to an unknown member: "keep" it in `extras`, "ignore" it, or report it as a fault ("error").
    `coerce` reads scalars as the server's JSON reader does. `duplicates` says what happens to two spellings of one property
    in one object: the "last" wins, or they are a fault ("error"). Structuring raises `ValidationError`, unstructuring
    `EncodeError`, each with every fault, up to `max_faults`. A hook that you register for a carrier class, of either
    direction, runs for carriers of that class at any depth. Raises ValueError for a wrong option.
    """
    import cattrs

    check_option("unknown", unknown, UnknownPolicy)
    check_option("duplicates", duplicates, DuplicatePolicy)
    check_limit("max_faults", max_faults)
    converter = cattrs.Converter()
    policy = Policy(unknown, coerce, duplicates, max_faults)

    def nested(cls: type) -> Read:
        hook = converter.get_structure_hook(cls)
        return lambda value: hook(value, cls)

    def write(carrier: Any, depth: int = MAX_DEPTH) -> Any:
        return write_carrier(carrier, depth, writing)

    def write_nested(carrier: Any, depth: int) -> Any:
        hook = converter.get_unstructure_hook(type(carrier))
        return write(carrier, depth) if hook is write else hook(carrier)

    writing = Writing(max_faults, nested=write_nested)
    converter.register_structure_hook_factory(is_carrier, lambda cls: _hook(carrier_reader(plan_of(cls), policy, nested)))
    converter.register_structure_hook(datetime, _hook(single_reader(DATE_TIME)))
    converter.register_unstructure_hook_factory(is_carrier, lambda cls: write)
    converter.register_unstructure_hook(datetime, lambda value: write_kind(DATE_TIME, value, MAX_DEPTH))
    return converter


def _hook(read: Read) -> Callable[[Any, Any], Any]:
    return lambda value, _: read(value)
