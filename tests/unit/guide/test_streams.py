"""The page about streams."""

import doctest
import importlib


def test_what_the_page_shows_happens():
    """Its examples give what they say."""
    found = doctest.testmod(importlib.import_module("contactwire.guide.streams"))
    assert (found.attempted > 0, found.failed) == (True, 0)
