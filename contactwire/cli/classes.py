"""The carrier class that `--carrier module:Class` names."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from contactwire.carriers import ContactEntityWithLinks
from contactwire.cli.inputs import Unreadable
from contactwire.wire import is_carrier

__all__ = ["carrier_named"]


def carrier_named(name: str | None) -> Any:
    """The carrier class `module:Class`, a contact for None; raises `Unreadable` for a name that leads to no carrier.

    Modules in the present folder are found too, as `python -m` finds them.
    """
    if name is None:
        return ContactEntityWithLinks
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        if module.startswith("."):
            raise ImportError("no package is there that the name could be relative to")
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise Unreadable(f"--carrier: expected module:Class, such as crm.notes:Note; received {name}: {error}") from None
    except Exception as error:  # the module's own
        raise Unreadable(f"--carrier: {name} cannot be imported: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(here)
    if not is_carrier(found):
        raise Unreadable(f"--carrier: {name} is no carrier class")
    return found
