"""Finds faults of a site: links that lead nowhere, and public names without documentation."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html


def broken_links(folder: Path) -> list[str]:
    """A line for each link of a page to a file or an anchor that the site lacks; links to other sites are not checked."""
    pages = {path: lxml.html.fromstring(path.read_bytes()) for path in sorted(folder.rglob("*.html"))}
    anchors = {path: {*page.xpath("//@id"), *page.xpath("//a/@name")} for path, page in pages.items()}
    return [
        f"{path.relative_to(folder)}: {link} leads nowhere"
        for path, page in pages.items()
        for link in sorted({link for _, _, link, _ in page.iterlinks() if not leads(path, link, anchors)})
    ]


def leads(path: Path, link: str, anchors: Mapping[Path, set[str]]) -> bool:
    """Whether a link leads to another site, or to a file of the site and to an anchor in it if it names one."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    anchor = unquote(parts.fragment)
    return target.is_file() and (not anchor or anchor in anchors.get(target, ()))


def undocumented(modules: Mapping[str, Any]) -> list[str]:
    """A line for each public name that has no documentation, of modules as `pdoc.doc` describes them, by name.

    A constant may also be described by name in the docstring of its module.
    """
    return [f"{name}: no documentation" for module in modules.values() for name in bare(module)]


def bare(module: Any) -> Iterator[str]:
    """The full names of a module, and of what it lists as public, that have no documentation."""
    if not module.docstring:
        yield module.modulename
    for member in public(module.own_members):
        if member.kind == "variable" and f"`{member.name}`" in module.docstring:
            continue
        if member.kind != "module":
            yield from without_docstring(member)


def public(members: Iterable[Any]) -> Iterator[Any]:
    """The members whose names do not begin with an underscore."""
    return (member for member in members if not member.name.startswith("_"))


def without_docstring(member: Any) -> Iterator[str]:
    """The full names of a member, and of the methods of a class, that have no documentation.

    The fields of a class, such as the properties of a carrier, are described in its own docstring.
    """
    if not member.docstring:
        yield member.fullname
    if member.kind == "class":
        for inner in public(member.own_members):
            if inner.kind != "variable":
                yield from without_docstring(inner)
