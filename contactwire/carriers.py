"""The carriers of the contact endpoint: `ContactEntity` and the classes of all its properties, as attrs classes.

An attribute is the wire name in snake_case: `org_nr` is `OrgNr` on the wire (`wire.pascal_case`). `WireName` gives the wire
names that do not follow this rule. Properties are declared in wire order. Every property may be absent (`UNSET`) or null
(`None`), and every item of a list or dictionary may be null, since .NET reads and writes such items. The formats are the
codecs' concern; this module has nothing about them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from contactwire.wire import UNSET, Carrier, Double, FlagsKind, Int32, Maybe, NumberedEnum, WireName

__all__ = [
    "FIELD_RIGHTS",
    "TABLE_RIGHTS",
    "Address",
    "AddressType",
    "Associate",
    "AssociateType",
    "Business",
    "Category",
    "CategoryGroup",
    "ContactEntity",
    "ContactEntityWithLinks",
    "Country",
    "CustomerLanguage",
    "EntityElement",
    "FieldProperty",
    "FieldRight",
    "LocalizedField",
    "Person",
    "RightsCarrier",
    "SavedUtmParameters",
    "SelectableMDOListItem",
    "StructuredAddress",
    "TableRight",
    "TicketPriority",
]


class AssociateType(NumberedEnum):
    """What sort of user an associate is."""

    UNKNOWN = "Unknown", 0
    INTERNAL_ASSOCIATE = "InternalAssociate", 1
    RESOURCE_ASSOCIATE = "ResourceAssociate", 2
    EXTERNAL_ASSOCIATE = "ExternalAssociate", 3
    ANONYMOUS_ASSOCIATE = "AnonymousAssociate", 4
    SYSTEM_ASSOCIATE = "SystemAssociate", 5


class CategoryGroup(NumberedEnum):
    """The group that a category counts towards."""

    UNKNOWN = "Unknown", 0
    CUSTOMER = "Customer", 1
    POTENTIAL_CUSTOMER = "PotentialCustomer", 2
    PARTNER = "Partner", 3
    LOST = "Lost", 4
    OTHER = "Other", 5


class AddressType(NumberedEnum):
    """Which of its addresses a structured address is."""

    UNKNOWN = "Unknown", 0
    CONTACT_POSTAL_ADDRESS = "ContactPostalAddress", 1
    CONTACT_STREET_ADDRESS = "ContactStreetAddress", 2
    PERSON_PRIVATE_ADDRESS = "PersonPrivateAddress", 16387
    QUOTE_BILLING_ADDRESS = "QuoteBillingAddress", 8196
    QUOTE_SHIPPING_ADDRESS = "QuoteShippingAddress", 8197


TABLE_RIGHTS = FlagsKind(
    {
        "None": 0,
        "Select": 1,
        "Update": 2,
        "UR": 3,
        "Insert": 4,
        "RI": 5,
        "URI": 7,
        "Delete": 8,
        "UDR": 11,
        "FULL": 15,
        "Filtering": 16,
        "RF": 17,
        "FI": 20,
        "RestrictedUpdate": 32,
        "URU": 34,
        "WRITE": 38,
        "Unused1": 64,
        "Uninitialized": 128,
        "R": 1,
        "F": 16,
    }
)
"""The flags of a `TableRight`: what one may do with a row."""

FIELD_RIGHTS = FlagsKind(
    {
        "None": 0,
        "Read": 1,
        "Write": 2,
        "Update": 3,
        "Unused1": 4,
        "Unused2": 8,
        "Unused3": 16,
        "Nullable": 32,
        "UIHintMandatory": 64,
        "UIHintReadOnly": 128,
        "UIHints": 192,
        "UndefinedValue256": 256,
        "Unused4": 32,
    }
)
"""The flags of a `FieldRight`: what one may do with a property."""


class RightsCarrier(Carrier, trailing=True):
    """The base of most carriers: the caller's rights, which follow the carrier's own properties on the wire."""

    table_right: Maybe[TableRight] = UNSET
    """What the caller may do with the row."""
    field_properties: Maybe[dict[str, FieldProperty | None]] = UNSET
    """Right, type and length of each property, by wire name or by a dotted path of them (`Address.Zipcode`)."""


class ContactEntity(RightsCarrier):
    """A company: the entity that the contact endpoint takes and answers with."""

    contact_id: Maybe[Int32] = UNSET
    """Primary key; 0 or absent in a contact that is not stored yet."""
    name: Maybe[str] = UNSET
    """The company's name."""
    department: Maybe[str] = UNSET
    """The department or branch, which distinguishes companies of one name."""
    org_nr: Maybe[str] = UNSET
    """The registration or VAT number, as the country writes it."""
    number1: Maybe[str] = UNSET
    """A customer number, numbered by the server's own series."""
    number2: Maybe[str] = UNSET
    """A second number, free for the installation's use."""
    updated_date: Maybe[datetime] = UNSET
    """When the contact was last saved; always UTC, also where the wire shows no suffix."""
    created_date: Maybe[datetime] = UNSET
    """When the contact was first saved; always UTC, also where the wire shows no suffix."""
    emails: Maybe[list[EntityElement | None]] = UNSET
    """E-mail addresses of the company itself."""
    interests: Maybe[list[SelectableMDOListItem | None]] = UNSET
    """All interests of the list, each telling whether it is selected."""
    urls: Maybe[list[EntityElement | None]] = UNSET
    """Web addresses."""
    phones: Maybe[list[EntityElement | None]] = UNSET
    """Telephone numbers."""
    faxes: Maybe[list[EntityElement | None]] = UNSET
    """Fax numbers."""
    description: Maybe[str] = UNSET
    """Free text about the company."""
    updated_by: Maybe[Associate] = UNSET
    """Who saved the contact last."""
    created_by: Maybe[Associate] = UNSET
    """Who saved the contact first."""
    associate: Maybe[Associate] = UNSET
    """The user who is responsible for the company: our contact."""
    business: Maybe[Business] = UNSET
    """The line of business, an item of a list."""
    category: Maybe[Category] = UNSET
    """The category, such as customer or supplier, an item of a list."""
    country: Maybe[Country] = UNSET
    """The country, which also governs the address layout."""
    persons: Maybe[list[Person | None]] = UNSET
    """The people who work here."""
    no_mailing: Maybe[bool] = UNSET
    """True if the company wants no mailings."""
    kananame: Maybe[str] = UNSET
    """The name in kana, for sorting in Japanese installations."""
    xstop: Maybe[bool] = UNSET
    """True if the company is marked with a stop sign."""
    active_interests: Maybe[Int32] = UNSET
    """How many interests are selected."""
    group_id: Maybe[Int32] = UNSET
    """Primary key of the user group that owns the contact."""
    active_status_monitor_id: Maybe[Int32] = UNSET
    """Primary key of the status monitor that is in force, or 0."""
    support_associate: Maybe[Associate] = UNSET
    """The user who answers the company's support requests."""
    ticket_priority: Maybe[TicketPriority] = UNSET
    """The priority that the company's support requests start with."""
    customer_language: Maybe[CustomerLanguage] = UNSET
    """The language in which the company is written to."""
    deleted: Maybe[Int32] = UNSET
    """0 unless the contact is deleted."""
    dbi_agent_id: Maybe[Int32] = UNSET
    """Which integration agent the contact is synchronised by, or 0."""
    dbi_last_syncronized: Maybe[datetime] = UNSET
    """When the integration last synchronised the contact; the wire name is `DbiLastSyncronized`, without an h."""
    dbi_key: Maybe[str] = UNSET
    """The contact's key in the integrated system."""
    dbi_last_modified: Maybe[datetime] = UNSET
    """When the contact last changed in the integrated system."""
    support_person: Maybe[Person] = UNSET
    """The person who is the company's contact for support."""
    address: Maybe[Address] = UNSET
    """Where the company is and where it takes post."""
    source: Maybe[Int32] = UNSET
    """How the contact was created, a number of the source list."""
    active_erp_links: Maybe[Int32] = UNSET
    """How many links to ERP systems are active; 0 for none."""
    bounce_emails: Maybe[list[str | None]] = UNSET
    """Addresses from which mail has come back."""
    domains: Maybe[list[str | None]] = UNSET
    """Internet domains that belong to the company."""
    utm_parameters: Maybe[SavedUtmParameters] = UNSET
    """The campaign values (UTM) of the visits through which the company became a contact."""
    user_defined_fields: Maybe[dict[str, str | None]] = UNSET
    """Values of the user-defined fields by their ProgId; deprecated, `custom_fields` has them too."""
    extra_fields: Maybe[dict[str, str | None]] = UNSET
    """Values of the extra-table fields by their name; deprecated, `custom_fields` has them too."""
    custom_fields: Maybe[dict[str, str | None]] = UNSET
    """Values of user-defined and extra-table fields together, with their pseudo-keys."""


