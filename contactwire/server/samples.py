"""The contacts that a new database starts with, and the values that a new contact starts with."""

from __future__ import annotations

from typing import Any, TypeVar

from contactwire.carriers import (
    Address,
    Category,
    ContactEntityWithLinks,
    Country,
    EntityElement,
    LocalizedField,
    Person,
    RightsCarrier,
)
from contactwire.http import default_of
from contactwire.timestamps import Timestamp
from contactwire.wire import STRING, DictionaryKind, Kind, ListKind, plan_of

__all__ = ["blank_contact", "samples", "self_link"]

C = TypeVar("C", bound=ContactEntityWithLinks)


def samples() -> list[ContactEntityWithLinks]:
    """The contacts that a new database starts with."""
    created = Timestamp.parse("2022-07-14T14:44:54")
    return [
        ContactEntityWithLinks(
            contact_id=number,
            name=name,
            department="",
            org_nr=f"98765432{number}",
            created_date=created,
            updated_date=created,
            emails=[EntityElement(value=f"post@{domain}", description="")],
            phones=[EntityElement(value=f"+47 22 00 00 0{number}", stripped_value=f"+472200000{number}")],
            category=Category(id=number, value='NO:"Leverandør";US:"Supplier"'),
            country=Country(country_id=578, name="Norway", two_letter_iso_country="NO"),
            persons=[Person(person_id=10 + number, firstname="Kari", lastname="Nordmann")],
            address=Address(localized_address=[[LocalizedField(name="Address1", value="Karl Johans gate 1")]]),
            no_mailing=False,
            domains=[domain],
            custom_fields={"SuperOffice:1": "[I:23]"},
            links=self_link(number),
        )
        for number, name, domain in [
            (1, "Elan Hoppski", "hoppski.example"),
            (2, "Fjord & Fjell AS", "fjordfjell.example"),
            (3, "Bakeriet på hjørnet", "bakeriet.example"),
        ]
    ]


def self_link(id: int) -> dict[str, Any]:
    """The links of a contact with that id: to itself."""
    return {"Self": f"/api/v1/Contact/{id}"}


def blank_contact(type: type[C]) -> C:
    """A new contact with the server's defaults.

    Numbers are 0, texts and lists empty, booleans false, dates the first of all; there are no rights and no links. What has
    another default in its class has that. Raises TypeError where a required property of the class has no such default.
    """
    skipped = {*plan_of(RightsCarrier).by_attribute, "links"}
    fields = [field for field in plan_of(type).fields if field.attribute not in skipped]
    values = {field.attribute: _default(field.kind) for field in fields if field.required or field.keeps_absence}
    nulls = [field.attribute for field in fields if not field.allows(None)]
    return type(**{name: value for name, value in values.items() if value is not None or name not in nulls})


def _default(kind: Kind) -> Any:
    """.NET's default, but an empty list, dictionary or text, as the CRM gives it for a new contact, where .NET has null."""
    if isinstance(kind, ListKind):
        return []
    if isinstance(kind, DictionaryKind):
        return {}
    return "" if kind == STRING else default_of(kind)
