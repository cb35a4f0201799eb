"""The pages of the guide."""

import ast
import pkgutil
from pathlib import Path

import pytest

import contactwire.guide

FOLDER = Path(contactwire.guide.__file__).parent
PAGES = ["__init__", *(page.name for page in pkgutil.iter_modules([str(FOLDER)]))]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_a_docstring(page):
    """A page of the guide is a docstring without code, whose first paragraph is one sentence that lists of pages show."""
    tree = ast.parse((FOLDER / f"{page}.py").read_text(encoding="utf-8"))
    text = ast.get_docstring(tree)
    assert len(tree.body) == 1
    assert text
    assert text.partition("\n\n")[0].endswith(".")