class ContactEntityWithLinks(ContactEntity):
    """A contact as the server answers it, with links to related resources."""

    links: Annotated[Maybe[dict[str, str | None]], WireName("_Links")] = UNSET
    """Link name to absolute URL, such as `Self` and `Archive`."""


class EntityElement(RightsCarrier):
    """One phone number, e-mail or web address."""

    value: Maybe[str] = UNSET
    """The value as it is shown and dialled."""
    stripped_value: Maybe[str] = UNSET
    """The value without blanks and punctuation, for searching."""
    description: Maybe[str] = UNSET
    """What this one is for, such as "Switchboard"."""


class SelectableMDOListItem(RightsCarrier):
    """An item of a list that can be ticked, such as an interest; may hold items of its own."""

    id: Maybe[Int32] = UNSET
    """Primary key of the item."""
    name: Maybe[str] = UNSET
    """The item's name."""
    tool_tip: Maybe[str] = UNSET
    """The hint shown with the item."""
    deleted: Maybe[bool] = UNSET
    """True if the item is no longer offered."""
    rank: Maybe[Int32] = UNSET
    """Position among its siblings."""
    type: Maybe[str] = UNSET
    """Name of the list that the item belongs to."""
    color_block: Maybe[Int32] = UNSET
    """Colour of the item's marker, as a number."""
    icon_hint: Maybe[str] = UNSET
    """Name of the icon to show."""
    selected: Maybe[bool] = UNSET
    """True if the item is ticked."""
    last_changed: Maybe[datetime] = UNSET
    """When the tick was last changed; year 1 for never."""
    child_items: Maybe[list[SelectableMDOListItem | None]] = UNSET
    """The items below this one; an item with such items is a heading."""
    extra_info: Maybe[str] = UNSET
    """Further information that a list may attach."""
    style_hint: Maybe[str] = UNSET
    """How the item may be styled."""
    hidden: Maybe[bool] = UNSET
    """True if the item is not shown."""
    full_name: Maybe[str] = UNSET
    """The name with the headings above it."""


