"""The peers' models of the same carriers, as source text that a user of each peer would have written.

The plans are the one list of properties; a `Peer` is a header and a line a property. `load` gives the classes as a module,
`python -m benchmarks.models pydantic` prints them. They are generous to the peers: no ranges, open enumerations as
plain strings except where the peer knows unions, no inheritance, children before parents so that nothing is resolved late.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
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

__all__ = ["PEERS", "ROOT", "Peer", "children_first", "load", "source"]

ROOT = ContactEntityWithLinks

_PAIR = "Pair"
_SCALARS = {"string": "str", "boolean": "bool", "double": "float", "date-time": "datetime"}


@attrs.frozen(kw_only=True)
class Peer:
    """How models of one peer are written: what stands above them all, above each class, and on each property's line.

    `item` writes the class that stands for an item of a dictionary or of nested lists, for peers that have none.
    """

    header: str
    before: str
    field: Callable[[FieldPlan], str]
    footer: str = ""
    enumerations: bool = False
    item: Callable[[ListKind | DictionaryKind], str] | None = None


def _annotation(kind: Kind, enumeration: str = "str") -> str:
    match kind:
        case NestedKind():
            return kind.carrier.__name__
        case ListKind():
            return f"list[{_item(kind, enumeration)}]"
        case DictionaryKind():
            return f"dict[str, {_item(kind, enumeration)}]"
        case EnumerationKind():
            return enumeration.format(kind.members.__name__)
        case ScalarKind():
            return _SCALARS.get(kind.name, "int")


def _item(kind: ListKind | DictionaryKind, enumeration: str) -> str:
    return _annotation(kind.item, enumeration) + (" | None" if kind.nullable else "")


def _pydantic(field: FieldPlan) -> str:
    return f'{field.attribute}: {_annotation(field.kind, "{} | str")} | None = Field(None, alias="{field.name}")'


def _attrs(field: FieldPlan) -> str:
    return f'{field.attribute}: {_annotation(field.kind)} | None = field(default=UNSET, alias="{field.name}")'


def _mashumaro(field: FieldPlan) -> str:
    options = f'default=UNSET, metadata=field_options(alias="{field.name}")'
    return f"{field.attribute}: {_annotation(field.kind)} | None = field({options})"


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
    annotation = _annotation(field.kind, "{} | str")
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


_MASHUMARO_HEADER = """\
from dataclasses import dataclass, field
from datetime import datetime

from mashumaro import field_options
from mashumaro.config import BaseConfig
from mashumaro.mixins.orjson import DataClassORJSONMixin
from msgspec import UNSET


class Model(DataClassORJSONMixin):
    class Config(BaseConfig):
        serialize_by_alias = True
        omit_default = True
"""

_CATTRS_HEADER = """\
from datetime import datetime

from attrs import define, field
from cattrs.preconf.orjson import make_converter
from msgspec import UNSET
"""

_XSDATA_HEADER = """\
from dataclasses import dataclass, field

from xsdata.models.datatype import XmlDateTime
"""

_PYDANTIC_XML_HEADER = """\
from datetime import datetime
from enum import StrEnum

from pydantic_xml import BaseXmlModel, element, wrapped
"""

PEERS = {
    "pydantic": Peer(
        header="from datetime import datetime\nfrom enum import StrEnum\n\nfrom pydantic import BaseModel, Field\n",
        before="class {}(BaseModel):",
        field=_pydantic,
        enumerations=True,
    ),
    "cattrs": Peer(
        header=_CATTRS_HEADER,
        before="@define\nclass {}:",
        field=_attrs,
        footer="\n\nconverter = make_converter(use_alias=True, omit_if_default=True)\n",
    ),
    "mashumaro": Peer(header=_MASHUMARO_HEADER, before="@dataclass\nclass {}(Model):", field=_mashumaro),
    "msgspec": Peer(
        header="from datetime import datetime\n\nfrom msgspec import UNSET, Struct, UnsetType, field\n",
        before="class {}(Struct):",
        field=_msgspec,
    ),
    "pydantic_xml": Peer(
        header=_PYDANTIC_XML_HEADER,
        before="class {}(BaseXmlModel):",
        field=_pydantic_xml,
        enumerations=True,
        item=_pydantic_xml_item,
    ),
    "xsdata": Peer(header=_XSDATA_HEADER, before="@dataclass\nclass {}:", field=_xsdata, item=_xsdata_item),
}
"""How each peer's models are written, by a name that serves as a part of a module's."""


def children_first(cls: type) -> list[CarrierPlan]:
    """The plans of a carrier and of all that it holds, each once, children before parents."""
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
    """The text of a peer's module with the models of `cls` and of all that it holds."""
    peer, plans = PEERS[name], children_first(cls)
    parts = ["from __future__ import annotations\n\n", peer.header]
    parts += [_enumerations(plans)] if peer.enumerations else []
    written: set[str] = set()
    for plan in plans:
        for text in sorted(_items(peer, plan) - written):
            parts.append("\n\n" + text)
            written.add(text)
        lines = [peer.before.format(plan.carrier.__name__), *(f"    {peer.field(field)}" for field in plan.fields)]
        parts.append("\n\n" + "\n".join(lines) + "\n")
    return "".join([*parts, peer.footer])


@cache
def load(name: str) -> ModuleType:
    """The module of a peer's models, ready to use; raises ImportError where the peer is not installed."""
    module = ModuleType(f"benchmarks._models_{name}")
    sys.modules[module.__name__] = module  # where libraries look up the names in annotations
    exec(compile(source(name), f"<models for {name}>", "exec"), module.__dict__)
    return module


if __name__ == "__main__":
    sys.stdout.write(source(sys.argv[1]))
