"""Custom fields: the strings of `CustomFields`, `UserDefinedFields` and `ExtraFields` as Python values, and back.

`values` reads one string by its marker, `spelling` writes one, and `view` shows a carrier's whole dictionary as a mapping of
typed values.

| marker | Python | written |
| --- | --- | --- |
| `[I:23]` | int | int; `[I:1]`, `[I:0]` for bool (`True`, `False` in `UserDefinedFields`) |
| `[F:1234.5]` | float | float; Decimal where the field has been a double |
| `[M:12.50]` | Decimal | Decimal; float where the field has been money |
| `[D:01/31/2020]` | date; with a time behind the date, Timestamp | date; in `UserDefinedFields` datetime too |
| `[DT:01/31/2020 13:45:00.0000000]` | Timestamp | datetime |
| `[D:01/01/0001 00:00:00.0000000]` | None, the unset date (.NET's `DateTime.MinValue`) | None |
| `[T:14:52]` | time | time |
| `[TS:90]` | timedelta | timedelta |
| `[A:3,4,5]` | list of int | list of int |
| `[B:…]` | bytes (base64) | bytes |
| anything else | str | str |

Dates are read as `MM/dd/yyyy`, `yyyy.MM.dd` and `dd.MM.yyyy`, with a time of up to seven fraction digits or without.
A string with a marker whose value does not parse, `[I:soon]`, is text, and is reported as an `Issue`. Text in other
brackets, `[SR_CAPTION]`, is just text. The format has no escape for text that looks like a marked value, so writing such
text raises `EncodeError`.

Beside the key of a field, a dictionary may have pseudo-keys: `KEY:DisplayText`, `KEY:DisplayTooltip`, and `KEY:org`, the
value before the change. **The server writes a value only if it differs from its `:org`, or has no `:org`.** So
`CustomFieldsView` keeps each `:org` as it came, and adds none.
"""

from __future__ import annotations

from contactwire.customfields.spelling import build_value
from contactwire.customfields.values import Parsed, parse_value, parse_value_as
from contactwire.customfields.view import CustomFieldsView, is_pseudo_key

__all__ = ["CustomFieldsView", "Parsed", "build_value", "is_pseudo_key", "parse_value", "parse_value_as"]
