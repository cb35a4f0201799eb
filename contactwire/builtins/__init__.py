"""Carriers ↔ builtins: plain data (dict, list, str, int, float, bool, None) with wire names as keys.

A codec reads its format into builtins. `assemble` sets their unknown members aside, and has msgspec construct the carriers
in C; `shapes` tells msgspec which types to read, `limits` checks how deep the carriers nest. Only if one of these refuses,
`explain` reads the same builtins again, slowly, and names every fault; `scalars` reads single values for it. Back, `write`
turns carriers into builtins, or names every fault. `text` turns builtins into JSON text and back. `converter` does the
same work inside a cattrs converter, for users who have classes and hooks of their own. `options` checks the words that say
how.
"""

from contactwire.builtins.assemble import Document, Refused, assemble, document_of, from_builtins, read_kind
from contactwire.builtins.converter import make_converter
from contactwire.builtins.explain import (
    DuplicatePolicy,
    Policy,
    UnknownPolicy,
    check_hooks,
    explain,
    missing_issue,
    refusal,
    repeated_issue,
    unknown_issue,
)
from contactwire.builtins.limits import (
    MAX_DEPTH,
    MAX_OBJECTS,
    all_properties,
    beyond_the_stack,
    check_depth,
    depth_of,
    endless,
    multiplies,
    stack_may_overflow,
)
from contactwire.builtins.options import check_limit, check_option, check_path, is_a, is_limit, one_of
from contactwire.builtins.scalars import MAX_DIGITS, Read, coercer, invalid, single_reader
from contactwire.builtins.shapes import coercing_read_hook, read_hook, spelled_otherwise
from contactwire.builtins.text import (
    SURROGATES_ADVICE,
    Surrogates,
    from_json,
    from_json_in_order,
    in_order,
    number_hook,
    to_json,
    to_json_with_surrogates,
    to_sorted_json,
)
from contactwire.builtins.write import Builtins, to_builtins, write_any, write_extras, write_kind

__all__ = [
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_OBJECTS",
    "SURROGATES_ADVICE",
    "Builtins",
    "Document",
    "DuplicatePolicy",
    "Policy",
    "Read",
    "Refused",
    "Surrogates",
    "UnknownPolicy",
    "all_properties",
    "assemble",
    "beyond_the_stack",
    "check_depth",
    "check_hooks",
    "check_limit",
    "check_option",
    "check_path",
    "coercer",
    "coercing_read_hook",
    "depth_of",
    "document_of",
    "endless",
    "explain",
    "from_builtins",
    "from_json",
    "from_json_in_order",
    "in_order",
    "invalid",
    "is_a",
    "is_limit",
    "make_converter",
    "missing_issue",
    "multiplies",
    "number_hook",
    "one_of",
    "read_hook",
    "read_kind",
    "refusal",
    "repeated_issue",
    "single_reader",
    "spelled_otherwise",
    "stack_may_overflow",
    "to_builtins",
    "to_json",
    "to_json_with_surrogates",
    "to_sorted_json",
    "unknown_issue",
    "write_any",
    "write_extras",
    "write_kind",
]
