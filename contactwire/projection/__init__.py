"""$select: which properties of a contact an answer holds.

`Selection.parse` (`selection`) splits the text into paths (`text`), follows each through the plans, and builds a tree of the
selected names (`tree`). `Selection.apply` builds one function for each carrier class in the tree (`apply`), which copies
what is selected. `fields` lists all paths that a class has. `get` (`reading`) reads the value at one path.

The text is a list of property paths, `name,department,category/id`, in any letter case and with blanks around the commas. A
path goes through a list into all its items (`persons/email`), and into a dictionary by key (`customFields/SuperOffice:1`,
also in any letter case). A path to a carrier, list or dictionary selects all of it. An empty text selects everything, a
single comma nothing.

Behind a list a path may have the index of an item, `emails/0/value`. A table has a column for that item
(`Selection.columns`). `apply` keeps all items, as for `emails/value`, since a list without the others would be another one,
and a `$select` for an answer takes no index (`parse(…, indexes=False)`).

In keys, `~0` stands for `~` and `~1` for `/`, as in RFC 6901 §3; `~2` stands for a comma, and `~3` to `~6` for a space, tab,
carriage return and line feed in a key that begins or ends with one of these.
"""

from __future__ import annotations

from contactwire.errors import SelectionError
from contactwire.projection.reading import get, member_of, value_inside
from contactwire.projection.selection import Selectable, Selection, fields
from contactwire.projection.text import entries, escape_token, tokens_of
from contactwire.projection.tree import Branch, Tree

__all__ = [
    "Branch",
    "Selectable",
    "Selection",
    "SelectionError",
    "Tree",
    "entries",
    "escape_token",
    "fields",
    "get",
    "member_of",
    "tokens_of",
    "value_inside",
]
