"""The checks of the documentation's site find its faults."""

from types import SimpleNamespace

import pytest

from tests.integration.docs.check import broken_links, undocumented

PAGES = {
    "index.html": '<a href="guide/limits.html#sizes">x</a> <a href="#top">x</a> <h1 id="top">x</h1> <img src="a%20b.svg">',
    "guide/limits.html": '<h2 id="sizes">x</h2> <a href="../index.html">x</a> <a href="https://example.com/none#x">x</a>',
    "a b.svg": "<svg/>",
}
BROKEN = [
    ('<a href="guide/limit.html">x</a>', "guide/limit.html"),
    ('<a href="guide/limits.html#size">x</a>', "guide/limits.html#size"),
    ('<a href="#none">x</a>', "#none"),
    ('<a href="guide">x</a>', "guide"),
    ('<img src="none.svg">', "none.svg"),
    ('<script src="none.js"></script>', "none.js"),
]


@pytest.fixture
def site(tmp_path):
    """A folder with pages that link to each other."""
    for name, text in PAGES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"<html><body>{text}</body></html>", encoding="utf-8")
    return tmp_path


def test_links_that_lead_somewhere(site):
    """Links to existing pages, files and anchors, and to other sites, are no faults."""
    assert broken_links(site) == []


@pytest.mark.parametrize(("html", "link"), BROKEN)
def test_links_that_lead_nowhere(html, link, site):
    """A link to a page, a file or an anchor that does not exist is named, with the page that has it."""
    (site / "more.html").write_text(f"<html><body>{html}</body></html>", encoding="utf-8")
    assert broken_links(site) == [f"more.html: {link} leads nowhere"]


def described(kind, name, docstring="x", members=()):
    """An object as pdoc describes it, with the attributes that the check reads."""
    return SimpleNamespace(kind=kind, name=name, fullname=f"m.{name}", docstring=docstring, own_members=list(members))


@pytest.mark.parametrize(
    ("member", "names"),
    [
        (described("function", "f"), []),
        (described("function", "f", ""), ["m.f"]),
        (described("function", "_f", ""), []),
        (described("variable", "V", ""), ["m.V"]),
        (described("variable", "NAMED", ""), []),
        (described("class", "NAMED", ""), ["m.NAMED"]),
        (described("class", "C", "x", [described("function", "C.f", ""), described("variable", "C.v", "")]), ["m.C.f"]),
        (described("module", "inner", ""), []),
    ],
)
def test_names_without_documentation(member, names):
    """Functions, classes, methods and constants without a docstring are named; a constant's may be in the module's."""
    module = SimpleNamespace(modulename="m", docstring="Has `NAMED`.", own_members=[member])
    assert undocumented({"m": module}) == [f"{name}: no documentation" for name in names]


def test_a_module_without_documentation():
    """A module without a docstring is named."""
    module = SimpleNamespace(modulename="m", docstring="", own_members=[])
    assert undocumented({"m": module}) == ["m: no documentation"]
