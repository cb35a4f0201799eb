"""Patterns: regular expressions that are compiled at their first use."""

import re

import pytest

from contactwire.patterns import pattern


def test_a_pattern_is_what_re_compiles():
    """A pattern has the methods and attributes of the one that `re.compile` returns, for text and for bytes."""
    digits, marks = pattern(r"(?P<number>\d+)", re.ASCII), pattern(rb"[ab]")
    assert digits.fullmatch("12")["number"] == "12"
    assert digits.fullmatch("١") is None
    assert digits.findall("1 22") == ["1", "22"]
    assert digits.flags & re.ASCII
    assert digits.groupindex == {"number": 1}
    assert marks.sub(b"-", b"abc") == b"--c"


def test_a_pattern_is_compiled_once(monkeypatch):
    """A pattern is compiled when it is first used, and its methods are as fast as those of a compiled one afterwards."""
    compiled = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: compiled.append(given) or real(*given))
    digits = pattern(r"\d+")
    assert compiled == []
    assert [digits.match(text) is not None for text in ("1", "x", "2")] == [True, False, True]
    assert compiled == [(r"\d+", 0)]


def test_a_wrong_pattern_fails_at_its_first_use():
    """A pattern that is no regular expression is told by the error of `re`."""
    wrong = pattern("(")
    with pytest.raises(re.error, match="unterminated subpattern"):
        wrong.search("")
