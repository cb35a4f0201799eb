"""JSON Patch (RFC 6902), Merge Patch (RFC 7396) and the difference of two documents.

A body's bytes are read elsewhere (`codecs.patches`); this package takes and gives builtins. `parse` checks the operations of
a JSON Patch and lists every fault. `JsonPatch` and `MergePatch` (`patches`) are immutable: they hold their values as JSON
text (`operation`). At each application `values` reads that text by the kind of the place where the value goes. `apply` runs
the operations on a `workspace`, and `merge` applies a merge patch; both copy each list, object and carrier on a path once
(`containers`). They give a new document or raise. `diff` goes the other way: `difference` compares two documents (`compare`,
`lists`) and builds a tree of edits, from which `moves` derives the operations. `diff_part` does so for a part of a document.

Patches apply to carriers, to lists of carriers and to plain JSON (builtins). The target stays as it was. Target and result
share every object that the patch does not touch: a change in place to one of them shows in the other. So make changes with
patches, or on a deep copy.

There are two dialects. `rfc` follows the standards to the letter. `server`, the default, does what the CRM's server does:

| | `rfc` | `server` |
| --- | --- | --- |
| paths | JSON Pointers | the first slash may be missing |
| a carrier's properties | in any letter case | in any letter case |
| keys of dictionaries, unknown members | exact | exact |
| names in plain JSON | exact | in any letter case |
| operations | add, remove, replace, move, copy, test | add, replace, remove, test |
| values | have the type of their place | may be `"3"` for 3 and `"customer"` for `Customer` |
| an object where a carrier has a list | is a fault | is appended to the list |
| an object where plain JSON has a list | replaces the list | is appended to it, except by `replace` |
| a path through what is absent or null | is an error | creates a carrier, dictionary or list there |

The `server` dialect reads values as `JsonCodec(coerce=True)` does.

Null and absent are two things. A carrier's attribute is `UNSET` where the property is absent; no patch holds `UNSET`:

| | `rfc` | `server` |
| --- | --- | --- |
| `add`, `replace` with null | the property is null | the same |
| `replace` of what is absent | an error | sets it, if it is a property or in a dictionary |
| `remove` | the property is absent, the key or item gone | the same |
| `remove` of what is absent | an error | changes nothing, if it is a property or in a dictionary |
| `test` of what is absent | fails | passes for null |
| null in a merge patch | the property is absent, the key gone | the property or key is null |
| a member missing in a merge patch | is left alone | the same |
| `{}` in a merge patch for an absent or null carrier or dictionary | creates an empty one | the same |
| an object for an unknown member in a merge patch | is merged | replaces what is there |

An `add` of a member that the carrier's class does not know goes to the carrier's `extras`. Any other operation on such a
member, where the carrier does not have it, raises `PathError` and suggests the nearest property. With the option
`unknown="ignore"` or `"error"` a patch sets no unknown members: what would set one changes nothing, or is a fault.
"""

from contactwire.patch.compare import same
from contactwire.patch.dialects import Dialect, DialectName, dialect_of
from contactwire.patch.operation import Operation
from contactwire.patch.parse import MAX_OPERATIONS
from contactwire.patch.patches import JsonPatch, MergePatch, diff, diff_part

__all__ = [
    "MAX_OPERATIONS",
    "Dialect",
    "DialectName",
    "JsonPatch",
    "MergePatch",
    "Operation",
    "dialect_of",
    "diff",
    "diff_part",
    "same",
]
