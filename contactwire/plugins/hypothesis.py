"""The plug-in of Hypothesis: it registers a strategy for each class of the library, so that `st.from_type` finds it."""

from __future__ import annotations

from typing import Any

__all__ = ["register"]


def register() -> None:
    """Register a strategy for each carrier class, for Timestamp, JsonPatch, MergePatch and Selection.

    `contactwire.testing` builds the strategies themselves, when Hypothesis first asks for them.
    """
    # Hypothesis loads this module while it is imported, and cannot be imported from it before that.
    from hypothesis import strategies as st

    from contactwire import carriers
    from contactwire.patch import JsonPatch, MergePatch
    from contactwire.projection import Selection
    from contactwire.timestamps import Timestamp
    from contactwire.wire import definition_of, is_carrier

    for cls in map(vars(carriers).__getitem__, carriers.__all__):
        if is_carrier(cls) and not definition_of(cls).trailing:
            st.register_type_strategy(cls, lambda asked: _testing().carriers(asked))
    strategies = {
        JsonPatch: "json_patches",
        MergePatch: "merge_patches",
        Selection: "selections",
        Timestamp: "timestamps",
    }
    for cls, strategy in strategies.items():
        st.register_type_strategy(cls, _later(strategy))


def _later(strategy: str) -> Any:
    return lambda _: getattr(_testing(), strategy)()


def _testing() -> Any:
    from contactwire import testing

    return testing
