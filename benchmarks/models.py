"""The peers' models of the same carriers, as source text that a user of each peer would have written.

The plans are the one list of properties. A `Peer` says how its models are written: a header, and a line for each property.
`load` returns the models as a module, and `python -m benchmarks.models pydantic` prints them. The models favour the peers:
they check no ranges, accept no unknown names in enumerations, have no inheritance, and each class is defined before it is
used, so that no name has to be resolved late.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import attrs

from contactwire import ContactEntityWithLinks
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    plan_of,
)

__all__ = ["PEERS", "ROOT", "Peer", "children_first", "file", "load", "source"]

ROOT = ContactEntityWithLinks

_PAIR = "Pair"
_SCALARS = {"string": "str", "boolean": "bool", "double": "float", "date-time": "datetime", "flags": "str"}


@attrs.frozen
class Peer:
    """How the models of one peer are written: the module's `header`, the text `before` each class, and each property's line.

    `item` writes a class for the items of dictionaries and nested lists, for peers that need one.
    """

    header: str
    before: str
    field: Callable[[FieldPlan], str]
    item: Callable[[ListKind | DictionaryKind], str] | None = None


def _annotation(kind: Kind) -> str:
    match kind:
        case NestedKind():
            return kind.carrier.__name__
        case ListKind():
            return f"list[{_item(kind)}]"
        case DictionaryKind():
            return f"dict[str, {_item(kind)}]"
        case EnumerationKind():
            return kind.members.__name__
        case ScalarKind():
            return _SCALARS.get(kind.name, "int")


def _item(kind: ListKind | DictionaryKind) -> str:
    return _annotation(kind.item) + (" | None" if kind.nullable else "")


def _pydantic(field: FieldPlan) -> str:
    return f'{field.attribute}: {_annotation(field.kind)} | None = Field(None, alias="{field.name}")'


def _pydantic_camel(field: FieldPlan) -> str:
    """As `_pydantic`, with an alias only where the generator that the models have would give another name."""
    head, *words = field.attribute.split("_")
    name = field.name[:1].lower() + field.name[1:]
    default = "None" if name == head + "".join(map(str.capitalize, words)) else f'Field(None, alias="{name}")'
    return f"{field.attribute}: {_annotation(field.kind)} | None = {default}"


def _msgspec(field: FieldPlan) -> str:
    return f'{field.attribute}: {_annotation(field.kind)} | None | UnsetType = field(default=UNSET, name="{field.name}")'


def _xml_item(kind: ListKind | DictionaryKind) -> tuple[str, str]:
    """The class of an item of a list or dictionary, and the element that holds it in the plain dialect."""
    if isinstance(kind, DictionaryKind):
        item = _annotation(kind.item)
        return f"{item[0].upper()}{item[1:]}Pair", _PAIR
    if isinstance(kind.item, ListKind):
        name = f"ArrayOf{_xml_item(kind.item)[0]}"
        return name, name
    item = _annotation(kind.item)
    return item, {"str": "string"}.get(item, item)


def _pydantic_xml(field: FieldPlan) -> str:
    if isinstance(field.kind, (ListKind, DictionaryKind)):
        item, tag = _xml_item(field.kind)
        return f'{field.attribute}: list[{item}] | None = wrapped("{field.name}", element(tag="{tag}"), default=None)'
    annotation = _annotation(field.kind)
    return f'{field.attribute}: {annotation} | None = element(tag="{field.name}", default=None, nillable=True)'


def _pydantic_xml_item(kind: ListKind | DictionaryKind) -> str:
    name, tag = _xml_item(kind)
    if isinstance(kind, DictionaryKind):
        return (
            f'class {name}(BaseXmlModel, tag="{tag}"):\n'
            f'    key: str = element(tag="Key")\n'
            f'    value: {_annotation(kind.item)} | None = element(tag="Value", default=None, nillable=True)\n'
        )
    assert isinstance(kind.item, ListKind)
    item, tag = _xml_item(kind.item)
    return f'class {name}(BaseXmlModel):\n    items: list[{item}] = element(tag="{tag}", default=[])\n'


def _xsdata(field: FieldPlan) -> str:
    if isinstance(field.kind, (ListKind, DictionaryKind)):
        item, tag = _xml_item(field.kind)
        metadata = f'{{"type": "Element", "name": "{tag}", "wrapper": "{field.name}"}}'
        return f"{field.attribute}: list[{item}] = field(default_factory=list, metadata={metadata})"
    annotation = _annotation(field.kind).replace("datetime", "XmlDateTime")
    metadata = f'{{"type": "Element", "name": "{field.name}", "nillable": True}}'
    return f"{field.attribute}: {annotation} | None = field(default=None, metadata={metadata})"


def _xsdata_item(kind: ListKind | DictionaryKind) -> str:
    name, _ = _xml_item(kind)
    if isinstance(kind, DictionaryKind):
        return (
            f"@dataclass\nclass {name}:\n"
            f'    key: str = field(default="", metadata={{"type": "Element", "name": "Key"}})\n'
            f"    value: {_annotation(kind.item)} | None = "
            f'field(default=None, metadata={{"type": "Element", "name": "Value", "nillable": True}})\n'
        )
    assert isinstance(kind.item, ListKind)
    item, tag = _xml_item(kind.item)
    metadata = f'{{"type": "Element", "name": "{tag}"}}'
    return f"@dataclass\nclass {name}:\n    items: list[{item}] = field(default_factory=list, metadata={metadata})\n"


_PYDANTIC_HEADER = """\
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field
"""

_PYDANTIC_EXTRA_HEADER = """\
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    model_config = ConfigDict(extra="allow")
"""

_PYDANTIC_CAMEL_HEADER = """\
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
"""

_MSGSPEC_HEADER = """\
from datetime import datetime
from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType, field
"""

_XSDATA_HEADER = """\
from dataclasses import dataclass, field
from enum import StrEnum

