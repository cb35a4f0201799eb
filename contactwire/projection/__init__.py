"""$select: which properties of a contact an answer holds.

The text of a selection is a list of property paths, `name,department,category/id`, in any letter case and with blanks around
the commas. A path leads through a list into all its items (`persons/email`) and into a dictionary by key
(`customFields/SuperOffice:1`, also in any letter case); a path to a carrier, list or dictionary selects all of it. No text
at all selects everything, a comma alone nothing. In keys, `~0` stands for `~` and `~1` for `/` as in RFC 6901, `~2` for a
comma, and `~3` to `~6` for a space, tab, carriage return and line feed at a key's end.
"""

from __future__ import annotations

from contactwire.projection.selectable import Selectable, fields
from contactwire.projection.selection import Selection, SelectionError
from contactwire.projection.tree import Branch, Tree

__all__ = ["Branch", "Selectable", "Selection", "SelectionError", "Tree", "fields"]
