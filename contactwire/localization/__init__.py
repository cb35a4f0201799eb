"""Languages, cultures and time zones: what `Accept-Language`, `SO-Language`, `SO-Culture` and `SO-TimeZone` do.

For languages, `languages` reads the header fields and chooses the text of a multi-language string, which `strings` takes
apart; `tags` knows what a language code means. `culture` formats the numbers and dates in custom fields. `texts` does both
for a whole carrier. `changes` stores what a client changes that reads in a language. For time zones, `zones` has the CRM's
list of zones, and `times` moves the date-times of a carrier, and stores what a client changes that reads in a zone. Both
find out by `keeping` what a client left as it was shown, and `keeping` finds the items of lists again by `pairs`. `texts`,
`changes` and `times` use `rewrite`, which copies a carrier with some values changed.

**Languages.** A multi-language string is `NO:"Leverandør";US:"Supplier"`: language codes, and texts in quotes, separated by
semicolons. A quote inside a text is doubled. Without a wanted language, such strings stay as they are. With languages, each
wanted one is tried in turn, and for each

1. the code that is the tag itself, in any letter case (`NO` for `NO`);
2. a code of the same language and region (`GB` for `en-GB`, `BR` for `pt-BR`);
3. the first code of the same language (`US` for `en-GB` and `en`, `GE` for `de-AT`, `NO` for `nb` and `nn`).

If the string has none of these, its first text is the answer. Of the wanted languages, the 20 most wanted count. The codes
name countries more often than languages:

| code | language | code | language | code | language |
| --- | --- | --- | --- | --- | --- |
| `NO` | Norwegian, `no` `nb` `nn` | `US` `GB` `AU` `ENG` | English, `en` | `GE` `DE` `AT` | German, `de` |
| `SW` `SE` | Swedish, `sv` | `DA` `DK` | Danish, `da` | `PT` `BR` | Portuguese, `pt` |
| `CZ` | Czech, `cs` | `GR` | Greek, `el` | `JP` `CN` | Japanese, `ja`; Chinese, `zh` |

Any other code (`FR`, `FI`, `NL`, `ES`, …) is taken for the ISO 639 language of that name. `SO-Language` overrides
`Accept-Language`; a blank one, or `*` or `x` in it, cancels translation. Malformed elements of these fields are skipped.

**Changes** by a client that reads in a language leave the other languages alone: `change_in_language` stores a text that is
as it was shown as it was stored, and puts another text in the place of the shown one. An item of a list is the same item if
it is as it was shown, or has the same primary key (`Id`, `PersonId`), or the same texts and numbers besides those in several
languages. Of items that are alike, dates tell which is which. Otherwise nothing tells which item it was, and its texts are
stored as they come; but texts that equal those of an item that was there, or where the list is as long as it was, of the
item at the same place, keep their languages. Items that are strings have nothing but their text, so another text is another
item.

**Cultures** format the numbers and dates inside the strings of the custom-field dictionaries. The culture is `SO-Culture`,
or else the language; without a language there is none. A culture that is not known counts as absent.

**Time zones.** Stored date-times belong to a base time zone; `includeTZOffset` without a zone asks for that one. A time that
the clock shows twice, in autumn, is the first of the two (summer time), unless the value's `fold` is 1 (PEP 495). A time
that the clock skips, in spring, moves by as much as the clock skips: 02:30 becomes 03:30. Date-times before 1900 are never
converted, since places had mean times of their own then: a date in 1760 stays that day, in any zone. `change_in_zone` is for
dates what `change_in_language` is for texts: a date that comes back as it was shown keeps its stored value, even the second
of two times that a clock shows alike.
"""

from __future__ import annotations

from contactwire.localization.changes import change_in_language
from contactwire.localization.culture import format_custom_field
from contactwire.localization.languages import LanguagePreference, parse_accept_language, resolve
from contactwire.localization.pairs import Marks, pairs
from contactwire.localization.rewrite import Leaf, Rewriter, same_objects
from contactwire.localization.strings import build_multi_language, parse_multi_language
from contactwire.localization.texts import localize
from contactwire.localization.times import TimeZonePreference, change_in_zone, parse_time_zone, to_answer, to_storage
from contactwire.localization.zones import TIME_ZONE_IDS, TIME_ZONE_NAMES, check_base, time_zone

__all__ = [
    "TIME_ZONE_IDS",
    "TIME_ZONE_NAMES",
    "LanguagePreference",
    "Leaf",
    "Marks",
    "Rewriter",
    "TimeZonePreference",
    "build_multi_language",
    "change_in_language",
    "change_in_zone",
    "check_base",
    "format_custom_field",
    "localize",
    "pairs",
    "parse_accept_language",
    "parse_multi_language",
    "parse_time_zone",
    "resolve",
    "same_objects",
    "time_zone",
    "to_answer",
    "to_storage",
]
