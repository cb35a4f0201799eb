"""Regular expressions that are compiled at their first use, so that importing a module does not wait for them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["pattern"]


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile(text, flags)` returns. It is compiled when one of its methods is first asked for, and fails then."""
    return cast("re.Pattern[AnyStr]", _Waiting(text, flags))


class _Waiting:
    """A pattern in waiting. Each method of the compiled one becomes an attribute at its first use."""

    def __init__(self, text: Any, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> Any:
        # `re.compile` keeps what it has compiled, so another method does not compile the pattern again.
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found
