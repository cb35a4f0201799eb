"""Who does the work: for each work and name a `Contender`, which makes a timer for an input.

Peers are imported when a timer is made, so that one which is not installed costs its own row only.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.contenders import form, fresh, growth, json, memory, patch, xml
from benchmarks.contenders._contender import OURS, Contender

__all__ = ["CONTENDERS", "OURS", "Contender"]

CONTENDERS: Mapping[tuple[str, str], Contender] = {
    **json.CONTENDERS,
    **xml.CONTENDERS,
    **form.CONTENDERS,
    **patch.CONTENDERS,
    **fresh.CONTENDERS,
    **growth.CONTENDERS,
    **memory.CONTENDERS,
}