class Associate(RightsCarrier):
    """A user of the CRM."""

    associate_id: Maybe[Int32] = UNSET
    """Primary key of the user."""
    name: Maybe[str] = UNSET
    """The log-in name or initials."""
    person_id: Maybe[Int32] = UNSET
    """Primary key of the person behind the user."""
    rank: Maybe[Int32] = UNSET
    """Position in lists of users."""
    tooltip: Maybe[str] = UNSET
    """The hint shown with the user."""
    type: Maybe[AssociateType | str] = UNSET
    """What sort of user this is."""
    group_idx: Maybe[Int32] = UNSET
    """Primary key of the user's main group."""
    full_name: Maybe[str] = UNSET
    """First, middle and last name together."""
    formal_name: Maybe[str] = UNSET
    """The name as a letter addresses it."""
    deleted: Maybe[bool] = UNSET
    """True if the user can no longer log in."""
    ej_user_id: Maybe[Int32] = UNSET
    """Primary key of the user in the service module."""
    user_name: Maybe[str] = UNSET
    """The name that the user logs in with."""
    extra_fields: Maybe[dict[str, str | None]] = UNSET
    """Values of the extra-table fields by their name; deprecated, `custom_fields` has them too."""
    custom_fields: Maybe[dict[str, str | None]] = UNSET
    """Values of user-defined and extra-table fields together, with their pseudo-keys."""


