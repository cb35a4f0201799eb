"""Property paths: RFC 6901 JSON Pointers."""

from __future__ import annotations

__all__ = ["escape", "unescape"]


def escape(token: str) -> str:
    """One reference token as a pointer spells it: `~` becomes `~0` and `/` becomes `~1` (RFC 6901 §3)."""
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def unescape(token: str) -> str:
    """The reference token that a pointer spells: `~1` becomes `/`, then `~0` becomes `~` (RFC 6901 §4)."""
    return token.replace("~1", "/").replace("~0", "~") if "~" in token else token
