"""Custom fields: the strings of `CustomFields`, `UserDefinedFields` and `ExtraFields` as Python values, and back.

| marker | Python | written |
| --- | --- | --- |
| `[I:23]` | int | int; `[I:1]`, `[I:0]` for bool (`True`, `False` in `UserDefinedFields`) |
| `[F:1234.5]` | float | float; Decimal where the field has been a double |
| `[M:12.50]` | Decimal | Decimal; float where the field has been money |
| `[D:01/31/2020]` | date; with a time behind it, Timestamp | date; in `UserDefinedFields` datetime too |
| `[DT:01/31/2020 13:45:00.0000000]` | Timestamp | datetime |
| `[D:01/01/0001 00:00:00.0000000]` | None, the unset date | None |
| `[T:14:52]` | time | time |
| `[TS:90]` | timedelta | timedelta |
| `[A:3,4,5]` | list of int | list of int |
| `[B:…]` | bytes (base64) | bytes |
| anything else | str | str |

Dates are read as `MM/dd/yyyy`, `yyyy.MM.dd` and `dd.MM.yyyy`, with a time of up to seven fraction digits or without.
A string of a marker's shape that does not parse, `[I:soon]`, is text and is reported as an `Issue`; text in other
brackets, `[SR_CAPTION]`, is just text. No escape exists for text that is a valid marker, so it is refused on writing.

`CustomFieldsView` is a contact's dictionary as a mapping of such values. Beside a field's key stand pseudo-keys:
`KEY:DisplayText`, `KEY:DisplayTooltip`, and `KEY:org`, the value before the change. **The server writes a value only if
it differs from its `:org` or has none.** So the view keeps each `:org` as it came and makes none.
"""

from __future__ import annotations

from contactwire.customfields.spelling import build_value
from contactwire.customfields.values import Parsed, parse_value, parse_value_as
from contactwire.customfields.view import CustomFieldsView, is_pseudo_key

__all__ = ["CustomFieldsView", "Parsed", "build_value", "is_pseudo_key", "parse_value", "parse_value_as"]
