"""Builds the site with pdoc: the README as its landing page, the guide, and the reference of every public module."""

import ast
import importlib
import pkgutil
import re
import shutil
import types
from collections.abc import Mapping
from pathlib import Path

import pdoc.doc
import pdoc.render

import contactwire

ROOT = Path(__file__).parents[3]
PAGES = {"README.md": "index", "CONTRIBUTING.md": "CONTRIBUTING", "CHANGELOG.md": "CHANGELOG"}
"""The files of the repository that are pages of the site, and the names of the pages."""

FORMATS = ("json", "xml", "form", "patches")
PLUGINS = ("bodies", "django", "fastapi", "flask", "litestar", "openapi", "sqlalchemy")
"""The plug-ins that users import. Other packages load the other plug-ins."""
_LOCAL_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")
_DEFINITION = re.compile(r"^((?:`[^`]+`(?:, )?)+)\n((?:[ ]{4}.+\n?)+)", re.MULTILINE)


def modules() -> list[str]:
    """The names of the public modules: the library, the modules right below it, the formats, the plug-ins, and the guide."""
    below = [name for name in names_in(contactwire) if name not in ("__main__", "plugins")]
    formats = [f"codecs.{name}" for name in FORMATS]
    plugins = [f"plugins.{name}" for name in PLUGINS]
    guide = [f"guide.{name}" for name in names_in(__import__("contactwire.guide").guide)]
    return ["contactwire", *(f"contactwire.{name}" for name in sorted([*below, *formats, *plugins, *guide]))]


def names_in(package: types.ModuleType) -> list[str]:
    """The names of the modules in a package."""
    return [module.name for module in pkgutil.iter_modules(package.__path__)]


def build(folder: Path) -> dict[str, pdoc.doc.Module]:
    """Write the site into a folder, and return the documented modules by name."""
    documented = {name: described(name) for name in modules()}
    pages = {name: page(file, name, folder) for file, name in PAGES.items()}
    for module in documented.values():
        complete(module, documented)
    configure(pages)
    for name, module in {**documented, **pages}.items():
        path = folder / f"{name.replace('.', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pdoc.render.html_module(module, documented), encoding="utf-8")
    (folder / "search.js").write_text(pdoc.render.search_index({**documented, **pages}), encoding="utf-8")
    return documented


def described(name: str) -> pdoc.doc.Module:
    """A module as pdoc describes it, which sees only names that are already imported."""
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", ()):
        getattr(module, public)
    return pdoc.doc.Module(module)


def complete(module: pdoc.doc.Module, documented: Mapping[str, pdoc.doc.Module]) -> None:
    """Give a module what pdoc does not find: documentation of constants from other modules, and members of private bases."""
    module.docstring = as_markdown(module.docstring)
    for member in module.own_members:
        if isinstance(member, pdoc.doc.Variable) and not member.docstring:
            member.docstring = docstring_of(module.modulename, member.name)
        if isinstance(member, pdoc.doc.Class):
            adopt(member, documented)
        for each in (member, *getattr(member, "own_members", ())):
            each.docstring = as_markdown(each.docstring)


def adopt(cls: pdoc.doc.Class, documented: Mapping[str, pdoc.doc.Module]) -> None:
    """Add to a class the members of a base in the library that is on no page, since it is private or in a private module."""
    for (module, name), members in [*cls.inherited_members.items()]:
        if module.startswith("contactwire") and (module not in documented or name.startswith("_")):
            cls.own_members.extend(members)
            del cls.inherited_members[module, name]


def docstring_of(module: str, name: str) -> str:
    """The documentation of a constant, from the module that defines it, if the given one imports it."""
    source = importlib.import_module(module).__file__
    if not module.startswith("contactwire") or source is None:
        return ""
    for node in ast.walk(ast.parse(Path(source).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and name in [alias.name for alias in node.names]:
            return docstring_of(node.module, name)
    found = pdoc.doc.Module.from_name(module).get(name)
    return found.docstring if found else ""


def configure(pages: dict[str, pdoc.doc.Module]) -> None:
    """Set the values that the templates use."""
    pdoc.render.configure(docformat="markdown", show_source=False, template_directory=Path(__file__).parent / "templates")
    pdoc.render.env.globals["pages"] = pages
    pdoc.render.env.tests["private"] = lambda name: name.startswith("_")


def as_markdown(docstring: str) -> str:
    """A docstring as Markdown: options defined in lines of their own become a list, and `::` is removed."""
    text = _DEFINITION.sub(lambda found: f"- {found[1]}: {' '.join(found[2].split())}\n", docstring)
    return re.sub(r"(?<=\n)::\n|(?<=\w:):(?=\n)", "", text)


def page(file: str, name: str, folder: Path) -> pdoc.doc.Module:
    """A file of the repository as a page; files that it links to in the repository are copied beside it."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("<details>", '<details markdown="1">')
    module = types.ModuleType(name, _LOCAL_LINK.sub(lambda found: turned(found[1], folder), text))
    return pdoc.doc.Module(module)


def turned(target: str, folder: Path) -> str:
    """The target on the site of a link into the repository: the page of a module or file, or a copy of the file."""
    if target in PAGES:
        return f"{PAGES[target]}.html"
    if target.startswith("contactwire/") and target.endswith(".py"):
        return f"{target.removesuffix('.py').removesuffix('/__init__')}.html"
    copy = folder / target
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / target, copy)
    return target