class Business(RightsCarrier):
    """A line of business, an item of a list. With `id` 0 or absent the server looks `value` up."""

    id: Maybe[Int32] = UNSET
    """Primary key of the item."""
    value: Maybe[str] = UNSET
    """The item's name, maybe in several languages."""
    tooltip: Maybe[str] = UNSET
    """The hint shown with the item."""


class Category(RightsCarrier):
    """A category of companies, an item of a list."""

    id: Maybe[Int32] = UNSET
    """Primary key of the item."""
    value: Maybe[str] = UNSET
    """The item's name, maybe in several languages."""
    tooltip: Maybe[str] = UNSET
    """The hint shown with the item."""
    category_group: Maybe[CategoryGroup | str] = UNSET
    """The group that the category counts towards in reports."""
    enable_lead_status: Maybe[bool] = UNSET
    """True if companies of this category have a lead status."""
    rank: Maybe[Int32] = UNSET
    """Position in the list."""
    deleted: Maybe[bool] = UNSET
    """True if the item is no longer offered."""


class Country(RightsCarrier):
    """A country with its customs for addresses, telephones and money."""

    country_id: Maybe[Int32] = UNSET
    """Primary key of the country."""
    name: Maybe[str] = UNSET
    """The country's own name for itself."""
    currency_id: Maybe[Int32] = UNSET
    """Primary key of its currency."""
    english_name: Maybe[str] = UNSET
    """The country's name in English."""
    two_letter_iso_country: Annotated[Maybe[str], WireName("TwoLetterISOCountry")] = UNSET
    """ISO 3166-1 alpha-2 code."""
    three_letter_iso_country: Annotated[Maybe[str], WireName("ThreeLetterISOCountry")] = UNSET
    """ISO 3166-1 alpha-3 code."""
    image_description: Maybe[str] = UNSET
    """Name of the flag's picture."""
    org_nr_text: Maybe[str] = UNSET
    """What the country calls a registration number."""
    inter_area_prefix: Maybe[str] = UNSET
    """The prefix for calls between areas inside the country."""
    dial_in_prefix: Maybe[str] = UNSET
    """The international calling code, without a plus."""
    zip_prefix: Maybe[str] = UNSET
    """The prefix of a postal code."""
    domain_name: Maybe[str] = UNSET
    """The top-level Internet domain."""
    address_layout_id: Maybe[Int32] = UNSET
    """Layout of an address in the country's own way."""
    domestic_address_layout_id: Maybe[Int32] = UNSET
    """Layout of an address for senders inside the country."""
    foreign_address_layout_id: Maybe[Int32] = UNSET
    """Layout of an address for senders abroad."""
    rank: Maybe[Int32] = UNSET
    """Position in the list."""
    tooltip: Maybe[str] = UNSET
    """The hint shown with the country."""
    deleted: Maybe[bool] = UNSET
    """True if the country is no longer offered."""


