"""What hypothesis runs when it is imported: it learns to make the library's classes wherever a type asks for one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["register"]


def register() -> None:
    """Tell hypothesis how to make each carrier, timestamp, patch and selection.

    The strategies themselves are made when first asked for.
    """
    from contactwire import carriers
    from contactwire.patch import JsonPatch, MergePatch
    from contactwire.projection import Selection
    from contactwire.timestamps import Timestamp
    from contactwire.wire import definition_of, is_carrier

    for cls in map(vars(carriers).__getitem__, carriers.__all__):
        if is_carrier(cls) and not definition_of(cls).trailing:
            st.register_type_strategy(cls, lambda asked: _testing().carriers(asked))
    made_by = {
        JsonPatch: "json_patches",
        MergePatch: "merge_patches",
        Selection: "selections",
        Timestamp: "timestamps",
    }
    for cls, strategy in made_by.items():
        st.register_type_strategy(cls, _later(strategy))


def _later(strategy: str) -> Any:
    return lambda _: getattr(_testing(), strategy)()


def _testing() -> Any:
    from contactwire import testing

    return testing
