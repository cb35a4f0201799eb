"""The version of the installed package, as its metadata says it.

`contactwire.__version__` imports this module at the first look-up, since `importlib.metadata` is slow to import.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

# A copy of the source that is not installed has no metadata, and so no version.
with suppress(PackageNotFoundError):
    __version__ = version("contactwire")