class Person(RightsCarrier):
    """Somebody who works at a company."""

    position: Maybe[str] = UNSET
    """The person's position, an item of a list by name."""
    person_id: Maybe[Int32] = UNSET
    """Primary key of the person."""
    mrmrs: Maybe[str] = UNSET
    """The form of address, such as "Ms"."""
    firstname: Maybe[str] = UNSET
    """First name."""
    lastname: Maybe[str] = UNSET
    """Last name."""
    middle_name: Maybe[str] = UNSET
    """Middle name or initial."""
    title: Maybe[str] = UNSET
    """The title on the business card."""
    description: Maybe[str] = UNSET
    """Free text about the person."""
    email: Maybe[str] = UNSET
    """The main e-mail address."""
    full_name: Maybe[str] = UNSET
    """First, middle and last name together."""
    direct_phone: Maybe[str] = UNSET
    """Telephone number at the desk."""
    formal_name: Maybe[str] = UNSET
    """The name as a letter addresses it."""
    country_id: Maybe[Int32] = UNSET
    """Primary key of the person's country."""
    contact_id: Maybe[Int32] = UNSET
    """Primary key of the company."""
    contact_name: Maybe[str] = UNSET
    """The company's name."""
    retired: Maybe[Int32] = UNSET
    """0 unless the person has left the company."""
    rank: Maybe[Int32] = UNSET
    """Position among the company's people."""
    active_interests: Maybe[Int32] = UNSET
    """How many interests are selected."""
    contact_department: Maybe[str] = UNSET
    """The company's department."""
    contact_country_id: Maybe[Int32] = UNSET
    """Primary key of the company's country."""
    contact_org_nr: Maybe[str] = UNSET
    """The company's registration number."""
    fax_phone: Maybe[str] = UNSET
    """Fax number."""
    mobile_phone: Maybe[str] = UNSET
    """Mobile telephone number."""
    contact_phone: Maybe[str] = UNSET
    """The company's telephone number."""
    associate_name: Maybe[str] = UNSET
    """Log-in name of the user behind this person, if there is one."""
    associate_id: Maybe[Int32] = UNSET
    """Primary key of the user behind this person, or 0."""
    use_person_address: Maybe[bool] = UNSET
    """True if post goes to the person's own address."""
    contact_fax: Maybe[str] = UNSET
    """The company's fax number."""
    kanafname: Maybe[str] = UNSET
    """First name in kana."""
    kanalname: Maybe[str] = UNSET
    """Last name in kana."""
    post1: Maybe[str] = UNSET
    """First line of the postal address."""
    post2: Maybe[str] = UNSET
    """Second line of the postal address."""
    post3: Maybe[str] = UNSET
    """Third line of the postal address."""
    email_name: Maybe[str] = UNSET
    """The name that is shown with the e-mail address."""
    contact_full_name: Maybe[str] = UNSET
    """The company's name and department together."""
    active_erp_links: Maybe[Int32] = UNSET
    """How many links to ERP systems are active; 0 for none."""
    ticket_priority_id: Maybe[Int32] = UNSET
    """Primary key of the priority that support requests start with."""
    support_language_id: Maybe[Int32] = UNSET
    """Primary key of the language for support."""
    support_associate_id: Maybe[Int32] = UNSET
    """Primary key of the user who answers support requests."""
    category_name: Maybe[str] = UNSET
    """Name of the company's category."""
    person_number: Maybe[str] = UNSET
    """A number for the person, free for the installation's use."""


class TicketPriority(RightsCarrier):
    """A priority of support requests, an item of a list."""

    id: Maybe[Int32] = UNSET
    """Primary key of the item."""
    value: Maybe[str] = UNSET
    """The item's name, maybe in several languages."""
    tooltip: Maybe[str] = UNSET
    """The hint shown with the item."""


class CustomerLanguage(RightsCarrier):
    """A language that customers are written to in, an item of a list."""

    id: Maybe[Int32] = UNSET
    """Primary key of the item."""
    value: Maybe[str] = UNSET
    """The item's name, maybe in several languages."""
    tooltip: Maybe[str] = UNSET
    """The hint shown with the item."""


