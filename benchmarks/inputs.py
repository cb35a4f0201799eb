"""What is measured on: the documented response, the complete contact, a list of 1,000, and contacts of any number or size.

One contact is decoded and encoded over and over, so its dates are known by heart; in the list every contact has an identity
and dates of its own, and what is encoded was decoded just before: that is the honest figure for work without repetition.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from contactwire import ContactEntityWithLinks, JsonCodec

__all__ = ["INPUTS", "NOTHING", "Input", "contacts", "persons", "roomy"]

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

roomy: dict[str, Any] = {"max_bytes": 2**30}
"""Options of a codec that is to take bodies of any size."""


@attrs.frozen
class Input:
    """A JSON body without white space, what it holds, and whether each call gets values that no call saw before."""

    name: str
    body: bytes
    type: Any = ContactEntityWithLinks
    items: int = 1
    fresh: bool = False

    @property
    def is_list(self) -> bool:
        """Whether the body is a list of contacts."""
        return self.type is not ContactEntityWithLinks

    def carrier(self) -> Any:
        """What the body holds, decoded anew."""
        return JsonCodec(**roomy).decode(self.body, self.type)

    @cached_property
    def xml(self) -> bytes:
        """The same in XML."""
        from contactwire import XmlCodec

        body: bytes = XmlCodec(dialect="plain", **roomy).encode(self.carrier())
        return body

    @cached_property
    def form(self) -> bytes:
        """The same as a form."""
        from contactwire import FormCodec

        body: bytes = FormCodec(style="dots").encode(self.carrier())
        return body


def _compact(data: Any) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


def _payload(name: str) -> bytes:
    return _compact(json.loads((_PAYLOADS / f"{name}.response.json").read_bytes()))


def _array(name: str, items: list[bytes], *, fresh: bool = False) -> Input:
    return Input(name, b"[%s]" % b",".join(items), list[ContactEntityWithLinks], len(items), fresh)


def _thousand() -> Input:
    """The documented response with an identity, a name and fractions of its dates of its own for each contact."""
    body = _payload("put-contact")
    items = []
    for number in range(_LIST_LENGTH):
        renamed = body.replace(b'"ContactId":558', b'"ContactId":%d' % number).replace(b"TechCorp", b"Company %d" % number)
        items.append(_FRACTION.sub(b".%06d7" % number, renamed))
    return _array(f"list of {_LIST_LENGTH:,}", items, fresh=True)


def contacts(count: int) -> Input:
    """A list of so many small contacts, of nine properties each."""
    full = json.loads(_payload("complete-contact"))
    small = {name: full[name] for name in _SMALL}
    return _array(f"{count:,} contacts", [_compact(small | {"ContactId": number}) for number in range(count)], fresh=True)


def persons(count: int) -> Input:
    """One contact with so many persons."""
    person = json.loads(_payload("put-contact"))["Persons"][0]
    body = _compact({"ContactId": 1, "Persons": [person | {"PersonId": number} for number in range(count)]})
    return Input(f"{count:,} persons", body, items=count, fresh=True)


NOTHING = Input("process", b"")
"""The input of work that reads nothing."""

INPUTS = {
    "documented": Input("documented response", _payload("put-contact")),
    "complete": Input("complete contact", _payload("complete-contact")),
    "list": _thousand(),
}