from xsdata.models.datatype import XmlDateTime
"""

_PYDANTIC_XML_HEADER = """\
from datetime import datetime
from enum import StrEnum

from pydantic_xml import BaseXmlModel, element, wrapped
"""

PEERS = {
    "pydantic": Peer(_PYDANTIC_HEADER, "class {}(BaseModel):", _pydantic),
    "pydantic_extra": Peer(_PYDANTIC_EXTRA_HEADER, "class {}(Model):", _pydantic),
    "pydantic_camel": Peer(_PYDANTIC_CAMEL_HEADER, "class {}(Model):", _pydantic_camel),
    "msgspec": Peer(_MSGSPEC_HEADER, "class {}(Struct):", _msgspec),
    "pydantic_xml": Peer(_PYDANTIC_XML_HEADER, "class {}(BaseXmlModel):", _pydantic_xml, item=_pydantic_xml_item),
    "xsdata": Peer(_XSDATA_HEADER, "@dataclass\nclass {}:", _xsdata, item=_xsdata_item),
}
"""How each peer's models are written, by a name that serves as a part of a module's."""


def children_first(cls: type) -> list[CarrierPlan]:
    """The plans of a carrier and of all carriers that it holds, at any depth, each once, children before parents."""
    found: dict[type, CarrierPlan] = {}

    def visit(cls: type, above: frozenset[type]) -> None:
        plan = plan_of(cls)
        for child in sorted(plan.children() - above, key=lambda child: child.__name__):
            visit(child, above | {child})
        found.setdefault(cls, plan)

    visit(cls, frozenset({cls}))
    return list(found.values())


def _enumerations(plans: list[CarrierPlan]) -> str:
    members = {
        field.kind.members: None for plan in plans for field in plan.fields if isinstance(field.kind, EnumerationKind)
    }
    lines = []
    for enumeration in members:
        lines += ["", "", f"class {enumeration.__name__}(StrEnum):"]
        lines += [f"    {member.name} = {member.value!r}" for member in enumeration]
    return "\n".join([*lines, ""]) if lines else ""


def _items(peer: Peer, plan: CarrierPlan) -> set[str]:
    """The texts of the classes that a plan needs for items that are no carriers."""
    if peer.item is None:
        return set()
    kinds = [field.kind for field in plan.fields]
    return {
        peer.item(kind)
        for kind in kinds
        if isinstance(kind, DictionaryKind) or (isinstance(kind, ListKind) and isinstance(kind.item, ListKind))
    }


def source(name: str, cls: type = ROOT) -> str:
    """The text of a peer's module with the models of `cls` and of all carriers that it holds, at any depth."""
    peer, plans = PEERS[name], children_first(cls)
    parts = ["from __future__ import annotations\n\n", peer.header, _enumerations(plans)]
    written: set[str] = set()
    for plan in plans:
        for text in sorted(_items(peer, plan) - written):
            parts.append("\n\n" + text)
            written.add(text)
        lines = [peer.before.format(plan.carrier.__name__), *(f"    {peer.field(field)}" for field in plan.fields)]
        parts.append("\n\n" + "\n".join(lines) + "\n")
    return "".join(parts)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="contactwire-benchmarks-")


@cache
def file(name: str) -> Path:
    """The file of a peer's models, in a folder for this process; its stem is a name to import."""
    path = Path(_folder().name) / f"contact_models_{name}.py"
    path.write_text(source(name), encoding="utf-8")
    return path


@cache
def load(name: str) -> ModuleType:
    """The module of a peer's models, ready to use; raises ImportError where the peer is not installed."""
    spec = spec_from_file_location(file(name).stem, file(name))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[module.__name__] = module  # where libraries look up the names in annotations
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.stdout.write(source(sys.argv[1]))