class Address(RightsCarrier):
    """A company's addresses, both as fields and as lines laid out by country."""

    wgs84_latitude: Maybe[Double] = UNSET
    """Latitude in degrees, WGS 84."""
    wgs84_longitude: Maybe[Double] = UNSET
    """Longitude in degrees, WGS 84."""
    localized_address: Maybe[list[list[LocalizedField | None] | None]] = UNSET
    """Address fields in the order that the country writes them: lines of fields."""
    street: Maybe[StructuredAddress] = UNSET
    """The visiting address."""
    postal: Maybe[StructuredAddress] = UNSET
    """The postal address."""
    formatted: Maybe[str] = UNSET
    """The whole address as text, line by line."""


class SavedUtmParameters(RightsCarrier):
    """Campaign values (UTM) of the first and of the latest visit of a company."""

    form_name: Maybe[str] = UNSET
    """The web form that was filled in."""
    firsttouch_source: Maybe[str] = UNSET
    """Source of the first visit."""
    firsttouch_medium: Maybe[str] = UNSET
    """Medium of the first visit."""
    firsttouch_campaign: Maybe[str] = UNSET
    """Campaign of the first visit."""
    firsttouch_term: Maybe[str] = UNSET
    """Search term of the first visit."""
    firsttouch_content: Maybe[str] = UNSET
    """Which link or advertisement led to the first visit."""
    firsttouch_referrer_domain: Maybe[str] = UNSET
    """The site that the first visit came from."""
    source: Maybe[str] = UNSET
    """Source of the latest visit."""
    medium: Maybe[str] = UNSET
    """Medium of the latest visit."""
    campaign: Maybe[str] = UNSET
    """Campaign of the latest visit."""
    term: Maybe[str] = UNSET
    """Search term of the latest visit."""
    content: Maybe[str] = UNSET
    """Which link or advertisement led to the latest visit."""
    referrer_domain: Maybe[str] = UNSET
    """The site that the latest visit came from."""


class TableRight(Carrier):
    """What the caller may do with a row."""

    mask: Maybe[Annotated[str | int, TABLE_RIGHTS]] = UNSET
    """The rights as .NET writes flags, `Select, Update`; a number only where no flags explain it."""
    reason: Maybe[str] = UNSET
    """Why a right is missing, often a resource name in brackets."""


class FieldProperty(Carrier):
    """What the caller may do with one property, and how it is stored."""

    field_right: Maybe[FieldRight] = UNSET
    """The right to the property."""
    field_type: Maybe[str] = UNSET
    """Its .NET type, such as `System.Int32`."""
    field_length: Maybe[Int32] = UNSET
    """Its greatest length in characters or bytes, -1 where there is none."""


class LocalizedField(RightsCarrier):
    """One field of an address line, with its label."""

    name: Maybe[str] = UNSET
    """Name of the field."""
    value: Maybe[str] = UNSET
    """What the field holds."""
    tooltip: Maybe[str] = UNSET
    """The hint shown with the field."""
    label: Maybe[str] = UNSET
    """The label, often a resource name."""
    value_length: Maybe[Int32] = UNSET
    """The greatest length of the value, in characters."""
    address_type: Maybe[str] = UNSET
    """Which address the field belongs to."""


class StructuredAddress(Carrier):
    """One address in fields."""

    atype_idx: Maybe[AddressType | str] = UNSET
    """Which address this is."""
    address1: Maybe[str] = UNSET
    """First line."""
    address2: Maybe[str] = UNSET
    """Second line."""
    address3: Maybe[str] = UNSET
    """Third line."""
    city: Maybe[str] = UNSET
    """City or town."""
    county: Maybe[str] = UNSET
    """County."""
    state: Maybe[str] = UNSET
    """State or region."""
    zipcode: Maybe[str] = UNSET
    """Postal code."""
    formatted: Maybe[str] = UNSET
    """The whole address as text, line by line."""


class FieldRight(Carrier):
    """What the caller may do with one property."""

    mask: Maybe[Annotated[str | int, FIELD_RIGHTS]] = UNSET
    """The rights as .NET writes flags, `Update, UIHintMandatory`; a number only where no flags explain it."""
    reason: Maybe[str] = UNSET
    """Why a right is missing, often a resource name in brackets."""
