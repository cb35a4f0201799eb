"""JSON Patch (RFC 6902), Merge Patch (RFC 7396) and the difference of two documents: values and their meaning, no bytes.

A patch holds its values as JSON text, which nobody can change, and reads them at each application by the kinds of the places
where they go. Applying copies each list, object and carrier on a path once, shares all else with the target, and gives a new
document or raises. A difference is a tree of edits, found by one search for what is short, from which the operations follow.

Patches are immutable; they apply to carriers, to lists of carriers and to plain JSON (builtins). The target stays as it was.
What a patch does not touch is the same object in both: change one of them in place and the other shows it, so make changes
with patches or on a deep copy.

There are two dialects. `rfc` is the standards to the letter. `server`, the default, is what the CRM makes of them:

| | `rfc` | `server` |
| --- | --- | --- |
| paths | JSON Pointers | the first slash may be missing |
| a carrier's properties | in any letter case | in any letter case |
| keys of dictionaries, unknown properties | exact | exact |
| names in plain JSON | exact | in any letter case |
| operations | add, remove, replace, move, copy, test | add, replace, remove, test |
| values | have the type of their place | may be `"3"` for 3 and `"customer"` for `Customer` |
| an object where a carrier has a list | is a fault | is appended |
| an object where plain JSON has a list | takes its place | is appended, but by `replace` |
| what is absent or null on a path | is an error | is made, if it is no single value |

The server's reading of values is that of `JsonCodec(coerce=True)`.

What null, absent and `UNSET` mean; `UNSET` is how a carrier says absent, and no patch holds it:

| | `rfc` | `server` |
| --- | --- | --- |
| `add`, `replace` with null | the property is null | the same |
| `replace` of what is absent | an error | sets it, if it is a property or in a dictionary |
| `remove` | the property is absent, the key or item gone | the same |
| `remove` of what is absent | an error | changes nothing, if it is a property or in a dictionary |
| `test` of what is absent | fails | passes for null |
| null in a merge patch | the property is absent, the key gone | the property or key is null |
| a member missing in a merge patch | is left alone | the same |
| `{}` in a merge patch for an absent or null carrier or dictionary | makes an empty one | the same |
| an object for an unknown property in a merge patch | is merged | replaces what is there |

An `add` of a property that a carrier does not know goes to its `extras`; every other operation on one that is not there is
a `PathError` with the nearest property.
"""

from contactwire.patch.dialects import Dialect, DialectName, dialect_of
from contactwire.patch.operation import Operation
from contactwire.patch.patches import JsonPatch, MergePatch, diff

__all__ = ["Dialect", "DialectName", "JsonPatch", "MergePatch", "Operation", "dialect_of", "diff"]
