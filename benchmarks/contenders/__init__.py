"""Who does the work: for each work, by name, a `Contender`, which makes a timer for an input.

Peers are imported when a timer is made, so that one which is not installed costs its own row only.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.contenders import commands, form, fresh, growth, hostile, json, patch, retained, streams, tables, xml
from benchmarks.contenders._contender import OURS, Contender

__all__ = ["CONTENDERS", "OURS", "Contender"]

CONTENDERS: Mapping[str, Mapping[str, Contender]] = {
    **json.WORKS,
    **xml.WORKS,
    **form.WORKS,
    **patch.WORKS,
    **fresh.WORKS,
    **growth.WORKS,
    **hostile.WORKS,
    **retained.WORKS,
    **streams.WORKS,
    **tables.WORKS,
    **commands.WORKS,
}
