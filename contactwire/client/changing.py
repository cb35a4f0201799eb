"""The request that makes a change: `smallest`."""

from __future__ import annotations

from typing import Any, TypeVar

from contactwire.errors import EncodeError
from contactwire.http import Request, RequestBuilder
from contactwire.projection import Selection
from contactwire.wire import Carrier, is_view

__all__ = ["smallest"]

C = TypeVar("C", bound=Carrier)

_CONDITIONS = ("If-Match", "If-Unmodified-Since")
# A PUT of a whole contact is longer, so there is no need to write one.
_SHORT = 500


def smallest(builder: RequestBuilder[C], id: int, before: C, after: C, select: Selection | str | None) -> Request[C] | None:
    """The shorter one of the PATCH and the PUT that turn the contact `before` into `after`; None where both are the same.

    The request demands that the contact is still as `before`. What holds only what was selected cannot be put, and a change
    that no patch can express cannot be patched.

    Raises ValueError where `before` has neither an entity tag nor an `updated_date`, since no server could tell then whether
    somebody else has changed it meanwhile, and `EncodeError` for a change that cannot be written.
    """
    if is_view(before) or getattr(after, builder.id) != id:
        return _patch(builder, id, before, after, select)
    try:
        patch = _patch(builder, id, before, after, select)
    except EncodeError:
        return _checked(builder.put(after, select=select, unchanged=before))
    if patch is None or len(patch.body) < _SHORT:
        return patch
    put = builder.put(after, select=select, unchanged=before)
    return min(patch, put, key=lambda request: len(request.body))


def _patch(builder: RequestBuilder[C], id: int, before: C, after: C, select: Selection | str | None) -> Request[C] | None:
    patch = builder.difference(before, after)
    return _checked(builder.patch(id, patch, select=select, unchanged=before)) if patch else None


def _checked(request: Request[Any]) -> Request[Any]:
    if not any(name in _CONDITIONS for name, _ in request.headers):
        raise ValueError("the contact came without an ETag and without UpdatedDate: select UpdatedDate, too, or use patch")
    return request
