"""The inputs: the documented response, the complete contact, a list of 1,000, and contacts of any number or size.

One contact is decoded and encoded over and over, so a contender with a cache of dates finds all its dates there. In the
list every contact has an identity and dates of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from contactwire import ContactEntityWithLinks, FormCodec, JsonCodec, XmlCodec
from contactwire.wire import DictionaryKind, Kind, ListKind, NestedKind, plan_of

__all__ = ["INPUTS", "LIST", "NOTHING", "Input", "contacts", "persons", "unlimited"]

_PAYLOADS = Path(__file__).parent.parent / "tests" / "payloads"
_LIST_LENGTH = 1000
_FRACTION = re.compile(rb"\.\d{7}\b")
_SMALL = [
    "ContactId",
    "Name",
    "Department",
    "OrgNr",
    "UpdatedDate",
    "CreatedDate",
    "Emails",
    "Category",
    "Deleted",
    "Domains",
]

unlimited: dict[str, Any] = {"max_bytes": 2**30, "max_objects": 2**30}
"""Options that let a codec read bodies of any size."""

Members = dict[str, Any]


@attrs.frozen
class Input:
    """A JSON body without white space, and the type of what it holds."""

    body: bytes
    type: Any = ContactEntityWithLinks
    items: int = 1

    @property
    def is_list(self) -> bool:
        """Whether the body is a list of contacts."""
        return self.type is not ContactEntityWithLinks

    def carrier(self) -> Any:
        """The carriers in the body, decoded at each call."""
        return JsonCodec(**unlimited).decode(self.body, self.type)

    def xml(self, dialect: str = "plain") -> bytes:
        """The body in XML."""
        return XmlCodec(dialect=dialect, **unlimited).encode(self.carrier())

    def form(self) -> bytes:
        """The body as a form."""
        return FormCodec(style="dots").encode(self.carrier())

    def with_two_unknown_members(self) -> Input:
        """The body with two more members at the top: a string before all others, and an object behind them."""
        first, last = {"Unknown": "kept"}, {"UnknownObject": {"Id": 7, "Name": "kept"}}
        return attrs.evolve(self, body=_compact(first | json.loads(self.body) | last))

    def with_unknown_members(self) -> Input:
        """The body with one more member in each carrier, at every depth."""
        return self._changed(lambda members: members | {"Unknown": "kept"})

    def in_camel_case(self) -> Input:
        """The body with the names of all properties in camelCase, `orgNr`; keys of dictionaries stay as they are."""
        return self._changed(lambda members: {name[:1].lower() + name[1:]: value for name, value in members.items()})

    def each_with_its_own_dates(self, count: int) -> list[bytes]:
        """`count` bodies like this one; the dates of each have fractions of a second that no other body has."""
        return [_FRACTION.sub(b".%06d1" % number, self.body) for number in range(1, count + 1)]

    def _changed(self, change: Callable[[Members], Members]) -> Input:
        return attrs.evolve(self, body=_compact(_each_carrier(json.loads(self.body), NestedKind(self.type), change)))


def _each_carrier(data: Any, kind: Kind, change: Callable[[Members], Members]) -> Any:
    """`data` with the members of each carrier in it replaced by what `change` returns for them."""
    match kind:
        case NestedKind() if data is not None:
            known = plan_of(kind.carrier).by_name
            return change({name: _each_carrier(value, known[name].kind, change) for name, value in data.items()})
        case ListKind() if data is not None:
            return [_each_carrier(item, kind.item, change) for item in data]
        case DictionaryKind() if data is not None:
            return {key: _each_carrier(value, kind.item, change) for key, value in data.items()}
    return data


def _compact(data: Any) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


def _payload(name: str) -> bytes:
    return _compact(json.loads((_PAYLOADS / f"{name}.response.json").read_bytes()))


def _array(items: list[bytes]) -> Input:
    return Input(b"[%s]" % b",".join(items), list[ContactEntityWithLinks], len(items))


def _thousand() -> Input:
    """The documented response with an identity, a name and fractions of its dates of its own for each contact."""
    items = []
    for number, body in enumerate(Input(_payload("put-contact")).each_with_its_own_dates(_LIST_LENGTH)):
        renamed = body.replace(b'"ContactId":558', b'"ContactId":%d' % number)
        items.append(renamed.replace(b"TechCorp", b"Company %d" % number))
    return _array(items)


def contacts(count: int) -> Input:
    """A list of that many small contacts, of ten properties each."""
    full = json.loads(_payload("complete-contact"))
    small = {name: full[name] for name in _SMALL}
    return _array([_compact(small | {"ContactId": number}) for number in range(count)])


def persons(count: int) -> Input:
    """One contact with that many persons."""
    person = json.loads(_payload("put-contact"))["Persons"][0]
    body = _compact({"ContactId": 1, "Persons": [person | {"PersonId": number} for number in range(count)]})
    return Input(body, items=count)


LIST = f"list of {_LIST_LENGTH:,}"

NOTHING = Input(b"")
"""The input of work that reads nothing, or creates its own input."""

INPUTS = {
    "documented": Input(_payload("put-contact")),
    "complete": Input(_payload("complete-contact")),
    LIST: _thousand(),
}
