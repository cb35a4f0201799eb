"""JSON (RFC 8259) to carriers: in one step by msgspec if all members are known, else through builtins.

`read` tries the fastest way that the body may allow:

1. msgspec decodes the text into carriers. That works if each member is known and has its wire name.
2. If msgspec names an unknown member of the outermost object, `_read_split` splits that object, and decodes its known
   members as in 1. That works if all unknown members are members of the outermost object.
3. `_read_builtins` turns the text into builtins, and assembles those. That works for each body without a fault.
4. Otherwise `parse_json` raises if the text is not JSON, and `explain` names every fault.

A carrier with decimals starts at 3. With `duplicates="error"`, `_read_strictly` takes the place of all four.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import Any

import msgspec

from contactwire.builtins import (
    Document,
    Policy,
    Refused,
    Surrogates,
    assemble,
    check_depth,
    coercing_read_hook,
    explain,
    from_json,
    from_json_in_order,
    read_hook,
)
from contactwire.codecs.json.text import parse_json, repeated_members
from contactwire.errors import ContentTooLarge, ValidationError
from contactwire.patterns import pattern
from contactwire.wire import HookFault

__all__ = ["read"]

_json_decode, _json_encode = msgspec.json.decode, msgspec.json.encode
_UNKNOWN_AT_TOP = pattern("Object contains unknown field `([^`]*)`")
_PUNCTUATION = len(',"":')
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def read(raw: Any, document: Document, policy: Policy, max_depth: int, surrogates: Surrogates = "error") -> Any:
    """The carriers in a JSON text; raises `DecodeError`, `ContentTooLarge`, or `ValidationError` with every fault."""
    if policy.duplicates == "error":
        return _read_strictly(raw, document, policy, max_depth, surrogates)
    if document.needs_digits:
        return _read_builtins(raw, document, policy, max_depth, surrogates)
    try:
        value = _json_decode(raw, type=document.shape, dec_hook=coercing_read_hook if policy.coerce else read_hook)
    except msgspec.ValidationError as error:
        if policy.unknown != "error" and _is_unknown_at_top(error, document):
            split = _read_split(raw, document, policy, max_depth)
            if split is not None:
                return split
    except (msgspec.DecodeError, HookFault, UnicodeDecodeError, RecursionError):
        pass
    else:
        if document.within(value, max_depth):
            return value
    return _read_builtins(raw, document, policy, max_depth, surrogates)


def _is_unknown_at_top(error: msgspec.ValidationError, document: Document) -> bool:
    """Whether msgspec refused an unknown member of the outermost object, and not just another spelling of a property.

    This only chooses the faster way. If msgspec words its errors otherwise one day, reading is slower and not wrong.
    """
    found = _UNKNOWN_AT_TOP.fullmatch(str(error))
    return found is not None and document.plan.find(found[1]) is None


def _read_split(raw: Any, document: Document, policy: Policy, max_depth: int) -> Any:
    """The carrier in a text whose unknown members all belong to the outermost object; None for any other text.

    It is None too for a text with white space or with a repeated member, and where anything is wrong.
    """
    try:
        members = _members(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    plan = document.plan
    unknown = [name for name in members if name not in plan.by_name]
    if any(plan.find(name) is not None for name in unknown):
        return None
    extras = {name: members.pop(name) for name in unknown}
    known = _json_encode(members)
    if len(raw) != len(known) + sum([len(name.encode()) + len(text) + _PUNCTUATION for name, text in extras.items()]):
        # The lengths differ if there is white space, or a repeated member, whose first value nobody would have checked.
        return None
    try:
        value = _json_decode(known, type=document.shape, dec_hook=coercing_read_hook if policy.coerce else read_hook)
    except (msgspec.DecodeError, HookFault, UnicodeDecodeError, RecursionError):
        return None
    if not document.within(value, max_depth):
        return None
    try:
        # Ignored members too, since they must be JSON and within the limit.
        parsed = {name: _parse_within(text, max_depth - 1) for name, text in extras.items()}
    except (msgspec.DecodeError, UnicodeDecodeError, ContentTooLarge, RecursionError):
        return None
    if policy.unknown == "keep" and parsed:
        value.extras = parsed
    return value


def _parse_within(text: msgspec.Raw, max_depth: int) -> Any:
    value = from_json(text)
    if isinstance(value, (dict, list)):
        check_depth(value, max_depth)
    return value


def _read_builtins(raw: Any, document: Document, policy: Policy, max_depth: int, surrogates: Surrogates) -> Any:
    """The carriers in any text: with unknown members, with names in another letter case, with faults."""
    with suppress(Refused, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return assemble(from_json(raw), document, policy, max_depth)
    # Outside of it, so that the builtins that were refused are freed before they are read again.
    parse_json(raw, max_depth, surrogates)
    # Two spellings of one property count in the order of the text. A dictionary keeps a repeated name in its first place.
    return explain(from_json_in_order(raw), document.kind, policy)


def _read_strictly(raw: Any, document: Document, policy: Policy, max_depth: int, surrogates: Surrogates) -> Any:
    """The carriers in a text, where a repeated member is a fault."""
    data = parse_json(raw, max_depth, surrogates)
    issues = list(islice(repeated_members(raw), policy.max_faults + 1))
    try:
        carrier = explain(data, document.kind, policy)
    except ValidationError as error:
        raise ValidationError.of_first([*issues, *error.issues], policy.max_faults, more=error.more) from None
    if issues:
        raise ValidationError.of_first(issues, policy.max_faults)
    return carrier
