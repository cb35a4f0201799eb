"""Multi-language strings: `NO:"Leverandør";US:"Supplier"`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contactwire.errors import EncodeError, Issue, shorten
from contactwire.paths import escape

__all__ = ["build_multi_language", "parse_multi_language"]

_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
# Possessive throughout: what has matched is never looked at again, whatever follows.
_OPENING = re.compile(rf'[ \t\r\n]*+({_CODE.pattern})[ \t]*+:[ \t]*+"', re.ASCII)
_CLOSING = re.compile(r'"[ \t]*+;?+[ \t\r\n]*+\Z')
_BETWEEN = re.compile(rf'"[ \t]*+;{_OPENING.pattern}', re.ASCII)


def parse_multi_language(text: str) -> dict[str, str] | None:
    """The texts of a multi-language string by language code, in its order; None for any other text.

    A quote inside a text is doubled. A single one is taken as it is where it neither ends the string nor stands before
    the next language, since servers write such. A code that comes twice keeps its first text.
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
    """Where the text that begins at `position` ends, and the opening of the next one; -1 if it does not end."""
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
    """The multi-language string of texts by language code, in their order; `parse_multi_language` gives them back.

    Raises EncodeError, with every fault, for no text at all, for a code that is none (letters, as `US`, or a tag, as
    `nb-NO`) and for a text that is no string.
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
