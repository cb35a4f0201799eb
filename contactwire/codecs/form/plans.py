"""What both fast paths of forms ask of kinds and plans."""

from __future__ import annotations

from contactwire.wire import CarrierPlan, EnumerationKind, Kind, ScalarKind, nested_carrier, plan_of

__all__ = ["Refused", "is_single", "reachable"]


class Refused(Exception):
    """The fast path does not take this body or value; the exact path decides."""


def is_single(kind: Kind | None) -> bool:
    """Whether a value of this kind is one text."""
    return isinstance(kind, (ScalarKind, EnumerationKind))


def reachable(kind: Kind) -> list[CarrierPlan]:
    """The plan of the carrier inside a kind and all that it leads to, each once; raises TypeError if there is none."""
    cls = nested_carrier(kind)
    if cls is None:
        raise TypeError(f"a {kind.expected} is no document: a carrier, or a list or dictionary of one, is")
    found = {plan_of(cls): None}
    waiting = list(found)
    for plan in waiting:
        children = map(plan_of, sorted(plan.children(), key=lambda cls: cls.__name__))
        fresh = [child for child in children if child not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return waiting
