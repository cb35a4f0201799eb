"""Multi-language strings, `NO:"Leverandør";US:"Supplier"`: from the text to a dictionary, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contactwire.errors import EncodeError, Issue, shorten
from contactwire.paths import escape

__all__ = ["build_multi_language", "parse_multi_language"]

_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
# All quantifiers are possessive (`*+`), so no pattern backtracks and every match takes linear time.
_OPENING = re.compile(rf'[ \t\r\n]*+({_CODE.pattern})[ \t]*+:[ \t]*+"', re.ASCII)
_CLOSING = re.compile(r'"[ \t]*+;?+[ \t\r\n]*+\Z')
_BETWEEN = re.compile(rf'"[ \t]*+;{_OPENING.pattern}', re.ASCII)


def parse_multi_language(text: str) -> dict[str, str] | None:
    """The texts of a multi-language string by language code, in the string's order; None for any other string.

    A quote inside a text is doubled. A single one counts as part of the text if neither the end of the string nor the next
    language follows, since servers write such strings. If a code comes twice, its first text counts.
    """
    match = _OPENING.match(text)
    if match is None or not text.rstrip(" \t\r\n;").endswith('"'):
        return None
    texts: dict[str, str] = {}
    while match is not None:
        code, start = match[1], match.end()
        end, match = _find_end(text, start)
        if end < 0:
            return None
        texts.setdefault(code, text[start:end].replace('""', '"'))
    return texts


def _find_end(text: str, position: int) -> tuple[int, re.Match[str] | None]:
    """The end of the text that begins at `position` (-1 if it has none), and the match of the next text's opening."""
    while True:
        quote = text.find('"', position)
        if quote < 0:
            return -1, None
        if text.startswith('""', quote):
            position = quote + 2
            continue
        following = _BETWEEN.match(text, quote)
        if following is not None or _CLOSING.match(text, quote):
            return quote, following
        position = quote + 1


def build_multi_language(texts: Mapping[str, str]) -> str:
    """The multi-language string of some texts by language code, in their order; the reverse of `parse_multi_language`.

    Raises EncodeError with every fault: no text at all, a malformed code (two or three letters, `US`, or a tag, `nb-NO`), or
    a text that is no string.
    """
    issues = [Issue("", "no language is given", "object", shorten({}))] if not texts else []
    for code, text in texts.items():
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            issues.append(Issue(f"/{escape(str(code))}", "is no language code", "language code", shorten(code)))
        elif not isinstance(text, str):
            issues.append(Issue(f"/{escape(code)}", "is no string", "string", shorten(text)))
    if issues:
        raise EncodeError(issues)
    return ";".join('{}:"{}"'.format(code, text.replace('"', '""')) for code, text in texts.items())
